"""What everybody may read, and the frame that every page has."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.accounts.rules.links import INVITATION_LASTS, RESET_LASTS
from app.accounts.rules.signing_in import ABSOLUTE_LIFE, IDLE_LIFE, MOST_GUESSES, WARN_AFTER, WINDOW
from app.core.filters import lasting
from app.core.permissions import Role
from tests import factories
from tests.pages import Pages

PUBLIC = {"/help": "Help", "/privacy": "Privacy notice", "/accessibility": "Accessibility statement"}


@pytest.mark.parametrize(("path", "heading"), PUBLIC.items())
@pytest.mark.parametrize("role", [None, Role.BOARD_MEMBER, Role.ADMINISTRATOR])
def test_everybody_reads_the_information(pages: Pages, path: str, heading: str, role: Role | None) -> None:
    if role:
        pages.sign_in(factories.user(role))
    assert pages.get(path).h1 == heading


@pytest.mark.parametrize("path", [*PUBLIC, "/sign-in", "/account", "/no-such-page"])
def test_help_is_in_the_same_place_on_every_page(pages: Pages, path: str) -> None:
    pages.sign_in(factories.user(Role.PRACTITIONER))
    page = pages.get(path, status=404 if path == "/no-such-page" else 200)
    links = [link.get_text() for link in page.soup.select(".takeup-footer__links a")]
    assert links == ["Help", "Privacy", "Accessibility", "Account"]


def test_nobody_is_led_where_they_can_not_go(pages: Pages) -> None:
    page = pages.get("/sign-in")
    assert "Account" not in page.links()
    page = pages.sign_in(factories.user(Role.PRACTITIONER)).get("/people", status=403)
    assert page.links()["go on from your first page"] == "/"


@pytest.mark.parametrize(
    "words",
    [
        "public task",
        "within one month",
        "acknowledge within 30 days",
        "Information Commissioner",
        "6 years",
        "put right",
    ],
)
def test_the_privacy_notice_says_what_it_must(pages: Pages, words: str) -> None:
    assert words in pages.get("/privacy").text


@pytest.mark.parametrize(("days", "words"), [(365, "1 year"), (730, "2 years"), (90, "90 days")])
def test_the_privacy_notice_says_for_how_long_the_words_of_e_mails_are_kept(
    app: Flask, pages: Pages, monkeypatch: pytest.MonkeyPatch, days: int, words: str
) -> None:
    settings = app.config["SETTINGS"].model_copy(update={"mail_kept_days": days})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    assert f"What our e-mails to you said {words}" in " ".join(pages.get("/privacy").text.split())


@pytest.mark.parametrize(
    ("role", "sees", "never"),
    [
        (
            Role.ACADEMY_MANAGER,
            {"Today", "People", "Programmes", "Runs", "Targets", "Board", "Imports"},
            {"Accounts"},
        ),
        (Role.PRACTITIONER, {"Today", "Book a place", "My places"}, {"People", "Board", "Runs"}),
        (Role.LINE_MANAGER, {"My team", "Book a place", "My places"}, {"People", "Board"}),
        (Role.TRAINER, {"Today", "Runs"}, {"People", "My places", "Board"}),
        (Role.BOARD_MEMBER, {"Today", "Targets", "Board"}, {"People", "Runs", "Programmes"}),
        (Role.ADMINISTRATOR, {"Imports", "Accounts", "Outbox", "Jobs", "Audit"}, {"People", "Board"}),
    ],
)
def test_the_menu_offers_what_the_role_may_open(
    pages: Pages, role: Role, sees: set[str], never: set[str]
) -> None:
    pages.sign_in(factories.user(role))
    page = pages.get("/account")
    links = {
        link.get_text(strip=True): link["href"]
        for link in page.soup.select(".govuk-service-navigation__link")
    }
    assert sees <= set(links) | {"Takeup"}
    assert not never & set(links)
    for href in links.values():
        pages.get(str(href))


def test_the_menu_marks_where_one_is(pages: Pages) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    for path, text in {"/accounts": "Accounts", "/audit": "Audit", "/outbox": "Outbox"}.items():
        marked = pages.get(path).soup.select(".govuk-service-navigation [aria-current]")
        assert [one.get_text(strip=True) for one in marked] == [text]


@pytest.mark.parametrize(
    ("role", "path", "text"),
    [
        (Role.PRACTITIONER, "/runs/{run}/book", "Book a place"),
        (Role.PRACTITIONER, "/runs/{run}", "Book a place"),
        (Role.ACADEMY_MANAGER, "/runs/{run}", "Runs"),
        (Role.PRACTITIONER, "/bookings", "My places"),
        (Role.ACADEMY_MANAGER, "/runs/{run}/places", "Runs"),
        (Role.ACADEMY_MANAGER, "/courses/{course}/not-booked", "Programmes"),
        (Role.ACADEMY_MANAGER, "/courses/{course}/runs", "Programmes"),
        (Role.ACADEMY_MANAGER, "/programmes/{programme}/edit", "Programmes"),
        (Role.ACADEMY_MANAGER, "/people/leaving", "People"),
    ],
)
def test_the_menu_marks_what_a_page_of_another_room_lies_under(
    pages: Pages, role: Role, path: str, text: str
) -> None:
    run = factories.run(factories.course(components=1))
    pages.sign_in(factories.user(role, of=factories.staff()))
    course = run.version.course
    page = pages.get(path.format(run=run.id, course=course.id, programme=course.programme_id))
    marked = page.soup.select(".govuk-service-navigation [aria-current]")
    assert [one.get_text(strip=True) for one in marked] == [text]


def test_a_visitor_has_no_menu_and_no_warning(pages: Pages) -> None:
    page = pages.get("/help")
    assert not page.soup.select(".govuk-service-navigation__link[href^='/accounts']")
    assert not page.soup.select("dialog")


def test_the_colour_is_the_councils_and_is_kept_by_browsers(app: Flask, client: Any) -> None:
    response = client.get("/brand.css")
    assert response.text == f":root {{ --council-colour: {app.config['COUNCIL'].colour}; }}\n"
    assert response.mimetype == "text/css"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in response.headers


def test_fetching_the_colour_touches_no_session(pages: Pages) -> None:
    pages.sign_in(factories.user(Role.TRAINER)).get("/account")
    assert "Set-Cookie" not in pages.browser.get("/brand.css").headers


def test_there_is_no_logo_unless_the_council_gives_one(client: Any) -> None:
    assert client.get("/brand/logo").status_code == 404


@pytest.mark.parametrize(("name", "mimetype"), [("logo.svg", "image/svg+xml"), ("logo.png", "image/png")])
def test_the_logo_is_the_councils_file(
    app: Flask, client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, mimetype: str
) -> None:
    logo = tmp_path / name
    logo.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    settings = app.config["SETTINGS"].model_copy(update={"council_logo": logo})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    response = client.get("/brand/logo")
    assert response.data == logo.read_bytes()
    assert response.mimetype == mimetype
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_every_email_has_the_councils_frame(app: Flask) -> None:
    from app.accounts import emails
    from app.core import mail

    email = emails.invitation(
        name="Noor <b>Ali</b>",
        roles=[Role.TRAINER, Role.PARTNER],
        token="tok-en",
        until=datetime.fromisoformat("2026-11-27T09:00Z"),
    )
    words = mail.render(email)
    assert "Noor <b>Ali</b>" in words.text
    assert "Noor &lt;b&gt;Ali&lt;/b&gt;" in words.html
    assert "(Trainer and Partner)" in words.text
    for part in (words.text, words.html):
        assert f"{app.config['ADDRESS']}/invitation/tok-en" in part
        assert app.config["COUNCIL"].name in part
        assert "27 November 2026 at 09:00" in part


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("home/information/help.html", f"works once and for {INVITATION_LASTS.days} days"),
        ("home/information/help.html", f"After {MOST_GUESSES} wrong passwords in {lasting(WINDOW)}"),
        ("home/information/help.html", f"do nothing for {lasting(IDLE_LIFE)}"),
        ("home/information/help.html", f"warns you {lasting(IDLE_LIFE - WARN_AFTER)} before"),
        ("home/information/help.html", f"for more than {lasting(ABSOLUTE_LIFE)}"),
        ("sessions/invite_account.html", f"works once and for {INVITATION_LASTS.days} days"),
        ("accounts/invite_coordinator.html", f"works once and for {INVITATION_LASTS.days} days"),
        ("accounts/invite_many.html", f"works once and for {INVITATION_LASTS.days} days"),
        ("accounts/not_come.html", f"works for {INVITATION_LASTS.days} days"),
        ("security/link_over.html", f"works once, for {INVITATION_LASTS.days} days"),
        ("security/link_over.html", f"works once, for {RESET_LASTS // timedelta(hours=1)} hours"),
    ],
)
def test_what_pages_say_of_passwords_and_links_is_what_holds(app: Flask, template: str, says: str) -> None:
    loader = app.jinja_env.loader
    assert loader is not None
    assert says in loader.get_source(app.jinja_env, template)[0]
