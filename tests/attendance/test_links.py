"""A register without an account: by a link for one session, to somebody who is named. (TR-05)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.attendance import rules
from app.attendance.models import RegisterLink
from app.audit.models import AuditEntry
from app.bookings import rules as bookings
from app.core import clock, tokens
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark, MarkWay, Submission
from app.outbox.models import SECRET_STANDS_HERE, Message
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.attendance.rooms import Room, room_on
from tests.pages import Pages

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)


@pytest.fixture
def room(travel_to: Callable[..., None]) -> Room:
    travel_to("2022-03-01")
    return room_on()


def made(room: Room, **values: object) -> tuple[RegisterLink, str]:
    given = {"to_name": "Pat Lowe", **values}
    return rules.make_link(session=room.session, by=ACADEMY, now=clock.now(), **given)  # type: ignore[arg-type]


def marks() -> list[Mark]:
    return list(db.session.scalars(select(Mark).order_by(Mark.id)))


# --- From when until when ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "moment", "works"),
    [
        ("2022-03-15", "2022-03-15 08:29", False),
        ("2022-03-15", "2022-03-15 08:30", True),
        ("2022-03-15", "2022-03-17 23:59", True),
        ("2022-03-15", "2022-03-18 00:00", False),
        ("2022-03-18", "2022-03-22 23:59", True),  # Friday: Monday and Tuesday after it
        ("2022-03-18", "2022-03-23 00:00", False),
        ("2022-04-14", "2022-04-20 23:59", True),  # 15 and 18 April are bank holidays
        ("2022-04-14", "2022-04-21 00:00", False),
    ],
)
def test_tr05_a_link_works_from_an_hour_before_until_two_working_days_after(
    travel_to: Callable[..., None], day: str, moment: str, works: bool
) -> None:
    travel_to("2022-03-01")
    room = room_on(date.fromisoformat(day))
    _, secret = made(room)
    travel_to(moment)
    if works:
        assert rules.link_of(secret, clock.now()).session_id == room.session.id
    else:
        with pytest.raises(RuleBroken):
            rules.link_of(secret, clock.now())


def test_tr05_the_link_follows_a_session_that_is_moved(room: Room, travel_to: Callable[..., None]) -> None:
    _, secret = made(room)
    moved = replace(planned_again(room.session), held_on=date(2022, 3, 22))
    bookings.move_session(session=room.session, planned=moved, by=ACADEMY, now=clock.now())
    travel_to("2022-03-15 12:00")
    with pytest.raises(RuleBroken, match="works from 22 March 2022 at 08:30"):
        rules.link_of(secret, clock.now())


# --- Making and taking back --------------------------------------------------------------------------------


def test_tr05_an_emailed_link_keeps_its_secret_apart(room: Room) -> None:
    _, secret = made(room, to_email="pat@provider.example")
    message = db.session.scalars(select(Message)).one()
    assert (message.kind, message.to_address, message.secret) == (
        "register_link",
        "pat@provider.example",
        secret,
    )
    for words in (message.text, message.html):
        assert f"/register-links/{SECRET_STANDS_HERE}" in words
        assert "works from 15 March 2022 at 08:30 until the end of 17 March 2022" in words
        assert secret not in words


def test_tr05_who_makes_a_link_is_the_academy_or_a_trainer_of_the_run(room: Room) -> None:
    own = factories.actor(Role.TRAINER, user_id=room.trainer.id)
    rules.make_link(session=room.session, to_name="Pat Lowe", by=own, now=clock.now())
    for role in (Role.TRAINER, Role.LINE_MANAGER, Role.BOARD_MEMBER):
        other = factories.actor(role, user_id=factories.user(role).id)
        with pytest.raises(NotAllowed):
            rules.make_link(session=room.session, to_name="Pat Lowe", by=other, now=clock.now())
    assert db.session.query(RegisterLink).count() == 1


def test_tr05_a_link_without_an_address_is_shown_once(pages: Pages, room: Room) -> None:
    pages.sign_in(room.trainer)
    path = f"/sessions/{room.session.id}/links"
    page = pages.submit(pages.get(path), {"to_name": "Pat Lowe"}, button="Make the link")
    shown = page.soup.select_one("#address")
    assert shown is not None
    assert "/register-links/" in str(shown["value"])
    assert db.session.query(Message).count() == 0
    assert str(shown["value"]) not in pages.get(path).html
    page = pages.submit(pages.get(path), {"to_name": ""}, button="Make the link")
    assert page.errors == ["Enter the name of whoever marks the register"]


def test_tr05_a_link_that_was_taken_back_says_so_and_marks_nothing(
    pages: Pages, room: Room, travel_to
) -> None:
    _, secret = made(room)
    travel_to("2022-03-15 10:00")
    opened = pages.get(f"/register-links/{secret}")
    academy = Pages(pages.app).sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = academy.get(f"/sessions/{room.session.id}/links")
    page = academy.submit(page, form="revoke")
    assert "The link of Pat Lowe no longer works." in page.html
    refused = pages.submit(opened, form="register", button="Mark all attended", status=404)
    assert "This link was taken back on 15 March 2022." in refused.text
    assert marks() == []
    assert [one.verb for one in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))][-2:] == [
        "register:link made",
        "register:link taken back",
    ]


def test_tr05_nobody_else_takes_a_link_back(pages: Pages, room: Room) -> None:
    link, _ = made(room)
    pages.sign_in(factories.user(Role.TRAINER)).post(f"/register-links/{link.id}/revoke", status=403)
    assert link.revoked_at is None


# --- Marking by it -----------------------------------------------------------------------------------------


def test_tr05_opening_shows_and_pressing_marks_under_the_name_of_the_holder(
    pages: Pages, room: Room, travel_to: Callable[..., None]
) -> None:
    _, secret = made(room)
    travel_to("2022-03-15 16:40")
    page = pages.get(f"/register-links/{secret}")
    assert "You are marking as Pat Lowe." in page.text
    assert marks() == []
    typed = {f"mark-{room.people[0].id}": "attended", f"mark-{room.people[1].id}": "partial"}
    page = pages.submit(page, typed, form="register", button="Save the register")
    assert page.errors[0].startswith("Enter how many minutes")
    typed[f"minutes-{room.people[1].id}"] = "200"
    page = pages.submit(page, typed, form="register", button="Save the register")
    assert "2 marks changed" in page.html
    assert {mark.recorded_by for mark in marks()} == {"Pat Lowe (by link)"}
    submission = db.session.scalars(select(Submission)).one()
    assert (submission.way, submission.by_user_id) == (MarkWay.LINK, None)
    page = pages.submit(page, form="register", button="Save the register")
    assert "nothing had changed" in page.html


def test_am12_two_who_have_links_under_one_name_do_not_undo_each_other(
    pages: Pages, room: Room, travel_to: Callable[..., None]
) -> None:
    (_, first), (_, second) = made(room, to_name="Trainer"), made(room, to_name="Trainer")
    travel_to("2022-03-15 16:40")
    ann = room.people[0]
    old = pages.get(f"/register-links/{second}")
    pages.submit(
        pages.get(f"/register-links/{first}"),
        {f"mark-{ann.id}": "absent_no_notice"},
        form="register",
        button="Save the register",
    )
    page = pages.submit(old, {f"mark-{ann.id}": "attended"}, form="register", button="Save the register")
    assert page.errors == [
        f"{ann.name} was marked absent, no notice after this page was opened. To change that, save again"
    ]
    assert [mark.status for mark in marks()] == ["absent_no_notice"]
    page = pages.submit(page, form="register", button="Save the register")
    assert "1 mark changed" in page.html


def test_tr05_the_page_shows_no_way_to_reach_anybody(
    pages: Pages, room: Room, travel_to: Callable[..., None]
) -> None:
    _, secret = made(room, to_email="pat@provider.example")
    travel_to("2022-03-15 10:00")
    page = pages.get(f"/register-links/{secret}")
    assert all(person.name in page.text for person in room.people)
    for hidden in [*(person.email for person in room.people), "pat@provider.example", "/people/"]:
        assert str(hidden) not in page.html
    headers = page.response.headers
    assert (headers["X-Robots-Tag"], headers["Cache-Control"]) == ("noindex", "no-store")


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2022-03-15 08:00", "This link works from 15 March 2022 at 08:30, an hour before the session."),
        ("2022-03-18 09:00", "This link worked until 17 March 2022, two working days after the session."),
    ],
)
def test_tr05_a_link_before_or_after_its_time_says_so(
    pages: Pages, room: Room, travel_to: Callable[..., None], moment: str, sentence: str
) -> None:
    _, secret = made(room)
    travel_to(moment)
    assert sentence in pages.get(f"/register-links/{secret}", status=404).text
    pages.post(f"/register-links/{secret}", {f"mark-{room.people[0].id}": "attended"}, status=404)
    assert marks() == []


def test_tr05_a_forged_link_or_one_for_another_purpose_opens_nothing(
    pages: Pages, room: Room, travel_to: Callable[..., None]
) -> None:
    link, secret = made(room)
    travel_to("2022-03-15 10:00")
    for forged in (f"{secret}x", "forged", tokens.make("place", link.id)):
        page = pages.get(f"/register-links/{forged}", status=404)
        assert "This link is not complete or not one of ours." in page.text


def test_tr05_a_cancelled_run_has_no_register_by_link(
    pages: Pages, room: Room, travel_to: Callable[..., None]
) -> None:
    _, secret = made(room)
    bookings.cancel_run(run=room.run, by=ACADEMY, now=clock.now(), reason="Too few")
    travel_to("2022-03-15 10:00")
    assert f"{room.run.code} was cancelled" in pages.get(f"/register-links/{secret}", status=404).text
    with pytest.raises(RuleBroken, match="was cancelled"):
        made(room)


def test_tr05_what_is_sent_marks_nobody_who_is_not_on_the_page(
    pages: Pages, room: Room, travel_to: Callable[..., None]
) -> None:
    _, secret = made(room)
    travel_to("2022-03-15 10:00")
    other = factories.staff()
    path = f"/register-links/{secret}"
    page = pages.post(path, {f"mark-{other.id}": "attended", f"shown-{other.id}": "not_recorded"})
    assert "nothing had changed" in page.html
    assert marks() == []
