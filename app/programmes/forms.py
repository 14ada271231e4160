"""What is typed about programmes and courses."""

from __future__ import annotations

from typing import Any

from app.commissioning import queries as commissioning
from app.core.db import db
from app.core.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    Form,
    InputRequired,
    IntegerField,
    Optional,
    Required,
    SelectField,
    TextArea,
    TextField,
    choices_from,
)
from app.programmes import queries
from app.programmes.models import Course, CourseVersion
from app.programmes.rules import Audience

MOST_PLACES = 1000
COMPONENTS_HINT = "One on each line, in order, like Day 1. Each is one session of a run."


class ProgrammeForm(Form):
    title = TextField("Title", [Required("Enter the programme’s title")])
    code = TextField(
        "Code",
        [Required("Enter a code, like SOS")],
        max_length=40,
        description="Short, and yours to choose: letters, figures and hyphens, like SOS",
    )
    summary = TextArea("What it is for (optional)")
    provider_id = SelectField("Provider (optional)")
    starts_on = DateField("Start date (optional)")
    deadline = DateField(
        "Deadline (optional)",
        description="The end of the grant or contract; the day itself still counts. For example, 31 3 2027",
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        providers = db.session.scalars(commissioning.providers())
        self.provider_id.choices = choices_from(providers, blank="None: the academy delivers it")


class _CourseFields(Form):
    title = TextField("Title", [Required("Enter the course’s title")])
    code = TextField(
        "Code",
        [Required("Enter a code, like SOS-2DAY")],
        max_length=40,
        description="Short, and yours to choose: letters, figures and hyphens, like SOS-2DAY",
    )
    summary = TextArea("What it is about (optional)", description="Shown to the people who may book it")
    role_groups = CheckboxesField("Staff with these roles")
    services = CheckboxesField("Staff in these services", description="Leave empty for every service")
    sectors = CheckboxesField("Partners in these sectors")
    is_for_panel_members = CheckboxField("Foster panel members")
    default_capacity = IntegerField(
        "Most places",
        [InputRequired("Enter the most places of a session")],
        at_least=1,
        at_most=MOST_PLACES,
        default=16,
        description="What a new run begins with; each run can have its own",
    )
    minimum_places = IntegerField(
        "Fewest places",
        [InputRequired("Enter the fewest places of a run")],
        at_least=1,
        at_most=MOST_PLACES,
        default=6,
        description="A run with fewer people may not be worth holding",
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.role_groups.choices = choices_from(queries.role_groups())
        self.services.choices = choices_from(queries.services())
        self.sectors.choices = choices_from(queries.sectors())

    def audience(self) -> Audience:
        """Whom the ticked boxes make the course for."""
        return Audience(
            role_groups=[row for row in queries.role_groups() if str(row.id) in _ticked(self.role_groups)],
            services=[row for row in queries.services() if str(row.id) in _ticked(self.services)],
            sectors=[row for row in queries.sectors() if str(row.id) in _ticked(self.sectors)],
            is_for_panel_members=bool(self.is_for_panel_members.data),
        )


class CourseForm(_CourseFields):
    """A course that is there already: what it consists of and its window have pages of their own."""


class NewCourseForm(_CourseFields):
    components = TextArea(
        "Days or parts", [Required("Enter at least one day or part, like Day 1")], description=COMPONENTS_HINT
    )
    catch_up_months = IntegerField(
        "Catch-up window in months (optional)",
        [Optional()],
        at_least=1,
        at_most=120,
        default=12,
        description="Somebody who misses a day may make it up until then: the first and the last day lie at "
        "most this far apart. Leave empty for no limit.",
    )


class VersionForm(Form):
    components = TextArea(
        "Days or parts", [Required("Enter at least one day or part, like Day 1")], description=COMPONENTS_HINT
    )


class WindowForm(Form):
    catch_up_months = IntegerField(
        "Catch-up window in months (optional)",
        [Optional()],
        at_least=1,
        at_most=120,
        description="The first and the last day lie at most this far apart. Leave empty for no limit.",
    )
    reason = TextField("Why it changes (optional)", max_length=500)


def lines(text: str | None) -> list[str]:
    """What stands on the lines of a text, in order."""
    return [line for line in (text or "").splitlines() if line.strip()]


def components_text(version: CourseVersion) -> str:
    """A version's components as they are typed: one on each line."""
    return "\n".join(component.title for component in version.components)


def values_of(course: Course) -> dict[str, Any]:
    """A course as its form shows it."""
    return {
        "title": course.title,
        "code": course.code,
        "summary": course.summary,
        "role_groups": [str(row.id) for row in course.role_groups],
        "services": [str(row.id) for row in course.services],
        "sectors": [str(row.id) for row in course.sectors],
        "is_for_panel_members": course.is_for_panel_members,
        "default_capacity": course.default_capacity,
        "minimum_places": course.minimum_places,
    }


def _ticked(field: CheckboxesField) -> set[str]:
    return set(field.data or ())
