"""Targets: what is measured, what is asked of it, and what was said about it from outside."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Recorded, Who
from app.figures.models.who import Cohort, Population
from app.programmes.models import Course, Programme
from app.sessions.models import TrainingSession


class TargetKind(StrEnum):
    """Kinds of measure are never merged (4.2)."""

    COVERAGE = "coverage"
    COHORT = "cohort"
    PEOPLE_TRAINED = "people_trained"
    DELIVERABLE = "deliverable"
    REACH = "reach"
    SCORE = "score"

    @property
    def label(self) -> str:
        return {
            "coverage": "Coverage",
            "cohort": "Cohort completion",
            "people_trained": "People trained",
            "deliverable": "Sessions delivered",
            "reach": "Reach",
            "score": "Score",
        }[self]

    @property
    def has_scope(self) -> bool:
        """Whether it is a share of the people in a population or a cohort, who are its denominator."""
        return self in (TargetKind.COVERAGE, TargetKind.COHORT)

    @property
    def counts_people(self) -> bool:
        """Whether it counts people’s completions, so that it can be said who joined, left and completed."""
        return self.has_scope or self is TargetKind.PEOPLE_TRAINED

    @property
    def meaning(self) -> str:
        """What it counts, in the words of the page of definitions and of the packs (BM-06)."""
        return {
            "coverage": "Of the people in post on the day who fit the population’s rule, those who hold a "
            "completion of the course that is current on that day. Who has left is out of both numbers, so "
            "that coverage can fall although nobody unlearned anything.",
            "cohort": "Of the members of a named list on the day, those who have completed every course that "
            "their cause requires, or the one course that the target names. Who has left the list, or whose "
            "employment has ended, is in neither number.",
            "people_trained": "Everybody who completed the course under the programme by the marks of "
            "registers alone, each person once, whether or not they have left since. It is a number of "
            "people and no share, and does not fall when somebody leaves.",
            "deliverable": "Sessions that are ticked to count, were held by the day and had somebody there "
            "by the marks known, of those contracted.",
            "reach": "Everybody whom a step has reached by the day, each person once: offered training, "
            "invited, with a place, or there in whole or in part. Each step is counted by itself.",
            "score": "The latest mean on the scale of 1 to 10 up to the day, as a document states it. It is "
            "never worked out here.",
        }[self]


class ReachStep(StrEnum):
    """How far training has reached a person; each is counted separately (4.2)."""

    OFFERED = "offered"
    INVITED = "invited"
    BOOKED = "booked"
    ATTENDED = "attended"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Target(Model):
    """A measure to be reached: whose figure it is and of what kind. Its numbers stand in TargetRule."""

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint("kind <> 'coverage' OR population_id IS NOT NULL", name="coverage_has_a_population"),
        CheckConstraint(
            "kind IN ('coverage', 'reach') OR population_id IS NULL", name="only_stocks_and_reach_have_one"
        ),
        CheckConstraint("(kind = 'cohort') = (cohort_id IS NOT NULL)", name="cohort_target_has_a_cohort"),
        CheckConstraint("(kind = 'reach') = (reach_step IS NOT NULL)", name="reach_has_a_step"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[TargetKind]
    reach_step: Mapped[ReachStep | None]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    population_id: Mapped[int | None] = mapped_column(ForeignKey("population.id"))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship()
    population: Mapped[Population | None] = relationship()
    cohort: Mapped[Cohort | None] = relationship()


class TargetRule(Recorded, Model):
    """What a target asks: the course (none for a cohort: each member's own), the minimum, the deadline.

    `minimum_percent` is of the denominator; the required number is computed exactly (4.5). `minimum_count`
    is of people or, for a deliverable, of contracted sessions, whose `unit` the contract words. The deadline
    is inclusive. `planning_absence` is the percentage of booked people that a forecast expects not to come;
    None is the default, then the programme's own history (4.11). `score_margin` is how far below its minimum
    a score is still amber. Changed by superseding, with a reason; `number` counts the target's rules from 1,
    and is what a published figure names its rule by.
    """

    __tablename__ = "target_rule"
    __natural_key__ = ("target_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), index=True)
    number: Mapped[int]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    minimum_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    minimum_count: Mapped[int | None]
    minimum_score: Mapped[Decimal | None] = mapped_column(Numeric(3, 1))
    deadline: Mapped[date | None]
    unit: Mapped[str | None] = mapped_column(String(120))
    planning_absence: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    score_margin: Mapped[Decimal | None] = mapped_column(Numeric(3, 1))

    course: Mapped[Course | None] = relationship(lazy="joined")

    @property
    def states_minimum(self) -> bool:
        """Whether anything is asked for, of which a colour can be given."""
        asked = (self.minimum_percent, self.minimum_count, self.minimum_score)
        return any(one is not None for one in asked)

    __extra_args__ = (
        UniqueConstraint("target_id", "number"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("minimum_percent > 0 AND minimum_percent <= 100", name="percent_up_to_100"),
        CheckConstraint("minimum_count >= 1", name="count_of_one_or_more"),
        CheckConstraint("minimum_score BETWEEN 1 AND 10", name="score_on_the_scale"),
        CheckConstraint("planning_absence >= 0 AND planning_absence < 100", name="somebody_comes"),
        CheckConstraint("score_margin BETWEEN 0 AND 5", name="margin_in_reason"),
    )


class TargetEnd(Recorded, Model):
    """The last day on which a target is asked for, and why; put back by superseding.

    It stands apart from the rule, so that what a target asks keeps its number and its own reasons.
    """

    __tablename__ = "target_end"
    __natural_key__ = ("target_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), index=True)
    last_day: Mapped[date]

    __extra_args__ = (CheckConstraint("reason IS NOT NULL", name="says_why"),)

    def is_over(self, on: date) -> bool:
        """Whether the last day was over on a day: it still counts itself."""
        return self.last_day < on


class Milestone(Recorded, Model):
    """A benchmark on the way to a target: so many complete, or such a share, by the end of a day (T07).

    Together they are the planned line of the chart; they inform, and never set the colour (4.12).
    """

    __tablename__ = "milestone"
    __natural_key__ = ("target_id", "due_on")

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), index=True)
    due_on: Mapped[date]
    minimum_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    minimum_count: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(160), default="")

    __extra_args__ = (
        CheckConstraint("minimum_percent > 0 AND minimum_percent <= 100", name="percent_up_to_100"),
        CheckConstraint("minimum_count >= 1", name="count_of_one_or_more"),
        CheckConstraint("(minimum_percent IS NULL) <> (minimum_count IS NULL)", name="a_share_or_a_number"),
    )


class DeliverableSession(Recorded, Model):
    """A session that is ticked to count for a deliverable: one of "the 17 sessions" (T09, I-15)."""

    __tablename__ = "deliverable_session"
    __natural_key__ = ("target_id", "session_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)

    session: Mapped[TrainingSession] = relationship()


class StatedFigure(Recorded, Model):
    """A figure that a document states of a target: always labelled "stated", never mixed (4.2, U-25).

    Of people, `numerator` and perhaps `denominator`; of a score, `score` and perhaps how many replied.
    `is_day_assumed`: the document names only a month or a year, and the academy chose the day.
    """

    __tablename__ = "stated_figure"
    __natural_key__ = ("target_id", "as_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), index=True)
    as_at: Mapped[date]
    is_day_assumed: Mapped[bool] = mapped_column(default=False)
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(3, 1))
    replies: Mapped[int | None]
    is_approximate: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(250))

    __extra_args__ = (
        CheckConstraint("(numerator IS NULL) <> (score IS NULL)", name="a_number_or_a_score"),
        CheckConstraint("numerator >= 0", name="numerator_not_negative"),
        CheckConstraint("denominator >= 1", name="denominator_of_one_or_more"),
        CheckConstraint("numerator <= denominator", name="part_of_the_whole"),
        CheckConstraint("denominator IS NULL OR numerator IS NOT NULL", name="whole_of_a_number"),
        CheckConstraint("score BETWEEN 1 AND 10", name="score_on_the_scale"),
        CheckConstraint("replies >= 1", name="replies_of_one_or_more"),
        CheckConstraint("replies IS NULL OR score IS NOT NULL", name="replies_of_a_score"),
    )


class Standing(StrEnum):
    """How a figure stands towards its target, as one word that is always printed."""

    MET = "met"
    NOT_YET = "not_yet"
    MISSED = "missed"
    NO_ONE = "no_one"
    NO_THRESHOLD = "no_threshold"
    NO_SCORE = "no_score"
    FEW_REPLIES = "few_replies"
    FEW = "few"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return {
            "met": "Met",
            "not_yet": "Not met yet",
            "missed": "Missed",
            "no_one": "No one in scope",
            "no_threshold": "No minimum stated",
            "no_score": "No score yet",
            "few_replies": "Too few replies",
            "few": "Too few to show",
            "ended": "Ended",
        }[self]


def unjudged(kind: TargetKind, denominator: int | None, *, has_score: bool) -> Standing:
    """How a figure stands that is neither met nor missed: it is of nobody, of a survey to come, or nothing is
    asked of it."""
    if denominator == 0:
        return Standing.NO_ONE
    is_to_come = kind is TargetKind.SCORE and not has_score
    return Standing.NO_SCORE if is_to_come else Standing.NO_THRESHOLD


class Colour(StrEnum):
    """How a target stands, as a word that is printed with its symbol and its reason (4.12)."""

    NO_DATA = "no_data"
    MET = "met"
    MISSED = "missed"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @property
    def symbol(self) -> str:
        """What tells it from the others in black and white."""
        return {"met": "✔", "missed": "✘", "green": "●", "amber": "◆", "red": "▲", "no_data": "○"}[self]


OVERRIDE_DAYS = 30


class ColourOverride(Model):
    """The academy's own colour for a target, with its reason, for at most 30 days (4.12).

    It is shown beside the computed one from `first_day` to `last_day`, or until it was taken back.
    """

    __tablename__ = "colour_override"
    __table_args__ = (
        CheckConstraint(f"days BETWEEN 1 AND {OVERRIDE_DAYS}", name="at_most_thirty_days"),
        CheckConstraint("colour IN ('green', 'amber', 'red')", name="a_colour_of_a_forecast"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_at_and_by_together"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), index=True)
    colour: Mapped[Colour]
    reason: Mapped[str] = mapped_column(String(500))
    first_day: Mapped[date]
    days: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[Who]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[Who | None]

    @property
    def last_day(self) -> date:
        """The last day on which it is shown."""
        return self.first_day + timedelta(days=self.days - 1)
