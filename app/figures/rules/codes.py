"""What targets, populations and cohorts are called, and the reasons that their changes need."""

from __future__ import annotations

import re
from datetime import date

from app.core.db import db
from app.core.errors import RuleBroken
from app.core.names import folded
from app.figures import queries
from app.figures.models import Target
from app.people.rules import check_names_nobody

_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_CODE = 60


def checked_code(code: str, example: str) -> str:
    """A code as it is kept: small letters, figures and single hyphens, such as sos-2day-coverage."""
    code = code.strip().lower()
    if not code:
        raise RuleBroken(f"Enter a code, like {example}", field="code")
    if code == "new":  # the page of a new one has this address
        raise RuleBroken(f"Choose another code, like {example}", field="code")
    if len(code) > LONGEST_CODE or not _CODE.fullmatch(code):
        raise RuleBroken(
            f"Code must be letters, figures and hyphens only, {LONGEST_CODE} at most, like {example}",
            field="code",
        )
    check_names_nobody(code.replace("-", " "), field="code")
    return code


def checked_name(name: str, what: str, field: str = "name") -> str:
    """A name without needless spaces; `what` completes the sentence: "the cohort’s name"."""
    name = " ".join(name.split())
    if not name:
        raise RuleBroken(f"Enter {what}", field=field)
    return name


def checked_title(title: str, what: str, field: str = "name") -> str:
    """A name that the board reads, and that names nobody."""
    return checked_words(checked_name(title, what, field), field=field)


def title_taken(title: str, what: str, field: str = "name") -> RuleBroken:
    """What is told apart by its title alone has one of its own, whatever capitals it is written in."""
    return RuleBroken(f"There is a {what} called “{title}” already: choose another", field=field)


def check_title_is_free(title: str, *, on: date, target: Target | None = None) -> None:
    """No other target that is asked for on the day has this title; one that has ended leaves it to another.

    As a day decides, no key keeps this promise: whoever saves a title locks the table of targets first.
    """
    asked_for = db.session.scalars(queries.targets(as_at=on))
    if folded(title) in {folded(one.title) for one in asked_for if one is not target}:
        raise title_taken(title, "target", field="title")


def checked_words(text: str, *, field: str) -> str:
    """Words that the board reads, if there are any: without needless spaces, and naming nobody."""
    text = " ".join(text.split())
    check_names_nobody(text, field=field)
    return text


def checked_reason(reason: str | None, why: str) -> str:
    """What a figure is read by is never changed without saying why; `why` completes the sentence: "why the
    rule changes". Its lines are kept as they were typed."""
    reason = (reason or "").strip()
    if not reason:
        raise RuleBroken(f"Say {why}", field="reason")
    return reason


def checked_public_reason(reason: str | None, why: str) -> str:
    """The same of what the board reads, too, so that it names nobody."""
    reason = checked_reason(reason, why)
    check_names_nobody(reason, field="reason")
    return reason
