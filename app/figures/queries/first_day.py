"""The first day of which anything is recorded that a figure could count."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select, union_all

from app.core.db import db, live
from app.figures.models import Membership
from app.learning.models import PastCompletion
from app.people.models import Spell
from app.sessions.models import SessionDate


def first_day_recorded() -> date | None:
    """The first day of a post, a session, an earlier completion or a member of a cohort, by what is known
    now; None while nothing is recorded. What a document states is no record of its day. One statement."""
    days = (
        (Spell, Spell.first_day),
        (SessionDate, SessionDate.held_on),
        (PastCompletion, PastCompletion.completed_on),
        (Membership, Membership.joined_on),
    )
    parts = [select(func.min(on).label("on")).where(live(model)) for model, on in days]
    firsts = union_all(*parts).subquery()
    found: date | None = db.session.scalar(select(func.min(firsts.c.on)))
    return found
