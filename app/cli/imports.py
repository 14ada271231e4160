"""`flask import`: bring in a council's files, all of a file or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from pydantic_core import PydanticCustomError

from app.cli.answers import AnsweringGroup, stop
from app.cli.opening import with_database
from app.core import clock, garbage
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.core.errors import TakeupError
from app.core.filters import day as in_words
from app.core.filters import plural
from app.core.forms import LARGEST_INTEGER, LONGEST_REASON
from app.core.letters import UNPRINTABLE, on_one_line
from app.exchange import rules
from app.exchange.files import MAX_BYTES, read_date
from app.exchange.models import FileImport, ImportKind, ImportState
from app.exchange.rules import Group, Plan
from app.figures.queries import target_coded

_SHOWN = 20


class Day(click.ParamType):
    """A date, 2022-03-31 or 31/03/2022; with `or_time`, also an instant: 2022-03-31T17:05 is London's."""

    name = "date"

    def __init__(self, *, or_time: bool = False) -> None:
        self.or_time = or_time

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date | datetime:
        if isinstance(value, date):
            return value
        is_time = self.or_time and value[10:11] in {"T", " "}
        try:
            return _moment(value) if is_time else read_date(value)
        except PydanticCustomError as error:
            self.fail(error.message(), param, ctx)
        except ValueError:
            self.fail(f"“{value}” is not a time like 2022-03-31T17:05.", param, ctx)


