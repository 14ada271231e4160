"""`flask accounts`: the first administrator begins with a printed link."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from click.testing import Result
from sqlalchemy import select

from app.accounts.models import User
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from tests import factories
from tests.pages import Pages

Run = Callable[..., Result]


def test_sa01_the_first_administrator_begins_with_a_one_time_link(run_command: Run, pages: Pages) -> None:
    result = run_command("accounts", "invite", "Ada.Min@council.example", "--role", "administrator")
    assert result.exit_code == 0
    link = re.search(r"https?://[^/\s]+(/invitation/\S+)", result.output)
    assert link
    page = pages.get(link[1])
    assert "Ada Min" in page.text
    pages.submit(page, {"password": "violet harbour stapler"})
    page = pages.get("/sign-in?next=/accounts")
    page = pages.submit(page, {"email": "ada.min@council.example", "password": "violet harbour stapler"})
    assert page.h1 == "Accounts"
    pages.get(link[1], status=404)
    assert db.session.scalar(select(Message).where(Message.kind == "invitation")) is None


def test_json_is_all_that_is_printed(run_command: Run) -> None:
    result = run_command(
        "accounts", "invite", "bo@council.example", "--role", "board_member", "--role", "trainer",
        "--name", "Bo Ard", "--json",
    )  # fmt: skip
    printed = json.loads(result.stdout)
    assert printed["email"] == "bo@council.example"
    assert printed["name"] == "Bo Ard"
    assert printed["roles"] == ["board_member", "trainer"]
    assert "/invitation/" in printed["link"]
    assert printed["expires_on"]
    listed = json.loads(run_command("accounts", "list", "--json").stdout)
    assert [(one["email"], one["state"]) for one in listed] == [("bo@council.example", "invited")]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (
            ["invite", "taken@council.example", "--role", "trainer"],
            1,
            "There is an account for taken@council.example",
        ),
        (["invite", "not-an-address", "--role", "trainer"], 2, "is not an e-mail address"),
        (["invite", "a,b@council.example", "--role", "trainer"], 2, "is not an e-mail address"),
        (["invite", "a@b@council.example", "--role", "trainer"], 2, "is not an e-mail address"),
        (["invite", f"{'a' * 250}@council.example", "--role", "trainer"], 2, "254 characters or fewer"),
        (["invite", f"{'a' * 201}@council.example", "--role", "trainer"], 2, "--name must be 200 characters"),
        (["invite", "new@council.example", "--role", "trainer", "--name", "a" * 201], 2, "--name must be"),
        (["invite", "new@council.example", "--role", "trainer", "--name", "A\nB\x1b[31m"], 2, "be printed"),
        (["invite", "new@council.example", "--role", "trainer", "--name", "\u202edrA oB"], 2, "be printed"),
        (["invite", "new@council.example"], 2, "--role"),
        (["invite", "new@council.example", "--role", "king"], 2, "king"),
        (["link", "nobody@council.example"], 1, "There is no account for nobody@council.example."),
        (["link", "closed@council.example"], 1, "This account was closed. A link to it would not work"),
    ],
)
def test_what_is_refused_is_one_sentence(
    run_command: Run, words: list[str], code: int, sentence: str
) -> None:
    factories.user(Role.TRAINER, email="taken@council.example")
    factories.user(Role.TRAINER, email="closed@council.example", active=False)
    result = run_command("accounts", *words)
    assert result.exit_code == code
    assert sentence in result.stderr
    assert "Traceback" not in result.output
    assert not result.stdout
    in_json = run_command("accounts", *words, "--json")
    assert in_json.exit_code == code
    if "usage:" not in result.stderr.lower():  # the others are click's own, for whoever types
        assert json.loads(in_json.stdout) == {"error": in_json.stderr.strip()}


def test_a_name_is_kept_as_the_page_would_keep_it(run_command: Run) -> None:
    invite = ("accounts", "invite", "bo@council.example", "--role", "trainer", "--json", "--name")
    assert json.loads(run_command(*invite, "Bo\n\u200b Ard\ufeff").stdout)["name"] == "Bo Ard"
    assert db.session.scalars(select(User.name)).all() == ["Bo Ard"]


def test_a_lost_administrator_gets_a_new_link(run_command: Run, pages: Pages) -> None:
    user = factories.user(Role.ADMINISTRATOR, email="ada@council.example", password="a hash")
    printed = json.loads(run_command("accounts", "link", "ada@council.example", "--json").stdout)
    page = pages.get("/invitation/" + printed["link"].rpartition("/")[2])
    pages.submit(page, {"password": "violet harbour stapler"})
    assert db.session.get_one(User, user.id).password != "a hash"


def test_an_empty_list_says_how_to_begin(run_command: Run) -> None:
    assert "flask accounts invite" in run_command("accounts", "list").stdout


def test_flask_security_brings_no_commands_of_its_own(run_command: Run) -> None:
    assert run_command("users", "create", "x@council.example").exit_code == 2
    assert run_command("roles", "create", "king").exit_code == 2
