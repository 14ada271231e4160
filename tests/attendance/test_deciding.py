"""What is decided about marks: parts that count, sessions broken off, submissions undone, walk-ins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.attendance import queries, rules
from app.attendance.rules import NewMark
from app.audit.models import AuditEntry
from app.bookings import queries as bookings
from app.bookings import rules as booking_rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus, PartlyHeld, Submission
from app.learning.queries import completions
from app.people.models import Person
from app.reminders.queries import waiting
from app.sessions import rules as session_rules
from app.sessions.models import Mode, Run, TrainingSession
from app.sessions.rules import PlannedSession
from tests import factories
from tests.attendance.marking import evening, mark
from tests.pages import Pages

ATTENDED, PARTIAL, ABSENT = MarkStatus.ATTENDED, MarkStatus.PARTIAL, MarkStatus.ABSENT_NO_NOTICE
TUESDAY = date(2022, 3, 15)
ACADEMY = factories.actor(Role.ACADEMY_MANAGER, name="Ada Academy")


def a_session(components: int = 1, day: date = TUESDAY) -> tuple[TrainingSession, Actor]:
    """The last session of a run, 360 minutes long, and its trainer."""
    user = factories.user(Role.TRAINER)
    days = [day - timedelta(days=components - 1 - one) for one in range(components)]
    run = factories.run(
        factories.course(components=components),
        days=days,
        start=time(9, 30),
        end=time(15, 30),
        trainer_id=factories.trainer(user).id,
        code=f"SOS2-{user.id}",
    )
    return run.sessions[-1], factories.actor(Role.TRAINER, user_id=user.id, name="Tom Ash")


def live(session: TrainingSession) -> dict[int, Mark]:
    return {one.person_id: one for one in db.session.scalars(queries.marks_of(session))}


def said(session: TrainingSession) -> dict[int, tuple[MarkStatus, int | None, bool]]:
    return {ident: (one.status, one.minutes, one.counts) for ident, one in live(session).items()}


def completed(session: TrainingSession) -> list[Person]:
    found = completions([session.run.version.course_id], as_at=date(2099, 1, 1))
    return [row.person_id for row in db.session.execute(found)]


# --- Parts that count ----------------------------------------------------------------------------------


def test_tr03_a_part_counts_once_the_academy_agrees_and_completion_follows() -> None:
    session, trainer = a_session()
    person = factories.staff()
    mark(session.run, 1, person, status=PARTIAL, minutes=150)
    assert completed(session) == []
    at = evening(TUESDAY) + timedelta(hours=1)
    ask = {"mark": live(session)[person.id], "reason": "Called to court", "by": trainer}
    asked = rules.ask_to_count(**ask, now=at)
    assert rules.ask_to_count(**ask, now=at) is asked
    assert (_to_decide(), completed(session)) == (1, [])
    with pytest.raises(NotAllowed):
        rules.decide_part(asked=asked, is_agreed=True, by=trainer, now=at)
    rules.decide_part(asked=asked, is_agreed=True, by=ACADEMY, now=at)
    kept = live(session)[person.id]
    assert (kept.counts, kept.minutes, kept.accepted_by, kept.reason) == (
        True,
        150,
        "Ada Academy",
        "Called to court",
    )
    assert (_to_decide(), completed(session)) == (0, [person.id])
    with pytest.raises(RuleBroken, match="Ada Academy has decided this already"):
        rules.decide_part(asked=asked, is_agreed=False, by=ACADEMY, now=at)


def test_tr03_what_was_accepted_stays_so_when_a_file_says_the_same_minutes() -> None:
    session, trainer = a_session()
    person = factories.staff()
    mark(session.run, 1, person, status=PARTIAL, minutes=150)
    asked = rules.ask_to_count(
        mark=live(session)[person.id], reason="Court", by=trainer, now=evening(TUESDAY)
    )
    rules.decide_part(asked=asked, is_agreed=True, by=ACADEMY, now=evening(TUESDAY))
    mark(session.run, 1, person, status=PARTIAL, minutes=150, at=evening(date(2022, 3, 16)))
    assert live(session)[person.id].accepted_by == "Ada Academy"
    mark(session.run, 1, person, status=PARTIAL, minutes=100, at=evening(date(2022, 3, 16)))
    assert said(session)[person.id] == (PARTIAL, 100, False)


def test_tr03_a_part_that_is_not_agreed_or_was_corrected_does_not_count() -> None:
    session, trainer = a_session()
    ann, ben = factories.staff(), factories.staff()
    mark(session.run, 1, ann, ben, status=PARTIAL, minutes=150)
    requests = [
        rules.ask_to_count(mark=live(session)[one.id], reason="Ill at noon", by=trainer, now=evening(TUESDAY))
        for one in (ann, ben)
    ]
    rules.decide_part(asked=requests[0], is_agreed=False, by=ACADEMY, now=evening(TUESDAY))
    mark(session.run, 1, ben, status=ABSENT, at=evening(date(2022, 3, 16)))
    assert _to_decide() == 0
    with pytest.raises(RuleBroken, match="The mark was changed since"):
        rules.decide_part(asked=requests[1], is_agreed=True, by=ACADEMY, now=evening(date(2022, 3, 17)))
    assert completed(session) == []


@pytest.mark.parametrize(("status", "minutes"), [(ATTENDED, None), (PARTIAL, 320), (ABSENT, None)])
def test_tr03_only_a_part_that_does_not_count_is_asked_for(status: MarkStatus, minutes: int | None) -> None:
    session, trainer = a_session()
    person = factories.staff()
    mark(session.run, 1, person, status=status, minutes=minutes)
    with pytest.raises(RuleBroken, match="nothing to ask"):
        rules.ask_to_count(mark=live(session)[person.id], reason="x", by=trainer, now=evening(TUESDAY))


def test_tr03_nobody_asks_once_the_register_is_locked() -> None:
    session, trainer = a_session()
    person = factories.staff()
    mark(session.run, 1, person, status=PARTIAL, minutes=150)
    how = {"mark": live(session)[person.id], "reason": "Ill at noon", "now": evening(date(2022, 4, 1))}
    with pytest.raises(RuleBroken, match=r"This register was locked after .* Ask the academy to correct it"):
        rules.ask_to_count(by=trainer, **how)
    assert rules.ask_to_count(by=ACADEMY, **how).is_agreed


# --- Submissions undone --------------------------------------------------------------------------------


def send(session: TrainingSession, by: Actor, at: datetime, **marks: tuple[Person, MarkStatus]) -> Submission:
    changes = {person.id: NewMark(status) for person, status in marks.values()}
    rules.record_marks(session=session, marks=changes, by=by, now=at)
    return db.session.scalars(select(Submission).order_by(Submission.id.desc())).first()  # type: ignore[return-value]


def test_u13_a_submission_is_undone_as_a_whole_and_brings_back_what_it_replaced() -> None:
    session, trainer = a_session()
    ann, ben, cas = (factories.staff() for _ in range(3))
    at = evening(TUESDAY)
    first = send(session, trainer, at, a=(ann, ATTENDED), b=(ben, ATTENDED))
    second = send(
        session,
        trainer,
        at + timedelta(hours=1),
        a=(ann, ABSENT),
        b=(ben, MarkStatus.NOT_RECORDED),
        c=(cas, ATTENDED),
    )
    send(session, trainer, at + timedelta(hours=2), c=(cas, ABSENT))
    assert rules.undo(submission=second, by=trainer, now=at + timedelta(hours=3)) == 2
    assert {ident: one.status for ident, one in live(session).items()} == {
        ann.id: ATTENDED,
        ben.id: ATTENDED,
        cas.id: ABSENT,
    }
    with pytest.raises(RuleBroken, match="Tom Ash has undone this already"):
        rules.undo(submission=second, by=trainer, now=at + timedelta(hours=4))
    assert rules.undo(submission=first, by=trainer, now=at + timedelta(hours=4)) == 2
    assert list(live(session)) == [cas.id]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "register:undone")).all()
    names = [[name for name in entry.changes if name != "Session"] for entry in entries]
    assert names == [[ann.name, ben.name], [ann.name, ben.name]]


def test_u13_undoing_the_later_of_two_after_the_earlier_leaves_nothing() -> None:
    session, trainer = a_session()
    ann = factories.staff()
    at = evening(TUESDAY)
    first = send(session, trainer, at, a=(ann, ATTENDED))
    second = send(session, trainer, at + timedelta(hours=1), a=(ann, ABSENT))
    assert rules.undo(submission=first, by=trainer, now=at + timedelta(hours=2)) == 0
    assert rules.undo(submission=second, by=trainer, now=at + timedelta(hours=3)) == 1
    assert live(session) == {}
    assert [one.superseded_at for one in db.session.scalars(select(Mark).order_by(Mark.id))] == [
        at + timedelta(hours=1),
        at + timedelta(hours=3),
    ]


def test_u13_what_was_taken_back_by_a_slower_clock_is_known_again_when_that_is_undone() -> None:
    """Another web server may be a moment behind: what it took back was known for an instant all the same."""
    session, trainer = a_session()
    ann = factories.staff()
    at = evening(TUESDAY)
    send(session, trainer, at, a=(ann, ATTENDED))
    second = send(session, trainer, at - timedelta(seconds=1), a=(ann, MarkStatus.NOT_RECORDED))
    assert live(session) == {}
    assert rules.undo(submission=second, by=trainer, now=at + timedelta(hours=1)) == 1
    assert live(session)[ann.id].status is ATTENDED


def test_u13_after_the_lock_only_the_academy_undoes_and_says_why() -> None:
    session, trainer = a_session()
    sent = send(session, trainer, evening(TUESDAY), a=(factories.staff(), ATTENDED))
    later = evening(date(2022, 3, 30))
    with pytest.raises(RuleBroken, match=r"was locked after 29 March 2022\. Ask the academy"):
        rules.undo(submission=sent, by=trainer, now=later)
    with pytest.raises(RuleBroken, match="Give a reason"):
        rules.undo(submission=sent, by=ACADEMY, now=later)
    assert rules.undo(submission=sent, by=ACADEMY, now=later, reason="Another group") == 1


# --- Sessions broken off -------------------------------------------------------------------------------


def test_u23_whoever_was_there_has_the_minutes_that_were_held() -> None:
    session, trainer = a_session()
    ann, ben, cas, dee = (factories.staff() for _ in range(4))
    mark(session.run, 1, ann)
    mark(session.run, 1, ben, status=PARTIAL, minutes=60)
    mark(session.run, 1, cas, status=ABSENT)
    held = rules.note_partly_held(
        session=session, minutes=150, reason="Fire alarm", by=trainer, now=evening(TUESDAY)
    )
    mark(session.run, 1, dee, status=MarkStatus.ATTENDED_LATE, minutes=320)
    assert said(session) == {
        ann.id: (PARTIAL, 150, False),
        ben.id: (PARTIAL, 60, False),
        cas.id: (ABSENT, None, False),
        dee.id: (PARTIAL, 110, False),
    }
    rules.take_back_partly_held(session=held.session, by=trainer, now=evening(date(2022, 3, 16)))
    assert said(session)[ann.id] == (ATTENDED, None, True)
    assert db.session.scalars(select(PartlyHeld)).all() == []


def test_u23_what_was_held_counts_for_whoever_was_there_for_the_share_of_it() -> None:
    session, trainer = a_session()
    ann, ben, cas = (factories.staff() for _ in range(3))
    mark(session.run, 1, ann)
    mark(session.run, 1, ben, status=PARTIAL, minutes=119)
    held = rules.note_partly_held(
        session=session, minutes=150, reason="Fire alarm", by=trainer, now=evening(TUESDAY)
    )
    with pytest.raises(NotAllowed):
        rules.decide_that_it_counts(held=held, by=trainer, now=evening(TUESDAY))
    assert rules.decide_that_it_counts(held=held, by=ACADEMY, now=evening(TUESDAY)) == 1
    mark(session.run, 1, cas, at=evening(date(2022, 3, 16)))
    assert said(session) == {
        ann.id: (PARTIAL, 150, True),
        ben.id: (PARTIAL, 119, False),
        cas.id: (PARTIAL, 150, True),
    }
    assert set(completed(session)) == {ann.id, cas.id}
    with pytest.raises(RuleBroken, match="has decided already: counts as held"):
        rules.take_back_partly_held(session=held.session, by=trainer, now=evening(TUESDAY))


@pytest.mark.parametrize("is_by_page", [False, True])
def test_u23_who_came_after_it_was_broken_off_has_no_minutes_and_stands_in_nobodys_way(
    pages: Pages, travel_to, is_by_page: bool
) -> None:
    """Ben was 200 minutes late to a session that was broken off after 150: he was there for none of them."""
    travel_to(TUESDAY)
    session, trainer = a_session()
    ann, ben = factories.staff(), factories.staff()
    mark(session.run, 1, ann)
    held = rules.note_partly_held(
        session=session, minutes=150, reason="Fire alarm", by=trainer, now=evening(TUESDAY)
    )
    mark(session.run, 1, ben, status=MarkStatus.ATTENDED_LATE, minutes=160)
    assert said(session) == {ann.id: (PARTIAL, 150, False), ben.id: (PARTIAL, 0, False)}
    if is_by_page:
        pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
        page = pages.get(f"/sessions/{session.id}/partly-held")
        page = pages.submit(page, {"decision": "counts"}, button="Decide")
        assert "It counts for 1 person from now on." in page.text
    else:
        assert rules.decide_that_it_counts(held=held, by=ACADEMY, now=evening(TUESDAY)) == 1
    assert said(session) == {ann.id: (PARTIAL, 150, True), ben.id: (PARTIAL, 0, False)}


def test_u23_the_missing_day_is_held_again_with_a_place_for_everybody_who_was_there(travel_to) -> None:
    travel_to(TUESDAY)
    session, trainer = a_session(components=2)
    ann, ben, cas = (factories.staff() for _ in range(3))
    leaver = factories.staff(last_day=date(2022, 3, 21))
    mark(session.run, 1, ann, ben, cas)
    mark(session.run, 2, ann, ben, leaver)
    mark(session.run, 2, cas, status=ABSENT)
    held = rules.note_partly_held(
        session=session, minutes=150, reason="Fire alarm", by=trainer, now=evening(TUESDAY)
    )
    again = date(2022, 3, 22)
    planned = PlannedSession(held_on=again, starts=time(9, 30), ends=time(15, 30), capacity=1)
    code = rules.code_for_again(session)
    run, left_out = rules.hold_again(held=held, planned=planned, code=code, by=ACADEMY, now=clock.now())
    assert code == f"{session.run.code}-2B"
    assert [(one.component_number, one.capacity) for one in run.sessions] == [(2, 3)]
    assert left_out == [leaver]
    booked = db.session.scalars(select(Booking).where(Booking.run_id == run.id)).all()
    assert {one.person_id for one in booked} == {ann.id, ben.id}
    assert {(one.state, one.session_id) for one in booked} == {(BookingState.CONFIRMED, run.sessions[0].id)}
    assert completed(session) == []
    course_id = run.version.course_id
    assert run not in db.session.scalars(bookings.bookable_runs([course_id], now=clock.now())).all()
    travel_to(again)
    mark(run, 2, ann)
    assert completed(session) == [ann.id]


def test_a_session_that_was_not_held_is_marked_so_for_everybody_at_once() -> None:
    session, trainer = a_session()
    people = [factories.staff() for _ in range(3)]
    count = rules.mark_not_held(
        session=session,
        person_ids=[one.id for one in people],
        reason="The trainer was ill",
        by=trainer,
        now=evening(TUESDAY),
    )
    assert (count, {one.status for one in live(session).values()}) == (3, {MarkStatus.NOT_HELD})


def test_u23_a_session_that_was_not_held_is_held_another_day_for_whoever_has_found_none(travel_to) -> None:
    travel_to(TUESDAY)
    session, trainer = a_session(components=2)
    ann, ben, cas = (factories.staff() for _ in range(3))
    leaver = factories.staff(last_day=date(2022, 3, 21))
    mark(session.run, 2, ann, ben, cas, leaver, status=MarkStatus.NOT_HELD)
    elsewhere = factories.run(session.run.version.course, days=[date(2022, 4, 5), date(2022, 4, 6)])
    booking_rules.book(
        run=elsewhere, person=cas, session=elsewhere.sessions[1], by=ACADEMY, now=clock.now(), reason="Snow"
    )
    day_2 = session.run.sessions[1]
    travel_to(date(2022, 3, 18))
    again = PlannedSession(held_on=date(2022, 3, 22), starts=time(9, 30), ends=time(15, 30), capacity=1)
    values = {"session": day_2, "planned": again, "code": rules.code_for_again(day_2), "now": clock.now()}
    assert waiting(clock.now()).not_held == 1
    with pytest.raises(NotAllowed):
        rules.hold_another_day(by=trainer, **values)
    past = replace(again, held_on=date(2022, 3, 17))
    with pytest.raises(RuleBroken, match="Choose a date that is still to come"):
        rules.hold_another_day(by=ACADEMY, **(values | {"planned": past}))
    run, left_out = rules.hold_another_day(by=ACADEMY, **values)
    assert [(one.component_number, one.capacity) for one in run.sessions] == [(2, 3)]
    assert left_out == [leaver]
    booked = db.session.scalars(select(Booking).where(Booking.run_id == run.id)).all()
    assert {one.person_id for one in booked} == {ann.id, ben.id}
    travel_to(date(2022, 3, 22))
    assert waiting(clock.now()).not_held == 0
    with pytest.raises(RuleBroken, match="Everybody who was to be there has another day"):
        rules.hold_another_day(by=ACADEMY, **(values | {"now": clock.now()}))


def test_u23_the_register_of_a_session_that_was_not_held_leads_to_another_day(
    pages: Pages, travel_to
) -> None:
    travel_to(TUESDAY)
    session, _ = a_session()
    person = factories.staff(last_name="Okafor")
    mark(session.run, 1, person, status=MarkStatus.NOT_HELD)
    travel_to(date(2022, 3, 16))
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/registers/to-decide")
    assert f"{session.run.code}, Day 1" in page.text
    page = pages.get(f"/sessions/{session.id}/register")
    page = pages.get(page.links()["Hold it another day"])
    assert "Okafor" in page.text
    missing = pages.submit(page, button="Schedule it")
    assert missing.errors == ["Enter the date on which it is held again"]
    page = pages.submit(
        page, {"held_on-day": "24", "held_on-month": "3", "held_on-year": "2022"}, button="Schedule it"
    )
    assert f"{session.run.code}-1B is scheduled, and everybody who was to be there has a place" in page.html
    assert "Okafor" in page.text
    assert "Nothing waits to be decided" in pages.get("/registers/to-decide").text
    assert "Nobody is without another day" in pages.get(f"/sessions/{session.id}/another-day").text
    pages.sign_in(factories.user(Role.TRAINER)).get(f"/sessions/{session.id}/another-day", status=403)


def _to_hold_again(was_broken_off: bool) -> tuple[TrainingSession, str, dict[str, str]]:
    """A session in a room whose day needs another one; where that is said, and what is typed besides."""
    session, trainer = a_session()
    session.mode, session.link, session.venue_id = Mode.IN_PERSON, None, factories.venue("Plough Lane").id
    mark(session.run, 1, factories.staff(), status=ATTENDED if was_broken_off else MarkStatus.NOT_HELD)
    typed = {"held_on-day": "24", "held_on-month": "3", "held_on-year": "2022"}
    if not was_broken_off:
        return session, f"/sessions/{session.id}/another-day", typed
    rules.note_partly_held(session=session, minutes=150, reason="Fire", by=trainer, now=evening(TUESDAY))
    return session, f"/sessions/{session.id}/partly-held", typed | {"decision": "again"}


@pytest.mark.parametrize("was_broken_off", [True, False])
def test_u23_another_day_is_held_elsewhere_where_the_venue_and_the_trainer_are_closed_by_then(
    pages: Pages, travel_to, was_broken_off: bool
) -> None:
    travel_to(TUESDAY)
    session, path, typed = _to_hold_again(was_broken_off)
    for one in (session.venue, session.trainer):
        session_rules.record_last_day(thing=one, last_day=TUESDAY, by=ACADEMY, now=clock.now())
    room, trainer = factories.venue("Lea Bridge"), factories.trainer(name="Ida Mills")
    db.session.commit()
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(path)
    page = pages.submit(page, typed)
    assert page.errors == [
        f"24 March 2022 is after the last day of {one.name}, 15 March 2022: choose another {table} or an "
        "earlier date"
        for one, table in ((session.trainer, "trainer"), (session.venue, "venue"))
    ]
    page = pages.submit(page, {"venue_id": str(room.id), "trainer_id": str(trainer.id)})
    code = f"{session.run.code}-1B"
    assert f"{code} is scheduled" in page.html
    again = db.session.scalars(select(Run).where(Run.code == code)).one().sessions[0]
    assert (again.venue, again.trainer) == (room, trainer)


@pytest.mark.parametrize("was_broken_off", [True, False])
def test_u23_another_day_without_a_room_is_told_before_it_is_scheduled(
    pages: Pages, travel_to, was_broken_off: bool
) -> None:
    travel_to(TUESDAY)
    session, path, typed = _to_hold_again(was_broken_off)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(path), typed | {"venue_id": "", "starts": "17:00"})
    assert page.errors == ["Day 1 must end after it starts"]
    sentence = "Day 1, Thursday 24 March 2022, is in person and has no venue"
    assert sentence in page.text
    page = pages.submit(page, {"starts": "9:30", "held_on-day": "26"})
    assert page.errors == [
        "Nothing is scheduled yet: look at what to know about the day. Press the button again to schedule it "
        "as it is"
    ]
    assert "Day 1, Saturday 26 March 2022, is at a weekend." in page.text
    assert db.session.query(Run).count() == 1
    assert f"{session.run.code}-1B is scheduled" in pages.submit(page).text


def _to_decide() -> int:
    """How much waits for the academy's word, as its first page and its Monday letter count it."""
    found = waiting(clock.now())
    return found.parts + found.partly_held
