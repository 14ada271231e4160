"""The waiting list: what ran out goes back, what is free goes to the first who may have it. (ST-04, U-16)"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from app.bookings import queries
from app.bookings.models import Booking, BookingState, Freed, ReleaseCause
from app.bookings.queries import Occupancy
from app.bookings.rules.asking import ask, tell_of_expiry
from app.bookings.rules.eligibility import books_anyone, last_day_before, objections
from app.bookings.rules.locks import lock_if_free, lock_run
from app.bookings.rules.messages import BookingMessage, MessageKind, tell
from app.bookings.rules.states import move, release
from app.bookings.rules.times import closes_at, first_of, held_until, offered_until, told_until
from app.core import clock, tokens
from app.core.actors import SERVICE, Actor
from app.core.db import db
from app.core.errors import NotAllowed
from app.core.filters import day, day_and_time
from app.learning.queries import standings
from app.programmes.models import Promotion
from app.sessions.models import Run, TrainingSession

LAPSES_TO_THE_END = 2
OFFER_LINK = "offer"
UNREACHED = "A place became free, and no e-mail reaches them to offer it"


def promote_waiting(*, run: Run, by: Actor, now: datetime) -> list[Booking]:
    """Give free places to those who wait, in their order. Returns the bookings that got, or were offered,
    one."""
    if not books_anyone(by):
        raise NotAllowed("Only the academy can give places to those who wait.")
    lock_run(run.id)
    return settle(run, now=now)


def settle(run: Run, *, now: datetime) -> list[Booking]:
    """Under the run's lock: end what has run out, then fill what is free. Returns the bookings that got, or
    were offered, a place.

    Every writer of occupancy ends with it, so that a freed place is passed on in the transaction that freed
    it; a sweep calls it besides, for time frees places too.
    """
    if run.is_cancelled:
        return []
    places, passed_on = _up_to_date(run, now=now, offers_again=True)
    return [*passed_on, *promote(run, places, now=now)]


def counted(
    run: Run,
    *,
    now: datetime,
    person_id: int | None = None,
    session_id: int | None = None,
    offers_again: bool = False,
) -> Occupancy:
    """The run's places as they are, once what has run out is ended and has gone to the next."""
    return _up_to_date(run, now=now, person_id=person_id, session_id=session_id, offers_again=offers_again)[0]


def _up_to_date(
    run: Run,
    *,
    now: datetime,
    person_id: int | None = None,
    session_id: int | None = None,
    offers_again: bool,
) -> tuple[Occupancy, list[Booking]]:
    """The run's places once what has run out is ended, and who got, or was offered, one of those.

    The next in the queue comes before somebody whose offer has only just run out. Whoever lost a place is
    told what became of it, so only after that. Whoever `offers_again` fills at once what is free, and so does
    this: the same place is offered once more to whoever waits alone, who is told both in one message.
    """
    found = queries.occupancy(run.id, now=now, person_id=person_id, session_id=session_id)
    if not found.is_overdue:
        return found, []
    overdue = db.session.scalars(queries.overdue_bookings(run.id, now)).all()
    unreached = queries.unreached(one.person for one in overdue)
    ended = [(one, one.state) for one in overdue if one.person not in unreached or not _keep(one, now=now)]
    for booking, _ in ended:
        _run_out(booking, now=now)
    lapsed = {booking.id for booking, _ in ended if booking.state is BookingState.WAITLISTED}
    passed_on = promote(run, queries.occupancy(run.id, now=now), now=now, apart_from=lapsed)
    takers = list(passed_on)
    again = _offer_again(run, lapsed, now=now) if lapsed and offers_again else []
    for booking, was in ended:
        if booking in again:
            continue
        taker = next((one for one in takers if {*one.sessions} & {*booking.sessions}), None)
        if taker is not None:
            takers.remove(taker)
        _tell_of_end(booking, was, _freed(booking, taker, now), now=now)
    found = queries.occupancy(run.id, now=now, person_id=person_id, session_id=session_id)
    return found, [*passed_on, *again]


def _offer_again(run: Run, lapsed: Collection[int], *, now: datetime) -> list[Booking]:
    """What nobody else could be given, to those whose offer has just run out; who is offered it once more."""
    return promote(run, queries.occupancy(run.id, now=now), now=now, again=lapsed)


