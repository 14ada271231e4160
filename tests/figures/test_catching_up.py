"""Single days to catch up: S besides the places on whole runs (4.11, U-03)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bookings.models import Quota
from app.core import clock
from app.core.db import db
from app.figures import queries, rules
from app.figures.models import Colour, TargetKind
from app.figures.queries import Figure
from app.figures.queries.catching_up import Days, Lacks, Supply, Term, Ways, served
from app.figures.queries.prospects import Day
from app.learning.queries import CourseShape, VersionShape
from app.programmes import rules as programmes
from app.sessions.models import RunState
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import crowd, scenes
from tests.figures.scenes import ACADEMY, Scene
from tests.statements import statements

TODAY = date(2022, 2, 28)
DEADLINE = date(2022, 3, 31)
HELD = [date(2022, 2, 1), date(2022, 2, 2)]
UNDER_WAY = [date(2022, 2, 15), date(2022, 3, 15)]
MARCH = [date(2022, 3, 22), date(2022, 3, 23)]


def _read(scene: Scene, as_at: date = TODAY, **values: Any) -> Figure:
    db.session.flush()
    return queries.figure(scene.target, as_at=as_at, **values)


def _free(scene: Scene, as_at: date = TODAY, **values: Any) -> int:
    forecast = _read(scene, as_at, **values).forecast
    assert forecast is not None
    return forecast.free


def _scene(begun: int, *, members: int = 6) -> Scene:
    """Of six members so many have done day 1 of 2, on 1 February."""
    scene = scenes.cohort(members=members)
    held = factories.run(scene.course, days=HELD)
    for person in scene.people[:begun]:
        scenes.attend(person, held, days=1)
    return scene


@pytest.mark.parametrize(
    ("begun", "runs", "free"),
    [
        # Two lack day 2, of which 3 seats are left: each person once, and never more than needed.
        (2, [(UNDER_WAY, 3)], 2),
        # Five lack it: each seat once.
        (5, [(UNDER_WAY, 3)], 3),
        # Nobody has begun: a single day completes nobody.
        (0, [(UNDER_WAY, 3)], 0),
        # Places on whole runs come besides, and no seat of theirs is counted again.
        (2, [(UNDER_WAY, 1), (MARCH, 4)], 5),
        (2, [(MARCH, 4)], 4),
        # Day 2 is too late, or today.
        (2, [([date(2022, 2, 15), date(2022, 4, 1)], 3)], 0),
        (2, [([date(2022, 2, 15), TODAY], 3)], 0),
        # On the deadline itself.
        (2, [([date(2022, 2, 15), DEADLINE], 3)], 2),
        # A run that is to come, but ends too late for whoever does all of it: its day 2 comes first.
        (2, [([date(2022, 4, 1), date(2022, 3, 30)], 3)], 2),
        (2, [([date(2022, 3, 30), date(2022, 4, 1)], 3)], 0),
    ],
)
def test_4_11_free_are_single_days_for_those_who_lack_nothing_else(
    begun: int, runs: Sequence[tuple[list[date], int]], free: int
) -> None:
    scene = _scene(begun)
    for days, capacity in runs:
        factories.run(scene.course, days=days, capacity=capacity)
    assert _free(scene) == free


def test_4_11_a_seat_that_no_whole_place_needs_of_a_run_to_come() -> None:
    """One seat is left on day 1 and three on day 2: one place, and two single days."""
    scene = _scene(3)
    run = factories.run(scene.course, days=MARCH, capacity=3)
    for _ in range(2):
        factories.booking(run, factories.staff(), session_id=run.sessions[0].id)
    assert _free(scene) == 1 + 2


def test_4_11_who_is_complete_booked_or_not_asked_takes_no_single_day() -> None:
    scene = _scene(4)
    done, booked, left, lacks = scene.people[:4]
    scenes.complete(done, scene.course)
    factories.booking(factories.run(scene.course, days=MARCH, capacity=1), booked, session_id=None)
    scenes.leave(scene, left, on=date(2022, 2, 20))
    scenes.attend(factories.staff(), factories.run(scene.course, days=HELD), days=1)
    under_way = factories.run(scene.course, days=UNDER_WAY, capacity=9)
    assert _free(scene) == 1
    factories.booking(under_way, lacks, session_id=under_way.sessions[1].id)
    assert _free(scene) == 0


def test_4_11_seats_that_are_taken_kept_for_others_or_of_a_cancelled_run_are_not_free() -> None:
    scene = _scene(6)
    run = factories.run(scene.course, days=UNDER_WAY, capacity=6)
    factories.booking(run, factories.staff())
    db.session.add(Quota(run_id=run.id, places=3, kept_until=date(2022, 3, 8)))
    factories.run(scene.course, days=UNDER_WAY, capacity=9, state=RunState.CANCELLED)
    assert _free(scene) == 2
    assert _free(scene, date(2022, 3, 9)) == 5


def test_4_11_a_day_that_is_booked_counts_with_a_single_day() -> None:
    """Booked for day 1 alone; day 2 of a run that has begun completes them."""
    scene = _scene(0)
    run = factories.run(scene.course, days=MARCH, capacity=1)
    factories.booking(run, scene.people[0], session_id=run.sessions[0].id)
    factories.run(scene.course, days=UNDER_WAY, capacity=3)
    assert _free(scene) == 1


def test_4_3_4_11_the_catch_up_window_holds_and_is_read_as_known() -> None:
    """1 February and 15 March go together within 12 months, and not within one."""
    scene = _scene(2)
    factories.run(scene.course, days=UNDER_WAY, capacity=9)
    changed_at = clock.end_of_day(date(2022, 2, 20))
    programmes.change_settings(course=scene.course, catch_up_months=1, by=ACADEMY, now=changed_at)
    assert _free(scene) == 0
    assert _free(scene, known_at=changed_at - timedelta(hours=1)) == 2


@pytest.mark.parametrize(("in_order", "free"), [(False, 1), (True, 0)])
def test_4_3_4_11_order_holds_where_the_course_asks_for_it(in_order: bool, free: int) -> None:
    """Day 2 is done and day 1 is to come, which completes nobody when day 1 has to come first."""
    scene = scenes.cohort(members=1)
    if in_order:
        programmes.change_settings(course=scene.course, is_in_order=True, by=ACADEMY, now=clock.now())
    held = factories.run(scene.course, days=HELD)
    scenes.attend(scene.people[0], held)
    db.session.execute(db.text("DELETE FROM mark WHERE component = 1"))
    factories.run(scene.course, days=[date(2022, 3, 15), date(2022, 2, 15)], capacity=2)
    assert _free(scene) == free


def test_4_2_4_11_people_trained_are_no_list_of_people_who_could_catch_up() -> None:
    scene = _scene(3)
    factories.run(scene.course, days=UNDER_WAY, capacity=9)
    target = rules.add_target(
        code="trained", title="Trained", kind=TargetKind.PEOPLE_TRAINED, programme=scene.course.programme,
        course=scene.course, minimum_count=3, deadline=DEADLINE, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    forecast = queries.figure(target, as_at=TODAY).forecast
    assert forecast is not None
    assert forecast.free == 0


def test_4_11_where_members_need_different_courses_a_single_day_serves_them_too() -> None:
    """Both lack the 2-day and a workshop; one has done day 1. A day, a place on a run and two workshops."""
    scene = scenes.cohort(members=3)
    other = factories.course(programme=scene.course.programme, components=1)
    assert scene.cohort is not None
    rules.change_cohort(
        cohort=scene.cohort, name=scene.cohort.name, requirements={"untrained": [scene.course, other]},
        reason="Both", by=ACADEMY, now=LONG_AGO + timedelta(days=1),
    )  # fmt: skip
    scenes.attend(scene.people[0], factories.run(scene.course, days=HELD), days=1)
    factories.run(scene.course, days=MARCH, capacity=1)
    factories.run(other, days=[date(2022, 3, 17)], capacity=3)
    assert _free(scene) == 1
    factories.run(scene.course, days=UNDER_WAY, capacity=5)
    assert _free(scene) == 2


def test_4_11_4_12_single_days_make_a_target_amber_that_would_be_red() -> None:
    """41 of 110 are complete and 88 needed: 69 have done day 1, and as many seats are left on day 2."""
    scene = scenes.cohort(members=110)
    held = factories.run(scene.course, days=HELD, capacity=110)
    ids = [person.id for person in scene.people]
    crowd.attend(ids[:41], held)
    crowd.attend(ids[41:], held, days=1)
    verdict = _read(scene).verdict
    assert verdict is not None
    assert verdict.colour is Colour.RED
    factories.run(scene.course, days=UNDER_WAY, capacity=80)
    figure = _read(scene)
    assert figure.forecast is not None
    assert figure.verdict is not None
    assert (figure.forecast.free, figure.forecast.ceiling) == (69, 103)
    assert figure.verdict.colour is Colour.AMBER


def test_4_11_more_people_and_seats_ask_no_more_statements() -> None:
    scene = _scene(1, members=12)
    factories.run(scene.course, days=UNDER_WAY, capacity=2)
    before = _statements(scene)
    held = factories.run(scene.course, days=HELD)
    for person in scene.people[1:]:
        scenes.attend(person, held, days=1)
    factories.run(scene.course, days=UNDER_WAY, capacity=20)
    assert _statements(scene) == before
    assert _free(scene) == 12


def _statements(scene: Scene) -> int:
    db.session.flush()
    db.session.expire_all()
    with statements() as asked:
        _read(scene)
    return len(asked)


# --- Matching, without a database ------------------------------------------------------------------------

TERM = Term(TODAY, DEADLINE)
FIVE = CourseShape(
    1, is_in_order=False, validity_months=None, satisfied_by=frozenset(),
    versions=(VersionShape(1, tuple(((1, number),) for number in range(1, 6))),),
)  # fmt: skip


def _done(*components: int) -> Days:
    return tuple(Day(1, one, date(2022, 2, one), None) for one in components)


def _to_come(component: int, on: int) -> Day:
    return Day(1, component, date(2022, 3, on), date(2021, 3, on))


@pytest.mark.parametrize(
    ("people", "seats", "count"),
    [
        # The last two days of a run that has begun, for whoever has done three.
        ([(1, 2, 3)], {(4, 8): 1, (5, 15): 1}, 1),
        ([(1, 2, 3)], {(4, 8): 1}, 0),
        # Days from different runs, in any order; day 5 of two runs.
        ([(2, 3, 4), (1, 2, 3, 4)], {(1, 1): 1, (5, 8): 1, (5, 15): 1}, 2),
        # One seat on day 5: who lacks one day goes before who lacks two.
        ([(1, 2, 3), (1, 2, 3, 4)], {(4, 8): 5, (5, 15): 1}, 1),
        # Somebody who has done nothing needs a whole run.
        ([()], {(number, number): 1 for number in range(1, 6)}, 0),
    ],
)
def test_4_11_several_days_of_five(
    people: list[tuple[int, ...]], seats: dict[tuple[int, int], int], count: int
) -> None:
    assert _served(FIVE, [_done(*one) for one in people], _counted(seats)) == count


def test_4_11_somebody_moves_so_that_another_is_served() -> None:
    """Within a month of 9 February is 8 March alone, of 20 February 15 March too: both are served."""
    shape = replace(FIVE, versions=(VersionShape(1, (((1, 1),), ((1, 2),))),))
    early, late = (Day(1, 1, date(2022, 2, on), None) for on in (9, 20))
    seats = {
        Day(1, 2, date(2022, 3, on), date(2022, 2, on)): 1
        for on in (8, 15)
    }  # fmt: skip
    for people in ([early, late], [late, early]):
        assert _served(shape, [(one,) for one in people], seats) == 2
    assert _served(shape, [(early,), (early,)], seats) == 1


@settings(max_examples=60)
@given(
    wants=st.lists(st.sets(st.integers(0, 3)), max_size=6),
    left=st.lists(st.integers(0, 2), min_size=4, max_size=4),
    whole=st.integers(0, 2),
)
def test_4_11_no_more_people_could_have_one_seat_each(
    wants: list[set[int]], left: list[int], whole: int
) -> None:
    """As many as any way to give the seats away serves: tried one after the other."""
    seats = [_to_come(1, on + 1) for on in range(4)]

    class Given(Ways):
        def lacks(self, has: Days, seats: Any) -> Lacks:
            theirs = wants[has[0].component]
            return Lacks(tuple(all_seats[one] for one in sorted(theirs)), 1) if theirs else Lacks((), 99)

    all_seats = seats
    supply = Supply(
        Given(FIVE, TERM), whole, _counter(dict(zip(seats, left, strict=True))),
        {number: (Day(1, number, TODAY, None),) for number in range(len(wants))},
    )  # fmt: skip

    def most(number: int, free: tuple[int, ...]) -> int:
        if number == len(wants):
            return 0
        found = [most(number + 1, free)]
        for one in (*wants[number], 4):
            if free[one]:
                rest = tuple(seat - (place == one) for place, seat in enumerate(free))
                found.append(1 + most(number + 1, rest))
        return max(found)

    lacked = {number: frozenset({1}) for number in range(len(wants))}
    assert served(lacked, {1: supply}) == most(0, (*left, whole))


def _counted(seats: dict[tuple[int, int], int]) -> dict[Day, int]:
    return {_to_come(component, on): left for (component, on), left in seats.items()}


def _counter(seats: dict[Day, int]) -> Counter[Day]:
    return Counter(seats)


def _served(shape: CourseShape, people: Sequence[Days], seats: dict[Day, int]) -> int:
    supply = Supply(Ways(shape, TERM), 0, _counter(seats), dict(enumerate(people)))
    return served({number: frozenset({1}) for number in range(len(people))}, {1: supply})
