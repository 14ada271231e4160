"""Reading the audit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from operator import itemgetter

from sqlalchemy import Select, select

from app.audit.models import AuditEntry, done_in_words, thing_in_words
from app.core.db import db
from app.core.filters import day_and_time
from app.core.names import is_found


def history_of(thing_type: str, thing_id: int, *, verb: str = "") -> Select[tuple[AuditEntry]]:
    """What was done to one thing, newest first; `thing_type` is its table ("person"), `verb` narrows it."""
    return all_entries(verb=verb, thing_type=thing_type).where(AuditEntry.thing_id == thing_id)


def by_whom(entry: AuditEntry | None) -> str:
    """ "by Ann Other on 3 March 2022 at 10:05": who did something, and when."""
    return f"by {entry.actor_name} on {day_and_time(entry.at)}" if entry else "by somebody else"


def who_last(verbs: Collection[str], thing_type: str, thing_id: int, *, since: datetime | None) -> str:
    """By whom, and when, one of these was done to a thing last, in words; what was done before `since`, when
    a page was opened, was seen there: then nobody is named."""
    if since is None:
        return by_whom(None)
    done = history_of(thing_type, thing_id).where(AuditEntry.verb.in_(verbs), AuditEntry.at >= since)
    return by_whom(db.session.scalar(done.limit(1)))


def all_entries(*, verb: str = "", thing_type: str = "", actor: str = "") -> Select[tuple[AuditEntry]]:
    """Everything that was done, newest first; what was done, to what kind of thing and by whom narrow it."""
    statement = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if verb:
        statement = statement.where(AuditEntry.verb == verb)
    if thing_type:
        statement = statement.where(AuditEntry.thing_type == thing_type)
    return statement.where(is_found(actor, AuditEntry.actor_name))


def verbs() -> list[tuple[str, str]]:
    """What has been done so far, each verb with its words, in the order of these."""
    found = db.session.scalars(select(AuditEntry.verb).distinct())
    return sorted(((one, done_in_words(one)) for one in found), key=itemgetter(1))


def thing_types() -> list[tuple[str, str]]:
    """The kinds of thing to which something was done, each with its words, in the order of these."""
    found = db.session.scalars(select(AuditEntry.thing_type).distinct())
    return sorted(((one, thing_in_words(one)) for one in found), key=itemgetter(1))
