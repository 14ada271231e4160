"""The list of charges for Finance, what becomes of each, and the rates. Nothing is invoiced. (AM-19)"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.bookings import files, queries, rules
from app.bookings.forms import DecisionForm, RateForm
from app.bookings.models import Booking, ChargeRate, LeavingCause
from app.bookings.queries import Charge, ChargeState
from app.bookings.views.blueprint import booking_or_404, bp
from app.core import clock
from app.core.db import db
from app.core.filters import pounds, short_day
from app.core.forms import SelectChoice, choices_from
from app.core.permissions import Permission
from app.core.web import Page, current_actor, download, get_or_404, requires, rule_errors_on
from app.people import queries as people
from app.people.models import Sector
from app.programmes import queries as programmes
from app.programmes.models import Course

MONTHS_BACK = 24
CHARGES_ON_A_PAGE = 50


@bp.get("/charges")
@requires(Permission.KEEP_CHARGES)
def charges() -> str:
    """The chargeable days of a month, with what is waived apart."""
    first = _month_asked()
    found = queries.charges(first, _last_of(first))
    return render_template(
        "bookings/charges.html",
        month=first,
        today=clock.today(),
        months=_months(first),
        before=(first - timedelta(days=1)).replace(day=1),
        after=_last_of(first) + timedelta(days=1),
        page=_page_of(found),
        totals={standing: queries.total(found, standing) for standing in ChargeState},
    )


@bp.get("/charges.csv")
@requires(Permission.KEEP_CHARGES)
def charges_csv() -> Response:
    """The same list as a file for Finance."""
    first = _month_asked()
    content = files.charges_csv(queries.charges(first, _last_of(first)))
    return download(content, f"charges-{first:%Y-%m}.csv")


def _page_of(found: list[Charge]) -> Page[Charge]:
    last = max(1, -(-len(found) // CHARGES_ON_A_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), last)
    rows = found[(number - 1) * CHARGES_ON_A_PAGE : number * CHARGES_ON_A_PAGE]
    return Page(rows=rows, page=number, total=len(found), size=CHARGES_ON_A_PAGE)


def _month_asked() -> date:
    """The first day of the month in the address ("2022-03"); of this month when it names none."""
    asked = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", request.args.get("month", ""), re.ASCII)
    return date(int(asked[1]), int(asked[2]), 1) if asked else clock.today().replace(day=1)


def _last_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _months(shown: date) -> list[tuple[str, str]]:
    """Next month and the two years before it, newest first, and the month that is shown."""
    one, months = (clock.today().replace(day=1) + timedelta(days=31)).replace(day=1), {shown}
    for _ in range(MONTHS_BACK + 2):
        months.add(one)
        one = (one - timedelta(days=1)).replace(day=1)
    return [(f"{month:%Y-%m}", f"{month:%B %Y}") for month in sorted(months, reverse=True)]


@bp.route("/charges/bookings/<int:booking_id>", methods=["GET", "POST"])
@requires(Permission.KEEP_CHARGES)
def decide_charge(booking_id: int) -> str | Response:
    """Waive the missed days of a booking, with a reason, or charge them all the same."""
    booking, form = booking_or_404(booking_id), DecisionForm()
    found = queries.charges_of(booking_id) or abort(404)
    causes = db.session.scalars(queries.every_cause()).all()
    form.days.choices = [SelectChoice(value=str(one.session.id), label=_in_words(one)) for one in found]
    form.cause.choices = choices_from(causes, blank="Not known")
    if not form.is_submitted():
        form.days.data = [str(one.session.id) for one in found]
    if form.validate_on_submit():
        with rule_errors_on(form):
            cause = next((one for one in causes if str(one.id) == form.cause.data), None)
            _decide(booking, form, cause)
            db.session.commit()
            flash("The decision is saved.")
            return redirect(_back_to(found[0]))
        booking, found = booking_or_404(booking_id), queries.charges_of(booking_id)
    return render_template(
        "bookings/decide_charge.html", form=form, booking=booking, charges=found, back=_back_to(found[0])
    )


def _decide(booking: Booking, form: DecisionForm, cause: LeavingCause | None) -> None:
    rules.decide(
        booking=booking,
        session_ids={int(day) for day in form.days.data or []},
        is_charged=form.answer.data == "charge",
        reason=form.reason.data or None,
        cause=cause,
        by=current_actor(),
        now=clock.now(),
    )


@bp.post("/charges/bookings/<int:booking_id>/<int:session_id>/undo")
@requires(Permission.KEEP_CHARGES)
def undo_charge(booking_id: int, session_id: int) -> Response:
    """Take a decision back."""
    booking = booking_or_404(booking_id)
    rules.take_back(booking=booking, session_id=session_id, by=current_actor(), now=clock.now())
    db.session.commit()
    flash("The decision is taken back.")
    found = [one for one in queries.charges_of(booking_id) if one.session.id == session_id]
    return redirect(_back_to(found[0]) if found else url_for("bookings.charges"))


def _in_words(charge: Charge) -> str:
    day = short_day(charge.session.held_on)
    return f"{charge.session.component.title}, {day}: {pounds(charge.amount)}, {charge.kind.label.lower()}"


def _back_to(charge: Charge) -> str:
    return url_for("bookings.charges", month=f"{charge.session.held_on:%Y-%m}")


# --- Rates ---------------------------------------------------------------------------------------------


@bp.get("/charges/rates")
@requires(Permission.KEEP_CHARGES)
def rates() -> str:
    """What a missed day costs: by whom, in which course, from when on."""
    return render_template(
        "bookings/rates.html",
        rates=db.session.scalars(queries.charge_rates()).unique().all(),
        has_charges=programmes.council_terms().has_charges,
    )


@bp.route("/charges/rates/new", methods=["GET", "POST"])
@requires(Permission.KEEP_CHARGES)
def new_rate() -> str | Response:
    """Set a rate; one of the same course, payer and day is changed."""
    form = RateForm(from_day=clock.today())
    sectors = db.session.scalars(people.sectors()).all()
    form.offer(db.session.scalars(programmes.courses()).all(), sectors)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.set_rate(
                course=get_or_404(Course, int(form.course.data)) if form.course.data else None,
                is_for_staff=form.whom.data == "staff",
                sector=_sector(form.whom.data, sectors),
                from_day=form.from_day.data,
                half_day=form.half_day.data or Decimal(),
                full_day=form.full_day.data or Decimal(),
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The rate is saved.")
            return redirect(url_for("bookings.rates"))
    return render_template("bookings/new_rate.html", form=form)


def _sector(whom: str, sectors: Sequence[Sector]) -> Sector | None:
    return next((one for one in sectors if str(one.id) == whom), None)


@bp.post("/charges/rates/<int:rate_id>/remove")
@requires(Permission.KEEP_CHARGES)
def remove_rate(rate_id: int) -> Response:
    """Take a rate off the list."""
    rules.remove_rate(rate=get_or_404(ChargeRate, rate_id), by=current_actor(), now=clock.now())
    db.session.commit()
    flash("The rate is removed.")
    return redirect(url_for("bookings.rates"))