def _keep(booking: Booking, *, now: datetime) -> bool:
    """Whom no e-mail reaches did not refuse by saying nothing: the place stays, or becomes, theirs, and the
    academy tells them (U-08). Not a request, which is for somebody else to answer, nor an offer once the
    training has begun; whether it did."""
    if booking.state is BookingState.REQUESTED:
        return False
    if booking.state is BookingState.OFFERED:
        if first_of(booking.sessions).starts_at <= now:
            return False
        move(booking, BookingState.CONFIRMED, by=SERVICE, now=now, reason=UNREACHED)
        tell(booking, BookingMessage(MessageKind.PROMOTED), now=now)
    booking.reconfirm_by = told_until(booking.sessions, now)
    db.session.flush()
    return True


def _run_out(booking: Booking, *, now: datetime) -> None:
    """End a hold, an offer or a place that was not reconfirmed in time.

    A request nobody answered is released (U-15), and so is a place that was not reconfirmed (U-05). Somebody
    whose offer lapsed waits on, after two lapses at the end of the queue (U-16).
    """
    if booking.state is BookingState.OFFERED:
        booking.lapses += 1
        if booking.lapses >= LAPSES_TO_THE_END:
            booking.queued_at, booking.has_priority = now, False
        reason = "The offer was not accepted in time"
        move(booking, BookingState.WAITLISTED, by=SERVICE, now=now, reason=reason)
    else:
        release(booking, _cause_of_end(booking.state), by=SERVICE, now=now)


def _cause_of_end(was: BookingState) -> ReleaseCause:
    is_request = was is BookingState.REQUESTED
    return ReleaseCause.NOT_ANSWERED if is_request else ReleaseCause.NOT_RECONFIRMED


def _freed(booking: Booking, taker: Booking | None, now: datetime) -> Freed:
    """Somebody else has the place now or, where nobody waited for it, the same dates can be booked until
    booking closes."""
    if taker is not None:
        return Freed.PASSED_ON
    closes = closes_at(booking.sessions, booking.run.version.course.terms)
    return Freed.FREE if now < closes else Freed.CLOSED


def _tell_of_end(booking: Booking, was: BookingState, freed: Freed, *, now: datetime) -> None:
    """Tell the person what ran out and what became of the place, and whoever did not answer a request
    (U-15)."""
    if was is BookingState.OFFERED:
        tell(booking, BookingMessage(MessageKind.LAPSED, nth=booking.lapses, freed=freed), now=now)
        return
    cause = _cause_of_end(was)
    tell(booking, BookingMessage(MessageKind.RELEASED, was=was, reason=cause.label, freed=freed), now=now)
    if cause is ReleaseCause.NOT_ANSWERED:
        tell_of_expiry(booking, freed=freed, now=now)


def promote(
    run: Run,
    places: Occupancy,
    *,
    now: datetime,
    apart_from: Collection[int] = (),
    again: Collection[int] = (),
) -> list[Booking]:
    """Give each of the queue, in its order, who fits in every session of their booking and may have it, a
    place: confirmed, offered or, while it lacks its approval, held for it.

    Never once booking has closed: nobody is called in at the last minute. It is the service that does it:
    who gave the place up is nobody's business. Clashes are looked for under the person's lock, so that two
    runs do not both promote them into one hour; who is booked or promoted elsewhere at this instant keeps
    their turn, and the sweep comes back to them and those behind (U-09). Where all who wait let two offers
    lapse none is made, and the place is left to whoever books it (U-16). To those in `again` it says that
    they did not answer the last one.
    """
    promoted: list[Booking] = []
    if not places.waiting or not places.has_room:
        return promoted
    waiting = db.session.scalars(queries.queue(run.id)).all()
    if all(one.lapses >= LAPSES_TO_THE_END for one in waiting):
        return promoted
    for booking in waiting:
        wanted = booking.sessions
        numbers = places.free_numbers((one.id for one in wanted), booking.sector_id)
        if numbers is None or booking.id in apart_from:
            continue
        if not lock_if_free(booking.person):
            break
        if obstacle(booking, wanted, now=now):
            continue
        places.take(numbers, booking.sector_id)
        places.waiting -= 1
        _give(booking, wanted, numbers, places, now=now, is_again=booking.id in again)
        promoted.append(booking)
    return promoted


