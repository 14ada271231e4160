"""Scheduling, clashes, copies, changes and warnings."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db, live
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.people.models import RoleGroup, Sector
from app.sessions import rules
from app.sessions.models import Mode, Run, RunState, SessionDate, TrainingSession
from app.sessions.rules import ClashRefused, PlannedSession
from tests import factories

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
NOW = datetime(2022, 1, 4, 9, tzinfo=UTC)
TUESDAY = date(2022, 3, 15)
SOS5_03 = [date(2022, 1, 31), date(2022, 2, 7), date(2022, 2, 21), date(2022, 2, 28), date(2022, 3, 7)]


def plan(held_on: date = TUESDAY, **values: Any) -> PlannedSession:
    defaults: dict[str, Any] = {
        "held_on": held_on,
        "starts": time(9, 30),
        "ends": time(16, 30),
        "capacity": 16,
    }
    return PlannedSession(**(defaults | values))


def schedule(*sessions: PlannedSession, code: str = "SOS2-07", **values: Any) -> Run:
    course = values.pop("course", None) or factories.course(components=len(sessions))
    defaults: dict[str, Any] = {
        "version": course.latest_version,
        "code": code,
        "minimum_places": 6,
        "sessions": sessions,
        "by": ACADEMY,
        "now": NOW,
    }
    return rules.schedule_run(**(defaults | values))


def change(session: TrainingSession, **values: Any) -> None:
    defaults: dict[str, Any] = {
        "held_on": session.held_on,
        "starts": clock.london(session.starts_at).time(),
        "ends": clock.london(session.ends_at).time(),
        "capacity": session.capacity,
        "mode": session.mode,
        "venue": session.venue,
        "link": session.link,
        "trainer": session.trainer,
    }
    why = {name: values.pop(name, None) for name in ("reason", "clash_reason")}
    now = values.pop("now", NOW)
    planned = PlannedSession(**(defaults | values))
    rules.change_session(session=session, planned=planned, by=ACADEMY, now=now, **why)


# --- Scheduling ------------------------------------------------------------------------------------------


def test_am02_a_5_day_run_is_spread_over_weeks_with_a_session_for_each_day() -> None:
    run = schedule(*(plan(day) for day in SOS5_03), code="sos5-03")
    assert run.code == "SOS5-03"
    assert [(one.component.title, one.held_on) for one in run.sessions] == [
        (f"Day {number}", day) for number, day in enumerate(SOS5_03, start=1)
    ]
    assert run.capacity == 16
    entry = db.session.query(AuditEntry).filter_by(verb="run:scheduled").one()
    assert entry.changes["Day 1"] == [None, "Monday 31 January 2022, 09:30 to 16:30"]


def test_u19_half_past_nine_stays_half_past_nine_when_the_clocks_have_gone_forward() -> None:
    run = schedule(plan(date(2022, 3, 25)), plan(date(2022, 3, 28)))
    friday, monday = run.sessions
    assert friday.starts_at == datetime(2022, 3, 25, 9, 30, tzinfo=UTC)
    assert monday.starts_at == datetime(2022, 3, 28, 8, 30, tzinfo=UTC)
    assert clock.london(monday.starts_at).time() == time(9, 30)
    change(monday, held_on=date(2022, 3, 24))
    assert monday.starts_at == datetime(2022, 3, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"ends": time(9, 30)}, "sessions.0.ends", "Day 1 must end after it starts"),
        (
            {"held_on": date(2022, 3, 27), "starts": time(0, 30), "ends": time(1, 30)},
            "sessions.0.ends",
            "Day 1 can’t be at 01:30: the clocks go forward on 27 March 2022, and leave that hour out",
        ),
        (
            {"mode": Mode.IN_PERSON, "link": "https://meet.example/a"},
            "sessions.0.link",
            "Day 1 is in person: take the link away, or choose virtual or hybrid",
        ),
        (
            {"link": "javascript:alert(1)"},
            "sessions.0.link",
            "Day 1’s link must be an address that begins with https://",
        ),
        (
            {"capacity": 5},
            "minimum_places",
            "Each day must have room for 6 people, the fewest that the run goes ahead with",
        ),
    ],
)
def test_a_wrong_session_is_refused(values: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        schedule(plan(**values))
    assert (refused.value.field, refused.value.message) == (field, sentence)


def test_a_virtual_session_has_no_venue() -> None:
    with pytest.raises(RuleBroken, match="Day 1 is virtual"):
        schedule(plan(venue=factories.venue()))


def test_two_days_of_a_run_are_never_at_the_same_time() -> None:
    with pytest.raises(RuleBroken, match="Day 2 is at the same time as Day 1") as refused:
        schedule(plan(), plan(starts=time(16), ends=time(17)))
    assert refused.value.field == "sessions.1.held_on"
    assert schedule(plan(ends=time(12, 30)), plan(starts=time(12, 30)))


def test_each_component_has_one_session() -> None:
    with pytest.raises(RuleBroken, match="This course has 2 days"):
        schedule(plan(), course=factories.course(components=2))


def test_a_code_belongs_to_one_run() -> None:
    schedule(plan())
    with pytest.raises(RuleBroken, match="There is a run called SOS2-07 already") as refused:
        schedule(plan(), code="sos2-07")
    assert refused.value.field == "code"


def test_the_next_code_follows_the_newest_of_the_course() -> None:
    course = factories.course(components=1, code="SOS-2DAY")
    assert rules.suggest_code(course) == "SOS-2DAY-01"
    schedule(plan(), course=course, code="SOS2-07")
    schedule(plan(), code="SOS2-09")  # of another course, but taken
    assert rules.suggest_codes(course, 2) == ["SOS2-10", "SOS2-11"]
    schedule(plan(), course=course, code="SPECIAL")
    assert rules.suggest_code(course) == "SOS2-10"


# --- Clashes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "is_clash"),
    [
        (time(8), time(9, 30), False),
        (time(8), time(9, 31), True),
        (time(16, 29), time(17), True),
        (time(16, 30), time(17), False),
        (time(10), time(11), True),
        (time(8), time(18), True),
    ],
)
@pytest.mark.parametrize("what", ["venue", "trainer"])
def test_am02_a_room_or_a_trainer_is_in_one_place_in_any_minute(
    what: str, starts: time, ends: time, is_clash: bool
) -> None:
    where = (
        {"venue": factories.venue(), "mode": Mode.IN_PERSON}
        if what == "venue"
        else {"trainer": factories.trainer()}
    )
    name = where[what].name  # type: ignore[attr-defined]
    schedule(plan(**where))
    second = plan(starts=starts, ends=ends, **where)
    if not is_clash:
        assert schedule(second, code="SOS2-08")
        return
    with pytest.raises(ClashRefused) as refused:
        schedule(second, code="SOS2-08")
    assert refused.value.field == "clash_reason"
    assert refused.value.message.startswith(
        f"{name} is taken by SOS2-07, Day 1, on Tuesday 15 March 2022 from 09:30 to 16:30."
    )


def test_am02_a_clash_goes_ahead_with_a_reason_which_is_kept() -> None:
    room = factories.venue()
    schedule(plan(mode=Mode.IN_PERSON, venue=room))
    schedule(
        plan(mode=Mode.HYBRID, venue=room),
        code="SOS2-08",
        clash_reason="The room is divided that day",
    )
    entry = db.session.query(AuditEntry).filter_by(verb="run:scheduled", thing_label="SOS2-08").one()
    assert entry.reason == "The room is divided that day"
    assert "taken by SOS2-07" in entry.changes["Goes ahead although"][1]
    assert not entry.changes["Goes ahead although"][1].endswith("."), "the entry sets its own"


def test_a_reason_without_a_clash_is_not_kept() -> None:
    schedule(plan(), clash_reason="In case")
    assert db.session.query(AuditEntry).filter_by(verb="run:scheduled").one().reason is None


def test_a_cancelled_run_leaves_its_room_and_trainer_free() -> None:
    taken = {"venue": factories.venue(), "mode": Mode.IN_PERSON, "trainer": factories.trainer()}
    run = schedule(plan(**taken))
    rules.cancel(run=run, by=ACADEMY, now=NOW, reason="The trainer is ill")
    assert run.state is RunState.CANCELLED
    assert schedule(plan(**taken), code="SOS2-08")
    with pytest.raises(RuleBroken, match="was cancelled"):
        rules.cancel(run=run, by=ACADEMY, now=NOW, reason="Again")
    with pytest.raises(RuleBroken, match="was cancelled"):
        change(run.sessions[0], starts=time(10))


def test_a_session_does_not_clash_with_itself_nor_with_where_it_was() -> None:
    room = factories.venue()
    run = schedule(plan(mode=Mode.IN_PERSON, venue=room))
    change(run.sessions[0], starts=time(10))
    change(run.sessions[0], held_on=date(2022, 3, 16))
    assert schedule(plan(mode=Mode.IN_PERSON, venue=room), code="SOS2-08")
    with pytest.raises(ClashRefused):
        change(run.sessions[0], held_on=TUESDAY)
    change(run.sessions[0], held_on=TUESDAY, clash_reason="Divided")


def test_am02_each_of_two_long_reasons_is_kept_whole() -> None:
    room = factories.venue()
    schedule(plan(mode=Mode.IN_PERSON, venue=room))
    run = schedule(plan(date(2022, 3, 16), mode=Mode.IN_PERSON, venue=room), code="SOS2-08")
    change(run.sessions[0], held_on=TUESDAY, reason="r" * 400, clash_reason="c" * 500)
    entry = db.session.query(AuditEntry).filter_by(verb="run:session changed").one()
    assert entry.reason == "r" * 400
    assert entry.changes["Both can go ahead since"] == [None, "c" * 500]


# --- Changing --------------------------------------------------------------------------------------------


def test_4_4_a_moved_session_is_superseded_and_can_be_read_as_it_was() -> None:
    run = schedule(plan(), plan(date(2022, 3, 16)))
    moved_at = NOW + timedelta(days=7)
    change(run.sessions[1], held_on=date(2022, 3, 22), now=moved_at)
    assert run.sessions[1].held_on == date(2022, 3, 22)
    before = db.session.scalars(
        db.select(SessionDate.held_on).where(
            SessionDate.session_id == run.sessions[1].id, live(SessionDate, moved_at - timedelta(minutes=1))
        )
    ).all()
    assert before == [date(2022, 3, 16)]
    entry = db.session.query(AuditEntry).filter_by(verb="run:session changed").one()
    assert entry.changes == {
        "Day 2": ["Wednesday 16 March 2022, 09:30 to 16:30", "Tuesday 22 March 2022, 09:30 to 16:30"]
    }


def test_a_change_that_changes_nothing_leaves_nothing_behind() -> None:
    run = schedule(plan())
    change(run.sessions[0])
    assert db.session.query(SessionDate).count() == 1
    assert db.session.query(AuditEntry).filter_by(verb="run:session changed").count() == 0


def test_a_new_venue_keeps_the_date_as_it_was_recorded() -> None:
    run = schedule(plan())
    change(run.sessions[0], mode=Mode.HYBRID, venue=factories.venue())
    assert db.session.query(SessionDate).count() == 1
    entry = db.session.query(AuditEntry).filter_by(verb="run:session changed").one()
    assert entry.changes == {
        "Day 1: how": ["Virtual", "Hybrid"],
        "Day 1: venue": [None, "Plough Lane, Room 1"],
    }


def test_4_4_at_no_instant_has_a_session_two_dates() -> None:
    (session,) = schedule(plan()).sessions
    change(session, held_on=session.held_on + timedelta(days=1))
    first, second = db.session.query(SessionDate).order_by(SessionDate.id)
    assert first.superseded_at == second.recorded_at > NOW


def test_4_4_another_date_for_a_session_that_has_begun_is_a_correction_with_a_reason() -> None:
    run = schedule(plan())
    begun = datetime(2022, 3, 15, 9, 30, tzinfo=UTC)
    with pytest.raises(RuleBroken, match="has begun: say why") as refused:
        change(run.sessions[0], held_on=date(2022, 3, 14), now=begun)
    assert refused.value.field == "reason"
    change(run.sessions[0], trainer=factories.trainer(), now=begun)
    change(run.sessions[0], held_on=date(2022, 3, 14), now=begun, reason="The register says the 14th")
    assert run.sessions[0].dated.reason == "The register says the 14th"
    newest = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert newest is not None
    assert newest.reason == "The register says the 14th"


def test_a_session_to_come_is_not_moved_into_the_past_by_a_slip() -> None:
    run = schedule(plan())
    with pytest.raises(RuleBroken, match="15 March 2021 is over: change the date, or say why") as refused:
        change(run.sessions[0], held_on=date(2021, 3, 15))
    assert refused.value.field == "reason"
    assert run.sessions[0].held_on == TUESDAY
    change(run.sessions[0], held_on=date(2021, 3, 15), reason="It was held a year before")
    assert run.sessions[0].held_on == date(2021, 3, 15)


def test_a_moved_day_may_not_meet_another_day_of_its_run() -> None:
    run = schedule(plan(), plan(date(2022, 3, 16)))
    with pytest.raises(RuleBroken, match="Day 2 is at the same time as Day 1"):
        change(run.sessions[1], held_on=TUESDAY)


def test_all_that_is_wrong_with_a_changed_day_is_told_at_once_each_with_its_field() -> None:
    run = schedule(plan(), plan(date(2022, 3, 16)))
    room, trainer = factories.venue(), factories.trainer()
    room.last_day = trainer.last_day = date(2021, 3, 1)
    wrong = {"venue": room, "trainer": trainer, "link": "teams", "ends": time(9)}
    with pytest.raises(RuleBroken) as refused:
        change(run.sessions[0], held_on=date(2021, 3, 15), **wrong)
    told = [refused.value, *refused.value.others]
    assert [one.field for one in told] == ["ends", "venue_id", "link", "venue_id", "trainer_id", "reason"]
    spring = date(2022, 3, 27)
    with pytest.raises(RuleBroken) as refused:
        change(run.sessions[0], held_on=spring, starts=time(1, 10), ends=time(1, 40), link="teams")
    assert [one.field for one in (refused.value, *refused.value.others)] == ["starts", "ends", "link"]


def test_all_that_is_wrong_with_the_days_of_a_new_run_is_told_at_once_each_with_its_field() -> None:
    second = plan(date(2022, 3, 16), ends=time(9), venue=factories.venue(), link="teams")
    with pytest.raises(RuleBroken) as refused:
        schedule(plan(link="teams"), second)
    told = [one.field for one in (refused.value, *refused.value.others)]
    assert told == ["sessions.0.link", "sessions.1.ends", "sessions.1.venue_id", "sessions.1.link"]


def test_a_run_is_changed_and_its_places_stay_possible() -> None:
    run = schedule(plan())
    rules.change_run(run=run, code="SOS2-7A", minimum_places=10, note="Bring laptops", by=ACADEMY, now=NOW)
    assert (run.code, run.minimum_places) == ("SOS2-7A", 10)
    with pytest.raises(RuleBroken, match="between 1 and 16"):
        rules.change_run(run=run, code="SOS2-7A", minimum_places=17, note="", by=ACADEMY, now=NOW)
    with pytest.raises(RuleBroken, match="Most places must be 10 or more"):
        rules.set_capacity(session=run.sessions[0], capacity=9, by=ACADEMY, now=NOW)
    rules.set_capacity(session=run.sessions[0], capacity=20, by=ACADEMY, now=NOW)
    assert run.capacity == 20


# --- Days that are over ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (
            [date(2021, 3, 15), date(2021, 3, 16)],
            "15 March 2021 and 16 March 2021 are over: change the dates, or tick that the run was held then",
        ),
        (
            [date(2021, 3, 15), TUESDAY],
            "15 March 2021 is over: change the date, or tick that the run was held then",
        ),
        (
            [date(2021, 3, day) for day in range(1, 6)],
            "1 March 2021, 2 March 2021, 3 March 2021 and 2 other days are over: change the dates, or tick",
        ),
    ],
)
def test_a_slip_of_the_year_is_asked_about_and_history_is_recorded(days: list[date], sentence: str) -> None:
    course = factories.course(components=len(days))
    with pytest.raises(RuleBroken, match=sentence) as refused:
        schedule(*map(plan, days), course=course)
    assert refused.value.field == "was_held"
    run = schedule(*map(plan, days), course=course, was_held=True)
    assert [one.held_on for one in run.sessions] == days


def test_a_day_that_goes_on_now_is_not_over() -> None:
    today = NOW.date()
    assert schedule(plan(today, starts=time(8), ends=time(9, 1))).sessions[0].held_on == today


def test_copies_to_days_that_are_over_are_asked_about_alike() -> None:
    run = schedule(plan())
    past = date(2021, 5, 4)
    with pytest.raises(RuleBroken, match="4 May 2021 is over"):
        rules.copy_run(run=run, starts_on=[date(2022, 5, 3), past], by=ACADEMY, now=NOW)
    assert db.session.query(Run).count() == 1
    copies = rules.copy_run(run=run, starts_on=[past], by=ACADEMY, now=NOW, was_held=True)
    assert [one.first_session.held_on for one in copies] == [past]


# --- Copying ---------------------------------------------------------------------------------------------


def test_am03_a_run_is_copied_to_six_start_dates_with_its_pattern() -> None:
    run = schedule(plan(date(2022, 3, 15)), plan(date(2022, 3, 16)))
    starts = [date(2022, 4, 5) + timedelta(weeks=week) for week in range(6)]
    copies = rules.copy_run(run=run, starts_on=starts, by=ACADEMY, now=NOW)
    assert [copy.code for copy in copies] == [f"SOS2-{number:02d}" for number in range(8, 14)]
    assert [[one.held_on for one in copy.sessions] for copy in copies] == [
        [start, start + timedelta(days=1)] for start in starts
    ]
    assert all(clock.london(one.starts_at).time() == time(9, 30) for copy in copies for one in copy.sessions)


def test_am03_a_bank_holiday_is_moved_only_if_i_say_so() -> None:
    run = schedule(*(plan(date(2022, 1, 31) + timedelta(weeks=week)) for week in range(3)))
    easter_monday, later = date(2022, 4, 18), date(2022, 5, 9)
    kept, other = rules.copy_run(run=run, starts_on=[easter_monday, later], by=ACADEMY, now=NOW)
    assert [one.held_on for one in kept.sessions] == [easter_monday, date(2022, 4, 25), date(2022, 5, 2)]
    assert "Day 1, Monday 18 April 2022, is a bank holiday: Easter Monday." in rules.warnings_of_run(
        kept, today=date(2022, 1, 4)
    )
    [moved] = rules.copy_run(run=run, starts_on=[easter_monday], move=[easter_monday], by=ACADEMY, now=NOW)
    assert [one.held_on for one in moved.sessions] == [date(2022, 4, 25), date(2022, 5, 9), date(2022, 5, 16)]
    assert other.sessions[0].held_on == later


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2022-04-18"], ["2022-04-25"]),
        (["2022-04-14", "2022-04-15"], ["2022-04-14", "2022-04-22"]),
        (["2022-05-02", "2022-05-03"], ["2022-05-09", "2022-05-10"]),
        (["2022-04-11", "2022-04-18", "2022-04-25"], ["2022-04-11", "2022-04-25", "2022-05-09"]),
        (["2021-12-27"], ["2022-01-10"]),
        (["2022-04-25", "2022-04-18"], ["2022-05-09", "2022-04-25"]),
        (["2022-03-15"], ["2022-03-15"]),
    ],
)
def test_am03_dates_move_a_week_at_a_time_and_keep_their_weekday_and_order(
    dates: list[str], expected: list[str]
) -> None:
    moved = rules.shifted_off_bank_holidays([date.fromisoformat(day) for day in dates])
    assert [day.isoformat() for day in moved] == expected


def test_copies_are_made_all_or_none_and_a_clash_among_them_is_found() -> None:
    run = schedule(plan(trainer=factories.trainer()))
    moving = [date(2022, 4, 18), date(2022, 4, 25)]
    sentence = "^Two of these copies clash: from 18 April and from 25 April. Leave one out, or say why both"
    with pytest.raises(RuleBroken, match=sentence) as refused:
        rules.copy_run(run=run, starts_on=moving, move=moving, by=ACADEMY, now=NOW)
    assert refused.value.field == "clash_reason"
    twice = (
        "^Two of these copies are at the same times: from 18 April and from 25 April. Leave one out, or say"
    )
    with pytest.raises(RuleBroken, match=twice) as refused:
        rules.copy_run(
            run=run, starts_on=moving, move=moving, by=ACADEMY, now=NOW, clash_reason="Two of that name"
        )
    assert refused.value.field == "double_reason"
    assert db.session.query(Run).count() == 1
    with pytest.raises(ClashRefused, match="is taken by SOS2-07"):
        rules.copy_run(run=run, starts_on=[TUESDAY], by=ACADEMY, now=NOW)
    both = rules.copy_run(
        run=run,
        starts_on=moving,
        move=moving,
        by=ACADEMY,
        now=NOW,
        clash_reason="Two of that name",
        double_reason="Two groups",
    )
    entries = db.session.query(AuditEntry).filter_by(verb="run:doubled").order_by(AuditEntry.id)
    assert [(one.thing_label, one.reason) for one in entries] == [(one.code, "Two groups") for one in both]
    assert [one.first_session.held_on for one in both] == [date(2022, 4, 25)] * 2


# --- Warnings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2022-03-15", "2022-03-16"], []),
        (
            ["2022-03-15", "2022-03-14"],
            ["Day 2, Monday 14 March 2022, is before Day 1, Tuesday 15 March 2022."],
        ),
        (["2022-03-12"], ["Day 1, Saturday 12 March 2022, is at a weekend."]),
        (["2021-12-27"], ["Day 1, Monday 27 December 2021, is a bank holiday: Christmas Day (observed)."]),
        (["2022-03-31"], []),
        (
            ["2022-04-04"],
            [
                "Day 1, Monday 4 April 2022, is 4 days after the programme’s deadline: the cost is at the "
                "council’s risk, and completions will not count towards the target of 31 March 2022."
            ],
        ),
    ],
)
def test_am02_am04_dates_are_warned_about_and_saved(dates: list[str], expected: list[str]) -> None:
    days = [date.fromisoformat(day) for day in dates]
    programme = factories.programme(deadline=date(2022, 3, 31))
    course = factories.course(components=len(days), programme_id=programme.id)
    run = schedule(*map(plan, days), course=course, was_held=True)
    warnings = rules.warnings_of_run(run, today=date(2021, 12, 1))
    assert [warning.replace(" substitute", "") for warning in warnings] == expected


def test_nothing_is_said_of_the_weekday_of_a_day_that_is_over() -> None:
    course, today = factories.course(components=1), date(2022, 3, 13)
    run = schedule(plan(date(2022, 3, 12)), course=course, was_held=True)
    assert rules.warnings_of_run(run, today=today) == []
    factories.dated(course.programme, deadline=date(2022, 3, 11))
    (late,) = rules.warnings_of_run(run, today=today)
    assert late.startswith("Day 1, Saturday 12 March 2022, is 1 day after")


def test_am04_a_day_before_the_programme_starts_is_warned_about_and_saved() -> None:
    programme = factories.programme(starts_on=date(2022, 3, 16))
    course = factories.course(components=2, programme_id=programme.id)
    run = schedule(plan(TUESDAY), plan(date(2022, 3, 16)), course=course)
    assert rules.warnings_of_run(run, today=date(2022, 4, 1)) == [
        "Day 1, Tuesday 15 March 2022, is 1 day before the programme starts, on 16 March 2022."
    ]


# --- Who may see a run -----------------------------------------------------------------------------------


def test_3_0_a_run_is_seen_by_the_academy_its_trainer_and_its_audience() -> None:
    course = factories.course(components=1)
    course.role_groups = [factories.named(RoleGroup, "Team Manager")]
    account = factories.user(Role.TRAINER)
    run = factories.run(course, days=[TUESDAY], trainer_id=factories.trainer(account).id)
    manager = factories.staff(role_group_id=factories.role_group("Team Manager").id)
    worker = factories.staff()
    may = [
        ACADEMY,
        factories.actor(Role.TRAINER, user_id=account.id),
        factories.actor(Role.PRACTITIONER, of=manager),
        factories.actor(Role.LINE_MANAGER, of=manager),
    ]
    may_not = [
        factories.actor(Role.TRAINER, user_id=factories.user(Role.TRAINER).id),
        factories.actor(Role.PRACTITIONER, of=worker),
        factories.actor(Role.PRACTITIONER),
        factories.actor(Role.BOARD_MEMBER, of=manager),
    ]
    for actor in may:
        rules.check_can_see(run, actor, on=TUESDAY)
    for actor in may_not:
        with pytest.raises(NotAllowed):
            rules.check_can_see(run, actor, on=TUESDAY)
    assert [rules.can_see_links(run, actor) for actor in may] == [True, True, False, False]


def test_a_run_is_seen_by_whoever_can_book_somebody_of_its_audience() -> None:
    course = factories.course(components=1)
    course.role_groups = [factories.named(RoleGroup, "Newly Qualified")]
    course.sectors = [factories.named(Sector, "Health")]
    run = factories.run(course, days=[TUESDAY])
    role = factories.role_group("Newly Qualified").id
    above, other = factories.staff(), factories.staff()
    manager = factories.staff(manager_id=above.id)
    factories.staff(manager_id=manager.id, role_group_id=role)
    factories.staff(manager_id=other.id)
    ward, school = factories.organisation("Ward 4", "Health"), factories.organisation()
    may = [
        factories.actor(Role.LINE_MANAGER, of=manager),
        factories.actor(Role.LINE_MANAGER, of=above),
        factories.actor(Role.COORDINATOR, of=factories.partner(ward)),
        factories.actor(Role.COORDINATOR, organisation_ids=frozenset({ward.id})),
    ]
    may_not = [
        factories.actor(Role.LINE_MANAGER, of=other),
        factories.actor(Role.PRACTITIONER, of=manager),
        factories.actor(Role.LINE_MANAGER),
        factories.actor(Role.COORDINATOR, of=factories.partner(school)),
        factories.actor(Role.COORDINATOR, organisation_ids=frozenset({school.id})),
    ]
    for actor in may:
        rules.check_can_see(run, actor, on=TUESDAY)
    for actor in may_not:
        with pytest.raises(NotAllowed):
            rules.check_can_see(run, actor, on=TUESDAY)


# --- Venues and trainers ---------------------------------------------------------------------------------


def test_a_venue_and_a_trainer_are_entered_once() -> None:
    rules.add_venue(name="Plough Lane, Room 1", by=ACADEMY, now=NOW)
    with pytest.raises(RuleBroken, match="Give this one another name"):
        rules.add_venue(name="plough lane, room 1", by=ACADEMY, now=NOW)
    rules.add_trainer(name="Robin Vale", email="Robin@Provider.example", by=ACADEMY, now=NOW)
    with pytest.raises(RuleBroken, match="There is a trainer with the address"):
        rules.add_trainer(name="R Vale", email="robin@provider.example", by=ACADEMY, now=NOW)


def test_a_trainers_account_has_the_role_and_is_no_other_trainers() -> None:
    account = factories.user(Role.TRAINER)
    trainer = rules.add_trainer(
        name="Robin Vale", email="r@provider.example", by=ACADEMY, now=NOW, user=account
    )
    values: dict[str, Any] = {"by": ACADEMY, "now": NOW, "provider": None}
    rules.edit_trainer(
        trainer=trainer, name="Robin Vale", email="rv@provider.example", user=account, **values
    )
    assert trainer.email == "rv@provider.example"
    with pytest.raises(RuleBroken, match="Another trainer signs in"):
        rules.add_trainer(name="Sky Hill", email="s@provider.example", user=account, **values)
    with pytest.raises(RuleBroken, match="does not have the role of trainer"):
        rules.add_trainer(
            name="Sky Hill", email="s@provider.example", user=factories.user(Role.PRACTITIONER), **values
        )
