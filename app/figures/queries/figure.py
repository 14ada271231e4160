"""A figure: a target's measure on a date, as known at an instant, and all that it must be read with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.core import clock
from app.core.filters import day, plural
from app.figures.models import Colour, ColourOverride, ReachStep, Standing, TargetEnd, TargetKind, unjudged
from app.figures.queries.arithmetic import FEW, FEWEST_SHOWN, count_in_words, is_few, shown_percent
from app.figures.queries.colours import Verdict
from app.figures.queries.deliveries import Deliveries
from app.figures.queries.few import FEW_PEOPLE, FEW_REPLIES
from app.figures.queries.flags import doubt_in_words
from app.figures.queries.forecast import Forecast, is_over
from app.figures.queries.notes import Baseline, Beside, Group, Stated
from app.figures.queries.score import Score
from app.programmes.models import Course

NEWCOMER_DAYS = 90
STARTED_LATELY = f"started in the last {NEWCOMER_DAYS} days"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One target's measure as at `as_at`, as known at `known_at` (None is now)."""

    code: str
    title: str
    kind: TargetKind
    programme: str
    as_at: date
    known_at: datetime | None

    # --- What is counted
    numerator: int
    denominator: int | None  # of coverage and cohorts alone: no other number is a share of a list
    away: int = 0  # in scope, on long-term absence
    away_done: int = 0  # of these, who is complete
    newcomers: int | None = None  # of coverage: whose employment began in the last NEWCOMER_DAYS days
    beside: tuple[Beside, ...] = ()  # in the same roles, and left out by the rule
    baseline: Baseline | None = None  # how a cohort has changed since it was first listed
    stated: Stated | None = None  # how many members a document says that a cohort has
    groups: tuple[Group, ...] = ()  # those in scope by where they work, if that was asked for
    score: Score | None = None  # the waves of a score

    # --- What is asked
    courses: tuple[Course, ...] = ()  # that people are to complete
    reach_step: ReachStep | None = None  # how far people must be reached, of a target for reach
    minimum_percent: Decimal | None
    minimum_count: int | None
    minimum_score: Decimal | None = None
    states_minimum: bool  # whether anything is asked for, of which a colour can be given
    deadline: date | None
    required: int | None  # how many; None where no number or share is asked for, and of nobody
    met: bool | None  # None where nothing is asked for, or nothing is there to compare
    end: TargetEnd | None = None  # once it had ended: it has neither forecast nor colour

    # --- What is ahead, and the colour: only if that was asked for
    forecast: Forecast | None = None
    forecast_for: date | None = None  # the deadline, or a day to come before it that was asked for
    last_start: date | None = None  # the last day to come on which a run can begin that ends by then
    after_deadline: int = 0  # people whose booked places complete them, but too late (U-11)
    deliveries: Deliveries | None = None  # the sessions of a deliverable
    flagged: int = 0  # in scope, with records that put the figure in doubt
    outstanding_marks: int = 0  # places held lately, of those who are counted, or registers: not marked
    verdict: Verdict | None = None
    override: ColourOverride | None = None

    # --- In words
    shown: str  # the number or the percentage: "91%"
    scope: str  # whose share it is: "practitioners in post"
    subject: str = ""  # what any other number is of: "people trained by"
    measure_words: str
    scope_words: str
    threshold_words: str
    minimum_words: str = ""  # the same without how many people a share of them is
    hides_few: bool = False  # for those who may not see names
    is_few: bool = False  # of so few people, or replies, that these are told no number of it

    @property
    def has_no_one(self) -> bool:
        return self.denominator == 0

    @property
    def counts(self) -> tuple[int | None, int | None]:
        """The number and how many it is of, as a file has them: nothing of few, and no number of a score."""
        if self.is_few or self.kind is TargetKind.SCORE:
            return None, None
        return self.numerator, self.denominator

    @property
    def short_by(self) -> int:
        """How many more people or sessions are needed; 0 when it is met, has ended or states no minimum."""
        if self.end is not None:
            return 0
        return max(0, (self.required or 0) - self.numerator)

    @property
    def has_colour(self) -> bool:
        """Whether anything is asked for, and a colour was given of it."""
        return self.verdict is not None and self.states_minimum

    @property
    def has_no_data(self) -> bool:
        """Whether it is of nobody, or nothing is known yet by which what is asked could be judged (4.12)."""
        is_grey = self.verdict is not None and self.verdict.colour is Colour.NO_DATA
        return self.has_no_one or (self.has_colour and is_grey)

    @property
    def looked_at_on(self) -> date:
        """The day from which a deadline is judged: its own, or the next one once that is over, when nobody
        can be booked for it any more."""
        known_on = clock.today() if self.known_at is None else clock.day_of(self.known_at)
        return self.as_at + timedelta(days=1) if known_on > self.as_at else self.as_at

    @property
    def is_after_deadline(self) -> bool:
        return is_over(self.deadline, self.looked_at_on)

    @property
    def is_open(self) -> bool:
        """Whether what is forecast can still change how the target ends."""
        is_met = self.verdict is not None and self.verdict.colour is Colour.MET
        return self.forecast is not None and not is_met

    @property
    def must_book(self) -> bool:
        """Whether more people must be booked."""
        return self.is_open and self.forecast is not None and self.forecast.to_book > 0

    @property
    def asked(self) -> int | Decimal | None:
        """What is asked for: how many, or which score; None of nobody, or where no minimum is stated."""
        return self.minimum_score if self.required is None else self.required

    @property
    def nouns(self) -> tuple[str, str]:
        """What is counted, for one and for several."""
        is_sessions = self.kind is TargetKind.DELIVERABLE
        return ("session", "sessions") if is_sessions else ("person", "people")

    @property
    def outstanding(self) -> int | None:
        """How many in scope are not complete; None where nobody is counted by a list, or few are."""
        return None if self.denominator is None or self.is_few else self.denominator - self.numerator

    @property
    def standing(self) -> Standing:
        if self.end is not None:
            return Standing.ENDED
        if self.is_few:
            return Standing.FEW_REPLIES if self.kind is TargetKind.SCORE else Standing.FEW
        if self.met is None and self.score is not None and self.states_minimum:
            return Standing.FEW_REPLIES
        if self.met is None:
            return unjudged(self.kind, self.denominator, has_score=self.score is not None)
        if self.met:
            return Standing.MET
        return Standing.MISSED if self.is_after_deadline else Standing.NOT_YET

    @property
    def standing_words(self) -> str:
        """The one word of it on every page and in every file: its colour where it has one, as no register
        may be marked yet of what a count alone would call missed."""
        if self.verdict is not None and self.has_colour:
            return self.verdict.colour.label
        return self.standing.label

    def percent_of(self, number: int) -> str:
        """A number of people as a share of those in scope, shown as the figure itself is."""
        return shown_percent(number, self.denominator or 0, self.minimum_percent)

    @property
    def of_words(self) -> str:
        """What stands beside "91%": "239 of 263 practitioners in post at 31 August 2021"."""
        if self.denominator is None:
            return f"{self.subject} {day(self.as_at)}"
        if self.has_no_one:
            return f"{self.scope} at {day(self.as_at)}"
        return f"{self.numerator:,} of {self.denominator:,} {self.scope} at {day(self.as_at)}"

    @property
    def quoted(self) -> str:
        """The figure as it is quoted: "239 of 263 (91%)", "11 of 17", "no one in scope"."""
        return count_in_words(self.numerator, self.denominator, self.shown)

    @property
    def _whose(self) -> str:
        """What follows the number: "practitioners in post"; of nobody "among practitioners in post"."""
        return f"among {self.scope}" if self.has_no_one and not self.is_few else self.scope

    @property
    def quoted_of(self) -> str:
        """What is quoted, and when: "practitioners in post at 31 August 2021"."""
        of = self.subject if self.denominator is None else f"{self._whose} at"
        return f"{of} {day(self.as_at)}"

    @property
    def quoted_on_its_day(self) -> str:
        """The figure with what it is of, where its day is said once above: "23 people trained"."""
        of = self.subject.removesuffix(" by") if self.denominator is None else self._whose
        return f"{self.quoted[:1].upper()}{self.quoted[1:]} {of}"

    @property
    def rule_words(self) -> str:
        """The rule on one line: what is counted, and what is asked."""
        return f"{self.measure_words}; {self.threshold_words}"

    @property
    def sentence(self) -> str:
        """The whole figure as one sentence, which nobody can quote without its denominator."""
        if self.is_few:
            return f"{self.shown[:1].upper()}{self.shown[1:]} {self.of_words}. {self.rule_words}."
        if self.denominator is None:
            return f"{self.shown} {self.of_words}. {self.rule_words}."
        if self.has_no_one:
            return f"{self.shown[:1].upper()}{self.shown[1:]}: {self.of_words}. {self.rule_words}."
        return f"{self.of_words} ({self.shown}). {self.rule_words}."

    @property
    def people_counted(self) -> int | None:
        """How many people it counts one by one; None of sessions, of people reached and of a score."""
        if not self.kind.counts_people:
            return None
        return self.numerator if self.denominator is None else self.denominator

    @property
    def outstanding_words(self) -> str:
        """ "3 marks not recorded yet", of a deliverable "1 register not marked yet"; or nothing."""
        if not self.outstanding_marks:
            return ""
        if self.kind is TargetKind.DELIVERABLE:
            return f"{plural(self.outstanding_marks, 'register')} not marked yet"
        return f"{plural(self.outstanding_marks, 'mark')} not recorded yet"

    @property
    def flagged_words(self) -> str:
        """How many of those in scope have records in doubt; of a few perhaps only that they are."""
        return self._told(self.flagged)

    @property
    def notes(self) -> list[str]:
        """The second lines: what the headline holds that a board would ask about next (4.6); of few why it
        holds no number."""
        if self.is_few:
            return [FEW_REPLIES if self.kind is TargetKind.SCORE else FEW_PEOPLE]
        if self.score is not None:
            return [self.score.in_words()]
        if self.deliveries is not None and self.deliveries.none_ticked_of:
            return [self.deliveries.none_ticked_words]
        if self.denominator is None:
            return []
        lines = [] if self.has_no_one else self._notes_on_people(self.denominator)
        if self.stated is not None and self.stated.members != self.denominator:
            lines.append(self.stated.in_words(self.denominator))
        return lines

    def _notes_on_people(self, in_scope: int) -> list[str]:
        """Of those in scope: who is away, new, or left out by the rule, and how a cohort has changed."""
        lines = [self._absence_words]
        if self.newcomers is not None:
            new = self._told(self.newcomers) if self.newcomers else "nobody"
            lines.append(f"{new.capitalize()} {STARTED_LATELY}.")
        lines.extend(one.in_words(hides_few=self.hides_few) for one in self.beside)
        if self.baseline is not None:
            lines.append(self.baseline.in_words(in_scope, self.required, hides_few=self.hides_few))
        return lines

    def ended(self, end: TargetEnd) -> Figure:
        """The same of a target that is asked for no more: nothing is forecast for it; it has no colour."""
        return replace(self.without_forecast(), end=end, verdict=None, override=None, after_deadline=0)

    def without_forecast(self) -> Figure:
        """The same where nothing is ahead of it, as from the day after the one that its forecast was for."""
        return replace(self, forecast=None, forecast_for=None, last_start=None)

    def for_the_board(self) -> Figure:
        """The same for those who may not see names: of 1 to 4 people in scope, or replies to the last wave of
        a score, that they are few, and nothing from which more could be worked out (BM-05)."""
        if is_few(self.denominator) or (self.score is not None and is_few(self.score.last.replies)):
            return self._without_numbers()
        return self.hiding_few()

    def hiding_few(self) -> Figure:
        """The same with its number, but of a few in its second lines, or with records in doubt, only that
        they are few."""
        score = self.score and self.score.for_the_board()
        baseline = None if self.baseline is None or is_few(self.baseline.listed) else self.baseline
        found = replace(self, hides_few=True, score=score, baseline=baseline)
        if self.verdict is None:
            return found
        doubt = doubt_in_words(self.flagged, self.denominator, hides_few=True) if self.verdict.doubt else ""
        return replace(found, verdict=replace(self.verdict, doubt=doubt))

    def _without_numbers(self) -> Figure:
        """The same as if it were of nobody: nothing is drawn, compared, forecast or coloured of it."""
        is_score = self.kind is TargetKind.SCORE
        return replace(
            self.without_forecast(),
            is_few=True,
            hides_few=True,
            shown=f"{FEW} replies" if is_score else FEW,
            subject="stated by",
            threshold_words=self.minimum_words,
            numerator=0,
            denominator=None if is_score else 0,
            score=None,
            required=None,
            met=None,
            verdict=None,
            override=None,
            groups=(),
            beside=(),
            baseline=None,
            stated=None,
            newcomers=None,
            away=0,
            away_done=0,
            flagged=0,
            after_deadline=0,
            outstanding_marks=0,
        )

    def _told(self, number: int) -> str:
        return FEW if self.hides_few and 0 < number < FEWEST_SHOWN else f"{number:,}"

    @property
    def _absence_words(self) -> str:
        if not self.away or self.denominator is None:
            return "None of them is on long-term absence."
        if self.hides_few and self.away < FEWEST_SHOWN:
            return f"{FEW.capitalize()} of them are on long-term absence."
        if self.hides_few and self.denominator - self.away < FEWEST_SHOWN:
            return f"All but {FEW} of them are on long-term absence."
        rest, done = self.denominator - self.away, self.numerator - self.away_done
        percent = f", {shown_percent(done, rest, self.minimum_percent)}" if rest else ""
        return f"Excluding {self.away:,} on long-term absence: {done:,} of {rest:,}{percent}."


def score_of(figure: Figure) -> Decimal | None:
    """The latest mean of a score, as it was typed; None of any other figure, and while none is stated."""
    return figure.score.last.mean if figure.score else None


def colour_of(figure: Figure) -> tuple[Colour, str]:
    """The colour as it was computed, with its reason, and with what could still change it."""
    verdict = figure.verdict
    if verdict is None:
        return Colour.NO_DATA, "This kind of target has no colour."
    return verdict.colour, verdict.whole_reason
