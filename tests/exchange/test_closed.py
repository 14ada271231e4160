"""Files that name what is closed: a team, an organisation, a venue, a trainer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.exchange import rules
from app.exchange.models import ImportKind
from app.exchange.rules import Plan
from app.people import queries
from app.people import rules as people
from app.people.models import Organisation, Team
from app.sessions import rules as sessions
from app.sessions.models import Trainer, Venue
from tests import factories
from tests.exchange.samples import ACADEMY, bring_in_people, csv_of, hr, look, person, problems, stays

PEOPLE, HIRED = ImportKind.PEOPLE, date(2019, 1, 7)
LAST, AFTER = date(2022, 3, 31), date(2022, 4, 1)


@pytest.fixture(autouse=True)
def _on_the_fourth_of_april(travel_to: Callable[..., None]) -> None:
    travel_to("2022-04-04 10:00")


def close(thing: Team | Organisation | Venue | Trainer, last_day: date = LAST) -> None:
    room: Any = people if isinstance(thing, Team | Organisation) else sessions
    room.record_last_day(thing=thing, last_day=last_day, by=ACADEMY, now=clock.now())


def reasons(plan: Plan) -> list[str]:
    return [one.reason for one in plan.problems]


@pytest.fixture
def fostering() -> Team:
    return factories.team("Fostering")


@pytest.mark.parametrize("end_date", ["", "2022-04-01"])
def test_sa02_a_line_that_has_somebody_in_a_closed_team_says_what_to_do(
    fostering: Team, end_date: str
) -> None:
    close(fostering)
    _, plan = look(PEOPLE, hr({"end_date": end_date}))
    assert problems(plan) == [(2, "team")]
    assert reasons(plan) == [
        "The last day of Fostering is 31 March 2022. Name another team, or take that last day back on the "
        "page of the team."
    ]


def test_sa02_whoever_left_a_team_by_its_last_day_is_read(fostering: Team) -> None:
    close(fostering)
    bring_in_people({"end_date": "2022-03-31"})
    assert stays("000101") == [(HIRED, LAST, "Fostering")]


def test_sa02_a_line_moves_somebody_out_of_a_team_before_it_is_closed(fostering: Team) -> None:
    bring_in_people({})
    with pytest.raises(RuleBroken, match=r"^1 person belongs to Fostering"):
        close(fostering)
    bring_in_people({"team": "Adoption"}, effective=AFTER)
    close(fostering)
    assert stays("000101") == [(HIRED, LAST, "Fostering"), (AFTER, None, "Adoption")]


def test_sa02_of_two_teams_of_one_name_the_one_that_is_not_closed_is_meant(fostering: Team) -> None:
    other = factories.team("Fostering", "Placements")
    assert problems(look(PEOPLE, hr({"service": ""}))[1]) == [(2, "service")]
    close(fostering)
    bring_in_people({"service": ""}, effective=clock.today())
    assert person("000101").spells[0].team_id == other.id


def test_sa02_what_was_closed_since_the_file_was_looked_at_takes_nobody(fostering: Team) -> None:
    row, plan = look(PEOPLE, hr({}))
    assert not plan.problems
    close(fostering)
    with pytest.raises(RuleBroken):
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())


def test_sa02_undoing_brings_nobody_back_into_a_closed_team(fostering: Team) -> None:
    bring_in_people({})
    moved = bring_in_people({"team": "Adoption"}, effective=AFTER)
    close(fostering)
    now = clock.now() + timedelta(hours=1)
    with pytest.raises(RuleBroken, match=r"^The last day of Fostering is 31 March 2022, and somebody would"):
        rules.undo(file_import=moved, by=ACADEMY, now=now)
    db.session.rollback()
    assert db.session.scalars(queries.people_after(db.session.get_one(Team, fostering.id), LAST)).all() == []


def test_a_line_that_has_a_partner_in_a_closed_organisation_says_what_to_do() -> None:
    close(factories.organisation("Castle Homes", "Housing"))
    line = {
        "first_name": "Judith", "last_name": "Smith", "organisation": "Castle Homes", "sector": "Housing",
        "role": "Warden", "email": "judith@castle.example",
    }  # fmt: skip
    _, plan = look(ImportKind.PARTNERS, csv_of([line]))
    assert problems(plan) == [(2, "organisation")]
    assert reasons(plan) == [
        "The last day of Castle Homes is 31 March 2022. Name another organisation, or take that last day "
        "back on the page of the organisation."
    ]


@pytest.mark.parametrize("column", ["venue", "trainer_email"])
def test_a_line_of_a_run_that_names_what_is_closed_says_so(column: str) -> None:
    factories.course(components=1, code="SOS-1DAY")
    room, tom = factories.venue("Plough Lane"), factories.trainer(name="Tom", email="tom@hillside.example")
    close(room if column == "venue" else tom)
    line = {
        "run_code": "SOS1-01", "course_code": "SOS-1DAY", "component": 1, "date": "2022-05-05",
        "start_time": "09:30", "end_time": "16:30", "mode": "in_person", "venue": "Plough Lane",
        "capacity": 16, "trainer_email": "tom@hillside.example",
    }  # fmt: skip
    _, plan = look(ImportKind.RUNS, csv_of([line]))
    name, what = ("Plough Lane", "venue") if column == "venue" else ("Tom", "trainer")
    assert problems(plan) == [(2, column)]
    assert reasons(plan) == [
        f"5 May 2022 is after the last day of {name}, 31 March 2022: choose another {what} or an earlier date"
    ]
    assert not look(ImportKind.RUNS, csv_of([line | {"date": "2022-03-31"}]))[1].problems
