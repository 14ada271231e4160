"""What is typed to invite, or to book, many people; and by whoever was invited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import uuid4

from app.bookings import queries, rules
from app.bookings.forms.parts import needs_asked
from app.core.forms import (
    CheckboxesField,
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
from app.programmes.models import Course
from app.sessions.models import Run

PEOPLE_ON_A_PAGE = 100
RUNS_AT_MOST = 20
EVERYBODY = "everybody"


class InviteForm(Form):
    """Whom to invite, or to book, onto which runs: the choices are set by the page."""

    batch = HiddenField(default=lambda: uuid4().hex)
    is_checked = HiddenField()
    who = RadioField(
        "Who?",
        choices=[
            SelectChoice(value="ticked", label="Only those whom I tick"),
            SelectChoice(value=EVERYBODY, label="Everybody on this page"),
        ],
        default="ticked",
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

    def offer(
        self,
        people: Sequence[SelectChoice],
        runs: Sequence[Run],
        left: Mapping[int, int],
        *,
        deadline: date | None = None,
        outside: Sequence[Person] = (),
    ) -> None:
        """Let these people and runs be chosen; `left` are the places of each run, by its id. Runs that end
        after the `deadline` say so; those `outside` the course’s audience are on the page, and not chosen."""
        self.people.choices = people
        self.runs.choices = [
            SelectChoice(value=str(run.id), label=queries.run_in_words(run, left[run.id], deadline))
            for run in runs
        ]
        self.offered = people
        self.offered_runs = runs
        self.left = left
        self.deadline = deadline
        self.outside = outside

    @property
    def chosen(self) -> list[int]:
        """The ids of the people who are ticked, or of everybody who is on the page; once that was looked at,
        of those who were on it then."""
        offered = [choice.value for choice in self.offered]
        takes_all = self.who.data == EVERYBODY and not self.is_checked.data
        ticked = offered if takes_all else self.people.data or ()
        return [int(ident) for ident in offered if ident in ticked]

    @property
    def is_again(self) -> bool:
        """Whether those who were invited already are meant too: only where people are ticked by name."""
        return self.who.data != EVERYBODY

    def question(self, course: Course, people: Sequence[Person]) -> rules.Question | None:
        """What is asked of these people, who were chosen, unless that was looked at already."""
        if self.is_checked.data:
            return None
        asked = rules.asked_before(
            self.how.data,
            course=course,
            runs=self.chosen_runs,
            people=people,
            left=self.left,
            batch=self.press,
            is_again=self.is_again,
        )
        return replace(asked, news=[*asked.news, *self._to_know]) if asked else None

    @property
    def _to_know(self) -> list[str]:
        """What the question says besides: how many are left out and why, and which runs end too late."""
        left_out = [] if self.is_again else queries.outside_in_words(self.outside)
        return [*left_out, *queries.late_in_words(self.chosen_runs, self.deadline)]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was chosen, as the button of the page sends it on which it is looked at."""
        about = [("batch", self.press), ("who", self.who.data), ("how", self.how.data), ("is_checked", "yes")]
        people = [("people", str(ident)) for ident in self.chosen]
        return [*about, *people, *(("runs", str(run.id)) for run in self.chosen_runs)]

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
