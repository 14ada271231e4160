"""Files of runs: a line for each session, and a run whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.exchange import rules
from app.exchange.models import ImportKind
from app.exchange.rules import Group
from app.programmes.models import Course
from app.sessions import queries as sessions
from app.sessions import rules as session_rules
from app.sessions.models import Mode, Run, SessionDate, Trainer, TrainingSession, Venue
from app.sessions.rules import PlannedSession
from tests import factories
from tests.exchange.samples import ACADEMY, bring_in, csv_of, look, problems

RUNS = ImportKind.RUNS
DAY_1: dict[str, Any] = {
    "run_code": "SOS2-07",
    "course_code": "SOS-2DAY",
    "component": 1,
    "date": "2022-01-11",
    "start_time": "09:30",
    "end_time": "16:30",
    "mode": "in_person",
    "venue": "Plough Lane, Room 1",
    "capacity": 16,
    "trainer_email": "trainer@provider.example",
}
DAY_2 = DAY_1 | {"component": 2, "date": "2022-01-12"}


@pytest.fixture(autouse=True)
def course(travel_to: Callable[..., None]) -> Course:
    travel_to("2022-03-01 10:00")
    return factories.course(code="SOS-2DAY")


def count(model: type) -> int:
    return db.session.scalar(select(func.count(model.id))) or 0


def test_a_new_venue_or_trainer_is_told_with_the_name_of_which_it_may_be_a_slip() -> None:
    bring_in(RUNS, csv_of([DAY_1, DAY_2]))
    mistyped = {
        "run_code": "SOS2-08",
        "trainer_email": "trianer@provider.example",
        "venue": "Plough Lane, Rom 1",
    }
    days = [one | mistyped | {"date": f"2022-02-{10 + one['component']}"} for one in (DAY_1, DAY_2)]
    days[1] |= {"venue": "Library", "trainer_email": "sam@provider.example"}
    _, plan = look(RUNS, csv_of(days))
    assert [(one.who, one.what) for one in plan.differences[Group.LISTS]] == [
        ("Plough Lane, Rom 1", "New venue, or is it Plough Lane, Room 1?"),
        ("trianer@provider.example", "New trainer, or is it trainer@provider.example?"),
        ("Library", "New venue"),
        ("sam@provider.example", "New trainer"),
    ]


def test_a_run_is_scheduled_with_its_days_venue_and_trainer(course: Course) -> None:
    account = factories.user(Role.TRAINER, email="trainer@provider.example", name="Trudy Trainer")
    _, plan = look(RUNS, csv_of([DAY_2, DAY_1]))
    assert [one.what for one in plan.differences[Group.ADDED]] == [
        "SOS-2DAY: 11 January 2022 09:30 to 16:30, 12 January 2022 09:30 to 16:30"
    ]
    assert [one.what for one in plan.differences[Group.LISTS]] == ["New venue", "New trainer"]
    bring_in(RUNS, csv_of([DAY_2, DAY_1]))
    run = sessions.run_coded("SOS2-07")
    assert run is not None
    assert run.version == course.latest_version
    assert run.minimum_places == course.minimum_places
    found = [(one.component_number, one.held_on, one.mode, one.capacity) for one in run.sessions]
    assert found == [
        (1, date(2022, 1, 11), Mode.IN_PERSON, 16),
        (2, date(2022, 1, 12), Mode.IN_PERSON, 16),
    ]
    trainer = run.sessions[0].trainer
    assert trainer is not None
    assert (trainer.name, trainer.user) == ("Trudy Trainer", account)
    assert (count(Venue), count(Trainer)) == (1, 1)


def test_the_same_runs_twice_change_nothing() -> None:
    content = csv_of([DAY_1, DAY_2, DAY_2])
    bring_in(RUNS, content)
    _, plan = look(RUNS, content)
    assert (plan.changes_nothing, plan.unchanged) == (True, 3)
    _, short = look(RUNS, csv_of([DAY_1 | {"run_code": "sos2-07", "venue": "", "trainer_email": ""}]))
    assert (short.changes_nothing, short.unchanged) == (True, 1)


def test_am13_days_of_a_file_that_are_over_are_taken_as_held() -> None:
    """On a page somebody must say so (AM-02); the day of May is still to come."""
    bring_in(RUNS, csv_of([DAY_1, DAY_2 | {"date": "2022-05-11"}]))
    run = sessions.run_coded("SOS2-07")
    assert run is not None
    assert [one.held_on for one in run.sessions] == [date(2022, 1, 11), date(2022, 5, 11)]


def test_4_4_history_was_known_when_it_says() -> None:
    bring_in(RUNS, csv_of([DAY_1, DAY_2]), recorded_at=datetime(2022, 1, 5, 9, tzinfo=UTC))
    dated = db.session.scalars(select(SessionDate)).all()
    assert {one.recorded_at for one in dated} == {datetime(2022, 1, 5, 9, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("rows", "found", "words"),
    [
        ([DAY_1], [(2, "component")], "SOS2-07 has no line for day 2 of SOS-2DAY."),
        ([DAY_1, DAY_2 | {"component": 3}], [(2, "component"), (3, "component")], "there is no day 3"),
        ([DAY_1, DAY_2 | {"course_code": "SOS-5DAY"}], [(3, "course_code")], "a run of SOS-2DAY"),
        ([DAY_1 | {"course_code": "SOS"}], [(2, "course_code")], "The courses are SOS-2DAY."),
        ([DAY_1, DAY_2, DAY_2 | {"capacity": 8}], [(4, "component")], "Line 3 says otherwise"),
        ([DAY_1, DAY_2 | {"date": "12/01/2022"}], [(3, "date")], "written otherwise"),
        ([DAY_1, DAY_2 | {"end_time": "09:30"}], [(3, "end_time")], "must end after it starts"),
        (
            [DAY_1 | {"end_time": "09:30"}, DAY_2 | {"component": 3}],
            [(2, "end_time"), (2, "component"), (3, "component")],
            "must end after it starts",
        ),
        (
            [DAY_1, DAY_2 | {"date": "2022-03-27", "start_time": "01:30", "end_time": "04:00"}],
            [(3, "start_time")],
            "Day 2 can’t be at 01:30: the clocks go forward on 27 March 2022",
        ),
        ([DAY_1, DAY_2 | {"date": "2022-01-11"}], [(3, "date")], "at the same time as Day 1"),
        ([DAY_1 | {"mode": "virtual"}, DAY_2], [(2, "venue")], "is virtual"),
        ([DAY_1, DAY_2 | {"capacity": 0}], [(3, "capacity")], "at least 1 place"),
        ([DAY_1, DAY_2 | {"start_time": "9.30"}], [(3, "start_time")], "Write times like 09:30."),
        ([DAY_1, DAY_2 | {"start_time": "24:30"}], [(3, "start_time")], "is not a time of day"),
        ([DAY_1, DAY_2 | {"capacity": "-3"}], [(3, "capacity")], "is not a whole number"),
        ([DAY_1, DAY_2 | {"mode": "zoom"}], [(3, "mode")], "virtual, in_person or hybrid"),
        ([DAY_1 | {"run_code": "SOS 2"}, DAY_2 | {"run_code": "SOS 2"}], [(2, "run_code")], "letters"),
    ],
)
def test_a_line_that_is_wrong_stops_the_file(
    rows: list[dict[str, Any]], found: list[tuple[int, str]], words: str
) -> None:
    row, plan = look(RUNS, csv_of(rows))
    assert problems(plan) == found
    assert any(words in problem.reason for problem in plan.problems)
    with pytest.raises(RuleBroken, match="Nothing was applied"):
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    assert count(Run) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"date": "2022-01-13"}, "another date for this day"),
        ({"capacity": 20, "start_time": "10:00"}, "another start time and capacity"),
        ({"venue": "Elsewhere"}, "another venue"),
        ({"course_code": "SOS-5DAY"}, "SOS2-07 is a run of SOS-2DAY here"),
        ({"component": 3}, "there is no day 3"),
    ],
)
def test_u05_a_run_that_is_here_is_not_changed_by_a_file(changes: dict[str, Any], words: str) -> None:
    factories.course(code="SOS-5DAY")
    bring_in(RUNS, csv_of([DAY_1, DAY_2]))
    _, plan = look(RUNS, csv_of([DAY_1 | changes]))
    (problem,) = plan.problems
    assert words in problem.reason


def test_am02_a_room_or_a_trainer_in_two_places_at_once_is_refused_without_a_reason() -> None:
    other = [DAY_1 | {"run_code": "SOS2-08", "venue": "Room 2"}, DAY_2 | {"run_code": "SOS2-08", "venue": ""}]
    row, plan = look(RUNS, csv_of([DAY_1, DAY_2, *other]))
    said = [(one.line, one.field) for one in plan.clashes]
    assert said == [(4, "trainer_email"), (5, "trainer_email")]
    assert plan.clashes[0].reason == "trainer@provider.example is at SOS2-07 and at SOS2-08 at this time."
    with pytest.raises(RuleBroken, match="2 lines put a room or a trainer in two places at once") as refused:
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    assert (refused.value.field, count(Run)) == ("clash_reason", 0)
    bring_in(RUNS, csv_of([DAY_1, DAY_2]), reason=None)
    beside, plan = look(RUNS, csv_of([one | {"venue": ""} for one in other]))
    assert [one.line for one in plan.clashes] == [2, 3]
    rules.apply(file_import=beside, by=ACADEMY, now=clock.now(), reason="Two trainers share the address")
    assert count(Run) == 2
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.thing_label == "SOS2-08")).one()
    assert entry.reason == "Two trainers share the address"
    assert "trainer@provider.example is taken by SOS2-07, Day 1" in entry.changes["Goes ahead although"][1]


def test_am02_a_room_is_one_however_its_name_is_written() -> None:
    bring_in(RUNS, csv_of([DAY_1, DAY_2]), reason=None)
    same = {"run_code": "SOS2-08", "venue": "plough lane, ROOM 1", "trainer_email": ""}
    _, plan = look(RUNS, csv_of([DAY_1 | same, DAY_2 | same]))
    assert [(one.line, one.field) for one in plan.clashes] == [(2, "venue"), (3, "venue")]


def test_am02_what_was_scheduled_since_the_file_was_looked_at_is_seen() -> None:
    row, plan = look(RUNS, csv_of([DAY_1, DAY_2]))
    bring_in(RUNS, csv_of([one | {"run_code": "SOS2-09"} for one in (DAY_1, DAY_2)]), reason=None)
    with pytest.raises(RuleBroken, match=r"Plough Lane, Room 1 is taken by SOS2-09, Day 1"):
        rules.apply(file_import=row, plan=plan, by=ACADEMY, now=clock.now())


def test_am02_at_the_command_line_the_file_is_the_reason() -> None:
    other = [one | {"run_code": "SOS2-08"} for one in (DAY_1, DAY_2)]
    row, _ = look(RUNS, csv_of([DAY_1, DAY_2, *other]))
    rules.apply(file_import=row, by=COMMAND_LINE, now=clock.now())
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.thing_label == "SOS2-08")).one()
    assert entry.reason == "File file.csv"


def test_a_day_to_come_in_a_room_without_a_venue_is_good_to_know() -> None:
    """Looked at on 1 March: the days of January are over."""
    nowhere = {"venue": "", "mode": "hybrid"}
    over = [DAY_1 | nowhere, DAY_2 | nowhere]
    to_come = [one | {"run_code": "SOS2-08", "date": f"2022-05-1{one['component']}"} for one in over]
    virtual = to_come[1] | {"mode": "virtual"}
    _, plan = look(RUNS, csv_of([*over, to_come[0], virtual]))
    assert [(one.line, one.field, one.reason) for one in plan.notices][1:] == [
        (
            4,
            "venue",
            "Day 1 of SOS2-08, Wednesday 11 May 2022, is hybrid and has no venue: until it has one, those "
            "with a place are not told where to come.",
        )
    ]


def test_am02_a_day_before_the_one_that_it_follows_is_good_to_know() -> None:
    """So is a day to come that is at a weekend; the file may be applied all the same."""
    _, plan = look(RUNS, csv_of([DAY_1 | {"date": "2022-03-19"}, DAY_2]))
    assert [(one.line, one.field, one.reason) for one in plan.notices][1:] == [
        (2, "date", "Day 1 of SOS2-07, Saturday 19 March 2022, is at a weekend."),
        (
            3,
            "date",
            "Day 2 of SOS2-07, Wednesday 12 January 2022, is before Day 1 of SOS2-07, Saturday 19 March "
            "2022.",
        ),
    ]
    assert plan.may_be_applied


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["2022-02-28", "2022-03-01"], [(2, "1 new day is over and is taken as held.")]),
        (["2021-05-10", "2021-05-11"], [(2, "2 new days are over and are taken as held.")]),
        (["2022-05-10", "2022-05-11"], []),
    ],
)
def test_am02_days_that_are_over_are_said_to_be_taken_as_held(
    days: list[str], said: list[tuple[int, str]]
) -> None:
    """Looked at on 1 March at 10:00, while the session of that day goes on."""
    lines = [one | {"date": day} for one, day in zip((DAY_1, DAY_2), days, strict=True)]
    _, plan = look(RUNS, csv_of(lines))
    put_right = " If the year is a slip, put it right in the file."
    notices = [(one.line, one.field, one.reason) for one in plan.notices]
    assert notices == [(line, "date", words + put_right) for line, words in said]
    bring_in(RUNS, csv_of(lines))
    assert look(RUNS, csv_of(lines))[1].notices == []


def test_sa02_undoing_takes_the_runs_away_and_leaves_the_lists() -> None:
    row = bring_in(RUNS, csv_of([DAY_1, DAY_2]))
    rules.undo(file_import=row, by=ACADEMY, now=clock.now())
    db.session.commit()
    assert [count(model) for model in (Run, TrainingSession, SessionDate, Venue)] == [0, 0, 0, 1]
    bring_in(RUNS, csv_of([DAY_1, DAY_2]))
    assert count(Run) == 1


def _give_a_place(run: Run) -> None:
    factories.booking(run, factories.staff())


def _move(run: Run) -> None:
    session = run.sessions[1]
    planned = PlannedSession(
        held_on=date(2022, 1, 14),
        starts=clock.london(session.starts_at).time(),
        ends=clock.london(session.ends_at).time(),
        capacity=16,
        mode=session.mode,
    )
    session_rules.change_session(
        session=session, planned=planned, by=ACADEMY, now=clock.now(), reason="It was held then"
    )


def _cancel(run: Run) -> None:
    session_rules.cancel(run=run, by=ACADEMY, now=clock.now(), reason="Nobody came")


@pytest.mark.parametrize("happens", [_give_a_place, _move, _cancel])
def test_sa02_a_run_with_which_something_was_done_stays(happens: Callable[[Run], None]) -> None:
    row = bring_in(RUNS, csv_of([DAY_1, DAY_2]))
    run = sessions.run_coded("SOS2-07")
    assert run is not None
    happens(run)
    db.session.commit()
    with pytest.raises(RuleBroken, match=r"SOS2-07 has since been changed or given places"):
        rules.undo(file_import=row, by=ACADEMY, now=clock.now())
    db.session.rollback()
    assert count(Run) == 1
