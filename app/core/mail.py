"""Turning a message's template into an e-mail, inside or outside a request, with links that work anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, render_template


@dataclass(frozen=True)
class Email:
    """What a room says: the pair of templates `templates/<template>.txt` and `.html`, their context and subject.

    `calendar` is an iCalendar object as text, when the message changes somebody's diary.
    """

    subject: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    calendar: str | None = None


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str
    calendar: str | None


def render(email: Email) -> Rendered:
    """The e-mail's words. Needs an application context, not a request."""
    context = {**email.context, "council": current_app.config["COUNCIL"], "support": current_app.config["SUPPORT"]}
    return Rendered(
        subject=" ".join(email.subject.split()),
        text=render_template(f"{email.template}.txt", **context),
        html=render_template(f"{email.template}.html", **context),
        calendar=email.calendar,
    )


def link(path: str) -> str:
    """The full address of a path: link("/runs/42") begins with PUBLIC_URL."""
    return f"{current_app.config['ADDRESS']}{path}"
