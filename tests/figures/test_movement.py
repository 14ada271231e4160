"""Why a figure moved: each step, and that the steps add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Membership, Target, TargetKind
from app.figures.queries import Movement, MovementCause
from app.learning.models import Mark, MarkStatus
from app.people.models import Spell
from app.programmes.models import CourseSettings
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages
from tests.statements import statements

JANUARY, FEBRUARY = date(2022, 1, 31), date(2022, 2, 28)
DEADLINE = date(2022, 3, 31)


def steps(found: Movement) -> dict[str, int]:
    return {step.value: len(people) for step, people in found.people.items() if people}


def board_members_example() -> scenes.Scene:
    """94 of 110 on 31 January: 2 of the 94 leave, 6 of the others complete, and 4 join."""
    scene = scenes.coverage(trained=92, untrained=16)
    leavers = [factories.staff(last_day=date(2022, 2, 10)) for _ in range(2)]
    for person in leavers:
        scenes.complete(person, scene.course)
    for person in scene.people[92:98]:
        scenes.complete(person, scene.course, date(2022, 2, 15))
    for _ in range(4):
        factories.staff(first_day=date(2022, 2, 1))
    return scene


def test_bm05_of_few_nothing_is_left_that_a_page_could_tell() -> None:
    """3 in scope, then 9: whoever may see names is told it whole."""
    scene = scenes.coverage(trained=1, untrained=2)
    for _ in range(6):
        factories.staff(first_day=date(2022, 2, 1))
    found = queries.movement(scene.target, before=(JANUARY, None), after=(FEBRUARY, None))
    [whole], [told] = (queries.as_seen([found], sees_names=sees_names) for sees_names in (True, False))
    assert whole.in_words.startswith("People counted up from 3 to 9")
    assert told.in_words.startswith("Fewer than 5 people are counted on one of these days")
    assert (steps(told), told.before.denominator, told.after.denominator) == ({}, 0, 0)
    assert [one.as_at for one in (told.before, told.after)] == [JANUARY, FEBRUARY]


# --- Each step -----------------------------------------------------------------------------------------


def test_bm02_94_to_98_completions_and_why() -> None:
    scene = board_members_example()
    found = queries.movement(scene.target, before=(JANUARY, None), after=(FEBRUARY, None))
    assert found.in_words == (
        "Completions up from 94 to 98 since 31 January: 6 completed, 2 left; "
        "people counted up from 110 to 112: 4 joined, 2 left."
    )


def test_bm02_a_late_register_is_restated_and_the_rest_happened() -> None:
    """As published 8 of 11; 2 of them were marked late, and 1 more completed after the deadline."""
    scene = scenes.cohort(members=11)
    for person in scene.people[:8]:
        scenes.complete(person, scene.course, date(2022, 3, 1))
    for person in scene.people[8:10]:
        scenes.complete(person, scene.course, date(2022, 3, 29), datetime(2022, 4, 6, 9, tzinfo=UTC))
    scenes.complete(scene.people[10], scene.course, date(2022, 4, 4))
    known = clock.end_of_day(date(2022, 4, 1))
    found = queries.movement(scene.target, before=(DEADLINE, known), after=(date(2022, 4, 7), None))
    assert found.in_words == "Up from 8 to 11 since 31 March: 1 completed, 2 recorded late."
    assert found.known.numerator == 10


def test_bm02_who_joins_complete_and_who_is_no_longer_current() -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    db.session.execute(update(CourseSettings).values(validity_months=12))  # completed on 1 March 2021
    scenes.complete(factories.staff(first_day=date(2022, 3, 2)), scene.course, date(2022, 1, 1))
    found = queries.movement(scene.target, before=(FEBRUARY, None), after=(DEADLINE, None))
    assert found.in_words == (
        "Completions still 1 since 28 February: 1 joined and now complete, 1 no longer current; "
        "people counted up from 1 to 2: 1 joined."
    )


def test_bm02_people_trained_have_no_denominator_and_nobody_leaves() -> None:
    course = factories.course(components=1, title="Core skills")
    target = rules.add_target(
        code="trained",
        title="Trained",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=course.programme,
        course=course,
        by=ACADEMY,
        now=LONG_AGO,
    )
    for held_on in (date(2022, 1, 10), date(2022, 2, 10)):
        scenes.attend(
            factories.staff(last_day=date(2022, 2, 12)), factories.run(course, days=[held_on]), days=1
        )
    found = queries.movement(target, before=(JANUARY, None), after=(FEBRUARY, None))
    assert found.in_words == "Up from 1 to 2 since 31 January: 1 completed."
    assert list(found.denominators()) == []


def test_nothing_moved_and_no_one_in_scope() -> None:
    scene = scenes.coverage(trained=0, untrained=0)
    found = queries.movement(scene.target, before=(date(2021, 12, 31), None), after=(JANUARY, None))
    assert found.in_words == "The same as on 31 December 2021."


def test_it_costs_the_same_however_many_people() -> None:
    scene = scenes.coverage(trained=1, untrained=1)
    few = _asked(scene.target)
    for person in [factories.staff(first_day=date(2022, 2, 1)) for _ in range(30)]:
        scenes.complete(person, scene.course)
    assert _asked(scene.target) == few


def _asked(target: Target) -> int:
    db.session.commit()
    with statements() as asked:
        queries.movement(target, before=(JANUARY, clock.now()), after=(FEBRUARY, None))
    return len(asked)


# --- Against a plain reading of 4.2, 4.4 and BM-02 -----------------------------------------------------

FIRST = date(2021, 6, 1)
BEGUN = datetime(2021, 6, 1, 9, tzinfo=UTC)
DAYS, PEOPLE = 60, 8


@dataclass(frozen=True)
class Fact:
    """Something that holds of a person from a day, perhaps to a day, and when it was known."""

    person: int
    first: date
    last: date | None
    recorded_at: datetime
    superseded_at: datetime | None

    def is_known(self, at: datetime | None) -> bool:
        if at is None:
            return self.superseded_at is None
        return self.recorded_at <= at and (self.superseded_at is None or self.superseded_at > at)


class Academy:
    """People with random posts, places in a cohort and attendance, some told late and some corrected."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.scene = scenes.cohort(members=0)
        self.course = factories.course(components=1, title="One day")
        common: dict[str, Any] = {"programme": self.course.programme, "course": self.course}
        common |= {"by": ACADEMY, "now": LONG_AGO}
        self.targets = {
            TargetKind.COVERAGE: rules.add_target(
                code="coverage",
                title="C",
                kind=TargetKind.COVERAGE,
                population=scenes.practitioners(),
                **common,
            ),
            TargetKind.COHORT: rules.add_target(
                code="cohort", title="L", kind=TargetKind.COHORT, cohort=self.scene.cohort, **common
            ),
            TargetKind.PEOPLE_TRAINED: rules.add_target(
                code="trained", title="T", kind=TargetKind.PEOPLE_TRAINED, **common
            ),
        }
        people = [factories.person().id for _ in range(PEOPLE)]
        self.posts = [fact for one in people for fact in self._facts(one)]
        self.members = [fact for one in people for fact in self._facts(one)]
        self.marks = [replace(fact, first=self._held_on()) for one in people for fact in self._facts(one)]
        self._save()

    def _facts(self, person: int) -> Iterable[Fact]:
        """None, one, or one that was wrong with what took its place."""
        moment = BEGUN + timedelta(days=self.chance.randrange(DAYS))
        how = self.chance.choice(["none", "plain", "plain", "corrected", "withdrawn"])
        if how == "none":
            return
        until = moment + timedelta(days=self.chance.randrange(1, 30)) if how != "plain" else None
        yield self._fact(person, moment, until)
        if how == "corrected" and until is not None:
            yield self._fact(person, until, None)

    def _fact(self, person: int, known: datetime, until: datetime | None) -> Fact:
        first = FIRST + timedelta(days=self.chance.randrange(DAYS))
        last = first + timedelta(days=self.chance.randrange(1, 40)) if self.chance.random() < 0.5 else None
        return Fact(person, first, last, known, until)

    def _held_on(self) -> date:
        return FIRST + timedelta(days=self.chance.randrange(0, DAYS, 15))

    def _save(self) -> None:
        held = sorted({fact.first for fact in self.marks})
        runs = {on: factories.run(self.course, days=[on]).sessions[0].id for on in held}
        spell = factories.staff().spells[0]  # somebody of the population, to take role and team from
        self.posts.append(Fact(spell.person_id, spell.first_day, None, LONG_AGO, None))
        rows: list[Any] = [
            Spell(
                person_id=fact.person,
                first_day=fact.first,
                last_day=fact.last,
                employed_from=fact.first,
                employment_type=spell.employment_type,
                job_title=spell.job_title,
                role_group_id=spell.role_group_id,
                team_id=spell.team_id,
                **_known(fact),
            )
            for fact in self.posts[:-1]
        ]
        rows += [
            Membership(
                cohort_id=self.scene.target.cohort_id,
                person_id=fact.person,
                joined_on=fact.first,
                left_on=fact.last,
                left_cause="exempt" if fact.last else None,
                cause="untrained",
                **_known(fact),
            )
            for fact in self.members
        ]
        rows += [
            Mark(
                person_id=fact.person,
                session_id=runs[fact.first],
                version_id=self.course.latest_version.id,
                component=1,
                status=MarkStatus.ATTENDED,
                counts=True,
                held_on=fact.first,
                **_known(fact),
            )
            for fact in self.marks
        ]
        db.session.add_all(rows)
        db.session.flush()

    # --- On paper ---

    def counted(self, kind: TargetKind, on: date, at: datetime | None) -> dict[int, bool]:
        """Who is counted on a day as known at an instant, and whether as complete."""
        came = {fact.person for fact in self.marks if fact.is_known(at) and fact.first <= on}
        if kind is TargetKind.PEOPLE_TRAINED:
            return dict.fromkeys(came, True)
        known = [fact for fact in self.posts if fact.is_known(at)]
        in_post = {
            fact.person for fact in known if fact.first <= on and (fact.last is None or fact.last >= on)
        }
        if kind is TargetKind.COVERAGE:
            return {person: person in came for person in in_post}
        ended = {fact.person for fact in known if fact.last is not None and fact.last < on}
        listed = {
            fact.person
            for fact in self.members
            if fact.is_known(at) and fact.first <= on and (fact.last is None or fact.last > on)
        }
        return {person: person in came for person in listed if person in in_post or person not in ended}


