"""What is typed on the pages of places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from uuid import uuid4

from app.bookings import queries
from app.bookings.models import LeavingCause
from app.core.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    EmailField,
    Form,
    HiddenField,
    InputRequired,
    IntegerField,
    LookedAtForm,
    Optional,
    PoundsField,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    TextField,
    choices_from,
    choices_of,
)
from app.people.models import Person, Sector
from app.programmes.models import Course
from app.sessions.forms import SessionForm
from app.sessions.models import Mode, Run

LONGEST_REASON = 400
NOWHERE = "none"
NEEDS = "Is there anything we should arrange so you can take part?"
NEEDS_HINT = (
    "For example an interpreter, step-free access or handouts in large print. Only the academy and the "
    "trainer of this run see it, and it is deleted 30 days after the run. Do not enter anything about a "
    "child or family."
)


def _needs_asked() -> TextArea:
    """What is asked of everybody who books or has a place, in the same words on every page."""
    return TextArea(f"{NEEDS} (optional)", max_length=1000, description=NEEDS_HINT)


def _exception_explained() -> TextArea:
    return TextArea("Reason for booking somebody the course is not meant for", max_length=LONGEST_REASON)


class BookForm(Form):
    """Check your answers: whose place it is and, for the academy, why it is for them all the same."""

    person = HiddenField()
    session = HiddenField()
    reason = _exception_explained()
    needs = _needs_asked()


class NeedForm(Form):
    """What should be arranged; empty deletes it."""

    words = _needs_asked()


NO_CHILD = "Do not enter anything about a child or family."


class DeclaringBookForm(BookForm):
    """The same, where whoever books declares that their manager agrees (MA-03)."""

    manager_name = TextField(
        "Your manager’s name",
        [Required("Enter your manager’s name")],
        render_kw={"params": {"classes": "govuk-!-width-two-thirds"}, "autocomplete": "off"},
    )
    manager_email = EmailField(
        "Your manager’s e-mail address",
        [Required("Enter your manager’s e-mail address")],
        description="We send your manager a copy of this booking.",
        render_kw={
            "type": "email",
            "autocomplete": "off",
            "spellcheck": "false",
            "params": {"classes": "govuk-!-width-two-thirds"},
        },
    )
    manager_agrees = CheckboxField(
        "My manager agrees", [Required("Ask your manager, then tick that they agree")]
    )
    reason = _exception_explained()  # once more, so that mistakes are listed in the order of the page
    needs = _needs_asked()


class AnswerForm(Form):
    """The answer to one request: the button says which; why, when it is no."""

    reason = TextArea(
        "Why do you decline? (only if you decline)",
        max_length=LONGEST_REASON,
        description="The person reads it: for example “cover needed, try April”.",
    )


class AnswersForm(AnswerForm):
    """The answer to several requests at once; the choices are those that are shown."""

    requests = CheckboxesField("Requests", coerce=int)


class CancelForm(Form):
    """Giving up a place, or taking it back: who wanted it (asked of the academy alone), and why."""

    wish = RadioField(
        "Who wants this?",
        validators=[InputRequired("Choose who wants this")],
        choices=[
            SelectChoice(value="person", label="They asked us to cancel"),
            SelectChoice(value="academy", label="The academy takes the place back"),
        ],
    )
    cause = SelectField("Why is the place given up?", [Optional()])
    reason = TextArea("Anything else? (optional)", max_length=LONGEST_REASON, description=NO_CHILD)

    def offer(self, causes: Sequence[LeavingCause], *, asks_wish: bool) -> None:
        """Give the form the causes to choose from; without `asks_wish` it is plain whose wish it is."""
        self.cause.choices = choices_from(causes, blank="Choose a reason")
        self.causes = {str(one.id): one for one in causes}
        if not asks_wish:
            del self.wish

    @property
    def chosen_cause(self) -> LeavingCause | None:
        return self.causes.get(self.cause.data or "")

    @property
    def is_asked_for(self) -> bool:
        return "wish" in self and self.wish.data == "person"


class SubstituteForm(Form):
    """Who takes a place over and, for the academy, why they may all the same."""

    colleague = TextField("Who takes the place?", [Required("Enter who takes the place")], max_length=200)
    reason = TextArea("Reason for doing it anyway", max_length=LONGEST_REASON)


class CauseForm(Form):
    """A reason for which people give a place up or do not come."""

    name = TextField("Reason", [Required("Enter the reason as people will read it")], max_length=80)
    is_charged = CheckboxField(
        "It is charged", description="What is proposed on the list of charges. Sickness, for example, is not."
    )
    is_offered = CheckboxField("People can choose it", default=True)


class RateForm(Form):
    """What a missed day costs: of which course, of whom, from when on."""

    course = SelectField("Course", [Optional()])
    whom = SelectField("Who pays?", [Required("Choose who pays")])
    from_day = DateField("For days from", [InputRequired("Enter the first day that it holds for")])
    half_day = PoundsField(
        "Half day",
        [InputRequired("Enter what half a day costs")],
        description="A session of 4 hours or less.",
    )
    full_day = PoundsField("Full day", [InputRequired("Enter what a full day costs")])

    def offer(self, courses: Sequence[Course], sectors: Sequence[Sector]) -> None:
        """Give the form the courses and sectors to choose from."""
        self.course.choices = choices_from(courses, blank="All courses")
        self.whom.choices = [
            SelectChoice(value="", label="Choose who pays"),
            SelectChoice(value="partners", label="Partners"),
            *(SelectChoice(value=str(one.id), label=f"Partners: {one.name}") for one in sectors),
            SelectChoice(value="staff", label="Staff"),
        ]


class DecisionForm(Form):
    """Whether missed days are charged."""

    days = CheckboxesField("Which days?", validators=[InputRequired("Choose a day")])
    answer = RadioField(
        "What becomes of them?",
        validators=[InputRequired("Choose whether they are charged")],
        choices=[
            SelectChoice(value="waive", label="Not charged"),
            SelectChoice(value="charge", label="Charged"),
        ],
    )
    cause = SelectField("Why did they not come? (optional)", [Optional()])
    reason = TextArea(
        "Reason for the decision",
        max_length=LONGEST_REASON,
        description=f"Needed when it is not charged. {NO_CHILD}",
    )


class CancelRunForm(Form):
    reason = TextArea(
        "Why is the run cancelled?",
        [Required("Enter why the run is cancelled: everybody who has a place will read it")],
        max_length=LONGEST_REASON,
        description="Everybody who has a place, or waits for one, will read this.",
    )
    who = RadioField(
        "Who cancels it?",
        choices=[
            SelectChoice(value="academy", label="The academy"),
            SelectChoice(value="provider", label="The provider"),
        ],
        default="academy",
        description="What a provider cancels is counted against their contract.",
    )
    run = RadioField("Where do the people with a place go?", default=NOWHERE)


class CapacityForm(Form):
    """How many a session takes and, when that is fewer than have a place, who is moved and where to."""

    capacity = IntegerField(
        "Most places", [InputRequired("Enter how many people can attend")], at_least=1, at_most=1000
    )
    moving = CheckboxesField("Who is moved?", validate_choice=False)
    run = RadioField("Where do they go?", default=NOWHERE)
    has_list = HiddenField()


class MoveForm(SessionForm):
    """One session of a run that people are booked on."""

    asks_again = CheckboxField(
        "Ask everybody who has a place to say that they still come",
        description="Another date asks by itself. Tick this if another time or place should ask too.",
    )


class FewForm(Form):
    """What becomes of a run with too few people (AM-18)."""

    choice = RadioField(
        "What do you want to do?",
        validators=[InputRequired("Choose what becomes of the run")],
        choices=[
            SelectChoice(value="go_ahead", label="Run it anyway"),
            SelectChoice(value="merge", label="Merge it into another run: the next page says who goes where"),
            SelectChoice(value="cancel", label="Cancel it: the next page asks why"),
        ],
    )
    run = RadioField("Which run do they join?")
    reason = TextArea(
        "Reason (optional)",
        max_length=LONGEST_REASON,
        description="If the run is merged, the people who move read it.",
    )


class MergeForm(LookedAtForm):
    """The button below what a merge comes to."""

    reason = TextArea(
        "Reason (optional)", max_length=LONGEST_REASON, description="The people who move read it."
    )


class TransferForm(Form):
    """The run that somebody is moved to: the choices are the open runs of the same course."""

    run = RadioField("Which run?", validators=[InputRequired("Choose a run")])
    reason = TextArea("Reason for moving them all the same", max_length=LONGEST_REASON)


class OfferAnswer(StrEnum):
    """What somebody does with a place that is offered to them."""

    TAKE = "take"
    LEAVE = "leave"
    WAIT_ON = "wait_on"

    @property
    def label(self) -> str:
        return {
            "take": "Yes, take the place",
            "leave": "No, turn it down and leave the waiting list",
            "wait_on": "Not this time: turn it down and wait on, at the end of the list",
        }[self]


class OfferForm(Form):
    answer = RadioField(
        "Is this place taken?",
        validators=[InputRequired("Choose whether the place is taken or turned down")],
        choices=choices_of(OfferAnswer),
    )


class KeepPlacesForm(Form):
    """Places that are kept for a sector, or for partners of any, until the end of a day."""

    sector = SelectField("For whom?")
    places = IntegerField(
        "Places",
        [InputRequired("Enter how many places are kept")],
        at_least=1,
        at_most=1000,
        description="In each session of the run. Places that they take count towards these.",
    )
    kept_until = DateField(
        "Kept until",
        [Required("Enter the last day on which they are kept")],
        description="The last day. What nobody has claimed by then goes to the waiting list, in its order. "
        "For example, 8 3 2027",
    )

    def offer(self, sectors: Iterable[Sector]) -> None:
        """Let these sectors be chosen."""
        self.sector.choices = choices_from(sectors, blank="Partners of any sector")


def mode_options() -> list[SelectChoice]:
    """The ways in which sessions are held, for a filter."""
    return [
        SelectChoice(value="", label="Any way"),
        *(SelectChoice(value=mode.value, label=mode.label) for mode in Mode),
    ]


class InviteForm(Form):
    """Whom to invite, or to book, onto which runs: the choices are set by the page."""

    batch = HiddenField(default=lambda: uuid4().hex)
    everybody = CheckboxField(
        "Everybody on this page",
        description="Nobody is invited to the same runs again. To write to somebody again, tick their name.",
    )
    people = CheckboxesField("People")
    runs = CheckboxesField("Runs", validators=[InputRequired("Choose at least one run")])
    how = RadioField(
        "What should happen?",
        choices=[
            SelectChoice(value="invite", label="Invite them: each gets one e-mail with a link to book"),
            SelectChoice(value="book", label="Book them: choose one run, and each is told"),
        ],
        default="invite",
        validators=[InputRequired("Choose whether to invite or to book them")],
    )

    def offer(self, people: Sequence[SelectChoice], runs: Sequence[Run], left: Mapping[int, int]) -> None:
        """Let these people and runs be chosen; `left` are the places of each run, by its id."""
        self.people.choices = people
        self.runs.choices = [
            SelectChoice(value=str(run.id), label=queries.run_in_words(run, left[run.id])) for run in runs
        ]
        self.offered = people
        self.offered_runs = runs

    @property
    def chosen(self) -> list[int]:
        """The ids of the people who are ticked, or of everybody who is on the page."""
        offered = [choice.value for choice in self.offered]
        ticked = offered if self.everybody.data else self.people.data or ()
        return [int(ident) for ident in offered if ident in ticked]

    @property
    def is_again(self) -> bool:
        """Whether those who were invited already are meant too: only where people are ticked by name."""
        return not self.everybody.data

    @property
    def chosen_runs(self) -> list[Run]:
        return [run for run in self.offered_runs if str(run.id) in (self.runs.data or ())]

    @property
    def press(self) -> str:
        """What tells pressing the button twice from pressing it again on another page."""
        return (self.batch.data or uuid4().hex)[:40]


class BookManyForm(Form):
    """Whom to book onto a run: the choices are set by the page."""

    people = CheckboxesField("Who", validators=[InputRequired("Choose at least one person")])

    def offer(self, people: Iterable[Person]) -> None:
        """Let these people be chosen."""
        self.people.choices = choices_from(people)

    @property
    def chosen(self) -> list[int]:
        return [int(ident) for ident in self.people.data or ()]


class TakeInvitationForm(Form):
    """Which of the runs somebody takes who was invited, what they need to take part, and their manager where
    one must agree."""

    run = RadioField("Which dates suit you?", validators=[InputRequired("Choose one of the runs")])
    manager_name = TextField("Your manager’s name", max_length=200)
    manager_email = EmailField("Your manager’s e-mail address")
    needs = _needs_asked()
