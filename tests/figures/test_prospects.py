"""What a forecast reads: who is booked to complete, what is outstanding, which places are free (4.11)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.bookings.models import BookingMove, BookingState, Quota
from app.core import clock
from app.core.db import db, record, supersede
from app.figures import queries, rules
from app.figures.models import Colour, TargetKind
from app.figures.queries import Counted, Figure
from app.people.models import Sector, Spell
from app.programmes import rules as programmes
from app.programmes.models import CourseSettings, Equivalence
from app.sessions.models import Run, RunState, SessionDate
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY, Scene
from tests.statements import statements

TODAY = date(2022, 2, 28)
DEADLINE = date(2022, 3, 31)
MARCH = [date(2022, 3, 15), date(2022, 3, 16)]


def _read(scene: Scene, as_at: date = TODAY, **values: Any) -> Figure:
    db.session.flush()
    return queries.figure(scene.target, as_at=as_at, **values)


def _booked(figure: Figure) -> int:
    assert figure.forecast is not None
    return figure.forecast.booked


def _free(figure: Figure) -> int:
    assert figure.forecast is not None
    return figure.forecast.free


@pytest.fixture
def scene() -> Scene:
    """Four of whom nobody has done anything yet, and 80% of whom are to be trained by 31 March 2022."""
    return scenes.cohort(members=4)


# --- The worked example --------------------------------------------------------------------------------


def february(*, extra_run: bool = False, booked: int = 30) -> Scene:
    """28 February 2022: 41 of 110 complete, 30 booked to finish by 31 March, and 14 places free."""
    scene = scenes.cohort(members=110)
    held = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)], capacity=50)
    for person in scene.people[:41]:
        scenes.attend(person, held)
    run = factories.run(scene.course, days=MARCH, capacity=44, code="SOS2-07")
    if extra_run:
        factories.run(scene.course, days=[date(2022, 3, 22), date(2022, 3, 23)], capacity=16)
    for person in scene.people[41 : 41 + booked]:
        factories.booking(run, person)
    return scene


@pytest.mark.parametrize(
    ("how", "expected", "colour"),
    [
        ({}, (68, 71, 80, 23, 9), Colour.RED),
        ({"extra_run": True}, (68, 71, 95, 23, 0), Colour.AMBER),
    ],
)
def test_am07_4_11_the_worked_example(how: Any, expected: tuple[int, ...], colour: Colour) -> None:
    figure = _read(february(**how))
    forecast, verdict = figure.forecast, figure.verdict
    assert forecast is not None
    assert verdict is not None
    assert (figure.numerator, figure.denominator, figure.required, forecast.booked) == (41, 110, 88, 30)
    found = (forecast.likely, forecast.best, forecast.ceiling, forecast.to_book, forecast.place_shortfall)
    assert (found, verdict.colour) == (expected, colour)


# --- Who is booked -------------------------------------------------------------------------------------


def test_4_11_confirmed_places_that_cover_every_missing_day(scene: Scene) -> None:
    """Days already done count with days that are booked; each person once."""
    whole, part, done, nothing = scene.people
    held = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)])
    run = factories.run(scene.course, days=MARCH)
    again = factories.run(scene.course, days=[date(2022, 3, 22), date(2022, 3, 23)])
    factories.booking(run, whole)
    factories.booking(again, whole)
    scenes.attend(part, held, days=1)
    factories.booking(run, part, session_id=run.sessions[1].id)
    scenes.attend(done, held)
    factories.booking(run, done)
    factories.booking(run, nothing, session_id=run.sessions[0].id)
    assert _booked(_read(scene)) == 2


@pytest.mark.parametrize(
    "state",
    [
        BookingState.REQUESTED,
        BookingState.OFFERED,
        BookingState.WAITLISTED,
        BookingState.CANCELLED,
        BookingState.RELEASED,
    ],
)
def test_4_11_only_confirmed_places_are_booked(scene: Scene, state: BookingState) -> None:
    run = factories.run(scene.course, days=MARCH)
    held_until = clock.now() if state.is_held_for_a_time else None
    factories.booking(run, scene.people[0], state=state, confirmed_at=None, held_until=held_until)
    assert _booked(_read(scene)) == 0
    factories.booking(run, scene.people[1])
    assert _booked(_read(scene)) == 1


def test_u11_who_completes_after_the_deadline_is_said_apart(scene: Scene) -> None:
    late = factories.run(scene.course, days=[date(2022, 3, 31), date(2022, 4, 4)])
    on_time = factories.run(scene.course, days=[date(2022, 3, 30), date(2022, 3, 31)])
    factories.booking(late, scene.people[0])
    factories.booking(on_time, scene.people[1])
    figure = _read(scene)
    assert (_booked(figure), figure.after_deadline) == (1, 1)
    assert _free(figure) == 15


def test_4_11_the_catch_up_window_holds_for_planned_days_too() -> None:
    scene = scenes.cohort(members=1)
    terms = db.session.query(CourseSettings).filter_by(course_id=scene.course.id).one()
    assert terms.catch_up_months == 12
    held = factories.run(scene.course, days=[date(2021, 3, 14), date(2021, 3, 15)])
    scenes.attend(scene.people[0], held, days=1)
    run = factories.run(scene.course, days=MARCH)
    factories.booking(run, scene.people[0], session_id=run.sessions[1].id)
    assert _booked(_read(scene)) == 0
    held_in_time = factories.run(scene.course, days=[date(2021, 3, 16), date(2021, 3, 17)])
    scenes.attend(scene.people[0], held_in_time, days=1)
    assert _booked(_read(scene)) == 1


def test_4_11_several_courses_count_when_all_are_covered() -> None:
    scene = scenes.cohort(members=2)
    other = factories.course(programme=scene.course.programme, components=1)
    assert scene.cohort is not None
    rules.change_cohort(
        cohort=scene.cohort,
        name=scene.cohort.name,
        requirements={"untrained": [scene.course, other]},
        reason="Both",
        by=ACADEMY,
        now=LONG_AGO + timedelta(days=1),
    )
    two_day = factories.run(scene.course, days=MARCH, capacity=3)
    one_day = factories.run(other, days=[date(2022, 3, 17)], capacity=3)
    for person in scene.people:
        factories.booking(two_day, person)
    figure = _read(scene)
    assert (_booked(figure), _free(figure)) == (0, 2)
    factories.booking(one_day, scene.people[0])
    figure = _read(scene)
    assert (_booked(figure), _free(figure)) == (1, 1)


def test_4_2_people_trained_forecast_by_places_alone() -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    target = rules.add_target(
        code="trained", title="Trained", kind=TargetKind.PEOPLE_TRAINED, programme=scene.course.programme,
        course=scene.course, minimum_count=3, deadline=DEADLINE, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    held = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)])
    scenes.attend(factories.staff(), held)
    run = factories.run(scene.course, days=MARCH, capacity=5)
    factories.booking(run, scene.people[0])
    figure = queries.figure(target, as_at=TODAY)
    assert figure.forecast is not None
    assert (figure.numerator, figure.forecast.booked, figure.forecast.free) == (1, 1, 4)
    assert figure.forecast.unbooked is None


# --- On any date ---------------------------------------------------------------------------------------


def test_4_4_bookings_are_read_as_they_stood(scene: Scene) -> None:
    """Booked on 10 February and given up on 20 February; the run was cancelled on 1 March."""
    run = factories.run(scene.course, days=MARCH)
    booking = factories.booking(run, scene.people[0], confirmed_at=clock.end_of_day(date(2022, 2, 10)))
    given_up = clock.end_of_day(date(2022, 2, 20))
    _move(booking, BookingState.CONFIRMED, clock.end_of_day(date(2022, 2, 10)))
    _move(booking, BookingState.CANCELLED, given_up)
    for seat in booking.seats:
        seat.released_at = given_up
    booking.state = BookingState.CANCELLED
    stayed = factories.booking(run, scene.people[1], confirmed_at=clock.end_of_day(date(2022, 2, 15)))
    _move(stayed, BookingState.CONFIRMED, clock.end_of_day(date(2022, 2, 15)))
    run.state, run.cancelled_at = RunState.CANCELLED, clock.end_of_day(date(2022, 3, 1))
    found = {
        day: (_booked(_read(scene, day)), _free(_read(scene, day)))
        for day in (
            date(2022, 2, 9),
            date(2022, 2, 12),
            date(2022, 2, 18),
            date(2022, 2, 25),
            date(2022, 3, 2),
        )
    }
    assert list(found.values()) == [(0, 16), (1, 15), (2, 14), (1, 15), (0, 0)]


def test_4_4_a_run_that_was_moved_is_where_it_was_known_to_be(scene: Scene) -> None:
    run = factories.run(scene.course, days=MARCH)
    factories.booking(run, scene.people[0])
    moved_at = clock.end_of_day(date(2022, 2, 20))
    _put_off(run, date(2022, 4, 5), moved_at)
    before = _read(scene, known_at=moved_at - timedelta(hours=1))
    assert (_booked(before), before.after_deadline) == (1, 0)
    after = _read(scene)
    assert (_booked(after), after.after_deadline) == (0, 1)


def test_4_4_a_place_is_read_by_the_window_that_was_known(scene: Scene) -> None:
    """Day 1 on 1 February and a place on 16 March go together within 12 months, and not within one."""
    held = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)])
    run = factories.run(scene.course, days=MARCH)
    scenes.attend(scene.people[0], held, days=1)
    factories.booking(run, scene.people[0], session_id=run.sessions[1].id)
    changed_at = clock.end_of_day(date(2022, 2, 20))
    programmes.change_settings(course=scene.course, catch_up_months=1, by=ACADEMY, now=changed_at)
    assert _booked(_read(scene, known_at=changed_at - timedelta(hours=1))) == 1
    assert _read(scene, known_at=LONG_AGO - timedelta(days=1)).forecast is None  # nobody was known of
    assert _booked(_read(scene)) == 0


def _move(booking: Any, to: BookingState, at: Any) -> None:
    db.session.add(BookingMove(booking_id=booking.id, to_state=to, at=at, by_name="Tests"))


def _put_off(run: Run, to: date, at: Any) -> None:
    for session in run.sessions:
        dated = session.dated
        supersede(dated, by="Tests", now=at)
        record(
            SessionDate(
                session_id=session.id,
                held_on=to,
                starts_at=clock.london_time(to, dated.starts_at.time()),
                ends_at=clock.london_time(to, dated.ends_at.time()),
            ),
            by="Tests",
            now=at,
        )


# --- Free places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "free", "ceiling"),
    [([], 12, 3), (["Social Worker", "Team Manager"], 12, 3), (["Team Manager"], 1, 0), (["Chair"], 0, 0)],
    ids=["everybody", "all of them", "one of them", "none of them"],
)
def test_4_11_no_free_place_is_for_who_is_outside_the_audience(
    scene: Scene, audience: list[str], free: int, ceiling: int
) -> None:
    factories.run(scene.course, days=MARCH, capacity=12)
    first = db.session.scalars(select(Spell).where(Spell.person_id == scene.people[0].id)).one()
    first.role_group_id = factories.role_group("Team Manager").id
    scene.course.role_groups = [factories.role_group(name) for name in audience]
    found = _read(scene).forecast
    assert found is not None
    assert (found.free, found.ceiling) == (free, ceiling)
    assert found.place_shortfall == max(0, 5 - free), "four are required, and one of ten does not come"


@pytest.mark.parametrize(
    ("outside", "capacity", "single_days", "free", "likely_at_most", "impossible"),
    [
        (0, 25, 1, 26, 13, False),
        (1, 25, 1, 14, 12, False),
        (3, 25, 1, 12, 10, True),
        (3, 25, 0, 12, 10, True),
        (3, 5, 1, 6, 5, True),
        (15, 25, 0, 0, 0, True),
        (3, 0, 0, 0, 0, True),
    ],
)
def test_4_11_places_and_single_days_together_are_no_more_than_may_book(
    outside: int, capacity: int, single_days: int, free: int, likely_at_most: int, impossible: bool
) -> None:
    """A place is no second one for somebody whom a single day completes."""
    scene = scenes.cohort(members=15)
    if capacity:
        factories.run(scene.course, days=MARCH, capacity=capacity)
        factories.run(scene.course, days=[date(2022, 2, 22), date(2022, 3, 8)], capacity=3)
    scene.course.role_groups = [factories.role_group("Social Worker")]
    if single_days:
        begun = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)])
        scenes.attend(scene.people[-1], begun, days=1)
    for person in scene.people[:outside]:
        spell = db.session.scalars(select(Spell).where(Spell.person_id == person.id)).one()
        spell.role_group_id = factories.role_group("Team Manager").id
    found = _read(scene).forecast
    assert found is not None
    assert (found.free, found.single_days, found.ceiling) == (free, single_days, likely_at_most)
    assert found.is_impossible is impossible


def test_4_11_audiences_are_read_once_for_however_many_targets(scene: Scene) -> None:
    targets = [scene.target]
    for code in ("one", "two"):
        course = factories.course(programme_id=scene.course.programme_id)
        course.role_groups = [factories.role_group("Team Manager")]
        factories.run(course, days=MARCH)
        targets.append(
            rules.add_target(
                code=code,
                title=code,
                kind=TargetKind.COHORT,
                programme=scene.course.programme,
                cohort=scene.target.cohort,
                course=course,
                minimum_percent=Decimal(80),
                by=ACADEMY,
                now=LONG_AGO,
            )
        )
    asked = []
    for some in (targets[:2], targets):
        db.session.commit()
        plans = queries.plans_for(some)
        with statements() as sent:
            queries.figures(some, as_at=TODAY, plans=plans)
        asked.append(len(sent))
    assert asked[0] == asked[1]


def test_4_11_who_needs_a_course_that_is_not_for_them_is_not_served_by_single_days(scene: Scene) -> None:
    factories.run(scene.course, days=[date(2022, 2, 22), date(2022, 3, 8)], capacity=3)
    for person in scene.people[:2]:
        scenes.attend(person, factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)]), days=1)
    assert _free(_read(scene)) == 2
    scene.course.role_groups = [factories.role_group("Team Manager")]
    assert _free(_read(scene)) == 0


@pytest.mark.parametrize(("audience", "free"), [([], 5), (["Social Worker"], 3)])
def test_4_11_a_place_on_a_course_that_stands_in_is_as_good(
    scene: Scene, audience: list[str], free: int
) -> None:
    longer = factories.course(title="Signs of Safety 5-day", components=1)
    factories.run(longer, days=[date(2022, 3, 21)], capacity=2)
    factories.run(scene.course, days=MARCH, capacity=3)
    assert _free(_read(scene)) == 3
    stands_in = Equivalence(course_id=scene.course.id, satisfied_by_id=longer.id)
    record(stands_in, by="Academy", now=LONG_AGO)
    longer.role_groups = [factories.role_group(name) for name in audience]
    assert _free(_read(scene)) == free, "of one with an audience it is not known whom it is for"


def test_4_11_a_course_for_everybody_that_stands_in_serves_who_is_outside_the_audience(scene: Scene) -> None:
    longer = factories.course(title="Signs of Safety 5-day", components=1)
    factories.run(longer, days=[date(2022, 3, 21)], capacity=2)
    record(Equivalence(course_id=scene.course.id, satisfied_by_id=longer.id), by="Academy", now=LONG_AGO)
    scene.course.role_groups = [factories.role_group("Team Manager")]
    assert _free(_read(scene)) == 2


def test_4_11_free_are_the_places_in_runs_that_end_by_the_deadline(scene: Scene) -> None:
    factories.run(scene.course, days=MARCH, capacity=5)
    factories.run(scene.course, days=[date(2022, 3, 30), date(2022, 4, 1)], capacity=7)
    factories.run(scene.course, days=[date(2022, 2, 28), date(2022, 3, 1)], capacity=9)
    factories.run(scene.course, days=MARCH, capacity=11, state=RunState.CANCELLED)
    factories.run(days=MARCH, capacity=13)
    assert _free(_read(scene)) == 5


def test_am05_places_kept_for_partners_are_not_free_for_staff(scene: Scene) -> None:
    run = factories.run(scene.course, days=MARCH, capacity=16)
    db.session.add(Quota(run_id=run.id, places=4, kept_until=date(2022, 3, 8)))
    assert _free(_read(scene)) == 12
    assert _free(_read(scene, date(2022, 3, 9))) == 16


@pytest.mark.parametrize(
    ("sectors", "has_staff", "kept_for", "free"),
    [
        (["Health", "Police"], False, None, 16),
        (["Health", "Police"], False, "Health", 16),
        (["Health", "Police"], False, "Education", 12),
        (["Health"], True, None, 12),
    ],
)
def test_am05_places_kept_for_partners_are_free_for_a_cohort_of_partners(
    sectors: list[str], has_staff: bool, kept_for: str | None, free: int
) -> None:
    scene = scenes.cohort(members=4 if has_staff else 0)
    run = factories.run(scene.course, days=MARCH, capacity=16)
    sector_id = factories.named(Sector, kept_for).id if kept_for else None
    db.session.add(Quota(run_id=run.id, places=4, sector_id=sector_id, kept_until=date(2022, 3, 8)))
    for person in (factories.partner(factories.organisation(f"{one} Trust", one)) for one in sectors * 10):
        rules.add_people(
            cohort=scene.cohort, typed=str(person.email), joined_on=scenes.LISTED_ON, cause="untrained",
            by=ACADEMY, now=LONG_AGO,
        )  # fmt: skip
    assert _free(_read(scene)) == free
    left = queries.places_left_of(scene.target, [run], on=date(2022, 3, 1))
    assert left == {run.id: free}


def test_am05_who_has_a_place_is_counted_once_however_many_quotas_their_run_has(scene: Scene) -> None:
    run = factories.run(scene.course, days=MARCH, capacity=16)
    for sector_id, places in ((None, 4), (factories.named(Sector, "Health").id, 3)):
        db.session.add(Quota(run_id=run.id, sector_id=sector_id, places=places, kept_until=date(2022, 3, 8)))
    for _ in range(2):
        factories.booking(run, factories.staff())
    assert _free(_read(scene)) == 16 - (2 + 4 + 3)


def test_4_11_places_kept_for_partners_are_free_for_people_trained_whoever_they_are(scene: Scene) -> None:
    """Whoever is trained counts: all 16 places are usable, though 4 are kept for partners until 8 March."""
    anybody = rules.add_target(
        code="anybody",
        title="People trained",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=scene.course.programme,
        course=scene.course,
        minimum_count=60,
        deadline=DEADLINE,
        by=ACADEMY,
        now=LONG_AGO,
    )
    run = factories.run(scene.course, days=MARCH, capacity=16)
    db.session.add(Quota(run_id=run.id, places=4, kept_until=date(2022, 3, 8)))
    assert (_free(_read(scene)), _free(queries.figure(anybody, as_at=TODAY))) == (12, 16)


def test_4_4_how_many_places_there_are_is_read_as_it_is_now(scene: Scene) -> None:
    """It has no history: a past day's free places and colour follow it, and who was counted does not."""
    run = factories.run(scene.course, days=MARCH, capacity=5)
    scenes.attend(scene.people[0], factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)]))
    factories.booking(run, scene.people[1])
    before = _read(scene)
    for session in run.sessions:
        session.capacity = 1
    after = _read(scene)
    assert [(one.numerator, one.denominator, _booked(one)) for one in (before, after)] == [(1, 4, 1)] * 2
    assert (_free(before), _free(after)) == (4, 0)


