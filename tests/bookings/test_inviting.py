"""Inviting and booking many at once. (AM-08, LM-05, MA-02)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState, Invitation
from app.core import clock, tokens
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.outbox.models import Message
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import ApprovalMode, Course
from app.sessions.models import Run
from tests import factories
from tests.bookings.asking import THE_DAY, Team, run_on
from tests.bookings.desk import academy


def invite(course: Course, runs: list[Run], people: list[Person], batch: str = "one") -> Any:
    return rules.invite(course=course, runs=runs, people=people, batch=batch, by=academy(), now=clock.now())


def names(course: Course) -> list[str]:
    found = queries.not_booked(course, on=clock.today())
    return [person.name for person, _ in db.session.execute(found)]


# --- Who is not booked -------------------------------------------------------------------------------------


def test_am08_the_not_booked_are_in_the_audience_and_have_neither_done_nor_booked_it() -> None:
    course = factories.course(components=1)
    course.role_groups = [factories.role_group("Social Worker")]
    course.sectors = [factories.organisation("St Oda’s School", "Education").sector]
    free = factories.staff(first_name="Ada", last_name="Free")
    factories.staff(role_group_id=factories.role_group("Team Manager").id)
    factories.staff(first_name="Gone", last_day=clock.today().replace(year=2020))
    booked = factories.staff(first_name="Bo", last_name="Booked")
    pupil = factories.partner(factories.organisation("St Oda’s School"), first_name="Pia", last_name="School")
    factories.partner(factories.organisation("Ward 4", "Health"))
    factories.panel_member()
    run = factories.run(course)
    booking = rules.book(run=run, person=booked, by=academy(), now=clock.now())
    assert names(course) == [free.name, pupil.name]
    rules.cancel(booking=booking, by=academy(), now=clock.now())
    assert names(course) == ["Bo Booked", free.name, pupil.name]


@pytest.mark.parametrize("kind", ["nobody named", "roles", "services", "sectors", "panel"])
def test_the_audience_as_a_list_agrees_with_the_audience_of_each_person(kind: str) -> None:
    """The rule is said twice, for one person and for all: they must never differ."""
    course = factories.course()
    people = [
        factories.staff(),
        factories.staff(role_group_id=factories.role_group("Team Manager").id),
        factories.staff(team_id=factories.team("Early Help North", "Early Help").id),
        factories.partner(factories.organisation("Ward 4", "Health")),
        factories.partner(),
        factories.panel_member(),
    ]
    if kind == "roles":
        course.role_groups = [factories.role_group("Team Manager")]
    if kind in {"roles", "services"}:
        course.services = [factories.service("Early Help")]
    if kind == "sectors":
        course.sectors = [factories.organisation("Ward 4", "Health").sector]
    course.is_for_panel_members = kind == "panel"
    db.session.flush()
    each = {one.id for one in people if programmes.is_in_audience(course, one, clock.today())}
    listed = {person.id for person, _ in db.session.execute(queries.not_booked(course, on=clock.today()))}
    assert listed == each


# --- Inviting ----------------------------------------------------------------------------------------------


def test_am08_each_gets_one_email_and_who_has_no_address_is_listed() -> None:
    course = factories.course()
    runs = [factories.run(course), factories.run(course)]
    people = [factories.staff() for _ in range(3)] + [factories.staff(email=None) for _ in range(2)]
    invited = invite(course, runs, people)
    assert (invited.written_to, invited.without_email) == (people[:3], people[3:])
    again = invite(course, runs, people)
    assert again.written_to == []
    messages = db.session.scalars(select(Message).where(Message.kind == "invitation")).all()
    assert sorted(one.to_address for one in messages) == sorted(str(one.email) for one in people[:3])
    for message in messages:
        assert all(run.code in message.text for run in runs)
        others = [one.name for one in people if one.email != message.to_address]
        assert not any(name in message.text for name in others)
    assert len(invite(course, runs, people, batch="a month later").written_to) == 3


def test_invitations_are_the_academys_and_for_open_runs_of_the_course() -> None:
    course, person = factories.course(), factories.staff()
    run = factories.run(course)
    with pytest.raises(RuleBroken, match="Choose runs of this course"):
        invite(course, [factories.run()], [person])
    with pytest.raises(RuleBroken, match="Choose at least one person"):
        invite(course, [run], [])
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Ill")
    with pytest.raises(RuleBroken, match="was cancelled"):
        invite(course, [run], [person])
    with pytest.raises(NotAllowed):
        rules.invite(
            course=course,
            runs=[run],
            people=[person],
            batch="x",
            by=factories.actor(Role.LINE_MANAGER),
            now=clock.now(),
        )


# --- Taking an invitation up -------------------------------------------------------------------------------


def link_of(person: Person, run: Run) -> str:
    invite(run.version.course, [run], [person], batch=f"of {person.id}")
    invitation = db.session.scalars(select(Invitation).where(Invitation.person_id == person.id)).one()
    return f"/invitations/{tokens.make(rules.INVITATION, invitation.id, to=invitation.person.email)}"


def test_ma02_an_invitation_is_taken_up_without_an_account(pages: Any) -> None:
    person, run = factories.partner(), factories.run()
    link = link_of(person, run)
    page = pages.get(link)
    assert person.name in page.text
    assert db.session.scalars(select(Booking)).all() == []  # looking, as mail scanners do, books nothing
    page = pages.submit(page, {"run": str(run.id)})
    (booking,) = db.session.scalars(select(Booking)).all()
    assert (booking.person_id, booking.state) == (person.id, BookingState.CONFIRMED)
    assert booking.reference in page.text
    assert "You need no account" in page.text
    assert pages.get(link).soup.select_one("main form") is None


def test_ma02_a_second_press_books_once(pages: Any) -> None:
    person, run = factories.partner(), factories.run()
    link = link_of(person, run)
    pages.get(link)
    for _ in range(2):
        pages.post(link, {"run": str(run.id)})
    assert len(db.session.scalars(select(Booking)).all()) == 1


@pytest.mark.parametrize(
    ("days", "spoil", "sentence"),
    [(0, True, "not one of ours"), (31, False, "This link has run out")],
    ids=["forged", "expired"],
)
def test_an_invitation_that_is_forged_or_over_says_so(
    pages: Any, travel_to: Callable[..., None], days: int, spoil: bool, sentence: str
) -> None:
    travel_to("2022-03-01")
    run = factories.run(days=[date(2022, 6, 1), date(2022, 6, 8)])
    link = link_of(factories.partner(), run)
    travel_to(date(2022, 3, 1) + timedelta(days=days))
    page = pages.get(link[:-3] if spoil else link, status=404)
    assert sentence in page.text


def test_an_invitation_to_runs_that_are_over_offers_none(pages: Any, travel_to: Callable[..., None]) -> None:
    run = factories.run()
    link = link_of(factories.partner(), run)
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Ill")
    assert "can no longer be booked" in pages.get(link).text


def test_ma03_an_invited_partner_names_the_manager_who_agrees(pages: Any) -> None:
    course = factories.course(terms={"partner_approval": ApprovalMode.DECLARED})
    person, run = factories.partner(), factories.run(course)
    page = pages.get(link_of(person, run))
    page = pages.submit(page, {"run": str(run.id)})
    assert page.errors == ["Enter the name and e-mail address of the manager who agrees"]
    page = pages.submit(
        page, {"run": str(run.id), "manager_name": "Maria Lindqvist", "manager_email": "maria@school.example"}
    )
    (booking,) = db.session.scalars(select(Booking)).all()
    assert (booking.state, booking.approval.declared_name) == (BookingState.CONFIRMED, "Maria Lindqvist")


def test_ma03_one_press_asks_an_invited_partner_for_the_run_and_the_manager(pages: Any) -> None:
    course = factories.course(terms={"partner_approval": ApprovalMode.DECLARED})
    person, run = factories.partner(), factories.run(course)
    factories.run(course)
    invite(course, [run, factories.run(course)], [person])
    invitation = db.session.scalars(select(Invitation)).one()
    token = tokens.make(rules.INVITATION, invitation.id, to=invitation.person.email)
    page = pages.get(f"/invitations/{token}")
    page = pages.submit(page, {})
    assert page.errors == [
        "Choose one of the runs",
        "Enter the name and e-mail address of the manager who agrees",
    ]


def test_am05_an_invitation_counts_the_places_left_for_the_person(pages: Any) -> None:
    run = factories.run(capacity=2)
    health = factories.organisation("Ward 4", "Health")
    rules.keep_places(
        run=run, places=1, sector_id=health.sector.id, kept_until=clock.today(), by=academy(), now=clock.now()
    )
    pupil, nurse = factories.partner(), factories.partner(health)
    links = link_of(pupil, run), link_of(nurse, run)
    assert ["(1 place)" in pages.get(link).text for link in links] == [True, False]
    rules.book(run=run, person=factories.staff(), by=academy(), now=clock.now())
    assert "full: waiting list" in pages.get(links[0]).text
    assert "(1 place)" in pages.get(links[1]).text
    pages.submit(pages.get(links[0]), {"run": str(run.id)})
    booking = db.session.scalars(select(Booking).where(Booking.person_id == pupil.id)).one()
    assert booking.state is BookingState.WAITLISTED


def test_st08_who_books_from_an_invitation_is_asked_what_to_arrange(pages: Any) -> None:
    run = factories.run()
    page = pages.get(link_of(factories.partner(), run))
    assert "Is there anything we should arrange so you can take part? (optional)" in page.text
    assert "Only the academy and the trainer of this run see it" in page.text
    assert "Do not enter anything about a child or family." in page.text
    page = pages.submit(page, {"run": str(run.id), "needs": "A sign language interpreter"})
    (booking,) = db.session.scalars(select(Booking)).all()
    need = db.session.scalars(queries.need_of(booking)).one()
    assert need.words == "A sign language interpreter"
    assert not any("interpreter" in text for text in db.session.scalars(select(Message.text)))


def test_st08_nothing_asked_for_in_an_invitation_keeps_nothing(pages: Any) -> None:
    run = factories.run()
    pages.submit(pages.get(link_of(factories.partner(), run)), {"run": str(run.id), "needs": " "})
    (booking,) = db.session.scalars(select(Booking)).all()
    assert db.session.scalar(queries.need_of(booking)) is None


@pytest.mark.parametrize(
    ("make", "terms", "is_asked"),
    [
        (factories.partner, {"partner_approval": ApprovalMode.DECLARED}, True),
        (factories.staff, {"staff_approval": ApprovalMode.DECLARED}, True),
        (factories.staff, {"partner_approval": ApprovalMode.DECLARED}, False),
        (factories.panel_member, {"partner_approval": ApprovalMode.DECLARED}, False),
        (factories.partner, {"partner_approval": ApprovalMode.NONE}, False),
    ],
)
def test_ma03_an_invitation_asks_for_the_manager_where_booking_does(
    pages: Any, make: Callable[..., Person], terms: dict[str, Any], is_asked: bool
) -> None:
    course = factories.course(terms=terms)
    course.is_for_panel_members = make is factories.panel_member
    run = factories.run(course)
    page = pages.get(link_of(make(), run))
    assert (page.value("manager_name") is not None) is is_asked
    page = pages.submit(page, {"run": str(run.id)})
    assert bool(page.errors) is is_asked


# --- Booking many ------------------------------------------------------------------------------------------


def manager_and_team(size: int = 2) -> tuple[Person, list[Person]]:
    manager = factories.staff(first_name="Maria", last_name="Lindqvist")
    return manager, [factories.staff(manager_id=manager.id) for _ in range(size)]


def test_lm05_a_manager_books_two_directly_and_they_are_told_and_can_object() -> None:
    course = factories.course(terms={"staff_approval": ApprovalMode.MANAGER})
    run = factories.run(course)
    manager, team = manager_and_team()
    account = factories.user(Role.LINE_MANAGER, of=manager)
    by = factories.actor(Role.LINE_MANAGER, of=manager, user_id=account.id, name=manager.name)
    booked = rules.book_many(run=run, people=team, by=by, now=clock.now())
    assert [one.state for one in booked.bookings] == [BookingState.CONFIRMED] * 2
    words = db.session.scalars(select(Message.text).order_by(Message.id)).all()
    assert all("Maria Lindqvist booked it for you" in text for text in words)
    own = factories.actor(Role.PRACTITIONER, of=team[0])
    rules.cancel(booking=booked.bookings[0], by=own, now=clock.now(), reason="I am in court that day")
    told = db.session.scalars(select(Message).where(Message.kind == "booking_objected")).one()
    assert (told.to_address, "I am in court that day" in told.text) == (account.email, True)


def test_lm05_only_the_own_team_and_who_cannot_be_booked_stops_nobody_else() -> None:
    run = factories.run()
    manager, (one, other) = manager_and_team()
    by = factories.actor(Role.LINE_MANAGER, of=manager)
    clash = factories.run(days=[session.held_on for session in run.sessions])
    rules.book(run=clash, person=one, by=academy(), now=clock.now())
    booked = rules.book_many(run=run, people=[one, other], by=by, now=clock.now())
    assert [one.person_id for one in booked.bookings] == [other.id]
    assert [(person.id, clash.code in why) for person, why in booked.refused] == [(one.id, True)]
    with pytest.raises(NotAllowed):
        rules.book_many(run=run, people=[factories.staff()], by=by, now=clock.now())


def test_am08_who_needs_a_reason_is_booked_alone_as_a_form_for_many_asks_for_none(pages: Any) -> None:
    course = factories.course()
    course.prerequisites = [factories.course(title="Basics")]
    run, person = factories.run(course), factories.staff(first_name="Ada", last_name="Free")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/courses/{course.id}/not-booked")
    page = invite_on(pages, page, {"people": [str(person.id)], "runs": [str(run.id)], "how": "book"})
    assert "Ada Free was not booked." in page.html
    assert (
        "builds on Basics, which Ada Free has not completed. To book it anyway, book them alone" in page.html
    )
    assert "Give a reason" not in page.html


def test_am08_one_press_says_that_neither_people_nor_runs_were_chosen(pages: Any) -> None:
    course = factories.course()
    runs = [factories.run(course), factories.run(course)]
    factories.staff()
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(f"/courses/{course.id}/not-booked")
    page = pages.submit(page, {"how": "invite"}, form=-1)
    assert page.errors == ["Choose at least one person", "Choose at least one run"]
    page = pages.submit(page, {"how": "book", "runs": [str(run.id) for run in runs]}, form=-1)
    assert page.errors == ["Choose at least one person", "Choose one run to book them on"]
    gone = pages.post(page.path, {"how": "book", "people": ["gone"], "runs": [str(runs[0].id)]})
    assert gone.errors == ["Choose again: what you chose is not on the list any more"]


def test_lm05_the_page_lists_the_team_and_books_who_is_ticked(pages: Any) -> None:
    run = factories.run()
    manager, team = manager_and_team(3)
    stranger = factories.staff(team_id=factories.team("Another").id)
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get(f"/runs/{run.id}/book-team")
    assert all(one.name in page.text for one in team)
    assert stranger.name not in page.text
    page = pages.submit(page, {"people": [str(one.id) for one in team[:2]]})
    assert "2 people have a place" in page.html
    assert pages.submit(pages.get(f"/runs/{run.id}/book-team"), {}).errors == ["Choose at least one person"]
    pages.post(f"/runs/{run.id}/book-team", {"people": [str(stranger.id)]})
    assert len(db.session.scalars(select(Booking)).all()) == 2


def test_lm03_who_books_the_team_sees_who_is_out_and_which_days_are_not_working_days(
    pages: Any, travel_to: Callable[..., None]
) -> None:
    travel_to("2022-03-07 10:00")
    team, other_day = Team(), date(2022, 3, 22)
    run, elsewhere = run_on(THE_DAY, other_day), run_on(THE_DAY)
    team.sam.working_days = "345"
    for person in team.members[1:3]:
        factories.booking(elsewhere, person)
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=team.manager))
    page = pages.get(f"/runs/{run.id}/book-team")
    names = " and ".join(one.name for one in team.members[1:3])
    assert f"Away for training on 15 March: {names}, 2 of 9 of Child in Need." in page.text
    assert "Warning: With one more it would be 3 of 9 (33%), above the limit of 30%." in page.text
    assert "Child in Need (9): nobody is away for training on 22 March." in page.text
    assert "More than 2 of them would be above the limit of 30%." in page.text
    hints = [" ".join(one.text.split()) for one in page.soup.select(".govuk-checkboxes__hint")]
    assert hints == ["Not their working days: Tuesday 15 March 2022 and Tuesday 22 March 2022"]
    page = pages.submit(page, {"people": [str(one.id) for one in team.members]})
    assert "7 people have a place" in page.html  # two were elsewhere; the limit warns, and stops nobody


def test_lm03_who_books_one_of_the_team_sees_it_too(pages: Any, travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-07 10:00")
    team, run, elsewhere = Team(), run_on(THE_DAY), run_on(THE_DAY)
    for person in team.members[1:4]:
        factories.booking(elsewhere, person)
    for role, of, sees_it in [
        (Role.LINE_MANAGER, team.manager, True),
        (Role.ACADEMY_MANAGER, None, True),
        (Role.PRACTITIONER, team.sam, False),
    ]:
        pages.sign_in(factories.user(role, of=of))
        page = pages.get(f"/runs/{run.id}/book?person={team.sam.id}")
        assert ("Child in Need: 3 of 9 are already away for training on 15 March." in page.text) is sees_it
        assert ("With Sam Oduya it would be 4 of 9 (44%)" in page.text) is sees_it


def test_am05_places_kept_for_partners_are_not_left_for_a_team(pages: Any) -> None:
    run, (manager, _) = factories.run(capacity=5), manager_and_team()
    sector = factories.organisation("St Oda’s School", "Education").sector
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    for kept, left in [(3, "Places left 2"), (5, "Full: who is booked now joins the waiting list")]:
        rules.keep_places(
            run=run,
            sector_id=sector.id,
            places=kept,
            kept_until=clock.today(),
            by=academy(),
            now=clock.now(),
        )
        assert left in pages.get(f"/runs/{run.id}/book-team").text


def test_am08_the_academys_page_invites_and_books(pages: Any) -> None:
    course = factories.course()
    run = factories.run(course)
    people = [factories.staff(), factories.staff(email=None)]
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/courses/{course.id}/not-booked")
    ids = [str(one.id) for one in people]
    page = pages.submit(page, {"people": ids, "runs": [str(run.id)], "how": "invite"}, form=-1)
    assert page.h1 == "Invite 1 person to 1 run with 16 places?"
    assert f"Without an e-mail address, so not invited: {people[1].name}." in page.text
    assert db.session.scalars(select(Invitation)).all() == []
    page = pages.submit(page)
    assert "1 person invited by e-mail" in page.html
    assert [one.get_text(strip=True).split(" (")[0] for one in page.soup.select("label[for^=people]")] == [
        people[1].name,
        people[0].name,
    ]  # who was invited comes last
    assert f"not invited: {people[1].name}" in page.html
    assert "invited on" in page.text
    page = pages.submit(page, {"runs": [str(run.id)], "how": "invite"}, form=-1)
    assert page.errors == ["Choose at least one person"]
    page = invite_on(pages, page, {"people": ids[:1], "runs": [str(run.id)], "how": "invite"})
    assert "1 person invited by e-mail" in page.html
    page = invite_on(pages, page, {"people": ids, "runs": [str(run.id)], "how": "book"})
    assert "2 people have a place" in page.html
    assert "Nobody is left to invite here." in page.text


def invite_on(pages: Any, page: Any, values: dict[str, Any]) -> Any:
    """Choose on the page of the not-booked, and press the button of the page that asks."""
    return pages.submit(pages.submit(page, values, form=-1))


def test_am08_a_second_press_says_when_everybody_was_invited(
    pages: Any, travel_to: Callable[..., None]
) -> None:
    """Pressed once more, or for everybody on the list: nobody is written to twice. By name they are."""
    travel_to("2022-03-01 23:50")
    course = factories.course()
    old, new = (factories.run(course, days=[date(2022, 5, day), date(2022, 5, day + 1)]) for day in (3, 17))
    people = [factories.staff() for _ in range(2)]
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    opened = pages.get(f"/courses/{course.id}/not-booked")
    box = opened.soup.select_one(".govuk-radios__item:has(input[value=everybody])")
    assert "Nobody is invited to the same runs again" in box.get_text()  # beneath the box that it is about
    typed = {"people": [str(people[0].id)], "runs": [str(old.id)], "how": "invite"}
    asked = pages.submit(opened, typed, form=-1)
    pages.submit(asked)
    page = pages.submit(asked)
    by_name = "To write to somebody again, tick them by name."
    assert f"Please note Everyone chosen was invited already, on 1 March 2022. {by_name}" in page.text
    assert "0 people invited" not in page.text

    travel_to("2022-03-02 00:10")
    everybody = {"who": "everybody", "runs": [str(old.id)], "how": "invite"}
    page = invite_on(pages, page, everybody)
    assert "1 person invited by e-mail." in page.text
    assert f"1 person was invited already, on 1 March 2022. {by_name}" in page.text
    assert "Please note" not in page.text
    page = pages.submit(page, everybody, form=-1)
    assert "Everyone chosen was invited already, between 1 March 2022 and 2 March 2022." in page.text
    page = invite_on(pages, page, everybody | {"runs": [str(old.id), str(new.id)]})
    assert "2 people invited by e-mail." in page.text  # of the new run they had not heard
    assert "invited already" not in page.text
    page = invite_on(pages, page, typed)
    assert "1 person invited by e-mail." in page.text
    assert not page.soup.select("input[name=people][checked]")
