"""Files about people two of whose records were merged: staff with staff, and staff with partners. (U-07)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db, live, record
from app.exchange.models import ImportKind
from app.exchange.rules import Group
from app.exchange.rules.ledger import all_or_nothing, changed_meanwhile
from app.merging import rules
from app.people.models import EmploymentType, Person, PersonKind, Spell
from tests import factories
from tests.exchange.samples import ANN, bring_in, bring_in_people, csv_of, hr, look, person, staff

Posts = list[tuple[str, str | None, str]]
ANNS = ANN["employee_number"]


@pytest.fixture(autouse=True)
def _two_records(travel_to: Callable[..., None]) -> None:
    """Number 000201 was merged into 000200, which took no detail of it."""
    travel_to("2022-03-01 10:00")
    bring_in_people(*staff("000200", "000201"), now=clock.now())
    rules.merge(survivor=person("000200"), merged=person("000201"), by=COMMAND_LINE, now=clock.now())
    db.session.commit()


def test_u07_the_number_that_was_given_up_is_left_out_and_said() -> None:
    _, plan = look(ImportKind.PEOPLE, hr(*staff("000200", "000201")))
    assert plan.changes_nothing
    assert [one.reason for one in plan.notices] == [
        "This record was merged into Given000200 Archer (000200), so the line is left out."
    ]


def test_u07_the_address_that_was_left_behind_is_free_for_the_person() -> None:
    moved = staff("000200", work_email="p000201@council.example")
    bring_in_people(*moved)
    assert person("000200").email == "p000201@council.example"
    assert person("000201").email is None


# --- An employee who is, was or will be a partner or on the foster panel as well ----------------------------


def posts_of(of: Person) -> Posts:
    """Where somebody belongs, as known now: first day, last day, as what."""
    statement = select(Spell).where(Spell.person_id == of.id, live(Spell)).order_by(Spell.first_day)
    return [
        (str(one.first_day), str(one.last_day) if one.last_day else None, one.employment_type.value)
        for one in db.session.scalars(statement)
    ]


def also(kind: PersonKind, first_day: str, line: dict[str, Any]) -> Person:
    """Ann Archer as HR's line has her, merged with her own record of another kind from `first_day` on."""
    bring_in_people(*staff("000200"), line)
    other = factories.person(kind=kind, first_name="A", last_name="Archer", email="ann@health.example")
    organisation_id = factories.organisation("Health Visiting").id if kind is PersonKind.PARTNER else None
    factories.spell(
        other,
        first_day=date.fromisoformat(first_day),
        employment_type=EmploymentType(kind.value),
        organisation_id=organisation_id,
    )
    rules.merge(survivor=person(ANNS), merged=other, by=COMMAND_LINE, now=clock.now())
    db.session.commit()
    return person(ANNS)


@pytest.mark.parametrize("kind", [PersonKind.PARTNER, PersonKind.PANEL_MEMBER])
@pytest.mark.parametrize(
    ("line", "since", "posts"),
    [
        pytest.param(
            {"start_date": "2020-01-01", "end_date": "2021-06-30"},
            "2021-07-01",
            [("2020-01-01", "2021-06-30", "employee"), ("2021-07-01", None, "{kind}")],
            id="left",
        ),
        pytest.param(
            {"start_date": "2022-04-04"},
            "2022-01-10",
            [("2022-01-10", "2022-04-03", "{kind}"), ("2022-04-04", None, "employee")],
            id="still to start",
        ),
    ],
)
def test_4_6_hrs_file_changes_nothing_of_time_that_is_not_staffs(
    run_command: Callable[..., Result],
    tmp_path: Path,
    kind: PersonKind,
    line: dict[str, str],
    since: str,
    posts: Posts,
) -> None:
    """Neither with their line in it, nor without: nobody is missing who is no member of staff that day."""
    them = also(kind, since, line)
    wanted = [(first, last, what.format(kind=kind.value)) for first, last, what in posts]
    assert posts_of(them) == wanted
    with_her, without = hr(*staff("000200"), line), hr(*staff("000200"))
    for content in (with_her, without):
        path = tmp_path / "people.csv"
        path.write_bytes(content)
        result = run_command("import", "people", str(path))
        assert (result.exit_code, "There was nothing to change." in result.output) == (0, True), result.output
    assert posts_of(them) == wanted
    bring_in_people(*staff("000200"), line | {"team": "Adoption"})
    assert posts_of(them) == wanted


def test_u06_who_comes_back_to_the_council_is_no_partner_from_that_day() -> None:
    them = also(PersonKind.PARTNER, "2021-07-01", {"start_date": "2020-01-01", "end_date": "2021-06-30"})
    _, plan = look(ImportKind.PEOPLE, hr(*staff("000200"), {"start_date": "2022-03-14"}))
    assert [one.what for one in plan.differences[Group.STARTERS]] == [
        "Back from 14 March 2022, Social Worker in Fostering"
    ]
    bring_in_people(*staff("000200"), {"start_date": "2022-03-14"})
    assert posts_of(them) == [
        ("2020-01-01", "2021-06-30", "employee"),
        ("2021-07-01", "2022-03-13", "partner"),
        ("2022-03-14", None, "employee"),
    ]


def test_u06_a_partner_after_time_on_the_foster_panel_begins_anew() -> None:
    partner, panel = factories.person(kind=PersonKind.PARTNER), factories.person(kind=PersonKind.PANEL_MEMBER)
    homes = factories.organisation("Castle Homes", sector="Housing")
    of_homes = {"employment_type": EmploymentType.PARTNER, "organisation_id": homes.id}
    factories.spell(partner, last_day=date(2021, 12, 31), **of_homes)
    factories.spell(panel, first_day=date(2022, 1, 1), employment_type=EmploymentType.PANEL_MEMBER)
    rules.merge(survivor=partner, merged=panel, by=COMMAND_LINE, now=clock.now())
    db.session.commit()
    names = {name: getattr(partner, name) for name in ("first_name", "last_name", "email")}
    bring_in(ImportKind.PARTNERS, csv_of([names | {"organisation": homes.name, "sector": "Housing"}]))
    assert posts_of(partner) == [
        ("2019-01-01", "2021-12-31", "partner"),
        ("2022-01-01", "2022-02-28", "panel_member"),
        ("2022-03-01", None, "partner"),
    ]
    now = partner.spell_on(clock.today())
    assert now is not None
    assert now.employed_from == now.first_day


def test_u07_what_no_trying_again_would_help_is_not_put_down_to_somebody_else() -> None:
    """A partner of no organisation is never right, whoever else is at work."""
    wrong = Spell(
        person_id=person("000200").id,
        first_day=date(2010, 1, 1),
        last_day=date(2010, 1, 1),
        employed_from=date(2010, 1, 1),
        employment_type=EmploymentType.PARTNER,
    )
    with pytest.raises(IntegrityError), all_or_nothing(changed_meanwhile()):
        record(wrong, by="Tests", now=clock.now())
