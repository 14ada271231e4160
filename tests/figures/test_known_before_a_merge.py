"""A place as known before two records were merged is that of the record which had it (4.4, U-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.bookings.models import Booking, FormerHolder
from app.bookings.queries import held_by
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import ReachStep, TargetKind
from app.figures.queries.rates import attendance_rates, in_all
from app.learning.models import MarkStatus
from app.merging import rules as merging
from app.merging.models import Merge
from app.people.models import Person
from tests import factories
from tests.attendance.marking import mark
from tests.figures import scenes
from tests.figures.scenes import Scene

ACADEMY = factories.actor(Role.ACADEMY_MANAGER, name="Academy")
MARCH = [date(2022, 3, 15), date(2022, 3, 16)]
MERGED = datetime(2022, 3, 1, 10, tzinfo=clock.LONDON)
UNDONE = MERGED + timedelta(days=2)
BEFORE, BETWEEN, AFTER = (
    MERGED - timedelta(seconds=1),
    MERGED + timedelta(days=1),
    UNDONE + timedelta(days=1),
)


@dataclass(frozen=True)
class Pair:
    """A cohort with two records of one person and somebody else: the merged record alone has a place."""

    scene: Scene
    survivor: Person
    merged: Person
    booking: Booking


@pytest.fixture
def pair() -> Pair:
    scene = scenes.cohort(members=3)
    survivor, merged, _ = scene.people
    return Pair(scene, survivor, merged, factories.booking(factories.run(scene.course, days=MARCH), merged))


def _merge(survivor: Person, merged: Person, now: datetime = MERGED) -> Merge:
    return merging.merge(survivor=survivor, merged=merged, by=ACADEMY, now=now)


def _undo(row: Merge, now: datetime = UNDONE) -> None:
    merging.undo(merge=row, by=ACADEMY, now=now)


def _booked(
    scene: Scene, known_at: datetime | None, as_at: date = date(2022, 2, 28)
) -> tuple[int | None, int]:
    """Of how many members how many are booked to complete it."""
    figure = queries.figure(scene.target, as_at=as_at, known_at=known_at)
    assert figure.forecast is not None
    return figure.denominator, figure.forecast.booked


def test_4_4_a_forecast_as_known_before_a_merge_counts_the_place_where_it_was(pair: Pair) -> None:
    """3 members of whom one is booked; once the records are one, 2 members, one of them booked."""
    row = _merge(pair.survivor, pair.merged)
    assert _booked(pair.scene, BEFORE) == (3, 1)
    assert _booked(pair.scene, MERGED) == (2, 1)
    _undo(row)
    assert [_booked(pair.scene, at) for at in (BEFORE, BETWEEN, AFTER, None)] == [
        (3, 1),
        (2, 1),
        (3, 1),
        (3, 1),
    ]


def test_4_4_the_list_as_known_before_a_merge_names_the_record_that_had_the_place(pair: Pair) -> None:
    _merge(pair.survivor, pair.merged)

    def booked(known_at: datetime | None) -> list[int]:
        people = queries.counted(
            pair.scene.target, queries.Counted.BOOKED, as_at=date(2022, 2, 28), known_at=known_at
        )
        return [person.id for person, *_ in db.session.execute(people)]

    assert (booked(BEFORE), booked(None)) == ([pair.merged.id], [pair.survivor.id])


def test_4_4_a_place_goes_through_two_merges_and_back(pair: Pair) -> None:
    third = pair.scene.people[2]
    first, hour = _merge(pair.survivor, pair.merged), timedelta(hours=1)
    second = _merge(third, pair.survivor, MERGED + hour)
    _undo(second, UNDONE)
    _undo(first, UNDONE + hour)
    cases = [
        (BEFORE, pair.merged),
        (MERGED, pair.survivor),
        (MERGED + hour, third),
        (UNDONE, pair.survivor),
        (UNDONE + hour, pair.merged),
        (None, pair.merged),
    ]
    for known_at, person in cases:
        holder = db.session.scalar(select(held_by(known_at)).where(Booking.id == pair.booking.id))
        assert holder == person.id, known_at


def test_4_4_two_merges_at_one_instant_leave_the_first_holder_before_it(pair: Pair) -> None:
    _merge(pair.survivor, pair.merged)
    _merge(pair.scene.people[2], pair.survivor)
    holder = select(held_by(BEFORE)).where(Booking.id == pair.booking.id)
    assert db.session.scalar(holder) == pair.merged.id


def test_u07_what_a_merge_keeps_of_holders_is_not_pointed_elsewhere_by_the_next(pair: Pair) -> None:
    """A record whose merge was undone and that is then merged into another one was the holder before both."""
    _undo(_merge(pair.survivor, pair.merged))
    _merge(pair.scene.people[2], pair.merged, AFTER)
    kept = db.session.scalars(select(FormerHolder.person_id).order_by(FormerHolder.id)).all()
    assert kept == [pair.merged.id, pair.survivor.id, pair.merged.id]


def test_4_11_a_mark_that_is_outstanding_is_read_under_the_record_that_had_the_place(pair: Pair) -> None:
    """The walk-in's place is marked as hers: nothing is outstanding, before the merge or after."""
    run = pair.booking.run
    for component in (1, 2):
        mark(run, component, pair.merged, at=datetime(2022, 3, 17, tzinfo=clock.LONDON))
    _merge(pair.survivor, pair.merged, datetime(2022, 3, 18, tzinfo=clock.LONDON))
    known = [datetime(2022, 3, 17, 12, tzinfo=clock.LONDON), None]
    for known_at in known:
        figure = queries.figure(pair.scene.target, as_at=date(2022, 3, 20), known_at=known_at)
        assert (figure.numerator, figure.outstanding_marks) == (1, 0), known_at