def _known(fact: Fact) -> dict[str, Any]:
    return {
        "recorded_at": fact.recorded_at,
        "recorded_by": "Tests",
        "entered_at": fact.recorded_at,
        "superseded_at": fact.superseded_at,
        "superseded_by": "Tests" if fact.superseded_at else None,
    }


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=True))
def test_bm02_the_steps_are_those_of_a_plain_reading_and_add_up(database: None, chance: Random) -> None:
    try:
        academy = Academy(chance)
        days = sorted(FIRST + timedelta(days=chance.randrange(DAYS + 40)) for _ in range(2))
        instants = [BEGUN + timedelta(days=days_on) for days_on in (chance.randrange(40), 60)]
        for kind, target in academy.targets.items():
            for before_at, after_at in ((None, None), (instants[0], chance.choice([None, instants[1]]))):
                _check(academy, kind, target, (days[0], before_at), (days[1], after_at))
    finally:
        db.session.rollback()


def _check(academy: Academy, kind: TargetKind, target: Target, before: Any, after: Any) -> None:
    found = queries.movement(target, before=before, after=after)
    first = academy.counted(kind, *before)
    known = academy.counted(kind, before[0], after[1])
    last = academy.counted(kind, *after)
    assert (found.before.done, found.known.done, found.after.done) == (first, known, last)
    if kind is not TargetKind.PEOPLE_TRAINED:
        for step, people in (
            (MovementCause.JOINED, {one for one in last if one not in known}),
            (MovementCause.JOINED_COMPLETE, {one for one in last if one not in known and last[one]}),
            (MovementCause.LEFT, {one for one in known if one not in last}),
            (MovementCause.LEFT_COMPLETE, {one for one in known if one not in last and known[one]}),
            (MovementCause.COMPLETED, {one for one in last if one in known and last[one] and not known[one]}),
            (MovementCause.NO_LONGER, {one for one in last if one in known and known[one] and not last[one]}),
        ):
            assert found.people[step] == people, step
    figures = [queries.figure(target, as_at=on, known_at=at) for on, at in (before, after)]
    moved = sum(count if sign == "+" else -count for _, sign, count in found.completions())
    assert figures[0].numerator + moved == figures[1].numerator
    if found.has_denominator:
        moved = sum(count if sign == "+" else -count for _, sign, count in found.denominators())
        assert (figures[0].denominator or 0) + moved == figures[1].denominator


