"""Reach: its colour before and after the deadline, and what its table and bars tell of small sectors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from app.bookings.models import BookingMove, BookingState, Invitation
from app.core.db import db
from app.core.permissions import Role
from app.figures import rules
from app.figures.files.steps import steps_charts
from app.figures.models import Colour, ReachStep, Target, TargetKind
from app.figures.queries import ReachRow, figure
from app.figures.queries.colours import Verdict, verdict_on_reach
from app.figures.queries.forecast import Forecast
from app.figures.queries.reached import suppressed
from app.learning.models import MarkStatus
from app.people.models import EmploymentType, Person
from app.programmes.models import Course
from app.sessions.models import Run
from tests import factories
from tests.factories import LONG_AGO
from tests.figures.places import mark, strangers
from tests.figures.scenes import ACADEMY
from tests.pages import Pages
from tests.statements import statements

FEBRUARY = date(2022, 2, 28)
DEADLINE = date(2022, 3, 31)


def reach(course: Course, step: ReachStep, count: int | None, **values: Any) -> Target:
    return rules.add_target(
        code=step.value,
        title=step.label,
        kind=TargetKind.REACH,
        reach_step=step,
        programme=course.programme,
        minimum_count=count,
        deadline=DEADLINE,
        by=ACADEMY,
        now=LONG_AGO,
        **values,
    )


def came(course: Course, people: Sequence[Person], on: date = date(2022, 2, 1)) -> Run:
    run = factories.run(course, days=[on], capacity=100)
    for person in people:
        mark(run, person, MarkStatus.ATTENDED)
    db.session.flush()
    return run


def booked(course: Course, people: Sequence[Person], on: date, capacity: int = 16) -> Run:
    run = factories.run(course, days=[on], capacity=capacity)
    for person in people:
        booking = factories.booking(run, person)
        move = BookingMove(
            booking_id=booking.id, to_state=BookingState.CONFIRMED, at=LONG_AGO, by_name="Academy"
        )
        db.session.add(move)
    db.session.flush()
    return run


# --- The colour ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("required", "colour", "reason"),
    [
        (4, Colour.MET, "4 reached, 4 asked for."),
        (13, Colour.GREEN, "13 are likely by 31 March 2022; 13 are needed."),
        (
            14,
            Colour.AMBER,
            "13 are likely by 31 March 2022; 14 are needed. 14 if everybody who is booked comes.",
        ),
        (
            18,
            Colour.AMBER,
            "13 are likely by 31 March 2022; 18 are needed. Fill places: 18 are likely if every free place "
            "is taken.",
        ),
        (
            19,
            Colour.RED,
            "At most 18 are likely by 31 March 2022 even if every place is filled: 1 short.",
        ),
    ],
)
def test_4_12_people_who_are_booked_by_the_deadline_are_likely_to_attend(
    required: int, colour: Colour, reason: str
) -> None:
    """4 came; 10 others are booked by the deadline, where 6 places are free, and 2 after it."""
    course = factories.course(components=1)
    people = strangers(16)
    came(course, people[:4])
    booked(course, people[:10], date(2022, 3, 10), capacity=16)
    booked(course, people[6:14], DEADLINE, capacity=8)
    booked(course, people[14:], date(2022, 4, 1))
    found = figure(reach(course, ReachStep.ATTENDED, required), as_at=FEBRUARY)
    assert found.verdict is not None
    assert found.forecast is not None
    assert (found.numerator, found.forecast.booked, found.forecast.free) == (4, 10, 6)
    assert (found.verdict.colour, found.verdict.reason) == (colour, reason)


def test_4_12_a_place_is_a_place_whoever_comes() -> None:
    """A target on places: 3 have one, 5 more are free by the deadline, others only after it."""
    course = factories.course(components=1)
    booked(course, strangers(3), date(2022, 3, 10), capacity=8)
    booked(course, [], date(2022, 4, 1))
    made = reach(course, ReachStep.BOOKED, 8)
    found = figure(made, as_at=FEBRUARY)
    assert found.forecast is not None
    assert found.verdict is not None
    assert (found.numerator, found.forecast.likely, found.forecast.ceiling) == (3, 3, 8)
    assert (found.forecast.to_book, found.forecast.place_shortfall) == (5, 0)
    assert found.verdict.colour is Colour.AMBER
    late = figure(made, as_at=date(2022, 4, 1))
    assert late.verdict is not None
    assert (late.verdict.colour, late.verdict.reason) == (
        Colour.MISSED,
        "5 people short after the deadline of 31 March 2022.",
    )


@pytest.mark.parametrize(
    ("step", "must"), [(ReachStep.OFFERED, "be offered training"), (ReachStep.INVITED, "be invited")]
)
def test_4_12_nothing_that_is_scheduled_invites_anybody(step: ReachStep, must: str) -> None:
    course = factories.course(components=1)
    (person,) = strangers(1)
    invitation = Invitation(
        batch="one", person_id=person.id, course_id=course.id, invited_at=LONG_AGO, invited_by="Academy"
    )
    db.session.add(invitation)
    booked(course, [], date(2022, 3, 10))
    found = figure(reach(course, step, 3), as_at=FEBRUARY)
    assert found.verdict is not None
    assert (found.forecast, found.verdict.colour) == (None, Colour.RED)
    assert found.verdict.reason == (
        f"1 reached, 3 asked for by 31 March 2022: 2 more people must {must}, and nothing is scheduled that "
        "does it."
    )


def test_4_12_a_register_that_is_not_marked_could_change_the_colour() -> None:
    course = factories.course(components=1)
    people = strangers(5)
    came(course, people[:2])
    booked(course, people[:4], date(2022, 2, 10))
    found = figure(reach(course, ReachStep.ATTENDED, 4), as_at=FEBRUARY)
    assert found.verdict is not None
    assert (found.verdict.words, found.outstanding_marks) == ("Amber, provisional", 4)
    found = figure(found_target := reach_again(course, 5), as_at=FEBRUARY)
    assert found.verdict is not None
    assert (found_target.code, found.verdict.words) == ("again", "Red")


def reach_again(course: Course, count: int) -> Target:
    return rules.add_target(
        code="again",
        title="Again",
        kind=TargetKind.REACH,
        reach_step=ReachStep.ATTENDED,
        programme=course.programme,
        course=course,
        minimum_count=count,
        deadline=DEADLINE,
        by=ACADEMY,
        now=LONG_AGO,
    )


def test_4_12_of_a_population_only_its_own_people_and_their_places() -> None:
    course = factories.course(components=1)
    partners = rules.add_population(
        code="partners",
        name="Partners",
        entries=rules.Entries(employment_types=[EmploymentType.PARTNER]),
        by=ACADEMY,
        now=LONG_AGO,
    )
    people = [factories.partner() for _ in range(3)]
    came(course, [people[0], *strangers(4)])
    booked(course, [people[1], *strangers(4)], date(2022, 3, 10), capacity=16)
    found = figure(reach(course, ReachStep.ATTENDED, 3, population=partners), as_at=FEBRUARY)
    forecast = found.forecast
    assert forecast is not None
    assert (found.numerator, forecast.booked, forecast.people, forecast.unbooked) == (1, 1, 3, 1)
    assert forecast.free == 11
    assert forecast.ceiling == 2  # two more people at most, of whom the usual share does not come


@pytest.mark.parametrize(
    ("values", "step", "has_marks", "reason"),
    [
        ({"people": 0}, ReachStep.BOOKED, True, "No one is in scope."),
        ({"complete": 0}, ReachStep.ATTENDED, False, "No register is marked yet."),
        (None, ReachStep.ATTENDED, True, "No minimum is stated."),
    ],
)
def test_4_12_without_data_there_is_no_colour(
    values: dict[str, Any] | None, step: ReachStep, has_marks: bool, reason: str
) -> None:
    about = {"required": 5, "people": None, "complete": 1, "booked": 0, "free": 0, "absence": Fraction(1, 10)}
    forecast = Forecast(**(about | values)) if values is not None else None
    verdict = verdict_on_reach(forecast, step=step, as_at=FEBRUARY, deadline=DEADLINE, has_marks=has_marks)
    assert (verdict.colour, verdict.reason) == (Colour.NO_DATA, reason)


@pytest.mark.parametrize(
    ("step", "day"), [(ReachStep.ATTENDED, "8 February 2022"), (ReachStep.BOOKED, "1 January 2018")]
)
def test_4_12_met_once_the_deadline_is_over_says_when(step: ReachStep, day: str) -> None:
    course = factories.course(components=1)
    people = strangers(3)
    came(course, people[:1])
    came(course, people[:2], date(2022, 2, 8))
    came(course, people, date(2022, 2, 15))
    booked(course, people, date(2022, 2, 20))
    made = reach(course, step, 2)
    assert figure(made, as_at=date(2022, 3, 30)).verdict == Verdict(Colour.MET, "3 reached, 2 asked for.")
    assert figure(made, as_at=DEADLINE).verdict == Verdict(Colour.MET, f"Met on {day}.")


def test_the_statements_do_not_grow_with_people() -> None:
    course = factories.course(components=1)
    made = reach(course, ReachStep.ATTENDED, 30)
    asked = []
    for _ in range(2):
        booked(course, strangers(3), date(2022, 3, 10))
        with statements() as counted:
            figure(made, as_at=FEBRUARY)
        asked.append(len(counted))
    assert asked[0] == asked[1]


# --- Small sectors -------------------------------------------------------------------------------------


def rows(**sectors: tuple[int, int, int, int]) -> list[ReachRow]:
    found = [ReachRow(name, numbers) for name, numbers in sectors.items()]
    return [*found, ReachRow("All", tuple(map(sum, zip(*sectors.values(), strict=True))))]


@pytest.mark.parametrize(
    ("sectors", "shown"),
    [
        ({"A": (20, 20, 9, 9), "B": (30, 30, 30, 20)}, {"A", "B", "All"}),
        ({"A": (20, 20, 0, 0), "B": (30, 30, 30, 20)}, {"A", "B", "All"}),
        ({"A": (20, 20, 4, 9), "B": (30, 30, 30, 20), "C": (40, 40, 40, 40)}, {"C", "All"}),
        ({"A": (3, 0, 0, 0), "B": (12, 9, 8, 8), "C": (40, 40, 40, 40)}, {"C", "All"}),
        ({"A": (3, 3, 3, 3)}, {"All"}),
    ],
    ids=["none small", "nobody is not small", "small in one step", "small in every step", "alone"],
)
def test_bm05_a_sector_that_is_small_in_any_step_is_hidden_in_all(
    sectors: dict[str, tuple[int, int, int, int]], shown: set[str]
) -> None:
    found = suppressed(rows(**sectors))
    assert {row.sector for row in found if not row.is_hidden} == shown
    assert all(row.numbers == (None,) * 4 for row in found if row.is_hidden)


def test_bm05_the_board_sees_no_small_sector_in_the_table_or_the_picture(pages: Pages) -> None:
    course = factories.course(components=1)
    people = [factories.partner() for _ in range(3)] + strangers(6)
    panel = [factories.panel_member() for _ in range(9)]
    came(course, people + panel)
    reach(course, ReachStep.ATTENDED, 20)
    found = {}
    for role in (Role.BOARD_MEMBER, Role.DFE_ADVISER, Role.ACADEMY_MANAGER):
        page = pages.sign_in(factories.user(role)).get("/targets/attended?as_at=2022-02-28")
        for hidden in page.soup.select(".govuk-visually-hidden"):
            hidden.decompose()
        cells = [
            [cell.get_text(strip=True) for cell in row.select("th, td")] for row in page.soup.select("tr")
        ]
        found[role] = {row[0]: row[1:] for row in cells}
        names = [one["aria-label"] for one in page.soup.select("svg.takeup-chart__picture")]
        assert names[0].startswith(
            "All: offered 0, invited 0, had a place 0, attended 18. Attended: 20 asked"
        )
        assert any(name.startswith("Education") for name in names) is (role is Role.ACADEMY_MANAGER)
        assert "▼ Asked for: 20" in page.text
    for role in (Role.BOARD_MEMBER, Role.DFE_ADVISER):
        assert found[role]["Education"] == ["fewer than 5"] * 4
        assert found[role]["The council"] == ["not shown"] * 4
        assert found[role]["Foster panel members"] == ["0", "0", "0", "9"]
    assert found[Role.ACADEMY_MANAGER]["Education"] == ["0", "0", "0", "3"]


def test_where_the_bars_of_steps_go() -> None:
    everybody, sector = steps_charts(rows(A=(40, 20, 10, 0)), step=ReachStep.BOOKED, required=80)
    assert [bar.width for bar in everybody.bars] == ["165.0", "82.5", "41.2", "0.0"]
    assert everybody.asked is not None
    assert (everybody.asked.x, everybody.asked.top) == ("430.0", 48)
    assert (sector.name, sector.asked) == ("A", None)