# --- Colours -------------------------------------------------------------------------------------------


def test_4_12_no_register_marked_yet_is_no_data(scene: Scene) -> None:
    verdict = _read(scene).verdict
    assert verdict is not None
    assert (verdict.colour, verdict.reason) == (Colour.NO_DATA, "No register is marked yet.")


@pytest.mark.parametrize(
    ("complete", "as_at", "colour"),
    [(1, TODAY, Colour.RED), (1, date(2022, 4, 1), Colour.MISSED), (2, date(2022, 4, 1), Colour.MET)],
)
def test_4_12_completions_from_before_the_registers_are_data(
    complete: int, as_at: date, colour: Colour
) -> None:
    """No register is marked: as of the 239 of 263, whose days stand in the council's files alone."""
    scene = scenes.cohort(members=2)
    for person in scene.people[:complete]:
        scenes.complete(person, scene.course)
    verdict = _read(scene, as_at).verdict
    assert verdict is not None
    assert verdict.colour is colour


def test_4_12_marks_outstanding_that_could_change_the_colour_make_it_provisional() -> None:
    """3 of 4 are complete and 4 needed: the fourth sat in a session that nobody has marked."""
    scene = scenes.cohort(members=4, percent="100")
    run = factories.run(scene.course, days=[date(2022, 2, 21), date(2022, 2, 22)])
    for person in scene.people[:3]:
        factories.booking(run, person)
        scenes.attend(person, run)
    factories.booking(run, scene.people[3])
    figure = _read(scene)
    assert figure.verdict is not None
    assert figure.outstanding_marks == 2
    assert (figure.verdict.colour, figure.verdict.words) == (Colour.AMBER, "Amber, provisional")
    scenes.attend(scene.people[3], run)
    figure = _read(scene)
    assert figure.verdict is not None
    assert (figure.outstanding_marks, figure.verdict.words) == (0, "Met")