def test_4_9_rates_as_known_before_a_merge_see_a_place_and_a_walk_in(pair: Pair) -> None:
    """The place of one record and the mark of the other are two people until they are one."""
    mark(pair.booking.run, 1, pair.survivor, at=datetime(2022, 3, 16, tzinfo=clock.LONDON))
    merged_at = datetime(2022, 3, 18, tzinfo=clock.LONDON)
    _merge(pair.survivor, pair.merged, merged_at)
    cases = [(merged_at - timedelta(hours=1), (0, 1)), (merged_at, (1, 0)), (None, (1, 0))]
    for known_at, expected in cases:
        found = in_all(attendance_rates(MARCH[0], MARCH[0], known_at=known_at)).attendance
        assert (found.came, found.walk_ins) == expected, known_at


def test_4_2_reach_as_known_before_a_merge_counts_two_who_were_offered_a_place(pair: Pair) -> None:
    run = factories.run(pair.scene.course, days=[date(2022, 3, 22), date(2022, 3, 23)])
    factories.booking(run, pair.survivor, confirmed_at=None)
    target = rules.add_target(
        code="offered",
        title="Offered",
        kind=TargetKind.REACH,
        programme=pair.scene.course.programme,
        course=pair.scene.course,
        reach_step=ReachStep.OFFERED,
        by=ACADEMY,
        now=factories.LONG_AGO,
    )
    _merge(pair.survivor, pair.merged)
    on = date(2022, 3, 20)
    assert queries.figure(target, as_at=on, known_at=BEFORE).numerator == 2
    assert queries.figure(target, as_at=on).numerator == 1


def test_4_1_not_recorded_is_no_mark_of_either_record(pair: Pair) -> None:
    mark(
        pair.booking.run,
        1,
        pair.merged,
        status=MarkStatus.NOT_RECORDED,
        at=datetime(2022, 3, 16, tzinfo=clock.LONDON),
    )
    merged_at = datetime(2022, 3, 18, tzinfo=clock.LONDON)
    _merge(pair.survivor, pair.merged, merged_at)
    for known_at in (merged_at - timedelta(hours=1), None):
        figure = queries.figure(pair.scene.target, as_at=date(2022, 3, 20), known_at=known_at)
        assert figure.outstanding_marks == 2, known_at
