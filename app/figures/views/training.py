"""How a team or a cohort stands with what is wanted of them: a manager’s own team, the gap list. (LM-04)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from sqlalchemy import Select

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, id_asked, one_or_404, page_of, paginate, requires
from app.figures import queries
from app.figures.views.targets import bp
from app.people import queries as people
from app.people import rules as people_rules
from app.people.forms import OnFilter
from app.people.models import Team


@bp.get("/my-team")
@requires(Permission.SEE_OWN_TEAM)
def my_team() -> str:
    """Everybody whom a line manager looks after, or looked after, on a date; and of today, how each stands
    with what is wanted of them."""
    by, form = current_actor(), OnFilter(request.args)
    form.validate()
    on = form.on.day or clock.today()
    page = paginate(people.people_below(by.person_id or 0, by.team_ids, on), scalars=False)
    ids = [person.id for person, _ in page.rows]
    return render_template(
        "figures/my_team.html",
        form=form,
        on=on,
        page=page,
        absent={one.person_id: one for one in db.session.scalars(people.absent_among(ids, on))},
        training=queries.gaps_by_person(ids, on=on) if on == clock.today() else {},
    )


@bp.get("/my-team/training")
@requires(Permission.SEE_OWN_TEAM)
def my_team_training() -> str:
    """What is wanted of whoever a line manager looks after, and what they lack (?course=4)."""
    by = current_actor()
    below = people.people_below(by.person_id or 0, by.team_ids, clock.today())
    return _training("figures/my_team_training.html", _gaps(below))


@bp.get("/teams/<int:team_id>/training")
@requires(Permission.SEE_ALL_PEOPLE, Permission.SEE_OWN_TEAM)
def team_training(team_id: int) -> str:
    """The same of one team."""
    team = get_or_404(Team, team_id)
    people_rules.check_can_see_team(team, current_actor())
    in_team = people.people_in_teams({team.id}, clock.today())
    return _training("figures/team_training.html", _gaps(in_team), team=team)


@bp.get("/cohorts/<code>/training")
@requires(Permission.SEE_COHORT_NAMES)
def cohort_training(code: str) -> str:
    """The same of the members of a cohort."""
    cohort = one_or_404(queries.cohort_coded(code))
    members = queries.member_ids(cohort.id, as_at=clock.today())
    courses = queries.gaps_of(members, on=clock.today(), cohort_id=cohort.id)
    return _training("figures/cohort_training.html", courses, cohort=cohort)


def _gaps(people_listed: Select[Any]) -> list[queries.CourseGaps]:
    return queries.gaps_of(people.ids_of(people_listed), on=clock.today())


def _training(template: str, courses: Sequence[queries.CourseGaps], **about: Any) -> str:
    """The courses that are wanted, and who lacks the one that the address asks for, or else any of them."""
    asked, only = id_asked("course"), courses[0] if len(courses) == 1 else None
    chosen = next((one for one in courses if one.course.id == asked), only)
    shown = chosen or queries.AllGaps(courses)
    return render_template(
        template,
        courses=courses,
        chosen=chosen,
        words=shown.words,
        page=page_of(shown.lacking),
        states=queries.GapState,
        today=clock.today(),
        **about,
    )
