"""`flask check`: what must never be so, looked for in the database as it is."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from app.bookings.queries import capacity_breaches
from app.cli.answers import AnsweringGroup
from app.cli.opening import with_database
from app.core.db import reading


@click.group("check", cls=AnsweringGroup)
def check() -> None:
    """Look for what must never be so. Changes nothing; exit code 1 when something was found."""


@check.command("bookings")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@with_database
def check_bookings(as_json: bool) -> None:
    """Check that no session has more places taken, or kept, than it has, that every place has its seats, and
    that nothing is held for longer than it should be."""
    with reading():
        breaches = capacity_breaches()
    if as_json:
        click.echo(json.dumps([asdict(breach) for breach in breaches], ensure_ascii=False, indent=2))
    else:
        for breach in breaches:
            click.echo(f"{breach.run_code}: {breach.problem}")
        if not breaches:
            click.echo("No session has more places taken than it has.")
    sys.exit(1 if breaches else 0)
