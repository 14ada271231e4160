"""`flask jobs` and `flask scheduler`."""

from __future__ import annotations

import json
import sys

import click
from flask import current_app

from app.cli.answers import AnsweringGroup, stop
from app.cli.opening import with_database
from app.core import garbage
from app.core.errors import TakeupError
from app.jobs import jobs as timetable


@click.group("jobs", cls=AnsweringGroup)
def jobs() -> None:
    """The scheduled jobs."""


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def list_jobs(as_json: bool) -> None:
    """Show every job and how often it runs."""
    known = timetable.TIMETABLE.values()
    if as_json:
        plain = [{"job": job.name, "every_seconds": job.every_seconds, "title": job.title} for job in known]
        click.echo(json.dumps(plain, ensure_ascii=False))
        return
    for job in known:
        click.echo(f"{job.name:16} {job.every:18} {job.title}")


@jobs.command("run")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@with_database
def run(name: str, as_json: bool) -> None:
    """Run the job NAME now."""
    try:
        tally = timetable.run_by_hand(name).tally
    except TakeupError as error:
        stop(error.message, as_json=as_json)
    if as_json:
        why = {"problem": tally.problem} if tally.problem else {}
        counts = {"done": tally.done, "skipped": tally.skipped, "failed": tally.failed}
        click.echo(json.dumps({"job": name, **counts, **why}, ensure_ascii=False))
    else:
        click.echo(f"{name}: {tally.words}")
    sys.exit(1 if tally.failed else 0)


@click.command("scheduler")
@with_database
def scheduler() -> None:
    """Keep the timetable: run one of these beside the web server."""
    from app.cli.scheduler import keep_timetable  # with libraries that a web server never needs

    garbage.collect_in_between_only()
    keep_timetable(current_app._get_current_object())  # type: ignore[attr-defined]
