"""Since when a target is met: the day that its colour names once the deadline is over (4.12, rule 2)."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.db import db, supersede
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import ReachStep, Target, TargetKind
from app.people.models import Person, Spell
from app.programmes.models import Course, CourseSettings
from tests import factories
from tests.attendance.marking import mark
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages
from tests.statements import statements

DEADLINE = date(2026, 3, 31)
TOO_LATE = ", after the deadline of 31 March 2026"


def of_practitioners(course: Course, percent: str = "100", deadline: date = DEADLINE) -> Target:
    return rules.add_target(
        code="practitioners",
        title="Practitioners who are trained",
        kind=TargetKind.COVERAGE,
        programme=course.programme,
        course=course,
        population=scenes.practitioners(),
        minimum_percent=Decimal(percent),
        deadline=deadline,
        by=ACADEMY,
        now=LONG_AGO,
    )


def done(course: Course, on: date, *people: Person) -> None:
    mark(factories.run(course, days=[on], capacity=50), 1, *people)


def said(target: Target, on: date, **values: Any) -> tuple[str, str]:
    verdict = queries.figure(target, as_at=on, **values).verdict
    assert verdict is not None
    return verdict.words, verdict.reason


def lapses_after(course: Course, months: int) -> None:
    db.session.execute(
        update(CourseSettings).where(CourseSettings.course_id == course.id).values(validity_months=months)
    )


# --- Stocks: people join, leave and lapse --------------------------------------------------------------


def test_4_12_met_on_the_day_on_which_a_lapsed_completion_is_taken_anew(pages: Pages) -> None:
    """Valid for twelve months, completed on 10 January 2020 and once more after the deadline."""
    course = factories.course(components=1)
    lapses_after(course, 12)
    target = of_practitioners(course, deadline=date(2026, 3, 15))
    for person in [factories.staff() for _ in range(5)]:
        done(course, date(2020, 1, 10), person)
        done(course, date(2026, 3, 20), person)
    assert [said(target, date(2026, 3, day))[0] for day in (16, 19)] == ["Missed", "Missed"]
    words = "Met on 20 March 2026, after the deadline of 15 March 2026."
    assert said(target, date(2026, 3, 20)) == ("Met", words)
    board = factories.user(Role.BOARD_MEMBER)
    db.session.commit()
    page = pages.sign_in(board).get("/targets/practitioners?as_at=2026-04-01")
    assert words in page.text


def test_4_12_met_on_the_day_after_the_last_day_of_who_was_not_complete() -> None:
    course = factories.course(components=1)
    target = of_practitioners(course)
    done(course, date(2026, 1, 30), factories.staff())
    factories.staff(last_day=date(2026, 4, 5))
    assert said(target, date(2026, 4, 5)) == ("Missed", "1 person short after the deadline of 31 March 2026.")
    assert said(target, date(2026, 4, 6)) == ("Met", f"Met on 6 April 2026{TOO_LATE}.")


def test_4_12_so_it_is_with_a_member_of_a_cohort() -> None:
    """One of two has it on 9 March, when it is met; on 20 March two more join, of whom one has it before the
    deadline, and one leaves the list after it."""
    scene = scenes.cohort(members=2, percent="50", deadline=DEADLINE)
    days = [date(2026, 3, 8), date(2026, 3, 9)]
    scenes.attend(scene.people[0], factories.run(scene.course, days=days))
    assert said(scene.target, date(2026, 4, 1)) == ("Met", "Met on 9 March 2026.")
    _, other = scenes.join(scene, 2, on=date(2026, 3, 20))
    assert said(scene.target, date(2026, 4, 1))[0] == "Missed"
    scenes.leave(scene, other, on=date(2026, 4, 10))
    assert said(scene.target, date(2026, 4, 10))[0] == "Missed"
    scenes.leave(scene, scene.people[1], on=date(2026, 4, 14))
    assert said(scene.target, date(2026, 4, 14)) == ("Met", f"Met on 14 April 2026{TOO_LATE}.")


def test_4_12_a_break_before_the_deadline_counts_and_a_day_without_one_does_not() -> None:
    """Met on 2 February; broken by who joins on 1 March, until 10 March; who joins on 12 March and completes
    on that day breaks nothing."""
    course = factories.course(components=1)
    target = of_practitioners(course)
    done(course, date(2026, 2, 2), factories.staff())
    done(course, date(2026, 3, 10), factories.staff(first_day=date(2026, 3, 1)))
    done(course, date(2026, 3, 12), factories.staff(first_day=date(2026, 3, 12)))
    assert said(target, date(2026, 4, 1)) == ("Met", "Met on 10 March 2026.")


def test_4_12_nobody_in_scope_is_a_break() -> None:
    """The one who had it leaves on 1 March; the next begins on 9 March, complete."""
    course = factories.course(components=1)
    target = of_practitioners(course)
    done(course, date(2026, 2, 2), factories.staff(last_day=date(2026, 3, 1)))
    done(course, date(2026, 2, 2), factories.staff(first_day=date(2026, 3, 9)))
    assert said(target, date(2026, 4, 1))[1] == "Met on 9 March 2026."


def test_4_4_the_day_is_told_as_it_was_known() -> None:
    """That somebody left on 5 April is entered on 20 April: known before, the target is missed."""
    course = factories.course(components=1)
    target = of_practitioners(course)
    done(course, date(2026, 1, 30), factories.staff())
    going = factories.staff()
    spell = db.session.query(Spell).filter_by(person_id=going.id).one()
    entered = clock.london_time(date(2026, 4, 20), time(9))
    supersede(spell, by="Tests", now=entered)
    factories.spell(going, first_day=spell.first_day, last_day=date(2026, 4, 5), recorded_at=entered)
    db.session.flush()
    assert said(target, date(2026, 4, 30), known_at=entered - timedelta(days=1))[0] == "Missed"
    assert said(target, date(2026, 4, 30)) == ("Met", f"Met on 6 April 2026{TOO_LATE}.")


def test_4_12_on_each_day_since_it_was_met_and_on_the_day_before_it_was_not() -> None:
    """People come, go, complete and lapse by chance; each day on which the figure is another than on the day
    before is asked by itself, and so are the days on either side of it."""
    chance = Random(3)
    course = factories.course(components=1)
    lapses_after(course, 1)
    first = date(2026, 1, 1)
    target = of_practitioners(course, percent="50", deadline=first)
    days = [first + timedelta(days=number) for number in range(70)]
    for _ in range(5):
        begun, gone = sorted(chance.sample(days, 2))
        person = factories.staff(first_day=begun, last_day=gone if chance.random() < 0.6 else None)
        for on in chance.sample(days, 3):
            scenes.complete(person, course, on)
    figures = queries.figures_on(target, days)
    told = 0
    counts = {day: (figure.numerator, figure.denominator) for day, figure in figures.items()}
    turns = [on for on in days[2:-1] if counts[on] != counts[on - timedelta(days=1)]]
    for on in sorted({day + timedelta(days=step) for day in turns for step in (-1, 0, 1)}):
        if figures[on].met:
            told += 1
            unmet = [day for day in days if day <= on and not figures[day].met]
            since = unmet[-1] + timedelta(days=1)
            late = ", after the deadline of 1 January 2026" if since > first else ""
            assert said(target, on)[1] == f"Met on {since.day} {since:%B %Y}{late}.", on
    assert told > 20


# --- What nothing takes away again ---------------------------------------------------------------------


def test_4_12_people_trained_stay_counted_when_they_leave() -> None:
    course = factories.course(components=1)
    target = rules.add_target(
        code="trained", title="Trained", kind=TargetKind.PEOPLE_TRAINED, programme=course.programme,
        course=course, minimum_count=2, deadline=DEADLINE, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    done(course, date(2026, 1, 30), factories.staff(last_day=date(2026, 2, 10)))
    done(course, date(2026, 3, 3), factories.staff())
    done(course, date(2026, 3, 5), factories.staff())
    assert said(target, date(2026, 4, 6)) == ("Met", "Met on 3 March 2026.")


@pytest.mark.parametrize("step", [ReachStep.ATTENDED, ReachStep.OFFERED])
def test_4_12_who_was_reached_counts_from_the_day_on_which_the_population_has_them(step: ReachStep) -> None:
    """Reached in January, and a practitioner only since 6 April."""
    course = factories.course(components=1)
    target = rules.add_target(
        code="reached", title="Reached", kind=TargetKind.REACH, reach_step=step, programme=course.programme,
        population=scenes.practitioners(), minimum_count=1, deadline=DEADLINE, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    factories.staff()
    person = factories.staff(first_day=date(2026, 4, 6))
    run = factories.run(course, days=[date(2026, 1, 30)])
    factories.booking(run, person)
    mark(run, 1, person)
    assert said(target, date(2026, 4, 5))[0] == "Missed"
    assert said(target, date(2026, 4, 10)) == ("Met", f"Met on 6 April 2026{TOO_LATE}.")


# --- What it costs -------------------------------------------------------------------------------------


def test_the_day_costs_one_statement_whoever_is_counted_and_none_while_the_target_is_not_met() -> None:
    course = factories.course(components=1)
    target = of_practitioners(course)
    done(course, date(2026, 1, 30), factories.staff())
    last = factories.staff()

    def cost() -> int:
        db.session.flush()
        db.session.expire_all()
        with statements() as asked:
            queries.figure(target, as_at=date(2026, 4, 6))
        return len(asked)

    cost()
    missed = cost()
    done(course, date(2026, 2, 1), last)
    assert cost() == missed + 1
    done(course, date(2026, 2, 2), *(factories.staff() for _ in range(20)))
    assert cost() == missed + 1
