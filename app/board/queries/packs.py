"""The packs as they were issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.board.models import Format, Pack, PackFile
from app.core.filters import day
from app.core.names import folded
from app.figures.models import PublishedFigure, Target
from app.people import queries as people


def packs() -> Select[tuple[Pack]]:
    """Every pack with its files (not what is in them), the last issued first."""
    return select(Pack).options(selectinload(Pack.files)).order_by(Pack.issued_at.desc(), Pack.id.desc())


def occasion_of(meeting: str, meets_on: date) -> str:
    """ "Project board, 3 March 2022": what its files are headed by, and its figures are published under."""
    return f"{meeting}, {day(meets_on)}"


def issued_already(
    meeting: str, meets_on: date, as_at: date
) -> Select[tuple[datetime | None, datetime | None]]:
    """When a meeting's pack as at a day was issued, and when figures of that day were published under its
    name; None where they were not."""
    issued = select(Pack.issued_at).where(
        Pack.folded_meeting == folded(meeting), Pack.meets_on == meets_on, Pack.as_at == as_at
    )
    occasion = folded(occasion_of(meeting, meets_on))
    published = select(PublishedFigure.published_at).where(
        PublishedFigure.folded_occasion == occasion, PublishedFigure.as_at == as_at
    )
    return select(
        issued.order_by(Pack.id.desc()).limit(1).scalar_subquery().label("issued_at"),
        published.order_by(PublishedFigure.id.desc()).limit(1).scalar_subquery().label("published_at"),
    )


def known_of(meeting: str, meets_on: date, as_at: date) -> Select[Any]:
    """What may be in the way of a meeting's pack: whether there is one already and, in a row each, everybody
    whom its name might tell of (see people.everybody_named). In one statement, as a draft's page asks a lot.
    """
    known = issued_already(meeting, meets_on, as_at).subquery()
    everybody = people.everybody_named().subquery()
    return select(*known.c, *everybody.c).outerjoin_from(known, everybody, true())


def pack_before(as_at: date, issued_at: datetime) -> Select[tuple[Pack]]:
    """The pack with the latest figures as at a day or before, of those that had been issued by an instant; it
    comes with what it published, and of which targets. One of an older day, issued late, comes after none of
    a newer one."""
    return (
        select(Pack)
        .options(
            joinedload(Pack.figures).options(
                joinedload(PublishedFigure.target),
                joinedload(PublishedFigure.rule),
                joinedload(PublishedFigure.overrides),
            )
        )
        .where(Pack.as_at <= as_at, Pack.issued_at <= issued_at)
        .order_by(Pack.as_at.desc(), Pack.issued_at.desc(), Pack.id.desc())
        .limit(1)
    )


def told_to_board() -> Select[tuple[int]]:
    """The figures that any pack published, by their ids: what a board has met about."""
    return select(PublishedFigure.id).select_from(Pack).join(Pack.figures)


def file_of(pack: Pack, kind: Format) -> Select[tuple[PackFile]]:
    """A pack's file of one format."""
    return select(PackFile).where(PackFile.pack_id == pack.id, PackFile.format == kind)


def figures_of(pack: Pack) -> Select[tuple[PublishedFigure]]:
    """The figures that a pack published, each with its target."""
    return (
        select(PublishedFigure)
        .options(
            joinedload(PublishedFigure.target).joinedload(Target.programme),
            joinedload(PublishedFigure.rule),
            selectinload(PublishedFigure.overrides),
        )
        .where(PublishedFigure.id.in_([figure.id for figure in pack.figures]))
        .order_by(PublishedFigure.id)
    )
