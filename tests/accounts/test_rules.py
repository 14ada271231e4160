"""What a password must be, who may sign in, how long a session lasts, and who may change accounts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts import queries, rules
from app.accounts.models import Demonstration, LinkPurpose, RoleGrant, User, WrongPassword
from app.accounts.rules.passwords import GUESSABLE
from app.audit.models import AuditEntry
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.outbox.models import Message
from tests import factories
from tests.accounts.conftest import PASSWORD
from tests.statements import statements

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
GOOD = "violet harbour stapler"


# --- Passwords -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "twelve chars",
        "ñandú über 東京 tea",
        "12 different figures 1",
        "all small letters and nothing else at all",
        "UPPERCASEZEBRALAMP",
        "x" * 3 + "abc" * 300,
    ],
)
def test_passwords_that_are_taken(password: str) -> None:
    rules.check_password(password, email="sam.oduya@council.example", name="Sam Oduya")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "12 characters or more"),
        ("eleven char", "12 characters or more"),
        ("x" * 1001, "1,000 characters or fewer"),
        ("password1234", "harder to guess"),
        ("PASSWORD-1234", "harder to guess"),
        ("Pass word 1234!", "harder to guess"),
        ("Password-2026!", "harder to guess"),
        ("qwertyuiop12", "harder to guess"),
        ("123456789012", "harder to guess"),
        ("aaaaaaaaaaaaaaaaaaa", "harder to guess"),
        ("abababababababab", "harder to guess"),
        ("signsofsafety2026", "harder to guess"),
        ("Council123456", "harder to guess"),
        ("sam.oduya@council.example", "harder to guess"),
        ("Samantha Oduya", "harder to guess"),
    ],
)
def test_passwords_that_are_refused(password: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence) as refused:
        rules.check_password(password, email="sam.oduya@council.example", name="Samantha Oduya")
    assert refused.value.field == "password"


def test_the_deny_list_is_written_as_it_is_compared() -> None:
    lines = [line for line in GUESSABLE.read_text().splitlines() if not line.startswith("#")]
    assert len(lines) > 3000
    assert all(line == line.casefold() and line.isalnum() for line in lines)
    assert lines == sorted(set(lines))


@pytest.mark.full_argon2
def test_a_password_is_kept_as_argon2_with_its_own_salt_and_flask_security_can_check_it(app: Flask) -> None:
    kept = rules.hash_of(GOOD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$"), "at least what OWASP advises"
    assert kept != rules.hash_of(GOOD)
    assert rules.is_right(GOOD, kept)
    assert not rules.is_right(GOOD.upper(), kept)
    with app.test_request_context():
        from flask_security import verify_password

        assert verify_password(GOOD, kept)


@pytest.mark.parametrize(
    ("typed", "kept", "right"),
    [
        ("caf\u00e9 au lait here", "cafe\u0301 au lait here", True),
        (GOOD, GOOD, True),
        (GOOD.upper(), GOOD, False),
        (GOOD + " ", GOOD, False),
        ("", GOOD, False),
    ],
)
def test_when_a_password_is_right(typed: str, kept: str, right: bool) -> None:
    assert rules.is_right(typed, rules.hash_of(kept)) is right


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$broken"])
def test_nothing_kept_is_never_right(kept: str | None) -> None:
    assert rules.is_right(GOOD, kept) is False


# --- Guesses -------------------------------------------------------------------------------------------


def test_sa09_guesses_are_counted_for_5_minutes_and_each_address_by_itself() -> None:
    for seconds in range(10):
        rules.count_guess(email="sam@council.example", now=NOW + timedelta(seconds=seconds))
    assert not rules.has_guessed_too_often(email="sam@council.example", now=NOW + timedelta(seconds=9))
    eleventh = rules.count_guess(email="sam@council.example", now=NOW + timedelta(seconds=10))
    assert rules.has_guessed_too_often(email="sam@council.example", now=NOW + timedelta(seconds=10))
    assert not rules.has_guessed_too_often(email="kim@council.example", now=NOW + timedelta(seconds=10))
    rules.forget_guess(eleventh)
    assert not rules.has_guessed_too_often(email="sam@council.example", now=NOW + timedelta(seconds=10))
    later = NOW + timedelta(minutes=5, seconds=20)
    rules.count_guess(email="kim@council.example", now=later)
    assert db.session.scalar(select(func.count()).select_from(WrongPassword)) == 1


def test_sa09_of_20_guesses_at_one_moment_10_at_most_are_looked_at(app: Flask) -> None:
    looked_at: list[bool] = []
    together = threading.Barrier(20)

    def guess() -> None:
        with app.app_context():
            together.wait(timeout=30)
            rules.count_guess(email="sam@council.example", now=NOW)
            db.session.commit()
            looked_at.append(not rules.has_guessed_too_often(email="sam@council.example", now=NOW))
            db.session.rollback()
            db.session.remove()

    _at_once([guess] * 20)
    assert len(looked_at) == 20
    assert sum(looked_at) <= 10


# --- Who may sign in -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, None),
        ({"expires_on": TODAY}, None),
        ({"expires_on": TODAY - timedelta(days=1)}, "ended on 19 November 2026"),
        ({"active": False}, "was closed"),
    ],
)
def test_bm10_which_accounts_may_sign_in(values: dict[str, Any], sentence: str | None) -> None:
    user = factories.user(Role.BOARD_MEMBER, **values)
    assert rules.may_sign_in(user, TODAY) is (sentence is None)
    if sentence:
        with pytest.raises(RuleBroken, match=sentence):
            rules.check_can_sign_in(user, TODAY)


@pytest.mark.parametrize(
    ("last_days", "may"),
    [
        ([None], True),
        ([TODAY], True),
        ([TODAY - timedelta(days=1)], False),
        ([date(2024, 5, 31), None], True),
        ([date(2024, 5, 31), date(2025, 5, 31)], False),
        ([], True),
    ],
)
def test_u06_a_leaver_may_not_and_who_comes_back_may(last_days: list[date | None], may: bool) -> None:
    person = factories.person()
    first_day = date(2020, 1, 1)
    for last_day in last_days:
        factories.spell(person, first_day=first_day, last_day=last_day)
        first_day = (last_day or first_day) + timedelta(days=30)
    user = factories.user(Role.PRACTITIONER, of=person)
    assert rules.may_sign_in(user, TODAY) is may


@pytest.mark.parametrize(
    ("signed_in", "seen", "over"),
    [
        (timedelta(), timedelta(), None),
        (timedelta(hours=11, minutes=59), timedelta(minutes=29, seconds=59), None),
        (timedelta(hours=1), timedelta(minutes=30), "30 minutes"),
        (timedelta(hours=12), timedelta(), "12 hours"),
        (None, timedelta(), "signed out"),
        (timedelta(), None, "signed out"),
    ],
)
def test_how_long_a_session_lasts(
    signed_in: timedelta | None, seen: timedelta | None, over: str | None
) -> None:
    why = rules.why_session_is_over(
        signed_in_at=(NOW - signed_in).timestamp() if signed_in is not None else None,
        seen_at=(NOW - seen).timestamp() if seen is not None else None,
        now=NOW,
    )
    assert (over in why) if over and why else why is over


# --- Inviting ------------------------------------------------------------------------------------------


def invite(**values: Any) -> rules.Invited:
    asked: dict[str, Any] = {"email": "new@council.example", "name": "Noor Ali", "roles": {Role.TRAINER}}
    return rules.invite(**(asked | values), by=COMMAND_LINE, now=values.get("now", NOW))


@pytest.mark.parametrize(
    ("roles", "asked", "on", "expected"),
    [
        ({Role.TRAINER}, None, TODAY, None),
        ({Role.TRAINER}, TODAY, TODAY, TODAY),
        ({Role.BOARD_MEMBER}, None, TODAY, date(2027, 11, 20)),
        ({Role.DFE_ADVISER, Role.TRAINER}, None, TODAY, date(2027, 11, 20)),
        ({Role.BOARD_MEMBER}, date(2030, 1, 1), TODAY, date(2030, 1, 1)),
        ({Role.BOARD_MEMBER}, None, date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_when_an_invited_account_ends(
    roles: set[Role], asked: date | None, on: date, expected: date | None
) -> None:
    now = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    invited = rules.invite(
        email="new@council.example", name="Noor Ali", roles=roles, expires_on=asked, by=COMMAND_LINE, now=now
    )
    assert invited.user.expires_on == expected


def test_an_account_belongs_to_the_person_with_its_address() -> None:
    person = factories.staff(email="new@council.example")
    assert invite().user.person_id == person.id


def test_a_person_has_one_account() -> None:
    person = factories.staff(email="new@council.example")
    factories.user(Role.PRACTITIONER, of=person, email="other@council.example")
    assert invite().user.person_id is None
    with pytest.raises(RuleBroken, match="has an account already"):
        invite(email="third@council.example", person=person)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"roles": set()}, "roles"),
        ({"email": "TAKEN@council.example"}, "email"),
        ({"expires_on": TODAY - timedelta(days=1)}, "expires_on"),
    ],
)
def test_what_is_refused_at_inviting(values: dict[str, Any], field: str) -> None:
    factories.user(Role.TRAINER, email="taken@council.example")
    with pytest.raises(RuleBroken) as refused:
        invite(**values)
    assert refused.value.field == field


def test_two_who_invite_the_same_address_at_once_make_one_account(app: Flask) -> None:
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def attempt() -> None:
        with app.app_context():
            together.wait(timeout=30)
            try:
                invite()
                db.session.commit()
                outcomes.append("made")
            except RuleBroken as error:
                db.session.rollback()
                outcomes.append(error.field or "")
            db.session.remove()

    _at_once([attempt, attempt])
    assert sorted(outcomes) == ["email", "made"]
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_only_a_digest_of_a_link_is_kept() -> None:
    invited = invite()
    assert len(invited.token) >= 43
    assert invited.token not in invited.link.token_digest
    assert rules.usable_link(invited.token, purpose=LinkPurpose.INVITATION, now=NOW) is invited.link


def test_a_printed_link_is_not_sent() -> None:
    invite(by_email=False)
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_link_sets_a_password_once_even_when_pressed_twice_at_once(app: Flask) -> None:
    link_id = invite().link.id
    db.session.commit()
    outcomes: list[bool] = []
    together = threading.Barrier(2)

    def press(password: str) -> None:
        with app.app_context():
            from app.accounts.models import PasswordLink

            link = db.session.get_one(PasswordLink, link_id)
            db.session.commit()
            together.wait(timeout=30)
            try:
                rules.set_password(link=link, password=password, now=NOW)
                db.session.commit()
                outcomes.append(True)
            except RuleBroken:
                db.session.rollback()
                outcomes.append(False)
            db.session.remove()

    _at_once([lambda: press(GOOD), lambda: press(PASSWORD)])
    assert sorted(outcomes) == [False, True]


def test_a_new_link_ends_the_older_ones() -> None:
    first = invite()
    second = rules.make_password_link(user=first.user, by=COMMAND_LINE, now=NOW)
    db.session.expire_all()
    assert rules.usable_link(first.token, purpose=LinkPurpose.INVITATION, now=NOW) is None
    assert rules.usable_link(second.token, purpose=LinkPurpose.INVITATION, now=NOW) is not None


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"active": False}, "was closed"),
        ({"expires_on": TODAY - timedelta(days=1)}, "ended on 19 November 2026"),
    ],
)
def test_nobody_is_sent_or_handed_a_link_that_would_not_work(values: dict[str, Any], why: str) -> None:
    user = factories.user(Role.TRAINER, **values)
    for act in (rules.make_password_link, rules.send_invitation_again):
        with pytest.raises(RuleBroken, match=f"{why}.*would not work"):
            act(user=user, by=COMMAND_LINE, now=NOW)


# --- The last administrator ----------------------------------------------------------------------------


def administrator(**values: Any) -> User:
    return factories.user(Role.ADMINISTRATOR, **({"password": "a hash"} | values))


@pytest.mark.parametrize(
    ("other", "may"),
    [
        ({}, True),
        ({"password": None}, False),
        ({"active": False}, False),
        ({"expires_on": TODAY - timedelta(days=1)}, False),
        ({"expires_on": TODAY}, False),
        (None, False),
    ],
)
def test_sa03_one_administrator_who_can_sign_in_is_always_left(
    other: dict[str, Any] | None, may: bool
) -> None:
    user = administrator()
    if other is not None:
        administrator(**other)
    by = factories.actor(Role.ADMINISTRATOR)
    for act in (
        lambda: rules.change_roles(user=user, roles={Role.TRAINER}, by=by, now=NOW),
        lambda: rules.close(user=administrator_again(user), by=by, now=NOW),
    ):
        if may:
            act()
        else:
            with pytest.raises(RuleBroken, match=r"only administrator|all other administrators"):
                act()


def administrator_again(user: User) -> User:
    """The same account, an administrator once more."""
    if Role.ADMINISTRATOR not in user.roles:
        user.grants.append(RoleGrant(role=Role.ADMINISTRATOR, granted_at=NOW, granted_by="Tests"))
        db.session.flush()
    return user


def test_sa03_an_administrator_who_has_left_is_not_one_who_is_left() -> None:
    user, yesterday = administrator(), TODAY - timedelta(days=1)
    administrator(of=factories.staff(last_day=yesterday))
    with pytest.raises(RuleBroken, match="only administrator"):
        rules.close(user=user, by=factories.actor(Role.ADMINISTRATOR), now=NOW)
    assert user.active


def test_sa03_the_last_administrator_is_given_no_last_day() -> None:
    user = administrator()
    with pytest.raises(RuleBroken, match="only administrator"):
        rules.change_account(
            user=user, name=user.name, person=None, expires_on=TODAY, by=factories.actor(), now=NOW
        )


@pytest.mark.parametrize(
    ("last_day", "other", "given", "may"),
    [
        (None, None, TODAY, True),
        (None, TODAY, TODAY, False),  # from tomorrow on there would be nobody
        (None, TODAY + 2 * DAY, TODAY + DAY, False),
        (TODAY + DAY, TODAY + DAY, TODAY, True),
        (TODAY + DAY, TODAY, TODAY + 2 * DAY, True),  # what lasts longer takes nobody away
        (TODAY + DAY, TODAY, TODAY, False),
    ],
)
def test_sa03_the_administrators_are_not_all_given_last_days(
    last_day: date | None, other: date | None, given: date, may: bool
) -> None:
    user = administrator(expires_on=last_day)
    administrator(expires_on=other)
    with nullcontext() if may else pytest.raises(RuleBroken, match="all other administrators"):
        rules.change_account(
            user=user, name=user.name, person=None, expires_on=given, by=factories.actor(), now=NOW
        )


def test_sa03_a_role_that_brings_a_last_day_is_not_the_only_administrators() -> None:
    both = {Role.ADMINISTRATOR, Role.BOARD_MEMBER}
    with pytest.raises(RuleBroken, match="only administrator"):
        rules.role_change(user=administrator(), roles=both, on=TODAY)
    assert rules.role_change(user=factories.user(Role.TRAINER), roles=both, on=TODAY).last_day


@pytest.mark.parametrize("act", ["roles", "close", "both"])
def test_sa03_two_administrators_cannot_remove_each_other_at_once(app: Flask, act: str) -> None:
    ids = [administrator().id, administrator().id]
    db.session.commit()
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def remove(user_id: int, how: str) -> None:
        with app.app_context():
            user = db.session.get_one(User, user_id)
            assert user.roles
            db.session.commit()
            together.wait(timeout=30)
            by = factories.actor(Role.ADMINISTRATOR)
            try:
                if how == "roles":
                    rules.change_roles(user=user, roles={Role.TRAINER}, by=by, now=NOW)
                else:
                    rules.close(user=user, by=by, now=NOW)
                db.session.commit()
                outcomes.append("removed")
            except RuleBroken:
                db.session.rollback()
                outcomes.append("refused")
            db.session.remove()

    ways = {"roles": ("roles", "roles"), "close": ("close", "close"), "both": ("roles", "close")}[act]
    _at_once([lambda: remove(ids[0], ways[0]), lambda: remove(ids[1], ways[1])])
    assert sorted(outcomes) == ["refused", "removed"]
    left = [
        user for user in db.session.scalars(select(User)) if user.active and Role.ADMINISTRATOR in user.roles
    ]
    assert len(left) == 1


def test_roles_that_are_given_are_audited_and_board_accounts_get_a_last_day() -> None:
    user = factories.user(Role.TRAINER)
    rules.change_roles(
        user=user, roles={Role.TRAINER, Role.BOARD_MEMBER}, by=factories.actor(name="Ada Min"), now=NOW
    )
    assert user.expires_on == date(2027, 11, 20)
    grant = next(grant for grant in user.grants if grant.role is Role.BOARD_MEMBER)
    assert grant.granted_by == "Ada Min"
    entry = db.session.scalar(select(AuditEntry))
    assert entry is not None
    assert (entry.verb, entry.changes) == (
        "account:roles changed",
        {"roles": ["Trainer", "Board member, Trainer"], "expires_on": [None, "2027-11-20"]},
    )


# --- Demonstration -------------------------------------------------------------------------------------


def make_demonstration_account(**values: Any) -> User:
    asked: dict[str, Any] = {
        "email": "manager@demonstration.example",
        "name": "Morgan Demo",
        "role": Role.ACADEMY_MANAGER,
        "password": PASSWORD,
    }
    return rules.make_demonstration_account(**(asked | values), now=NOW)


def test_a_database_that_was_not_made_as_a_demonstration_refuses_its_accounts() -> None:
    with pytest.raises(RuleBroken, match="not made as a demonstration"):
        make_demonstration_account()
    user = factories.user(Role.TRAINER)
    with pytest.raises(IntegrityError):
        db.session.execute(update(User).where(User.id == user.id).values(demonstration_id=1))
    db.session.rollback()


def test_a_demonstration_account_is_made_once_and_follows_the_password() -> None:
    db.session.add(Demonstration(id=1, made_at=NOW))
    db.session.flush()
    user = make_demonstration_account()
    kept = user.password
    assert rules.is_right(PASSWORD, kept)
    assert make_demonstration_account() is user
    assert user.password == kept
    assert rules.is_right(GOOD, make_demonstration_account(password=GOOD).password)
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_a_real_account_does_not_become_the_demonstrations() -> None:
    db.session.add(Demonstration(id=1, made_at=NOW))
    factories.user(Role.TRAINER, email="manager@demonstration.example")
    with pytest.raises(RuleBroken, match="not the demonstration’s"):
        make_demonstration_account()


# --- Who somebody is -----------------------------------------------------------------------------------


def test_lm_the_actor_manages_teams_on_a_day() -> None:
    manager = factories.staff()
    team = factories.team("Early Help North")
    factories.staff(manager_id=manager.id, team_id=team.id, last_day=TODAY)
    user = factories.user(Role.LINE_MANAGER, of=manager)
    assert queries.actor_of(user, on=TODAY).team_ids == {team.id}
    assert queries.actor_of(user, on=TODAY + timedelta(days=1)).team_ids == frozenset()
    partner = factories.user(Role.PARTNER, of=factories.partner())
    actor = queries.actor_of(partner, on=TODAY)
    assert (actor.team_ids, actor.name, actor.person_id) == (frozenset(), partner.name, partner.person_id)


@pytest.mark.parametrize(("role", "most"), [(Role.LINE_MANAGER, 1), (Role.PRACTITIONER, 0)])
def test_who_somebody_is_costs_a_statement_only_to_learn_their_teams(role: Role, most: int) -> None:
    user = factories.user(role, of=factories.staff())
    assert user.roles
    with statements() as asked:
        queries.actor_of(user, on=TODAY)
    assert len(asked) == most


def _at_once(acts: list[Callable[[], None]]) -> None:
    """Run these in a thread each, and see that none fell over."""
    db.session.commit()
    failures: list[BaseException] = []

    def guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failures, failures
    db.session.expire_all()
