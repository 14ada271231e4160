"""What is recorded that needs a human: one list of lists, each with its rows and their remedy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, render_template, url_for
from sqlalchemy import Select

from app.attendance import queries as attendance
from app.bookings import queries as bookings
from app.core import clock
from app.core.db import db
from app.core.filters import clock_time, day, short_day
from app.core.permissions import Permission
from app.core.web import Page, download, page_of, paginate, requires
from app.home import queries
from app.home.files import findings_csv
from app.people import queries as people
from app.reminders.queries import unreachable_people

bp = Blueprint("quality", __name__)


class Finding(NamedTuple):
    """One row: who or what it is about, what is the matter, and where to put it right."""

    what: str
    detail: str
    href: str


@dataclass(frozen=True)
class Check:
    """One list: its name in the address, its title, what it means, and what to do about each row.

    `statement` asks for the rows; the pairs of possible duplicates are worked out in Python: `listed`.
    """

    name: str
    title: str
    meaning: str
    remedy: str
    finding: Callable[[Any], Finding]
    statement: Callable[[], Select[Any]] | None = None
    listed: Callable[[], Sequence[Any]] | None = None


@bp.get("/data-quality")
@requires(Permission.SEE_ALL_PEOPLE)
def overview() -> str:
    """Every list with how long it is."""
    return render_template("home/quality/overview.html", checks=_counted())


@bp.get("/data-quality/<name>")
@requires(Permission.SEE_ALL_PEOPLE)
def findings(name: str) -> str:
    """The rows of one list, each with its remedy."""
    check = _check_or_404(name)
    page = _page_of(check)
    return render_template(
        "home/quality/findings.html",
        check=check,
        page=page,
        findings=[check.finding(row) for row in page.rows],
    )


@bp.get("/data-quality/<name>.csv")
@requires(Permission.SEE_ALL_PEOPLE)
def findings_file(name: str) -> Response:
    """The whole list as a file."""
    check = _check_or_404(name)
    rows = check.listed() if check.listed else db.session.execute(_asked(check)).unique()
    return download(findings_csv(check.finding(row) for row in rows), f"data-quality-{name}.csv")


def _check_or_404(name: str) -> Check:
    return next((check for check in CHECKS if check.name == name), None) or abort(404)


def _page_of(check: Check) -> Page[Any]:
    return page_of(check.listed()) if check.listed else paginate(_asked(check), scalars=False)


def _asked(check: Check) -> Select[Any]:
    assert check.statement is not None
    return check.statement()


def _counted() -> list[tuple[Check, int]]:
    """Each check with how many rows it has: all that are asked of the database in one statement."""
    asked = [check for check in CHECKS if check.statement]
    lengths = queries.row_counts([_asked(check) for check in asked])
    counts = dict(zip((check.name for check in asked), lengths, strict=True))
    return [(check, len(check.listed()) if check.listed else counts[check.name]) for check in CHECKS]


# --- What a row says -----------------------------------------------------------------------------------


def _no_email(row: Any) -> Finding:
    person, spell = row
    where = spell.team or spell.organisation
    detail = where.name if where else person.kind.label
    return Finding(person.name, detail, url_for("people.edit", person_id=person.id))


def _unreachable(row: Any) -> Finding:
    person, latest = row
    detail = f"An e-mail of {day(clock.day_of(latest))} could not be sent"
    return Finding(person.name, detail, url_for("people.edit", person_id=person.id))


def _to_be_told(row: Any) -> Finding:
    booking = row[0]
    run = booking.run
    news = f"{run.code} is cancelled" if run.is_cancelled else f"they have a place on {run.code}"
    return Finding(
        booking.person.name,
        f"{run.version.course.title}: {news}",
        url_for("bookings.booking", booking_id=booking.id),
    )


def _no_manager(row: Any) -> Finding:
    person, spell = row
    detail = ", ".join(one for one in (spell.job_title, spell.team.name if spell.team else None) if one)
    href = url_for("people.correct_post", person_id=person.id, spell_id=spell.id)
    return Finding(person.name, detail, href)


def _manager_gone(row: Any) -> Finding:
    person, spell = row
    href = url_for("people.change_post", person_id=person.id)
    return Finding(person.name, f"{spell.manager.name} is not in post", href)


def _duplicate(pair: Any) -> Finding:
    href = url_for("merging.pair", person_id=pair.first.id, other_id=pair.second.id)
    return Finding(f"{pair.first.name} and {pair.second.name}", ". ".join(pair.reasons), href)


def _two_at_once(row: Any) -> Finding:
    person, here, there = row
    sessions = " and ".join(
        f"{one.component.title} of {one.run.code}, {clock_time(one.starts_at)} to {clock_time(one.ends_at)}"
        for one in (here, there)
    )
    href = url_for("attendance.session_register", session_id=here.id)
    return Finding(person.name, f"{short_day(here.held_on)}: {sessions}", href)


def _register(row: Any) -> Finding:
    (session,) = row
    trainer = f", {session.trainer.name}" if session.trainer else ""
    href = url_for("attendance.session_register", session_id=session.id)
    what = f"{session.run.code}, {session.component.title}"
    return Finding(what, f"{short_day(session.held_on)}{trainer}", href)


def _early(row: Any) -> Finding:
    person, title, on, first_day = row
    detail = f"{title} on {day(on)}; the first recorded day is {day(first_day)}"
    return Finding(person.name, detail, url_for("people.person", person_id=person.id))


def _late(row: Any) -> Finding:
    person, session, last_day = row
    detail = f"{session.run.version.course.title} on {day(session.held_on)}; the last day was {day(last_day)}"
    return Finding(person.name, detail, url_for("people.person", person_id=person.id))


def _account(row: Any) -> Finding:
    user, last_day = row
    href = url_for("people.person", person_id=user.person_id)
    return Finding(user.name, f"The last day was {day(last_day)}", href)


CHECKS = (
    Check(
        "no-email",
        "People without an e-mail address",
        "They get no confirmation, no reminder and no certificate by e-mail.",
        "Add an address",
        _no_email,
        lambda: queries.without_email(clock.today()),
    ),
    Check(
        "unreachable",
        "People who can’t be reached by e-mail",
        "The last e-mail to their address could not be sent.",
        "Correct the address",
        _unreachable,
        unreachable_people,
    ),
    Check(
        "to-be-told",
        "People to tell yourself",
        "No e-mail reaches them, so nobody has told them of their place, its new dates, or its end.",
        "Tell them, and say so",
        _to_be_told,
        lambda: bookings.to_be_told(clock.now()),
    ),
    Check(
        "no-manager",
        "Staff without a line manager",
        "The academy answers their requests, and no manager is asked why they did not come.",
        "Enter the manager",
        _no_manager,
        lambda: queries.without_manager(clock.today()),
    ),
    Check(
        "manager-gone",
        "Staff whose line manager is not in post",
        "Their requests go to the next manager up, or to the academy; no list of a team has them.",
        "Enter the manager",
        _manager_gone,
        lambda: queries.with_manager_gone(clock.today()),
    ),
    Check(
        "duplicates",
        "Possible duplicates",
        "Two records that may be one person: their days are counted apart until they are merged.",
        "Compare",
        _duplicate,
        listed=lambda: people.possible_duplicates(on=clock.today()),
    ),
    Check(
        "two-at-once",
        "Attended two sessions at once",
        "Both marks are kept, because both were reported. Ask the trainers which one is right.",
        "Open the register",
        _two_at_once,
        attendance.two_at_once,
    ),
    Check(
        "registers",
        "Registers that are not complete",
        "The session is over, and of somebody nothing is recorded: that is neither attended nor absent.",
        "Open the register",
        _register,
        lambda: queries.registers_unmarked(clock.now()),
    ),
    Check(
        "before-start",
        "Trained before the first day",
        "A member of staff attended, or completed, before the first day that is recorded of them.",
        "See the posts",
        _early,
        attendance.before_first_start,
    ),
    Check(
        "after-leaving",
        "Attended after the last day",
        "A register says that somebody came who had left by then: the last day or the mark is wrong.",
        "See the posts",
        _late,
        attendance.after_leaving,
    ),
    Check(
        "accounts",
        "Accounts of people who have left",
        "They can’t sign in any more. A system administrator closes the account.",
        "See the person",
        _account,
        lambda: queries.leavers_accounts(clock.today()),
    ),
)
