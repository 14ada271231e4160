"""What is typed about a post: where somebody belongs, from when, and until when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.core import clock
from app.core.forms import (
    CheckboxField,
    DateField,
    Form,
    RadioField,
    Required,
    SelectChoice,
    TextArea,
    TextField,
)
from app.people import rules
from app.people.forms.fields import TWO_THIRDS, FullTimeField, ListField, wide
from app.people.forms.persons import DetailsForm
from app.people.models import EmploymentType
from app.people.rules.spells import TYPES_OF_STAFF, Post


class PostForm(Form):
    """Where somebody belongs."""

    employment_type = RadioField(
        "Employment",
        [Required("Choose how they are employed")],
        choices=[SelectChoice(value=one.value, label=one.label) for one in TYPES_OF_STAFF],
        default=EmploymentType.EMPLOYEE.value,
    )
    organisation = ListField(
        "Organisation", [Required("Choose an organisation")], unknown="Choose an organisation from the list"
    )
    job_title = TextField("Job title", max_length=120, render_kw=TWO_THIRDS)
    role_group = ListField(
        "Role group",
        unknown="Choose a role group from the list",
        description="Audiences and targets count people by role group.",
    )
    team = ListField("Team", unknown="Choose a team from the list")
    manager = TextField(
        "Line manager",
        description="Their employee number, e-mail address or full name. Leave it empty if there is none.",
        render_kw=TWO_THIRDS,
    )
    career_stage = TextField(
        "Career stage",
        description="For example ASYE. Leave it empty if it does not matter.",
        max_length=60,
        render_kw=wide("govuk-input--width-20"),
    )
    fte = FullTimeField(
        "Part of full time",
        description="For example 0.6 for three days of five. Leave it empty if you do not know.",
        render_kw=wide("govuk-input--width-4", inputmode="decimal"),
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.also(self.manager_id)

    def post(self) -> Post:
        """What was typed of where somebody belongs; raises RuleBroken when the manager is not to be found."""
        read: dict[str, tuple[str, Callable[[], Any]]] = {
            "employment_type": ("employment_type", lambda: EmploymentType(self.employment_type.data)),
            "organisation": ("organisation_id", lambda: self.organisation.number),
            "job_title": ("job_title", lambda: self.job_title.data or None),
            "role_group": ("role_group_id", lambda: self.role_group.number),
            "team": ("team_id", lambda: self.team.number),
            "manager": ("manager_id", self.manager_id),
            "career_stage": ("career_stage", lambda: self.career_stage.data or None),
            "fte": ("fte", lambda: self.fte.share),
        }
        said = {column: value() for name, (column, value) in read.items() if name in self}
        return Post(**said)  # type: ignore[typeddict-item]

    def manager_id(self) -> int | None:
        """Who the line manager is; raises RuleBroken when they are not to be found."""
        if "manager" not in self or not self.manager.data:
            return None
        return rules.staff_member(self.manager.data).id


def _last_day() -> DateField:
    return DateField("Last day", description="Leave it empty if it is not known. The last day still counts.")


class NewPersonForm(DetailsForm, PostForm):
    """Somebody new, with where they belong from a first day."""

    first_day = DateField("First day", [Required("Enter the first day")], default=clock.today)
    last_day = _last_day()
    is_somebody_else = CheckboxField("This is somebody else of the same name")


class NewPostForm(PostForm):
    first_day = DateField("First day", [Required("Enter the first day")])
    last_day = _last_day()


class FromDayForm(Form):
    """The first question of a change: from which day."""

    class Meta:
        csrf = False

    on = DateField("First day of the change", [Required("Enter the day")], default=clock.today)


class ChangeForm(PostForm):
    reason = TextArea(
        "Anything to note?",
        description="Optional. For those who read the history later.",
        max_length=500,
        render_kw={"params": {"rows": "2"}},
    )


class CorrectForm(PostForm):
    first_day = DateField("First day", [Required("Enter the first day")])
    last_day = _last_day()
    reason = TextArea(
        "What was wrong?",
        [Required("Say what was wrong")],
        description="For those who read the history later.",
        max_length=500,
        render_kw={"params": {"rows": "2"}},
    )


class EndForm(Form):
    last_day = DateField(
        "Last day", [Required("Enter the last day")], description="The last day still counts."
    )
    reason = TextArea(
        "Anything to note?",
        description="Optional. Do not write why somebody leaves.",
        max_length=500,
        render_kw={"params": {"rows": "2"}},
    )
