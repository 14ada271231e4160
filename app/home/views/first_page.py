"""The first page: what needs whoever has signed in, today."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

from flask import Blueprint, current_app, redirect, render_template, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response

from app.accounts import queries as accounts
from app.attendance import queries as attendance
from app.bookings import queries as bookings
from app.bookings.models import BookingState
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.filters import day_of_year, listed, plural, short_day, until
from app.core.permissions import Permission, Role
from app.core.web import current_actor, public
from app.figures import queries as figures
from app.home import queries
from app.jobs import queries as jobs
from app.jobs.jobs import TIMETABLE
from app.outbox.models import MessageState
from app.reminders import queries as chased
from app.reminders import rules as reminders
from app.reminders.rules import Subject
from app.sessions.models import TrainingSession

bp = Blueprint("home", __name__)

MOST_SHOWN = 5


class Todo(NamedTuple):
    """One thing that needs somebody: in words, where to go, a detail, and what it is about where a page lists
    so much that it has headings."""

    text: str
    href: str
    detail: str | None = None
    about: Subject | None = None


@bp.get("/")
@public
def index() -> str | Response:
    """Each role's own first page; somebody with several roles sees the parts of each."""
    actor = current_actor()
    if not actor.is_signed_in:
        return redirect(url_for("security.login"))
    parts = [part for permission, part in _PARTS if actor.can(permission)]
    context: dict[str, object] = {"todos": _by_subject(todo for part in parts for todo in part(actor))}
    now = clock.now()
    if actor.can(Permission.SCHEDULE_RUNS) or actor.can(Permission.MANAGE_USERS):
        context["set_up"] = queries.set_up(current_app.config["SETTINGS"])
        context["settings"] = current_app.config["SETTINGS"]
    if actor.person_id is not None and actor.can(Permission.BOOK_OWN_PLACE):
        coming = queries.rows(queries.coming_sessions(actor.person_id, now), MOST_SHOWN)
        context["coming"] = coming
        context["waiting"] = queries.rows(queries.waiting_places(actor.person_id, now), MOST_SHOWN)
    if actor.can(Permission.SEE_BOARD_PAGE) and not actor.can(Permission.SCHEDULE_RUNS):
        targets = list(db.session.scalars(figures.targets(as_at=clock.today())))
        found = figures.as_seen(figures.figures(targets, as_at=clock.today()), sees_names=actor.sees_names)
        context["targets"] = figures.by_programme(targets, found, as_at=clock.today())
    if actor.has_role(Role.TRAINER) and actor.user_id is not None:
        context["teaching"] = queries.rows(queries.trainer_sessions(actor.user_id, now), MOST_SHOWN)
        context["contracted"] = _contracted(actor.user_id)
    return render_template("home/index.html", actor=actor, today=clock.today(), **context)


def _by_subject(todos: Iterable[Todo]) -> dict[Subject | None, list[Todo]]:
    """What needs somebody under its headings, what has none first; under each in the order it came in."""
    found: dict[Subject | None, list[Todo]] = {about: [] for about in (None, *Subject)}
    for todo in todos:
        found[todo.about].append(todo)
    return {about: listed for about, listed in found.items() if listed}


def _contracted(user_id: int) -> list[tuple[str, list[str]]]:
    """How each deliverable to which a trainer's programmes are bound stands, line by line (TR-10)."""
    today = clock.today()
    targets = list(db.session.scalars(figures.deliverables_of_trainer(user_id, on=today)))
    deliveries = figures.deliveries_of(targets, as_at=today)
    return [(target.title, deliveries[target.id].parts) for target in targets]


def _academy(_actor: Actor) -> Iterable[Todo]:
    """What an academy manager would chase on a Monday morning."""
    now = clock.now()
    for todo in _registers(chased.open_registers_in_all(now), url_for("quality.findings", name="registers")):
        yield todo._replace(about=Subject.REGISTERS)
    yield from (Todo(*one) for one in islice(reminders.from_trainers(now), MOST_SHOWN))
    yield from (Todo(*one) for one in reminders.questions(now))
    yield from (Todo(*one) for one in islice(reminders.thin_runs(now), MOST_SHOWN))
    for run, course, waiting in queries.rows(queries.waiting_lists(now), MOST_SHOWN):
        yield Todo(
            f"{waiting} {'person waits' if waiting == 1 else 'people wait'} for a place on {run.code}",
            url_for("bookings.run_places", run_id=run.id),
            course.title,
            Subject.RUNS,
        )


def _trainer(actor: Actor) -> Iterable[Todo]:
    if actor.has_role(Role.TRAINER) and actor.user_id is not None:
        found = chased.open_registers_in_all(clock.now(), trainer_user_id=actor.user_id)
        yield from _registers(found, url_for("bookings.runs"))


