"""What is typed about people, their posts and absences, and the lists that they belong to."""

from __future__ import annotations

from app.people.forms.absences import AbsenceForm, DeputyForm, ReasonForm, WorkingDaysForm
from app.people.forms.colleagues import ColleagueForm
from app.people.forms.fields import ListField
from app.people.forms.filters import DirectoryFilters, OnFilter, OrganisationFilters, PeopleFilters
from app.people.forms.lists import LastDayForm, MovedTeamForm, NameForm, OrganisationForm, TeamForm
from app.people.forms.persons import EditForm, KindForm, suit
from app.people.forms.posts import (
    ChangeForm,
    CorrectForm,
    EndForm,
    FromDayForm,
    NewPersonForm,
    NewPostForm,
    PostForm,
)

__all__ = [
    "AbsenceForm",
    "ChangeForm",
    "ColleagueForm",
    "CorrectForm",
    "DeputyForm",
    "DirectoryFilters",
    "EditForm",
    "EndForm",
    "FromDayForm",
    "KindForm",
    "LastDayForm",
    "ListField",
    "MovedTeamForm",
    "NameForm",
    "NewPersonForm",
    "NewPostForm",
    "OnFilter",
    "OrganisationFilters",
    "OrganisationForm",
    "PeopleFilters",
    "PostForm",
    "ReasonForm",
    "TeamForm",
    "WorkingDaysForm",
    "suit",
]
