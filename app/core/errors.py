"""One family of errors, each worded for the person who will read it."""

from __future__ import annotations

from collections.abc import Callable


class TakeupError(Exception):
    """Anything that a person did which cannot be done; `message` says what happened and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RuleBroken(TakeupError):
    """The action breaks a rule of the academy; `field` names the form field it is about, if one is.

    `others` are the rules that it breaks besides (`check_all`), for whoever can show several.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.others: list[RuleBroken] = []


class NotAllowed(TakeupError):
    """This person may not do this to this thing."""


class NotFound(TakeupError):
    """There is no such thing, or none that this person may know of."""


def refusal_of(check: Callable[[], object]) -> RuleBroken | None:
    """What a rule answers that is only asked: why it refuses; None where it doesn't."""
    try:
        check()
    except RuleBroken as broken:
        return broken
    return None


def allows(check: Callable[[], object]) -> bool:
    """Whether a rule that is only asked refuses nothing.

    So a button and the rule behind it cannot disagree. `can_decide`, by which a page shows the buttons of a
    request, is `allows(partial(check_can_decide, booking, by, now=now))`; `approve` and `decline` begin with
    the same `check_can_decide`.
    """
    try:
        check()
    except (NotAllowed, RuleBroken):
        return False
    return True


def check_all(*checks: Callable[[], object]) -> None:
    """Ask rules that don't hang on each other, so that whoever is refused reads at once all that is wrong.

    Where nobody fills in a form the first speaks alone: a file, or the command line, names one at a time.
    """
    refusals = [broken for check in checks if (broken := refusal_of(check)) is not None]
    if refusals:
        first, *rest = refusals
        first.others += [each for one in rest for each in (one, *one.others)]
        raise first
