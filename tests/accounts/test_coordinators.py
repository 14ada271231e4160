"""The academy invites the coordinators of partner organisations, and nobody to any other role. (MA-05)"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import queries, rules
from app.accounts.models import User
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.outbox.models import Message
from app.people.models import Organisation
from tests import factories
from tests.pages import Pages

CORA = {"first_name": "Cora", "last_name": "Ody", "email": "cora@riverside.example"}


@pytest.fixture
def school() -> Organisation:
    return factories.organisation("Riverside School")


def _invite(school: Organisation, role: Role = Role.ACADEMY_MANAGER, **values: Any) -> User:
    typed = {"organisation": school, **CORA, "job_title": None, **values}
    return rules.invite_coordinator(**typed, by=factories.actor(role), now=clock.now())


def test_ma05_the_academy_invites_a_coordinator_who_was_not_recorded(
    pages: Pages, school: Organisation
) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(pages.get(f"/organisations/{school.id}").links()["Invite a coordinator"])
    page = pages.submit(page, {**CORA, "email": ""})
    assert page.errors == ["Enter their e-mail address: places and reminders go there"]
    page = pages.submit(page, CORA)
    assert "Cora Ody is invited. The e-mail goes to cora@riverside.example." in page.html
    user = db.session.scalars(queries.by_email(CORA["email"])).one()
    assert queries.actor_of(user, on=clock.today()).organisation_ids == {school.id}
    assert set(user.roles) == {Role.COORDINATOR}
    sent = db.session.scalars(select(Message).where(Message.to_address == CORA["email"])).one()
    assert sent.kind == "invitation"


def test_ma05_a_partner_with_an_account_becomes_a_coordinator_besides(school: Organisation) -> None:
    partner = factories.partner(school, email=CORA["email"])
    user = factories.user(Role.PARTNER, of=partner)
    assert _invite(school) == user
    assert set(user.roles) == {Role.PARTNER, Role.COORDINATOR}
    with pytest.raises(RuleBroken, match="is a coordinator already"):
        _invite(school)


@pytest.mark.parametrize(
    ("is_here", "role", "words"),
    [(False, None, "is not recorded at Riverside School today"), (True, Role.TRAINER, "has other roles too")],
)
def test_ma05_nobody_of_another_organisation_or_with_other_roles(
    school: Organisation, is_here: bool, role: Role | None, words: str
) -> None:
    where = school if is_here else factories.organisation("Hill School")
    partner = factories.partner(where, email=CORA["email"])
    if role:
        factories.user(role, of=partner)
    with pytest.raises(RuleBroken, match=words):
        _invite(school)


@pytest.mark.parametrize(
    "role", [one for one in Role if one not in {Role.ACADEMY_MANAGER, Role.ADMINISTRATOR}]
)
def test_3_0_only_the_academy_and_administrators_invite_coordinators(
    pages: Pages, school: Organisation, role: Role
) -> None:
    with pytest.raises(NotAllowed, match="Only the academy can invite coordinators"):
        _invite(school, role)
    pages.sign_in(factories.user(role)).get(f"/organisations/{school.id}/coordinator", status=403)
