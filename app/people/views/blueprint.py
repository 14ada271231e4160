"""What the room's pages share: their blueprint, the lists that their forms offer, who may be seen."""

from __future__ import annotations

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


def offer_lists(form: Form, *, blank: str = "Choose one", teams_blank: str | None = None) -> None:
    """Fill in what the form's lists offer; each begins with an empty choice."""
    for name, statement in (
        ("service", queries.services()),
        ("role_group", queries.role_groups()),
        ("sector", queries.sectors()),
        ("organisation", queries.organisations()),
    ):
        if isinstance(form._fields.get(name), ListField):
            form[name].choices = choices_from(db.session.scalars(statement), blank=blank)
    if "team" in form:
        form["team"].choices = [
            SelectChoice(value="", label=teams_blank or blank),
            *(
                SelectChoice(value=str(team.id), label=f"{team.name} ({team.service.name})")
                for team in db.session.scalars(queries.teams())
            ),
        ]


def called(kind: PersonKind) -> str:
    """The kind in the middle of a sentence: "a member of staff"."""
    return {
        PersonKind.STAFF: "a member of staff",
        PersonKind.PARTNER: "a partner",
        PersonKind.PANEL_MEMBER: "a foster panel member",
    }[kind]