class Reason(click.ParamType):
    """A sentence that is kept, as long as it may be on a page."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        reason = on_one_line(value)
        if len(reason) > LONGEST_REASON or UNPRINTABLE.search(reason):
            self.fail(f"Write {LONGEST_REASON} characters at most, all of which print.", param, ctx)
        return reason


def _moment(text: str) -> datetime:
    read_date(text[:10])
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else clock.london_time(moment.date(), moment.time())


def _file_options(command: Callable[..., None]) -> Callable[..., None]:
    """What every kind of file has in common."""
    options = (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)),
        click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing."),
        click.option(
            "--recorded-at",
            type=Day(or_time=True),
            help="For history: when this became known. A date is the end of that day in London.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else."),
    )
    for option in reversed(options):
        command = option(command)
    return with_database(command)


_effective = click.option(
    "--effective",
    type=Day(),
    help="The day from which changes count, at most a year back or 3 months ahead; today unless given.",
)


@click.group("import", cls=AnsweringGroup)
def import_files() -> None:
    """Bring in a CSV file: all of it, or nothing when a line is wrong."""


@import_files.command("people")
@_effective
@click.option("--end-missing", is_flag=True, help="Those in post who are missing from the file have left.")
@_file_options
def people(file: Path, effective: date | None, end_missing: bool, **options: Any) -> None:
    """Staff from the HR system."""
    _import(ImportKind.PEOPLE, file, effective=effective, end_missing=end_missing, **options)


@import_files.command("completions")
@_file_options
def completions(file: Path, **options: Any) -> None:
    """Courses completed before the registers were kept here."""
    _import(ImportKind.COMPLETIONS, file, **options)


@import_files.command("partners")
@_effective
@_file_options
def partners(file: Path, effective: date | None, **options: Any) -> None:
    """People from partner organisations."""
    _import(ImportKind.PARTNERS, file, effective=effective, **options)


@import_files.command("cohort")
@click.option("--target", required=True, help="The code of the target whose cohort they join.")
@_file_options
def cohort(file: Path, target: str, **options: Any) -> None:
    """People who join the cohort of a target; nobody leaves it by this."""
    _import(ImportKind.COHORT, file, target=target, **options)


@import_files.command("runs")
@_file_options
def training_runs(file: Path, **options: Any) -> None:
    """Runs with their dates: a line for each session."""
    _import(ImportKind.RUNS, file, **options)


@import_files.command("attendance")
@_file_options
def attendance(file: Path, **options: Any) -> None:
    """Who attended which session."""
    _import(ImportKind.ATTENDANCE, file, **options)


@import_files.command("undo")
@click.argument("import_id", type=int)
@click.option("--leave-changed", is_flag=True, help="Leave those who were changed since as they are.")
@click.option("--reason", type=Reason(), help="Why: kept in the audit, and in registers that are locked.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@with_database
def undo(import_id: int, leave_changed: bool, reason: str | None, as_json: bool) -> None:
    """Take back the import with this number, within 7 days."""
    row = db.session.get(FileImport, import_id) if 0 < import_id <= LARGEST_INTEGER else None
    if row is None:
        stop(f"There is no import {import_id}.", as_json=as_json, undone=False)
    try:
        rules.undo(
            file_import=row, by=COMMAND_LINE, now=clock.now(), reason=reason, leave_changed=leave_changed
        )
    except TakeupError as error:
        how = " To leave them: --leave-changed" if getattr(error, "field", None) == "leave_changed" else ""
        stop(f"{error.message}{how}", as_json=as_json, undone=False)
    db.session.commit()
    if as_json:
        click.echo(json.dumps({"undone": True, "import_id": import_id}))
    else:
        click.echo(f"Import {import_id} is {rules.said_of_undone(row)}")


@garbage.nothing_is_collected()  # what is read of a file stays until the command is done
def _import(
    kind: ImportKind,
    file: Path,
    *,
    dry_run: bool,
    recorded_at: date | datetime | None,
    as_json: bool,
    effective: date | None = None,
    end_missing: bool = False,
    target: str | None = None,
) -> None:
    """Look at the file and, unless it is a dry run, apply it; print what changed or why nothing did."""
    now = clock.now()
    try:
        row = rules.upload(
            kind=kind,
            filename=file.name,
            content=_read(file),
            target=_target(target),
            effective=effective,
            recorded_at=rules.known_since(recorded_at, now),
            by=COMMAND_LINE,
            now=now,
        )
        plan = rules.preview(row, now=now)
        if plan.may_be_applied and plan.changes_something(end_missing=end_missing) and not dry_run:
            rules.apply(file_import=row, plan=plan, end_missing=end_missing, by=COMMAND_LINE, now=now)
            db.session.commit()
    except TakeupError as error:
        db.session.rollback()
        stop(error.message, as_json=as_json, applied=False)
    outcome = _Outcome(
        plan=plan,
        filename=row.filename,
        import_id=row.id if row.state is ImportState.APPLIED else None,
        effective=row.effective_on,
        is_dry_run=dry_run,
        ends_missing=end_missing,
    )
    db.session.rollback()
    _say(outcome, as_json=as_json)


def _say(outcome: _Outcome, *, as_json: bool) -> None:
    plan = outcome.plan
    said = json.dumps(outcome.as_json(), ensure_ascii=False, indent=2) if as_json else outcome.as_text()
    if said:
        click.echo(said)
    if plan.problems:
        stop(f"The file has {plural(len(plan.problems), 'problem')}: nothing was applied.", as_json=False)
    if plan.stop:
        stop(plan.stop, as_json=False)


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _target(code: str | None) -> Any:
    if code is None:
        return None
    target = db.session.scalar(target_coded(code))
    if target is None:
        raise TakeupError(f"There is no target {code}.")
    return target


@dataclass(frozen=True)
class _Outcome:
    """What a run of the command has to say."""

    plan: Plan
    filename: str
    import_id: int | None
    effective: date
    is_dry_run: bool
    ends_missing: bool

    def as_json(self) -> dict[str, Any]:
        plan = self.plan
        return {
            "kind": plan.kind.value,
            "file": self.filename,
            "dry_run": self.is_dry_run,
            "applied": self.import_id is not None,
            "import_id": self.import_id,
            "ended_missing": self.import_id is not None and self.ends_missing,
            "counts": plan.counts,
            "differences": [
                {"kind": group.value, "line": one.line, "who": one.who, "what": one.what}
                for group, differences in plan.differences.items()
                for one in differences
            ],
            "errors": [asdict(problem) for problem in plan.problems],
            "notices": [asdict(notice) for notice in [*plan.notices, *plan.clashes]],
            "unknown_columns": plan.unknown_columns,
            "stopped": plan.stop,
        }

    def as_text(self) -> str:
        plan = self.plan
        lines = [f"line {one.line}, {one.field}: {one.reason}" for one in plan.problems]
        notes = [*plan.notices, *plan.clashes]
        lines += [f"note: line {one.line}, {one.field}: {one.reason}" for one in notes]
        if plan.unknown_columns:
            lines.append(f"Ignored columns: {', '.join(plan.unknown_columns)}")
        if not plan.problems and not plan.stop:
            lines += [line for group in plan.differences for line in self._differences(group)]
            lines += [f"Unchanged: {plan.unchanged}", *self._result()]
        return "\n".join(lines)

    def _differences(self, group: Group) -> Iterator[str]:
        """How many; in a dry run also which, and those missing in any case."""
        differences = self.plan.differences[group]
        yield f"{group.label}: {len(differences)}"
        if self.is_dry_run or group is Group.MISSING:
            for one in differences[:_SHOWN]:
                yield f"  {f'line {one.line}: ' if one.line else ''}{one.who}: {one.what}"
            if len(differences) > _SHOWN:
                yield f"  and {len(differences) - _SHOWN} more: --json lists them all"

    def _result(self) -> Iterator[str]:
        if self.plan.differences.get(Group.MISSING) and not self.ends_missing:
            day = in_words(self.effective)
            yield f"Those missing stay as they are; with --end-missing they end the day before {day}."
        if self.is_dry_run:
            yield "Dry run: nothing was changed."
        elif self.import_id is None:
            yield "There was nothing to change."
        else:
            days = rules.UNDO_FOR.days
            yield f"Applied. To take it back within {days} days: flask import undo {self.import_id}"
