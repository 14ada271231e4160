"""Finding a run with places, and booking it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import BookForm, DeclaringBookForm, SwapForm, mode_options
from app.bookings.models import Booking, BookingState
from app.bookings.views.blueprint import booking_or_404, bp, run_or_404, whose_place
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken, refusal_of
from app.core.filters import until
from app.core.permissions import Permission
from app.core.web import current_actor, paginate, requires, rule_errors_on
from app.people import queries as people
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import ApprovalMode, Course
from app.sessions.models import Mode, Run, TrainingSession

NEED_STAYS = "What should be arranged was said before, and stays as it was: change it below if that is wrong."


@bp.get("/book")
@requires(Permission.BOOK_OWN_PLACE, Permission.BOOK_ANYONE)
def open_runs() -> str:
    """The runs that somebody can book, soonest first, with the places left."""
    person = whose_place()
    if person is None:
        return render_template("bookings/nobody.html")
    courses, chosen = programmes.courses_to_book(person, clock.today()), Filters.from_address()
    page = paginate(_narrowed(courses, chosen, person))
    run_ids = [run.id for run in page.rows]
    without_run = rules.courses_without_run(courses, now=clock.now())
    asked_for = queries.courses_asked_for(person)
    return render_template(
        "bookings/open_runs.html",
        person=person,
        is_own=person.id == current_actor().person_id,
        page=page,
        courses=courses,
        chosen=chosen,
        modes=mode_options(),
        left=queries.places_left_for(person, page.rows, on=clock.today()),
        waiting=queries.waiting_counts(run_ids),
        held=queries.open_by_run(run_ids, person.id),
        off_days=_on_days_off(page.rows, person),
        to_ask=[one for one in courses if one in without_run or one.id in asked_for],
        without_run=without_run,
        asked_for=asked_for,
    )


def _on_days_off(runs: Iterable[Run], person: Person) -> set[int]:
    """The runs with a session on a weekday on which somebody does not work, by their ids."""
    return {run.id for run in runs if not all(person.works_on(one.held_on) for one in run.sessions)}


@dataclass(frozen=True)
class Filters:
    """What the list of open runs is narrowed to; what makes no sense in the address narrows nothing."""

    course_id: int | None
    mode: Mode | None
    only_with_places: bool

    @property
    def is_used(self) -> bool:
        return self.course_id is not None or self.mode is not None or self.only_with_places

    @classmethod
    def from_address(cls) -> Filters:
        mode = request.args.get("mode", "")
        return cls(
            course_id=request.args.get("course", type=int),
            mode=Mode(mode) if mode in set(Mode) else None,
            only_with_places=request.args.get("places") == "1",
        )


def _narrowed(courses: Sequence[Course], chosen: Filters, person: Person) -> Select[tuple[Run]]:
    course_ids = [course.id for course in courses if chosen.course_id in (None, course.id)]
    if chosen.only_with_places:
        return queries.runs_with_places_for(person, course_ids, now=clock.now(), mode=chosen.mode)
    return queries.bookable_runs(course_ids, now=clock.now(), mode=chosen.mode)


@bp.route("/runs/<int:run_id>/book", methods=["GET", "POST"])
@requires(Permission.BOOK_OWN_PLACE, Permission.BOOK_ANYONE)
def book_run(run_id: int) -> str | Response:
    """Check what is being booked, then book it."""
    run, person = run_or_404(run_id), whose_place()
    if person is None:
        return render_template("bookings/nobody.html")
    session = _day_asked(run)
    form = _form_for(run, person, session)
    if form.validate_on_submit():
        with rule_errors_on(form):
            booking = _book(run, person, session, form)
            news = _say_need(booking, form)
            address = url_for("bookings.booking", booking_id=booking.id)
            db.session.commit()
            flash(news)
            return redirect(address)
        run, person = run_or_404(run_id), whose_place() or person
        session = _day_asked(run)
    already = queries.open_booking(run, person, session)
    if already is not None and not form.errors:
        return redirect(url_for("bookings.booking", booking_id=already.id))
    return _check_page(run, person, session, form, already)


def _book(run: Run, person: Person, session: TrainingSession | None, form: BookForm) -> Booking:
    return rules.book(
        run=run,
        person=person,
        by=current_actor(),
        now=clock.now(),
        session=session,
        reason=form.reason.data or None,
        declaration=_declared(form),
    )


def _say_need(booking: Booking, form: BookForm) -> str:
    """Keep what should be arranged with what was booked; what was done, in words."""
    words = form.needs.data or ""
    rules.say_need_at_booking(booking=booking, words=words, by=current_actor(), now=clock.now())
    news = _news(booking)
    return f"{news} {NEED_STAYS}" if rules.says_other_need(booking, words) else news


@bp.post("/runs/<int:run_id>/swap/<int:booking_id>")
@requires(Permission.BOOK_OWN_PLACE)
def swap(run_id: int, booking_id: int) -> str | Response:
    """Give up the place that is in the way, and take this one: both, or neither. (ST-06)"""
    run, given_up, form = run_or_404(run_id), booking_or_404(booking_id), _swap_form(None)
    code = given_up.run.code
    if form.validate_on_submit():
        with rule_errors_on(form):
            booking = rules.swap(
                given_up=given_up,
                run=run,
                by=current_actor(),
                now=clock.now(),
                session=_day_asked(run),
                cause=form.chosen_cause,
            )
            news = f"Your place on {code} is given up. {_say_need(booking, form)}"
            address = url_for("bookings.booking", booking_id=booking.id)
            db.session.commit()
            flash(news)
            return redirect(address)
        run, given_up = run_or_404(run_id), booking_or_404(booking_id)
    return _check_page(run, given_up.person, _day_asked(run), form, None)


def _swap_form(session: TrainingSession | None) -> SwapForm:
    form = SwapForm(session=str(session.id) if session else "")
    form.offer(db.session.scalars(queries.leaving_causes()).all())
    return form


@dataclass(frozen=True)
class Swap:
    """The place of one's own that could be given up for this one, with what that means."""

    given_up: Booking
    form: SwapForm
    meaning: str
    is_late: bool


