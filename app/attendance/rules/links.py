"""Links by which somebody without an account marks a session: made, sent, shown once, taken back. (TR-05)"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial

from app.attendance import emails
from app.attendance.models import RegisterLink
from app.attendance.rules.marking import check_can_see_registers, keep_in_audit, record_marks
from app.attendance.rules.measuring import NewMark
from app.core import clock, tokens
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import RuleBroken, allows
from app.core.filters import day, day_and_time
from app.core.workdays import working_days_after
from app.learning.models import MarkWay
from app.outbox import rules as outbox
from app.sessions.models import Run, TrainingSession

PURPOSE = "register"
OPENS_BEFORE = timedelta(hours=1)
WORKING_DAYS_AFTER = 2
_SECRET_LASTS = timedelta(days=3 * 366)  # the session's date ends a link, never the age of its secret


# --- When it is good -----------------------------------------------------------------------------------


def link_opens_at(session: TrainingSession) -> datetime:
    """A link to a register works from an hour before its session."""
    return session.starts_at - OPENS_BEFORE


def link_last_day(session: TrainingSession) -> date:
    """A link works until the end of the second working day after its session.

    That of Thursday 14 April 2022 works until Wednesday 20 April: 15 and 18 April are bank holidays.
    """
    return working_days_after(session.held_on, WORKING_DAYS_AFTER)


def _is_past(session: TrainingSession, now: datetime) -> bool:
    return clock.day_of(now) > link_last_day(session)


def check_is_good(link: RegisterLink, now: datetime) -> None:
    """A link marks unless it was taken back, its run was cancelled, or it is too early or too late."""
    session = link.session
    if link.revoked_at is not None:
        raise RuleBroken(
            f"This link was taken back on {day(clock.day_of(link.revoked_at))}. Ask the academy "
            "if you still need it."
        )
    if session.is_cancelled:
        raise RuleBroken(f"{session.run.code} was cancelled, so it has no register.")
    if now < link_opens_at(session):
        raise RuleBroken(
            f"This link works from {day_and_time(link_opens_at(session))}, an hour before the session. Open "
            "it again then."
        )
    if _is_past(session, now):
        raise RuleBroken(
            f"This link worked until {day(link_last_day(session))}, two working days after the session. Send "
            "what is missing to the academy."
        )


# --- Making one ----------------------------------------------------------------------------------------


def check_can_make_link(session: TrainingSession, by: Actor, now: datetime) -> None:
    """The academy, or a trainer of the run, makes links for a session until they would no longer work."""
    check_can_see_registers(session.run, by)
    if session.is_cancelled:
        raise RuleBroken(f"{session.run.code} was cancelled, so it has no register.")
    if _is_past(session, now):
        raise RuleBroken(
            "This session has been over for more than two working days, so a link would no longer work. Mark "
            "the register yourself, or ask the academy."
        )


def can_make_link(session: TrainingSession, by: Actor, now: datetime) -> bool:
    return allows(partial(check_can_make_link, session, by, now))


def make_link(
    *, session: TrainingSession, to_name: str, by: Actor, now: datetime, to_email: str | None = None
) -> tuple[RegisterLink, str]:
    """A link for somebody who is named, and its secret end; with an address it is e-mailed to them."""
    check_can_make_link(session, by, now)
    link = RegisterLink(session=session, to_name=to_name, to_email=to_email, made_at=now, made_by=by.name)
    db.session.add(link)
    db.session.flush()
    secret = tokens.make(PURPOSE, link.id)
    if to_email:
        outbox.enqueue(
            key=f"register-link:{link.id}",
            kind="register_link",
            to_address=to_email,
            to_name=to_name,
            email=emails.register_link(
                link, secret, opens_at=link_opens_at(session), last_day=link_last_day(session)
            ),
            now=now,
            about=link,
            useful_until=clock.end_of_day(link_last_day(session)),
            secret=secret,
        )
    told = {"For": (None, to_name)} | ({"Sent to": (None, to_email)} if to_email else {})
    keep_in_audit(session, "register:link made", told, by=by, now=now)
    return link, secret


def revoke_link(*, link: RegisterLink, by: Actor, now: datetime) -> None:
    """Take a link back: from now on it marks nothing. What it marked stays."""
    check_can_see_registers(link.session.run, by)
    lock_row(Run, link.session.run_id)
    db.session.refresh(link)
    if link.revoked_at is not None:
        return
    link.revoked_at, link.revoked_by = now, by.name
    told = {"For": (None, link.to_name)}
    keep_in_audit(link.session, "register:link taken back", told, by=by, now=now)


# --- Marking by it -------------------------------------------------------------------------------------


def link_of(secret: str, now: datetime) -> RegisterLink:
    """The link that a secret opens. Raises RuleBroken, with why, when it opens nothing now."""
    link = db.session.get(RegisterLink, tokens.read(PURPOSE, secret, lasts=_SECRET_LASTS))
    if link is None:
        raise RuleBroken("The session that this link was for is no longer here.")
    check_is_good(link, now)
    return link


def holder_of(link: RegisterLink) -> Actor:
    """Whoever has the link acts under the name that it was made for, with no role and no account."""
    return Actor(name=f"{link.to_name} (by link)")


def mark_by_link(*, link: RegisterLink, marks: Mapping[int, NewMark], now: datetime) -> list[int]:
    """Record marks in the register that a link opens; whose marks changed."""
    lock_row(Run, link.session.run_id)
    db.session.refresh(link)  # somebody may have taken it back since the page was opened
    db.session.expire(link.session)
    check_is_good(link, now)
    return record_marks(session=link.session, marks=marks, by=holder_of(link), now=now, way=MarkWay.LINK)
