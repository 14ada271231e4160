"""Inviting many people of the directory at once, and once more those who have not come. (SA-03)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.accounts import queries, rules
from app.accounts.models import PasswordLink, User
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.outbox.models import Message, MessageState
from app.people import queries as people
from tests import factories
from tests.pages import Pages
from tests.races import at_once
from tests.statements import statements

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
UNSEEN = {"synchronize_session": False}  # by another process


def found(**narrowed: Any) -> Any:
    return queries.without_account(people.directory(None, None, on=TODAY), on=TODAY, **narrowed)


def admin() -> Any:
    return factories.actor(Role.ADMINISTRATOR, name="Ada Min")


def invite(now: datetime = NOW, **narrowed: Any) -> list[User]:
    return rules.invite_many(found=found(**narrowed), by=admin(), now=now)


# --- Who would be invited, and as what -----------------------------------------------------------------


def test_sa03_each_is_invited_in_the_role_of_who_they_are() -> None:
    manager = factories.staff(first_name="Mo", last_name="Adams")
    factories.staff(first_name="Sam", last_name="Brown", manager_id=manager.id)
    factories.partner(first_name="Pat", last_name="Carr")
    factories.panel_member(first_name="Fay", last_name="Dean")
    plan = rules.plan_of(found())
    assert [(one.person.name, one.role) for one in plan.invited] == [
        ("Mo Adams", Role.LINE_MANAGER),
        ("Sam Brown", Role.PRACTITIONER),
        ("Pat Carr", Role.PARTNER),
        ("Fay Dean", Role.PARTNER),
    ]
    assert plan.roles == [(Role.LINE_MANAGER, 1), (Role.PARTNER, 2), (Role.PRACTITIONER, 1)]
    users = invite()
    assert [(user.name, user.email, user.roles) for user in users] == [
        (one.person.name, one.person.email, [one.role]) for one in plan.invited
    ]
    assert [user.person_id for user in users] == [one.person.id for one in plan.invited]


def test_who_managed_somebody_once_is_a_practitioner() -> None:
    before = factories.staff(first_name="Mo")
    factories.staff(manager_id=before.id, last_day=TODAY - timedelta(days=1))
    assert [one.role for one in rules.plan_of(found()).invited] == [Role.PRACTITIONER]


def test_who_is_left_out_and_why() -> None:
    factories.staff(last_name="Adams", email=None)
    taken = factories.user(Role.TRAINER, email="sam@council.example")
    factories.staff(last_name="Brown", email="sam@council.example")
    factories.user(Role.PRACTITIONER, of=factories.staff(last_name="Has an account"))
    factories.user(Role.PRACTITIONER, of=factories.staff(last_name="Closed"), active=False)
    factories.staff(last_name="Left", last_day=TODAY - timedelta(days=1))
    factories.staff(last_name="Begins later", first_day=TODAY + timedelta(days=1))
    factories.staff(last_name="Leaves today", last_day=TODAY)
    plan = rules.plan_of(found())
    assert [one.person.last_name for one in plan.invited] == ["Leaves today"]
    assert [(one.person.last_name, one.why_not, one.holder_id) for one in plan.left_out] == [
        ("Adams", "No e-mail address is recorded", None),
        ("Brown", "Another account signs in with sam@council.example", taken.id),
    ]
    assert len(invite()) == 1


def test_the_list_is_narrowed() -> None:
    school = factories.organisation("Riverside School", "Education")
    factories.partner(school, last_name="Carr")
    worker = factories.staff(last_name="Adams")
    lead = factories.staff(last_name="Brown", role_group_id=factories.role_group("Team Manager").id)

    def names(**narrowed: Any) -> list[str]:
        return [one.person.last_name for one in rules.plan_of(found(**narrowed)).invited]

    assert names() == ["Adams", "Brown", "Carr"]
    assert names(sector_id=school.sector.id) == ["Carr"]
    assert names(role_group_id=lead.spells[0].role_group_id) == ["Brown"]
    assert names(ids=[worker.id]) == ["Adams"]
    assert names(ids=[]) == []


# --- Inviting them -------------------------------------------------------------------------------------


def test_each_gets_the_ordinary_invitation_once_and_it_is_recorded() -> None:
    for name in ("Adams", "Brown"):
        factories.staff(first_name="Sam", last_name=name)
    users = invite()
    sent = list(db.session.scalars(select(Message).order_by(Message.id)))
    links = list(db.session.scalars(select(PasswordLink).order_by(PasswordLink.id)))
    assert [(one.key, one.kind, one.to_address, one.to_name) for one in sent] == [
        (f"account:{user.id}:invitation:{link.id}", "invitation", user.email, user.name)
        for user, link in zip(users, links, strict=True)
    ]
    assert {one.useful_until for one in sent} == {NOW + timedelta(days=7)}
    for message, link in zip(sent, links, strict=True):
        assert message.secret is not None
        assert message.secret not in message.text
        usable = rules.usable_link(message.secret, purpose=link.purpose, now=NOW)
        assert usable is not None
        assert usable.id == link.id
    entries = list(db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "account:invited")))
    assert [(one.actor_name, one.thing_label, one.changes) for one in entries] == [
        ("Ada Min", f"{user.name} ({user.email})", {"roles": [None, "Practitioner"]}) for user in users
    ]
    with pytest.raises(RuleBroken, match="Nobody on this list can be invited"):
        invite()
    assert db.session.scalar(select(func.count()).select_from(Message)) == 2


def test_only_an_administrator_invites_many() -> None:
    factories.staff()
    manager = factories.actor(Role.ACADEMY_MANAGER)
    with pytest.raises(NotAllowed, match="administrator"):
        rules.invite_many(found=found(), by=manager, now=NOW)
    with pytest.raises(NotAllowed, match="administrator"):
        rules.send_again(shown=[], chosen=[], by=manager, now=NOW)


def test_nobody_is_invited_whom_the_page_did_not_tell() -> None:
    factories.staff()
    seen = edition(rules.plan_of(found()).told)
    factories.staff()
    with pytest.raises(RuleBroken, match="changed after you opened"):
        rules.invite_many(found=found(), seen=seen, by=admin(), now=NOW)
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_of_several_who_press_at_one_moment_one_invites(app: Flask) -> None:
    for _one in range(3):
        factories.staff()
    told = at_once(app, lambda _number: invite())
    assert told == ["done"] + ["refused"] * 5
    assert db.session.scalar(select(func.count()).select_from(User)) == 3
    assert db.session.scalar(select(func.count()).select_from(Message)) == 3


def test_statements_do_not_grow_with_the_people() -> None:
    """SQLite is given the rows of a batch one by one, which costs it nothing: they count as one."""

    def costs(count: int) -> int:
        for _one in range(count):
            factories.staff()
        db.session.commit()
        with statements() as asked:
            assert len(invite()) == count
            db.session.commit()
        shown = list(db.session.execute(queries.not_come(on=TODAY)).tuples())
        with statements() as again:
            pairs = [(user, link) for user, link, _state in shown]
            chosen = [user.id for user, _link in pairs]
            rules.send_again(shown=pairs, chosen=chosen, by=admin(), now=NOW)
            db.session.commit()
        return len(list(groupby(asked))) + len(list(groupby(again)))

    assert costs(40) <= costs(3) + 2  # what is read again after a commit


def test_500_are_invited_at_once_and_the_others_next() -> None:
    for number in range(501):
        factories.staff(last_name=f"Family{number:03d}")
    plan = rules.plan_of(found())
    assert (len(plan.invited), plan.invited_next) == (500, 1)
    assert len(invite()) == 500
    assert [user.name.split()[-1] for user in invite()] == ["Family500"]


# --- Those who have not come ---------------------------------------------------------------------------


def waited_for() -> list[tuple[User, PasswordLink]]:
    shown = db.session.execute(queries.not_come(on=TODAY)).tuples()
    return [(user, link) for user, link, _state in shown]


def test_who_has_not_come_is_who_could_and_has_no_password() -> None:
    last_names = ("Accepted", "Closed", "Ended", "Left", "Waits")
    users = {}
    for name in last_names:
        factories.staff(first_name="Sam", last_name=name)
    for user in invite():
        users[user.name.split()[-1]] = user
    users["Accepted"].password = "something"
    users["Closed"].active = False
    users["Ended"].expires_on = TODAY - timedelta(days=1)
    left = users["Left"].person
    assert left is not None
    left.spells[0].last_day = TODAY - timedelta(days=1)
    factories.user(Role.PRACTITIONER)  # never invited, as of the demonstration
    db.session.flush()
    assert [user.name for user, _link in waited_for()] == ["Sam Waits"]


def test_it_says_what_became_of_the_newest_e_mail() -> None:
    factories.staff()
    [user] = invite()
    db.session.scalars(select(Message)).one().state = MessageState.BOUNCED
    [(_user, first, state)] = db.session.execute(queries.not_come(on=TODAY)).tuples()
    assert state is MessageState.BOUNCED
    rules.send_invitation_again(user=user, by=admin(), now=NOW + timedelta(days=1))
    [(_user, newest, state)] = db.session.execute(queries.not_come(on=TODAY)).tuples()
    assert (newest.id > first.id, state) == (True, MessageState.QUEUED)


def test_those_who_are_chosen_are_invited_again_by_a_new_link() -> None:
    for name in ("Adams", "Brown", "Carr"):
        factories.staff(last_name=name)
    one, other, third = invite()
    carr = third.person
    assert carr is not None
    carr.email = "new@council.example"
    factories.staff(email=third.email)  # who has the address of the third by now
    db.session.flush()
    later = NOW + timedelta(days=8)
    shown = waited_for()
    seen = edition([link.id for _user, link in shown])
    done = rules.send_again(shown=shown, chosen={one.id, third.id}, seen=seen, by=admin(), now=later)
    assert done.sent == [one]
    assert [(user, "somebody else’s by now" in why) for user, why in done.refused] == [(third, True)]
    by_account = select(PasswordLink.user_id, func.count()).group_by(PasswordLink.user_id)
    assert dict(db.session.execute(by_account).tuples().all()) == {one.id: 2, other.id: 1, third.id: 1}
    newest = db.session.scalars(queries.latest_invitation(one)).one()
    assert (newest.expires_at, newest.used_at) == (later + timedelta(days=7), None)
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.thing_id == one.id))
    assert list(verbs) == ["account:invited", "account:invited again"]
    with pytest.raises(RuleBroken, match="changed after you opened"):  # the second press of one button
        rules.send_again(shown=waited_for(), chosen={one.id}, seen=seen, by=admin(), now=later)
    with pytest.raises(RuleBroken, match="Tick at least one person"):
        rules.send_again(shown=waited_for(), chosen=(), by=admin(), now=later)


def test_of_several_who_press_at_one_moment_one_sends_again(app: Flask) -> None:
    """Each looked at the list before any of them pressed."""
    for _one in range(3):
        factories.staff()
    invite()
    seen = edition([link.id for _user, link in waited_for()])
    later = NOW + timedelta(days=8)

    def press(_number: int) -> None:
        shown = waited_for()
        chosen = [user.id for user, _link in shown]
        rules.send_again(shown=shown, chosen=chosen, seen=seen, by=admin(), now=later)

    assert at_once(app, press) == ["done"] + ["refused"] * 5
    usable = select(PasswordLink.user_id, func.count()).where(PasswordLink.used_at.is_(None))
    counts = db.session.execute(usable.group_by(PasswordLink.user_id)).tuples()
    assert [count for _user, count in counts] == [1, 1, 1]
    assert db.session.scalar(select(func.count()).select_from(Message)) == 6


@pytest.mark.parametrize("make", [rules.send_invitation_again, rules.make_password_link])
def test_of_several_links_made_at_one_moment_one_can_be_used(app: Flask, make: Callable[..., Any]) -> None:
    factories.staff()
    user_id = invite()[0].id

    def press(_number: int) -> None:
        make(user=db.session.get_one(User, user_id), by=admin(), now=NOW + timedelta(hours=1))

    assert at_once(app, press) == ["done"] * 6
    usable = select(func.count()).select_from(PasswordLink).where(PasswordLink.used_at.is_(None))
    assert db.session.scalar(usable) == 1


def test_who_was_invited_twice_and_whoever_invites_them_anew_wait_for_nobody_for_ever(app: Flask) -> None:
    """One chooses a password by the link, others send the list or the one invitation again: in any order."""
    user_id = invite_one_twice()
    at = NOW + timedelta(hours=2)

    def chooses() -> None:
        newest = select(PasswordLink).where(PasswordLink.user_id == user_id).order_by(PasswordLink.id.desc())
        link = db.session.scalars(newest.limit(1)).one()
        rules.set_password(link=link, password="a long one for the winter", now=at)

    def sends_all() -> None:
        rules.send_again(shown=waited_for(), chosen=[user_id], by=admin(), now=at)

    def sends_one() -> None:
        rules.send_invitation_again(user=db.session.get_one(User, user_id), by=admin(), now=at)

    told = at_once(app, lambda number: (chooses, sends_all, sends_one)[number % 3]())
    assert set(told) <= {"done", "refused", "people"}
    usable = select(func.count()).select_from(PasswordLink).where(PasswordLink.used_at.is_(None))
    assert (db.session.scalar(usable) or 0) <= 1


def invite_one_twice() -> int:
    """Of the account its first link is used up, and its second open."""
    factories.staff()
    [user] = invite()
    rules.send_invitation_again(user=user, by=admin(), now=NOW + timedelta(hours=1))
    return user.id


def test_who_chose_a_password_meanwhile_is_not_written_to(app: Flask) -> None:
    factories.staff()
    invite()
    shown = waited_for()
    db.session.execute(update(User).values(password="something"), execution_options=UNSEEN)
    with pytest.raises(RuleBroken, match="changed after you opened"):
        rules.send_again(
            shown=shown, chosen=[shown[0][0].id], seen=edition([shown[0][1].id]), by=admin(), now=NOW
        )


# --- The pages -----------------------------------------------------------------------------------------


@pytest.fixture
def administrator(account: Callable[..., User], pages: Pages) -> User:
    user = account(Role.ADMINISTRATOR, name="Ada Min", email="ada@council.example")
    pages.sign_in(user)
    return user


def test_an_administrator_invites_a_whole_team_and_sees_who_has_not_come(
    pages: Pages, administrator: User
) -> None:
    team = factories.team("Early Help East")
    manager = factories.staff(first_name="Mo", last_name="Adams", team_id=team.id)
    factories.staff(first_name="Sam", last_name="Brown", team_id=team.id, manager_id=manager.id)
    factories.staff(first_name="Nil", last_name="Carr", team_id=team.id, email=None)
    factories.staff(first_name="Else", last_name="Where")
    page = pages.get(pages.get("/accounts").links()["Invite many"])
    assert "4 people" in page.text
    page = pages.submit(page, {"team": str(team.id)})
    assert "Mo Adams (Early Help East, Line manager)" in page.text
    assert "Nil Carr (Early Help East, No e-mail address is recorded)" in page.text
    assert "Else" not in page.text
    page = pages.submit(page, {"who": "everybody"}, form="/accounts/invite-many/check")
    assert page.h1 == "Invite 2 people?"
    assert "Line manager 1 person Practitioner 1 person" in page.text
    assert "Left out: 1 person" in page.text
    page = pages.submit(page)
    assert page.h1 == "Not yet signed in"
    assert "2 people are invited." in page.response.get_data(as_text=True)
    assert "Mo Adams (" in page.text
    assert "Sam Brown (" in page.text
    assert "Else" not in page.text
    assert {user.name for user in db.session.scalars(select(User))} == {"Ada Min", "Mo Adams", "Sam Brown"}


def test_only_those_who_are_ticked_are_invited_and_a_second_press_says_why_not(
    pages: Pages, administrator: User
) -> None:
    chosen = factories.staff(first_name="Sam", last_name="Brown")
    factories.staff(first_name="Else", last_name="Where")
    page = pages.submit(
        pages.get("/accounts/invite-many"),
        {"people": [str(chosen.id)]},
        form="/accounts/invite-many/check",
    )
    assert page.h1 == "Invite 1 person?"
    assert pages.submit(page).h1 == "Not yet signed in"
    page = pages.submit(page)
    assert page.h1 == "Nobody can be invited"
    assert "changed after you opened the page" in page.errors[0]
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_of_a_list_of_more_than_500_the_next_are_one_press_away(pages: Pages, administrator: User) -> None:
    team = factories.team("Early Help East")
    for number in range(502):
        factories.staff(first_name="Sam", last_name=f"Family{number:03d}", team_id=team.id)
    factories.staff(first_name="Else", last_name="Where")
    address = f"/accounts/invite-many/check?q=sam&team={team.id}&who=everybody"
    page = pages.submit(pages.get(address))
    assert (page.path, page.h1) == ("/accounts/invite-many/check", "Invite 2 people?")
    assert "500 people are invited. Each gets an e-mail with a link. 2 more people of this list" in page.text
    assert "Sam Family501" in page.text
    assert page.links()["Back to the list"] == f"/accounts/invite-many?q=sam&team={team.id}"
    page = pages.submit(page)
    assert page.h1 == "Not yet signed in"
    assert "2 people are invited. Each gets an e-mail with a link." in page.html
    assert "more pe" not in page.html
    assert db.session.scalar(select(func.count()).select_from(Message)) == 502


def test_where_e_mails_are_not_sent_yet_the_page_that_asks_says_so(pages: Pages, administrator: User) -> None:
    factories.staff()
    assert "may reach nobody" in pages.get("/accounts/invite-many/check?who=everybody").text


def test_nobody_ticked_invites_nobody(pages: Pages, administrator: User) -> None:
    factories.staff()
    page = pages.get("/accounts/invite-many/check?who=ticked&people=x&people=99999999999999")
    assert page.h1 == "Nobody can be invited"
    assert "nobody was ticked" in page.text


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("team=999", "Choose a team from the list"),
        ("service=x", "Choose a service from the list"),
        ("role_group=999", "Choose a role group from the list"),
        ("sector=999", "Choose a sector from the list"),
        ("kind=bogus", "Choose a kind from the list"),
        ("team=999&who=oops", "Choose a team from the list"),
    ],
)
def test_a_filter_that_is_wrong_offers_nobody(
    pages: Pages, administrator: User, address: str, error: str
) -> None:
    person = factories.staff(first_name="Sam", last_name="Brown")
    for path in ("/accounts/invite-many", "/accounts/invite-many/check"):
        page = pages.get(f"{path}?{address}&who=everybody&people={person.id}")
        assert (page.h1, page.errors) == ("Invite many", [error])
        assert "Sam Brown" not in page.text
        assert "Nobody who fits" not in page.text


def test_who_is_meant_is_asked_again_where_the_address_says_neither(
    pages: Pages, administrator: User
) -> None:
    person = factories.staff(first_name="Sam", last_name="Brown")
    page = pages.get(f"/accounts/invite-many/check?who=oops&people={person.id}")
    assert page.h1 == "Invite many"
    assert page.errors == ["Choose again: what you chose is not on the list any more"]
    assert "Sam Brown" in page.text


def test_a_team_that_is_closed_meanwhile_invites_nobody_else(pages: Pages, administrator: User) -> None:
    team = factories.team("Early Help East")
    factories.staff(team_id=team.id)
    factories.staff(first_name="Else", last_name="Where")
    page = pages.get(f"/accounts/invite-many?team={team.id}")
    check = pages.submit(page, {"who": "everybody"}, form="/accounts/invite-many/check")
    team.last_day = clock.today() - timedelta(days=1)
    db.session.commit()
    for pressed in (pages.submit(page, {"who": "everybody"}, form=1), pages.submit(check)):
        assert (pressed.h1, pressed.errors) == ("Invite many", ["Choose a team from the list"])
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_where_nothing_says_who_those_who_are_ticked_are_meant(pages: Pages, administrator: User) -> None:
    chosen = factories.staff()
    factories.staff()
    page = pages.get(f"/accounts/invite-many/check?people={chosen.id}")
    assert page.h1 == "Invite 1 person?"


@pytest.mark.parametrize("path", ["/accounts/invite-many", "/accounts/not-signed-in"])
def test_a_list_of_several_pages_says_that_ticks_are_of_one(
    pages: Pages, administrator: User, path: str
) -> None:
    for _one in range(101):
        factories.staff()
    if path.endswith("in"):
        invite(clock.now())
    page = pages.get(path)
    assert "Ticks are of this page alone" in page.text
    assert "Ticks are" not in pages.get(f"{path}?q={factories.staff().last_name}").text


def test_invitations_are_sent_again_from_the_list(
    pages: Pages, administrator: User, travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20 09:00")
    pages.sign_in(administrator)
    factories.staff(first_name="Sam", last_name="Brown")
    pages.submit(pages.get("/accounts/invite-many/check?who=everybody"))
    travel_to("2026-11-28 09:00")
    page = pages.sign_in(administrator).get("/accounts/not-signed-in")
    assert "invited on 20 November 2026, link ran out on 27 November 2026" in page.text
    assert pages.submit(page, form=1).errors == ["Tick at least one person"]
    again = pages.submit(page, {"who": "everybody"}, form=1)
    assert "1 invitation goes out again." in again.response.get_data(as_text=True)
    assert "link works until 5 December 2026" in again.text
    assert "changed after you opened the page" in pages.submit(page, {"who": "everybody"}, form=1).errors[0]
    assert db.session.scalar(select(func.count()).select_from(Message)) == 2
    assert "Nobody who fits" in pages.get("/accounts/not-signed-in?q=Nobody").text


@pytest.mark.parametrize("path", ["/accounts/invite-many", "/accounts/not-signed-in"])
def test_others_do_not_open_it(pages: Pages, path: str) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(path, status=403)
