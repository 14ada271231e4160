"""Partners and panel members register: at once from an approved domain, else the academy answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts import queries, rules
from app.accounts.models import ApprovedDomain, Registration, RequestState, User
from app.audit.models import AuditEntry
from app.core import clock, tokens
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.core.permissions import Role
from app.merging import rules as merging
from app.outbox.models import SECRET_STANDS_HERE
from app.people import rules as people_rules
from app.people.models import EmploymentType, Organisation, Person, PersonKind
from tests import factories
from tests.messages import messages
from tests.pages import Page, Pages

ANN = {
    "kind": "partner",
    "first_name": "Ann",
    "last_name": "Okafor",
    "email": "ann.okafor@riverside.example",
    "organisation": "Riverside School",
    "job_title": "Teacher",
}
PAT = {"kind": "panel_member", "first_name": "Pat", "last_name": "Lyle", "email": "pat@home.example"}


@pytest.fixture
def riverside() -> Organisation:
    return factories.organisation("Riverside School")


@pytest.fixture
def domain(riverside: Organisation) -> ApprovedDomain:
    return rules.add_domain(
        domain="@Riverside.example", organisation=riverside, by=factories.actor(), now=clock.now()
    )


@pytest.fixture
def academy() -> User:
    return factories.user(Role.ACADEMY_MANAGER)


def ask(pages: Pages, answers: dict[str, str]) -> Page:
    """Register through the pages, until the link is sent."""
    page = pages.submit(pages.get("/register"), answers)
    assert page.h1 == "Check your answers", page.text
    return pages.submit(page, button="Send me the link")


def follow_link(pages: Pages) -> Page:
    """Open the newest link of a registration, and press its button."""
    page = pages.get(f"/register/confirm/{messages('registration_confirm')[-1].secret}")
    return pages.submit(page, button="Confirm my address")


def registration() -> Registration:
    db.session.expire_all()
    return db.session.scalars(select(Registration).order_by(Registration.id.desc()).limit(1)).one()


def test_ma01_an_account_bears_the_longest_name_that_the_form_takes(
    pages: Pages, domain: ApprovedDomain
) -> None:
    ask(pages, ANN | {"first_name": "F" * 120, "last_name": "L" * 120})
    follow_link(pages)
    user = db.session.scalars(queries.by_email(ANN["email"])).one()
    assert user.name == f"{'F' * 120} {'L' * 120}"


# --- From an approved domain --------------------------------------------------------------------------------


def test_ma01_from_an_approved_domain_the_account_is_there_at_once(
    pages: Pages, domain: ApprovedDomain
) -> None:
    page = pages.submit(pages.get("/register"), ANN)
    assert page.h1 == "Check your answers"
    assert "Education" in page.text  # the sector comes from the organisation
    assert pages.submit(page, button="Send me the link").h1 == "Look at your e-mail"
    page = follow_link(pages)
    assert page.h1 == "Choose your password"
    page = pages.submit(page, {"password": "violet harbour stapler"})
    assert page.h1 == "Sign in"
    user = db.session.scalars(queries.by_email(ANN["email"])).one()
    assert user.roles == [Role.PARTNER]
    assert user.person is not None
    spell = user.person.spell_on(clock.today())
    assert spell is not None
    assert (spell.organisation_id, spell.job_title) == (domain.organisation_id, "Teacher")
    assert spell.employment_type is EmploymentType.PARTNER
    assert registration().state is RequestState.ACCEPTED


def test_ma01_opening_the_link_does_nothing(pages: Pages, domain: ApprovedDomain) -> None:
    ask(pages, ANN)
    secret = messages("registration_confirm")[0].secret
    for _ in range(2):
        assert pages.get(f"/register/confirm/{secret}").h1 == "Confirm your e-mail address"
    assert registration().state is RequestState.UNVERIFIED
    assert db.session.scalars(queries.by_email(ANN["email"])).first() is None


def test_ma01_the_link_stands_in_no_page_of_the_outbox(pages: Pages, domain: ApprovedDomain) -> None:
    ask(pages, ANN)
    message = messages("registration_confirm")[0]
    assert message.secret
    assert message.secret not in message.text + message.html
    assert f"/register/confirm/{SECRET_STANDS_HERE}" in message.text


@pytest.mark.usefixtures("domain")
@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        ("used", "This link was used already"),
        ("expired", "This link has run out: it worked for 7 days"),
        ("forged", "This link is not complete or not one of ours"),
        ("of something else", "This link is not complete or not one of ours"),
    ],
)
def test_ma01_a_link_that_does_not_work_says_why(
    pages: Pages, travel_to: Callable[..., None], which: str, sentence: str
) -> None:
    travel_to("2026-11-02 09:00")
    ask(pages, ANN)
    secret = str(messages("registration_confirm")[0].secret)
    if which == "used":
        follow_link(pages)
    elif which == "expired":
        travel_to("2026-11-09 09:01")
    elif which == "forged":
        secret = secret[:-2] + ("aa" if not secret.endswith("aa") else "bb")
    else:
        secret = tokens.make("claim", registration().id)
    page = pages.get(f"/register/confirm/{secret}", status=404)
    assert sentence in page.text
    assert pages.post(f"/register/confirm/{secret}", status=404).h1 == "This link does not work"


# --- The academy answers ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("riverside")
def test_ma01_any_other_address_waits_for_the_academy(pages: Pages, academy: User) -> None:
    ask(pages, ANN)
    assert follow_link(pages).h1 == "Your address is confirmed"
    assert registration().state is RequestState.WAITING
    assert db.session.scalars(queries.by_email(ANN["email"])).first() is None
    pages.sign_in(academy)
    assert "1 person asks for an account" in pages.get("/").text
    page = pages.get(f"/registrations/{registration().id}")
    page = pages.submit(page, button="Give an account")
    assert "Ann Okafor has an account. The invitation goes to ann.okafor@riverside.example." in page.text
    assert messages("invitation")[0].to_address == ANN["email"]
    user = db.session.scalars(queries.by_email(ANN["email"])).one()
    assert (user.roles, user.person.kind if user.person else None) == ([Role.PARTNER], PersonKind.PARTNER)


def test_ma01_who_names_a_closed_organisation_waits_for_the_academy(
    pages: Pages, domain: ApprovedDomain, academy: User
) -> None:
    """They may not know yet; and the academy may have closed it too early."""
    by, now, yesterday = factories.actor(), clock.now(), clock.today() - timedelta(days=1)
    people_rules.record_last_day(thing=domain.organisation, last_day=yesterday, by=by, now=now)
    assert "Riverside School" not in pages.get("/register").html
    ask(pages, ANN)
    assert follow_link(pages).h1 == "Your address is confirmed"
    pages.sign_in(academy)
    page = pages.get(f"/registrations/{registration().id}")
    assert page.value("organisation") == str(domain.organisation_id)
    (error,) = pages.submit(page).errors
    assert error.startswith("The last day of Riverside School is ")
    people_rules.take_back_last_day(thing=domain.organisation, by=by, now=now)
    pages.submit(page)
    assert registration().state is RequestState.ACCEPTED


@pytest.mark.usefixtures("domain")
def test_ma01_an_organisation_that_is_not_listed_is_queued_and_added_with_its_sector(
    pages: Pages, academy: User
) -> None:
    factories.named(factories.Sector, "Health")
    page = pages.submit(pages.get("/register"), ANN | {"organisation": "Hill Surgery"})
    assert "Not in the list: the academy looks at it first" in page.text
    pages.submit(page, button="Send me the link")
    assert follow_link(pages).h1 == "Your address is confirmed"  # although the domain is another’s
    pages.sign_in(academy)
    page = pages.get(f"/registrations/{registration().id}")
    assert page.value("new_name") == "Hill Surgery"
    page = pages.submit(page, button="Give an account")
    assert page.errors == ["Choose an organisation from the list, or the sector of the new one"]
    sector = db.session.query(factories.Sector).filter_by(name="Health").one()
    pages.submit(page, {"sector": str(sector.id)}, button="Give an account")
    person = db.session.scalars(select(Person).where(Person.email == ANN["email"])).one()
    spell = person.spell_on(clock.today())
    assert spell is not None
    assert spell.organisation is not None
    assert (spell.organisation.name, spell.organisation.sector.name) == ("Hill Surgery", "Health")


def test_ma01_a_name_that_is_nearly_listed_is_asked_about(pages: Pages, riverside: Organisation) -> None:
    page = pages.submit(pages.get("/register"), ANN | {"organisation": "riverside"})
    assert page.h1 == "Which organisation do you work for?"
    assert pages.submit(page).errors == ["Choose your organisation, or that it is not in the list"]
    chosen = pages.submit(page, {"organisation": riverside.name})
    assert (chosen.h1, "Not in the list" in chosen.text) == ("Check your answers", False)
    page = pages.submit(pages.get("/register"), ANN | {"organisation": "riverside"})
    assert "Not in the list" in pages.submit(page, {"organisation": "none"}).text


def test_ma01_a_refusal_is_told_with_its_reason(pages: Pages, academy: User) -> None:
    ask(pages, PAT)
    follow_link(pages)
    pages.sign_in(academy)
    page = pages.get(f"/registrations/{registration().id}/refuse")
    assert pages.submit(page).errors == ["Enter why it is refused: the person reads it"]
    pages.submit(page, {"reason": "The panel does not know you."})
    assert registration().state is RequestState.REFUSED
    assert "The panel does not know you." in messages("registration_refused")[0].text
    page = pages.post(f"/registrations/{registration().id}", {"organisation": "", "sector": ""})
    assert page.errors == [f"This was answered already: refused by {academy.name}."]


def test_ma07_a_panel_member_needs_no_employer_and_no_manager(pages: Pages, academy: User) -> None:
    assert "Your address is shown to the academy alone." in pages.submit(pages.get("/register"), PAT).text
    ask(pages, PAT)
    follow_link(pages)
    pages.sign_in(academy)
    pages.submit(pages.get(f"/registrations/{registration().id}"), button="Give an account")
    person = db.session.scalars(select(Person).where(Person.email == PAT["email"])).one()
    spell = person.spell_on(clock.today())
    assert spell is not None
    assert (person.kind, spell.organisation_id, spell.manager_id) == (PersonKind.PANEL_MEMBER, None, None)


# --- What is asked ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("riverside")
@pytest.mark.parametrize("local", ["office", "admin", "info", "reception", "head.teacher"])
def test_ma01_a_shared_mailbox_is_discouraged_and_not_forbidden(pages: Pages, local: str) -> None:
    page = pages.submit(pages.get("/register"), ANN | {"email": f"{local}@riverside.example"})
    assert "Use your own address if you have one" in page.errors[0]
    assert page.value("first_name") == "Ann"
    page = pages.submit(page, {"is_own_address": "y"})
    assert page.h1 == "Check your answers"


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"kind": None}, "Choose whether you work for a partner organisation or are a foster panel member"),
        ({"first_name": " "}, "Enter your first name"),
        ({"last_name": ""}, "Enter your last name"),
        ({"email": "ann"}, "Enter an e-mail address in the correct format, like name@example.org"),
        ({"organisation": ""}, "Enter the organisation that you work for"),
    ],
)
def test_ma01_what_is_missing_is_said(pages: Pages, answers: dict[str, str | None], error: str) -> None:
    assert pages.submit(pages.get("/register"), {**ANN, **answers}).errors == [error]


@pytest.mark.usefixtures("riverside")
def test_ma01_what_was_entered_is_not_asked_for_again(pages: Pages) -> None:
    """WCAG 3.3.7: who goes back to change an answer finds the others."""
    page = pages.submit(pages.get("/register"), ANN)
    page = pages.get(page.links()["Change your role"])
    assert {name: page.value(name) for name in ANN} == ANN


# --- Nobody learns who is known -----------------------------------------------------------------------------


@pytest.mark.usefixtures("riverside")
def test_ma01_an_address_with_an_account_gets_the_same_answer(pages: Pages) -> None:
    unknown = ask(pages, ANN)
    factories.user(Role.PARTNER, email="known@riverside.example", name="Kim Known")
    known = ask(pages, ANN | {"email": "known@riverside.example"})
    assert (known.h1, known.text) == (unknown.h1, unknown.text)
    assert "You have an account already" in messages("already_registered")[0].text
    assert db.session.scalar(select(func.count(Registration.id))) == 1


@pytest.mark.usefixtures("riverside")
@pytest.mark.parametrize("name", ["See https://prize.example", "WWW.prize.example now"])
def test_ma01_a_name_is_no_web_address(pages: Pages, name: str) -> None:
    page = pages.submit(pages.get("/register"), PAT | {"first_name": name, "last_name": name})
    assert page.errors == [
        "First name can’t have a web address in it",
        "Last name can’t have a web address in it",
    ]


def test_ma01_no_word_of_a_visitor_goes_to_an_address_that_is_not_confirmed(pages: Pages) -> None:
    ask(pages, PAT | {"first_name": "You have\nwon a prize.example", "last_name": "Ring 0190"})
    asked, message = registration(), messages("registration_confirm")[0]
    assert asked.first_name == "You have won a prize.example"
    sent = " ".join([message.to_name, message.subject, message.text, message.html])
    assert "prize" not in sent
    assert "0190" not in sent
    assert message.text.startswith("Hello,\n")


def test_ma01_at_most_five_links_an_hour_go_to_one_address(
    pages: Pages, travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-02 09:00")
    for _ in range(7):
        assert ask(pages, ANN).h1 == "Look at your e-mail"
    assert len(messages("registration_confirm")) == 5
    travel_to("2026-11-02 10:01")
    ask(pages, ANN)
    assert len(messages("registration_confirm")) == 6


# --- Records that are there ---------------------------------------------------------------------------------


def test_ma01_a_record_with_the_address_is_linked_and_not_doubled(
    pages: Pages, domain: ApprovedDomain, riverside: Organisation
) -> None:
    known = factories.partner(riverside, email=ANN["email"])
    ask(pages, ANN)
    follow_link(pages)
    assert db.session.scalars(queries.by_email(ANN["email"])).one().person_id == known.id
    assert db.session.scalar(select(func.count(Person.id))) == 1


def merged(survivor: Person, other: Person) -> Person:
    """The record that goes on once these two are one; the other keeps its own address."""
    merging.merge(survivor=survivor, merged=other, by=COMMAND_LINE, now=clock.now())
    db.session.commit()
    return survivor


def test_u07_an_address_that_a_merged_record_kept_is_of_the_record_that_goes_on(
    pages: Pages, domain: ApprovedDomain, riverside: Organisation
) -> None:
    """Also when that one was merged once more."""
    first, second, third = (
        factories.partner(riverside, first_name="Ann", email=email)
        for email in (ANN["email"], "ann@riverside.example", "ann@home.example")
    )
    merged(second, first)
    survivor = merged(third, second)
    ask(pages, ANN)
    follow_link(pages)
    assert db.session.scalars(queries.by_email(ANN["email"])).one().person_id == survivor.id


@pytest.mark.parametrize("kind", [PersonKind.PARTNER, PersonKind.STAFF])
def test_u07_the_academy_gives_an_account_to_the_record_that_goes_on(
    pages: Pages, academy: User, riverside: Organisation, kind: PersonKind
) -> None:
    make = factories.staff if kind is PersonKind.STAFF else factories.partner
    survivor = merged(make(first_name="Ann", last_name="Stays"), make(email=ANN["email"]))
    ask(pages, ANN)
    follow_link(pages)
    page = pages.sign_in(academy).get(f"/registrations/{registration().id}")
    assert page.links()["Ann Stays"] == f"/people/{survivor.id}"
    page = pages.submit(page, button="Give an account")
    assert "Ann Okafor has an account." in page.text
    assert db.session.scalars(queries.by_email(ANN["email"])).one().person_id == survivor.id


@pytest.mark.parametrize("organisation", ["Riverside School", "Hill Surgery"])
def test_ma01_whose_first_day_lies_ahead_has_an_account_and_begins_on_that_day(
    pages: Pages, academy: User, riverside: Organisation, travel_to: Callable[..., None], organisation: str
) -> None:
    """Of another organisation than was recorded, too, when the academy chooses it."""
    travel_to("2026-11-02 09:00", tick=True)
    chosen = factories.organisation(organisation)
    known = factories.person(kind=PersonKind.PARTNER, email=ANN["email"])
    factories.spell(
        known,
        first_day=date(2027, 2, 1),
        employment_type=EmploymentType.PARTNER,
        organisation_id=riverside.id,
    )
    ask(pages, ANN)
    follow_link(pages)
    page = pages.sign_in(academy).get(f"/registrations/{registration().id}")
    page = pages.submit(page, {"organisation": str(chosen.id)}, button="Give an account")
    assert "Ann Okafor has an account." in page.text
    db.session.expire_all()
    assert known.spell_on(clock.today()) is None
    begins = known.spell_on(date(2027, 2, 1))
    assert begins is not None
    assert (begins.first_day, begins.organisation_id) == (date(2027, 2, 1), chosen.id)
    assert rules.may_sign_in(db.session.scalars(queries.by_email(ANN["email"])).one(), clock.today())


@pytest.mark.usefixtures("domain")
@pytest.mark.parametrize("kind", ["staff", "of another organisation", "panel member", "with an account"])
def test_ma01_a_record_that_says_something_else_waits_for_the_academy(
    pages: Pages, riverside: Organisation, kind: str
) -> None:
    if kind == "staff":
        factories.staff(email=ANN["email"])
    elif kind == "panel member":
        factories.panel_member(email=ANN["email"])
    elif kind == "with an account":
        factories.user(Role.PARTNER, of=factories.partner(riverside, email=ANN["email"]))
    else:
        factories.partner(factories.organisation("Hill Surgery"), email=ANN["email"])
    ask(pages, ANN)
    follow_link(pages)
    assert registration().state is RequestState.WAITING


def test_ma01_who_changed_organisation_belongs_to_the_new_one_once_approved(
    pages: Pages, academy: User, riverside: Organisation
) -> None:
    known = factories.partner(factories.organisation("Hill Surgery"), email=ANN["email"])
    ask(pages, ANN)
    follow_link(pages)
    rules.approve(
        registration=registration(),
        organisation=riverside,
        by=factories.actor(Role.ACADEMY_MANAGER),
        now=clock.now(),
    )
    db.session.expire_all()
    names = [known.spell_on(clock.today() - timedelta(days=days)) for days in (1, 0)]
    assert [one.organisation.name for one in names if one and one.organisation] == [
        "Hill Surgery",
        "Riverside School",
    ]


# --- Domains ------------------------------------------------------------------------------------------------


def test_ma01_the_academy_keeps_the_list_of_domains(
    pages: Pages, academy: User, riverside: Organisation
) -> None:
    page = pages.sign_in(academy).get("/registrations/domains")
    page = pages.submit(page, {"domain": "Riverside.example", "organisation": str(riverside.id)})
    assert "Whoever has an address at riverside.example is let in at once." in page.text
    page = pages.submit(page, {"domain": "riverside.example", "organisation": str(riverside.id)}, form=1)
    assert page.errors == ["riverside.example is on the list already"]
    page = pages.submit(pages.get("/registrations/domains"), button="Remove riverside.example")
    assert db.session.scalars(queries.approved_domains()).all() == []
    verbs = set(db.session.scalars(select(AuditEntry.verb)))
    assert {"domain:approved", "domain:removed"} <= verbs


@pytest.mark.parametrize(
    ("domain", "sentence"),
    [
        ("gmail.com", "People of many organisations have an address at gmail.com"),
        ("nhs.net", "People of many organisations have an address at nhs.net"),
        ("not a domain", "Enter the domain alone"),
        ("ann@riverside.example", "Enter the domain alone"),
        ("localhost", "Enter the domain alone"),
    ],
)
def test_ma01_a_domain_of_anybody_lets_nobody_in(
    pages: Pages, academy: User, riverside: Organisation, domain: str, sentence: str
) -> None:
    page = pages.sign_in(academy).get("/registrations/domains")
    page = pages.submit(page, {"domain": domain, "organisation": str(riverside.id)})
    assert re.match(re.escape(sentence), page.errors[0])
