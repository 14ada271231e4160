"""What trainers say in the demonstration: a licence that ends, another date, and a register by link."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.accounts.models import User
from app.attendance import rules as attendance
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Role
from app.programmes import rules as programmes
from app.programmes.models import Course
from app.sessions import queries as sessions_queries
from app.sessions import rules as sessions
from app.sessions.models import Trainer

LICENCE = "Trauma-informed trainer licence"
LICENCE_ENDS_IN = timedelta(days=45)


def lay_out_teaching(
    course: Course, elsewhere: Course, *, trainer: Trainer, account: User, by: Actor, now: datetime
) -> None:
    """The course asks for a licence, which its trainer's last run outlives; they propose a week later for it.

    The trainer of the other course has no account, and so a link to the next register.
    """
    today = clock.day_of(now)
    programmes.ask_licence(course=course, name=LICENCE, by=by, now=now)
    sessions.give_licence(
        trainer=trainer,
        name=LICENCE,
        expires_on=today + LICENCE_ENDS_IN,
        evidence="Certificate 2417",
        by=by,
        now=now,
    )
    last = db.session.scalars(sessions_queries.upcoming_runs(now, [course.id])).unique().all()[-1]
    session = last.last_session
    sessions.propose_date(
        session=session,
        held_on=session.held_on + timedelta(weeks=1),
        starts=clock.london(session.starts_at).time(),
        ends=clock.london(session.ends_at).time(),
        reason="I am asked to speak at a conference that day.",
        by=Actor(name=account.name, user_id=account.id, roles=frozenset({Role.TRAINER})),
        now=now,
    )
    following = db.session.scalars(sessions_queries.upcoming_runs(now, [elsewhere.id])).unique().first()
    if following is not None and following.first_session.trainer is not None:
        attendance.make_link(
            session=following.first_session,
            to_name=following.first_session.trainer.name,
            to_email=following.first_session.trainer.email,
            by=by,
            now=now,
        )