def test_4_11_a_register_that_is_late_takes_nobody_s_place() -> None:
    """Day 1 was held and is not marked, day 2 is to come: whoever has both is booked, and is not invited.

    If they had all stayed away nobody would be booked, so that the colour is provisional.
    """
    scene = scenes.cohort(members=4, percent="50")
    scenes.attend(factories.staff(), factories.run(scene.course, days=[date(2022, 1, 4), date(2022, 1, 5)]))
    run = factories.run(scene.course, days=[TODAY - timedelta(days=1), TODAY + timedelta(days=7)], capacity=3)
    for person in scene.people[:3]:
        factories.booking(run, person)
    figure = _read(scene)
    assert figure.forecast is not None
    assert figure.verdict is not None
    assert (figure.forecast.booked, figure.forecast.likely, figure.outstanding_marks) == (3, 2, 3)
    assert figure.verdict.words == "Green, provisional"
    unbooked = queries.not_booked(scene.target, scene.course, on=TODAY)
    assert [row[0] for row in db.session.execute(unbooked)] == [scene.people[3]]


def test_4_11_once_the_deadline_is_over_nobody_is_booked_for_it() -> None:
    scene = scenes.cohort(members=2, percent="100")
    run = factories.run(scene.course, days=[date(2022, 3, 21), date(2022, 3, 22)])
    factories.booking(run, scene.people[0])
    db.session.flush()
    lists = (Counted.BOOKED, Counted.NOT_BOOKED, Counted.TOO_LATE)
    for on, numbers in ((DEADLINE, [1, 1, 0]), (DEADLINE + timedelta(days=1), [0, 2, 0])):
        found = [queries.counted(scene.target, which, as_at=on) for which in lists]
        assert [len(db.session.execute(one).all()) for one in found] == numbers, on


