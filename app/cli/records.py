"""`flask records`: what the five council records state."""

from __future__ import annotations

import json

import click

from app.cli.answers import AnsweringGroup, stop
from app.cli.opening import with_database
from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import listed, plural
from app.exchange.rules import records as five_records


@click.group("records", cls=AnsweringGroup)
def records() -> None:
    """The council records that the academy begins with."""


@records.command("load")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@with_database
def load(as_json: bool) -> None:
    """Enter the providers, programmes, courses and targets of the five records, and no people."""
    try:
        entered = five_records.load(by=COMMAND_LINE, now=clock.now())
    except RuleBroken as broken:
        stop(f"{broken.message.rstrip('.')}. Nothing was entered.", as_json=as_json)
    db.session.commit()
    if as_json:
        click.echo(json.dumps({"entered": entered.total, **entered.counts}))
    elif entered.total:
        words = [plural(count, name) for name, count in entered.counts.items()]
        click.echo(f"Entered {listed(words)}.")
    else:
        click.echo("Nothing to enter: everything that the records state is there already.")
