"""What is typed about programmes and courses."""

from __future__ import annotations

from typing import Any

from app.commissioning import queries as commissioning
from app.commissioning.models import Provider
from app.core.db import db
from app.core.editions import edition
from app.core.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    Form,
    GuardedForm,
    InputRequired,
    IntegerField,
    Optional,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    TextField,
    choices_from,
    choices_of,
)
from app.programmes import queries, rules
from app.programmes.models import (
    MOST_PLACES,
    USUAL_CAPACITY,
    USUAL_MINIMUM,
    ApprovalMode,
    BookingTerms,
    Course,
    CourseSettings,
    NoticeUnit,
    Promotion,
)
from app.programmes.rules import BOUNDS, SETTING_WORDS, WORDS, Audience, Settings, Terms

STAFF_APPROVAL = "Whose agreement does a place for staff need?"
PARTNER_APPROVAL = "Whose agreement does a place for partners need?"
_OF_PARTNERS = [SelectChoice(value=mode.value, label=mode.label_for_partners) for mode in ApprovalMode]
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

    def asked(self) -> dict[str, Any]:
        """What was typed of a programme, as its rules want it."""
        chosen = self.provider_id.data
        return {
            "code": self.code.data or "",
            "title": self.title.data or "",
            "summary": self.summary.data or "",
            "provider": db.session.get(Provider, int(chosen)) if chosen else None,
            "starts_on": self.starts_on.data,
            "deadline": self.deadline.data,
        }


