"""Two records of one person need one certificate of a completion: that of the earlier one stands."""

from __future__ import annotations

from datetime import datetime

from app.attendance import queries as attendance
from app.attendance import rules as certificates
from app.attendance.models import Certificate
from app.core.actors import Actor
from app.core.db import db
from app.people.models import Person
from app.programmes import queries as programmes


def withdraw_doubles(survivor: Person, merged: Person, *, by: Actor, now: datetime) -> None:
    """Of two certificates of one course one is withdrawn; nobody is told, as what they learnt stands. Where a
    completion is valid for some months, two of different days stand beside each other.

    When the merge is undone, it stands again. (U-07)
    """
    own = db.session.scalars(attendance.standing_certificates_of(survivor.id)).all()
    for other in db.session.scalars(attendance.standing_certificates_of(merged.id)).all():
        double = next((one for one in own if _is_one_too_many(one, other)), None)
        if double is not None:
            later = max(double, other, key=lambda one: (one.completed_on, one is other))
            certificates.withdraw(certificate=later, why=certificates.MERGED, by=by, now=now)


def _is_one_too_many(one: Certificate, other: Certificate) -> bool:
    if one.course_id != other.course_id:
        return False
    is_valid_for_ever = programmes.settings_of(one.course_id).validity_months is None
    return is_valid_for_ever or one.completed_on == other.completed_on
