"""What was said of somebody stays known while their mark is worked out anew, and anew. (TR-03, U-23)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.attendance import jobs, queries, rules
from app.bookings.rules import move_session
from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus, MarkWay, PartlyHeld, Submission
from app.people.models import Person
from app.programmes.queries import settings_of
from app.sessions.models import TrainingSession
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.attendance.marking import evening, mark
from tests.pages import Pages

ATTENDED, LATE, PARTIAL = MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE, MarkStatus.PARTIAL
ACADEMY = factories.actor(Role.ACADEMY_MANAGER, name="Ada Academy")
TUESDAY = date(2022, 3, 15)
Said = tuple[MarkStatus, int | None, bool]


@pytest.fixture
def session(travel_to: Callable[..., None]) -> TrainingSession:
    """From 09:30 to 16:30, 420 minutes, on the evening of its day."""
    travel_to("2022-03-15 17:05")
    return factories.run(factories.course(components=1), days=[TUESDAY]).sessions[0]


def said(session: TrainingSession) -> dict[int, Said]:
    return {
        one.person_id: (one.status, one.minutes, one.counts)
        for one in db.session.scalars(queries.marks_of(session))
    }


def of(session: TrainingSession, person: Person) -> Said:
    return said(session)[person.id]


def broken_off(session: TrainingSession, minutes: int) -> None:
    rules.note_partly_held(session=session, minutes=minutes, reason="Alarm", by=ACADEMY, now=clock.now())


def held_in_full(session: TrainingSession) -> None:
    rules.take_back_partly_held(session=session, by=ACADEMY, now=clock.now())


def ends(session: TrainingSession, at: time) -> None:
    """The end of the session is corrected, and the service has had its turn."""
    ident = session.id
    planned = replace(planned_again(session), ends=at)
    move_session(session=session, planned=planned, by=ACADEMY, now=clock.now(), reason="A slip")
    db.session.commit()
    assert jobs.marks(clock.now()).failed == 0
    db.session.expire_all()
    assert clock.london(db.session.get_one(TrainingSession, ident).ends_at).time() == at


# --- Sessions broken off ---------------------------------------------------------------------------------


CASES = [
    (ATTENDED, None, 300, (ATTENDED, None, True)),
    (LATE, None, 300, (LATE, None, True)),
    (LATE, 380, 260, (LATE, 380, True)),
    (LATE, 200, 80, (PARTIAL, 200, False)),
    (PARTIAL, 400, 300, (PARTIAL, 400, True)),
    (PARTIAL, 300, 300, (PARTIAL, 300, False)),
    (PARTIAL, 60, 60, (PARTIAL, 60, False)),
]


@pytest.mark.parametrize("is_marked_before", [True, False])
@pytest.mark.parametrize(("status", "minutes", "there", "after"), CASES)
def test_u23_held_in_full_after_all_everybody_is_as_was_said_of_them(
    session: TrainingSession,
    status: MarkStatus,
    minutes: int | None,
    there: int,
    after: Said,
    is_marked_before: bool,
) -> None:
    """Broken off after 300 of 420 minutes, somebody 40 minutes late has 260; and 380 of the whole day."""
    person = factories.staff()
    if is_marked_before:
        mark(session.run, 1, person, status=status, minutes=minutes)
    broken_off(session, 300)
    if not is_marked_before:
        mark(session.run, 1, person, status=status, minutes=minutes)
    assert of(session, person) == (PARTIAL, there, False)
    held_in_full(session)
    assert of(session, person) == after


def test_u23_more_minutes_held_are_more_for_whoever_came_late_too(
    session: TrainingSession, travel_to: Callable[..., None]
) -> None:
    on_time, late = factories.staff(), factories.staff()
    mark(session.run, 1, on_time)
    mark(session.run, 1, late, status=LATE, minutes=380)
    broken_off(session, 300)
    travel_to("2022-03-15 17:30")
    broken_off(session, 350)
    assert said(session) == {on_time.id: (PARTIAL, 350, True), late.id: (PARTIAL, 310, False)}


def test_u23_by_the_pages_who_came_late_came_as_late_when_it_was_held_in_full(
    pages: Pages, session: TrainingSession
) -> None:
    ident, person = session.id, factories.staff()
    factories.booking(session.run, person)
    mark(session.run, 1, person, status=LATE, minutes=380)
    db.session.commit()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/sessions/{ident}/not-held")
    pages.submit(page, {"what": "partly", "minutes": "300", "reason": "Fire alarm"})
    assert of(session, person) == (PARTIAL, 260, False)
    page = pages.get(f"/sessions/{ident}/held-in-full")
    assert "came as late as was said of them" in page.text
    pages.submit(page)
    assert of(session, person) == (LATE, 380, True)


def test_u23_what_the_academy_decides_forgets_nothing_that_was_said(session: TrainingSession) -> None:
    """Of 300 minutes held, 80% are 240: 40 minutes late counts, 200 minutes late does not."""
    late, later = factories.staff(), factories.staff()
    mark(session.run, 1, late, status=LATE, minutes=380)
    mark(session.run, 1, later, status=LATE, minutes=220)
    broken_off(session, 300)
    held = db.session.get_one(PartlyHeld, session.id)
    assert rules.decide_that_it_counts(held=held, by=ACADEMY, now=clock.now()) == 1
    assert said(session) == {late.id: (PARTIAL, 260, True), later.id: (PARTIAL, 100, False)}
    kept = db.session.scalars(select(Mark).where(Mark.person_id == late.id).order_by(Mark.id)).all()[-1]
    assert (kept.said_status, kept.said_minutes, kept.accepted_by) == (LATE, 40, "Ada Academy")


def test_u13_what_is_undone_brings_back_what_was_said(
    session: TrainingSession, travel_to: Callable[..., None]
) -> None:
    person = factories.staff()
    broken_off(session, 300)
    mark(session.run, 1, person, status=LATE, minutes=380)
    travel_to("2022-03-15 18:00")
    mark(session.run, 1, person, status=MarkStatus.ABSENT_APOLOGIES, at=clock.now())
    sent = db.session.scalars(select(Submission).order_by(Submission.id.desc())).first()
    assert sent is not None
    travel_to("2022-03-15 19:00")
    rules.undo(submission=sent, by=ACADEMY, now=clock.now())
    held_in_full(session)
    assert of(session, person) == (LATE, 380, True)


# --- Times that were mistyped ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "short", "after"),
    [
        (380, (PARTIAL, 110, False), (LATE, 380, True)),
        (220, (PARTIAL, 0, False), (PARTIAL, 220, False)),
        (410, (ATTENDED, None, True), (ATTENDED, None, True)),
    ],
)
def test_tr03_who_came_late_is_as_late_when_a_mistyped_end_is_put_right(
    session: TrainingSession,
    travel_to: Callable[..., None],
    minutes: int,
    short: Said,
    after: Said,
) -> None:
    """40 minutes late to a session that ends at 12:00, by a slip, is in part; and to the whole day late."""
    person = factories.staff()
    mark(session.run, 1, person, status=LATE, minutes=minutes)
    seen = []
    for morning, at in ((16, time(12)), (17, time(16, 30))):
        travel_to(f"2022-03-{morning} 09:00")
        ends(session, at)
        seen.append(of(session, person))
    assert seen == [short, after]
    travel_to("2022-03-18 09:00")
    assert rules.sessions_to_refix() == []


def test_tr03_who_is_marked_while_the_end_is_wrong_is_as_late_afterwards(
    session: TrainingSession, travel_to: Callable[..., None]
) -> None:
    """Of 150 minutes, 40 minutes late is 110: in part. Somebody in part for 100 stays there for 100."""
    late, part, checked_in = (factories.staff() for _ in range(3))
    ends(session, time(12))
    travel_to("2022-03-15 17:30")
    mark(session.run, 1, late, status=LATE, minutes=110, at=clock.now())
    mark(session.run, 1, part, status=PARTIAL, minutes=100, at=clock.now())
    came_at, terms = clock.london_time(TUESDAY, time(10, 30)), settings_of(session.run.version.course_id)
    marks = {checked_in.id: rules.status_for(None, session, terms, came_at)}
    rules.record_marks(session=session, marks=marks, by=COMMAND_LINE, now=clock.now(), way=MarkWay.CHECK_IN)
    assert {status for status, _, _ in said(session).values()} == {PARTIAL}
    travel_to("2022-03-16 09:00")
    ends(session, time(16, 30))
    assert said(session) == {
        late.id: (LATE, 380, True),
        part.id: (PARTIAL, 100, False),
        checked_in.id: (LATE, 360, True),
    }


def test_tr03_what_was_accepted_stays_accepted_when_the_times_are_put_right(
    session: TrainingSession, travel_to: Callable[..., None]
) -> None:
    person = factories.staff()
    mark(session.run, 1, person, status=LATE, minutes=220)
    (row,) = db.session.scalars(queries.marks_of(session))
    rules.ask_to_count(mark=row, reason="Called to court", by=ACADEMY, now=clock.now())
    assert of(session, person) == (PARTIAL, 220, True)
    travel_to("2022-03-16 09:00")
    ends(session, time(16))
    assert of(session, person) == (PARTIAL, 190, True)


def test_tr03_a_session_is_made_shorter_than_what_is_left_of_it_for_somebody_late(
    session: TrainingSession, travel_to: Callable[..., None]
) -> None:
    """200 minutes late is there for 220, which follows from how late; 220 in part were stated."""
    late, part = factories.staff(), factories.staff()
    mark(session.run, 1, late, status=LATE, minutes=220)
    travel_to("2022-03-16 09:00")
    ends(session, time(12, 30))
    assert of(session, late) == (PARTIAL, 0, False)
    mark(session.run, 1, part, status=PARTIAL, minutes=170, at=clock.now())
    with pytest.raises(RuleBroken, match="1 person is marked as there for longer than 150 minutes"):
        ends(session, time(12))


def test_4_4_what_was_known_before_stays_as_it_was(
    session: TrainingSession, travel_to: Callable[..., None]
) -> None:
    person = factories.staff()
    mark(session.run, 1, person, status=LATE, minutes=380)
    travel_to("2022-03-16 09:00")
    ends(session, time(12))
    travel_to("2022-03-17 09:00")
    ends(session, time(16, 30))
    every = db.session.scalars(select(Mark).order_by(Mark.id)).all()
    assert [(one.status, one.minutes, one.recorded_at) for one in every] == [
        (LATE, 380, evening(TUESDAY)),
        (PARTIAL, 110, clock.london_time(date(2022, 3, 16), time(9))),
        (LATE, 380, clock.london_time(date(2022, 3, 17), time(9))),
    ]


# --- What the database promises --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        "said_status = 'absent_apologies'",
        "said_status = 'attended', said_minutes = 40",
        "said_status = 'attended_late', said_minutes = -1",
        "said_minutes = 40",
        "said_status = 'attended', status = 'absent_apologies', counts = false",
    ],
)
def test_only_somebody_who_was_there_was_said_to_be(session: TrainingSession, values: str) -> None:
    mark(session.run, 1, factories.staff())
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE mark SET {values}"))
