"""An account whose holder has another address by now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import jobs as account_jobs
from app.accounts import rules
from app.accounts.models import LinkPurpose, PasswordLink, User
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.outbox.models import Message
from app.people.models import Person
from tests import factories
from tests.accounts.conftest import PASSWORD
from tests.pages import Pages
from tests.races import at_once

TOM, MARRIED = "tom@council.example", "tom.married@council.example"
ANOTHER = "a long one for the winter"


@pytest.fixture
def tom(account: Callable[..., User]) -> User:
    """Somebody who married: their record has the new address, their account the old one."""
    return account(email=TOM, name="Tom Reyes", of=factories.staff(email=MARRIED))


@pytest.fixture
def administrator(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ADMINISTRATOR))


def told() -> set[tuple[str, str]]:
    return set(db.session.execute(select(Message.kind, Message.to_address)).tuples())


def asked_for_link(email: str) -> int:
    rules.ask_for_reset(email=email, now=clock.now())
    db.session.commit()
    return account_jobs.resets(clock.now()).done


def test_sa03_an_address_is_changed_and_signed_in_with(administrator: Pages, tom: User) -> None:
    """The directory's stands there already; both addresses are told, and whoever was signed in is not."""
    page = administrator.get("/")
    page = administrator.get(page.links()["1 account signs in with another address than the directory has"])
    page = administrator.get(page.links()["Tom Reyes"])
    page = administrator.get(page.links()["Change the address"])
    assert page.value("email") == MARRIED
    was = tom.fs_uniquifier
    page = administrator.submit(page)
    assert "The account has another address." in page.text
    db.session.refresh(tom)
    assert (tom.email, tom.fs_uniquifier == was) == (MARRIED, False)
    assert told() == {("address_changed", TOM), ("address_changed", MARRIED)}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "account:address changed")).one()
    assert entry.changes == {"email": [TOM, MARRIED]}
    assert "another address than" not in administrator.get("/").text
    administrator.submit(administrator.get("/account"), form="/sign-out")
    administrator.submit(administrator.get("/sign-in"), {"email": MARRIED, "password": PASSWORD})
    assert "Tom Reyes" in administrator.get("/account").text


def test_no_link_goes_to_an_address_that_passed_on(administrator: Pages, tom: User) -> None:
    """Whoever has it now could take the account over."""
    assert asked_for_link(TOM) == 1
    factories.staff(email=TOM)
    assert asked_for_link(TOM) == 0
    with pytest.raises(RuleBroken, match="somebody else’s by now: change the address"):
        rules.make_password_link(user=tom, by=factories.actor(Role.ADMINISTRATOR), now=clock.now())
    administrator.submit(administrator.get(f"/accounts/{tom.id}/address"))
    assert ("address_changed", MARRIED) in told()
    assert ("address_changed", TOM) not in told()
    assert asked_for_link(MARRIED) == 1


def test_an_invitation_goes_to_the_new_address(administrator: Pages) -> None:
    invited = factories.user(Role.TRAINER, email=TOM)
    administrator.submit(administrator.get(f"/accounts/{invited.id}/address"), {"email": MARRIED})
    assert told() == {("invitation", MARRIED)}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the address with which they sign in from now on"),
        (TOM, "That is the address of this account already"),
        ("TAKEN@council.example", "There is an account for taken@council.example already"),
    ],
)
def test_an_address_that_cannot_be_given(
    administrator: Pages, tom: User, account: Callable[..., Any], typed: str, sentence: str
) -> None:
    account(email="taken@council.example")
    page = administrator.submit(administrator.get(f"/accounts/{tom.id}/address"), {"email": typed})
    assert page.errors == [sentence]
    assert db.session.get_one(User, tom.id).email == TOM


def test_an_address_of_nobody_in_the_directory_is_no_others(tom: User) -> None:
    """An account without a person, whose address comes into the directory later, is most likely theirs."""
    nobody = factories.user(Role.ADMINISTRATOR, email="ada@council.example")
    factories.staff(email=nobody.email)
    assert db.session.get_one(Person, tom.person_id).email == MARRIED
    assert asked_for_link(nobody.email) == 1


@pytest.mark.parametrize("round_", range(3))
def test_who_sets_a_password_while_their_address_changes_waits_for_nobody_for_ever(
    app: Flask, tom: User, round_: int
) -> None:
    """By an old link, by a new one, or by the password before: one is first, and the other finds it so."""
    now, tom_id = clock.now(), tom.id
    link_id = rules.make_link(user=tom, purpose=LinkPurpose.RESET, now=now)[0].id

    def by_link() -> None:
        rules.set_password(link=db.session.get_one(PasswordLink, link_id), password=ANOTHER, now=now)

    def by_password() -> None:
        rules.change_password(user=db.session.get_one(User, tom_id), password=ANOTHER, now=now)

    def elsewhere() -> None:
        user, by = db.session.get_one(User, tom_id), factories.actor(Role.ADMINISTRATOR)
        rules.change_address(user=user, email=f"tom{round_}@council.example", by=by, now=now)

    told = at_once(app, lambda number: (by_link, by_password, elsewhere)[number % 3]())
    assert set(told) <= {"done", "refused", "email"}