class EditProgrammeForm(ProgrammeForm, GuardedForm):
    reason = TextArea(
        "Why the dates change",
        max_length=500,
        description="Asked only when they do. The history of the programme keeps it",
    )


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
    prerequisites = CheckboxesField(
        "Courses to complete first (optional)",
        description="Whoever has not completed all of these can’t book, unless the academy says why they may",
    )
    accreditation = TextField(
        "Licence that trainers need (optional)",
        max_length=120,
        description="Such as Signs of Safety licence. Runs with a trainer who does not hold it are flagged.",
    )
    default_capacity = IntegerField(
        "Most places",
        [InputRequired("Enter the most places of a session")],
        at_least=1,
        at_most=MOST_PLACES,
        default=USUAL_CAPACITY,
        description="What a new run begins with; each run can have its own",
    )
    minimum_places = IntegerField(
        "Fewest places",
        [InputRequired("Enter the fewest places of a run")],
        at_least=1,
        at_most=MOST_PLACES,
        default=USUAL_MINIMUM,
        description="A run with fewer people may not be worth holding",
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.role_groups.choices = choices_from(queries.role_groups())
        self.services.choices = choices_from(queries.services())
        self.sectors.choices = choices_from(queries.sectors())
        self._others = list(db.session.scalars(queries.courses()))
        self.prerequisites.choices = choices_from(self._others)

    def leave_out(self, course: Course) -> None:
        """No course is completed before itself."""
        self._others.remove(course)
        self.prerequisites.choices = choices_from(self._others)

    def required(self) -> list[Course]:
        """The courses that are ticked as those to complete first."""
        return [one for one in self._others if str(one.id) in _ticked(self.prerequisites)]

    def audience(self) -> Audience:
        """Whom the ticked boxes make the course for."""
        return Audience(
            role_groups=[row for row in queries.role_groups() if str(row.id) in _ticked(self.role_groups)],
            services=[row for row in queries.services() if str(row.id) in _ticked(self.services)],
            sectors=[row for row in queries.sectors() if str(row.id) in _ticked(self.sectors)],
            is_for_panel_members=bool(self.is_for_panel_members.data),
        )


class CourseForm(_CourseFields, GuardedForm):
    """A course that is there already: what it consists of and its window have pages of their own."""


def _bounds(setting: str) -> dict[str, int]:
    least, most, _unit = BOUNDS[setting]
    return {"at_least": least, "at_most": most}


class NewCourseForm(_CourseFields):
    components = TextArea(
        "Days or parts", [Required("Enter at least one day or part, like Day 1")], description=COMPONENTS_HINT
    )
    catch_up_months = IntegerField(
        "Catch-up window in months (optional)",
        [Optional()],
        **_bounds("catch_up_months"),
        default=12,
        description="Somebody who misses a day may make it up until then: the first and the last day lie at "
        "most this far apart. Leave empty for no limit.",
    )
    staff_approval = RadioField(STAFF_APPROVAL, choices=choices_of(ApprovalMode))
    partner_approval = RadioField(PARTNER_APPROVAL, choices=_OF_PARTNERS)

    def __init__(self, **values: Any) -> None:
        council = queries.council_terms()
        approval = {name: getattr(council, name).value for name in ("staff_approval", "partner_approval")}
        super().__init__(**(approval | values))


def _days(label: str, hint: str, *, least: int = 0, most: int = 60) -> IntegerField:
    return IntegerField(
        label,
        [InputRequired(f"Enter a number of days: {label[0].lower()}{label[1:]}")],
        at_least=least,
        at_most=most,
        description=hint,
    )


def _percent(label: str, hint: str = "Of the charge for the day") -> IntegerField:
    return IntegerField(
        label,
        [InputRequired(f"Enter a percentage: {label[0].lower()}{label[1:]}")],
        at_least=0,
        at_most=100,
        description=hint,
    )


class SettingsForm(GuardedForm):
    """What completion asks of a course; see CourseSettings for what each means."""

    catch_up_months = IntegerField(
        "Catch-up window in months (optional)",
        [Optional()],
        **_bounds("catch_up_months"),
        description="The first and the last day lie at most this far apart. Leave empty for no limit.",
    )
    is_in_order = CheckboxField("The days must be taken in their order")
    minimum_percent = IntegerField(
        "Minimum share of a session",
        [InputRequired("Enter the share of a session’s minutes that counts, like 80")],
        **_bounds("minimum_percent"),
        description="Percent of its minutes. Registers that are marked already follow a change.",
    )
    lateness_minutes = IntegerField(
        "Late after",
        [InputRequired("Enter after how many minutes somebody is late, like 15")],
        **_bounds("lateness_minutes"),
        description="Minutes after the start. Who comes by then is marked as attended.",
    )
    validity_months = IntegerField(
        "A completion holds for so many months (optional)",
        [Optional()],
        **_bounds("validity_months"),
        description="After that it does not count for coverage, until the course is taken again. Leave empty "
        "when it holds for ever.",
    )
    reason = TextArea("Why it changes", [Required("Say why it changes")], max_length=500)

    def settings(self) -> Settings:
        """The settings as typed."""
        return {
            "catch_up_months": self.catch_up_months.data,
            "is_in_order": bool(self.is_in_order.data),
            "minimum_percent": self.minimum_percent.data or 0,
            "lateness_minutes": self.lateness_minutes.data or 0,
            "validity_months": self.validity_months.data,
        }


class StandInForm(Form):
    satisfied_by_id = SelectField("Course", [Required("Choose a course")])
    reason = TextArea("Why", [Required("Say why it stands in")], max_length=500)

    def __init__(self, course: Course, **values: Any) -> None:
        super().__init__(**values)
        others = [one for one in db.session.scalars(queries.courses()) if one.id != course.id]
        self.satisfied_by_id.choices = choices_from(others, blank="Choose a course")


class TakeBackForm(Form):
    reason = TextArea("Why it is taken back", [Required("Say why it is taken back")], max_length=500)


class TermsForm(GuardedForm):
    """How places are booked, given up and taken over; see BookingTerms for what each means."""

    staff_approval = RadioField(STAFF_APPROVAL, choices=choices_of(ApprovalMode))
    partner_approval = RadioField(PARTNER_APPROVAL, choices=_OF_PARTNERS)
    reminder_days = _days(
        "Reminder to the manager", "Working days after the request. The reminder is sent once.", least=1
    )
    hold_days = _days(
        "A request holds its place for",
        "Working days. At 17:00 on the last of them the place is free for others.",
        least=1,
    )
    promotion = RadioField("When a place becomes free, it is", choices=choices_of(Promotion))
    offer_days = _days("An offer lasts for", "Working days, until 17:00 on the last of them.", least=1)
    offer_hours = IntegerField(
        "Shorter offer, when the first day is near",
        [InputRequired("Enter how many working hours such an offer lasts")],
        at_least=1,
        at_most=40,
        description="Working hours, of which a day has 8: for when the first day comes before the offer ends",
    )
    closes_days = _days(
        "Booking closes",
        "Working days before the first day, at the end of that day. 0 is when the first day begins. Nobody "
        "gets a place from the waiting list after it.",
    )
    notice_days = _days(
        "Free notice",
        "Days before the first day until which a place can be given up freely. Later is recorded as late.",
        most=90,
    )
    notice_unit = RadioField("Notice is counted in", choices=choices_of(NoticeUnit))
    early_notice_days = IntegerField(
        "Earlier notice (optional)",
        [Optional()],
        at_least=1,
        at_most=180,
        description="For charges in two steps: until so many days before the first day nothing is charged",
    )
    has_charges = CheckboxField("List charges, for Finance, for places given up late and for not coming")
    early_percent = _percent("Share charged after the earlier notice")
    late_percent = _percent(
        "Share charged after the free notice", "Of the charge for the day. Not coming costs all of it."
    )
    reconfirm_days = _days(
        "When dates change, people say that they still come within",
        "Working days. After them the place is free for others.",
        least=1,
    )
    cover_percent = IntegerField(
        "Warn when more than this share of a team is away",
        [InputRequired("Enter the share of a team above which there is a warning")],
        at_least=1,
        at_most=100,
        description="Of a team on one day. It is a warning: places can still be approved.",
    )
    has_catch_up = CheckboxField("A missed day can be booked alone, in another run of the course")

    def terms(self) -> Terms:
        """The terms as typed."""
        typed: Terms = {
            "staff_approval": ApprovalMode(self.staff_approval.data),
            "partner_approval": ApprovalMode(self.partner_approval.data),
            "promotion": Promotion(self.promotion.data),
            "notice_unit": NoticeUnit(self.notice_unit.data),
            "early_notice_days": self.early_notice_days.data,
            "has_charges": bool(self.has_charges.data),
            "has_catch_up": bool(self.has_catch_up.data),
        }
        for name in _NUMBERS:
            typed[name] = self[name].data or 0  # type: ignore[literal-required]
        return typed


_NUMBERS = (
    "reminder_days",
    "hold_days",
    "offer_days",
    "offer_hours",
    "closes_days",
    "notice_days",
    "early_percent",
    "late_percent",
    "reconfirm_days",
    "cover_percent",
)


def values_of_terms(terms: BookingTerms) -> dict[str, Any]:
    """Terms as their form shows them."""
    values = {name: getattr(terms, name) for name in WORDS}
    return values | {"seen": edition(rules.values_of_terms(terms))}


def values_of_settings(settings: CourseSettings) -> dict[str, Any]:
    """The settings of a course as their form shows them."""
    values = {name: getattr(settings, name) for name in SETTING_WORDS}
    return values | {"seen": edition(rules.values_of_settings(settings))}


def lines(text: str | None) -> list[str]:
    """What stands on the lines of a text, in order."""
    return [line for line in (text or "").splitlines() if line.strip()]


def values_of(course: Course) -> dict[str, Any]:
    """A course as its form shows it."""
    return {
        "seen": edition(rules.values_of_course(course)),
        "title": course.title,
        "code": course.code,
        "summary": course.summary,
        "role_groups": [str(row.id) for row in course.role_groups],
        "services": [str(row.id) for row in course.services],
        "sectors": [str(row.id) for row in course.sectors],
        "is_for_panel_members": course.is_for_panel_members,
        "prerequisites": [str(row.id) for row in course.prerequisites],
        "accreditation": course.accreditation,
        "default_capacity": course.default_capacity,
        "minimum_places": course.minimum_places,
    }


def _ticked(field: CheckboxesField) -> set[str]:
    return set(field.data or ())
