"""The terms of booking as people read them: how a place is agreed, kept and given up."""

from __future__ import annotations

from app.core.filters import plural
from app.programmes.models import ApprovalMode, BookingTerms, NoticeUnit, Promotion

_APPROVAL = {
    ApprovalMode.MANAGER: "their manager approves it here",
    ApprovalMode.DECLARED: "they declare that their manager agrees, who is told",
    ApprovalMode.NONE: "none needed",
}
_APPROVAL_OF_PARTNERS = _APPROVAL | {
    ApprovalMode.MANAGER: "the coordinator of their organisation approves it here"
}


def terms_in_words(terms: BookingTerms) -> list[tuple[str, list[str]]]:
    """What the terms say, as (about what, its sentences).

    The council's say of giving up: "Free to cancel until 3 working days before the first day".
    """
    return [
        ("Approval", _approval(terms)),
        ("Booking closes", [_closes(terms)]),
        ("When a place becomes free", [_promotion(terms)]),
        ("Giving up a place", _giving_up(terms)),
        ("When dates change", [f"{_working_days(terms.reconfirm_days)} to say that they still come"]),
        ("Cover", [f"A warning when more than {terms.cover_percent}% of a team is away on one day"]),
        ("A missed day", [_catch_up(terms)]),
    ]


def _approval(terms: BookingTerms) -> list[str]:
    said = [
        f"Staff: {_APPROVAL[terms.staff_approval]}",
        f"Partners: {_APPROVAL_OF_PARTNERS[terms.partner_approval]}",
    ]
    if ApprovalMode.MANAGER in {terms.staff_approval, terms.partner_approval}:
        said.append(
            f"A request holds its place for {_working_days(terms.hold_days)}, until 17:00; whoever "
            f"is asked is reminded after {terms.reminder_days}"
        )
    return said


def _closes(terms: BookingTerms) -> str:
    if terms.closes_days == 0:
        return "When the first day begins"
    return f"{_working_days(terms.closes_days)} before the first day, at the end of that day"


def _promotion(terms: BookingTerms) -> str:
    if terms.promotion is Promotion.CONFIRM:
        return "It is theirs at once who are first on the waiting list"
    return (
        f"It is offered to the first on the waiting list for {_working_days(terms.offer_days)}, until 17:00; "
        f"for {plural(terms.offer_hours, 'working hour')} when the first day is as near as that"
    )


def _giving_up(terms: BookingTerms) -> list[str]:
    notice = f"{_notice(terms.notice_days, terms)} before the first day"
    is_late = "Later is recorded as late; the place goes to the next person all the same"
    if not terms.has_charges:
        return [f"Free to cancel until {notice}", is_late, "Nothing is charged"]
    charged = f"{terms.late_percent}% of the charge after that; all of it for not coming"
    if terms.early_notice_days is None:
        return [f"Free to cancel until {notice}", charged, is_late]
    early = f"{_notice(terms.early_notice_days, terms)} before the first day"
    return [
        f"Free to cancel until {early}",
        f"{terms.early_percent}% of the charge until {notice}",
        charged,
        is_late,
    ]


def _catch_up(terms: BookingTerms) -> str:
    if terms.has_catch_up:
        return "Can be booked alone, in another run of the course"
    return "Can’t be booked alone: the whole course is booked again"


def _notice(days: int, terms: BookingTerms) -> str:
    unit = "working day" if terms.notice_unit is NoticeUnit.WORKING_DAYS else "calendar day"
    return plural(days, unit)


def _working_days(days: int) -> str:
    return plural(days, "working day")