def _swap_offered(run: Run, person: Person, session: TrainingSession | None, form: BookForm) -> Swap | None:
    """Whether all that stands in the way is a place of theirs, for whoever has no manager to name."""
    wanted = [session] if session else run.sessions
    if _mode(run, person) is ApprovalMode.DECLARED:
        return None
    given_up = rules.place_in_the_way(person, wanted, by=current_actor(), now=clock.now())
    if given_up is None:
        return None
    has_place = given_up.state is BookingState.CONFIRMED
    return Swap(
        given_up=given_up,
        form=form if isinstance(form, SwapForm) else _swap_form(session),
        meaning=rules.late_in_words(given_up, clock.now()) if has_place else "",
        is_late=has_place and rules.is_late_now(given_up, clock.now()),
    )


def _day_asked(run: Run) -> TrainingSession | None:
    """The one session that is wanted: `session` in the address or the form. None is the whole run."""
    asked = request.values.get("session", "")
    if not asked:
        return None
    return next((one for one in run.sessions if str(one.id) == asked), None) or abort(404)


def _mode(run: Run, person: Person) -> ApprovalMode:
    return rules.mode_for(person, run.version.course.terms, by=current_actor())


def _form_for(run: Run, person: Person, session: TrainingSession | None) -> BookForm:
    """What is asked of whoever books: where they declare it, who their manager is."""
    wanted = {"person": str(person.id), "session": str(session.id) if session else ""}
    if _mode(run, person) is not ApprovalMode.DECLARED:
        form = BookForm(**wanted)
    else:
        manager = people.line_manager_of(person, on=clock.today())
        form = DeclaringBookForm(
            **wanted,
            manager_name=manager.name if manager else None,
            manager_email=manager.email if manager else None,
        )
        form.also(lambda: rules.checked_declaration(person, _declared(form)))
    form.also(lambda: _check_can_book(run, person, session, form))
    return form


def _check_can_book(run: Run, person: Person, session: TrainingSession | None, form: BookForm) -> None:
    """What speaks against the place; nothing where it is booked already, as the page says then."""
    if queries.open_booking(run, person, session) is None:
        reason = form.reason.data or None
        rules.check_can_book(run, person, by=current_actor(), now=clock.now(), session=session, reason=reason)


