"""Giving the role of a line manager to whoever manages somebody by the directory. (SA-03)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.accounts import queries, rules
from app.accounts.models import RoleGrant, User
from app.audit.models import AuditEntry
from app.core.db import db
from app.core.editions import edition
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.people.models import Person
from tests import factories
from tests.pages import Pages
from tests.races import at_once
from tests.statements import statements

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def admin() -> Any:
    return factories.actor(Role.ADMINISTRATOR, name="Ada Min")


def manages(*roles: Role, people: int = 1, name: str = "Adams", **values: Any) -> User:
    """The account of somebody to whom some people answer."""
    person = factories.staff(first_name="Mo", last_name=name)
    for _one in range(people):
        factories.staff(manager_id=person.id)
    return factories.user(*(roles or (Role.PRACTITIONER,)), of=person, **values)


def listed(on: date = TODAY) -> list[tuple[User, int]]:
    return list(db.session.execute(queries.to_be_line_managers(on=on)).tuples())


def give(users: list[User], *, seen: str | None = None, by: Any = None, **chosen: Any) -> list[User]:
    ids = [user.id for user in users]
    return rules.make_line_managers(
        shown=ids, chosen=chosen.get("chosen", ids), seen=seen, by=by or admin(), now=NOW
    )


# --- Who manages somebody, and can't see them ----------------------------------------------------------


def test_sa03_who_manages_somebody_in_post_and_lacks_the_role_is_listed_by_name() -> None:
    carr, adams = manages(people=1, name="Carr"), manages(Role.TRAINER, people=2, name="Adams")
    manages(Role.LINE_MANAGER, Role.PRACTITIONER)  # has it
    factories.user(Role.PRACTITIONER, of=factories.staff())  # manages nobody
    factories.user(Role.ADMINISTRATOR)  # is nobody of the directory
    assert listed() == [(adams, 2), (carr, 1)]
    assert queries.to_be_line_managers_count(on=TODAY) == 2


@pytest.mark.parametrize(
    ("first_day", "last_day", "is_there"),
    [
        (date(2020, 1, 1), TODAY, True),
        (TODAY, None, True),
        (date(2020, 1, 1), YESTERDAY, False),
        (TOMORROW, None, False),
    ],
)
def test_who_answers_to_them_is_in_post_that_day(
    first_day: date, last_day: date | None, is_there: bool
) -> None:
    user = manages(people=0)
    factories.staff(manager_id=user.person_id, first_day=first_day, last_day=last_day)
    assert [one for one, _count in listed()] == [user] * is_there


@pytest.mark.parametrize(
    "values", [{"active": False}, {"expires_on": YESTERDAY}], ids=["closed", "its last day is over"]
)
def test_an_account_that_lets_nobody_in_is_not_listed(values: dict[str, Any]) -> None:
    manages(**values)
    assert listed() == []


def test_a_manager_who_has_left_is_not_listed() -> None:
    user = manages()
    assert user.person is not None
    user.person.spells[0].last_day = YESTERDAY
    db.session.flush()
    assert listed() == []
    assert [one for one, _count in listed(YESTERDAY)] == [user]


@pytest.mark.parametrize("role", [Role.ACADEMY_MANAGER, Role.BOARD_MEMBER, Role.DFE_ADVISER])
def test_whoever_sees_every_team_or_never_a_name_is_not_listed(role: Role) -> None:
    manages(role, Role.PRACTITIONER)
    assert listed() == []


def test_of_those_who_have_the_role_who_manages_nobody_now() -> None:
    manages(Role.LINE_MANAGER)
    between = manages(Role.LINE_MANAGER, people=0)
    was = manages(Role.LINE_MANAGER, people=0)
    factories.staff(manager_id=was.person_id, last_day=YESTERDAY)
    manages(Role.LINE_MANAGER, people=0, active=False)
    manages(Role.PRACTITIONER, people=0)
    assert list(db.session.scalars(queries.managing_nobody(on=TODAY))) == [between, was]


# --- Giving it -----------------------------------------------------------------------------------------


def test_sa03_those_who_are_chosen_get_the_role_and_keep_theirs_and_it_is_recorded_as_by_hand() -> None:
    one, other = manages(name="Adams"), manages(Role.TRAINER, name="Brown")
    assert give([one, other], chosen=[other.id]) == [other]
    assert (set(one.roles), set(other.roles)) == ({Role.PRACTITIONER}, {Role.LINE_MANAGER, Role.TRAINER})
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.thing_id == other.id)).one()
    assert (entry.verb, entry.actor_name) == ("account:roles changed", "Ada Min")
    assert entry.thing_label == f"{other.name} ({other.email})"
    assert entry.changes == {"roles": ["Trainer", "Line manager, Trainer"]}
    grant = db.session.get_one(RoleGrant, (other.id, Role.LINE_MANAGER))
    assert (grant.granted_at, grant.granted_by) == (NOW, "Ada Min")


def test_only_an_administrator_gives_it() -> None:
    user = manages()
    with pytest.raises(NotAllowed, match="administrator"):
        give([user], by=factories.actor(Role.ACADEMY_MANAGER))


def test_nobody_chosen_is_said() -> None:
    with pytest.raises(RuleBroken, match="Tick at least one person"):
        give([manages()], chosen=[])


def test_a_second_press_is_told_and_changes_nothing() -> None:
    users = [manages(), manages()]
    seen = edition(rules.roles_told_of(users))
    give(users, seen=seen)
    with pytest.raises(RuleBroken, match="changed after you opened"):
        give(users, seen=seen)
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 2


def _closed(user: User) -> None:
    user.active = False


def _manages_nobody_now(user: User) -> None:
    for person in db.session.scalars(select(Person).where(Person.id != user.person_id)):
        for spell in person.spells:
            if spell.manager_id == user.person_id:
                spell.manager_id = None


def _of_another_role(user: User) -> None:
    user.grants.append(RoleGrant(role=Role.TRAINER, granted_at=NOW, granted_by="Tests"))


@pytest.mark.parametrize("changed", [_closed, _manages_nobody_now, _of_another_role])
def test_an_account_that_changed_meanwhile_is_told_about_and_nobody_gets_the_role(
    changed: Callable[[User], None],
) -> None:
    one, other = manages(), manages()
    seen = edition(rules.roles_told_of([one, other]))
    changed(other)
    db.session.flush()
    with pytest.raises(RuleBroken, match="changed after you opened"):
        give([one, other], seen=seen)
    assert Role.LINE_MANAGER not in one.roles + other.roles


def test_of_several_who_press_at_one_moment_one_gives_it(app: Flask) -> None:
    users = [manages(), manages()]
    ids, seen = [user.id for user in users], edition(rules.roles_told_of(users))

    def press(_number: int) -> None:
        rules.make_line_managers(shown=ids, chosen=ids, seen=seen, by=admin(), now=NOW)

    factories.user(Role.ADMINISTRATOR)
    assert at_once(app, press) == ["done"] + ["refused"] * 5
    held = select(func.count()).where(RoleGrant.role == Role.LINE_MANAGER)
    assert db.session.scalar(held) == 2
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 2


def test_statements_do_not_grow_with_the_people() -> None:
    """SQLite is given the rows of a batch one by one, which costs it nothing: they count as one."""

    def costs(count: int) -> int:
        users = [manages() for _one in range(count)]
        db.session.commit()
        ids = [user.id for user in users]
        db.session.expire_all()
        with statements() as asked:
            assert len(rules.make_line_managers(shown=ids, chosen=ids, by=admin(), now=NOW)) == count
            db.session.commit()
        return len(list(groupby(asked)))

    assert costs(30) <= costs(3)


# --- The page ------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(account: Callable[..., User], pages: Pages) -> User:
    user = account(Role.ADMINISTRATOR, name="Ada Min", email="ada@council.example")
    pages.sign_in(user)
    return user


def test_an_administrator_is_told_on_today_and_gives_the_role_in_one_press(
    pages: Pages, administrator: User
) -> None:
    manager, other = manages(people=2, name="Adams"), manages(name="Brown")
    kept = manages(name="Carr")
    page = pages.get("/")
    page = pages.get(page.links()["3 people manage somebody and can’t see their team"])
    assert (page.path, page.h1) == ("/accounts/line-managers", "Line managers")
    assert f"Mo Adams ({manager.email}, Practitioner): 2 people answer to them" in page.text
    assert f"Mo Brown ({other.email}, Practitioner): 1 person answers to them" in page.text
    ticked = {one.get("value") for one in page.tree.iterfind(".//input[@type='checkbox'][@checked]")}
    assert ticked == {str(user.id) for user in (manager, other, kept)}
    page = pages.submit(page, {"people": [str(manager.id), str(other.id)]})
    assert (page.path, page.h1) == ("/accounts/line-managers", "Line managers")
    assert "2 people are line managers now." in page.html
    assert "Mo Carr" in page.text
    assert "Mo Adams" not in page.text
    assert "1 person manages somebody and can’t see their team" in pages.get("/").links()
    team = pages.sign_in(manager).get("/").links()
    assert "My team" in team


def test_the_page_is_linked_from_accounts_and_says_when_there_is_nothing_to_do(
    pages: Pages, administrator: User
) -> None:
    page = pages.get(pages.get("/accounts").links()["Line managers"])
    assert "There is nobody to make a line manager" in page.text
    assert "manage nobody now" not in page.text
    assert "can’t see their team" not in pages.get("/").text


def test_who_has_the_role_and_manages_nobody_is_only_listed(pages: Pages, administrator: User) -> None:
    between = manages(Role.LINE_MANAGER, people=0, name="Dean")
    page = pages.get("/accounts/line-managers")
    assert "1 line manager manages nobody now" in page.text
    assert "may be between teams" in page.text
    assert page.links()["Mo Dean"] == f"/accounts/{between.id}"
    for number in range(20):
        manages(Role.LINE_MANAGER, people=0, name=f"Evans{number}")
    page = pages.get("/accounts/line-managers")
    assert "21 line managers manage nobody now" in page.text
    assert "The first 20 by name" in page.text


def test_a_press_on_a_list_that_changed_shows_it_as_it_is_now(pages: Pages, administrator: User) -> None:
    manager, other = manages(name="Adams"), manages(name="Brown")
    page = pages.get("/accounts/line-managers")
    db.session.execute(update(User).where(User.id == other.id).values(active=False))
    again = pages.submit(page, {"people": [str(manager.id)]})
    assert "changed after you opened the page" in again.errors[0]
    assert "Mo Brown" not in again.text
    assert "2 people" not in pages.submit(again, {"people": [str(manager.id)]}).html
    assert Role.LINE_MANAGER in manager.roles


def test_a_second_press_of_the_button_is_told_that_the_role_was_given(
    pages: Pages, administrator: User
) -> None:
    manages()
    page = pages.get("/accounts/line-managers")
    pages.submit(page)
    again = pages.submit(page)
    assert len(again.errors) == 1
    assert "perhaps the role was just given" in again.errors[0]


def test_nobody_ticked_is_said_beside_the_ticks(pages: Pages, administrator: User) -> None:
    manages()
    page = pages.submit(pages.get("/accounts/line-managers"), {"people": None})
    assert page.errors == ["Tick at least one person"]
    assert page.value("people") is None


def test_a_list_of_several_pages_says_that_ticks_are_of_one(pages: Pages, administrator: User) -> None:
    for number in range(101):
        manages(name=f"Adams{number:03d}")
    page = pages.get("/accounts/line-managers")
    assert "Ticks are of this page alone" in page.text
    page = pages.submit(page)
    assert "100 people are line managers now." in page.html
    assert "Mo Adams100" in page.text
    assert "Ticks are" not in page.text


def test_others_do_not_open_it(pages: Pages) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get("/accounts/line-managers", status=403)
