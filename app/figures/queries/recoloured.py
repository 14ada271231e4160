"""How a target stood when a figure of it was published, beside how it stands now (BM-02, 4.12)."""

from __future__ import annotations

import re

from app.figures.models import Colour
from app.figures.queries.figure import Figure, colour_of
from app.figures.queries.publications import AsPublished, stood_in_words, why_in_words

_DAY_OR_NUMBER = re.compile(r"\d+ [A-Z][a-z]+ \d{4}|\d+(?:,\d{3})*(?:\.\d+)?")


def stood_otherwise(then: AsPublished, now: Figure) -> bool:
    """Whether its colour was another, the computed one or the academy’s own before it; of few nothing is
    said. Where the academy has given the colour that it has by its figure, it is none other."""
    if then.is_few or now.is_few:
        return False
    computed = then.standing or then.colour, _colour(now) or now.standing
    first = then.own.colour if then.own else computed[0], now.override.colour if now.override else computed[1]
    return computed[0] is not computed[1] or first[0] is not first[1]


def colour_moved(then: AsPublished, now: Figure) -> str:
    """How the colour moved, with the forecast that was its reason: "Was ● Green: 7 are likely by 31 March
    2027; 6 are needed. Now ◆ Amber: 5 are likely ...".

    Where the colour is the same and the forecast another: "Still ◆ Amber. Then: ... Now: ..."; nothing where
    neither moved.
    """
    if stood_otherwise(then, now):
        was, now_is = _with_reason(then.stood_words, then.why), _with_reason(_stands(now), _why(now))
        return f"Was {was} Now {now_is}"
    if not then.is_few and now.is_open and now.verdict and not _foretold(then.reason, now.verdict.reason):
        return f"Still {_stands(now)}. Then: {then.reason} Now: {now.verdict.whole_reason}"
    return ""


def _foretold(then: str, now: str) -> bool:
    """Whether a published reason begins with the numbers and days of the one of now, however either is
    worded. What was published also says, after them, what could still change it.

    "68 are likely by 31 March 2022; 88 are needed." and "Of 88 needed, 68 are expected by 31 March 2022."
    """
    was, now_is = _DAY_OR_NUMBER.findall(then), _DAY_OR_NUMBER.findall(now)
    return sorted(was[: len(now_is)]) == sorted(now_is)


def _with_reason(stands: str, why: str) -> str:
    return f"{stands}: {why}" if why else f"{stands}."


def _colour(now: Figure) -> Colour | None:
    return now.verdict.colour if now.verdict and now.has_colour else None


def _stands(now: Figure) -> str:
    return stood_in_words(now.override, _colour(now), now.standing)


def _why(now: Figure) -> str:
    return why_in_words(now.override, colour_of(now)[1] if now.has_colour else "")
