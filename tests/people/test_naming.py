"""Whom a text names (3.0): what a board reads is looked through before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.core import clock
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.people import rules
from app.people.queries import Named, named_in
from tests import factories


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("Waiting for joy okafor", True),
        ("Okafor, Joy asked", True),
        ("moved for Joy  Okafor-", True),
        ("ask JOY.OKAFOR@council.example, please", True),
        ("010008 moved", True),
        ("Joy N. Okafor moved", True),
        ("Joy Ngozi Okafors team", True),
        ("Joy_Okafor", True),
        ("waiting_for_joy_okafor_to_come", True),
        ("JoyOkafor's team", True),
        ("OkaforJoy", True),
        ("Joy\u200bOkafor", True),
        ("Jo\u200by Oka\u00adfor", True),
        ("Joy \u2060Okafor", True),
        ("Joy and Okafor", False),
        ("The joy of Okafor", False),
        ("Joy by way of Okafor", False),
        ("Joy in Okaforia", False),
        ("Joyokaforia", False),
        ("J. Okafor", False),  # a limit that definitions.md states
        ("Joy to the world", False),
        ("Two of them left in March 2022", False),
        ("0100081 places", False),
    ],
)
def test_3_0_a_text_names_by_name_address_or_number(text: str, is_named: bool) -> None:
    found = factories.staff(
        first_name="Joy",
        last_name="Okafor",
        email="joy.okafor@council.example",
        employee_number="010008",
    )
    factories.staff(first_name="Year", last_name="Like", employee_number="2022")
    assert named_in(text) == (found.name if is_named else None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("After Pam Johnson returns", "Pam Johnson"),
        ("After Pamela Johnson returns", "Pam Johnson"),
        ("Johnson, Pam", "Pam Johnson"),
        ("PAMELA JOHNSON'S TEAM", "Pam Johnson"),
        ("Pam Johnsons team", "Pam Johnson"),
        ("The team of Éloïse Ångström", "Éloïse Ångström"),
        ("ÉLOÏSE ÅNGSTRÖM", "Éloïse Ångström"),
        ("eloise angstrom", "Éloïse Ångström"),
        ("Ask Sean O’Brien-Lee", "Seán O'Brien Lee"),
        ("ask sean obrien lee", "Seán O'Brien Lee"),
        ("Demonstration trainer leaves", "Demonstration trainer"),
        ("trainer, Demonstration", "Demonstration trainer"),
        ("As tam@kestrel.example says", "tam@kestrel.example"),
        ("Kay Brook said so", "Kay Brook"),
        ("Kay J. Brook said so", "Kay Brook"),
        ("KayBrook said so", "Kay Brook"),
        ("Seán P O'Brien-Lee", "Seán O'Brien Lee"),
        ("SeanOBrienLee", "Seán O'Brien Lee"),
        ("Pamela-Anne Johnson", "Pam Johnson"),
        ("Spam Johnson", None),
        ("The trainer", None),
        ("Kestrel", None),
        ("SOS2-07", None),
    ],
)
def test_3_0_a_text_names_whoever_takeup_knows_as_it_shows_them(text: str, name: str | None) -> None:
    factories.staff(first_name="Pamela", preferred_name="Pam", last_name="Johnson")
    factories.staff(first_name="Éloïse", last_name="Ångström")
    factories.partner(first_name="Seán", last_name="O'Brien Lee")
    factories.trainer(name="Demonstration trainer", email="tam@kestrel.example")
    factories.trainer(name="Kestrel", email="desk@kestrel.example")
    factories.user(Role.ACADEMY_MANAGER, name="Kay Brook")
    assert named_in(text) == name


def test_3_0_a_short_name_is_no_word_that_it_happens_to_spell() -> None:
    among = [Named("Per", None, "Son"), Named("Al", None, "So"), Named("Joy", None, "Li")]
    assert named_in("A person also listens", among) is None
    assert named_in("Joy brings life to all", among) is None
    assert named_in("What Per Son says", among) == "Per Son"
    assert named_in("What Joy M. Li says", among) == "Joy Li"
    assert named_in("Joy\u200bLi", among) == named_in("J\u200boy Li", among) == "Joy Li"
    assert named_in("Jo\u200bLi", [Named("Jo", None, "Li")]) == "Jo Li"
    assert named_in("Per\u00adson", [Named("Son", None, "Jo")]) is None


def test_3_0_an_employee_number_is_found_as_it_is_written() -> None:
    among = [Named("Joy", None, "Okafor", None, "AB_12"), Named("Ada", None, "Quux", None, "10-0008")]
    assert named_in("ab_12", among) == "Joy Okafor"
    assert named_in("10-0008 has moved", among) == "Ada Quux"
    assert named_in("10-00081 has moved", among) is None


def test_3_0_a_text_names_whom_a_file_brings() -> None:
    assert named_in("Joy Okafor's team", [Named("Joy", None, "Okafor")]) == "Joy Okafor"


@pytest.mark.parametrize(
    "call",
    [
        lambda name, by: rules.add_service(name=name, **by),
        lambda name, by: rules.add_role_group(name=name, **by),
        lambda name, by: rules.add_sector(name=name, **by),
        lambda name, by: rules.add_team(name=name, service=factories.team("Some team").service, **by),
        lambda name, by: rules.rename_service(service=factories.team("Some team").service, name=name, **by),
        lambda name, by: rules.rename_role_group(role_group=factories.role_group(), name=name, **by),
        lambda name, by: rules.edit_team(
            team=(team := factories.team("Some team")), name=name, service=team.service, **by
        ),
    ],
)
def test_3_0_the_rows_of_a_breakdown_name_nobody(call: Callable[[str, dict[str, Any]], Any]) -> None:
    factories.staff(first_name="Pamela", last_name="Johnson")
    by = {"by": factories.actor(Role.ACADEMY_MANAGER), "now": clock.now()}
    with pytest.raises(RuleBroken, match="The board reads this, and it names Pamela Johnson"):
        call("Pamela Johnson's people", by)
    assert call("The children's people", by).name == "The children's people"
