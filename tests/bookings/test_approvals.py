"""Whose agreement a place needs, who is asked for it, and what becomes of a request."""

from __future__ import annotations

from datetime import date

import pytest

from app.audit.models import AuditEntry
from app.bookings import jobs, queries, rules
from app.bookings.models import BookingState
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.people import rules as people
from app.people.models import Absence, Deputy, Spell
from app.programmes.models import ApprovalMode
from tests import factories
from tests.bookings.asking import THE_DAY, Team, as_manager, ask, deputise, letters, run_on


def _academy():
    return factories.actor(Role.ACADEMY_MANAGER, name="Priya Shah")


@pytest.fixture(autouse=True)
def _monday(travel_to) -> None:
    travel_to("2022-03-07 10:00")


def test_st02_a_request_goes_to_the_manager_and_holds_the_place_for_3_working_days() -> None:
    team, run = Team(), run_on()
    booking = ask(run, team.sam)
    assert booking.state is BookingState.REQUESTED
    assert booking.approval.approver_id == team.manager.id
    assert booking.held_until == clock.london_time(date(2022, 3, 10), clock.london(booking.held_until).time())
    assert f"{clock.london(booking.held_until):%H:%M}" == "17:00"
    (letter,) = letters("approval_asked")
    assert letter.to_address == team.manager.email
    assert letter.subject == "Sam Oduya asks for Signs of Safety 2-day"
    assert letter.text.startswith(f"Hello {team.manager.called},\n")
    assert "Tuesday 15 March 2022" in letter.text
    assert "held until 17:00 Thursday 10 March" in letter.text
    assert "\n\n\n" not in letter.text
    assert "Maria Lindqvist is asked" in letters("booking_requested")[0].text


def test_lm01_the_letter_says_how_many_are_out_and_keeps_its_link_from_the_outbox() -> None:
    team = Team()
    other = run_on(THE_DAY, staff_approval=ApprovalMode.NONE)
    for person in team.members[1:4]:
        factories.booking(other, person)
    ask(run_on(THE_DAY), team.sam)
    (letter,) = letters("approval_asked")
    for words in (letter.text, letter.html):
        assert "Child in Need: 3 of 9 are already away for training on 15 March." in words
        assert "4 of 9 (44%), above the limit of 30%" in words
        assert letter.secret
        assert letter.secret not in words


@pytest.mark.parametrize(
    ("out", "is_over", "share"), [(0, False, 11), (1, False, 22), (2, True, 33), (3, True, 44)]
)
def test_lm03_a_4th_of_9_is_44_percent_a_warning_and_no_block(out: int, is_over: bool, share: int) -> None:
    team = Team()
    other = run_on(THE_DAY, staff_approval=ApprovalMode.NONE)
    for person in team.members[1 : 1 + out]:
        factories.booking(other, person)
    booking = ask(run_on(THE_DAY), team.sam)
    (day,) = queries.team_days([booking])[booking.id]
    assert (day.out, day.size, day.share, day.is_over) == (out, 9, share, is_over)
    rules.approve(booking=booking, by=as_manager(team.manager), now=clock.now())
    assert booking.state is BookingState.CONFIRMED


def test_st03_a_decline_says_why_and_the_place_goes_to_the_next() -> None:
    team, run = Team(), run_on(capacity=1)
    factories.user(Role.PRACTITIONER, of=team.sam, password="set")
    booking = ask(run, team.sam)
    waiting = factories.booking(run, team.members[1], confirmed_at=None)
    with pytest.raises(RuleBroken, match="Enter why you decline"):
        rules.decline(booking=booking, by=as_manager(team.manager), now=clock.now(), reason=" ")
    why = "cover needed, try April"
    rules.decline(booking=booking, by=as_manager(team.manager), now=clock.now(), reason=why)
    assert booking.state is BookingState.DECLINED
    assert db.session.get(type(waiting), waiting.id).state is BookingState.CONFIRMED
    (letter,) = letters("booking_declined")
    assert why in letter.text
    assert f"/book?course={run.version.course_id}" in letter.text


def test_u09_what_speaks_against_a_place_is_looked_at_again_when_it_is_approved() -> None:
    team, run = Team(), run_on()
    booking = ask(run, team.sam)
    factories.booking(run_on(THE_DAY, staff_approval=ApprovalMode.NONE), team.sam)
    with pytest.raises(RuleBroken, match="at the same time: 15 March 2022"):
        rules.approve(booking=booking, by=as_manager(team.manager), now=clock.now())
    rules.decline(booking=booking, by=as_manager(team.manager), now=clock.now(), reason="Has another")
    assert booking.state is BookingState.DECLINED


