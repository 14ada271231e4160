"""The licence that a course asks of its trainers. (TR-08)"""

from __future__ import annotations

from datetime import datetime

from app.audit import rules as audit
from app.core.actors import Actor
from app.programmes.models import Course


def ask_licence(*, course: Course, name: str, by: Actor, now: datetime) -> None:
    """A course asks that its trainers hold this licence; nothing typed asks for none.

    Runs with a trainer who does not hold it on the day are flagged, and saved all the same (U-30).
    """
    licence = " ".join(name.split()) or None
    changes = audit.differing(("Licence that trainers need", course.accreditation, licence))
    if changes:
        course.accreditation = licence
        audit.record(by=by, verb="course:licence", thing=course, now=now, changes=changes)
