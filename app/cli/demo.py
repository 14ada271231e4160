"""`flask demo`: filling in the demonstration academy, and how to sign in to it."""

from __future__ import annotations

import click
from flask import current_app

from app.cli.answers import stop
from app.cli.opening import with_database
from app.config import Settings, kept_secret
from app.core import clock
from app.core.db import db
from app.core.errors import TakeupError
from app.demonstration import queries, rules


@click.group("demo")
def demo() -> None:
    """The demonstration academy."""


@demo.command("fill")
@with_database
def fill() -> None:
    """Fill in the demonstration academy, where that has not been done."""
    settings = _settings_of_a_demonstration()
    password = password_of(settings)
    try:
        if rules.fill(password=password, now=clock.now()):
            click.echo("The demonstration academy is filled in.", err=True)
        else:
            rules.sync_accounts(password=password, now=clock.now())
    except TakeupError as error:
        raise click.ClickException(error.message) from None
    db.session.commit()


@demo.command("signin")
@with_database
def signin() -> None:
    """Print how to sign in as each role."""
    settings = _settings_of_a_demonstration()
    if not queries.is_filled():
        stop("The demonstration academy is not filled in here: run flask demo fill.", as_json=False)
    width = max(len(account.email) for account in rules.ACCOUNTS)
    click.echo("Sign in as")
    for account in rules.ACCOUNTS:
        click.echo(f"  {account.email:{width}}  {account.role.label}")
    click.echo(f"each with the password  {password_of(settings)}")


def password_of(settings: Settings) -> str:
    """The password of every demonstration account: DEMO_PASSWORD, or one made at random and kept."""
    return settings.demo_password or kept_secret(settings.instance_dir / "demo-password", length=12)


def _settings_of_a_demonstration() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.is_demonstration:
        why = "DEMO is 0" if settings.demo is False else "DATABASE_URL is set"
        stop(f"This is not a demonstration: {why}. For one in an empty database, set DEMO=1.", as_json=False)
    return settings
