"""The board's packs, kept as they were issued."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.core.db import Base, Model, Who
from app.core.names import folded
from app.figures.models import PublishedFigure

_IN_PACK = Table(
    "pack_figure",
    Base.metadata,
    Column("pack_id", ForeignKey("pack.id"), primary_key=True),
    Column("figure_id", ForeignKey("published_figure.id"), primary_key=True, index=True),
)


class Format(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"

    @property
    def label(self) -> str:
        return self.value.upper()


class Pack(Model):
    """What one meeting of the board was given: the figures published for it, and the files as issued (BM-08).

    The database refuses every change of a pack and of its files. `folded_meeting` is the meeting's name as it
    is compared: each meeting is given the figures of a day once.
    """

    __tablename__ = "pack"
    __table_args__ = (UniqueConstraint("folded_meeting", "meets_on", "as_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting: Mapped[str] = mapped_column(String(200))
    folded_meeting: Mapped[str] = mapped_column(Text)
    meets_on: Mapped[date]
    as_at: Mapped[date]
    known_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    issued_by: Mapped[Who]

    figures: Mapped[list[PublishedFigure]] = relationship(secondary=_IN_PACK, order_by=PublishedFigure.id)
    files: Mapped[list[PackFile]] = relationship(back_populates="pack", order_by="PackFile.id")

    @validates("meeting")
    def _fold(self, _column: str, meeting: str) -> str:
        self.folded_meeting = folded(meeting)
        return meeting


class PackFile(Model):
    """One file of a pack, byte for byte as it was issued."""

    __tablename__ = "pack_file"
    __table_args__ = (UniqueConstraint("pack_id", "format"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pack_id: Mapped[int] = mapped_column(ForeignKey("pack.id"))
    format: Mapped[Format]
    name: Mapped[str] = mapped_column(String(160))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    pack: Mapped[Pack] = relationship(back_populates="files")