# --- Who is asked --------------------------------------------------------------------------------------


def _vacant(team: Team) -> None:
    """Maria left at the end of February; her people still name her."""
    spell = db.session.query(Spell).filter_by(person_id=team.manager.id).one()
    spell.last_day = date(2022, 2, 28)
    db.session.flush()
    db.session.expire_all()


def test_u14_a_vacant_post_passes_to_the_next_manager_up_and_the_requester_is_told() -> None:
    team = Team()
    _vacant(team)
    booking = ask(run_on(), team.sam)
    assert booking.approval.approver_id == team.above.id
    assert "Maria Lindqvist is away or has left, so Bo Ek answers instead." in (
        letters("booking_requested")[0].text
    )
    assert "You are asked in place of Maria Lindqvist." in letters("approval_asked")[0].text


def test_u14_where_there_is_nobody_the_academy_is_asked_at_its_own_page() -> None:
    academy = factories.user(Role.ACADEMY_MANAGER, name="Priya Shah")
    booking = ask(run_on(), factories.staff(first_name="Sam", last_name="Oduya"))
    assert booking.approval.approver_id is None
    (letter,) = letters("approval_asked")
    assert letter.to_address == academy.email
    assert f"/bookings/{booking.id}/request" in letter.text
    assert letter.secret is None
    told = letters("booking_requested")[0].text
    assert "The academy is asked" in told
    assert "Nobody is recorded as your line manager, so the academy answers." in told


def test_lm07_while_the_manager_is_away_the_deputy_is_asked_and_the_history_says_for_whom() -> None:
    team, ana = Team(), factories.staff(first_name="Ana", last_name="Silva")
    deputise(team.manager, ana, date(2022, 3, 7), date(2022, 3, 18))
    booking = ask(run_on(), team.sam)
    assert booking.approval.approver_id == ana.id
    with pytest.raises(NotAllowed):
        rules.approve(booking=booking, by=as_manager(team.manager), now=clock.now())
    rules.approve(booking=booking, by=factories.actor(of=ana, name="Ana Silva"), now=clock.now())
    assert booking.approval.decided_by == "Ana Silva for Maria Lindqvist"
    db.session.expire_all()
    assert booking.moves[-1].by_name == "Ana Silva for Maria Lindqvist"
    assert {
        entry.actor_name for entry in db.session.query(AuditEntry).filter_by(verb="approval:approved")
    } == {"Ana Silva for Maria Lindqvist"}


def test_the_academy_answers_instead_and_the_history_shows_it() -> None:
    team = Team()
    booking = ask(run_on(), team.sam)
    rules.approve(booking=booking, by=_academy(), now=clock.now())
    assert booking.state is BookingState.CONFIRMED
    assert booking.approval.decided_by == "Priya Shah, academy, for Maria Lindqvist"
    with pytest.raises(RuleBroken, match="already approved by Priya Shah, academy, for Maria Lindqvist"):
        rules.decline(booking=booking, by=as_manager(team.manager), now=clock.now(), reason="No")


@pytest.mark.parametrize("why", ["left", "away", "deputy"])
def test_u14_a_request_passes_on_when_whoever_was_asked_can_no_longer_answer(why: str) -> None:
    team, ana = Team(), factories.staff(first_name="Ana", last_name="Silva")
    booking = ask(run_on(), team.sam)
    held_until = booking.held_until
    db.session.commit()
    assert jobs.approvals(clock.now()).done == 0
    if why == "left":
        _vacant(team)
    elif why == "away":
        factories.record(
            Absence(person_id=team.manager.id, first_day=date(2022, 3, 1)), by="Tests", now=factories.LONG_AGO
        )
    else:
        deputise(team.manager, ana, date(2022, 3, 7), date(2022, 3, 18))
    expected = ana if why == "deputy" else team.above
    db.session.commit()
    assert jobs.approvals(clock.now()).done == 1
    assert jobs.approvals(clock.now()).done == 0
    db.session.expire_all()
    assert booking.approval.approver_id == expected.id
    assert booking.held_until == held_until
    assert [letter.to_address for letter in letters("approval_asked")] == [team.manager.email, expected.email]
    (told,) = letters("approval_passed_on")
    assert told.to_address == team.sam.email
    assert f"{expected.name} is asked to approve it now" in told.text


