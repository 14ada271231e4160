"""Issuing a pack for a meeting: its figures are published, and its files kept as they were issued. (BM-08)"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from app.audit import rules as audit
from app.board import files, queries
from app.board.models import Format, Pack, PackFile
from app.core import clock, pdf
from app.core.actors import Actor
from app.core.db import db, save_unique
from app.core.errors import RuleBroken, check_all
from app.core.filters import day, day_and_time
from app.figures import rules as figure_rules
from app.figures.models import PublishedFigure
from app.people.queries import Named
from app.people.rules import check_names_nobody

_WRITERS: Mapping[Format, Callable[[queries.Contents], bytes]] = {
    Format.PDF: files.pack_pdf,
    Format.XLSX: files.pack_xlsx,
    Format.CSV: files.pack_csv,
}


@dataclass(frozen=True)
class ReadyPack:
    """A pack that is ready to be issued: its files are made, and nothing is written yet."""

    meeting: str
    meets_on: date
    as_at: date
    known_at: datetime
    lines: Sequence[queries.Line]
    files: Mapping[Format, bytes]


def prepare(*, meeting: str, meets_on: date, as_at: date, now: datetime) -> ReadyPack:
    """Make the files of a meeting's pack, as at a day and as known now; this only reads.

    The pack of an academy without targets says so. Raises RuleBroken when the PDF can’t be made here.
    """
    pdf.begin()
    meeting = " ".join(meeting.split())
    contents = _contents(meeting, meets_on, as_at, now)
    made = {kind: written(contents, kind) for kind in _WRITERS}
    return ReadyPack(meeting, meets_on, as_at, now, contents.told.lines, made)


def draft(*, meeting: str, meets_on: date, as_at: date, now: datetime) -> queries.Contents:
    """What the pack would hold if it were issued now, marked as a draft wherever it is read; this only reads.

    It is refused what the pack is. When it is issued it is made once more, with what is known by then.
    """
    return _contents(" ".join(meeting.split()), meets_on, as_at, now, is_draft=True)


def written(contents: queries.Contents, kind: Format) -> bytes:
    """A pack as a file, as it would be kept. Raises RuleBroken when a PDF can’t be made here."""
    return _WRITERS[kind](contents)


def draft_file(kind: Format, *, meeting: str, meets_on: date, as_at: date, now: datetime) -> bytes:
    """The draft as one of its files."""
    if kind is Format.PDF:
        pdf.begin()
    return written(draft(meeting=meeting, meets_on=meets_on, as_at=as_at, now=now), kind)


def _contents(
    meeting: str, meets_on: date, as_at: date, now: datetime, *, is_draft: bool = False
) -> queries.Contents:
    everybody = _check(meeting, meets_on, as_at, now)
    about = queries.occasion_of(meeting, meets_on)
    contents = queries.contents(
        meeting=about, as_at=as_at, known_at=now, is_draft=is_draft, everybody=everybody
    )
    _check_is_told(contents.told.lines, as_at)
    return contents


def _check_is_told(lines: Sequence[queries.Line], as_at: date) -> None:
    """A draft, too, is refused of a day on which there is nothing to tell. Where a figure counts somebody
    something is known of the day: that costs no statement."""
    targets = [line.target for line in lines]
    figure_rules.check_has_begun(targets, as_at)
    if not any(line.counted.numerator or line.counted.denominator for line in lines):
        figure_rules.check_is_known(targets, as_at)


def issue(ready: ReadyPack, *, by: Actor) -> Pack:
    """Issue a pack: every target's figure as its files have it is published, with the meeting as its
    occasion, and the PDF, the workbook and the CSV are kept byte for byte.

    Making the files took a while: whether the pack is new is asked again, and the database has the last word.
    Whether its occasion names somebody is asked again where the figures are published.
    """
    issued_at, published_at = db.session.execute(
        queries.issued_already(ready.meeting, ready.meets_on, ready.as_at)
    ).one()
    _check_is_new(ready.as_at, issued_at, published_at)
    meets_on = ready.meets_on
    pack = Pack(
        meeting=ready.meeting,
        meets_on=meets_on,
        as_at=ready.as_at,
        known_at=ready.known_at,
        issued_at=ready.known_at,
        issued_by=by.name,
        figures=[],
        files=[
            PackFile(format=kind, name=f"board-pack-{meets_on.isoformat()}.{kind.value}", content=content)
            for kind, content in ready.files.items()
        ],
    )
    save_unique(pack, taken=_issued_already(ready.as_at, "just now"))
    pack.figures.extend(_publish(ready, by=by))
    changes = {"As at": (None, ready.as_at), "Figures": (None, len(ready.lines))}
    label = queries.occasion_of(ready.meeting, meets_on)
    audit.record(by=by, verb="pack:issued", thing=pack, label=label, now=ready.known_at, changes=changes)
    return pack


def _publish(ready: ReadyPack, *, by: Actor) -> list[PublishedFigure]:
    if not ready.lines:
        return []
    return figure_rules.publish(
        targets=[line.target for line in ready.lines],
        as_at=ready.as_at,
        occasion=queries.occasion_of(ready.meeting, ready.meets_on),
        by=by,
        now=ready.known_at,
        figures=[line.counted for line in ready.lines],
    )


def _check_meeting(
    meeting: str, as_at: date, issued_already: Sequence[datetime | None], everybody: Sequence[Named]
) -> None:
    """The board reads a meeting's name, so it names nobody."""
    check_names_nobody(meeting, field="meeting", among=everybody)
    _check_is_new(as_at, *issued_already)


def _check_is_new(as_at: date, issued_at: datetime | None, published_at: datetime | None) -> None:
    """A form that is sent twice issues one pack; one that puts another right says so in its name."""
    if issued_at is None and published_at is None:
        return
    if issued_at is not None:
        raise _issued_already(as_at, f"on {day_and_time(issued_at)}")
    raise _told_already(
        f"Figures as at {day(as_at)} were published for this meeting on {day_and_time(published_at)}."
    )


def _issued_already(as_at: date, when: str) -> RuleBroken:
    return _told_already(f"This meeting’s pack with figures as at {day(as_at)} was issued {when}.")


def _told_already(what: str) -> RuleBroken:
    again = "To issue it once more, say so in the name, such as “Project board, corrected”."
    return RuleBroken(f"{what} {again}", field="meeting")


def check_asked(meeting: str, meets_on: date | None, as_at: date | None, now: datetime) -> None:
    """What is asked of a pack whatever else is typed of it: where the meeting’s name is missing, figures as
    at a day to come are refused in the same answer."""
    check_all(
        partial(check_names_nobody, meeting, field="meeting"), partial(_check_days, meets_on, as_at, now)
    )


def _check(meeting: str, meets_on: date, as_at: date, now: datetime) -> Sequence[Named]:
    """Gives back everybody whom the pack must not name."""
    if not meeting:
        raise RuleBroken("Enter the meeting’s name", field="meeting")
    rows = db.session.execute(queries.known_of(meeting, meets_on, as_at)).all()
    everybody = [Named(*row[2:]) for row in rows if row.first_name is not None]
    check_all(
        partial(_check_days, meets_on, as_at, now),
        partial(_check_meeting, meeting, as_at, rows[0][:2], everybody),
    )
    return everybody


def _check_days(meets_on: date | None, as_at: date | None, now: datetime) -> None:
    if as_at is not None and as_at > clock.day_of(now):
        raise RuleBroken("Figures can be published as at today or a day in the past", field="as_at")
    if as_at is not None and meets_on is not None and meets_on < as_at:
        raise RuleBroken("The figures must be as at the day of the meeting or before", field="as_at")
