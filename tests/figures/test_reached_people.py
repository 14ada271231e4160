"""The people behind each number of reach: as many as are counted, for those alone who may see names (T08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from app.bookings.models import BookingMove, BookingState, Invitation, ToldOfRun
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import ReachStep, Target, TargetKind
from app.figures.queries import booked_to_attend, figure, reached_people
from app.figures.queries.reached import reach_by_sector
from app.learning.models import MarkStatus
from app.people.models import EmploymentType, Person, PersonKind
from app.programmes.models import Course
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.places import mark, strangers
from tests.figures.scenes import ACADEMY
from tests.pages import Pages
from tests.statements import statements

DEADLINE = date(2022, 3, 31)
FIRST, LAST = date(2022, 2, 10), date(2022, 2, 17)
BEFORE, AFTER = date(2022, 2, 14), date(2022, 2, 28)
KNOWN_EARLY = datetime(2022, 2, 18, tzinfo=clock.LONDON)
HEARD_OF_LATE = datetime(2022, 3, 1, tzinfo=clock.LONDON)


@dataclass
class Reached:
    course: Course
    people: dict[str, Person]


@pytest.fixture
def reached() -> Reached:
    """Ann of the council was told; Ben had a place twice and came. Cat was invited twice, first at a school,
    and moved to a clinic, where Dan waits for a place; Eve of the panel and Fay of nowhere only came."""
    course = factories.course(components=2)
    run = factories.run(course, days=[FIRST, LAST])
    people = {
        "Ann": factories.staff(first_name="Ann", last_name="One"),
        "Ben": factories.staff(first_name="Ben", last_name="Two"),
        "Cat": _moved_to_the_clinic(),
        "Dan": factories.partner(_clinic(), first_name="Dan", last_name="Four"),
        "Eve": factories.panel_member(first_name="Eve", last_name="Five"),
        "Fay": factories.person(kind=PersonKind.PARTNER, first_name="Fay", last_name="Six"),
    }
    db.session.add(ToldOfRun(person_id=people["Ann"].id, run_id=run.id, told_at=LONG_AGO))
    for batch, days in (("one", 0), ("two", 9)):
        about = {"course_id": course.id, "invited_at": LONG_AGO + timedelta(days=days), "invited_by": "A"}
        db.session.add(Invitation(batch=batch, person_id=people["Cat"].id, **about))
    factories.booking(run, people["Dan"], confirmed_at=None)
    booking = factories.booking(run, people["Ben"])
    for days in (0, 1):
        about = {"booking_id": booking.id, "at": LONG_AGO + timedelta(days=days), "by_name": "Academy"}
        db.session.add(BookingMove(to_state=BookingState.CONFIRMED, **about))
    mark(run, people["Ben"], MarkStatus.ATTENDED)
    mark(run, people["Eve"], MarkStatus.PARTIAL)
    scenes.attend(people["Fay"], factories.run(course, days=[LAST, AFTER]), recorded_at=HEARD_OF_LATE)
    return Reached(course, people)


def _clinic() -> factories.Organisation:
    return factories.organisation("Clinic", "Health")


def _moved_to_the_clinic() -> Person:
    """Of the school until 14 February, as everybody knew; of the clinic since, as was known on 1 March."""
    cat = factories.person(kind=PersonKind.PARTNER, first_name="Cat", last_name="Three")
    partner = EmploymentType.PARTNER
    school = factories.organisation()
    factories.spell(cat, employment_type=partner, organisation_id=school.id, last_day=BEFORE)
    moved = {"first_day": BEFORE + timedelta(days=1), "recorded_at": HEARD_OF_LATE}
    factories.spell(cat, employment_type=partner, organisation_id=_clinic().id, **moved)
    return cat


def reach(
    course: Course, step: ReachStep, *, of_partners: bool = False, deadline: date | None = None
) -> Target:
    population = None
    if of_partners:
        entries = rules.Entries(employment_types=[EmploymentType.PARTNER])
        population = rules.add_population(
            code="partners", name="Partners", entries=entries, by=ACADEMY, now=LONG_AGO
        )
    return rules.add_target(
        code=step.value,
        title="How far it reached" if step is ReachStep.ATTENDED else f"How many were {step}",
        kind=TargetKind.REACH,
        reach_step=step,
        programme=course.programme,
        population=population,
        deadline=deadline,
        minimum_count=5 if deadline else None,
        by=ACADEMY,
        now=LONG_AGO,
    )


def listed(
    target: Target, step: ReachStep, sector: str | None, as_at: date, known_at: datetime | None
) -> list[str]:
    statement = reached_people(target, step, sector=sector, as_at=as_at, known_at=known_at)
    return [person.first_name for person, *_ in db.session.execute(statement)]


# --- Counts and lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize("of_partners", [False, True])
@pytest.mark.parametrize(
    ("as_at", "known_at"), [(BEFORE, None), (AFTER, None), (AFTER, KNOWN_EARLY)], ids=str
)
def test_t08_each_number_counts_whom_its_list_names(
    reached: Reached, as_at: date, known_at: datetime | None, of_partners: bool
) -> None:
    target = reach(reached.course, ReachStep.ATTENDED, of_partners=of_partners)
    rows = reach_by_sector(target, as_at=as_at, known_at=known_at)
    assert rows
    for row in rows:
        for step, name, number in row.steps:
            people = listed(target, step, row.among, as_at, known_at)
            assert len(people) == len(set(people)) == number, (row.sector, name, people)
    headline = figure(target, as_at=as_at, known_at=known_at).numerator
    assert len(listed(target, ReachStep.ATTENDED, None, as_at, known_at)) == headline


@pytest.mark.parametrize(
    ("step", "sector", "as_at", "known_at", "names"),
    [
        (ReachStep.OFFERED, None, AFTER, None, ["Dan", "Ann", "Cat", "Ben"]),
        (ReachStep.OFFERED, "The council", AFTER, None, ["Ann", "Ben"]),
        (ReachStep.INVITED, "Education", BEFORE, None, ["Cat"]),
        (ReachStep.INVITED, "Education", AFTER, None, []),
        (ReachStep.INVITED, "Health", AFTER, None, ["Cat"]),
        (ReachStep.INVITED, "Education", AFTER, KNOWN_EARLY, ["Cat"]),
        (ReachStep.BOOKED, None, AFTER, None, ["Ben"]),
        (ReachStep.ATTENDED, None, BEFORE, None, ["Eve", "Ben"]),
        (ReachStep.ATTENDED, None, AFTER, None, ["Eve", "Fay", "Ben"]),
        (ReachStep.ATTENDED, None, AFTER, KNOWN_EARLY, ["Eve", "Ben"]),
        (ReachStep.ATTENDED, "No sector", AFTER, None, ["Fay"]),
        (ReachStep.ATTENDED, "Foster panel members", AFTER, None, ["Eve"]),
        (ReachStep.ATTENDED, "Unheard of", AFTER, None, []),
    ],
)
def test_t08_whom_a_step_reached_by_name(
    reached: Reached,
    step: ReachStep,
    sector: str | None,
    as_at: date,
    known_at: datetime | None,
    names: list[str],
) -> None:
    target = reach(reached.course, ReachStep.OFFERED)
    assert listed(target, step, sector, as_at, known_at) == names


def test_t08_a_list_says_where_each_belongs_and_when_the_step_first_reached_them(reached: Reached) -> None:
    target = reach(reached.course, ReachStep.ATTENDED)
    found = {
        person.first_name: (belongs, sector, at)
        for step in (ReachStep.INVITED, ReachStep.BOOKED, ReachStep.ATTENDED)
        for person, belongs, sector, at in db.session.execute(reached_people(target, step, as_at=AFTER))
        if (step, person.first_name) != (ReachStep.ATTENDED, "Ben")
    }
    assert found == {
        "Cat": ("Clinic", "Health", LONG_AGO),
        "Ben": ("Child in Need", "The council", LONG_AGO),
        "Eve": (None, "Foster panel members", FIRST),
        "Fay": (None, "No sector", LAST),
    }


# --- Who is booked to attend -----------------------------------------------------------------------------

MARCH, APRIL = date(2022, 3, 10), date(2022, 4, 4)


@pytest.fixture
def places_to_come(reached: Reached) -> Reached:
    """Of a target by 31 March: Ann and Dan have a place in March, Dan in April as well; Ben and Cat have one,
    but Ben came before; Fay has one after the deadline, and Eve gave hers up."""
    people = reached.people
    march = factories.run(reached.course, days=[MARCH, MARCH + timedelta(days=7)])
    april = factories.run(reached.course, days=[APRIL, APRIL + timedelta(days=7)])
    for name in ("Ann", "Ben", "Cat", "Dan"):
        factories.booking(march, people[name])
    for name in ("Dan", "Fay"):
        factories.booking(april, people[name])
    factories.booking(march, people["Eve"], state=BookingState.CANCELLED)
    return reached


@pytest.mark.parametrize(
    ("of_partners", "until", "names"),
    [
        (False, None, ["Dan", "Ann", "Cat"]),
        (True, None, ["Dan", "Cat"]),
        (True, date(2022, 3, 1), []),
    ],
)
def test_4_11_who_is_booked_to_attend_by_name(
    places_to_come: Reached, of_partners: bool, until: date | None, names: list[str]
) -> None:
    target = reach(places_to_come.course, ReachStep.ATTENDED, of_partners=of_partners, deadline=DEADLINE)
    rows = db.session.execute(booked_to_attend(target, as_at=AFTER, until=until)).all()
    assert [row[0].first_name for row in rows] == names
    assert {row.at for row in rows} <= {MARCH}


def test_4_11_booked_to_attend_leads_to_the_people_whom_it_counts(
    pages: Pages, places_to_come: Reached
) -> None:
    reach(places_to_come.course, ReachStep.ATTENDED, of_partners=True, deadline=DEADLINE)
    reach(places_to_come.course, ReachStep.INVITED)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    address = pages.get("/targets/attended?as_at=2022-02-28").links()["2 people"]
    assert address == "/targets/attended/booked-to-attend?as_at=2022-02-28"
    page = pages.get(address)
    assert page.h1 == "Booked to attend"
    assert "Dan Four Clinic Health 10 March 2022" in page.text
    assert len(page.soup.select("tbody tr")) == 2
    pages.get("/targets/invited/booked-to-attend", status=404)
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    assert not pages.get("/targets/attended?as_at=2022-02-28").soup.select("a[href*='booked-to-attend']")
    pages.get(address, status=403)


# --- The pages -------------------------------------------------------------------------------------------


def test_t08_each_number_leads_to_the_people_whom_it_counts(pages: Pages, reached: Reached) -> None:
    reach(reached.course, ReachStep.ATTENDED)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/targets/attended?as_at=2022-02-28")
    links = {link["href"]: link for link in page.soup.select("a[href*='/reached/']")}
    assert len(links) == 11  # all that are not 0: 4 of everybody, the headline among them, and 7 by sector
    for address, link in links.items():
        number = link.get_text().split()[0]
        found = pages.get(address)
        assert len(found.soup.select("tbody tr")) == int(number), address
        assert f"{number} {'person' if number == '1' else 'people'}" in found.text
    page = pages.get("/targets/attended/reached/invited?sector=Health&as_at=2022-02-28")
    assert page.h1 == "Invited: Health"
    address = pages.get("/targets?as_at=2022-02-28").links()["Show the people of How far it reached"]
    assert address == "/targets/attended/reached/attended?as_at=2022-02-28"
    assert "Cat Three Clinic Health 1 January 2018 at 09:00" in page.text
    page = pages.get("/targets/attended/reached/attended?as_at=2022-02-28")
    assert "Fay Six – None No sector 17 February 2022" in page.text


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.DFE_ADVISER])
def test_bm05_the_board_sees_the_number_and_no_way_to_a_name(
    pages: Pages, reached: Reached, role: Role
) -> None:
    reach(reached.course, ReachStep.ATTENDED)
    pages.sign_in(factories.user(role))
    page = pages.get("/targets/attended?as_at=2022-02-28")
    assert "Reached 3 people" in page.text
    assert not page.soup.select("a[href*='/reached/']")
    assert not pages.get("/targets").soup.select("a[href*='/reached/']")
    pages.get("/targets/attended/reached/attended", status=403)


def test_a_list_of_reach_is_of_a_target_for_reach_and_of_a_date(pages: Pages, reached: Reached) -> None:
    reach(reached.course, ReachStep.ATTENDED)
    scenes.coverage(trained=1, untrained=0)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    for address in (
        "/targets/two-day/reached/attended",
        "/targets/attended/reached/met",
        "/targets/attended/reached/attended?as_at=08/31/2021",
    ):
        pages.get(address, status=404)
    assert "Nobody." in pages.get("/targets/attended/reached/invited?sector=Police").text


def test_a_long_list_of_reach_is_shown_page_by_page(pages: Pages) -> None:
    course = factories.course(components=1)
    run = factories.run(course, days=[FIRST], capacity=100)
    reach(course, ReachStep.ATTENDED)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    asked = []
    for count in (3, 57):
        for person in strangers(count):
            mark(run, person, MarkStatus.ATTENDED)
        db.session.flush()
        with statements() as counted:
            page = pages.get("/targets/attended/reached/attended?sector=The council&as_at=2022-02-28")
        asked.append(len(counted))
    assert "of 60 people" in page.text
    assert asked[1] <= asked[0] + 1  # the one more counts a list that is longer than its page
    assert "of 60 people" in pages.get("/targets/attended/reached/attended?as_at=2022-02-28&page=3").text