@pytest.mark.parametrize("why", ["ended", "left"])
def test_u14_whoever_no_longer_decides_answers_no_more_even_before_the_request_has_passed_on(
    why: str,
) -> None:
    team, ana = Team(), factories.staff(first_name="Ana", last_name="Silva")
    if why == "ended":
        deputise(team.manager, ana, date(2022, 3, 7), date(2022, 3, 18))
    booking = ask(run_on(), team.sam)
    asked, expected = (ana, "Maria Lindqvist") if why == "ended" else (team.manager, "Bo Ek")
    if why == "ended":
        (entry,) = db.session.query(Deputy)
        people.end_deputy(entry=entry, by=as_manager(team.manager), now=clock.now())
    else:
        _vacant(team)
    by = factories.actor(of=asked, name=asked.name)
    passed_on = f"This request has passed on to {expected}."
    with pytest.raises(RuleBroken, match=passed_on):
        rules.approve(booking=booking, by=by, now=clock.now())
    with pytest.raises(RuleBroken, match=passed_on):
        rules.decline(booking=booking, by=by, now=clock.now(), reason="Cover")
    assert rules.why_not_decided(booking, by, now=clock.now()) == passed_on
    assert (booking.state, booking.approval.decided_at) == (BookingState.REQUESTED, None)
    rules.approve(booking=booking, by=_academy(), now=clock.now())
    assert booking.state is BookingState.CONFIRMED


# --- Time ----------------------------------------------------------------------------------------------


def test_u15_a_reminder_after_2_working_days_and_the_place_goes_on_after_3(travel_to) -> None:
    team, run = Team(), run_on(capacity=1)
    booking = ask(run, team.sam)
    waiting = factories.booking(run, team.members[1], confirmed_at=None)
    db.session.commit()
    for moment, reminders in (
        ("2022-03-09 09:59", 0),
        ("2022-03-09 10:00", 1),
        ("2022-03-10 10:00", 1),
    ):
        travel_to(moment)
        jobs.approvals(clock.now())
        assert len(letters("approval_reminder")) == reminders, moment
    assert letters("approval_reminder")[0].subject.startswith("Reminder: Sam Oduya asks for")
    travel_to("2022-03-10 16:59")
    jobs.sweep(clock.now())
    assert db.session.get(type(booking), booking.id).state is BookingState.REQUESTED
    db.session.commit()
    travel_to("2022-03-10 17:00")
    jobs.sweep(clock.now())
    db.session.expire_all()
    assert (booking.state, waiting.state) == (BookingState.RELEASED, BookingState.CONFIRMED)
    assert letters("approval_expired")[0].to_address == team.manager.email
    assert letters("booking_released")[0].to_address == team.sam.email
    with pytest.raises(RuleBroken, match="was not answered in time"):
        rules.approve(booking=booking, by=as_manager(team.manager), now=clock.now())


def _ran_out(*, of: Team, capacity: int, who_waits: int, travel_to) -> None:
    """Requests of Sam and Di, on the day on which they run out, and of those who wait for their places."""
    run = run_on(capacity=capacity)
    for person in of.members[:capacity]:
        ask(run, person)
    for person in of.members[capacity : capacity + who_waits]:
        factories.booking(run, person, confirmed_at=None)
    db.session.commit()
    travel_to("2022-03-10 17:00")
    jobs.sweep(clock.now())


@pytest.mark.parametrize("who_waits", [0, 1])
def test_u15_a_place_is_said_to_have_gone_to_the_next_only_where_somebody_waited(
    travel_to, who_waits: int
) -> None:
    _ran_out(of=Team(), capacity=1, who_waits=who_waits, travel_to=travel_to)
    own, manager = letters("booking_released"), letters("approval_expired")
    assert len(own) == len(manager) == 1
    for words in (own[0].text, own[0].html, manager[0].text, manager[0].html):
        assert ("gone to the next person" in words) is bool(who_waits)
    assert ("The place is free again." in own[0].text) is (not who_waits)
    assert ("can ask for the same dates again" in manager[0].text) is (not who_waits)


def test_u15_of_two_places_that_ran_out_one_went_to_the_only_one_who_waited(travel_to) -> None:
    _ran_out(of=Team(), capacity=2, who_waits=1, travel_to=travel_to)
    first, second = letters("booking_released")
    assert "gone to the next person" in first.text
    assert "The place is free again." in second.text


def test_u15_where_booking_has_closed_the_same_dates_are_not_offered_again(travel_to) -> None:
    travel_to("2022-03-14 10:00")
    sam = Team().sam
    factories.user(Role.PRACTITIONER, of=sam, password="set")
    ask(run_on(), sam)
    db.session.commit()
    travel_to("2022-03-15 00:00")
    jobs.sweep(clock.now())
    for told in (*letters("booking_released"), *letters("approval_expired")):
        assert "next person" not in told.text
        assert "free again" not in told.text
        assert "same dates" not in told.text
    assert "Other dates can be booked here:" in letters("booking_released")[0].text


