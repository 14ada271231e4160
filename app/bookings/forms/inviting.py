"""What is typed to invite, or to book, many people; and by whoever was invited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

from app.bookings import queries
from app.bookings.forms.parts import needs_asked
from app.core.forms import (
    CheckboxesField,
    CheckboxField,
    EmailField,
    Form,
    HiddenField,
    InputRequired,
    NameField,
    RadioField,
    SelectChoice,
    choices_from,
)
from app.people.models import Person
from app.sessions.models import Run

PEOPLE_ON_A_PAGE = 100
RUNS_AT_MOST = 20


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
    manager_name = NameField("Your manager’s name", max_length=200)
    manager_email = EmailField("Your manager’s e-mail address")
    needs = needs_asked()
