"""What the timetable runs for reminders: find what is due, write it, send what is written.

Each returns a Tally. One bad item never stops the rest: it is logged, counted, and tried at the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from app.attendance import queries as attendance
from app.core import clock, mail
from app.core.db import db
from app.core.logs import get_logger
from app.core.tally import Tally, each, found, trouble
from app.learning.models import Mark
from app.outbox import rules as outbox
from app.outbox.models import Message
from app.reminders import queries, rules
from app.sessions.models import Run, TrainingSession

log = get_logger(__name__)

ItemT = TypeVar("ItemT")
MOST_MESSAGES_A_RUN = 500


def joining(now: datetime) -> Tally:
    """Write the joining reminders that are due."""
    near = queries.runs_with_sessions_between(now, now + rules.LOOK_AHEAD)
    ids = found(lambda: [run.id for run in db.session.scalars(near)])
    return _each(ids, lambda ident: rules.remind_of_joining(run=_get(Run, ident), now=now))


def registers(now: datetime) -> Tally:
    """Write the reminders of registers that are due and not complete."""
    due = queries.sessions_without_all_marks(ended_after=now - rules.LOOK_BACK, ended_before=now)
    ids = found(lambda: [session.id for session in db.session.scalars(due)])
    return _each(ids, lambda ident: rules.remind_of_register(session=_get(TrainingSession, ident), now=now))


def absences(now: datetime) -> Tally:
    """Ask, on the working day after, why those did not come who a register says sent no notice."""
    marked = attendance.no_shows_marked(
        after=now - rules.LOOK_BACK_FOR_ABSENCES,
        before=now,
        held_from=clock.day_of(now - rules.LOOK_BACK),
    )

    def to_ask() -> list[int]:
        return [mark.id for mark in rules.absences_to_ask_about(db.session.scalars(marked), now=now)]

    return _each(found(to_ask), lambda ident: rules.ask_about_absence(mark=_get(Mark, ident), now=now))


def missing(now: datetime) -> Tally:
    """Tell those in the middle of a course, once a week, where the days are that they still need."""
    needed = found(lambda: rules.outstanding_to_write(now))
    return _each(
        needed,
        lambda one: rules.tell_of_missing(found=one, now=now),
        key=lambda one: f"person {one.person_id}, version {one.version_id}",
    )


def digest(now: datetime) -> Tally:
    """Write on Monday morning to each academy manager what there is to chase, once."""
    if not rules.is_time_for_digest(now):
        return Tally()
    to_chase = found(lambda: rules.chases(now))
    written = rules.write_digest(to_chase=to_chase, now=now)
    db.session.commit()
    return Tally(done=written)


def refreshers(now: datetime) -> Tally:
    """Write the reminders of completions that run out."""
    due = found(lambda: rules.refreshers_due(now=now))
    return _each(
        due,
        lambda one: rules.remind_of_refresher(refresher=one, now=now),
        key=lambda one: f"person {one.person_id}, course {one.course_id}",
    )


def few_booked(now: datetime) -> Tally:
    """Tell the academy of runs that begin soon with too few people."""
    few = queries.under_filled_runs(now, rules.looks_until(now))
    ids = found(lambda: [row.Run.id for row in db.session.execute(few)])
    return _each(ids, lambda ident: rules.warn_of_few(run=_get(Run, ident), now=now))


def deliver(now: datetime) -> Tally:
    """Send the messages that are due: claim one, see that it is still right, send, note it; then the next.
    What was held back for an address that bounces no longer is due, too.

    Each is claimed at its own instant: a slow relay may keep one run busy for longer than a claim lasts, and
    another sender must not take what this one has in hand.
    """
    done = skipped = failed = 0
    problem = ""
    outbox.release(now=now)
    db.session.commit()
    carrier = mail.transport()
    began = clock.now()
    for _ in range(MOST_MESSAGES_A_RUN):
        at = now + (clock.now() - began)
        message = outbox.claim_next(now=at)
        db.session.commit()
        if message is None:
            break
        _send(message.id, carrier, at)
        done += message.sent_at is not None
        failed += message.problem is not None and message.sent_at is None
        skipped += message.problem is None and message.sent_at is None
        problem = message.problem or problem
        db.session.commit()
    return Tally(done=done, skipped=skipped, failed=failed, problem=problem)


def _send(message_id: int, carrier: mail.Transport, now: datetime) -> None:
    """Send one message; what nobody foresaw is a failed try like any other, and is not tried for ever.

    Between the look whether it is still right and the note of what became of it no transaction is open: a
    relay that takes a minute keeps nobody from booking, nor does PostgreSQL end what idles for so long.
    """
    message = _get(Message, message_id)
    try:
        letter = outbox.ready_to_send(
            message, still_right=lambda one: rules.is_still_right(one, now=now), now=now
        )
        db.session.commit()
        if letter is None:
            return
        carrier.send(letter)
    except mail.SendFailed as failure:
        message = _get(Message, message_id)
        outbox.put_off(
            message,
            problem=str(failure),
            now=now,
            is_bounce=failure.is_bounce,
            is_of_carrier=failure.is_of_carrier,
        )
    except Exception as error:
        db.session.rollback()
        log.error("message_failed", message=message_id, exc_info=error)
        outbox.put_off(_get(Message, message_id), problem=trouble(error), now=now)
    else:
        outbox.note_sent(message, now=now)


def _each(items: Iterable[ItemT], act: Callable[[ItemT], int], *, key: Callable[[ItemT], str] = str) -> Tally:
    return each(items, act, keep=db.session.commit, drop=db.session.rollback, key=key)


def _get(model: type[ItemT], ident: int) -> ItemT:
    return db.session.get_one(model, ident)