def _declared(form: BookForm) -> rules.Declaration | None:
    if not isinstance(form, DeclaringBookForm):
        return None
    return rules.Declaration(form.manager_name.data or "", form.manager_email.data or "")


def _news(booking: Booking) -> str:
    if booking.state is BookingState.CONFIRMED:
        return f"The place is confirmed. {_where_it_is_said(booking.person)}"
    if booking.approval is not None and booking.approval.is_pending:
        return _news_of_request(booking)
    wait = "The run is full, so this is a wait. If a place becomes free it is given in order"
    return f"{wait}, by e-mail." if booking.person.email else f"{wait}. {_where_it_is_said(booking.person)}"


def _where_it_is_said(person: Person) -> str:
    """Nobody is told to wait for an e-mail that can't be sent."""
    if person.email:
        return "Everything is on this page and in an e-mail."
    if person.id == current_actor().person_id:
        return "Everything is on this page; you have no e-mail address in the directory, so none is sent."
    return "Everything is on this page. They have no e-mail address, so tell them yourself."


def _news_of_request(booking: Booking) -> str:
    """ "Request sent to Maria Lindqvist. Your place is held until 17:00 Thursday 10 March." (ST-02)"""
    asked = queries.who_was_asked(booking)
    held = (
        f"Your place is held until {until(booking.held_until)}."
        if booking.held_until
        else "The run is full, so this is a wait: a free place is given in order, once it is approved."
    )
    return " ".join(filter(None, (f"Request sent to {asked.name}.", asked.why, held)))


def _check_page(
    run: Run, person: Person, session: TrainingSession | None, form: BookForm, already: Booking | None
) -> str:
    actor, now = current_actor(), clock.now()
    wanted = [session] if session else run.sessions
    left = queries.seats_left_for(person, wanted, on=clock.today())
    broken, is_own = _what_stops(run, person, session), person.id == actor.person_id
    needs_reason = broken is not None and broken.field == "reason"
    objection = broken.objection if isinstance(broken, rules.SpokenAgainst) and is_own else None
    clash = objection.clash if objection else None
    swap = _swap_offered(run, person, session, form) if clash and min(left.values()) > 0 else None
    refusal = objection.sentence if objection and swap else broken.message if broken else None
    return render_template(
        "bookings/book_run.html",
        form=form,
        run=run,
        person=person,
        is_own=is_own,
        sessions=wanted,
        tight=queries.tight_gaps(person.id, wanted),
        elsewhere=[] if session else queries.places_elsewhere([(person.id, run)], now=now)[0],
        day=session,
        left=min(left.values()),
        waiting=queries.waiting_counts([run.id])[run.id],
        refusal=None if needs_reason or form.errors else refusal,
        clash=clash,
        swap=swap,
        needs_reason=needs_reason,
        notice=rules.notice_in_words(person, run.version.course, wanted, now),
        asks_needs=rules.can_say_needs_of(person, actor),
        already=already,
        asked=_asked(run, person),
        held_until=rules.held_until(wanted, run.version.course.terms, now),
        cover=_cover(run, person, wanted),
        days_off=[one.held_on for one in wanted if not person.works_on(one.held_on)],
    )


def _what_stops(run: Run, person: Person, session: TrainingSession | None) -> RuleBroken | None:
    """Why the place can't be booked, or not without a reason; None when it can."""
    actor, now = current_actor(), clock.now()
    catches_up = session and partial(rules.check_can_catch_up, person, session, by=actor, now=now)
    may_book = partial(rules.check_can_book, run, person, by=actor, now=now, session=session)
    return (catches_up and refusal_of(catches_up)) or refusal_of(may_book)


def _cover(run: Run, person: Person, wanted: Sequence[TrainingSession]) -> list[queries.TeamDays]:
    """Who of the team is out on these days, for whoever books somebody else. (LM-03)"""
    if person.id == current_actor().person_id:
        return []
    return queries.team_days_for(person, wanted, limit=run.version.course.terms.cover_percent)


def _asked(run: Run, person: Person) -> queries.Approver | None:
    """Who would be asked to approve the place, where the course wants that."""
    if _mode(run, person) is not ApprovalMode.MANAGER:
        return None
    return queries.who_is_asked(person, on=clock.today())