def _registers(statement: Select[tuple[TrainingSession, int]], all_of_them: str) -> Iterable[Todo]:
    found = queries.rows(statement, MOST_SHOWN)
    for session, _ in found:
        yield Todo(
            f"Complete the register of {session.run.code}, {session.component.title}",
            url_for("attendance.session_register", session_id=session.id),
            f"Held on {short_day(session.held_on)}. Until it is marked, nobody’s training counts.",
        )
    more = found[0][1] - MOST_SHOWN if found else 0
    if more > 0:
        text = f"{plural(more, 'more register')} {'is' if more == 1 else 'are'} not complete"
        yield Todo(text, all_of_them, "Above are the oldest.")


def _asked_of_academy(_actor: Actor) -> Iterable[Todo]:
    for todo in _requests(bookings.requests_waiting_for(None, now=clock.now())):
        yield todo._replace(about=Subject.RUNS)


def _asked(actor: Actor) -> Iterable[Todo]:
    """One's own places that wait for a word, and the requests for a line manager or whoever stands in."""
    if actor.person_id is not None:
        yield from _own_places(actor.person_id)
        yield from _still_needed(actor.person_id)
        yield from _requests(bookings.requests_waiting_for(actor.person_id, now=clock.now()))
        yield from _not_explained(actor.person_id)


def _not_explained(person_id: int) -> Iterable[Todo]:
    """Why they did not come, or somebody whom they decide for. (LM-06)"""
    unanswered = attendance.unanswered_for(person_id, on=clock.today())
    for (mark,) in queries.rows(unanswered, MOST_SHOWN):
        who = "you" if mark.person_id == person_id else mark.person.name
        yield Todo(
            f"Say why {who} did not come on {day_of_year(mark.session.held_on)}",
            url_for("attendance.absence", mark_id=mark.id),
            mark.session.run.version.course.title,
        )


def _own_places(person_id: int) -> Iterable[Todo]:
    """What goes to somebody else unless the person says something in time."""
    for (booking,) in queries.rows(queries.places_to_answer(person_id, clock.now()), MOST_SHOWN):
        title, address = booking.run.version.course.title, url_for("bookings.booking", booking_id=booking.id)
        if booking.state is BookingState.OFFERED:
            detail = f"Until {until(booking.held_until)}; after that it is not kept any longer."
            yield Todo(f"Take or turn down a place on {title}", address, detail)
        else:
            detail = f"The dates have changed. By {until(booking.reconfirm_by)}, or the place is not kept."
            yield Todo(f"Say that you still come to {title}", address, detail)


def _still_needed(person_id: int) -> Iterable[Todo]:
    """The days that are missing of a course that they have begun, and have not booked. (U-03)"""
    for one in attendance.outstanding(clock.now(), person_id=person_id):
        course = one.components[0].version.course
        days = listed([component.title for component in one.components])
        yield Todo(f"Book what you still need of {course.title}", url_for("learning.mine"), f"It is {days}.")


def _requests(count: int) -> Iterable[Todo]:
    if count:
        text = f"{plural(count, 'request')} {'waits' if count == 1 else 'wait'} for your answer"
        detail = "Places are held only until the time that each names."
        yield Todo(text, url_for("bookings.requests"), detail)


_TROUBLE = (
    (MessageState.QUEUED, "could not be sent so far", "The outbox says why. Each is tried again for a day."),
    (MessageState.FAILED, "could not be sent", None),
    (MessageState.BOUNCED, "came back", None),
)


def _administrator(_actor: Actor) -> Iterable[Todo]:
    now = clock.now()
    found = queries.messages_in_trouble(now)
    for state, what, detail in _TROUBLE:
        if state in found:
            page = url_for("outbox.messages", state=state)
            yield Todo(f"{plural(found[state], 'e-mail')} {what}", page, detail)
    if moved := accounts.moved_count():
        verb = "signs" if moved == 1 else "sign"
        text = f"{plural(moved, 'account')} {verb} in with another address than the directory has"
        page = url_for("accounts.accounts", address="moved")
        yield Todo(text, page, "Change it, so that links and notices reach them.")
    if unseen := accounts.to_be_line_managers_count(on=clock.day_of(now)):
        text = f"{plural(unseen, 'person manages', 'people manage')} somebody and can’t see their team"
        yield Todo(text, url_for("accounts.line_managers"), "Make them line managers.")
    if not jobs.scheduler_lives(now):
        detail = "E-mails wait until it is, invitations and reminders too."
        yield Todo("The scheduler is not running", url_for("jobs.overview"), detail)
    failed = jobs.failed_last(TIMETABLE)
    if failed:
        text = f"{plural(len(failed), 'job')} failed when {'it' if len(failed) == 1 else 'they'} ran last"
        yield Todo(text, url_for("jobs.overview"), "The page of jobs says why.")


_PARTS: tuple[tuple[Permission, Callable[[Actor], Iterable[Todo]]], ...] = (
    (Permission.SCHEDULE_RUNS, _academy),
    (Permission.BOOK_ANYONE, _asked_of_academy),
    (Permission.BOOK_OWN_PLACE, _asked),
    (Permission.MARK_REGISTERS, _trainer),
    (Permission.RUN_JOBS, _administrator),
)
