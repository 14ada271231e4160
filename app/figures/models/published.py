"""Figures as they were published: frozen, whatever is recorded afterwards (4.4, AM-15)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, validates

from app.core.db import Model, Who
from app.core.names import folded
from app.figures.models.targets import Colour, ColourOverride, Standing, Target, TargetRule, unjudged


class PublishedFigure(Model):
    """A target's figure as it was published: what was counted, by which rule, who by and when.

    The database refuses every change of it and of whom it counted, but one: a person's identifier is
    dropped when the person is anonymised. `rule_words` and `scope_words` are the rule as it read,
    `rule_number` which version of the target's rule it was, counted from 1. `replies` is how many replied to
    a score, where it was known. `folded_occasion` is the occasion as it is compared: a figure of a day is
    published for it once.
    """

    __tablename__ = "published_figure"
    __table_args__ = (
        CheckConstraint("numerator >= 0", name="numerator_not_negative"),
        CheckConstraint("numerator <= denominator", name="part_of_the_whole"),
        CheckConstraint("rule_number >= 1", name="rules_counted_from_one"),
        CheckConstraint("replies >= 1", name="replies_of_one_or_more"),
        CheckConstraint("replies IS NULL OR score IS NOT NULL", name="replies_of_a_score"),
        UniqueConstraint("target_id", "as_at", "folded_occasion"),
        Index("ix_published_figure_target_id", "target_id", "as_at", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    as_at: Mapped[date]
    known_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(200))
    numerator: Mapped[int]
    denominator: Mapped[int | None]
    required: Mapped[int | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(3, 1))
    replies: Mapped[int | None]
    shown: Mapped[str] = mapped_column(String(60))
    rule_number: Mapped[int]
    rule_words: Mapped[str] = mapped_column(Text)
    scope_words: Mapped[str] = mapped_column(Text)
    colour: Mapped[Colour]
    colour_reason: Mapped[str] = mapped_column(Text)
    occasion: Mapped[str] = mapped_column(String(200))
    folded_occasion: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]
    published_by: Mapped[Who]

    target: Mapped[Target] = relationship()
    people: Mapped[list[PublishedPerson]] = relationship(back_populates="figure")
    rule: Mapped[TargetRule] = relationship(
        primaryjoin=lambda: and_(
            foreign(PublishedFigure.target_id) == TargetRule.target_id,
            foreign(PublishedFigure.rule_number) == TargetRule.number,
        ),
        viewonly=True,
        uselist=False,
    )
    # Every colour that the academy ever gave the target, the latest last.
    overrides: Mapped[list[ColourOverride]] = relationship(
        primaryjoin=lambda: PublishedFigure.target_id == foreign(ColourOverride.target_id),
        order_by=lambda: (ColourOverride.made_at, ColourOverride.id),
        viewonly=True,
    )

    @validates("occasion")
    def _fold(self, _column: str, occasion: str) -> str:
        self.folded_occasion = folded(occasion)
        return occasion

    @property
    def asked(self) -> int | Decimal | None:
        """What was asked for: how many, or which score; None of nobody, or where no minimum was stated."""
        if self.denominator == 0:
            return None
        return self.rule.minimum_score if self.required is None else self.required

    @property
    def standing(self) -> Standing | None:
        """The one word of it where nothing was asked for, so that it has no colour; None where it has one."""
        if self.rule.states_minimum:
            return None
        return unjudged(self.target.kind, self.denominator, has_score=self.score is not None)


class PublishedPerson(Model):
    """One person whom a published figure counted, and whether as complete.

    `person_id` is no foreign key on purpose: a merge of two records must not change what was published.
    """

    __tablename__ = "published_person"
    __table_args__ = (Index("uq_published_person_figure_id", "figure_id", "person_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    figure_id: Mapped[int] = mapped_column(ForeignKey("published_figure.id"))
    person_id: Mapped[int | None] = mapped_column(index=True)
    is_complete: Mapped[bool]

    figure: Mapped[PublishedFigure] = relationship(back_populates="people")
