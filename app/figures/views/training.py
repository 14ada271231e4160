"""How a team or a cohort stands with what is wanted of them: the gap list. (LM-04)"""

from __future__ import annotations

from typing import Any

from flask import render_template
from sqlalchemy import Select

from app.core import clock
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, id_asked, one_or_404, page_of, requires
from app.figures import queries
from app.figures.views.targets import bp
from app.people import queries as people
from app.people import rules as people_rules
from app.people.models import Person, Team


@bp.get("/my-team/training")
@requires(Permission.SEE_OWN_TEAM)
def my_team_training() -> str:
    """What is wanted of whoever a line manager looks after, and what they lack (?course=4)."""
    by = current_actor()
    below = people.people_below(by.person_id or 0, by.team_ids, clock.today())
    return _training("figures/my_team_training.html", _ids(below))


@bp.get("/teams/<int:team_id>/training")
@requires(Permission.SEE_ALL_PEOPLE, Permission.SEE_OWN_TEAM)
def team_training(team_id: int) -> str:
    """The same of one team."""
    team = get_or_404(Team, team_id)
    people_rules.check_can_see_team(team, current_actor())
    in_team = people.people_in_teams({team.id}, clock.today())
    return _training("figures/team_training.html", _ids(in_team), team=team)


@bp.get("/cohorts/<code>/training")
@requires(Permission.SEE_COHORT_NAMES)
def cohort_training(code: str) -> str:
    """The same of the members of a cohort."""
    cohort = one_or_404(queries.cohort_coded(code))
    members = queries.members(cohort.id, as_at=clock.today())
    ids = members.with_only_columns(members.selected_columns[0])
    return _training("figures/cohort_training.html", ids, cohort=cohort)


def _ids(statement: Select[Any]) -> Select[tuple[int]]:
    return statement.with_only_columns(Person.id).order_by(None)


def _training(template: str, ids: Select[tuple[int]], **about: Any) -> str:
    """The courses that are wanted, and of the one that the address asks for who lacks it."""
    courses = queries.gaps_of(ids, on=clock.today())
    asked = id_asked("course")
    chosen = next((one for one in courses if one.course.id == asked), courses[0] if courses else None)
    return render_template(
        template,
        courses=courses,
        chosen=chosen,
        page=page_of(chosen.lacking if chosen else []),
        states=queries.GapState,
        today=clock.today(),
        **about,
    )
