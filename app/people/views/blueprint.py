"""What the room's pages share: their blueprint, the lists that their forms offer, who may be seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from operator import attrgetter

from flask import Blueprint

from app.core import clock
from app.core.db import db
from app.core.forms import Form, SelectChoice, choices_from
from app.core.web import current_actor, get_or_404
from app.people import queries, rules
from app.people.forms import ListField
from app.people.models import Person, PersonKind

bp = Blueprint("people", __name__)


def person_or_404(person_id: int) -> Person:
    """The person, if whoever asks may see them."""
    person = get_or_404(Person, person_id)
    rules.check_can_see(person, current_actor(), clock.today())
    return person


def offer_lists(form: Form, *, blank: str = "Choose one", on: date | None = None) -> None:
    """Fill in what the form's lists offer; each begins with an empty choice. Of teams and organisations that
    is what was not closed by `on`, if the first day of what is being said is known; else all, as it may be
    long ago."""
    for name, statement, first in (
        ("service", queries.services(), blank),
        ("role_group", queries.role_groups(), "None"),
        ("sector", queries.sectors(), blank),
        ("organisation", queries.organisations(open_on=on), blank),
    ):
        if isinstance(form._fields.get(name), ListField):
            label = rules.as_listed if name == "organisation" else attrgetter("name")
            form[name].choices = choices_from(db.session.scalars(statement), blank=first, label=label)
    if "team" in form:
        teams = db.session.execute(queries.team_names(open_on=on)).tuples()
        form["team"].choices = team_choices(teams, blank="None")


def team_choices(
    teams: Iterable[tuple[int, str, int, str, date | None]], *, blank: str
) -> list[SelectChoice]:
    """The choices for the rows of `queries.team_names()`."""
    named = (
        SelectChoice(value=str(ident), label=f"{name} ({service}){rules.until(last_day)}")
        for ident, name, _, service, last_day in teams
    )
    return [SelectChoice(value="", label=blank), *named]


def called(kind: PersonKind) -> str:
    """The kind in the middle of a sentence: "a member of staff"."""
    return {
        PersonKind.STAFF: "a member of staff",
        PersonKind.PARTNER: "a partner",
        PersonKind.PANEL_MEMBER: "a foster panel member",
    }[kind]