def test_u15_nobody_is_promised_in_advance_that_somebody_waits() -> None:
    ask(run_on(), Team().sam)
    for told in (*letters("booking_requested"), *letters("approval_asked")):
        assert "it is not held any longer" in told.text
        assert "next person" not in told.text + told.html


def test_u15_a_hold_ends_when_booking_closes_if_that_is_sooner(travel_to) -> None:
    travel_to("2022-03-14 10:00")
    booking = ask(run_on(), Team().sam)
    assert booking.held_until == clock.start_of_day(THE_DAY)
    assert "held until the end of Monday 14 March" in letters("approval_asked")[0].text


def test_somebody_who_waits_is_approved_and_waits_on_or_is_declined() -> None:
    team, run = Team(), run_on(capacity=1)
    first = factories.booking(run, factories.staff())
    agreed, declined = ask(run, team.sam), ask(run, team.members[1])
    assert agreed.state is declined.state is BookingState.WAITLISTED
    assert "no place is given without your answer" in letters("approval_asked")[0].text
    rules.approve(booking=agreed, by=as_manager(team.manager), now=clock.now())
    assert agreed.state is BookingState.WAITLISTED
    assert "still on the waiting list" in letters("booking_agreed")[0].text
    rules.decline(booking=declined, by=as_manager(team.manager), now=clock.now(), reason="Cover")
    assert declined.state is BookingState.DECLINED
    rules.cancel(booking=first, by=_academy(), now=clock.now())
    assert agreed.state is BookingState.CONFIRMED


def test_a_place_that_becomes_free_before_the_answer_is_held_and_asked_for_anew(travel_to) -> None:
    team, run = Team(), run_on(capacity=1)
    first = factories.booking(run, factories.staff())
    booking = ask(run, team.sam)
    travel_to("2022-03-08 10:00")
    rules.cancel(booking=first, by=_academy(), now=clock.now())
    assert booking.state is BookingState.REQUESTED
    assert [letter.to_address for letter in letters("approval_asked")] == [team.manager.email] * 2
    assert "held until 17:00 Friday 11 March" in letters("approval_asked")[-1].text
    assert rules.remind_at(booking) == clock.london_time(date(2022, 3, 10), clock.london(clock.now()).time())


# --- Several at once, and declared ---------------------------------------------------------------------


def test_lm02_five_of_six_are_approved_at_once_and_one_that_cannot_be_holds_up_nobody() -> None:
    team = Team()
    requests = [ask(run_on(), person) for person in team.members[:6]]
    rules.cancel(booking=requests[2], by=_academy(), now=clock.now())
    maria = as_manager(team.manager)
    with pytest.raises(RuleBroken, match="Tick the requests"):
        rules.answer_all(bookings=[], is_approved=True, by=maria, now=clock.now())
    answers = rules.answer_all(bookings=requests[:5], is_approved=True, by=maria, now=clock.now())
    assert len(answers.done) == 4
    (problem,) = answers.problems
    assert problem.startswith(f"{requests[2].person.name}, {requests[2].run.code}: This request is no longer")
    rules.answer_all(bookings=requests[5:], is_approved=False, by=maria, now=clock.now(), reason="Cover")
    assert requests[5].state is BookingState.DECLINED


def test_ma03_what_is_declared_is_kept_and_the_manager_gets_a_copy() -> None:
    run = run_on(partner_approval=ApprovalMode.DECLARED)
    person = factories.partner(first_name="Jo", last_name="Bell")
    by = factories.actor(Role.PARTNER, of=person)
    with pytest.raises(RuleBroken, match="name and e-mail address of the manager"):
        rules.book(run=run, person=person, by=by, now=clock.now())
    db.session.rollback()


@pytest.mark.parametrize(("address", "is_own"), [("head@riverside.example", False), (None, True)])
def test_ma03_the_manager_who_is_named_is_somebody_else(address: str | None, is_own: bool) -> None:
    run = run_on(partner_approval=ApprovalMode.DECLARED)
    person = factories.partner(first_name="Jo", last_name="Bell")
    by = factories.actor(Role.PARTNER, of=person)
    declaration = rules.Declaration("Pat Head", address or person.email)

    def book():
        return rules.book(run=run, person=person, by=by, now=clock.now(), declaration=declaration)

    if is_own:
        with pytest.raises(RuleBroken, match="not your own"):
            book()
        return
    booking = book()
    assert booking.state is BookingState.CONFIRMED
    assert (booking.approval.declared_name, booking.approval.declared_email) == ("Pat Head", address)
    (copy,) = letters("approval_declared")
    assert copy.to_address == address
    assert copy.subject == "Jo Bell has booked Signs of Safety 2-day and says that you agree"