def _give(
    booking: Booking,
    wanted: Sequence[TrainingSession],
    numbers: dict[int, int],
    places: Occupancy,
    *,
    now: datetime,
    is_again: bool,
) -> None:
    terms = booking.run.version.course.terms
    is_untold = terms.promotion is Promotion.OFFER and bool(queries.unreached([booking.person]))
    reason = UNREACHED if is_untold else "A place became free"
    if booking.approval is not None and booking.approval.is_pending:
        to, until, kind = BookingState.REQUESTED, held_until(wanted, terms, now), MessageKind.HELD
    elif terms.promotion is Promotion.OFFER and not is_untold:
        to, until, kind = BookingState.OFFERED, offered_until(wanted, terms, now), MessageKind.OFFERED
    else:
        to, until, kind = BookingState.CONFIRMED, None, MessageKind.PROMOTED
    move(booking, to, by=SERVICE, now=now, reason=reason, numbers=numbers, held_until=until)
    if is_untold and to is BookingState.CONFIRMED:
        booking.reconfirm_by = told_until(wanted, now)
    if to is BookingState.REQUESTED:
        ask(booking, now=now)
    if kind is MessageKind.OFFERED:
        booking.passed_until = None
        tell_of_offer(booking, now=now, is_again=is_again)
    else:
        tell(booking, BookingMessage(kind, moved=places.moved), now=now)


def tell_of_offer(booking: Booking, *, now: datetime, is_again: bool = False) -> None:
    """Write to somebody to whom a place is offered, with the link by which they answer; `is_again` when they
    did not answer the last time."""
    token = tokens.make(OFFER_LINK, booking.id, to=booking.person.email)
    nth = queries.offers_made_to(booking)
    tell(booking, BookingMessage(MessageKind.OFFERED, nth=nth, token=token, is_again=is_again), now=now)


def obstacle(
    booking: Booking,
    wanted: Sequence[TrainingSession],
    *,
    now: datetime,
    is_own: bool = True,
    looks_closely: bool = True,
) -> str | None:
    """Why somebody who waits can't have a place even if there is one; None when nothing speaks against it.

    Audience, prerequisites and other places are looked up only when it `looks_closely`.
    """
    if (for_good := _is_over(booking, wanted, now)) is not None:
        return for_good
    if booking.passed_until is not None and now < booking.passed_until:
        return f"The last offer was turned down. The next can come from {day_and_time(booking.passed_until)}."
    if not looks_closely:
        return None
    if (done := _done_since(booking, now=now, is_own=is_own)) is not None:
        return done
    if booking.override_reason is not None:
        return None
    against = objections(booking.run, booking.person, wanted, now=now, is_own=is_own, apart_from=booking)
    return against[0].sentence if against else None


def _done_since(booking: Booking, *, now: datetime, is_own: bool) -> str | None:
    """That they have completed the course since they asked, or done the one day, and need no place any more.

    Somebody who had completed it before, and takes it again as a refresher, still waits for one.
    """
    who = "You have" if is_own else f"{booking.person.name} has"
    asked_on, today = clock.day_of(booking.created_at), clock.day_of(now)
    if booking.session is not None:
        done_on = queries.last_done(booking.person_id, booking.session.component)
        what = f"done {booking.session.component.title}"
    else:
        course = booking.run.version.course
        stands = standings([course.id], as_at=today, person_id=booking.person_id)
        done_on = next((row.last_on for row in db.session.execute(stands)), None)
        what = f"completed {course.title}"
    if done_on is None or done_on < asked_on:
        return None
    return f"{who} {what} since, on {day(done_on)}."


def why_closed(booking: Booking, wanted: Sequence[TrainingSession], now: datetime) -> str | None:
    """That no more places are given, once booking has closed."""
    closes = closes_at(wanted, booking.run.version.course.terms)
    if now < closes:
        return None
    return f"Booking closed at the end of {last_day_before(closes)}, so no more places are given."


def _is_over(booking: Booking, wanted: Sequence[TrainingSession], now: datetime) -> str | None:
    """What no free place changes: booking has closed, or they will have left."""
    if (closed := why_closed(booking, wanted, now)) is not None:
        return closed
    gone_by = next((one for one in wanted if booking.person.spell_on(one.held_on) is None), None)
    return f"Not recorded as working here on {day(gone_by.held_on)}." if gone_by else None
