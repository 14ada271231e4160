"""Marking registers: what counts, who may, when, and what becomes of a mark that was wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.attendance import jobs, queries, rules
from app.attendance.rules import NewMark
from app.audit.models import AuditEntry
from app.bookings import rules as bookings
from app.core import clock
from app.core.actors import COMMAND_LINE, Actor
from app.core.db import db, record, supersede
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus
from app.learning.queries import completions
from app.programmes import rules as programmes_rules
from app.programmes.models import CourseSettings
from app.sessions.models import SessionDate, TrainingSession
from tests import factories
from tests.attendance.marking import evening, mark

ATTENDED, ABSENT = MarkStatus.ATTENDED, MarkStatus.ABSENT_NO_NOTICE
TUESDAY = date(2022, 3, 15)


def session_on(day: date = TUESDAY, **values: Any) -> TrainingSession:
    """The one session of a run; 360 minutes long."""
    course = factories.course(components=1, catch_up_months=12)
    run = factories.run(course, days=[day], start=time(9, 30), end=time(15, 30), **values)
    return run.sessions[0]


def live_marks(session: TrainingSession) -> dict[int, MarkStatus]:
    return {mark.person_id: mark.status for mark in db.session.scalars(queries.marks_of(session))}


def all_marks() -> list[Mark]:
    return list(db.session.scalars(select(Mark).order_by(Mark.id)))


# --- What a mark says ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held_on", "months", "expected"),
    [
        (date(2022, 5, 31), 3, date(2022, 2, 28)),
        (date(2024, 5, 31), 3, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2022, 3, 31), 1, date(2022, 2, 28)),
        (date(2022, 3, 15), 12, date(2021, 3, 15)),
        (date(2022, 1, 31), 2, date(2021, 11, 30)),
        (date(2022, 12, 31), 12, date(2021, 12, 31)),
        (date(2022, 1, 15), 1, date(2021, 12, 15)),
        (date(1, 2, 1), 3, date.min),
        (date(2022, 3, 15), None, None),
    ],
)
def test_43_the_window_goes_back_by_calendar_months(
    held_on: date, months: int | None, expected: date | None
) -> None:
    assert rules.opens_on(held_on, months) == expected


@pytest.mark.parametrize(
    ("status", "minutes", "expected"),
    [
        (MarkStatus.ATTENDED, None, True),
        (MarkStatus.ATTENDED_LATE, None, True),
        (MarkStatus.PARTIAL, 320, True),
        (MarkStatus.PARTIAL, 288, True),
        (MarkStatus.PARTIAL, 287, False),
        (MarkStatus.PARTIAL, 150, False),
        (MarkStatus.PARTIAL, 0, False),
        (MarkStatus.ABSENT_APOLOGIES, None, False),
        (MarkStatus.ABSENT_NO_NOTICE, None, False),
        (MarkStatus.NOT_HELD, None, False),
    ],
)
def test_tr03_part_of_a_session_counts_from_80_per_cent_of_its_minutes(
    status: MarkStatus, minutes: int | None, expected: bool
) -> None:
    assert rules.counts(NewMark(status, minutes), session_on(), 80) is expected


def test_a_mark_fixes_what_completion_reads() -> None:
    session, person = session_on(), factories.staff()
    mark(session.run, 1, person)
    (kept,) = all_marks()
    assert (kept.held_on, kept.opens_on, kept.counts) == (TUESDAY, date(2021, 3, 15), True)
    assert (kept.version_id, kept.component) == (session.run.version_id, 1)
    assert (kept.recorded_at, kept.entered_at) == (evening(TUESDAY), evening(TUESDAY))


@pytest.mark.parametrize("minutes", [None, -1, 361])
def test_the_minutes_of_a_partial_attendance_must_be_possible(minutes: int | None) -> None:
    session, person = session_on(), factories.staff()
    with pytest.raises(RuleBroken) as broken:
        mark(session.run, 1, person, status=MarkStatus.PARTIAL, minutes=minutes)
    assert broken.value.field == f"minutes-{person.id}"
    assert all_marks() == []


# --- Once, twice, corrected ----------------------------------------------------------------------------


def test_tr02_sending_a_register_twice_changes_nothing() -> None:
    session, people = session_on(), [factories.staff() for _ in range(3)]
    for minute in range(3):
        mark(session.run, 1, *people, at=evening(TUESDAY) + timedelta(minutes=minute))
    assert [(one.person_id, one.superseded_at) for one in all_marks()] == [(one.id, None) for one in people]
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "register:marked")).all()) == 1


def test_a_correction_supersedes_and_appends_only_what_differs() -> None:
    session, (first, second) = session_on(), [factories.staff() for _ in range(2)]
    mark(session.run, 1, first, second)
    corrected = evening(TUESDAY) + timedelta(days=1)
    changed = rules.record_marks(
        session=session,
        marks={first.id: NewMark(ABSENT), second.id: NewMark(ATTENDED)},
        by=factories.actor(Role.ACADEMY_MANAGER, name="Ada Academy"),
        now=corrected,
    )
    assert changed == [first.id]
    assert live_marks(session) == {first.id: ABSENT, second.id: ATTENDED}
    was = next(one for one in all_marks() if one.superseded_at)
    assert (was.status, was.superseded_at, was.superseded_by) == (ATTENDED, corrected, "Ada Academy")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.changes == {"Session": [None, "Day 1"], first.name: ["Attended", "Absent, no notice"]}


def test_a_correction_in_the_same_instant_never_leaves_two_words_known() -> None:
    session, person = session_on(), factories.staff()
    mark(session.run, 1, person)
    mark(session.run, 1, person, status=ABSENT)
    was, now_is = all_marks()
    assert was.superseded_at == now_is.recorded_at
    assert was.recorded_at < now_is.recorded_at


def test_not_recorded_takes_a_mark_back_and_is_no_mark_itself() -> None:
    session, person = session_on(), factories.staff()
    mark(session.run, 1, person, status=MarkStatus.NOT_RECORDED)
    assert all_marks() == []
    mark(session.run, 1, person)
    mark(session.run, 1, person, status=MarkStatus.NOT_RECORDED, at=evening(date(2022, 3, 16)))
    assert live_marks(session) == {}
    assert [one.superseded_at for one in all_marks()] == [evening(date(2022, 3, 16))]


def test_44_history_is_known_from_when_it_was_known_and_says_when_it_was_entered() -> None:
    session, person = session_on(), factories.staff()
    now = datetime.combine(date(2026, 11, 20), time(9), tzinfo=clock.LONDON)
    rules.record_marks(
        session=session,
        marks={person.id: NewMark(ATTENDED)},
        by=factories.actor(Role.ACADEMY_MANAGER),
        now=now,
        recorded_at=evening(TUESDAY),
        reason="From the paper register",
    )
    (kept,) = all_marks()
    assert (kept.recorded_at, kept.entered_at) == (evening(TUESDAY), now)


def test_history_that_corrects_a_later_word_never_leaves_two_words_known() -> None:
    session, person = session_on(), factories.staff()
    mark(session.run, 1, person, at=evening(date(2022, 3, 20)))
    rules.record_marks(
        session=session,
        marks={person.id: NewMark(ABSENT)},
        by=COMMAND_LINE,
        now=evening(date(2022, 4, 1)),
        recorded_at=evening(TUESDAY),
    )
    was, now_is = all_marks()
    assert was.superseded_at is not None
    assert now_is.recorded_at >= was.superseded_at > was.recorded_at


def test_the_database_keeps_one_live_mark_for_each_person_and_session() -> None:
    session, person = session_on(), factories.staff()
    mark(session.run, 1, person)
    (kept,) = all_marks()
    twin = Mark(
        person_id=person.id,
        session_id=session.id,
        version_id=kept.version_id,
        component=1,
        status=ATTENDED,
        counts=True,
        held_on=TUESDAY,
    )
    record(twin, by="Tests", now=evening(TUESDAY))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


# --- Who and when --------------------------------------------------------------------------------------


def _trainer_of_session() -> tuple[TrainingSession, Actor]:
    user = factories.user(Role.TRAINER)
    session = session_on(trainer_id=factories.trainer(user).id)
    return session, factories.actor(Role.TRAINER, user_id=user.id)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ACADEMY_MANAGER])
def test_only_the_academy_and_the_runs_own_trainers_mark_its_registers(role: Role) -> None:
    session, own_trainer = _trainer_of_session()
    stranger = factories.actor(role, user_id=factories.user(role).id)
    marks = {factories.staff().id: NewMark(ATTENDED)}
    with pytest.raises(NotAllowed):
        rules.record_marks(session=session, marks=marks, by=stranger, now=evening(TUESDAY))
    assert all_marks() == []
    rules.record_marks(session=session, marks=marks, by=own_trainer, now=evening(TUESDAY))
    assert len(all_marks()) == 1


def test_a_register_opens_on_the_day_of_its_session() -> None:
    session, person = session_on(), factories.staff()
    midnight = clock.start_of_day(TUESDAY)
    with pytest.raises(
        RuleBroken, match=r"^This session is on 15 March 2022\. Its register opens on that day"
    ):
        mark(session.run, 1, person, at=midnight - timedelta(microseconds=1))
    mark(session.run, 1, person, at=midnight)
    assert len(all_marks()) == 1


def test_a_cancelled_run_has_no_register() -> None:
    session = session_on(date(2030, 3, 5))
    by = factories.actor(Role.ACADEMY_MANAGER)
    bookings.cancel_run(run=session.run, by=by, now=clock.now(), reason="Snow")
    with pytest.raises(RuleBroken, match="was cancelled, so it has no register"):
        mark(session.run, 1, factories.staff())


def test_u05_a_day_that_was_held_before_its_run_was_cancelled_keeps_its_register(
    travel_to: Callable[..., None],
) -> None:
    run = factories.run(factories.course(), days=[date(2022, 3, 15), date(2022, 3, 16)])
    travel_to("2022-03-15 18:00")
    by = factories.actor(Role.ACADEMY_MANAGER)
    bookings.cancel_run(run=run, by=by, now=clock.now(), reason="Trainer ill")
    travel_to("2022-03-16 18:00")
    mark(run, 1, factories.staff(), at=clock.now())
    with pytest.raises(RuleBroken, match="was cancelled, so it has no register"):
        mark(run, 2, factories.staff(), at=clock.now())


def test_am12_a_register_locks_after_ten_working_days() -> None:
    session, trainer = _trainer_of_session()
    academy = factories.actor(Role.ACADEMY_MANAGER)
    person, other = factories.staff(), factories.staff()
    last_day = date(2022, 3, 29)
    assert rules.locked_on(session) == last_day

    def send(status: MarkStatus, by: Actor, day: date, reason: str | None = None) -> list[int]:
        marks = {person.id: NewMark(status)}
        return rules.record_marks(session=session, marks=marks, by=by, now=evening(day), reason=reason)

    assert send(ATTENDED, trainer, last_day) == [person.id]
    too_late = last_day + timedelta(days=1)
    assert send(ATTENDED, trainer, too_late) == []
    with pytest.raises(RuleBroken, match=r"was locked after 29 March 2022\. Ask the academy to correct it"):
        send(ABSENT, trainer, too_late)
    with pytest.raises(RuleBroken, match="Give a reason for changing it") as asked:
        send(ABSENT, academy, too_late)
    assert asked.value.field == "reason"
    assert send(ABSENT, academy, too_late, reason="Was at the other run") == [person.id]
    assert all_marks()[-1].reason == "Was at the other run"
    mark(session.run, 1, other, at=evening(date(2022, 9, 1)))
    assert live_marks(session) == {person.id: ABSENT, other.id: ATTENDED}


# --- Putting marks right -------------------------------------------------------------------------------


def moved(session: TrainingSession, to: date, *, hours: int, at: datetime) -> None:
    """The session is held on another date, or for another length, from 09:30 on."""
    supersede(session.dated, by="Tests", now=at)
    starts_at = clock.london_time(to, time(9, 30))
    ends_at = starts_at + timedelta(hours=hours)
    dated = SessionDate(session_id=session.id, held_on=to, starts_at=starts_at, ends_at=ends_at)
    record(dated, by="Tests", now=at)
    db.session.flush()


def test_marks_follow_a_corrected_date_and_a_changed_window_and_what_was_known_stays() -> None:
    session, person, other = session_on(), factories.staff(), factories.staff()
    course = session.run.version.course
    mark(session.run, 1, person)
    unmoved = session_on(date(2022, 5, 3))
    mark(unmoved.run, 1, other)
    changed, corrected = evening(date(2022, 6, 1)), date(2022, 3, 22)
    db.session.commit()
    assert jobs.marks(changed).done == 0

    moved(session, corrected, hours=6, at=changed)
    terms = db.session.scalars(select(CourseSettings).where(CourseSettings.course_id == course.id)).one()
    supersede(terms, by="Tests", now=changed)
    record(CourseSettings(course_id=course.id, catch_up_months=None), by="Tests", now=changed)
    db.session.commit()

    later = changed + timedelta(hours=1)
    assert [jobs.marks(later).done for _ in range(2)] == [1, 0]
    completed = completions([course.id], as_at=date(2099, 1, 1))
    before = completions([course.id], as_at=date(2099, 1, 1), known_at=changed)
    assert [row.completed_on for row in db.session.execute(completed)] == [corrected]
    assert [row.completed_on for row in db.session.execute(before)] == [TUESDAY]
    (now_is,) = [one for one in all_marks() if one.person_id == person.id and one.superseded_at is None]
    assert now_is.opens_on is None
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "register:brought up to date"))
    assert [(entry.thing_id, entry.changes["Marks"]) for entry in entries] == [(session.run_id, [None, 1])]


def test_marks_in_part_follow_another_minimum_and_another_order_changes_none() -> None:
    session, person, other = session_on(), factories.staff(), factories.staff()
    course = session.run.version.course
    mark(session.run, 1, person, status=MarkStatus.PARTIAL, minutes=200)
    mark(session.run, 1, other)
    by, changed = factories.actor(Role.ACADEMY_MANAGER), evening(date(2022, 6, 1))
    programmes_rules.change_settings(course=course, is_in_order=True, validity_months=12, by=by, now=changed)
    assert rules.sessions_to_refix() == []
    later = changed + timedelta(days=1)
    programmes_rules.change_settings(course=course, minimum_percent=50, by=by, now=later)
    db.session.commit()
    assert [jobs.marks(later + timedelta(hours=1)).done for _ in range(2)] == [1, 0]
    assert [one.counts for one in all_marks() if one.person_id == person.id] == [False, True]
    assert rules.sessions_to_refix() == []


def test_a_mark_in_part_is_measured_against_the_corrected_length_of_its_session() -> None:
    session, person = session_on(), factories.staff()
    mark(session.run, 1, person, status=MarkStatus.PARTIAL, minutes=200)
    assert not all_marks()[0].counts
    moved(session, TUESDAY, hours=4, at=evening(date(2022, 3, 16)))
    db.session.commit()
    assert jobs.marks(evening(date(2022, 3, 17))).done == 1
    assert [one.counts for one in all_marks()] == [False, True]


@pytest.mark.parametrize(
    ("hours", "status", "minutes"),
    [
        (4, MarkStatus.ATTENDED_LATE, 200),
        (6, MarkStatus.ATTENDED_LATE, 320),
        (8, MarkStatus.ATTENDED_LATE, 440),
        (2, MarkStatus.PARTIAL, 80),  # 40 minutes late is too late for two hours
    ],
)
def test_tr03_who_came_late_stays_as_late_when_the_length_is_corrected(
    hours: int, status: MarkStatus, minutes: int
) -> None:
    session, person = session_on(), factories.staff()
    mark(session.run, 1, person, status=MarkStatus.ATTENDED_LATE, minutes=320)
    for day, length in ((16, 7), (18, hours)):
        corrected = evening(date(2022, 3, day))
        moved(session, TUESDAY, hours=length, at=corrected)
        db.session.commit()
        assert jobs.marks(corrected + timedelta(minutes=1)).done == 1
    assert jobs.marks(evening(date(2022, 3, 21))).done == 0
    kept = [(one.status, one.minutes) for one in all_marks()]
    assert kept == [(MarkStatus.ATTENDED_LATE, 320), (MarkStatus.ATTENDED_LATE, 380), (status, minutes)]


def test_a_register_is_marked_with_the_date_that_its_session_has_by_then() -> None:
    """Its page was read before somebody else moved the session."""
    session, person, corrected = session_on(), factories.staff(), date(2022, 3, 16)
    assert session.held_on == TUESDAY
    moved(session, corrected, hours=6, at=evening(TUESDAY))
    mark(session.run, 1, person, at=evening(corrected))
    assert [one.held_on for one in all_marks()] == [corrected]
