"""The gap list of a team or a cohort, and coverage of what is current. (LM-04, 4.3)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db, record
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Cohort, Target, TargetKind
from app.figures.queries import GapState
from app.learning.models import MarkStatus
from app.people.models import Absence, Person
from app.programmes import rules as programmes
from app.programmes.models import Course, Programme
from tests import factories
from tests.attendance.marking import mark
from tests.figures import scenes

MONDAYS = [date(2022, 1, 3) + timedelta(weeks=week) for week in range(5)]


def away(person: Person, until: date) -> None:
    absence = Absence(person_id=person.id, first_day=date(2022, 1, 1), last_day=until)
    record(absence, by="Tests", now=factories.LONG_AGO)
    db.session.flush()


def cohort_of(people: list[Person], course: Course) -> Any:
    cohort = rules.add_cohort(
        code="team",
        name="The team",
        requirements={"untrained": [course]},
        by=scenes.ACADEMY,
        now=factories.LONG_AGO,
    )
    for person in people:
        rules.join(
            cohort=cohort,
            person=person,
            joined_on=date(2022, 1, 26),
            cause="untrained",
            by=scenes.ACADEMY,
            now=factories.LONG_AGO,
        )
    return cohort


@pytest.fixture
def nine(database: None) -> Any:
    """A manager with 9 people: 6 complete, 1 without day 3, 2 not booked, of whom 1 is away until June."""
    manager = factories.staff()
    people = [factories.staff(manager_id=manager.id) for _ in range(9)]
    course = factories.course(components=5, title="Five-day")
    run = factories.run(course, days=MONDAYS)
    for component in range(1, 6):
        mark(run, component, *people[:6], *(people[6:7] if component != 3 else []))
    until = clock.today() + timedelta(days=30)
    away(people[8], until)
    cohort = cohort_of(people, course)
    return manager, people, course, cohort, until


def test_lm04_the_teams_page_says_who_lacks_what(pages: Any, nine: Any) -> None:
    manager, people, course, _, until = nine
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get(pages.get("/my-team").links()["Training"])
    assert page.h1 == "Training of my team"
    assert (
        "9 people: 6 complete, 1 in progress, 2 not booked. "
        "1 of those who lack it is on long-term absence." in page.text
    )
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert len(rows) == 3
    assert rows[0].startswith(f"{people[6].name} In progress Day 3")
    assert rows[1].startswith(f"{people[7].name} Not booked Every day")
    assert f"{people[8].name} Not booked Long-term absence until {until.day} {until:%B %Y}" in rows[2]
    assert f"See runs for {people[7].name}" in page.links()
    assert f"See runs for {people[8].name}" not in page.links()
    assert course.title in page.text


def _two_courses(nine: Any) -> tuple[Any, list[Person]]:
    """The manager, the 9 and a second course that is wanted of the first of them, by yesterday."""
    manager, people, *_ = nine
    scene = scenes.cohort(members=0, deadline=clock.today() - timedelta(days=1))
    assert scene.cohort is not None
    rules.join(
        cohort=scene.cohort,
        person=people[0],
        joined_on=date(2022, 1, 26),
        cause="untrained",
        by=scenes.ACADEMY,
        now=factories.LONG_AGO,
    )
    return manager, people


def test_lm04_my_team_says_how_each_stands_with_what_is_wanted(pages: Any, nine: Any) -> None:
    """Of the nine: who is complete, who lacks a day, who is booked, who is not, and what is overdue."""
    manager, people = _two_courses(nine)
    run = factories.run(nine[2], days=[clock.today() + timedelta(days=30 + day) for day in range(5)])
    factories.booking(run, people[7])
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get("/my-team")
    said = {
        row.select_one("th a").get_text(strip=True): row.select_one('[data-label="Training"]').get_text(
            " ", strip=True
        )
        for row in page.soup.select("tbody tr")
    }
    first = run.sessions[0].held_on
    assert said[people[0].name] == "Signs of Safety 2-day Not booked Overdue Complete: 1 of 2 courses"
    assert said[people[1].name] == "Complete"
    assert said[people[6].name] == "Five-day In progress missing Day 3"
    assert said[people[7].name] == f"Five-day Booked from {first.day} {first:%B %Y}"
    assert said[people[8].name] == "Five-day Not booked"
    page = pages.get(f"/my-team?on=1/3/{clock.today().year - 1}")
    assert page.soup.select("[data-label=Training]") == [], "it is said of today alone"


def test_lm04_of_a_place_whose_days_are_over_my_team_says_that_they_are_not_marked_yet(
    pages: Any, nine: Any
) -> None:
    manager, people = _two_courses(nine)
    run = factories.run(nine[2], days=[clock.today() - timedelta(days=9 - day) for day in range(5)])
    factories.booking(run, people[8])
    page = pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager)).get("/my-team")
    assert "Five-day Booked and not marked yet" in page.text


def test_lm04_who_missed_a_day_is_not_booked_to_complete_it_by_the_others(pages: Any, nine: Any) -> None:
    """As the target’s forecast says it (4.11); a day that was held and is not marked is a place still."""
    manager, people, course, cohort, _ = nine
    run = factories.run(course, days=[clock.today() + timedelta(days=day - 1) for day in range(5)])
    for person in people[7:]:
        factories.booking(run, person)
    deadline = clock.today() + timedelta(days=60)
    listed = _listed(cohort, course.programme, minimum_count=9, deadline=deadline)
    waits = queries.gaps_of(db.select(Person.id), on=clock.today())[0]
    assert [one.state for one in waits.everybody][7:] == [GapState.BOOKED] * 2
    assert _booked_to_complete(listed) == 2
    mark(run, 1, people[7], status=MarkStatus.ABSENT_NO_NOTICE)
    assert _booked_to_complete(listed) == 1
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get("/my-team/training")
    row = next(one for one in page.soup.select("tbody tr") if people[7].name in one.text)
    first = clock.today()
    said = f"Not booked Every day, booked from {first.day} {first:%B %Y}, which does not complete it"
    assert said in row.get_text(" ", strip=True)
    assert f"See runs for {people[7].name}" in page.links()
    assert "1 booked, 1 not booked" in page.text


def test_lm04_training_opens_on_all_courses_until_one_is_chosen(pages: Any, nine: Any) -> None:
    manager, people = _two_courses(nine)
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get("/my-team/training")
    assert "9 people: 5 have completed all that is wanted of them, 4 have not." in page.text
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tbody")[-1].select("tr")]
    assert len(rows) == 4
    assert rows[0].startswith(f"{people[0].name} Signs of Safety 2-day Not booked"), "overdue: first"
    assert any(row.startswith(f"{people[6].name} Five-day In progress") for row in rows)
    assert rows[3].startswith(people[8].name), "who is away comes last"
    page = pages.get("/my-team/training" + page.links()["Signs of Safety 2-day"])
    assert "1 person: 1 not booked." in page.text
    assert len(page.soup.select("tbody")[-1].select("tr")) == 1
    page = pages.get("/my-team/training" + page.links()["Show all courses"])
    assert "9 people: 5 have" in page.text


def test_lm04_the_cohorts_page_says_the_same_to_the_academy_alone(pages: Any, nine: Any) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/cohorts/team/training")
    assert "9 people: 6 complete, 1 in progress, 2 not booked." in page.text
    for role in (Role.BOARD_MEMBER, Role.DFE_ADVISER, Role.CONTRACT_MANAGER, Role.PRACTITIONER):
        pages.sign_in(factories.user(role))
        pages.get("/cohorts/team/training", status=403)
        pages.get("/my-team/training", status=403)


@pytest.mark.parametrize(("days", "said"), [(-1, "Overdue"), (0, ""), (None, "No date")])
def test_lm04_what_should_have_been_done_by_now_is_overdue(pages: Any, days: int | None, said: str) -> None:
    deadline = None if days is None else clock.today() + timedelta(days=days)
    scene = scenes.cohort(members=1, deadline=deadline)
    assert scene.cohort is not None
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/cohorts/{scene.cohort.code}/training")
    (row,) = page.soup.select("tbody tr")
    by = row.select("td")[2].get_text(" ", strip=True)
    written = f"{deadline.day} {deadline:%B %Y}" if deadline else ""
    assert by.removeprefix("By").strip() == f"{written} {said}".strip()


def test_lm09_a_manager_sees_no_other_teams_gap_list(pages: Any, nine: Any) -> None:
    other = factories.team("Another team")
    manager = nine[0]
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    pages.get(f"/teams/{other.id}/training", status=403)
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=factories.staff()))
    assert "No course is wanted of them." in pages.get("/my-team/training").text
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "No course is wanted of them." in pages.get(f"/teams/{other.id}/training").text


def test_lm04_wanted_is_what_targets_and_cohorts_ask_of_each() -> None:
    """A coverage target asks it of the practitioners; of an agency worker nobody asks it."""
    scene = scenes.coverage(trained=1, untrained=2)
    run = factories.run(scene.course)
    factories.booking(run, scene.people[1])
    asked = db.select(Person.id).where(Person.id.in_([*(one.id for one in scene.people), 0]))
    (found,) = queries.gaps_of(asked, on=clock.today())
    of_each = {one.person.id: one for one in found.everybody}
    assert [of_each[person.id].state for person in scene.people] == [
        GapState.COMPLETE,
        GapState.BOOKED,
        GapState.NOT_BOOKED,
    ]
    assert found.words == "3 people: 1 complete, 1 booked, 1 not booked."
    assert of_each[scene.people[1].id].booked_from == run.sessions[0].held_on
    nobody = db.select(Person.id).where(Person.id == 0)
    assert queries.gaps_of(nobody, on=clock.today()) == []


def test_lm04_statements_do_not_grow_with_people(pages: Any, nine: Any) -> None:
    manager = nine[0]
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    few = len(pages.get("/my-team/training").queries)
    more = [factories.staff(manager_id=manager.id) for _ in range(5)]
    for person in more:
        rules.join(
            cohort=db.session.merge(nine[3]),
            person=person,
            joined_on=date(2022, 1, 26),
            cause="untrained",
            by=scenes.ACADEMY,
            now=factories.LONG_AGO,
        )
    assert len(pages.get("/my-team/training").queries) == few


# --- One truth -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_covered", "is_listed", "complete"),
    [(True, True, 2), (True, False, 2), (False, True, 3), (False, False, 0)],
    ids=["by both", "by a coverage", "by a cohort", "by neither"],
)
def test_43_ones_own_page_the_gap_lists_and_the_figures_count_the_same_as_done(
    is_covered: bool, is_listed: bool, complete: int
) -> None:
    """Of four people one is current, one took the course again, one has run out and one never did it."""
    role = factories.role_group() if is_covered else factories.role_group("Team Manager")
    people = [factories.staff(role_group_id=role.id) for _ in range(4)]
    course, on = factories.course(title="Signs of Safety 2-day"), date(2022, 3, 1)
    cohort = cohort_of(people if is_listed else [], course)
    coverage, listed = _coverage(course), _listed(cohort, course.programme)
    scenes.complete(people[0], course, date(2022, 2, 1))
    for person in people[1:3]:
        scenes.complete(person, course, date(2020, 2, 1))
    scenes.complete(people[1], course, date(2022, 2, 2))
    programmes.change_settings(course=course, validity_months=24, by=scenes.ACADEMY, now=clock.now())
    own = [one.is_done for person in people for one in queries.wanted_of(person.id, on=on)]
    assert own == _complete(queries.gaps_of(db.select(Person.id), on=on))
    assert own.count(True) == complete
    found = queries.figures([coverage, listed], as_at=on)
    assert [one.numerator for one in found] == [2 if is_covered else 0, 3 if is_listed else 0]
    of_cohort = queries.gaps_of(db.select(Person.id), on=on, cohort_id=cohort.id)
    assert _complete(of_cohort).count(True) == found[1].numerator


def _complete(gaps: Sequence[queries.CourseGaps]) -> list[bool]:
    """By person, in the order in which they came, whether the one course is complete."""
    everybody = sorted((gap for one in gaps for gap in one.everybody), key=lambda gap: gap.person.id)
    return [gap.state is GapState.COMPLETE for gap in everybody]


def test_lm04_ones_own_page_and_the_gap_list_want_it_by_the_same_day() -> None:
    """Of deadlines that are over and to come, of targets that name the course and that do not."""
    scene = scenes.cohort(members=2)
    person, course = scene.people[0], scene.course
    other = factories.course(title="Another course")
    cohort = scene.cohort
    assert cohort is not None
    _listed(cohort, course.programme, "one", course=course, deadline=date(2022, 5, 31))
    _listed(cohort, course.programme, "two", course=course)
    _listed(cohort, other.programme, "three", course=other, deadline=date(2022, 6, 30))
    _coverage(course, date(2022, 4, 30))
    for on, deadline in (
        (date(2022, 3, 31), date(2022, 3, 31)),
        (date(2022, 4, 1), date(2022, 4, 30)),
        (date(2022, 5, 1), date(2022, 5, 31)),
        (date(2022, 6, 1), date(2022, 5, 31)),
    ):
        own = {one.course.id: one.deadline for one in queries.wanted_of(person.id, on=on)}
        gaps = {
            found.course.id: gap.deadline
            for found in queries.gaps_of(db.select(Person.id), on=on)
            for gap in found.everybody
            if gap.person.id == person.id
        }
        assert own == gaps == {course.id: deadline, other.id: date(2022, 6, 30)}, on


def _coverage(course: Course, deadline: date | None = None) -> Target:
    return _target(
        course.programme, "covered", population=scenes.practitioners(), course=course, deadline=deadline
    )


def _listed(cohort: Cohort, programme: Programme, code: str = "listed", **values: Any) -> Target:
    return _target(programme, code, cohort=cohort, **values)


def _booked_to_complete(target: Target) -> int:
    forecast = queries.figure(target, as_at=clock.today()).forecast
    assert forecast is not None
    return forecast.booked


def _target(programme: Programme, code: str, **values: Any) -> Target:
    kind = TargetKind.COHORT if "cohort" in values else TargetKind.COVERAGE
    return rules.add_target(
        code=code, title=code, kind=kind, programme=programme, by=scenes.ACADEMY, now=factories.LONG_AGO,
        **values,
    )  # fmt: skip


def test_43_a_cohort_invites_nobody_to_what_has_run_out() -> None:
    """Two courses are required: one completed and run out since, the other lacking."""
    lapsed, lacking = factories.course(title="Lapsed"), factories.course(title="Lacking")
    (person,) = people = [factories.staff()]
    cohort = rules.add_cohort(
        code="both", name="Both", requirements={"untrained": [lapsed, lacking]}, by=scenes.ACADEMY,
        now=factories.LONG_AGO,
    )  # fmt: skip
    rules.join(
        cohort=cohort, person=person, joined_on=date(2022, 1, 26), cause="untrained", by=scenes.ACADEMY,
        now=factories.LONG_AGO,
    )  # fmt: skip
    target, covered = _listed(cohort, lapsed.programme), _coverage(lapsed)
    scenes.complete(person, lapsed, date(2020, 1, 1))
    programmes.change_settings(course=lapsed, validity_months=12, by=scenes.ACADEMY, now=clock.now())
    on = date(2022, 3, 1)

    def invited(target: Target, course: Course) -> list[Person]:
        return list(db.session.scalars(queries.not_booked(target, course, on=on)))

    assert invited(target, lapsed) == []
    assert invited(target, lacking) == people
    assert invited(covered, lapsed) == people


# --- Validity ------------------------------------------------------------------------------------------


def test_43_coverage_counts_what_is_current_and_a_cohort_what_was_completed() -> None:
    covered = scenes.coverage(trained=2, untrained=1)
    scenes.complete(covered.people[1], covered.course, on=date(2023, 3, 1))
    listed = cohort_of(covered.people, covered.course)
    target = rules.add_target(
        code="listed",
        title="Listed",
        kind=scenes.TargetKind.COHORT,
        programme=covered.course.programme,
        cohort=listed,
        by=scenes.ACADEMY,
        now=factories.LONG_AGO,
    )
    targets, before = [covered.target, target], clock.now()
    programmes.change_settings(
        course=covered.course, validity_months=24, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now()
    )
    for on, expected in (
        (date(2023, 3, 1), [2, 2]),
        (date(2023, 3, 2), [1, 2]),
        (date(2025, 3, 1), [1, 2]),
        (date(2025, 3, 2), [0, 2]),
    ):
        assert [one.numerator for one in queries.figures(targets, as_at=on)] == expected
        assert [one.numerator for one in queries.figures(targets, as_at=on, known_at=before)] == [2, 2]
    (gaps,) = queries.gaps_of(db.select(Person.id), on=date(2025, 3, 2))
    assert len(gaps.of(GapState.REFRESHER)) == 2
