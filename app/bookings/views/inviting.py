"""Inviting or booking many at once: the academy from the list of the not-booked, a manager the team."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import PEOPLE_ON_A_PAGE, RUNS_AT_MOST, BookManyForm, InviteForm
from app.bookings.views.blueprint import bp, run_or_404
from app.core import clock
from app.core.db import db
from app.core.forms import SelectChoice
from app.core.permissions import Permission
from app.core.web import (
    Page,
    current_actor,
    id_asked,
    one_or_404,
    paginate,
    requires,
    rule_errors_on,
    why_not,
)
from app.people import queries as people
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import Course
from app.sessions.models import Run


@bp.route("/courses/<int:course_id>/not-booked", methods=["GET", "POST"])
@requires(Permission.BOOK_ANYONE)
def not_booked(course_id: int) -> str | Response:
    """Whom a course is for and who has neither completed nor booked it; invite them, or book them. (AM-08)"""
    course = one_or_404(programmes.course_in_full(course_id))
    search, team_id = request.args.get("q", "").strip(), id_asked("team")
    found = queries.not_booked(course, on=clock.today(), search=search, team_id=team_id)
    page = paginate(queries.invited_last(found, course), size=PEOPLE_ON_A_PAGE, scalars=False)
    form, runs = InviteForm(), _open_runs(course)
    form.offer(_people(course, page), runs, _left_for_each(page, runs))
    form.also(lambda: rules.check_chosen(form.how.data or "", runs=form.chosen_runs, people=form.chosen))
    if form.validate_on_submit():
        back = url_for("bookings.not_booked", course_id=course_id, q=search or None, team=team_id)
        with rule_errors_on(form):
            return _asked_or_done(course, form, back)
        course = one_or_404(programmes.course_in_full(course_id))
    return render_template(
        "bookings/not_booked.html",
        course=course,
        form=form,
        page=page,
        search=search,
        team_id=team_id,
        teams=db.session.execute(people.team_names()).all(),
    )


def _asked_or_done(course: Course, form: InviteForm, back: str) -> str | Response:
    """The page that asks about those who were chosen; once that was looked at, what was asked is done."""
    chosen = _people_chosen(form)
    if asked := form.question(course, chosen):
        check = "bookings/check_inviting.html"
        return render_template(check, course=course, form=form, people=chosen, asked=asked, back=back)
    told = rules.invite_or_book(
        form.how.data,
        course=course,
        runs=form.chosen_runs,
        people=chosen,
        batch=form.press,
        is_again=form.is_again,
        by=current_actor(),
        now=clock.now(),
    )
    db.session.commit()
    for news, tone in told:
        flash(news, tone)
    return redirect(back)


def _open_runs(course: Course) -> Sequence[Run]:
    return db.session.scalars(queries.bookable_runs([course.id], now=clock.now()).limit(RUNS_AT_MOST)).all()


def _left_for_each(page: Page[Any], runs: Sequence[Run]) -> dict[int, int]:
    """The places left on each run for whoever is on the page."""
    organisations = {spell.organisation_id for _, spell in page.rows}
    sectors: set[int | None] = set(db.session.scalars(people.sectors_of(organisations - {None})))
    if None in organisations:
        sectors.add(None)
    return queries.places_left_for_each(sectors, runs, on=clock.today())


def _people(course: Course, page: Page[Any]) -> list[SelectChoice]:
    """Who can be ticked, each with where they belong and when they were last invited."""
    invited = queries.invited_in_words(course.id, [person.id for person, _ in page.rows])
    choices = []
    for person, spell in page.rows:
        where = spell.team or spell.organisation
        about = [
            where.name if where else spell.employment_type.label,
            "no e-mail address" if not person.email else None,
            invited.get(person.id),
        ]
        label = f"{person.name} ({', '.join(filter(None, about))})"
        choices.append(SelectChoice(value=str(person.id), label=label))
    return choices


def _people_chosen(form: InviteForm | BookManyForm) -> Sequence[Person]:
    """The people who were chosen, by name; the form has seen that each could be."""
    return db.session.scalars(queries.people_to_book(form.chosen)).all()


@bp.route("/runs/<int:run_id>/book-team", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_TEAM)
def book_team(run_id: int) -> str | Response:
    """A line manager books several of the team onto a run; each is told, and can object. (LM-05)"""
    run, actor, form = run_or_404(run_id), current_actor(), BookManyForm()
    is_open = partial(rules.check_is_open, run, run.sessions, by=actor, now=clock.now())
    if refused := why_not(is_open, back_to=url_for("bookings.run", run_id=run_id)):
        return refused
    team = _team_to_book(run)
    form.offer(team)
    if form.validate_on_submit():
        with rule_errors_on(form):
            chosen = _people_chosen(form)
            booked = rules.book_many(run=run, people=chosen, by=actor, now=clock.now())
            told = booked.news
            db.session.commit()
            for news, tone in told:
                flash(news, tone)
            return redirect(url_for("bookings.book_team", run_id=run_id))
        run = run_or_404(run_id)
        team = _team_to_book(run)
        form.offer(team)
    return _team_page(run, form, team)


def _team_page(run: Run, form: BookManyForm, team: Sequence[Person]) -> str:
    limit = run.version.course.terms.cover_percent
    return render_template(
        "bookings/book_team.html",
        run=run,
        form=form,
        left=_left_for(team, run),
        team=team,
        days_off=[[one.held_on for one in run.sessions if not each.works_on(one.held_on)] for each in team],
        cover=queries.teams_out(team, run.sessions, limit=limit),
    )


def _left_for(team: Sequence[Person], run: Run) -> int:
    """How many of the team could have a place. They are of one sector, so whoever is first stands for all."""
    return queries.places_left_for(team[0], [run], on=clock.today())[run.id] if team else 0


def _team_to_book(run: Run) -> list[Person]:
    """Those of the own team for whom the run's course is and who have no open booking of it."""
    actor = current_actor()
    if actor.person_id is None:
        return []
    course = one_or_404(programmes.course_in_full(run.version.course_id))
    return queries.team_to_book(course, actor.person_id, actor.team_ids, on=clock.today())
