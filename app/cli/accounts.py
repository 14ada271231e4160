"""`flask accounts`: the first administrator, and who has an account."""

from __future__ import annotations

import json

import click

from app.accounts import queries, rules
from app.accounts.models import User
from app.cli.answers import AnsweringGroup, stop
from app.cli.opening import with_database
from app.config import is_e_mail_address
from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import day_and_time
from app.core.letters import UNPRINTABLE, on_one_line, visible
from app.core.mail import link
from app.core.permissions import Role
from app.sessions.rules import link_trainer


@click.group(cls=AnsweringGroup)
def accounts() -> None:
    """Who may sign in, and as what."""


@accounts.command()
@click.argument("email")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role])
)
@click.option("--name", default="", help="Who it is; without, the first part of the address.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@with_database
def invite(email: str, roles: tuple[str, ...], name: str, as_json: bool) -> None:
    """Make an account and print the one-time link by which its holder chooses a password.

    There is no default password: this is how the first administrator begins.
    """
    email = visible(email).strip().lower()
    if not is_e_mail_address(email):
        stop(f"{email} is not an e-mail address.", as_json=as_json, code=2)
    name = on_one_line(name) or _name_from(email)
    _check_length("E-mail address", email, 254, as_json=as_json)
    _check_length("--name", name, 200, as_json=as_json)
    if UNPRINTABLE.search(name):
        stop("--name has a character that can’t be printed. Remove it.", as_json=as_json, code=2)
    try:
        invited = rules.invite(
            email=email,
            name=name,
            roles={Role(role) for role in roles},
            by=COMMAND_LINE,
            now=clock.now(),
            by_email=False,
        )
        link_trainer(user=invited.user, by=COMMAND_LINE, now=clock.now())
        db.session.commit()
    except RuleBroken as error:
        stop(f"{error.message}. For a new link: flask accounts link {email}", as_json=as_json)
    _print(invited, as_json)


@accounts.command("link")
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@with_database
def link_command(email: str, as_json: bool) -> None:
    """Print a new one-time link of an account, for somebody who can't get in any other way."""
    user = db.session.scalar(queries.by_email(email))
    if user is None:
        stop(f"There is no account for {email}.", as_json=as_json)
    try:
        invited = rules.make_password_link(user=user, by=COMMAND_LINE, now=clock.now())
        db.session.commit()
    except RuleBroken as error:
        stop(error.message, as_json=as_json)
    _print(invited, as_json)


@accounts.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@with_database
def list_accounts(as_json: bool) -> None:
    """Print every account: address, name, roles, and whether it can sign in."""
    users = list(db.session.scalars(queries.accounts()))
    if as_json:
        click.echo(json.dumps([_plain(user) for user in users]))
        return
    for user in users:
        roles = ", ".join(role.label for role in user.roles)
        click.echo(f"{user.email}  {user.name}  {roles}  {_state(user)}")
    if not users:
        click.echo(
            "There are no accounts yet. Make the first: flask accounts invite EMAIL --role administrator"
        )


def _check_length(what: str, text: str, at_most: int, *, as_json: bool) -> None:
    if len(text) > at_most:
        stop(f"{what} must be {at_most} characters or fewer.", as_json=as_json, code=2)


def _print(invited: rules.Invited, as_json: bool) -> None:
    address = link(f"/invitation/{invited.token}")
    if as_json:
        expires_at = invited.link.expires_at.isoformat()
        click.echo(json.dumps({**_plain(invited.user), "link": address, "expires_at": expires_at}))
        return
    click.echo(f"{invited.user.name} ({invited.user.email}) can choose a password here, once,")
    click.echo(f"until {day_and_time(invited.link.expires_at)}:")
    click.echo(address)


def _plain(user: User) -> dict[str, object]:
    return {
        "email": user.email,
        "name": user.name,
        "roles": [role.value for role in user.roles],
        "state": _state(user),
        "expires_on": user.expires_on.isoformat() if user.expires_on else None,
    }


def _state(user: User) -> str:
    if not user.active:
        return "closed"
    if user.is_expired(clock.today()):
        return "ended"
    return "open" if user.has_accepted else "invited"


def _name_from(email: str) -> str:
    """ "sam.oduya@council.example" is "Sam Oduya" until somebody says otherwise."""
    words = email.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ")
    return " ".join(word.capitalize() for word in words.split()) or email
