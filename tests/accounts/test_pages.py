"""Signing in, setting passwords and managing accounts, through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select
from structlog.testing import capture_logs

from app.accounts import jobs as account_jobs
from app.accounts import rules
from app.accounts.models import EndedSession, PasswordLink, ResetAsked, User, WrongPassword
from app.audit import rules as audit
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import SECRET_STANDS_HERE, Message, MessageState
from app.reminders import jobs
from tests import factories
from tests.accounts.conftest import PASSWORD
from tests.pages import Page, Pages

NEW_PASSWORD = "violet harbour stapler"


def sign_in(
    pages: Pages, email: str, password: str = PASSWORD, path: str = "/sign-in?next=/account", **values: Any
) -> Page:
    return pages.submit(pages.get(path), {"email": email, "password": password, **values})


def secret_of(message: Message) -> str:
    assert message.secret is not None
    return message.secret


def newest_message(kind: str) -> Message:
    found = db.session.scalar(
        select(Message).where(Message.kind == kind).order_by(Message.id.desc()).limit(1)
    )
    assert found is not None
    return found


# --- Signing in ----------------------------------------------------------------------------------------


def test_signing_in_and_out(pages: Pages, account: Callable[..., User]) -> None:
    account(Role.PRACTITIONER, email="sam@council.example", name="Sam Oduya")
    sign_in(pages, "  SAM@Council.Example ", path="/sign-in?next=/account")
    page = pages.get("/account")
    assert page.h1 == "Your account"
    assert "Sam Oduya" in page.text
    assert "Practitioner" in page.text
    assert pages.submit(page, form="/sign-out").h1 == "Sign in"
    assert pages.get("/account").h1 == "Sign in"


def test_sa09_a_password_is_kept_with_the_work_that_it_costs_by_now(pages: Pages) -> None:
    """When less was asked of whoever would try every word, it was kept with less; signing in brings more."""
    before = PasswordHasher(time_cost=3, memory_cost=8, parallelism=1).hash(PASSWORD)
    user = factories.user(Role.PRACTITIONER, email="sam@council.example", password=before)
    sign_in(pages, "sam@council.example", "wrong wrong wrong")
    db.session.refresh(user)
    assert user.password == before
    kept = []
    for _time in range(2):
        pages.submit(sign_in(pages, "sam@council.example"), form="/sign-out")
        db.session.refresh(user)
        kept.append(user.password)
    assert kept[0] == kept[1] != before  # once is enough
    assert rules.kept_anew(PASSWORD, kept[0] or "") is None


def test_a_page_is_reached_after_signing_in(pages: Pages, account: Callable[..., User]) -> None:
    account(Role.ADMINISTRATOR, email="ada@council.example")
    page = pages.get("/accounts?role=trainer")
    assert (page.h1, page.path) == ("Sign in", "/sign-in")
    page = pages.submit(page, {"email": "ada@council.example", "password": PASSWORD})
    assert page.path == "/accounts"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "javascript:alert(1)",
        "elsewhere",
    ],
)
def test_next_leads_to_own_pages_only(
    client: Any, pages: Pages, account: Callable[..., User], elsewhere: str
) -> None:
    account(email="sam@council.example")
    page = pages.get("/sign-in")
    token = page.soup.select_one("main [name=csrf_token]")["value"]
    response = pages.browser.post(
        "/sign-in",
        data={"csrf_token": token, "email": "sam@council.example", "password": PASSWORD, "next": elsewhere},
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/")


@pytest.mark.parametrize(
    ("email", "password", "error"),
    [
        ("sam@council.example", "not the password", "The e-mail address or the password is not right"),
        ("nobody@council.example", PASSWORD, "The e-mail address or the password is not right"),
        ("", PASSWORD, "Enter your e-mail address"),
        ("sam@council.example", "", "Enter your password"),
        ("sam", PASSWORD, "Enter an e-mail address in the correct format, like name@example.org"),
        ("sam@council.example", "x" * 200_000, "The e-mail address or the password is not right"),
    ],
)
def test_what_is_refused_at_signing_in(
    pages: Pages, account: Callable[..., User], email: str, password: str, error: str
) -> None:
    account(email="sam@council.example")
    page = sign_in(pages, email, password)
    assert page.errors == [error]
    assert page.soup.select_one("#email")["value"] == email
    assert not page.soup.select_one("#password").get("value")


def test_an_account_without_a_password_is_refused_like_a_wrong_one(pages: Pages) -> None:
    factories.user(Role.TRAINER, email="new@council.example")
    assert sign_in(pages, "new@council.example", "").errors == ["Enter your password"]
    assert sign_in(pages, "new@council.example").errors == ["The e-mail address or the password is not right"]


def test_sa09_the_11th_guess_in_5_minutes_is_refused_even_if_right(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20 09:00")
    account(email="sam@council.example")
    account(email="kim@council.example")
    for _ in range(10):
        assert "is not right" in sign_in(pages, "sam@council.example", "wrong wrong wrong").errors[0]
    page = sign_in(pages, "sam@council.example")
    assert page.errors[0].startswith("There were more than 10 wrong passwords")
    assert "Wait for 5 minutes" in page.errors[0]
    assert page.soup.select_one("main a[href='/reset-password']")
    assert "is not right" in sign_in(pages, "kim@council.example", "wrong wrong wrong").errors[0]
    travel_to("2026-11-20 09:04")
    assert sign_in(pages, "sam@council.example").errors
    travel_to("2026-11-20 09:05")
    sign_in(pages, "sam@council.example")
    assert pages.get("/account").h1 == "Your account"


def test_sa09_unknown_addresses_are_limited_alike(pages: Pages) -> None:
    for _ in range(10):
        sign_in(pages, "nobody@council.example", "wrong wrong wrong")
    assert sign_in(pages, "nobody@council.example").errors[0].startswith("There were more than 10")


def test_sa09_a_right_password_is_not_a_wrong_guess(pages: Pages, account: Callable[..., User]) -> None:
    account(email="sam@council.example")
    for _ in range(12):
        sign_in(pages, "sam@council.example")
        assert pages.get("/account").h1 == "Your account"
        pages.submit(pages.get("/account"), form="/sign-out")
    assert db.session.scalar(select(func.count()).select_from(WrongPassword)) == 0


def test_a_network_that_fails_very_often_has_to_wait(pages: Pages, account: Callable[..., User]) -> None:
    account(email="sam@council.example")
    token = pages.get("/sign-in").soup.select_one("main [name=csrf_token]")["value"]
    for number in range(150):
        answer = pages.browser.post(
            "/sign-in", data={"csrf_token": token, "email": f"x{number}@council.example"}
        )
        assert answer.status_code == 200
    typed = {"email": "sam@council.example", "password": PASSWORD}
    refused = pages.post("/sign-in", typed, status=429)
    assert refused.h1 == "Too many tries"
    assert "Wait for 5 minutes, then try again." in refused.text


def test_a_network_that_asks_for_very_many_links_is_told_how_long_to_wait(pages: Pages) -> None:
    token = pages.get("/reset-password").soup.select_one("main [name=csrf_token]")["value"]
    for _ in range(60):
        assert pages.browser.post("/reset-password", data={"csrf_token": token}).status_code == 200
    refused = pages.post("/reset-password", {"csrf_token": token}, status=429)
    assert "Wait for 1 hour, then try again." in refused.text


def test_bm10_an_expired_account_is_refused_with_contact_details(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20")
    account(Role.BOARD_MEMBER, email="bo@council.example", expires_on=clock.today())
    sign_in(pages, "bo@council.example")
    assert pages.get("/account").h1 == "Your account"
    travel_to("2026-11-21")
    assert pages.get("/account").h1 == "Sign in"
    page = sign_in(pages, "bo@council.example")
    assert page.errors[0].startswith("This account ended on 20 November 2026.")
    assert "academy@council.example" in page.text


def test_bm10_a_wrong_password_does_not_tell_that_an_account_is_expired(
    pages: Pages, account: Callable[..., User]
) -> None:
    account(Role.BOARD_MEMBER, email="bo@council.example", expires_on=clock.today() - timedelta(days=1))
    assert sign_in(pages, "bo@council.example", "wrong wrong wrong").errors == [
        "The e-mail address or the password is not right"
    ]


def test_u06_somebody_who_has_left_is_refused_from_the_day_after(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-02-11")
    leaver = factories.staff(last_day=clock.today())
    account(email="lee@council.example", person_id=leaver.id)
    sign_in(pages, "lee@council.example")
    assert pages.get("/account").h1 == "Your account"
    travel_to("2026-02-12")
    assert pages.get("/account").h1 == "Sign in"
    assert "ended on 11 February 2026" in sign_in(pages, "lee@council.example").errors[0]


def test_signing_in_keeps_nothing_of_the_session_before(
    app: Flask, pages: Pages, account: Callable[..., User]
) -> None:
    account(email="sam@council.example")
    with pages.browser.session_transaction() as session:
        session["planted"] = "by somebody else"
    before = pages.get("/sign-in").soup.select_one("main [name=csrf_token]")["value"]
    sign_in(pages, "sam@council.example")
    with pages.browser.session_transaction() as session:
        assert "planted" not in session
        assert "_user_id" in session
    after = pages.get("/account").soup.select_one("main [name=csrf_token]")["value"]
    assert pages.browser.post("/sign-out", data={"csrf_token": before}).status_code == 400
    assert pages.browser.post("/sign-out", data={"csrf_token": after}).status_code == 302


def test_signing_out_needs_a_post(pages: Pages, account: Callable[..., User]) -> None:
    pages.sign_in(account())
    assert pages.browser.get("/sign-out").status_code == 405
    assert pages.get("/account").h1 == "Your account"


def test_signing_out_ends_the_session_wherever_its_cookie_was_copied_to(
    app: Flask, pages: Pages, account: Callable[..., User]
) -> None:
    account(email="sam@council.example")
    other, copy = Pages(app), Pages(app)
    for one in (pages, other):
        sign_in(one, "sam@council.example")
    name = app.config["SESSION_COOKIE_NAME"]
    copied = pages.browser.get_cookie(name)
    assert copied is not None
    copy.browser.set_cookie(name, copied.value)
    assert copy.get("/account").h1 == "Your account"
    pages.submit(pages.get("/account"), form="/sign-out")
    copy.browser.set_cookie(name, copied.value)
    assert copy.get("/account").h1 == "Sign in"
    assert other.get("/account").h1 == "Your account"
    sign_in(pages, "sam@council.example")
    assert pages.get("/account").h1 == "Your account"


def test_what_is_kept_of_a_session_goes_when_it_could_last_no_longer(
    app: Flask, pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    account(email="sam@council.example")
    for moment, kept in (("08:00", 1), ("19:59", 2), ("20:00", 2)):
        travel_to(f"2026-11-20 {moment}")
        sign_in(pages, "sam@council.example")
        pages.submit(pages.get("/account"), form="/sign-out")
        assert db.session.scalar(select(func.count()).select_from(EndedSession)) == kept


def test_a_session_without_a_name_is_over(pages: Pages, account: Callable[..., User]) -> None:
    """Signing out could not end it."""
    pages.sign_in(account())
    with pages.browser.session_transaction() as session:
        del session["session_key"]
    assert pages.get("/account").h1 == "Sign in"


# --- A session's life ----------------------------------------------------------------------------------


def test_30_idle_minutes_end_a_session(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20 09:00")
    pages.sign_in(account())
    travel_to("2026-11-20 09:29")
    assert pages.get("/account").h1 == "Your account"
    travel_to("2026-11-20 09:58")
    assert pages.get("/account").h1 == "Your account"
    travel_to("2026-11-20 10:28")
    page = pages.get("/account")
    assert page.h1 == "Sign in"
    assert "you did nothing for 30 minutes" in page.text
    page = pages.submit(page, {"email": "somebody@council.example", "password": "x"})
    assert page.soup.select_one("[name=next]")["value"] == "/account"


def test_asking_to_stay_is_doing_something_and_fetching_the_colour_is_not(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20 09:00")
    pages.sign_in(account())
    travel_to("2026-11-20 09:25")
    assert set(pages.post("/session/extend").response.get_json()) == {"csrf_token"}
    travel_to("2026-11-20 09:50")
    assert pages.get("/account").h1 == "Your account"
    travel_to("2026-11-20 10:10")
    assert pages.browser.get("/brand.css").status_code == 200
    travel_to("2026-11-20 10:20")
    assert pages.get("/account").h1 == "Sign in"


def test_12_hours_end_a_session_however_busy(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20 08:00")
    pages.sign_in(account())
    for quarter in range(1, 48):
        travel_to(f"2026-11-20 {8 + quarter // 4:02}:{quarter % 4 * 15:02}")
        pages.browser.get("/account")
    assert pages.get("/account").h1 == "Your account"
    travel_to("2026-11-20 20:00")
    page = pages.get("/account")
    assert page.h1 == "Sign in"
    assert "after 12 hours" in page.text


def test_the_warning_knows_when_the_session_ends(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20 08:00")
    pages.sign_in(account())
    travel_to("2026-11-20 08:10")
    warning = pages.get("/account").soup.select_one("dialog[data-idle-minutes]")
    assert warning["data-idle-minutes"] == "30"
    assert warning["data-warn-after-minutes"] == "25"
    assert warning["data-ends-at"] == "2026-11-20T20:00:00+00:00"
    assert warning["data-extend-url"] == "/session/extend"


def test_a_session_that_cannot_say_when_it_began_is_over(pages: Pages, account: Callable[..., User]) -> None:
    pages.sign_in(account())
    with pages.browser.session_transaction() as session:
        del session["signed_in_at"]
    assert pages.get("/account").h1 == "Sign in"


# --- Forgotten passwords -------------------------------------------------------------------------------


def ask_for_link(pages: Pages, email: str) -> Page:
    """Ask for a link, and have it answered as the timetable does within seconds."""
    page = pages.submit(pages.get("/reset-password"), {"email": email})
    db.session.commit()
    account_jobs.resets(clock.now())
    return page


def test_a_forgotten_password_is_reset_by_a_press_once(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20 09:00")
    account(email="sam@council.example")
    assert ask_for_link(pages, "sam@council.example").h1 == "Look at your e-mail"
    path = f"/reset-password/{secret_of(newest_message('password_reset'))}"
    for _ in range(3):  # link scanners look too
        page = pages.get(path)
    assert page.h1 == "Choose a new password"
    assert pages.submit(page, {"password": NEW_PASSWORD}).h1 == "Sign in"
    assert pages.get(path, status=404).h1 == "This link does not work any more"
    assert sign_in(pages, "sam@council.example").errors
    sign_in(pages, "sam@council.example", NEW_PASSWORD)
    assert pages.get("/account").h1 == "Your account"
    assert newest_message("password_changed").to_address == "sam@council.example"


def test_a_reset_link_lives_for_24_hours(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20 09:00")
    account(email="sam@council.example")
    ask_for_link(pages, "sam@council.example")
    path = f"/reset-password/{secret_of(newest_message('password_reset'))}"
    travel_to("2026-11-21 08:59")
    page = pages.get(path)
    travel_to("2026-11-21 09:00")
    assert pages.submit(page, {"password": NEW_PASSWORD}, status=404).h1 == "This link does not work any more"
    assert sign_in(pages, "sam@council.example").h1 != "Sign in"


@pytest.mark.parametrize("reset_first", [True, False])
def test_the_answer_is_the_same_for_an_unknown_address(
    pages: Pages, account: Callable[..., User], reset_first: bool
) -> None:
    account(email="sam@council.example")
    known, unknown = ask_for_link(pages, "sam@council.example"), ask_for_link(pages, "nobody@council.example")
    assert (known.status, known.path, known.text) == (unknown.status, unknown.path, unknown.text)
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


@pytest.mark.parametrize("email", ["sam@council.example", "nobody@council.example"])
def test_asking_for_a_link_does_the_same_for_every_address(
    pages: Pages, account: Callable[..., User], email: str
) -> None:
    """Nobody can tell from how long it takes whether there is an account: it is looked for afterwards."""
    account(email="sam@council.example")
    pages.submit(pages.get("/reset-password"), {"email": email})
    kept = [ResetAsked, PasswordLink, Message]
    assert [db.session.scalar(select(func.count()).select_from(one)) for one in kept] == [1, 0, 0]
    has_account = int(email == "sam@council.example")
    db.session.commit()
    assert account_jobs.resets(clock.now()).done == has_account
    counts = [db.session.scalar(select(func.count()).select_from(one)) for one in kept]
    assert counts == [0, has_account, has_account]


@pytest.mark.parametrize("closed", [{"active": False}, {"expires_on": factories.LONG_AGO.date()}])
def test_no_link_goes_to_an_account_that_may_not_sign_in(
    pages: Pages, account: Callable[..., User], closed: dict[str, Any]
) -> None:
    account(email="sam@council.example", **closed)
    ask_for_link(pages, "sam@council.example")
    assert db.session.scalar(select(func.count()).select_from(PasswordLink)) == 0


def test_one_mailbox_is_not_flooded(pages: Pages, account: Callable[..., User]) -> None:
    account(email="sam@council.example")
    for _ in range(7):
        assert ask_for_link(pages, "sam@council.example").h1 == "Look at your e-mail"
    assert db.session.scalar(select(func.count()).select_from(Message)) == 5


def test_a_reset_is_the_way_back_after_too_many_guesses(pages: Pages, account: Callable[..., User]) -> None:
    account(email="sam@council.example")
    for _ in range(11):
        page = sign_in(pages, "sam@council.example", "wrong wrong wrong")
    assert "more than 10" in page.errors[0]
    ask_for_link(pages, "sam@council.example")
    path = f"/reset-password/{secret_of(newest_message('password_reset'))}"
    pages.submit(pages.get(path), {"password": NEW_PASSWORD})
    sign_in(pages, "sam@council.example", NEW_PASSWORD)
    assert pages.get("/account").h1 == "Your account"


def test_a_reset_link_is_no_invitation_and_no_token_is_guessed(
    pages: Pages, account: Callable[..., User]
) -> None:
    account(email="sam@council.example")
    ask_for_link(pages, "sam@council.example")
    token = secret_of(newest_message("password_reset"))
    assert pages.get(f"/invitation/{token}", status=404).h1 == "This link does not work any more"
    assert pages.get(f"/reset-password/{token}x", status=404).h1 == "This link does not work any more"


def test_the_secret_of_a_link_is_in_the_message_as_sent_and_nowhere_after(
    pages: Pages, account: Callable[..., User], instance_dir: Any
) -> None:
    account(email="sam@council.example")
    ask_for_link(pages, "sam@council.example")
    message = newest_message("password_reset")
    token = secret_of(message)
    assert token not in message.text + message.html
    assert SECRET_STANDS_HERE in message.text
    db.session.commit()
    jobs.deliver(clock.now())
    message = newest_message("password_reset")
    assert (message.state, message.secret) == (MessageState.SENT, None)
    kept = [str(value) for row in db.session.execute(select(Message.__table__)) for value in row]
    links = [str(value) for row in db.session.execute(select(PasswordLink.__table__)) for value in row]
    assert not any(token in value for value in kept + links)
    name = f"takeup-{message.id}-{message.created_at:%Y%m%d%H%M%S}.eml"
    sent = (instance_dir / "mail" / name).read_bytes()
    assert re.search(rb"/reset-password/[\w=\r\n-]{43}", sent)


def test_a_crash_on_a_link_does_not_log_its_secret(
    app: Flask, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "security.accept", lambda token: 1 / 0)
    with capture_logs() as logged:
        pages.browser.get("/invitation/very-secret-token")
    assert [entry["path"] for entry in logged] == ["/invitation/(token)"]


# --- One's own account ---------------------------------------------------------------------------------


def test_changing_the_password_ends_the_other_sessions(
    app: Flask, pages: Pages, account: Callable[..., User]
) -> None:
    account(email="sam@council.example")
    elsewhere = Pages(app)
    sign_in(pages, "sam@council.example")
    sign_in(elsewhere, "sam@council.example")
    page = pages.submit(pages.get("/account/password"), {"current": PASSWORD, "password": NEW_PASSWORD})
    assert page.h1 == "Your account"
    assert elsewhere.get("/account").h1 == "Sign in"
    sign_in(elsewhere, "sam@council.example", NEW_PASSWORD)
    assert elsewhere.get("/account").h1 == "Your account"


@pytest.mark.parametrize(
    ("current", "new", "error"),
    [
        ("wrong wrong wrong", NEW_PASSWORD, "This is not the password that you use now"),
        (PASSWORD, "short", "Password must be 12 characters or more"),
        (PASSWORD, "Password-2026!", "Choose a password that is harder to guess"),
        (PASSWORD, "", "Enter a new password"),
        ("", NEW_PASSWORD, "Enter the password that you use now"),
    ],
)
def test_what_is_refused_at_changing_a_password(
    pages: Pages, account: Callable[..., User], current: str, new: str, error: str
) -> None:
    user = account()
    kept = user.password
    pages.sign_in(user)
    page = pages.submit(pages.get("/account/password"), {"current": current, "password": new})
    assert page.errors[0].startswith(error)
    assert db.session.get_one(User, user.id).password == kept


def test_guesses_at_changing_a_password_are_limited_too(pages: Pages, account: Callable[..., User]) -> None:
    pages.sign_in(account())
    for _ in range(10):
        pages.submit(
            pages.get("/account/password"), {"current": "wrong wrong wrong", "password": NEW_PASSWORD}
        )
    page = pages.submit(pages.get("/account/password"), {"current": PASSWORD, "password": NEW_PASSWORD})
    assert "more than 10 wrong passwords" in page.errors[0]


def test_a_weak_new_password_is_no_wrong_guess(pages: Pages, account: Callable[..., User]) -> None:
    pages.sign_in(account())
    for _ in range(12):
        page = pages.submit(pages.get("/account/password"), {"current": PASSWORD, "password": "short"})
        assert page.errors == ["Password must be 12 characters or more"]


# --- Accounts ------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(account: Callable[..., User], pages: Pages) -> User:
    user = account(Role.ADMINISTRATOR, name="Ada Min", email="ada@council.example")
    pages.sign_in(user)
    return user


def test_an_invitation_is_taken_up_by_a_press_once(
    app: Flask, pages: Pages, administrator: User, travel_to: Callable[..., None]
) -> None:
    person = factories.staff(employee_number="004217")
    page = pages.submit(
        pages.get("/accounts/invite"),
        {"email": "New@Council.example", "name": "Noor Ali", "roles": ["practitioner"], "person": "004217"},
    )
    assert page.h1 == "Noor Ali"
    assert "Invited" in page.text
    assert "004217" in page.text
    token = secret_of(newest_message("invitation"))
    newcomer = Pages(app)
    page = newcomer.get(f"/invitation/{token}")
    assert page.h1 == "Choose your password"
    assert page.soup.select_one("#username")["value"] == "new@council.example"
    assert newcomer.submit(page, {"password": "qwertyuiop12"}).errors
    newcomer.submit(page, {"password": NEW_PASSWORD})
    assert newcomer.get(f"/invitation/{token}", status=404)
    sign_in(newcomer, "new@council.example", NEW_PASSWORD)
    assert "Practitioner" in newcomer.get("/account").text
    user = db.session.scalar(select(User).where(User.email == "new@council.example"))
    assert user is not None
    assert user.person_id == person.id
    verbs = list(
        db.session.scalars(
            select(AuditEntry.verb).where(AuditEntry.thing_type == "user").order_by(AuditEntry.id)
        )
    )
    assert verbs == ["account:invited", "account:password set"]


def test_an_invitation_lives_for_7_days_and_can_be_sent_again(
    app: Flask, pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20 09:00")
    pages.sign_in(account(Role.ADMINISTRATOR))
    page = pages.submit(
        pages.get("/accounts/invite"),
        {"email": "new@council.example", "name": "Noor Ali", "roles": ["trainer"]},
    )
    first = secret_of(newest_message("invitation"))
    newcomer = Pages(app)
    travel_to("2026-11-20 09:20")
    pages.submit(pages.get(page.path), form="/invite-again")
    second = secret_of(newest_message("invitation"))
    newcomer.get(f"/invitation/{first}", status=404)
    travel_to("2026-11-27 09:19")
    assert newcomer.get(f"/invitation/{second}").h1 == "Choose your password"
    travel_to("2026-11-27 09:20")
    gone = newcomer.get(f"/invitation/{second}", status=404)
    assert "ask whoever invited you" in gone.text


def test_an_account_says_what_became_of_the_e_mail_that_invites_to_it(
    pages: Pages, administrator: User
) -> None:
    page = pages.submit(
        pages.get("/accounts/invite"),
        {"email": "new@council.example", "name": "Noor Ali", "roles": ["trainer"]},
    )
    assert "E-mail of the invitation Waiting to be sent" in page.text
    message = newest_message("invitation")
    message.state, message.problem = MessageState.BOUNCED, "550 No such user"
    page = pages.get(page.path)
    assert "E-mail of the invitation Came back: 550 No such user" in page.text
    assert "E-mail of the invitation" not in pages.get(f"/accounts/{administrator.id}").text


def test_no_invitation_is_offered_to_an_account_that_has_ended(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-20 09:00")
    pages.sign_in(account(Role.ADMINISTRATOR))
    path = pages.submit(
        pages.get("/accounts/invite"),
        {"email": "new@council.example", "name": "Noor Ali", "roles": ["trainer"]}
        | {"expires_on-day": "20", "expires_on-month": "11", "expires_on-year": "2026"},
    ).path
    offered, works = "Send the invitation again", "The invitation works until 27 November 2026"
    page = pages.get(path)
    assert offered in page.text
    assert works in page.text
    travel_to("2026-11-21 09:00")
    pages.sign_in(account(Role.ADMINISTRATOR))
    page = pages.get(path)
    assert offered not in page.text
    assert works not in page.text
    assert "this account lets nobody in" in page.text


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"email": ""}, "Enter the e-mail address to invite"),
        ({"email": "ada@council.example"}, "There is an account for ada@council.example already"),
        ({"name": ""}, "Enter the name of whoever will use the account"),
        ({"roles": None}, "Choose at least one role"),
        ({"person": "999999"}, "There is nobody in the directory"),
        (
            {"expires_on-day": "31", "expires_on-month": "2", "expires_on-year": "2027"},
            "Last day must be a real date",
        ),
        (
            {"expires_on-day": "1", "expires_on-month": "2", "expires_on-year": "2020"},
            "Last day must be today or later",
        ),
    ],
)
def test_what_is_refused_at_inviting(
    pages: Pages, administrator: User, values: dict[str, Any], error: str
) -> None:
    typed = {"email": "new@council.example", "name": "Noor Ali", "roles": ["trainer"], **values}
    page = pages.submit(pages.get("/accounts/invite"), typed)
    assert page.errors[0].startswith(error)
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize(
    ("roles", "whose", "error"),
    [
        (["coordinator"], None, "A coordinator acts for the partner organisation that they belong to"),
        (
            ["coordinator"],
            "panel_member",
            "Partner coordinator is a role for people of partner organisations",
        ),
        (
            ["partner"],
            "staff",
            "Partner is a role for people of partner organisations and of the foster panel",
        ),
        (
            ["trainer", "practitioner"],
            "partner",
            "Practitioner is a role for staff, and Kit Holder is recorded",
        ),
        (["line_manager"], "partner", "Line manager is a role for staff, and Kit Holder is recorded"),
        (["coordinator", "partner"], "partner", None),
        (["partner"], "panel_member", None),
        (["trainer", "board_member"], "partner", None),
    ],
)
def test_sa03_a_role_belongs_to_the_right_kind_of_person(
    pages: Pages, administrator: User, roles: list[str], whose: str | None, error: str | None
) -> None:
    called = {"first_name": "Kit", "last_name": "Holder", "email": "kit@somewhere.example"}
    if whose:
        {"partner": factories.partner, "staff": factories.staff, "panel_member": factories.panel_member}[
            whose
        ](**called)
    typed = {"email": "new@council.example", "name": "Noor Ali", "roles": roles}
    page = pages.submit(pages.get("/accounts/invite"), typed | {"person": called["email"] if whose else ""})
    assert [one.startswith(error or "") for one in page.errors] == [True] * bool(error)
    assert db.session.scalar(select(func.count()).select_from(User)) == (1 if error else 2)


def test_sa03_a_role_or_a_person_that_does_not_fit_is_refused_later_too(
    pages: Pages, administrator: User
) -> None:
    user = factories.user(Role.PRACTITIONER, of=factories.staff(first_name="Kit", last_name="Holder"))
    factories.partner(email="lee@somewhere.example", first_name="Lee", last_name="Other")
    page = pages.get(f"/accounts/{user.id}/roles")
    page = pages.submit(page, {"roles": ["practitioner", "coordinator"]})
    assert page.errors == [
        "Partner coordinator is a role for people of partner organisations, and Kit Holder is recorded as "
        "staff. Choose another role, or another person"
    ]
    page = pages.submit(pages.get(f"/accounts/{user.id}/edit"), {"person": "lee@somewhere.example"})
    assert page.errors[0].startswith("Practitioner is a role for staff, and Lee Other is recorded as partner")


def test_errors_stand_in_the_order_of_the_boxes_and_every_group_has_its_heading(
    pages: Pages, administrator: User
) -> None:
    page = pages.submit(pages.get("/accounts/invite"), {"email": "", "name": ""})
    assert page.errors == [
        "Enter the e-mail address to invite",
        "Enter the name of whoever will use the account",
    ]
    legends = [legend.get_text(strip=True) for legend in page.soup.select("main legend")]
    assert legends == ["Roles", "Last day (optional)"]


def test_sa03_roles_change_after_a_second_confirmation(pages: Pages, administrator: User) -> None:
    user = factories.user(Role.PRACTITIONER, name="Noor Ali")
    page = pages.get(f"/accounts/{user.id}/roles")
    page = pages.submit(page, {"roles": ["practitioner", "line_manager"]})
    assert page.h1 == "Check the new roles of Noor Ali"
    assert db.session.get_one(User, user.id).roles == [Role.PRACTITIONER]
    assert "Line manager" in page.text
    page = pages.submit(page)
    assert page.path == f"/accounts/{user.id}"
    assert set(db.session.get_one(User, user.id).roles) == {Role.PRACTITIONER, Role.LINE_MANAGER}
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "account:roles changed"))
    assert entry is not None
    assert entry.changes == {"roles": ["Practitioner", "Line manager, Practitioner"]}
    assert entry.actor_name == "Ada Min"


def test_sa03_what_an_older_page_would_take_away_unsaid_is_asked_about_again(
    pages: Pages, administrator: User
) -> None:
    user = factories.user(Role.LINE_MANAGER, name="Noor Ali")
    choice = pages.get(f"/accounts/{user.id}/roles")
    older = pages.submit(choice, {"roles": ["line_manager", "trainer"]})
    assert "Taken away" not in older.text
    page = pages.submit(choice, {"roles": ["line_manager", "academy_manager"]})
    pages.submit(page)
    page = pages.submit(older)
    assert page.errors[0].startswith("This account was changed after you opened this page.")
    assert "Given Trainer Taken away Academy manager" in page.text
    assert set(db.session.get_one(User, user.id).roles) == {Role.LINE_MANAGER, Role.ACADEMY_MANAGER}
    pages.submit(page)
    assert set(db.session.get_one(User, user.id).roles) == {Role.LINE_MANAGER, Role.TRAINER}


def test_sa03_the_last_day_that_a_role_brings_is_said_before_and_after(
    pages: Pages, administrator: User, travel_to: Callable[..., None]
) -> None:
    travel_to("2022-03-01 10:00")
    pages.sign_in(administrator)
    user = factories.user(Role.TRAINER)
    page = pages.submit(pages.get(f"/accounts/{user.id}/roles"), {"roles": ["trainer", "board_member"]})
    assert "Last day 1 March 2023" in page.text
    page = pages.submit(page)
    assert "Roles: Trainer → Board member, Trainer; Expires on: 1 March 2023" in page.text
    page = pages.submit(pages.get(f"/accounts/{user.id}/roles"), {"roles": ["board_member"]})
    assert "Last day" not in page.text


@pytest.fixture
def on_the_board(pages: Pages, administrator: User, travel_to: Callable[..., None]) -> User:
    """A trainer who became a board member on 1 March 2022, looked at by an administrator on 1 May."""
    travel_to("2022-03-01 10:00")
    pages.sign_in(administrator)
    user = factories.user(Role.TRAINER)
    pages.submit(
        pages.submit(pages.get(f"/accounts/{user.id}/roles"), {"roles": ["trainer", "board_member"]})
    )
    travel_to("2022-05-01 10:00")
    pages.sign_in(administrator)
    return user


def test_sa03_the_last_day_that_a_role_brought_goes_with_it(pages: Pages, on_the_board: User) -> None:
    roles = f"/accounts/{on_the_board.id}/roles"
    page = pages.submit(pages.get(roles), {"roles": ["trainer"]})
    assert "Last day 1 March 2023 goes with it: the account has no last day then" in page.text
    page = pages.submit(page)
    assert db.session.get_one(User, on_the_board.id).expires_on is None
    assert "Roles: Board member, Trainer → Trainer; Expires on: 1 March 2023 → " in page.text


def test_sa03_a_last_day_that_was_typed_stays_when_no_role_asks_for_one(
    pages: Pages, administrator: User
) -> None:
    user = factories.user(Role.TRAINER, expires_on=date(2199, 3, 1))
    roles = f"/accounts/{user.id}/roles"
    pages.submit(pages.submit(pages.get(roles), {"roles": ["trainer", "dfe_adviser"]}))
    page = pages.submit(pages.get(roles), {"roles": ["trainer"]})
    assert "Last day 1 March 2199 stays: the account still ends on that day" in page.text
    assert page.links()["change its last day"] == f"/accounts/{user.id}/edit"
    pages.submit(page)
    assert db.session.get_one(User, user.id).expires_on == date(2199, 3, 1)


def test_sa03_a_role_that_takes_the_place_of_another_brings_its_own_last_day(
    pages: Pages, on_the_board: User
) -> None:
    """So that the last day still goes with the last role that asks for one."""
    roles = f"/accounts/{on_the_board.id}/roles"
    page = pages.submit(pages.get(roles), {"roles": ["trainer", "dfe_adviser"]})
    assert (
        "Last day 1 May 2023, 12 months after the role that asks for one was given: 1 March 2023 goes with "
        "the role that brought it"
    ) in page.text
    page = pages.submit(page)
    assert db.session.get_one(User, on_the_board.id).expires_on == date(2023, 5, 1)
    assert "Expires on: 1 March 2023 → 1 May 2023" in page.text
    page = pages.submit(pages.get(roles), {"roles": ["trainer"]})
    assert "Last day 1 May 2023 goes with it: the account has no last day then" in page.text


@pytest.mark.parametrize("roles", [["trainer"], ["trainer", "dfe_adviser"]])
def test_sa03_whoever_takes_an_ended_accounts_role_away_is_told_that_it_can_be_used_again(
    pages: Pages, administrator: User, travel_to: Callable[..., None], roles: list[str]
) -> None:
    travel_to("2022-03-01 10:00")
    pages.sign_in(administrator)
    user = factories.user(Role.TRAINER)
    page = pages.get(f"/accounts/{user.id}/roles")
    page = pages.submit(page, {"roles": ["trainer", "board_member"]})
    assert "can be used again" not in page.text
    pages.submit(page)
    for on, is_told in (("2023-03-01 10:00", False), ("2023-03-02 10:00", True)):
        travel_to(on)
        pages.sign_in(administrator)
        page = pages.submit(pages.get(f"/accounts/{user.id}/roles"), {"roles": roles})
        told = "The account ended on 1 March 2023, and can be used again once the roles are changed."
        assert (told in page.text) is is_told


def test_sa03_a_typed_last_day_stays_when_one_role_takes_the_place_of_another(
    pages: Pages, administrator: User
) -> None:
    user = factories.user(Role.BOARD_MEMBER, expires_on=date(2199, 3, 1))
    page = pages.submit(pages.get(f"/accounts/{user.id}/roles"), {"roles": ["dfe_adviser"]})
    assert "Last day" not in page.text
    pages.submit(page)
    assert db.session.get_one(User, user.id).expires_on == date(2199, 3, 1)


def test_sa03_one_of_two_roles_that_end_leaves_the_last_day_without_a_word(
    pages: Pages, administrator: User
) -> None:
    user = factories.user(Role.TRAINER)
    roles = f"/accounts/{user.id}/roles"
    pages.submit(pages.submit(pages.get(roles), {"roles": ["board_member", "dfe_adviser"]}))
    page = pages.submit(pages.get(roles), {"roles": ["board_member"]})
    assert "Last day" not in page.text


def test_u29_an_older_page_does_not_put_back_the_last_day_of_an_account(
    pages: Pages, administrator: User
) -> None:
    user = factories.user(Role.TRAINER, name="Noor Ali")
    address = f"/accounts/{user.id}/edit"
    first, second = pages.get(address), pages.get(address)
    last_day = {"expires_on-day": "1", "expires_on-month": "3", "expires_on-year": "2199"}
    pages.submit(first, last_day)
    page = pages.submit(second, {"name": "Noor Ali-Khan"})
    assert page.errors[0].startswith("This was changed by Ada Min on ")
    assert "Last day 1 March 2199" in page.text
    assert page.value("name") == "Noor Ali-Khan"
    assert db.session.get_one(User, user.id).name == "Noor Ali"
    page = pages.submit(page, last_day)
    assert page.h1 == "Noor Ali-Khan"
    assert "1 March 2199" in page.text


def test_sa03_the_last_administrator_is_kept(pages: Pages, administrator: User) -> None:
    page = pages.submit(pages.get(f"/accounts/{administrator.id}/roles"), {"roles": ["trainer"]})
    assert page.errors[0].startswith("This is the only administrator who can sign in")
    page = pages.post(f"/accounts/{administrator.id}/roles/confirm", {"roles": "trainer"})
    assert "This is the only administrator" in page.text
    assert db.session.get_one(User, administrator.id).roles == [Role.ADMINISTRATOR]


def test_the_same_roles_are_not_a_change(pages: Pages, administrator: User) -> None:
    user = factories.user(Role.TRAINER)
    page = pages.submit(pages.get(f"/accounts/{user.id}/roles"))
    assert page.errors == ["These are the roles that the account has now: choose others, or cancel"]


def test_closing_an_account_ends_its_sessions_and_opening_it_lets_in_again(
    app: Flask, pages: Pages, administrator: User, account: Callable[..., User]
) -> None:
    user = account(email="sam@council.example", name="Sam Oduya")
    theirs = Pages(app)
    sign_in(theirs, "sam@council.example")
    page = pages.submit(pages.get(f"/accounts/{user.id}/close"), {"reason": "Has moved away"})
    assert "Closed" in page.text
    assert theirs.get("/account").h1 == "Sign in"
    assert sign_in(theirs, "sam@council.example").errors[0].startswith("This account was closed.")
    pages.submit(page, form="/reopen")
    sign_in(theirs, "sam@council.example")
    assert theirs.get("/account").h1 == "Your account"


def test_nobody_closes_their_own_account(
    pages: Pages, administrator: User, account: Callable[..., User]
) -> None:
    account(Role.ADMINISTRATOR)
    sentence = "You can’t close your own account. Ask another administrator to."
    page = pages.get(f"/accounts/{administrator.id}/close")
    assert page.path == f"/accounts/{administrator.id}"
    assert sentence in page.text
    assert pages.post(f"/accounts/{administrator.id}/close").errors == [sentence]


def test_changing_an_account(pages: Pages, administrator: User) -> None:
    user = factories.user(Role.DFE_ADVISER, expires_on=clock.today())
    page = pages.get(f"/accounts/{user.id}/edit")
    empty = {"expires_on-day": "", "expires_on-month": "", "expires_on-year": ""}
    refused = pages.submit(page, empty)
    assert refused.errors[0].startswith("Enter a last day")
    later = {"expires_on-day": "1", "expires_on-month": "3", "expires_on-year": "2199"}
    page = pages.submit(page, {**later, "name": "Dee Adviser"})
    assert page.h1 == "Dee Adviser"
    assert "1 March 2199" in page.text
    assert "Expires on" in page.text


def test_the_list_is_searched_filtered_and_paged(pages: Pages, administrator: User) -> None:
    for number in range(30):
        factories.user(Role.TRAINER, name=f"Teacher {number:02}", email=f"t{number}@provider.example")
    page = pages.get("/accounts")
    assert "1 to 25 of 31 accounts" in page.text
    assert "26 to 31 of 31 accounts" in pages.get("/accounts?page=2").text
    assert "1 account" in pages.get("/accounts?q=teacher+07").text
    assert "30 accounts" in pages.get("/accounts?role=trainer&q=provider.example").text
    assert "No account fits" in pages.get("/accounts?q=%25").text
    assert "31" in pages.get("/accounts?role=nonsense").text


@pytest.mark.parametrize("address", ["/accounts?q=", "/audit?actor="])
@pytest.mark.usefixtures("administrator")
def test_an_account_is_found_whichever_apostrophe_and_accent_is_typed(pages: Pages, address: str) -> None:
    zoe = factories.user(Role.TRAINER, name="Zoë O’Brien", email="trainer@provider.example")
    audit.record(by=factories.actor(name=zoe.name), verb="account:edited", thing=zoe, now=clock.now())
    for typed in ("zoe", "O'BRIEN", "zoë+o’brien"):
        found = pages.get(f"{address}{typed}").soup.select_one("tbody")
        assert found is not None, typed
        assert "Zoë O’Brien" in found.get_text(), typed


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_see_accounts_and_the_audit(
    pages: Pages, account: Callable[..., User], role: Role
) -> None:
    user = account(role)
    pages.sign_in(user)
    for path in (
        "/accounts",
        "/accounts/invite",
        f"/accounts/{user.id}",
        f"/accounts/{user.id}/roles",
        "/audit",
    ):
        assert pages.get(path, status=403)


def test_an_account_that_is_not_there(pages: Pages, administrator: User) -> None:
    pages.get("/accounts/999999", status=404)