def test_4_12_outstanding_marks_that_change_nothing_leave_the_colour_as_it_is() -> None:
    scene = scenes.cohort(members=4, percent="25")
    run = factories.run(scene.course, days=[date(2022, 2, 21), date(2022, 2, 22)])
    factories.booking(run, scene.people[0])
    scenes.attend(scene.people[1], run)
    figure = _read(scene)
    assert figure.verdict is not None
    assert (figure.outstanding_marks, figure.verdict.words) == (2, "Met")


def test_4_12_met_on_the_day_of_the_last_who_was_needed() -> None:
    scene = scenes.cohort(members=3, percent="50")
    for person, day in zip(
        scene.people, (date(2022, 3, 1), date(2022, 3, 29), date(2022, 4, 5)), strict=True
    ):
        scenes.attend(person, factories.run(scene.course, days=[day - timedelta(days=1), day]))
    verdict = _read(scene, date(2022, 4, 30)).verdict
    assert verdict is not None
    assert (verdict.colour, verdict.reason) == (Colour.MET, "Met on 29 March 2022.")


def test_4_11_a_target_may_plan_with_its_own_absence() -> None:
    scene = scenes.cohort(members=4, percent="50")
    rules.change_target(
        target=scene.target, title=scene.target.title, course=None, minimum_percent=Decimal(50),
        minimum_count=None, deadline=DEADLINE, by=ACADEMY, now=LONG_AGO + timedelta(days=1), reason="Plan",
    )  # fmt: skip
    run = factories.run(scene.course, days=MARCH)
    for person in scene.people:
        factories.booking(run, person)
    forecast = _read(scene).forecast
    assert forecast is not None
    assert (forecast.best, forecast.likely) == (4, 3)
    assert forecast.absence_words.startswith("10% of booked people are expected not to come")
