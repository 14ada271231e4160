"""What is typed about people, their posts and absences, and the lists that they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.core import clock
from app.core.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    EmailField,
    Form,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    TextField,
    ValidationError,
    choices_of,
)
from app.people import rules
from app.people.models import WEEKDAYS, EmploymentType, PersonKind
from app.people.rules.persons import Details
from app.people.rules.spells import TYPES_OF_STAFF, Post


def _wide(classes: str, **attributes: Any) -> dict[str, Any]:
    return {"params": {"classes": classes}, **attributes}


HALF = _wide("govuk-!-width-one-half", autocomplete="off")
TWO_THIRDS = _wide("govuk-!-width-two-thirds", autocomplete="off")
LAST_DAY_COUNTS = "Leave it empty if it is not known. The last day still counts."
TEN = _wide("govuk-input--width-10", autocomplete="off")


# --- Fields --------------------------------------------------------------------------------------------


class ListField(SelectField):
    """One row of a list, by its id; `number` is that id, or None for the empty choice."""

    def __init__(self, label: str, validators: Sequence[Any] = (), *, unknown: str, **kwargs: Any):
        checks = [*validators, _is_offered(unknown)]
        super().__init__(label, checks, choices=[], validate_choice=False, **kwargs)

    @property
    def number(self) -> int | None:
        return int(self.data) if self.data else None


def _is_offered(message: str) -> Any:
    def check(_form: Form, field: SelectField) -> None:
        offered: Any = field.choices
        if field.data and field.data not in {choice.value for choice in offered}:
            raise ValidationError(message)

    return check


class DayBox(TextField):
    """A date in one box, for an address that can be kept: `?on=2021-08-31`; 31/08/2021 is understood too."""

    day: date | None = None

    def __init__(self, label: str, **kwargs: Any):
        super().__init__(label, max_length=20, render_kw={"type": "date"}, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        typed = (valuelist[0] if valuelist else "").strip()
        self.day = _read_day(typed) if typed else None
        if typed and self.day is None:
            raise ValueError(f"{self.label.text} must be a real date, like 31/03/2026")


def _read_day(typed: str) -> date | None:
    british = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", typed)
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", typed)
    parts = british.groups()[::-1] if british else iso.groups() if iso else ("0", "0", "0")
    year, month, day = (int(part) for part in parts)
    try:
        return date(year, month, day) if 1900 <= year <= 2199 else None
    except ValueError:
        return None


class FullTimeField(TextField):
    """The part of full time that somebody works: 0.6; `share` is exact."""

    share: Decimal | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        typed = (valuelist[0] if valuelist else "").strip()
        self.share = None
        if not typed:
            return
        try:
            share = Decimal(typed)
        except InvalidOperation:
            share = Decimal(0)
        if not share.is_finite() or not 0 < share <= 1:
            raise ValueError("Part of full time must be more than 0 and at most 1, like 0.6")
        self.share = share.quantize(Decimal("0.001"))


# --- Filters, in the address ---------------------------------------------------------------------------


class DirectoryFilters(Form):
    """What narrows the directory. All of it stands in the address, so that a list can be kept and sent."""

    class Meta:
        csrf = False

    q = TextField("Name, employee number or e-mail", max_length=100)
    kind = SelectField(
        "Kind",
        [_is_offered("Choose a kind from the list")],
        choices=[SelectChoice(value="", label="Everybody"), *choices_of(PersonKind)],
        validate_choice=False,
    )
    service = ListField("Service", unknown="Choose a service from the list")
    team = ListField("Team", unknown="Choose a team from the list")
    organisation = TextField("Organisation", max_length=100)
    on = DayBox("In post on")
    everybody = CheckboxField("Also those who have left or not yet begun")


class OnFilter(Form):
    """The date that a list of people is of."""

    class Meta:
        csrf = False

    on = DayBox("In post on")


class OrganisationFilters(Form):
    class Meta:
        csrf = False

    q = TextField("Name of the organisation", max_length=100)
    sector = ListField("Sector", unknown="Choose a sector from the list")


# --- People --------------------------------------------------------------------------------------------


class KindForm(Form):
    kind = RadioField(
        "Who do you want to add?",
        [Required("Choose what kind of person you want to add")],
        choices=choices_of(PersonKind),
    )


class DetailsForm(Form):
    """Who somebody is. Fields that do not suit the kind of person are taken out by `suit`."""

    first_name = TextField("First name", [Required("Enter a first name")], max_length=120, render_kw=HALF)
    last_name = TextField("Last name", [Required("Enter a last name")], max_length=120, render_kw=HALF)
    preferred_name = TextField(
        "Preferred first name",
        description="Only if they go by another first name than the one above.",
        max_length=120,
        render_kw=HALF,
    )
    employee_number = TextField(
        "Employee number",
        description="As in the HR system, with any zeros at its beginning. Leave it empty if there is none.",
        max_length=40,
        render_kw=TEN,
    )
    email = EmailField(
        "E-mail address",
        description="Joining instructions and reminders go here.",
        render_kw={"type": "email", "spellcheck": "false", **TWO_THIRDS},
    )
    swe_number = TextField(
        "Social Work England number",
        description="For example SW12345. Leave it empty if there is none.",
        max_length=20,
        render_kw=TEN,
    )

    def details(self) -> Details:
        """What was typed of who somebody is, as the rules take it."""
        names = Details.__annotations__
        return Details(**{name: self[name].data for name in names if name in self})  # type: ignore[typeddict-item]


class EditForm(DetailsForm):
    reason = TextArea(
        "Why is it changed?",
        description="Optional. For those who read the history later.",
        max_length=500,
        render_kw={"params": {"rows": "2"}},
    )


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
        render_kw=_wide("govuk-input--width-20"),
    )
    fte = FullTimeField(
        "Part of full time",
        description="For example 0.6 for three days of five. Leave it empty if you do not know.",
        render_kw=_wide("govuk-input--width-4", inputmode="decimal"),
    )

    def post(self) -> Post:
        """What was typed of where somebody belongs; raises RuleBroken when the manager is not to be found."""
        read: dict[str, tuple[str, Callable[[], Any]]] = {
            "employment_type": ("employment_type", lambda: EmploymentType(self.employment_type.data)),
            "organisation": ("organisation_id", lambda: self.organisation.number),
            "job_title": ("job_title", lambda: self.job_title.data or None),
            "role_group": ("role_group_id", lambda: self.role_group.number),
            "team": ("team_id", lambda: self.team.number),
            "manager": ("manager_id", self._manager_id),
            "career_stage": ("career_stage", lambda: self.career_stage.data or None),
            "fte": ("fte", lambda: self.fte.share),
        }
        said = {column: value() for name, (column, value) in read.items() if name in self}
        return Post(**said)  # type: ignore[typeddict-item]

    def _manager_id(self) -> int | None:
        return rules.staff_member(self.manager.data).id if self.manager.data else None


class NewPersonForm(DetailsForm, PostForm):
    """Somebody new, with where they belong from a first day."""

    first_day = DateField("First day", [Required("Enter the first day")], default=clock.today)
    is_somebody_else = CheckboxField("This is somebody else of the same name")


class NewPostForm(PostForm):
    first_day = DateField("First day", [Required("Enter the first day")])
    last_day = DateField(
        "Last day", description="Leave it empty if it is not known. The last day still counts."
    )


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
    last_day = DateField(
        "Last day", description="Leave it empty if it is not known. The last day still counts."
    )
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


class AbsenceForm(Form):
    first_day = DateField("First day", [Required("Enter the first day")])
    last_day = DateField("Last day", description="Leave it empty if it is not known yet.")


class DeputyForm(Form):
    """Who decides while a line manager is away."""

    deputy = TextField(
        "Who decides for them?",
        [Required("Enter who decides")],
        description="A member of staff: employee number, e-mail address or full name.",
        render_kw=TWO_THIRDS,
    )
    first_day = DateField("First day", [Required("Enter the first day")])
    last_day = DateField("Last day", [Required("Enter the last day")], description="The last day counts too.")


class WorkingDaysForm(Form):
    """The weekdays on which somebody works, Monday being 1."""

    days = CheckboxesField(
        "Which days?",
        coerce=int,
        choices=[SelectChoice(value=n, label=name) for n, name in enumerate(WEEKDAYS, start=1)],
        description="Leave all empty to say nothing of working days.",
    )


class ReasonForm(Form):
    reason = TextArea(
        "What was wrong?",
        [Required("Say what was wrong")],
        description="For those who read the history later.",
        max_length=500,
        render_kw={"params": {"rows": "2"}},
    )


def suit(form: Form, kind: PersonKind) -> None:
    """Leave in a form only what is asked about this kind of person."""
    of_staff = {"employee_number", "swe_number", "employment_type", "role_group", "team", "manager"}
    of_staff |= {"career_stage", "fte"}
    unasked = {
        PersonKind.STAFF: {"organisation"},
        PersonKind.PARTNER: of_staff,
        PersonKind.PANEL_MEMBER: of_staff | {"organisation", "job_title"},
    }[kind]
    for name in unasked:
        if name in form:
            del form[name]


# --- Lists ---------------------------------------------------------------------------------------------


class NameForm(Form):
    name = TextField("Name", [Required("Enter a name")], max_length=60, render_kw=TWO_THIRDS)


class TeamForm(Form):
    name = TextField("Name of the team", [Required("Enter a name")], max_length=120, render_kw=TWO_THIRDS)
    service = ListField("Service", [Required("Choose a service")], unknown="Choose a service from the list")


class OrganisationForm(Form):
    name = TextField(
        "Name of the organisation", [Required("Enter a name")], max_length=200, render_kw=TWO_THIRDS
    )
    sector = ListField("Sector", [Required("Choose a sector")], unknown="Choose a sector from the list")
