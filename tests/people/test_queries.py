"""Who is found, and where each belonged on a date."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Select

from app.core.db import db
from app.people import queries
from app.people.models import Person, PersonKind, Spell
from tests import factories
from tests.statements import statements

DAY = date(2021, 8, 31)


def names(statement: Select[tuple[Person, Spell]]) -> list[str]:
    return [person.name for person in db.session.scalars(statement)]


@pytest.fixture
def three() -> None:
    factories.staff(
        first_name="Siobhán",
        last_name="O’Brien",
        employee_number="010008",
        email="siobhan.obrien@council.example",
    )
    factories.staff(first_name="Samuel", preferred_name="Sam", last_name="Oduya", employee_number="010_09")
    factories.partner(first_name="Zoë", last_name="Ó Dálaigh", email="zoe@police.example")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (None, ["Sam Oduya", "Siobhán O’Brien", "Zoë Ó Dálaigh"]),
        ("", ["Sam Oduya", "Siobhán O’Brien", "Zoë Ó Dálaigh"]),
        ("oduya", ["Sam Oduya"]),
        ("Oduya, Samuel", ["Sam Oduya"]),
        ("o'brien", ["Siobhán O’Brien"]),
        ("O’BRIEN", ["Siobhán O’Brien"]),
        ("siobhán", ["Siobhán O’Brien"]),
        ("ó dálaigh", ["Zoë Ó Dálaigh"]),
        ("zoe o dalaigh", ["Zoë Ó Dálaigh"]),
        ("Siobha\u0301n", ["Siobhán O’Brien"]),
        ("samüel", ["Sam Oduya"]),
        ("01000", ["Siobhán O’Brien"]),
        ("ZOE@police", ["Zoë Ó Dálaigh"]),
        ("0_0", ["Sam Oduya"]),
        ("100%", []),
        ("\\", []),
        ("sam\x00oduya", ["Sam Oduya"]),
        ("sam brien", []),
        ("x" * 5000, []),
    ],
)
@pytest.mark.usefixtures("three")
def test_the_search_finds_every_word(search: str | None, found: list[str]) -> None:
    assert sorted(names(queries.directory(search, None, on=DAY))) == found


@pytest.mark.parametrize("typed", ["lukasz", "ŁUKASZ", "sorensen", "Sørensen", "Lukasz Sørensen"])
def test_the_search_needs_no_letters_that_a_keyboard_lacks(typed: str) -> None:
    factories.staff(first_name="Łukasz", last_name="Sørensen")
    factories.staff(first_name="Lucas", last_name="Soren")
    assert names(queries.directory(typed, None, on=DAY)) == ["Łukasz Sørensen"]


def test_the_directory_is_of_a_date_unless_it_is_of_everybody() -> None:
    factories.staff(first_name="Was", last_name="Here", last_day=date(2021, 8, 30))
    factories.staff(first_name="Is", last_name="Here", last_day=DAY)
    factories.staff(first_name="Will", last_name="Come", first_day=date(2021, 9, 1))
    assert names(queries.directory(None, None, on=DAY)) == ["Is Here"]
    assert db.session.scalar(queries.directory_count(DAY)) == 1
    rows = db.session.execute(queries.directory(None, None, on=DAY, is_everybody=True)).tuples().all()
    assert [(person.name, spell is not None) for person, spell in rows] == [
        ("Will Come", False),
        ("Is Here", True),
        ("Was Here", False),
    ]


def test_the_directory_is_narrowed_by_kind_team_service_and_organisation() -> None:
    fostering = factories.team("Fostering", "Children")
    school = factories.organisation("Riverside School")
    factories.staff(last_name="Foster", first_name="A", team_id=fostering.id)
    factories.staff(last_name="Other", first_name="B")
    factories.partner(school, last_name="School", first_name="C")
    factories.panel_member(last_name="Panel", first_name="D")

    def found(**values: object) -> list[str]:
        kind = values.pop("kind", None)
        return names(queries.directory(None, kind, on=DAY, **values))  # type: ignore[arg-type]

    assert found(kind=PersonKind.PANEL_MEMBER) == ["D Panel"]
    assert found(team_id=fostering.id) == ["A Foster"]
    assert found(service_id=fostering.service.id) == ["A Foster"]
    assert found(organisation_id=school.id) == ["C School"]
    assert found(kind=PersonKind.STAFF, organisation_id=school.id) == []


def test_lm08_somebody_who_moved_to_my_team_yesterday_is_there_today() -> None:
    manager = factories.staff(last_name="Manager", first_name="M")
    team = factories.team("Fostering")
    mover = factories.staff(last_name="Mover", first_name="A", last_day=date(2021, 8, 29))
    factories.spell(mover, first_day=date(2021, 8, 30), team_id=team.id, employed_from=date(2019, 1, 1))
    answers = factories.staff(last_name="Answers", first_name="B", manager_id=manager.id)
    factories.staff(last_name="Below", first_name="C", manager_id=answers.id)
    factories.staff(last_name="Elsewhere", first_name="D")

    def seen(day: date) -> list[str]:
        return names(queries.people_below(manager.id, {team.id}, day))

    assert seen(date(2021, 8, 29)) == ["B Answers", "C Below"]
    assert seen(DAY) == ["B Answers", "C Below", "A Mover"]


def test_people_in_teams_come_with_team_and_manager_in_one_statement() -> None:
    manager = factories.staff()
    team = factories.team("Fostering")
    for _ in range(3):
        factories.staff(team_id=team.id, manager_id=manager.id)
    team_id, known_as = team.id, manager.name
    db.session.flush()
    db.session.expire_all()
    with statements() as asked:
        rows = db.session.execute(queries.people_in_teams({team_id}, DAY)).tuples().all()
        shown = {(spell.team.name, spell.manager.name) for _, spell in rows}
    assert shown == {("Fostering", known_as)}
    assert len(asked) == 1


def test_headcounts_are_of_a_date() -> None:
    team = factories.team("Fostering")
    for last_day in (None, DAY, date(2021, 8, 30)):
        factories.staff(team_id=team.id, last_day=last_day)
    assert dict(db.session.execute(queries.headcounts(Spell.team_id, DAY)).tuples().all()) == {team.id: 2}


@pytest.mark.parametrize(
    ("typed", "is_meant"),
    [
        ("Élodie O’Neill", True),
        ("élodie O'NEILL", True),
        ("  Elo   o’neill ", True),
        ("Élodie", False),
        ("Elodie O’Neill", False),
    ],
)
def test_somebody_is_found_by_a_name_however_it_is_written(typed: str, is_meant: bool) -> None:
    person = factories.staff(first_name="Élodie", preferred_name="Elo", last_name="O’Neill")
    factories.staff()
    wanted = [person] if is_meant else []
    assert db.session.scalars(queries.staff_named(typed)).all() == wanted
    first_name, _, last_name = typed.strip().partition(" ")
    assert db.session.scalars(queries.namesakes(first_name, last_name)).all() == wanted
