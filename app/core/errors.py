"""One family of errors, each worded for the person who will read it."""

from __future__ import annotations

from collections.abc import Callable


class TakeupError(Exception):
    """Anything that a person did which cannot be done; `message` says what happened and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RuleBroken(TakeupError):
    """The action breaks a rule of the academy; `field` names the form field it is about, if one is."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


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
