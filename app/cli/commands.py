"""The `flask` commands: each fetches, calls a rule or a query, commits, and prints."""

from __future__ import annotations

from flask import Flask

from app.cli.accounts import accounts
from app.cli.check import check
from app.cli.demo import demo
from app.cli.figures import figures
from app.cli.imports import import_files
from app.cli.jobs import jobs, scheduler
from app.cli.migrations import migrations
from app.cli.records import records


def register(app: Flask) -> None:
    """Give the `flask` command its subcommands."""
    app.cli.add_command(accounts)
    app.cli.add_command(jobs)
    app.cli.add_command(scheduler)
    app.cli.add_command(import_files)
    app.cli.add_command(figures)
    app.cli.add_command(records)
    app.cli.add_command(demo)
    app.cli.add_command(check)
    app.cli.add_command(migrations)
