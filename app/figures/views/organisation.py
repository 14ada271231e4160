"""A coordinator's own organisation: its people, their places, and how many came. (MA-05, MA-10)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.bookings import queries as bookings
from app.bookings.models import Booking
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires, rule_errors_on
from app.figures import queries
from app.figures.forms import HeadcountForm
from app.figures.views.targets import bp
from app.people import queries as people
from app.people import rules as people_rules
from app.people.models import Organisation

YEARS_BACK = 3


def _own() -> Organisation | None:
    """The organisation that the coordinator belongs to today."""
    own = min(current_actor().organisation_ids, default=None)
    return get_or_404(Organisation, own) if own is not None else None


@bp.get("/my-organisation")
@requires(Permission.SEE_OWN_ORGANISATION)
def my_organisation() -> str:
    """Everybody of the own organisation with the places that they have, and the share that came."""
    organisation, today = _own(), clock.today()
    if organisation is None:
        return render_template("figures/no_organisation.html")
    search = request.args.get("q", "").strip()
    page = paginate(people.people_of(organisation.id, today, search=search), scalars=False)
    years = [queries.year_of(today) - back for back in range(YEARS_BACK)]
    return render_template(
        "figures/my_organisation.html",
        organisation=organisation,
        page=page,
        search=search,
        places=_places([person.id for person, _spell in page.rows]),
        attendance=queries.attendance_of_year(organisation, _year(years), as_at=today),
        years=[(year, queries.year_words(year)) for year in years],
    )


def _year(years: list[int]) -> int:
    asked = request.args.get("year", type=int)
    return asked if asked in years else years[0]


def _places(person_ids: Collection[int]) -> dict[int, list[Booking]]:
    """The places that these people have, or wait for, in training that is not over."""
    now = clock.now()
    places: dict[int, list[Booking]] = defaultdict(list)
    for booking in db.session.scalars(bookings.open_bookings_of(person_ids)).unique():
        if booking.ends_at > now:
            places[booking.person_id].append(booking)
    return places


@bp.route("/my-organisation/headcount/<int:year>", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_ORGANISATION)
def state_headcount(year: int) -> str | Response:
    """State how many people the organisation has in a year."""
    organisation = _own() or abort(404)
    latest = queries.year_of(clock.today())
    if not latest - YEARS_BACK < year <= latest:
        abort(404)
    stated = db.session.scalar(people.stated_headcount(organisation.id, year))
    form = HeadcountForm(data={"headcount": stated.headcount if stated else None})
    if form.validate_on_submit():
        with rule_errors_on(form):
            people_rules.state_headcount(
                organisation=organisation,
                year=year,
                headcount=form.headcount.data or 0,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The number is kept, with your name and today’s date.")
            return redirect(url_for("figures.my_organisation", year=year))
    return render_template(
        "figures/state_headcount.html", form=form, year=year, words=queries.year_words(year)
    )
