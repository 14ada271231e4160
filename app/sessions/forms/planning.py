"""Planning a run: its pattern, then its sessions one by one; changing one, and copying it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from app.core import clock
from app.core.db import db
from app.core.forms import (
    LONGEST_REASON,
    CheckboxesField,
    CheckboxField,
    DateField,
    Form,
    GuardedForm,
    InputRequired,
    IntegerField,
    LookedAtForm,
    Part,
    PartField,
    PartsField,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    TextField,
    TimeField,
    ValidationError,
    choices_from,
    choices_of,
)
from app.people.rules import as_listed
from app.programmes.models import MOST_PLACES, CourseVersion
from app.sessions import queries
from app.sessions.forms.dates import read_dates
from app.sessions.models import Mode, Run, Trainer, TrainingSession, Venue
from app.sessions.rules import (
    PlannedDay,
    PlannedSession,
    check_pattern,
    check_run,
    edition,
    pattern_dates,
)
from app.sessions.rules.planning import planned_again

MOST_COPIES = 26
LINK_HINT = "Only the academy, the trainer and the people with a place see it"
CODE_HINT = "What the academy calls the run"
MINIMUM_HINT = "With fewer people it may not be worth holding"


def _capacity() -> IntegerField:
    return IntegerField(
        "Most places", [InputRequired("Enter the most places")], at_least=1, at_most=MOST_PLACES
    )


def _was_held() -> CheckboxField:
    return CheckboxField(
        "It was held on the days that are over",
        description="To record a run of the past. Its register can be marked from now on.",
    )


class _RunFields(Form):
    code = TextField("Code", [Required("Enter a code, like SOS2-07")], max_length=40, description=CODE_HINT)
    minimum_places = IntegerField(
        "Fewest places",
        [InputRequired("Enter the fewest places")],
        at_least=1,
        at_most=MOST_PLACES,
        description=MINIMUM_HINT,
    )


class PatternForm(_RunFields):
    """The first page of a new run: what its days have in common."""

    first = DateField("First date", [InputRequired("Enter the first date")])
    every_days = RadioField(
        "The days after the first",
        choices=[
            SelectChoice(value="1", label="On the following days"),
            SelectChoice(value="7", label="Weekly, on the same weekday"),
            SelectChoice(value="14", label="Every two weeks"),
            SelectChoice(value="28", label="Every four weeks"),
        ],
        default="7",
        description="Each date can be changed on the next page",
    )
    starts = TimeField("Start", [InputRequired("Enter the start, like 9:30")], default=time(9, 30))
    ends = TimeField("End", [InputRequired("Enter the end, like 16:30")], default=time(16, 30))
    mode = RadioField("How it is held", choices=choices_of(Mode), default=Mode.VIRTUAL.value)
    venue_id = SelectField("Venue (optional)")
    link = TextField("Link (optional)", max_length=500, description=LINK_HINT)
    trainer_id = SelectField("Trainer (optional)")
    capacity = _capacity()

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        offer_resources(self)
        self.also(self.check_pattern)

    def check_pattern(self) -> None:
        """What the rules say of the days together, as far as they can be read."""
        starts, ends = self.starts.data, self.ends.data
        places, fewest = self.capacity.data, self.minimum_places.data
        if starts and ends and places and fewest:
            check_pattern(starts=starts, ends=ends, capacity=places, minimum_places=fewest)

    def sessions(self, version: CourseVersion) -> list[dict[str, Any]]:
        """The sessions that the pattern makes, as the next page shows them."""
        count = len(version.components)
        every = int(self.every_days.data or 7)
        common = {
            name: self._fields[name].data
            for name in ("starts", "ends", "mode", "venue_id", "link", "trainer_id", "capacity")
        }
        return [{"held_on": day, **common} for day in pattern_dates(self.first.data, count, every_days=every)]


class _SessionFields:
    held_on = DateField("Date", [InputRequired("Enter the date")])
    starts = TimeField("Start", [InputRequired("Enter the start, like 9:30")])
    ends = TimeField("End", [InputRequired("Enter the end, like 16:30")])
    mode = SelectField("How it is held", choices=choices_of(Mode))
    venue_id = SelectField("Venue (optional)")
    link = TextField("Link (optional)", max_length=500)
    trainer_id = SelectField("Trainer (optional)")


class SessionPart(_SessionFields, Part):
    """One of several sessions: what is wrong with it begins with its title."""

    capacity = _capacity()
    title = ""

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        for field in self if self.title else ():
            field.errors = [f"{self.title}: {error[0].lower()}{error[1:]}" for error in field.errors]
        return is_valid


class PlanForm(_RunFields, LookedAtForm):
    """The second page of a new run: each session, to be looked at, changed and saved."""

    note = TextArea("Note for the people who come (optional)", description="Such as what to bring")
    sessions = PartsField(PartField(SessionPart), max_entries=20)
    clash_reason = TextArea("Why both can go ahead", max_length=500)
    was_held = _was_held()

    def __init__(self, version: CourseVersion, **values: Any) -> None:
        super().__init__(**values)
        self.titles = [component.title for component in version.components]
        offer_resources(*(entry.form for entry in self.sessions.entries))
        for title, entry in zip(self.titles, self.sessions.entries, strict=False):
            entry.form.title = title
        self.also(self._check_run)

    def _check_run(self) -> None:
        """What the rules say of the days that can be read."""
        typed = zip(self.titles, (entry.form for entry in self.sessions.entries), strict=False)
        check_run(
            self.titles,
            {
                n: planned_as_typed(one, one.capacity.data or 0)
                for n, (_, one) in enumerate(typed)
                if not one.errors
            },
            code=self.code.data or "",
            minimum_places=self.minimum_places.data or 0,
            was_held=self.was_held.data,
            now=clock.now(),
        )

    def plans(self) -> list[PlannedSession]:
        """The sessions as they were typed."""
        return [
            planned_as_typed(entry.form, entry.form.capacity.data or 0) for entry in self.sessions.entries
        ]

    def days(self) -> list[PlannedDay]:
        """Each day that has a date, with how it is held and by whom."""
        typed = zip(self.titles, (entry.form for entry in self.sessions.entries), strict=False)
        days = (day_as_typed(title, one) for title, one in typed)
        return [day for day in days if day is not None]


class SessionForm(_SessionFields, GuardedForm):
    """One session of a run that is scheduled. Its places are changed where bookings can be seen."""

    reason = TextArea(
        "Why it changes (optional)",
        max_length=LONGEST_REASON,
        description="Who has a place, or waits for one, reads it when the date, time or place changes",
    )
    clash_reason = TextArea("Why both can go ahead", max_length=500)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        offer_resources(self)

    def planned(self, session: TrainingSession) -> PlannedSession:
        """The session as it was typed."""
        return planned_as_typed(self, session.capacity)


class RunForm(_RunFields, GuardedForm):
    note = TextArea("Note for the people who come (optional)", description="Such as what to bring")


class CopyForm(Form):
    """The start dates of copies."""

    starts = TextArea(
        "Start dates",
        [Required("Enter at least one start date")],
        description="One on each line, like 18/4/2027 or 18 April 2027",
    )
    dates: Sequence[date] = ()

    def validate_starts(self, field: TextArea) -> None:
        """Each line is a date, and there are not too many."""
        self.dates, wrong = read_dates(field.data or "")
        problem = None
        if wrong:
            problem = f"{wrong[0][:40]} is not a date: write it like 18/4/2027"
        elif len(self.dates) > MOST_COPIES:
            problem = f"Enter at most {MOST_COPIES} start dates at a time"
        elif len(set(self.dates)) < len(self.dates):
            problem = "Two copies start on the same date: leave one out"
        if problem:
            raise ValidationError(problem)


class CopyTheseForm(Form):
    """The copies as they would be: which of them to keep off bank holidays, why a room or a trainer may be in
    two places, and why the course may be held twice."""

    move = CheckboxesField("Move off bank holidays", validate_choice=False)
    clash_reason = TextArea("Why both can go ahead", max_length=500)
    double_reason = TextArea("Why the course can be held twice at once", max_length=500)
    was_held = _was_held()


def session_values(session: TrainingSession) -> dict[str, Any]:
    """A saved session as its form shows it."""
    plan = planned_again(session)
    return {
        "held_on": plan.held_on,
        "starts": plan.starts,
        "ends": plan.ends,
        "mode": plan.mode.value,
        "venue_id": str(plan.venue_id or ""),
        "link": plan.link or "",
        "trainer_id": str(plan.trainer_id or ""),
        "seen": edition(session),
    }


def run_values(run: Run) -> dict[str, Any]:
    """A saved run as its form shows it."""
    return {
        "code": run.code,
        "minimum_places": run.minimum_places,
        "note": run.note,
        "seen": edition(run),
    }


def planned_as_typed(form: Any, capacity: int) -> PlannedSession:
    """The session that the fields of a form plan."""
    return PlannedSession(
        held_on=form.held_on.data,
        starts=form.starts.data,
        ends=form.ends.data,
        mode=Mode(form.mode.data),
        venue=db.session.get(Venue, int(form.venue_id.data)) if form.venue_id.data else None,
        link=form.link.data or None,
        trainer=_trainer(form),
        capacity=capacity,
    )


def day_as_typed(title: str, form: Any) -> PlannedDay | None:
    """What is to be known of that session before it is saved; None while its date or mode can't be read."""
    if not form.held_on.data or form.mode.data not in set(Mode):
        return None
    has_venue, has_link = bool(form.venue_id.data), bool(form.link.data)
    return PlannedDay(title, form.held_on.data, Mode(form.mode.data), has_venue, _trainer(form), has_link)


def _trainer(form: Any) -> Trainer | None:
    chosen = form.trainer_id.data
    return db.session.get(Trainer, int(chosen)) if chosen and chosen.isdecimal() else None


def offer_resources(*forms: Any) -> None:
    """Let the venues and the trainers be chosen, those that are closed last: a run of the past may have had
    them."""
    venues = choices_from(db.session.scalars(queries.venues()), blank="None", label=as_listed)
    trainers = choices_from(db.session.scalars(queries.trainers()), blank="Not known yet", label=as_listed)
    for form in forms:
        form.venue_id.choices = venues
        form.trainer_id.choices = trainers
