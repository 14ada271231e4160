"""Somebody whose address changed claims their earlier history, and the academy confirms it. (MA-06)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts import jobs, queries
from app.accounts.models import Claim, RequestState, User
from app.core import clock, tokens
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.core.permissions import Role
from app.merging import rules as merging
from app.outbox import rules as outbox
from app.people import rules as people
from app.people.models import Person
from tests import factories
from tests.messages import messages
from tests.pages import Page, Pages

OLD, NEW = "sam@hill-surgery.example", "sam@riverside.example"
SAM = {"first_name": "Sam", "last_name": "Doe", "email": NEW, "old_email": OLD}


@pytest.fixture
def academy() -> User:
    return factories.user(Role.ACADEMY_MANAGER)


@pytest.fixture
def record() -> Person:
    hill = factories.organisation("Hill Surgery", sector="Health")
    return factories.partner(hill, first_name="Sam", last_name="Doe", email=OLD)


def newest() -> Claim:
    db.session.expire_all()
    return db.session.scalars(select(Claim).order_by(Claim.id.desc()).limit(1)).one()


def claim(pages: Pages, **answers: str) -> Page:
    return pages.submit(pages.get("/claim"), SAM | answers)


def confirmed(pages: Pages, **answers: str) -> Claim:
    """A claim whose new address was shown to be the claimant’s."""
    claim(pages, **answers)
    page = pages.get(f"/claim/confirm/{messages('claim_confirm')[-1].secret}")
    assert pages.submit(page).h1 == "Your address is confirmed"
    return newest()


def test_ma06_the_record_has_the_new_address_once_the_academy_confirms(
    pages: Pages, academy: User, record: Person
) -> None:
    waiting = confirmed(pages)
    assert (waiting.state, record.email) == (RequestState.WAITING, OLD)
    page = pages.sign_in(academy).get("/")
    assert "1 person claims an earlier training record" in page.text
    page = pages.get(f"/claims/{waiting.id}")
    assert "Hill Surgery, sam@hill-surgery.example" in page.text
    page = pages.submit(page, {"record": str(record.id)}, button="Confirm the claim")
    assert "The record has the address sam@riverside.example now." in page.text
    db.session.expire_all()
    assert (newest().state, record.email) == (RequestState.ACCEPTED, NEW)
    assert "register with this address" in messages("claim_accepted")[0].text


def test_ma06_where_nobody_ever_was_does_not_tell_records_apart(
    pages: Pages, academy: User, record: Person
) -> None:
    people.withdraw_spell(
        spell=record.spells[0], reason="Somebody else", by=COMMAND_LINE, now=clock.now() + timedelta(days=1)
    )
    db.session.commit()
    page = pages.sign_in(academy).get(f"/claims/{confirmed(pages).id}")
    assert "Hill Surgery" not in page.text
    assert "Partner, sam@hill-surgery.example" in page.text


def test_ma06_the_longest_name_that_the_form_takes_is_kept(pages: Pages) -> None:
    names = {"first_name": "F" * 120, "last_name": "L" * 120}
    assert confirmed(pages, **names).name == f"{'F' * 120} {'L' * 120}"


def test_ma06_an_account_signs_in_by_the_new_address(pages: Pages, academy: User, record: Person) -> None:
    user = factories.user(Role.PARTNER, of=record, email=OLD)
    session = user.fs_uniquifier
    waiting = confirmed(pages)
    page = pages.sign_in(academy).get(f"/claims/{waiting.id}")
    pages.submit(page, {"record": str(record.id)}, button="Confirm the claim")
    db.session.expire_all()
    assert user.email == NEW
    assert user.fs_uniquifier != session
    assert "You sign in with this address" in messages("claim_accepted")[0].text


def test_ma06_it_is_found_by_name_when_the_old_address_is_forgotten(
    pages: Pages, academy: User, record: Person
) -> None:
    waiting = confirmed(pages, old_email="", organisation="Hill Surgery")
    page = pages.sign_in(academy).get(f"/claims/{waiting.id}")
    pages.submit(page, {"record": str(record.id)}, button="Confirm the claim")
    db.session.expire_all()
    assert record.email == NEW


def test_ma06_a_second_record_with_the_new_address_is_to_be_merged(
    pages: Pages, academy: User, record: Person
) -> None:
    second = factories.partner(first_name="Sam", last_name="Doe", email=NEW)
    waiting = confirmed(pages)
    page = pages.sign_in(academy).get(f"/claims/{waiting.id}")
    page = pages.submit(page, {"record": str(record.id)}, button="Confirm the claim")
    assert "Merge these two records" in page.text
    assert {f"/people/{record.id}", f"/people/{second.id}"} <= set(page.links().values())
    found = newest()
    assert (found.state, found.person_id, found.other_person_id) == (
        RequestState.WAITING,
        record.id,
        second.id,
    )
    assert "Two records to merge" in pages.get("/claims").text


STAYS = pytest.mark.parametrize("stays", ["the old one", "the old one, with the new address", "the new one"])


def merged(record: Person, second: Person, stays: str) -> Person:
    """The record that goes on, once the academy has merged these two."""
    survivor, other = (second, record) if stays == "the new one" else (record, second)
    taken = ["email"] if "with" in stays else []
    merging.merge(survivor=survivor, merged=other, taken=taken, by=COMMAND_LINE, now=clock.now())
    db.session.commit()
    return survivor


@STAYS
@pytest.mark.parametrize("is_asked_first", [True, False])
def test_ma06_the_claim_is_confirmed_once_the_two_are_merged(
    pages: Pages, academy: User, record: Person, stays: str, is_asked_first: bool
) -> None:
    """Whichever record stays, and whether the claim said that they are to be merged or they were by then."""
    second = factories.partner(first_name="S", last_name="Doe", email=NEW)
    waiting = confirmed(pages)
    pages.sign_in(academy)
    if is_asked_first:
        page = pages.get(f"/claims/{waiting.id}")
        pages.submit(page, {"record": str(record.id)}, button="Confirm the claim")
    survivor = merged(record, second, stays)
    page = pages.get(f"/claims/{waiting.id}")
    assert "Merge these two records" not in page.text
    assert len(page.soup.select("input[name=record]")) == 1
    page = pages.submit(page, {"record": str(survivor.id)}, button="Confirm the claim")
    assert f"The record has the address {NEW} now." in page.text
    assert (newest().state, survivor.email) == (RequestState.ACCEPTED, NEW)


@STAYS
def test_ma06_of_two_accounts_the_one_that_stays_signs_in_by_the_new_address(
    pages: Pages, academy: User, record: Person, stays: str
) -> None:
    second = factories.partner(first_name="Sam", last_name="Doe", email=NEW)
    for of in (record, second):
        factories.user(Role.PARTNER, of=of, email=of.email)
    waiting = confirmed(pages)
    pages.sign_in(academy)
    survivor = merged(record, second, stays)
    page = pages.get(f"/claims/{waiting.id}")
    pages.submit(page, {"record": str(survivor.id)}, button="Confirm the claim")
    db.session.expire_all()
    user = db.session.scalars(queries.account_of(survivor.id)).one()
    assert (user.email, user.active, newest().state) == (NEW, True, RequestState.ACCEPTED)


def test_ma06_who_joined_the_council_claims_what_they_did_as_a_partner(
    pages: Pages, academy: User, record: Person
) -> None:
    """The address that HR gave is the new one: the record of staff stays, and keeps it."""
    staff = factories.staff(first_name="Sam", last_name="Doe", email=NEW)
    waiting = confirmed(pages)
    page = pages.sign_in(academy).get(f"/claims/{waiting.id}")
    pages.submit(page, {"record": str(record.id)}, button="Confirm the claim")
    merged(record, staff, "the new one")
    pages.submit(pages.get(f"/claims/{waiting.id}"), {"record": str(staff.id)}, button="Confirm the claim")
    assert (newest().state, staff.email) == (RequestState.ACCEPTED, NEW)


@pytest.mark.parametrize("roles", [(Role.ACADEMY_MANAGER,), (Role.PARTNER, Role.ADMINISTRATOR)])
def test_ma06_no_account_with_more_than_a_partners_rights_changes_hands(
    pages: Pages, academy: User, record: Person, roles: tuple[Role, ...]
) -> None:
    user = factories.user(*roles, of=record, email=OLD)
    waiting = confirmed(pages)
    page = pages.sign_in(academy).get(f"/claims/{waiting.id}")
    page = pages.submit(page, {"record": str(record.id)}, button="Confirm the claim")
    assert page.errors == [f"{user.name}’s account is not a partner’s alone: ask an administrator"]
    db.session.expire_all()
    assert (user.email, record.email, newest().state) == (OLD, OLD, RequestState.WAITING)


def test_ma06_the_record_of_a_member_of_staff_is_not_offered(pages: Pages, academy: User) -> None:
    factories.staff(first_name="Sam", last_name="Doe", email=OLD)
    waiting = confirmed(pages)
    page = pages.sign_in(academy).get(f"/claims/{waiting.id}")
    assert "No record has this old address or name." in page.text


def test_ma06_a_refusal_is_told_with_its_reason(pages: Pages, academy: User, record: Person) -> None:
    waiting = confirmed(pages)
    page = pages.sign_in(academy).get(f"/claims/{waiting.id}/refuse")
    pages.submit(page, {"reason": "The surgery does not know you."})
    assert newest().state is RequestState.REFUSED
    assert "The surgery does not know you." in messages("claim_refused")[0].text
    page = pages.post(f"/claims/{waiting.id}/refuse", {"reason": "Again"})
    assert page.errors == [f"This was answered already: refused by {academy.name}."]


# --- Asking -------------------------------------------------------------------------------------------------


def test_ma06_nobody_learns_whether_a_record_is_there(pages: Pages, record: Person) -> None:
    found = claim(pages)
    missing = claim(pages, old_email="nobody@hill-surgery.example")
    assert (found.h1, found.text) == (missing.h1, missing.text)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"old_email": ""}, "Enter your old e-mail address, or the organisation that you worked for"),
        ({"old_email": NEW}, "Enter two different addresses: the old one, and the one that you use now"),
        ({"email": ""}, "Enter the e-mail address that you use now"),
        ({"last_name": ""}, "Enter your last name"),
    ],
)
def test_ma06_what_is_missing_is_said(pages: Pages, answers: dict[str, str], error: str) -> None:
    assert claim(pages, **answers).errors == [error]
    assert db.session.scalar(select(func.count(Claim.id))) == 0


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        ("used", "This link was used already"),
        ("expired", "This link has run out: it worked for 7 days"),
        ("of a registration", "This link is not complete or not one of ours"),
        ("of nothing", "What this link was for is no longer here"),
    ],
)
def test_ma06_a_link_that_does_not_work_says_why(
    pages: Pages, travel_to: Callable[..., None], which: str, sentence: str
) -> None:
    travel_to("2026-11-02 09:00")
    claim(pages)
    secret = str(messages("claim_confirm")[0].secret)
    if which == "used":
        pages.submit(pages.get(f"/claim/confirm/{secret}"))
    elif which == "expired":
        travel_to("2026-11-09 09:01")
    else:
        secret = tokens.make("registration" if which == "of a registration" else "claim", 4711)
    page = pages.get(f"/claim/confirm/{secret}", status=404)
    assert sentence in page.text


def test_ma06_at_most_five_links_an_hour_go_to_one_address(
    pages: Pages, travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-02 09:00")
    for _ in range(7):
        assert claim(pages).h1 == "Look at your e-mail"
    assert len(messages("claim_confirm")) == 5
    for is_waiting in (True, False):
        assert db.session.scalars(queries.claims(waiting=is_waiting)).all() == []


def test_ma06_what_was_never_confirmed_is_forgotten_after_30_days(
    pages: Pages, travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-02 09:00")
    claim(pages)
    kept = confirmed(pages, email="sam@elsewhere.example")
    for day, left in (("2026-12-02 09:00", 2), ("2026-12-02 09:01", 1)):
        travel_to(day)
        jobs.forget(clock.now())
        assert db.session.scalar(select(func.count(Claim.id))) == left
    assert newest().id == kept.id


def test_ma06_a_claim_stops_no_e_mail_to_anybody(pages: Pages) -> None:
    """Whoever claims with somebody else’s address, under whatever name, takes no e-mail from them. (U-18)"""
    claim(pages, first_name="A\nB", last_name="See 0190")
    message = messages("claim_confirm")[0]
    assert "0190" not in " ".join([message.to_name, message.subject, message.text, message.html])
    claimed = outbox.claim_next(now=clock.now())
    assert claimed is not None
    assert outbox.ready_to_send(claimed, still_right=lambda _one: True, now=clock.now()) is not None
