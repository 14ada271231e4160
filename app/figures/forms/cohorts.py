"""The shape of what is typed about cohorts and their members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wtforms import Field

from app.core.forms import (
    CheckboxField,
    DateField,
    Form,
    GuardedForm,
    IntegerField,
    Optional,
    Part,
    PartField,
    PartsField,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    TextField,
    ValidationError,
    choices_from,
)
from app.figures import rules
from app.figures.forms.populations import NEW_RULE
from app.figures.models import Cohort, Population
from app.programmes.models import Course

ROWS_OF_REQUIREMENTS = 5


class RequirementPart(Part):
    """Why somebody joins, and the course that they then need."""

    cause = TextField("Cause for joining", max_length=60)
    course = SelectField("Course that it needs")

    def validate_course(self, field: Field) -> None:
        if field.data and not self.cause.data:
            raise ValidationError("Enter the cause that needs this course")
        if self.cause.data and not field.data:
            raise ValidationError(f"Choose the course that “{self.cause.data}” needs")


class CohortForm(GuardedForm):
    """A cohort, and what each cause for joining needs."""

    code = TextField(
        "Code",
        [Required("Enter a code, like sos-new-and-upskill")],
        max_length=60,
        description="For addresses: small letters, figures and hyphens, like sos-new-and-upskill",
    )
    name = TextField("Name", [Required("Enter the cohort’s name")])
    requirements = PartsField(PartField(RequirementPart), min_entries=ROWS_OF_REQUIREMENTS, max_entries=20)
    stated_members = IntegerField(
        "Stated number of members",
        [Optional()],
        at_least=1,
        description="If a document states one. It is shown beside the list; figures count the list.",
    )
    is_stated_approximately = CheckboxField("The document says “approximately”")
    reason = TextArea(
        "Why the requirements change",
        max_length=500,
        description=f"Needed when a cause or its course changes. {NEW_RULE}",
    )

    @classmethod
    def of(cls, cohort: Cohort | None, *, seen: str = "") -> CohortForm:
        """The form as a cohort fills it in; a new one has no reason."""
        if cohort is None:
            form = cls()
            del form.reason
            return form
        rows = [{"cause": one.cause, "course": str(one.course_id)} for one in cohort.requirements]
        blank = {"cause": "", "course": ""}
        form = cls(
            name=cohort.name,
            seen=seen,
            stated_members=cohort.stated_members,
            is_stated_approximately=cohort.is_stated_approximately,
            requirements=[*rows, *[blank] * max(2, ROWS_OF_REQUIREMENTS - len(rows))],
        )
        del form.code
        return form

    def offer_courses(self, courses: Sequence[Course]) -> None:
        for entry in self.requirements.entries:
            entry.form.course.choices = choices_from(courses, blank="Choose a course")

    def typed_requirements(self, courses: Mapping[str, Course]) -> dict[str, list[Course]]:
        """The rows that are filled in: each cause with its courses."""
        found: dict[str, list[Course]] = {}
        for entry in self.requirements.entries:
            if entry.form.cause.data:
                found.setdefault(entry.form.cause.data, []).append(courses[entry.form.course.data])
        return found


class AddPeopleForm(Form):
    """A pasted list of people for a cohort (AM-06)."""

    people = TextArea(
        "Employee numbers or e-mail addresses",
        [Required("Paste at least one employee number or e-mail address")],
        max_length=100_000,
        description="One on each line",
        render_kw={"spellcheck": "false", "params": {"rows": 12}},
    )
    cause = SelectField("Why they join", [Required("Choose why they join")])
    joined_on = DateField("The day they join", [Required("Enter the day they join")])

    def offer_causes(self, causes: Iterable[str]) -> None:
        self.cause.choices = _choices(causes, "Choose a cause")


class ChooseForm(Form):
    """Whom a rule puts on a cohort's list: read from the address, so that the list can be looked at first."""

    class Meta:
        csrf = False

    population = SelectField("Of whom", [Required("Choose the population that they are in")])
    without = SelectField("Who have not completed")
    started_after = DateField(
        "Or who started after", description="Trained or not. Leave it empty when it does not matter."
    )
    cause = SelectField("Why they join", [Required("Choose why they join")])
    joined_on = DateField("The day they join", [Required("Enter the day they join")])

    def offer(
        self, populations: Iterable[Population], courses: Iterable[Course], causes: Iterable[str]
    ) -> None:
        self.population.choices = choices_from(populations, blank="Choose a population")
        self.without.choices = choices_from(courses, blank="Whatever they have completed")
        self.cause.choices = _choices(causes, "Choose a cause")


class LeaveForm(Form):
    left_on = DateField(
        "The day they leave",
        [Required("Enter the day they leave")],
        description="From this day on they are counted in neither half of the figure.",
    )
    cause = SelectField(
        "Why they leave",
        [Required("Choose why they leave")],
        choices=[SelectChoice(value="", label="Choose a cause")]
        + [SelectChoice(value=one, label=one.capitalize()) for one in rules.LEAVING_CAUSES],
    )
    reason = TextArea(
        "More about it",
        max_length=500,
        description="Needed for an exemption; how many are exempt stands beside the figure.",
    )


class WithdrawForm(Form):
    reason = TextArea(
        "Why they should not have been on the list",
        [Required("Say why they should not have been on the list")],
        max_length=500,
    )


def _choices(words: Iterable[str], blank: str) -> list[SelectChoice]:
    first = [SelectChoice(value="", label=blank)]
    return first + [SelectChoice(value=word, label=word.capitalize()) for word in words]
