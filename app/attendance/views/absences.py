"""Why people did not come: saying so, by the link of an e-mail or signed in, and the reasons in total.

Opening a page changes nothing; what is pressed there acts. (U-02, LM-06)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.attendance import queries, rules
from app.attendance.files.absences import absences_csv
from app.attendance.forms import AbsenceForm
from app.attendance.queries import Absences
from app.attendance.views.blueprint import bp
from app.bookings import queries as bookings
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import (
    by_link,
    current_actor,
    download,
    id_asked,
    paginate,
    public,
    requires,
    rule_errors_on,
)
from app.learning.models import Mark
from app.programmes import queries as programmes

LONGEST_SPAN, USUAL_SPAN = 36, 12
Fetch = Callable[[], tuple[Mark, Actor]]


@bp.route("/absences/<int:mark_id>", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_LEARNING, Permission.SEE_ALL_PEOPLE)
def absence(mark_id: int) -> str | Response:
    """One absence, for the person, whoever decides for them, and the academy."""

    def fetch() -> tuple[Mark, Actor]:
        mark = db.session.scalar(queries.absence(mark_id)) or abort(404)
        rules.check_can_answer(mark, current_actor(), on=clock.today())
        return mark, current_actor()

    mark, actor = fetch()
    is_academy = rules.marks_any_register(actor)
    register = url_for("attendance.session_register", session_id=mark.session_id)
    return _absence_page(fetch, back=register if is_academy else url_for("home.index"))


@bp.route("/absences/<int:mark_id>/<token>", methods=["GET", "POST"])
@public
@by_link
def absence_by_link(mark_id: int, token: str) -> str | Response:
    """The same without an account, for whoever the link was written to."""
    return _absence_page(lambda: rules.absence_by_link(mark_id, token), back=None)


def _absence_page(fetch: Fetch, *, back: str | None) -> str | Response:
    mark, actor = fetch()
    form = _form_for(mark)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.answer_absence(
                mark=mark, cause=form.chosen_cause, note=form.note.data, by=actor, now=clock.now()
            )
            db.session.commit()
            flash("Thank you. The reason is saved.")
            return redirect(back or request.path)
        mark, actor = fetch()
    return render_template(
        "attendance/absence.html",
        form=form,
        mark=mark,
        is_own=mark.person_id == actor.person_id,
        answer=queries.answer_of(mark),
        why_not=rules.why_not_asked(mark),
        back=back,
    )


def _form_for(mark: Mark) -> AbsenceForm:
    """The form as it was last answered."""
    answer = queries.answer_of(mark)
    form = AbsenceForm(
        data={"cause": str(answer.cause_id), "note": answer.note} if answer is not None else None
    )
    offered = [one for one in db.session.scalars(bookings.every_cause()) if one.is_offered]
    if answer is not None and answer.cause not in offered:
        offered.append(answer.cause)
    form.offer_causes(offered)
    return form


# --- For the academy -----------------------------------------------------------------------------------


@bp.get("/absences")
@requires(Permission.SEE_ALL_PEOPLE)
def absences() -> str:
    """How many did not come: by reason, by course and by month."""
    first, last, months, course_id = _span_asked()
    found = queries.absences_in_total(first, last, course_id)
    return render_template(
        "attendance/absences.html",
        total=sum(one.count for one in found),
        tables=_tables(found),
        first=first,
        last=last,
        months=months,
        spans=[(count, f"{count} months") for count in (3, 6, USUAL_SPAN, 24, LONGEST_SPAN)],
        course_id=course_id,
        courses=[(one.id, one.title) for one in db.session.scalars(programmes.courses())],
        has_repeated=queries.repeated_count(clock.today()) > 0,
    )


@bp.get("/absences.csv")
@requires(Permission.SEE_ALL_PEOPLE)
def absences_file() -> Response:
    """The same as a file: a line for each month, course and reason."""
    first, last, _months, course_id = _span_asked()
    content = absences_csv(queries.absences_in_total(first, last, course_id))
    return download(content, f"absences-{first:%Y-%m}-{last:%Y-%m}.csv")


@bp.get("/absences/repeated")
@requires(Permission.SEE_ALL_PEOPLE)
def repeated_absences() -> str:
    """Who did not come three times or more in twelve months. They may book as before. (U-02)"""
    page = paginate(queries.repeated_no_shows(clock.today()), scalars=False)
    return render_template("attendance/repeated_absences.html", page=page)


def _span_asked() -> tuple[date, date, int, int | None]:
    """The first day of so many whole months until today, today, how many they are, and the course asked."""
    asked = request.args.get("months", USUAL_SPAN, type=int)
    months = min(max(asked, 1), LONGEST_SPAN)
    today = clock.today()
    began = today.year * 12 + today.month - months
    return date(began // 12, began % 12 + 1, 1), today, months, id_asked("course")


def _tables(found: list[Absences]) -> list[tuple[str, str, list[tuple[str, int]]]]:
    """What each table is called, what its first column is, and its rows."""
    by_month = {f"{one.month:%B %Y}": 0 for one in found}
    for one in found:
        by_month[f"{one.month:%B %Y}"] += one.count
    return [
        ("By reason", "Reason", _counted(found, "reason")),
        ("By course", "Course", _counted(found, "course")),
        ("By month", "Month", list(by_month.items())),
    ]


def _counted(found: list[Absences], what: str) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for one in found:
        counts[getattr(one, what)] += one.count
    return counts.most_common()
