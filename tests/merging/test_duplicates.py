"""Who may be here twice, and why."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.merging import rules
from app.people import queries
from app.people.models import EmploymentType, Person, PersonKind, Spell
from tests import factories
from tests.statements import statements

MANY = 500


def found(**values: Any) -> list[tuple[str, str, list[str]]]:
    pairs = queries.possible_duplicates(on=clock.today(), **values)
    return [(one.first.name, one.second.name, one.reasons) for one in pairs]


def okafor(first_name: str = "Joy", last_name: str = "Okafor", **values: Any) -> Person:
    return factories.staff(first_name=first_name, last_name=last_name, **values)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({}, "Same name, both in Child in Need"),
        ({"first_name": "Joyce", "preferred_name": "joy"}, "Same name, both in Child in Need"),
        ({"first_name": "J"}, "Same last name and initial, both in Child in Need"),
        ({"first_name": "J."}, "Same last name and initial, both in Child in Need"),
        ({"first_name": "Okafor", "last_name": "Joy"}, "First and last name exchanged"),
        (
            {"first_name": "Ann", "last_name": "Lee", "email": "joy.okafor@nhs.example"},
            "Both have an e-mail address that begins joy.okafor@",
        ),
        ({"first_name": "Ann"}, None),
        ({"first_name": "A"}, None),
    ],
)
def test_u07_two_records_seem_to_be_one_person_for_a_reason(
    other: dict[str, Any], reason: str | None
) -> None:
    okafor(email="joy.okafor@council.example")
    okafor(**other)
    assert [reasons for _, _, reasons in found()] == ([[reason]] if reason else [])


def test_u07_two_of_one_name_in_two_teams_are_two_people_unless_one_only_walked_in() -> None:
    joy, elsewhere = okafor(), okafor(team_id=factories.team("Fostering").id)
    assert found() == []
    factories.person(first_name="Joy", last_name="Okafor", employee_number=None, email=None)
    assert len(found()) == 2
    assert {reasons[0] for _, _, reasons in found()} == {
        "Same name, and nothing says where one of them belongs"
    }
    rules.merge(survivor=joy, merged=elsewhere, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now())
    assert len(found()) == 1


def test_u07_an_address_that_an_office_shares_says_nothing() -> None:
    for number in range(3):
        okafor(first_name=f"Ann{number}", last_name=f"Lee{number}", email=f"office@school{number}.example")
    assert found() == []


def test_u07_who_was_said_to_be_somebody_else_is_not_offered_again() -> None:
    first, second = okafor(), okafor()
    by = factories.actor(Role.ACADEMY_MANAGER)
    for _ in range(2):
        rules.keep_apart(first=second, second=first, by=by, now=clock.now())
    assert found() == []


def test_3_0_an_administrators_list_is_of_staff() -> None:
    okafor()
    factories.person(kind=PersonKind.PARTNER, first_name="Joy", last_name="Okafor", email=None)
    assert (len(found()), found(only_staff=True)) == (1, [])


def test_the_list_takes_one_statement_however_many_people_there_are() -> None:
    """How long of 10,000 it takes is measured by `make bench`."""
    team = factories.team()
    people = [
        {
            "kind": PersonKind.STAFF,
            "first_name": f"First{number % 211}",
            "last_name": f"Last{number % 1009}",
            "email": f"somebody{number}@council.example",
            "created_at": factories.LONG_AGO,
        }
        for number in range(MANY)
    ]
    ids = db.session.scalars(insert(Person).returning(Person.id), people).all()
    first_day = clock.today()
    stamps = {
        "recorded_at": factories.LONG_AGO,
        "recorded_by": "Tests",
        "entered_at": factories.LONG_AGO,
        "first_day": first_day,
        "employed_from": first_day,
        "employment_type": EmploymentType.EMPLOYEE,
        "team_id": team.id,
    }
    db.session.execute(insert(Spell), [{"person_id": ident} | stamps for ident in ids])
    okafor(), okafor()
    with statements() as asked:
        assert len(found()) == 1
    assert len(asked) == 1, asked
