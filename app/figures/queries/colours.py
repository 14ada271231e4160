"""A target's colour with the sentence that says why: rules in their order, on exact counts (4.12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from app.core.filters import day, plural
from app.figures.models import Colour, ReachStep
from app.figures.queries.forecast import Forecast, is_over

DEFAULT_SCORE_MARGIN = Decimal("0.5")
FEWEST_REPLIES = 5
COLOURS_OF_SCORES = (
    f"green from its minimum, amber within {DEFAULT_SCORE_MARGIN} points below or the target’s own margin, "
    f"red below that, none with fewer than {FEWEST_REPLIES} replies"
)


@dataclass(frozen=True)
class Verdict:
    """A colour and its reason; `is_provisional`: marks are outstanding that could change it. `doubt` is why
    its records are to be checked, if they are."""

    colour: Colour
    reason: str
    is_provisional: bool = False
    doubt: str = ""

    @property
    def words(self) -> str:
        """What is printed beside the symbol: "Red", or "Green, provisional, check data"."""
        added = [", provisional" if self.is_provisional else "", ", check data" if self.doubt else ""]
        return self.colour.label + "".join(added)

    @property
    def whole_reason(self) -> str:
        """The reason with what could still change the colour, as it is published."""
        note = "Provisional: marks that are not recorded yet could change it." if self.is_provisional else ""
        return " ".join(part for part in (self.reason, note, self.doubt) if part)


def with_outstanding(
    verdict_on: Callable[[Forecast | None], Verdict],
    forecast: Forecast | None,
    *,
    unmarked: int,
    to_come: int,
) -> Verdict:
    """The verdict on a forecast, provisional when it would be another colour if everybody had come whose
    place was held and is not marked, or nobody had.

    Of those who are booked, `unmarked` would be complete if they had come; if nobody had, `to_come` would
    still be booked.
    """
    found = verdict_on(forecast)
    if forecast is None:
        return found
    all_came = replace(forecast, complete=forecast.complete + unmarked, booked=forecast.booked - unmarked)
    nobody_came = replace(forecast, booked=to_come)
    is_provisional = any(verdict_on(one).colour is not found.colour for one in (all_came, nobody_came))
    return replace(found, is_provisional=is_provisional)


def verdict_on_people(
    forecast: Forecast | None,
    *,
    as_at: date,
    deadline: date | None,
    has_marks: bool,
    met_on: date | None = None,
) -> Verdict:
    """The colour of a measure that counts people: coverage, a cohort, people trained.

    28 February 2022, C = 41, B = 30, S = 14 of 110 where 88 are required: red, "At most 80 are likely by
    31 March 2022 even if every place is filled: 8 short." `forecast` is None when nothing is required.
    """
    if forecast is None:
        return Verdict(Colour.NO_DATA, "No minimum is stated.")
    settled = _settled(
        forecast, ("complete", "needed"), as_at=as_at, deadline=deadline, has_marks=has_marks, met_on=met_on
    )
    return settled or _verdict_ahead(forecast, _by(deadline))


def _settled(
    forecast: Forecast,
    words: tuple[str, str],
    *,
    as_at: date,
    deadline: date | None,
    has_marks: bool,
    met_on: date | None,
) -> Verdict | None:
    """The colour of a count of people where it does not take a forecast to tell it; `words` are those for
    whoever is counted and for how many are wanted."""
    if forecast.people == 0:
        return Verdict(Colour.NO_DATA, "No one is in scope.")
    is_late = is_over(deadline, as_at)
    if not has_marks and not forecast.complete:
        unmarked = "No register was ever marked." if is_late else "No register is marked yet."
        return Verdict(Colour.NO_DATA, unmarked)
    if forecast.gap == 0 and is_late and met_on is not None:
        return _met(met_on, deadline)
    if forecast.gap == 0:
        done, wanted = words
        return Verdict(Colour.MET, f"{forecast.complete:,} {done}, {forecast.required:,} {wanted}.")
    if is_late:
        return _missed(plural(forecast.gap, "person", "people"), deadline)
    return None


def _missed(short: str, deadline: date | None) -> Verdict:
    """ "17 sessions short after the deadline of 31 March 2022.", on whatever later day."""
    assert deadline is not None
    return Verdict(Colour.MISSED, f"{short} short after the deadline of {day(deadline)}.")


def _met(met_on: date, deadline: date | None) -> Verdict:
    """ "Met on 20 March 2022."; too late: "Met on 2 April 2022, after the deadline of 31 March 2022." """
    late = f", after the deadline of {day(deadline)}" if deadline and is_over(deadline, met_on) else ""
    return Verdict(Colour.MET, f"Met on {day(met_on)}{late}.")


def _by(deadline: date | None) -> str:
    return f" by {day(deadline)}" if deadline else ""


def _are(number: int, what: str) -> str:
    return f"{number:,} {'is' if number == 1 else 'are'} {what}"


def _verdict_ahead(forecast: Forecast, by: str) -> Verdict:
    needed = _are(forecast.required, "needed")
    likely = f"{_are(forecast.likely, 'likely')}{by}; {needed}"
    if forecast.likely >= forecast.required:
        return Verdict(Colour.GREEN, f"{likely}.")
    if forecast.best >= forecast.required:
        return Verdict(Colour.AMBER, f"{likely}. {forecast.best:,} if everybody who is booked comes.")
    if forecast.ceiling >= forecast.required:
        fill = f"Fill places: {_are(forecast.ceiling, 'likely')} if every free place is taken."
        return Verdict(Colour.AMBER, f"{likely}. {fill}")
    return Verdict(
        Colour.RED,
        f"At most {_are(forecast.ceiling, 'likely')}{by} even if every place is filled: "
        f"{forecast.short_even_if_full:,} short.",
    )


_STILL_TO_BE = {ReachStep.OFFERED: "be offered training", ReachStep.INVITED: "be invited"}


def verdict_on_reach(
    forecast: Forecast | None,
    *,
    step: ReachStep,
    as_at: date,
    deadline: date | None,
    has_marks: bool,
    met_on: date | None = None,
) -> Verdict:
    """The colour of how many people a step has reached. Sessions bring it about that people have a place and
    attend; whom nobody has invited, nothing that is scheduled will.

    41 of 60 were invited: red, "41 reached, 60 asked for by 31 March 2022: 19 more people must be invited,
    and nothing is scheduled that does it."
    """
    if forecast is None:
        return Verdict(Colour.NO_DATA, "No minimum is stated.")
    settled = _settled(
        forecast, ("reached", "asked for"), as_at=as_at, deadline=deadline, has_marks=has_marks, met_on=met_on
    )
    if settled:
        return settled
    if step not in _STILL_TO_BE:
        return _verdict_ahead(forecast, _by(deadline))
    more = plural(forecast.gap, "more person", "more people")
    return Verdict(
        Colour.RED,
        f"{forecast.complete:,} reached, {forecast.required:,} asked for{_by(deadline)}: {more} must "
        f"{_STILL_TO_BE[step]}, and nothing is scheduled that does it.",
    )


def verdict_on_sessions(
    *,
    required: int | None,
    delivered: int,
    confirmed: int,
    unconfirmed: int,
    as_at: date,
    deadline: date | None,
    not_scheduled: str,
    met_on: date | None = None,
) -> Verdict:
    """The colour of a deliverable: sessions delivered, and those that are scheduled by the deadline.

    17 are contracted, 11 delivered, 4 scheduled, and 2 of which no trainer or date is confirmed: amber.
    `not_scheduled` says how many have no date, as wherever the sessions are told.
    """
    if required is None:
        return Verdict(Colour.NO_DATA, "No number is stated.")
    left, is_late = required - delivered, is_over(deadline, as_at)
    if left <= 0 and is_late and met_on is not None:
        return _met(met_on, deadline)
    if left <= 0:
        return Verdict(Colour.MET, f"{delivered:,} delivered, {required:,} contracted.")
    if is_late:
        return _missed(plural(left, "session"), deadline)
    planned = f"{confirmed + unconfirmed:,} scheduled{_by(deadline)}"
    scheduled = f"{delivered:,} delivered and {planned}; {required:,} contracted"
    if delivered + confirmed >= required:
        return Verdict(Colour.GREEN, f"{scheduled}.")
    if delivered + confirmed + unconfirmed >= required:
        of_these = f"Of {unconfirmed:,} of these the trainer or the date is not confirmed."
        return Verdict(Colour.AMBER, f"{scheduled}. {of_these}")
    return Verdict(Colour.RED, f"{scheduled}: {not_scheduled}.")


def has_too_few(replies: int | None) -> bool:
    """Whether so few replied that nothing is judged by their mean; not where nobody wrote it down."""
    return replies is not None and replies < FEWEST_REPLIES


def verdict_on_score(
    *, minimum: Decimal | None, score: Decimal | None, replies: int | None, margin: Decimal | None = None
) -> Verdict:
    """The colour of a mean on the scale from 1 to 10: amber is within half a point below, or the margin."""
    if score is None:
        return Verdict(Colour.NO_DATA, "No score yet.")
    if has_too_few(replies):
        return Verdict(Colour.NO_DATA, f"Fewer than {FEWEST_REPLIES} replies.")
    if minimum is None:
        return Verdict(Colour.NO_DATA, "No minimum is stated.")
    reason = f"{score} of 10; at least {minimum} is wanted."
    if score >= minimum:
        return Verdict(Colour.GREEN, reason)
    is_near = minimum - score <= (margin if margin is not None else DEFAULT_SCORE_MARGIN)
    return Verdict(Colour.AMBER if is_near else Colour.RED, reason)