# --- The page ------------------------------------------------------------------------------------------


def test_bm02_the_page_says_it_in_words_and_leads_to_the_people(pages: Pages) -> None:
    scene = board_members_example()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(pages.get("/targets/two-day").links()["Why it moved"])
    page = pages.submit(
        page,
        {
            "from-day": "31", "from-month": "1", "from-year": "2022",
            "to-day": "28", "to-month": "2", "to-year": "2022",
        },
    )  # fmt: skip
    words = (
        "Completions up from 94 to 98 since 31 January: 6 completed, 2 left; "
        "people counted up from 110 to 112: 4 joined, 2 left."
    )
    assert words in page.text
    people = pages.get(page.links()["Completed"])
    assert {person.name for person in scene.people[92:98]} <= set(people.links())
    assert "6 people" in people.text

    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/targets/two-day/movement?from=2022-01-31&to=2022-02-28")
    assert words in page.text
    assert "Completed" not in page.links()
    pages.get("/targets/two-day/movement/completed?from=2022-01-31&to=2022-02-28", status=403)


@pytest.mark.parametrize(
    ("address", "movement"),
    [
        ("", ""),
        ("?as_at=2022-02-28", "?to=2022-02-28"),
        ("?as_at=2022-02-28&known_at=2022-03-02", "?to=2022-02-28&to_known=2022-03-02"),
        ("?as_at=2199-01-01", ""),
        ("?as_at=never", ""),
    ],
)
def test_bm02_why_it_moved_is_asked_of_the_days_that_are_looked_at(
    pages: Pages, address: str, movement: str
) -> None:
    scenes.coverage(trained=1, untrained=5)
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    leads = pages.get(f"/targets/two-day{address}").links()["Why it moved"]
    assert leads == f"/targets/two-day/movement{movement}"
    page = pages.get(leads)
    assert not page.errors
    back = address if movement else ""
    assert page.links()["Figure"] == f"/targets/two-day{back}"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("from=2022-03-01&to=2022-02-01", "“From” must be no later than “To”"),
        (
            "from=2022-02-01&to=2022-02-01",
            "“From” and “To” are the same day, as known at the same time: choose another",
        ),
        ("to=2199-01-01", "“To” must be today or a day in the past"),
        ("from=1/31/2022", "“1/31/2022” is not a date. Write it like 2021-08-31 or 31/08/2021."),
        (
            "from_known=2022-03-01&to_known=2022-02-01",
            "What was known first must be no later than what was known last",
        ),
        ("to_known=2199-01-01", "“As known on” must be today or a day in the past"),
        (
            "from=2022-02-02&from_known=2022-02-01",
            "“The first day as known on” must not be before 2 February 2022: nobody knew then what would "
            "have happened by that day",
        ),
        (
            "from=2022-01-01&to=2022-02-01&to_known=2022-01-31",
            "“As known on” must not be before 1 February 2022: nobody knew then what would have happened by "
            "that day",
        ),
    ],
)
def test_wrong_days_are_a_sentence(pages: Pages, address: str, sentence: str) -> None:
    scenes.coverage(trained=1, untrained=0)
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    assert pages.get(f"/targets/two-day/movement?{address}").errors == [sentence]


def test_a_step_that_is_none_is_a_missing_page(pages: Pages) -> None:
    scenes.coverage(trained=1, untrained=0)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    pages.get("/targets/two-day/movement/sideways", status=404)
    assert "Nobody between these two days." in pages.get("/targets/two-day/movement/left").text
