"""Files of attendance: marks known as they were known, and nothing made of what a file does not say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.attendance import rules as attendance
from app.attendance.rules import NewMark
from app.audit.models import AuditEntry
from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db, live
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.exchange import rules
from app.exchange.models import ImportKind
from app.exchange.rules import Group
from app.learning.models import Mark, MarkStatus, MarkWay, Submission
from app.people.models import Person
from app.sessions.models import Run, RunState
from tests import factories
from tests.attendance.marking import mark
from tests.exchange.samples import ACADEMY, bring_in, csv_of, look, problems
from tests.pages import Pages

ATTENDANCE = ImportKind.ATTENDANCE
ANN: dict[str, Any] = {
    "run_code": "SOS2-08",
    "component": 1,
    "employee_number": "000101",
    "email": "",
    "status": "attended",
    "minutes": "",
    "recorded_at": "2022-03-22T17:05",
}
LEE = ANN | {"employee_number": "", "email": "lee@homes.example"}


@pytest.fixture(autouse=True)
def run(travel_to: Callable[..., None]) -> Run:
    """A run with two days of seven hours, 22 and 29 March, looked at on 7 April."""
    travel_to("2022-04-07 10:00")
    factories.staff(employee_number="000101", first_name="Ann", last_name="Archer")
    factories.partner(email="lee@homes.example", first_name="Lee", last_name="Clarke")
    course = factories.course(code="SOS-2DAY")
    return factories.run(course, code="SOS2-08", days=[date(2022, 3, 22), date(2022, 3, 29)])


def person(first_name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.first_name == first_name)).one()


def known(at: datetime | None = None) -> list[tuple[str, int, str, int | None]]:
    """What is known: who, which day, as what, for how many minutes."""
    statement = select(Mark).where(live(Mark, at)).order_by(Mark.component, Mark.person_id)
    return [
        (one.person.first_name, one.component, one.status.value, one.minutes)
        for one in db.session.scalars(statement)
    ]


def count(model: type) -> int:
    return db.session.scalar(select(func.count(model.id))) or 0


def test_u10_marks_are_known_since_their_line_says_and_entered_now() -> None:
    row = bring_in(
        ATTENDANCE,
        csv_of(
            [
                ANN,
                LEE | {"status": "absent_apologies"},
                ANN | {"component": 2, "status": "partial", "minutes": 320, "recorded_at": "2022-03-29"},
                LEE | {"component": 2, "status": "Attended late", "minutes": 390, "recorded_at": ""},
            ]
        ),
    )
    assert known() == [
        ("Ann", 1, "attended", None),
        ("Lee", 1, "absent_apologies", None),
        ("Ann", 2, "partial", 320),
        ("Lee", 2, "attended_late", 390),
    ]
    assert known(datetime(2022, 3, 22, 17, 4, tzinfo=UTC)) == []
    assert len(known(datetime(2022, 3, 22, 17, 5, tzinfo=UTC))) == 2
    assert len(known(clock.end_of_day(date(2022, 3, 29)))) == 3
    assert {mark.entered_at for mark in db.session.scalars(select(Mark))} == {clock.now()}
    ways = [one.way for one in db.session.scalars(select(Submission))]
    assert ways == [MarkWay.IMPORT] * 3
    assert row.changes["counts"] == {"lines": 4, "added": 4, "corrected": 0, "unchanged": 0}
    assert count(AuditEntry) == 4


def test_4_4_a_summer_evening_in_london_is_an_hour_earlier_in_utc() -> None:
    bring_in(ATTENDANCE, csv_of([ANN | {"component": 2, "recorded_at": "29/03/2022 17:05"}]))
    assert db.session.scalars(select(Mark.recorded_at)).one() == datetime(2022, 3, 29, 16, 5, tzinfo=UTC)


def test_the_same_attendance_twice_changes_nothing() -> None:
    content = csv_of([ANN, ANN, LEE | {"status": "absent_apologies"}])
    bring_in(ATTENDANCE, content)
    _, plan = look(ATTENDANCE, content)
    assert (plan.changes_nothing, plan.unchanged) == (True, 3)
    assert len(known()) == 2


def test_tr03_the_course_decides_what_is_late_and_the_same_file_changes_nothing() -> None:
    """Of 420 minutes at 80%, with 15 of grace."""
    late = ANN | {"status": "attended_late"}
    content = csv_of([late | {"minutes": 410}, late | {"component": 2, "minutes": 200, "recorded_at": ""}])
    bring_in(ATTENDANCE, content)
    assert known() == [("Ann", 1, "attended", None), ("Ann", 2, "partial", 200)]
    assert look(ATTENDANCE, content)[1].changes_nothing


def test_tr03_no_minutes_beside_an_absence_are_none() -> None:
    bring_in(ATTENDANCE, csv_of([ANN | {"status": "absent_apologies", "minutes": 0}]))
    assert known() == [("Ann", 1, "absent_apologies", None)]


def test_u10_silence_is_never_absent(run: Run) -> None:
    factories.booking(run, person("Lee"))
    bring_in(ATTENDANCE, csv_of([ANN, LEE | {"component": 2, "status": "not_recorded", "recorded_at": ""}]))
    assert known() == [("Ann", 1, "attended", None)]


def test_am12_a_file_corrects_a_mark_and_says_so(run: Run) -> None:
    mark(run, 1, person("Ann"), status=MarkStatus.ABSENT_NO_NOTICE)
    _, plan = look(ATTENDANCE, csv_of([ANN]))
    (correction,) = plan.differences[Group.CORRECTED]
    assert correction.what == "SOS2-08, Day 1: attended, not absent, no notice"
    bring_in(ATTENDANCE, csv_of([ANN]))
    assert known() == [("Ann", 1, "attended", None)]
    assert known(datetime(2022, 3, 22, 17, 5, tzinfo=UTC)) == [("Ann", 1, "absent_no_notice", None)]


@pytest.mark.parametrize("recorded_at", ["2022-03-22T17:05", ""])
def test_am12_a_file_corrects_a_locked_register_with_a_reason_as_its_page_does(
    run: Run, recorded_at: str
) -> None:
    """Ten working days after 22 March is 5 April; the register of 29 March is open on the 7th."""
    mark(run, 1, person("Ann"), status=MarkStatus.ABSENT_NO_NOTICE)
    late, in_time = ANN | {"recorded_at": recorded_at}, LEE | {"component": 2, "recorded_at": ""}
    row, plan = look(ATTENDANCE, csv_of([late, in_time]))
    assert plan.locked == {run.sessions[0].id: "Day 1 of SOS2-08"}
    db.session.commit()
    with pytest.raises(RuleBroken, match=r"locked: Day 1 of SOS2-08\. Give a reason for") as refused:
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    assert refused.value.field == "reason"
    db.session.rollback()
    assert known() == [("Ann", 1, "absent_no_notice", None)]
    rules.apply(file_import=row, by=ACADEMY, now=clock.now(), reason="The sign-in sheet turned up")
    assert known() == [("Ann", 1, "attended", None), ("Lee", 2, "attended", None)]
    reasons = db.session.scalars(select(Mark.reason).where(live(Mark)).order_by(Mark.component)).all()
    assert reasons == ["The sign-in sheet turned up", "File file.csv"]
    audited = select(AuditEntry.reason).where(AuditEntry.verb == "register:marked").order_by(AuditEntry.id)
    assert db.session.scalars(audited).all()[-2:] == reasons


def test_am12_every_locked_register_of_a_file_is_known_before_a_reason_is_given(run: Run) -> None:
    days = [date(2022, 3, day) for day in (1, 2)]
    codes = [f"SOS2-1{number}" for number in range(3)]
    for code in codes:
        factories.run(run.version.course, code=code, days=days)
    lines = [
        ANN | {"run_code": code, "component": day, "recorded_at": ""} for code in codes for day in (1, 2)
    ]
    row, plan = look(ATTENDANCE, csv_of([*lines, ANN | {"component": 1}]))
    assert len(plan.locked) == 7
    with pytest.raises(RuleBroken) as refused:
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    assert refused.value.message == (
        "7 registers of this file are locked: Day 1 of SOS2-10, Day 2 of SOS2-10, Day 1 of SOS2-11, Day 2 of "
        "SOS2-11, Day 1 of SOS2-12 and 2 others. Give a reason for the correction"
    )


def test_am12_nobody_can_be_asked_at_the_command_line_where_the_file_is_the_reason() -> None:
    row, _ = look(ATTENDANCE, csv_of([ANN]))
    rules.apply(file_import=row, by=COMMAND_LINE, now=clock.now())
    assert db.session.scalars(select(Mark.reason)).all() == ["File file.csv"]


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"run_code": "SOS2-99"}, "run_code", "There is no run SOS2-99"),
        ({"component": 3}, "component", "SOS2-08 has no day 3: its days are 1 and 2."),
        ({"component": "one"}, "component", "not a whole number"),
        ({"employee_number": "000999"}, "employee_number", "nobody with the employee number 000999"),
        ({"email": "lee@homes.example"}, "email", "This is the address of Lee Clarke"),
        ({"employee_number": ""}, "employee_number", "Fill in the employee number"),
        ({"minutes": 421, "status": "partial"}, "minutes", "The session lasts 420 minutes"),
        ({"status": "partial"}, "minutes", "Say how many minutes"),
        ({"minutes": 30}, "minutes", "write partial or attended_late as the status, or leave them empty"),
        ({"minutes": 0}, "minutes", "Minutes are for somebody who was there in part or came late"),
        ({"status": "absent_apologies", "minutes": 30}, "minutes", "Nobody attends 30 minutes and is"),
        ({"status": "attended_late", "minutes": 0}, "minutes", "Nobody is late who was there for no minute"),
        ({"status": "present"}, "status", "“present” is not one of attended, attended_late"),
        ({"recorded_at": "2022-04-07T11:01"}, "recorded_at", "still to come"),
        ({"recorded_at": "2022-03-21T17:05"}, "recorded_at", "before Day 1 was held, on 22 March 2022"),
        ({"recorded_at": "03/31/2022 17:05"}, "recorded_at", "is not a real date"),
        ({"recorded_at": "2022-03-22T25:05"}, "recorded_at", "is not a real time"),
        ({"recorded_at": "yesterday"}, "recorded_at", "is not a time"),
    ],
)
def test_a_line_that_is_wrong_stops_the_file(changes: dict[str, Any], column: str, words: str) -> None:
    row, plan = look(ATTENDANCE, csv_of([LEE, ANN | changes]))
    assert problems(plan) == [(3, column)]
    assert words in plan.problems[0].reason
    with pytest.raises(RuleBroken, match="Nothing was applied"):
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    assert count(Mark) == 0


def test_lines_that_contradict_each_other_or_mix_their_dates_stop_the_file() -> None:
    _, plan = look(
        ATTENDANCE,
        csv_of([ANN, ANN | {"status": "absent_no_notice"}, LEE | {"recorded_at": "22/03/2022 17:05"}]),
    )
    assert problems(plan) == [(3, "status"), (4, "recorded_at")]
    assert plan.problems[0].reason == "Line 2 has Ann Archer as “Attended” on this day."


@pytest.mark.parametrize("order", [1, -1])
def test_4_4_of_two_lines_that_say_the_same_the_earlier_time_stands(order: int) -> None:
    """Known at 1 April, Ann had been at day 2, whichever line comes first; a line without a time is now."""
    second = ANN | {"component": 2}
    times = ["2022-04-06T09:00", "2022-03-29T17:05", ""][::order]
    content = csv_of([second | {"recorded_at": at} for at in times])
    _, plan = look(ATTENDANCE, content)
    assert [(one.line, one.field) for one in plan.notices] == [(3, "recorded_at"), (4, "recorded_at")]
    assert plan.unchanged == 2
    bring_in(ATTENDANCE, content)
    assert known(datetime(2022, 4, 1, tzinfo=UTC)) == [("Ann", 2, "attended", None)]


def test_u23_not_held_is_said_of_a_whole_session_or_of_nobody_on_it(run: Run) -> None:
    """Said of one of those who were there, it would empty every rate of the session."""
    mark(run, 1, person("Ann"))
    not_held = LEE | {"status": "not_held"}
    _, plan = look(ATTENDANCE, csv_of([not_held]))
    assert problems(plan) == [(2, "status")]
    assert plan.problems[0].reason.startswith("Day 1 of SOS2-08 would be “not held” for some")
    second = {"component": 2, "recorded_at": ""}
    _, plan = look(ATTENDANCE, csv_of([ANN | second, not_held | second]))
    assert problems(plan) == [(3, "status")]
    bring_in(ATTENDANCE, csv_of([ANN | {"status": "not_held"}, not_held]))
    assert known() == [("Ann", 1, "not_held", None), ("Lee", 1, "not_held", None)]
    _, plan = look(ATTENDANCE, csv_of([LEE]))
    assert problems(plan) == [(2, "status")]
    bring_in(ATTENDANCE, csv_of([ANN, LEE | {"status": "not_recorded"}]))
    assert known() == [("Ann", 1, "attended", None)]


def test_u05_a_session_to_come_or_cancelled_has_no_register(run: Run) -> None:
    other = factories.run(run.version.course, code="SOS2-09", days=[date(2022, 4, 8), date(2022, 4, 9)])
    other.state, run.state = RunState.SCHEDULED, RunState.CANCELLED
    db.session.flush()
    _, plan = look(ATTENDANCE, csv_of([ANN, ANN | {"run_code": "SOS2-09", "recorded_at": ""}]))
    assert [problem.reason for problem in plan.problems] == [
        "SOS2-08 was cancelled, so it has no register.",
        "Day 1 of SOS2-09 is on 8 April 2022, which is still to come.",
    ]


def test_u05_a_day_held_before_its_run_was_cancelled_keeps_its_register(run: Run) -> None:
    run.state, run.cancelled_at = RunState.CANCELLED, clock.end_of_day(date(2022, 3, 23))
    db.session.flush()
    second = ANN | {"component": 2, "recorded_at": ""}
    _, plan = look(ATTENDANCE, csv_of([ANN, second]))
    assert problems(plan) == [(3, "run_code")]
    bring_in(ATTENDANCE, csv_of([ANN]))
    assert known() == [("Ann", 1, "attended", None)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04" + b"\0" * 99, "This is a spreadsheet"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 99, "This is a spreadsheet"),
        ("run_code,status\nSOS2-08,attended\n".encode("utf-16"), "not a text file"),
        (b"run_code,component\nSOS2-08,1\n", r"columns status, employee_number \(or email\) are missing"),
        (b"a" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        (b"", "The file is empty"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(RuleBroken, match=words):
        look(ATTENDANCE, content)


def test_what_somebody_marks_meanwhile_is_not_overwritten(run: Run) -> None:
    row, plan = look(ATTENDANCE, csv_of([ANN | {"component": 2, "recorded_at": ""}]))
    mark(run, 2, person("Ann"), status=MarkStatus.ABSENT_APOLOGIES)
    with pytest.raises(RuleBroken, match="changed the same people just now"):
        rules.apply(file_import=row, plan=plan, by=ACADEMY, now=clock.now())


# --- Taking back ---------------------------------------------------------------------------------------


def test_sa02_undoing_brings_back_what_the_registers_said(run: Run, travel_to: Callable[..., None]) -> None:
    mark(run, 1, person("Ann"), status=MarkStatus.PARTIAL, minutes=200)
    mark(run, 1, person("Lee"))
    before = known()
    row = bring_in(
        ATTENDANCE, csv_of([ANN, LEE | {"status": "not_recorded"}, LEE | {"component": 2, "recorded_at": ""}])
    )
    assert known() == [("Ann", 1, "attended", None), ("Lee", 2, "attended", None)]
    travel_to("2022-04-08 10:00")
    with pytest.raises(
        RuleBroken, match=r"^1 register of this file is locked: SOS2-08, Day 1\. Give a"
    ) as asked:
        rules.undo(file_import=row, by=ACADEMY, now=clock.now())
    assert asked.value.field == "reason"
    db.session.rollback()
    rules.undo(file_import=row, by=ACADEMY, now=clock.now(), reason="Of another course")
    db.session.commit()
    assert known() == before
    why = select(Mark.reason).where(live(Mark), Mark.entered_at == clock.now())
    assert set(db.session.scalars(why)) == {"Of another course"}
    assert known(clock.now() - timedelta(minutes=1)) != before
    undone = db.session.scalars(select(Submission).where(Submission.undone_at.is_not(None))).all()
    assert [(one.undone_by, one.at) for one in undone] == [("Tess Ting", row.applied_at)] * 2


@pytest.mark.parametrize("reason", ["Of another course", None])
def test_am12_a_locked_register_tells_why_a_command_undid_its_file(
    run: Run, travel_to: Callable[..., None], reason: str | None
) -> None:
    """Nobody is asked there; whoever says why is heard."""
    mark(run, 1, person("Ann"), status=MarkStatus.PARTIAL, minutes=200)
    row = bring_in(ATTENDANCE, csv_of([ANN]))
    travel_to("2022-04-08 10:00")
    rules.undo(file_import=row, by=COMMAND_LINE, now=clock.now(), reason=reason)
    db.session.commit()
    told = reason or "Import of file.csv undone"
    assert db.session.scalars(select(Mark.reason).where(live(Mark))).all() == [told]
    assert db.session.scalars(select(AuditEntry.reason).order_by(AuditEntry.id)).all()[-1] == told


def test_sa02_imports_of_one_register_are_undone_newest_first(
    run: Run, travel_to: Callable[..., None]
) -> None:
    mark(run, 1, person("Ann"), status=MarkStatus.ABSENT_NO_NOTICE)
    first = bring_in(ATTENDANCE, csv_of([ANN, LEE | {"component": 2, "recorded_at": ""}]))
    travel_to("2022-04-07 11:00")
    second = bring_in(
        ATTENDANCE,
        csv_of(
            [
                ANN | {"status": "partial", "minutes": 200},
                LEE | {"component": 2, "status": "not_recorded", "recorded_at": "2022-03-30"},
            ]
        ),
    )
    assert known() == [("Ann", 1, "partial", 200)]
    travel_to("2022-04-07 12:00")
    with pytest.raises(RuleBroken, match="Undo later imports first"):
        rules.undo(file_import=first, by=ACADEMY, now=clock.now(), reason="Of another course")
    db.session.rollback()
    rules.undo(file_import=second, by=ACADEMY, now=clock.now(), reason="Of another course")
    db.session.commit()
    assert known() == [("Ann", 1, "attended", None), ("Lee", 2, "attended", None)]
    travel_to("2022-04-07 12:01")
    rules.undo(file_import=first, by=ACADEMY, now=clock.now(), reason="Of another course")
    db.session.commit()
    assert known() == [("Ann", 1, "absent_no_notice", None)]


def test_u13_what_came_with_a_file_is_undone_with_it_and_not_register_by_register(
    run: Run, pages: Pages
) -> None:
    """Of a mark that it took back as of a time long past, its page knows and the register does not."""
    mark(run, 2, person("Ann"))
    row = bring_in(
        ATTENDANCE, csv_of([ANN | {"component": 2, "status": "not_recorded", "recorded_at": "2022-03-30"}])
    )
    sent = db.session.scalars(select(Submission).where(Submission.way == MarkWay.IMPORT)).one()
    with pytest.raises(RuleBroken, match="undoes it with the whole of that file"):
        attendance.undo(submission=sent, by=ACADEMY, now=clock.now())
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(f"/sessions/{sent.session_id}/register")
    assert "Brought in" in page.text
    undoing = [name for name in page.links() if name.startswith("Undo")]
    assert undoing == ["Undo what was recorded on 29 March 2022 at 17:05, 1 mark"]
    rules.undo(file_import=row, by=ACADEMY, now=clock.now() + timedelta(minutes=1))
    assert known() == [("Ann", 2, "attended", None)]


def test_sa02_registers_that_changed_since_stay(run: Run) -> None:
    row = bring_in(ATTENDANCE, csv_of([ANN]))
    attendance.record_marks(
        session=run.sessions[0],
        marks={person("Ann").id: NewMark(MarkStatus.PARTIAL, 100)},
        by=ACADEMY,
        now=clock.now() + timedelta(minutes=1),
        reason="Left at noon",
    )
    db.session.commit()
    with pytest.raises(RuleBroken, match="changed after this import"):
        rules.undo(file_import=row, by=ACADEMY, now=clock.now() + timedelta(minutes=2))
    db.session.rollback()
    assert known() == [("Ann", 1, "partial", 100)]
