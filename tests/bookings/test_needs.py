"""What somebody needs to take part: who sees it, how long it is kept, and where it never appears. (ST-08)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import String, cast, select
from structlog.testing import capture_logs

from app.accounts.models import User
from app.bookings import jobs, queries, rules
from app.bookings.models import Booking, Need
from app.bookings.rules import PlaceRequest, place
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.people.models import Person
from app.programmes.models import ApprovalMode
from app.sessions.models import Run
from tests import factories
from tests.bookings.desk import academy, booked, own

WORDS = "A sign language interpreter, Zyxwvut"
TWO_DAYS = [date(2026, 3, 17), date(2026, 3, 24)]
RUN_ENDS = clock.london_time(TWO_DAYS[1], time(16, 30))


def with_need(run: Run | None = None, person: Person | None = None) -> Booking:
    booking = booked(run or factories.run(), person)
    rules.say_need(booking=booking, words=WORDS, by=own(booking.person), now=clock.now())
    return booking


def needs() -> list[str]:
    return list(db.session.scalars(select(Need.words).order_by(Need.id)))


# --- Asking --------------------------------------------------------------------------------------------


def test_st08_it_is_asked_at_booking_and_changed_and_emptied_on_the_booking(pages: Any) -> None:
    run = factories.run()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=factories.staff()))
    page = pages.get(f"/runs/{run.id}/book")
    assert "Is there anything we should arrange so you can take part? (optional)" in page.text
    assert "Do not enter anything about a child or family." in page.text
    page = pages.submit(page, {"needs": WORDS}, button="Book this place")
    assert WORDS in page.text
    booking = db.session.scalars(select(Booking)).one()
    page = pages.get(page.links()["Change this"])
    assert "Do not enter anything about a child or family." in page.text
    assert page.value("words") == WORDS
    page = pages.submit(page, {"words": "Step-free access"})
    assert page.path == f"/bookings/{booking.id}"
    assert needs() == ["Step-free access"]
    page = pages.submit(pages.get(f"/bookings/{booking.id}/needs"), {"words": "x" * 1001})
    assert page.errors == ["Your answer must be 1000 characters or fewer"]
    page = pages.submit(pages.get(f"/bookings/{booking.id}/needs"), {"words": " "})
    assert "Deleted." in page.text
    assert needs() == []
    assert "Tell us" in page.links()


def test_st08_nothing_typed_keeps_nothing_and_deletes_nothing(pages: Any) -> None:
    run, person = factories.run(), factories.staff()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/runs/{run.id}/book")
    pages.submit(page)
    assert needs() == []
    booking = db.session.scalars(select(Booking)).one()
    rules.say_need(booking=booking, words=WORDS, by=own(booking.person), now=clock.now())
    pages.submit(page)  # the button is pressed twice, from a page that stood open
    assert needs() == [WORDS]


def test_st08_booking_again_from_another_tab_loses_nothing_and_says_so(pages: Any) -> None:
    run = factories.run()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=factories.staff()))
    page = pages.get(f"/runs/{run.id}/book")
    stays = "What should be arranged was said before, and stays as it was"
    assert stays not in pages.submit(page, {"needs": WORDS}).text
    assert stays not in pages.submit(page, {"needs": f" {WORDS}"}).text
    again = pages.submit(page, {"needs": "Something else"})
    assert stays in again.text
    assert needs() == [WORDS]
    assert "Change this" in again.links()


@pytest.mark.parametrize("state", ["waitlisted", "requested"])
def test_st08_somebody_who_waits_or_is_held_a_place_says_it_too(state: str) -> None:
    terms = {"staff_approval": ApprovalMode.MANAGER} if state == "requested" else {}
    run = factories.run(factories.course(terms=terms), capacity=1)
    if state == "waitlisted":
        booked(run)
    person = factories.staff()
    booking = rules.book(run=run, person=person, by=own(person), now=clock.now())
    assert booking.state == state
    rules.say_need(booking=booking, words=WORDS, by=own(person), now=clock.now())
    assert [one.booking.state for one in db.session.scalars(queries.needs_on(run.id))] == [state]


def test_lm09_a_line_manager_who_books_is_not_asked_and_cannot_say(pages: Any) -> None:
    manager = factories.staff()
    report, run = factories.staff(manager_id=manager.id), factories.run()
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get(f"/runs/{run.id}/book?person={report.id}")
    assert page.value("needs") is None
    pages.post(f"/runs/{run.id}/book", {"person": report.id, "needs": WORDS}, status=403)
    assert needs() == []
    assert db.session.scalars(select(Booking)).all() == []


def test_st08_it_is_changed_until_the_run_is_over_and_deleted_at_any_time(
    travel_to: Callable[..., None],
) -> None:
    travel_to("2026-02-02")
    booking = with_need(factories.run(days=TWO_DAYS))
    by = own(booking.person)
    last_moment = RUN_ENDS - timedelta(seconds=1)
    rules.say_need(booking=booking, words="Large print", by=by, now=last_moment)
    with pytest.raises(RuleBroken, match="This training is over, so there is nothing left to arrange"):
        rules.say_need(booking=booking, words=WORDS, by=by, now=RUN_ENDS)
    assert needs() == ["Large print"]
    rules.say_need(booking=booking, words="", by=by, now=RUN_ENDS)
    assert needs() == []


# --- Who sees it ---------------------------------------------------------------------------------------


def _cast(booking: Booking, manager: Person) -> dict[str, tuple[User, int, int, int]]:
    """Each viewer with what the pages answer: the booking, the need's own page, the run's places."""
    other_trainer = factories.user(Role.TRAINER)
    factories.run(trainer_id=factories.trainer(other_trainer).id)
    trainer = booking.run.sessions[0].trainer
    assert trainer is not None
    assert trainer.user is not None
    user = factories.user
    return {
        "the person": (user(Role.PRACTITIONER, of=booking.person), 200, 200, 403),
        "the academy": (user(Role.ACADEMY_MANAGER), 200, 200, 200),
        "the run’s trainer": (trainer.user, 403, 403, 200),
        "another trainer": (other_trainer, 403, 403, 403),
        "the line manager": (user(Role.LINE_MANAGER, of=manager), 200, 403, 403),
        "another practitioner": (user(Role.PRACTITIONER, of=factories.staff()), 403, 403, 403),
        "a partner": (user(Role.PARTNER, of=factories.partner()), 403, 403, 403),
        "a board member": (user(Role.BOARD_MEMBER), 403, 403, 403),
        "a DfE adviser": (user(Role.DFE_ADVISER), 403, 403, 403),
        "the contract manager": (user(Role.CONTRACT_MANAGER), 403, 403, 403),
        "an administrator": (user(Role.ADMINISTRATOR), 403, 403, 403),
    }


@pytest.mark.parametrize("is_waiting", [False, True], ids=["with a place", "on the waiting list"])
def test_st08_only_the_person_the_academy_and_the_runs_trainer_see_it(pages: Any, is_waiting: bool) -> None:
    run = factories.run(capacity=1, trainer_id=factories.trainer(factories.user(Role.TRAINER)).id)
    if is_waiting:
        booked(run)
    manager = factories.staff()
    booking = with_need(run, factories.staff(manager_id=manager.id))
    seen = {}
    for who, (user, *statuses) in _cast(booking, manager).items():
        pages.sign_in(user)
        paths = (f"/bookings/{booking.id}", f"/bookings/{booking.id}/needs", f"/runs/{run.id}/places")
        answers = [pages.get(path, status=status) for path, status in zip(paths, statuses, strict=True)]
        seen[who] = [WORDS in answer.html for answer in answers]
    nothing = [False, False, False]
    assert seen == {
        **dict.fromkeys(seen, nothing),
        "the person": [True, True, False],
        "the academy": [True, True, True],
        "the run’s trainer": [False, False, True],
    }


def test_st08_only_the_person_and_the_academy_change_it() -> None:
    run = factories.run(trainer_id=factories.trainer(factories.user(Role.TRAINER)).id)
    manager = factories.staff()
    booking = with_need(run, factories.staff(manager_id=manager.id))
    trainer = run.sessions[0].trainer
    assert trainer is not None
    for words in ("Nothing", ""):
        for by in (
            factories.actor(Role.LINE_MANAGER, of=manager),
            factories.actor(Role.TRAINER, user_id=trainer.user_id),
            own(factories.staff()),
        ):
            with pytest.raises(NotAllowed):
                rules.say_need(booking=booking, words=words, by=by, now=clock.now())
    rules.say_need(booking=booking, words="Two interpreters", by=academy(), now=clock.now())
    assert needs() == ["Two interpreters"]


def test_st08_it_stands_in_its_own_table_alone_and_in_no_message_entry_or_log(pages: Any) -> None:
    """Whatever happens to the booking, no other column of the database, no file and no log has the words."""
    user = factories.user(Role.PRACTITIONER, of=factories.staff())
    run, other = factories.run(course := factories.course()), factories.run(course)
    with capture_logs() as logs:
        pages.sign_in(user)
        pages.submit(pages.get(f"/runs/{run.id}/book"), {"needs": WORDS})
        booking = db.session.scalars(select(Booking)).one()
        assert "Zyxwvut" not in pages.get(f"/bookings/{booking.id}/calendar.ics").html
        pages.submit(pages.get(f"/bookings/{booking.id}/needs"), {"words": f"{WORDS} again"})
        booking = db.session.scalars(select(Booking)).one()
        moved = rules.transfer(booking=booking, to_run=other, by=academy(), now=clock.now())
        assert _columns_with("Zyxwvut") == ["need.words"]
        rules.cancel(booking=moved, by=own(moved.person), now=clock.now())
    assert _columns_with("Zyxwvut") == []
    assert "Zyxwvut" not in str(logs)


def _columns_with(word: str) -> list[str]:
    return [
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if db.session.scalar(select(column).where(cast(column, String).contains(word)).limit(1)) is not None
    ]


def test_st08_a_statement_that_fails_does_not_log_what_it_was_about_to_write(database: None) -> None:
    assert db.engine.hide_parameters


# --- How long it is kept -------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["cancel", "release", "the run", "decline"])
def test_st08_it_is_deleted_with_the_booking(how: str) -> None:
    terms = {"staff_approval": ApprovalMode.MANAGER} if how == "decline" else {}
    run = factories.run(factories.course(terms=terms))
    person = factories.staff()
    booking = rules.book(run=run, person=person, by=own(person), now=clock.now())
    kept = with_need()
    rules.say_need(booking=booking, words=WORDS, by=own(person), now=clock.now())
    if how == "cancel":
        rules.cancel(booking=booking, by=own(person), now=clock.now())
    elif how == "release":
        person.spells[0].last_day = clock.today()
        db.session.flush()
        rules.release_places_of(person=person, by=academy(), now=clock.now())
    elif how == "the run":
        rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Ill")
    else:
        rules.decline(booking=booking, by=academy(), now=clock.now(), reason="Cover")
    assert not booking.state.is_open
    assert list(db.session.scalars(select(Need.booking_id))) == [kept.id]


def test_st08_it_goes_with_the_person_to_another_run() -> None:
    first, second = factories.run(course := factories.course()), factories.run(course)
    booking = with_need(first)
    moved = rules.transfer(booking=booking, to_run=second, by=academy(), now=clock.now())
    assert list(db.session.execute(select(Need.booking_id, Need.words)).tuples()) == [(moved.id, WORDS)]


def test_st07_it_never_goes_to_a_colleague_who_takes_the_place_over() -> None:
    booking, colleague = with_need(), factories.staff()
    request = PlaceRequest(booking.run, colleague, replaces=booking)
    place(request, by=academy(), now=clock.now())
    assert list(db.session.scalars(select(Need.booking_id))) == [booking.id]
    rules.cancel(booking=booking, by=academy(), now=clock.now())
    assert needs() == []


@pytest.mark.parametrize(
    ("after", "is_kept"),
    [(timedelta(0), True), (timedelta(days=30, seconds=-1), True), (timedelta(days=30), False)],
    ids=["when the run ends", "just before 30 days", "30 days after"],
)
def test_st08_the_nightly_job_deletes_it_30_days_after_the_last_session(
    travel_to: Callable[..., None], after: timedelta, is_kept: bool
) -> None:
    travel_to("2026-02-02")
    with_need(factories.run(days=TWO_DAYS))
    with_need(factories.run(days=[date(2026, 6, 2), date(2026, 6, 9)]))
    db.session.commit()
    travel_to(RUN_ENDS + after)
    assert jobs.forget(clock.now()).done == (0 if is_kept else 1)
    assert len(needs()) == (2 if is_kept else 1)
