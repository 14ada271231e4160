"""The calendar entries of people and trainers (RFC 5545), and the list of charges, as other programs read
them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from icalendar import Event, vCalAddress, vText

from app.accounts import queries as accounts
from app.bookings.models import Booking
from app.bookings.queries import Charge
from app.core.clock import day_of, london
from app.core.mail import link
from app.core.sheets import csv_text
from app.people.models import Person, PersonKind
from app.sessions.models import Mode, Trainer, TrainingSession

_HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Takeup//Bookings//EN\r\n"

# The rules that London's clock has followed since 1996: a full history would be 20 times as long.
_LONDON = (
    "BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:19960331T010000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    "TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nTZNAME:BST\r\nEND:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\nDTSTART:19961027T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nTZNAME:GMT\r\nEND:STANDARD\r\n"
    "END:VTIMEZONE\r\n"
)


@dataclass(frozen=True)
class _Diary:
    """Whose diary entries are for, what they say besides the session, and what their UIDs begin with."""

    key: str
    name: str
    email: str | None
    details: str


def calendar(
    booking: Booking,
    sessions: Sequence[TrainingSession],
    *,
    title: str,
    moved: Mapping[int, int],
    now: datetime,
    is_cancelled: bool = False,
    shows_links: bool = True,
    is_taken: bool = False,
) -> str:
    """One event for each session of a booking, as an invitation, or as its withdrawal; to who takes the file
    themselves (`is_taken`) as entries of theirs, of which one file may hold several (RFC 5546, 3.2.1).

    The links of virtual sessions are for those who have a place: `shows_links`, and never in a withdrawal.
    """
    person, details = booking.person, f"Your reference: {booking.reference}"
    if _may_have_account(person):
        details += f"\n{link(f'/bookings/{booking.id}')}"
    diary = _Diary(f"booking-{booking.reference}", person.name, person.email, details)
    shows_links = shows_links and not is_cancelled
    text = _calendar(diary, sessions, title, moved, now, is_cancelled=is_cancelled, shows_links=shows_links)
    return text.replace("METHOD:REQUEST", "METHOD:PUBLISH", 1) if is_taken else text


def trainer_calendar(
    trainer: Trainer,
    sessions: Sequence[TrainingSession],
    *,
    title: str,
    moved: Mapping[int, int],
    now: datetime,
    is_cancelled: bool = False,
) -> str:
    """The same for a trainer, of sessions that they hold, or hold no more."""
    details = link(f"/runs/{sessions[0].run_id}") if trainer.user_id is not None else ""
    diary = _Diary(f"trainer-{trainer.id}", trainer.name, trainer.email, details)
    return _calendar(
        diary, sessions, title, moved, now, is_cancelled=is_cancelled, shows_links=not is_cancelled
    )


def _calendar(
    diary: _Diary,
    sessions: Sequence[TrainingSession],
    title: str,
    moved: Mapping[int, int],
    now: datetime,
    *,
    is_cancelled: bool,
    shows_links: bool,
) -> str:
    """An event keeps its UID whatever becomes of it. Its SEQUENCE is how often the session was moved, and
    one more when it is withdrawn, so that a diary always ends with the newest (U-05, U-19)."""
    method = "CANCEL" if is_cancelled else "REQUEST"
    events = [
        _event(
            diary,
            session,
            title=title,
            sequence=moved.get(session.id, 0) + (1 if is_cancelled else 0),
            now=now,
            is_cancelled=is_cancelled,
            shows_link=shows_links,
        )
        for session in sessions
    ]
    inside = "".join(event.to_ical().decode("utf-8") for event in events)
    return f"{_HEAD}METHOD:{method}\r\n{_LONDON}{inside}END:VCALENDAR\r\n"


def _event(
    diary: _Diary,
    session: TrainingSession,
    *,
    title: str,
    sequence: int,
    now: datetime,
    is_cancelled: bool,
    shows_link: bool,
) -> Event:
    event = Event()
    event.add("uid", f"{diary.key}-session-{session.id}@takeup")
    event.add("sequence", sequence)
    event.add("dtstamp", now)
    event.add("dtstart", london(session.starts_at))
    event.add("dtend", london(session.ends_at))
    event.add("summary", f"{title}: {session.component.title}")
    event.add("location", _where(session, shows_link=shows_link))
    event.add("description", diary.details)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event["organizer"] = _address(current_app.config["SUPPORT"].email, current_app.config["COUNCIL"].name)
    if diary.email:
        event["attendee"] = _address(diary.email, diary.name)
    return event


def _may_have_account(person: Person) -> bool:
    """Whether a link to the page behind an account helps: a partner who has none would only see it shut."""
    return person.kind is PersonKind.STAFF or accounts.has_account(person.id)


def _where(session: TrainingSession, *, shows_link: bool) -> str:
    places = []
    if session.venue:
        places.append(", ".join([session.venue.name, *session.venue.address.splitlines()]))
    if session.mode is not Mode.IN_PERSON and not session.link:
        places.append(f"{session.mode.label}: the joining link will follow")
    elif session.link and shows_link:
        places.append(session.link)
    return " or ".join(place for place in places if place)


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["cn"] = vText(name)
    return address


# --- For Finance ---------------------------------------------------------------------------------------

CHARGE_COLUMNS = (
    "booking",
    "name",
    "organisation",
    "sector",
    "course",
    "run",
    "day",
    "date",
    "why",
    "reason_given",
    "amount",
    "standing",
    "decision",
    "decided_by",
    "decided_on",
)


def charges_csv(charges: Iterable[Charge]) -> str:
    """The chargeable days as CSV for Finance: one line each, amounts in pounds with their pence."""
    return csv_text(CHARGE_COLUMNS, (_charge(one) for one in charges))


def _charge(charge: Charge) -> tuple[object, ...]:
    booking, decision = charge.booking, charge.decision
    spell = booking.person.spell_on(charge.session.held_on)
    organisation = spell.organisation if spell else None
    return (
        booking.reference,
        booking.person.name,
        organisation.name if organisation else None,
        organisation.sector.name if organisation else None,
        booking.run.version.course.title,
        booking.run.code,
        charge.session.component.title,
        charge.session.held_on,
        charge.kind.label,
        charge.cause.name if charge.cause else None,
        charge.amount,
        charge.standing.label,
        decision.reason if decision else None,
        decision.recorded_by if decision else None,
        day_of(decision.recorded_at) if decision else None,
    )
