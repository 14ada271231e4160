"""How places of a course are booked: the council’s terms, a course’s own, and what the course builds on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.editions import Values
from app.core.errors import RuleBroken
from app.programmes import queries
from app.programmes.models import ApprovalMode, BookingTerms, Course, NoticeUnit, Promotion


class Terms(TypedDict, total=False):
    """The terms of booking; what is left out stays as it is. See BookingTerms for what each means."""

    staff_approval: ApprovalMode
    partner_approval: ApprovalMode
    reminder_days: int
    hold_days: int
    promotion: Promotion
    offer_days: int
    offer_hours: int
    closes_days: int
    notice_days: int
    notice_unit: NoticeUnit
    early_notice_days: int | None
    late_percent: int
    early_percent: int
    has_charges: bool
    reconfirm_days: int
    cover_percent: int
    has_catch_up: bool


WORDS = {
    "staff_approval": "Approval for staff",
    "partner_approval": "Approval for partners",
    "reminder_days": "Working days until whoever is asked is reminded",
    "hold_days": "Working days that a request holds its place",
    "promotion": "A freed place is",
    "offer_days": "Working days that an offer lasts",
    "offer_hours": "Working hours that an offer lasts when the session is near",
    "closes_days": "Booking closes, in working days before",
    "notice_days": "Free notice",
    "notice_unit": "Notice is counted in",
    "early_notice_days": "Earlier notice",
    "late_percent": "Share charged after the notice",
    "early_percent": "Share charged after the earlier notice",
    "has_charges": "Charges are listed",
    "reconfirm_days": "Working days to reconfirm",
    "cover_percent": "Warn when more than this share of a team is away",
    "has_catch_up": "A missed day can be booked alone",
}

_CHANGED, _COUNCILS_CHANGED = "course:booking terms changed", "council:booking terms changed"


def change_council_terms(
    *, by: Actor, now: datetime, seen: str | None = None, **values: Unpack[Terms]
) -> BookingTerms:
    """Change how places are booked in every course that has no terms of its own. `seen` is the edition that
    a page was made from."""
    terms: BookingTerms = lock_row(BookingTerms, queries.council_terms().id)
    audit.check_unchanged(thing=terms, values=values_of_terms(terms), seen=seen, verb=_COUNCILS_CHANGED)
    return _change(terms, values, by=by, now=now)


def change_booking_terms(
    *, course: Course, by: Actor, now: datetime, seen: str | None = None, **values: Unpack[Terms]
) -> BookingTerms:
    """Give a course terms of its own, which begin as the council's, or change them. `seen` is the edition
    that a page was made from, of the council's where it had none."""
    lock_row(Course, course.id)
    applying = lock_row(BookingTerms, course.terms.id)
    audit.check_unchanged(thing=course, values=values_of_terms(applying), seen=seen, verb=_CHANGED)
    terms = queries.own_terms(course.id)
    if terms is None:
        council = queries.council_terms()
        terms = BookingTerms(course_id=course.id, **{name: getattr(council, name) for name in WORDS})
    return _change(terms, values, by=by, now=now)


def set_approval(
    *, course: Course, staff: ApprovalMode, partners: ApprovalMode, by: Actor, now: datetime
) -> None:
    """Whose agreement a place on a new course needs: it has terms of its own only if the council's differ."""
    council = queries.council_terms()
    if (staff, partners) != (council.staff_approval, council.partner_approval):
        change_booking_terms(course=course, staff_approval=staff, partner_approval=partners, by=by, now=now)


def use_council_terms(*, course: Course, by: Actor, now: datetime) -> None:
    """A course goes by the council's terms again; twice does nothing."""
    lock_row(Course, course.id)
    terms = queries.own_terms(course.id)
    if terms is None:
        return
    db.session.delete(terms)
    audit.record(
        by=by,
        verb=_CHANGED,
        thing=course,
        now=now,
        changes={"Terms of booking": ("The course’s own", "The council’s")},
    )
    db.session.flush()
    db.session.expire(course, ["terms_that_apply"])


def set_prerequisites(*, course: Course, required: Sequence[Course], by: Actor, now: datetime) -> None:
    """The courses that somebody must have completed first. None may, in the end, build on this one."""
    lock_row(Course, course.id)
    for one in required:
        if course in _all_below(one):
            raise RuleBroken(
                f"{one.title} builds on {course.title}, so {course.title} can’t build on it", "prerequisites"
            )
    before = ", ".join(one.code for one in course.prerequisites)
    course.prerequisites = sorted(required, key=lambda one: one.code)
    after = ", ".join(one.code for one in course.prerequisites)
    db.session.flush()
    changes = audit.differing(("Builds on", before or None, after or None))
    if changes:
        audit.record(by=by, verb="course:changed", thing=course, now=now, changes=changes)


def _all_below(course: Course) -> set[Course]:
    """A course and all that it builds on, however many courses lie between."""
    found, waiting = set(), [course]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += one.prerequisites
    return found


def _change(terms: BookingTerms, values: Terms, *, by: Actor, now: datetime) -> BookingTerms:
    before = {name: getattr(terms, name) for name in WORDS}
    if unknown := values.keys() - before.keys():
        raise TypeError(f"Not terms of booking: {', '.join(sorted(unknown))}")
    _check({**before, **values})
    for name, value in values.items():
        setattr(terms, name, value)
    is_new = terms.id is None
    db.session.add(terms)
    db.session.flush()
    course = db.session.get_one(Course, terms.course_id) if terms.course_id else None
    if course is not None:
        db.session.expire(course, ["terms_that_apply"])
    changes = audit.differing(*((WORDS[name], before[name], getattr(terms, name)) for name in WORDS))
    if changes or is_new:
        audit.record(
            by=by,
            verb=_CHANGED if course else _COUNCILS_CHANGED,
            thing=course or terms,
            now=now,
            label=None if course else "The council’s terms of booking",
            changes=changes,
        )
    return terms


def values_of_terms(terms: BookingTerms) -> Values:
    """What is saved of terms of booking, in words."""
    return [(words, _in_words(getattr(terms, name))) for name, words in WORDS.items()]


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else str(getattr(value, "label", value))


def _check(terms: dict[str, object]) -> None:
    """What the database would refuse too, as sentences beside the field."""
    number = {name: value for name, value in terms.items() if isinstance(value, int)}
    for name, least, most in (
        ("reminder_days", 1, 60),
        ("hold_days", 1, 60),
        ("offer_days", 1, 60),
        ("offer_hours", 1, 40),
        ("closes_days", 0, 60),
        ("notice_days", 0, 90),
        ("late_percent", 0, 100),
        ("early_percent", 0, 100),
        ("reconfirm_days", 1, 60),
        ("cover_percent", 1, 100),
    ):
        if not least <= number[name] <= most:
            raise RuleBroken(f"{WORDS[name]} must be between {least} and {most}", name)
    if number["hold_days"] < number["reminder_days"]:
        raise RuleBroken("A request must hold its place at least until the reminder", "hold_days")
    early = terms["early_notice_days"]
    if isinstance(early, int) and not number["notice_days"] < early <= 180:
        raise RuleBroken("The earlier notice must be longer than the free notice", "early_notice_days")
    if number["early_percent"] > number["late_percent"]:
        raise RuleBroken("Later must not cost less than earlier", "early_percent")
