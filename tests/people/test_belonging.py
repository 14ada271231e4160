"""The service of a team and the sector of an organisation: recorded, superseded, and read as once known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.audit import queries as audit
from app.core.actors import Actor
from app.core.db import db, live, record
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.people import queries, rules
from app.people.models import ALWAYS, OrganisationSector, Sector, Service, Team, TeamService
from tests import factories
from tests.races import AT_ONCE, at_once

NOW = datetime(2022, 2, 1, 9, tzinfo=UTC)
TODAY, AUTUMN, WINTER = date(2022, 2, 1), date(2021, 10, 1), date(2022, 1, 1)
ACADEMY = Actor(name="Avery Academy", user_id=1, roles=frozenset({Role.ACADEMY_MANAGER}))
Times = list[tuple[date, date | None, str]]
DAY = timedelta(days=1)


def moved(team: Team, service: str, since: date | None, hours: int = 0) -> None:
    """Moved from a day on, today where none is given, or, with ALWAYS, found to have been there always."""
    rules.edit_team(
        team=team,
        name=team.name,
        service=factories.service(service),
        first_day=None if since == ALWAYS else since,
        was_wrong=since == ALWAYS,
        by=ACADEMY,
        now=NOW + timedelta(hours=hours),
    )


def times(team: Team, known_at: datetime | None = None) -> Times:
    of = select(TeamService).where(TeamService.team_id == team.id, live(TeamService, known_at))
    found = db.session.scalars(of.order_by(TeamService.first_day))
    return [(one.first_day, one.last_day, one.service.name) for one in found]


MOVES: list[tuple[str, Sequence[tuple[str, date | None]], Times]] = [
    (
        "from today",
        [("Early Help", None)],
        [(ALWAYS, TODAY - DAY, "Duty"), (TODAY, None, "Early Help")],
    ),
    (
        "from an earlier day",
        [("Early Help", AUTUMN)],
        [(ALWAYS, AUTUMN - DAY, "Duty"), (AUTUMN, None, "Early Help")],
    ),
    ("it always was", [("Early Help", ALWAYS)], [(ALWAYS, None, "Early Help")]),
    (
        "twice",
        [("Early Help", AUTUMN), ("Youth", WINTER)],
        [
            (ALWAYS, AUTUMN - DAY, "Duty"),
            (AUTUMN, WINTER - DAY, "Early Help"),
            (WINTER, None, "Youth"),
        ],
    ),
    ("once more from the same day", [("Early Help", AUTUMN), ("Youth", AUTUMN)],
     [(ALWAYS, AUTUMN - DAY, "Duty"), (AUTUMN, None, "Youth")]),
    ("from before an earlier move", [("Early Help", WINTER), ("Youth", AUTUMN)],
     [(ALWAYS, AUTUMN - DAY, "Duty"), (AUTUMN, WINTER - DAY, "Youth"), (WINTER, None, "Early Help")]),
    ("between two moves", [("Early Help", AUTUMN), ("Duty", WINTER), ("Youth", AUTUMN + DAY)],
     [(ALWAYS, AUTUMN - DAY, "Duty"), (AUTUMN, AUTUMN, "Early Help"), (AUTUMN + DAY, WINTER - DAY, "Youth"),
      (WINTER, None, "Duty")]),
    ("to where it is, sooner", [("Early Help", WINTER), ("Early Help", AUTUMN)],
     [(ALWAYS, AUTUMN - DAY, "Duty"), (AUTUMN, None, "Early Help")]),
    ("back, as though it had never gone", [("Early Help", AUTUMN), ("Duty", WINTER), ("Duty", AUTUMN)],
     [(ALWAYS, None, "Duty")]),
    ("to where it always was", [("Duty", AUTUMN)], [(ALWAYS, None, "Duty")]),
    ("it was always where it is", [("Early Help", AUTUMN), ("Early Help", ALWAYS)],
     [(ALWAYS, None, "Early Help")]),
]  # fmt: skip


@pytest.mark.parametrize(("moves", "known"), [row[1:] for row in MOVES], ids=[row[0] for row in MOVES])
def test_4_4_a_team_is_in_one_service_on_every_day(
    moves: Sequence[tuple[str, date | None]], known: Times
) -> None:
    team = factories.team("Night", "Duty")
    for hours, (service, since) in enumerate(moves):
        moved(team, service, since, hours)
    assert times(team) == known
    assert team.service.name == known[-1][-1]
    assert times(team, NOW - timedelta(seconds=1)) == [(ALWAYS, None, "Duty")]


def test_4_4_two_moves_in_the_same_instant_are_known_one_after_the_other() -> None:
    team = factories.team("Night", "Duty")
    moved(team, "Early Help", AUTUMN)
    moved(team, "Youth", AUTUMN)
    assert times(team, NOW) == [(ALWAYS, AUTUMN - DAY, "Duty"), (AUTUMN, None, "Early Help")]
    assert times(team) == [(ALWAYS, AUTUMN - DAY, "Duty"), (AUTUMN, None, "Youth")]


@pytest.mark.parametrize(
    ("first_day", "was_wrong", "sentence"),
    [
        (TODAY + DAY, False, "This day lies ahead: move the team when it has come."),
        (AUTUMN, True, "Enter a first day, or say that the team was always in this service."),
    ],
)
def test_4_4_a_team_is_moved_on_the_day_or_after_it(first_day: date, was_wrong: bool, sentence: str) -> None:
    team = factories.team("Night", "Duty")
    with pytest.raises(RuleBroken) as refused:
        rules.edit_team(
            team=team, name=team.name, service=factories.service("Early Help"), first_day=first_day,
            was_wrong=was_wrong, by=ACADEMY, now=NOW,
        )  # fmt: skip
    assert (refused.value.message, refused.value.field) == (sentence, "first_day")
    assert times(team) == [(ALWAYS, None, "Duty")]


def test_4_4_what_was_so_from_the_start_is_read_as_always_known() -> None:
    """A team entered today, of people whose history is brought in, was counted in its service then."""
    service, sector = factories.service("Early Help"), factories.named(Sector, "Housing")
    team = rules.add_team(name="Night", service=service, by=ACADEMY, now=NOW)
    homes = rules.add_organisation(name="Castle Homes", sector=sector, by=ACADEMY, now=NOW)
    once = NOW - timedelta(days=3000)
    assert db.session.scalars(queries.teams_of([service.id], date(2014, 1, 1), once)).all() == [team.id]
    assert db.session.scalars(queries.organisations_of([sector.id], once)).all() == [homes.id]


def test_the_database_itself_refuses_two_services_on_one_day() -> None:
    team = factories.team("Night", "Duty")
    fact = TeamService(team_id=team.id, service_id=factories.service("Early Help").id, first_day=AUTUMN)
    record(fact, by="Tests", now=NOW)
    with pytest.raises(DBAPIError, match="ex_team_service_no_overlap"):
        db.session.flush()
    db.session.rollback()


def test_of_several_who_add_one_team_at_once_one_does(app: Flask) -> None:
    service_id = factories.service("Early Help").id

    def add(number: int) -> None:
        service = db.session.get_one(Service, service_id)
        rules.add_team(name=("Night", "NIGHT")[number % 2], service=service, by=ACADEMY, now=NOW)

    assert at_once(app, add) == ["done"] + ["name"] * (AT_ONCE - 1)


def test_of_several_who_move_one_team_at_once_each_finds_what_the_other_left(app: Flask) -> None:
    team_id = factories.team("Night", "Duty").id
    services = [factories.service(f"Service {number}").id for number in range(AT_ONCE)]

    def move(number: int) -> None:
        team, service = (db.session.get_one(*one) for one in ((Team, team_id), (Service, services[number])))
        rules.edit_team(team=team, name="Night", service=service, by=ACADEMY, now=NOW)

    assert at_once(app, move) == ["done"] * AT_ONCE
    team = db.session.get_one(Team, team_id)
    assert [one[:2] for one in times(team)] == [(ALWAYS, TODAY - DAY), (TODAY, None)]


def test_the_history_of_a_team_says_from_which_day_it_moved() -> None:
    team = factories.team("Night", "Duty")
    moved(team, "Early Help", AUTUMN)
    moved(team, "Youth", ALWAYS, hours=1)
    entries = db.session.scalars(audit.history_of("team", team.id))
    assert [one.changes for one in entries] == [
        {
            "Service": ["Early Help", "Youth"],
            "In this service from": [None, "Always: what was entered before was wrong"],
        },
        {"Service": ["Duty", "Early Help"], "In this service from": [None, "1 October 2021"]},
    ]


def test_the_history_of_a_team_says_until_when_an_earlier_move_holds() -> None:
    team = factories.team("Night", "Duty")
    moved(team, "Early Help", WINTER)
    moved(team, "Youth", AUTUMN, hours=1)
    assert db.session.scalars(audit.history_of("team", team.id)).first().changes == {
        "Service": ["Duty", "Youth"],
        "In this service from": [None, "1 October 2021 to 31 December 2021"],
    }


def test_an_earlier_move_asks_nothing_of_the_names_in_a_service_that_the_team_has_left() -> None:
    """Two teams of a service share no name today: Night is in Early Help by now, where no other is."""
    factories.team("Night", "Youth")
    team = factories.team("Night", "Duty")
    moved(team, "Early Help", WINTER)
    moved(team, "Youth", AUTUMN, hours=1)
    assert team.service.name == "Early Help"


def test_4_4_the_sector_of_an_organisation_is_put_right_for_every_day() -> None:
    school = factories.organisation("Castle Homes", "Education")
    rules.edit_organisation(
        organisation=school,
        name="Castle Homes",
        sector=factories.named(Sector, "Housing"),
        by=ACADEMY,
        now=NOW,
    )

    def known(known_at: datetime | None) -> list[str]:
        of = queries.organisations_of
        every = db.session.scalars(select(Sector).order_by(Sector.name))
        return [one.name for one in every if db.session.scalars(of([one.id], known_at)).all() == [school.id]]

    assert (school.sector.name, known(None)) == ("Housing", ["Housing"])
    assert known(NOW - timedelta(seconds=1)) == ["Education"]
    assert db.session.query(OrganisationSector).count() == 2
