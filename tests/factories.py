"""Rows for tests: each function makes one thing that is complete and saved, with what it needs around it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.accounts.models import RoleGrant, User
from app.bookings.models import Booking, BookingState, Seat
from app.commissioning.models import Provider
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, record
from app.core.permissions import Role
from app.people.models import (
    ALWAYS,
    KNOWN_ALWAYS,
    EmploymentType,
    Organisation,
    OrganisationSector,
    Person,
    PersonKind,
    RoleGroup,
    Sector,
    Service,
    Spell,
    Team,
    TeamService,
)
from app.people.queries import team_with_name
from app.programmes.models import (
    ApprovalMode,
    BookingTerms,
    Component,
    Course,
    CourseSettings,
    CourseVersion,
    Programme,
    ProgrammeDates,
    Promotion,
)
from app.sessions.models import Mode, Run, SessionDate, Trainer, TrainingSession, Venue

LONG_AGO = datetime(2018, 1, 1, 9, tzinfo=UTC)
_numbers = count(1)


def _next() -> int:
    return next(_numbers)


def _save(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def named(model: type[Any], name: str, **values: Any) -> Any:
    """The row of a list with this name, made if it is not there: named(RoleGroup, "Social Worker").

    A session remembers those that it has asked for: most people of a test are in one team.
    """
    key = (model, name, *sorted(values.items()))
    known = db.session.info.get(key)
    if known is None or known not in db.session:
        known = db.session.query(model).filter_by(name=name, **values).one_or_none()
        db.session.info[key] = known = known or _save(model(name=name, **values))
    return known


def service(name: str = "Children’s Social Care") -> Service:
    return named(Service, name)


def team(name: str = "Child in Need", service_name: str = "Children’s Social Care") -> Team:
    """The team of this name that is in this service today, made if it is not there."""
    key = (Team, name, service_name)
    known = db.session.info.get(key)
    if known is None or known not in db.session:
        of = service(service_name)
        known = db.session.scalar(team_with_name(of.id, name)) or _add_team(name, of)
        db.session.info[key] = known
    return known


def _add_team(name: str, of: Service) -> Team:
    found: Team = _save(Team(name=name))
    fact = TeamService(team_id=found.id, service_id=of.id, first_day=ALWAYS)
    _save(record(fact, by="Tests", now=LONG_AGO, recorded_at=KNOWN_ALWAYS))
    return found


def role_group(name: str = "Social Worker") -> RoleGroup:
    return named(RoleGroup, name)


def organisation(name: str = "Riverside School", sector: str = "Education") -> Organisation:
    found = db.session.query(Organisation).filter_by(name=name).one_or_none()
    if found is None:
        found = _save(Organisation(name=name))
        fact = OrganisationSector(organisation_id=found.id, sector_id=named(Sector, sector).id)
        _save(record(fact, by="Tests", now=LONG_AGO, recorded_at=KNOWN_ALWAYS))
    return found


def person(**values: Any) -> Person:
    """A person without a spell; `kind` is staff unless said otherwise."""
    return _save(_person(**values))


def _person(**values: Any) -> Person:
    number = _next()
    defaults: dict[str, Any] = {
        "kind": PersonKind.STAFF,
        "first_name": f"Given{number}",
        "last_name": f"Family{number}",
        "email": f"person{number}@council.example",
        "created_at": LONG_AGO,
    }
    if values.get("kind", PersonKind.STAFF) is PersonKind.STAFF:
        defaults["employee_number"] = f"{900000 + number:06d}"
    return Person(**(defaults | values))


def spell(of: Person, **values: Any) -> Spell:
    """A live spell of an employee in a team, from 1 January 2019 with no last day."""
    recorded_at = values.pop("recorded_at", LONG_AGO)
    defaults: dict[str, Any] = {
        "first_day": date(2019, 1, 1),
        "last_day": None,
        "employment_type": EmploymentType.EMPLOYEE,
    }
    values = defaults | values
    values.setdefault("employed_from", values["first_day"])
    if values["employment_type"] not in {EmploymentType.PARTNER, EmploymentType.PANEL_MEMBER}:
        values.setdefault("role_group_id", role_group().id)
        values.setdefault("team_id", team().id)
        values.setdefault("job_title", "Social Worker")
    row = record(Spell(person=of, **values), by="Tests", now=recorded_at)
    db.session.flush()
    db.session.expire(of, ["spells"])
    return row


def staff(*, first_day: date = date(2019, 1, 1), last_day: date | None = None, **values: Any) -> Person:
    """A member of staff in post: `staff(role_group_id=..., team_id=..., manager_id=...)`."""
    spell_names = {
        "employment_type", "job_title", "role_group_id", "team_id", "manager_id", "fte", "career_stage",
        "employed_from", "recorded_at",
    }  # fmt: skip
    of = _person(**{name: value for name, value in values.items() if name not in spell_names})
    about = {name: value for name, value in values.items() if name in spell_names}
    spell(of, first_day=first_day, last_day=last_day, **about)
    return of


def partner(of: Organisation | None = None, **values: Any) -> Person:
    row = _person(kind=PersonKind.PARTNER, **values)
    spell(row, employment_type=EmploymentType.PARTNER, organisation_id=(of or organisation()).id)
    return row


def panel_member(**values: Any) -> Person:
    row = _person(kind=PersonKind.PANEL_MEMBER, **values)
    spell(row, employment_type=EmploymentType.PANEL_MEMBER)
    return row


def user(*roles: Role, of: Person | None = None, **values: Any) -> User:
    """An account with these roles. It has no password: tests sign in by `pages.sign_in(user)`."""
    number = _next()
    defaults: dict[str, Any] = {
        "email": f"user{number}@council.example",
        "name": of.name if of else f"Account {number}",
        "active": True,
        "fs_uniquifier": uuid4().hex,
        "person_id": of.id if of else None,
        "created_at": LONG_AGO,
    }
    grants = [RoleGrant(role=role, granted_at=LONG_AGO, granted_by="Tests") for role in roles]
    row = _save(User(**(defaults | values), grants=grants))
    db.session.expire(row, ["grants"])
    return row


def coordinator(of: Organisation, **values: Any) -> User:
    """The account of somebody who acts for a partner organisation."""
    return user(Role.COORDINATOR, of=partner(of, **values))


def actor(*roles: Role, of: Person | None = None, **values: Any) -> Actor:
    """Somebody who acts in a rule, without an account behind it."""
    return Actor(
        name=values.pop("name", "Tess Ting"),
        person_id=of.id if of else None,
        roles=frozenset(roles),
        **values,
    )


def provider(name: str = "Hillside Training Ltd") -> Provider:
    return named(Provider, name)


def programme(**values: Any) -> Programme:
    number = _next()
    defaults: dict[str, Any] = {
        "code": f"PROG-{number}",
        "title": f"Programme {number}",
        "created_at": LONG_AGO,
    }
    dates = {name: values.pop(name, None) for name in ("starts_on", "deadline")}
    made = _save(Programme(**(defaults | values)))
    record(ProgrammeDates(programme_id=made.id, **dates), by="Tests", now=LONG_AGO)
    return made


def dated(programme: Programme, **dates: date | None) -> Programme:
    """The programme with these dates (starts_on, deadline), as if it had had them from the first."""
    row = programme.dates or record(ProgrammeDates(programme_id=programme.id), by="Tests", now=LONG_AGO)
    for name, value in dates.items():
        setattr(row, name, value)
    db.session.flush()
    db.session.expire(programme, ["dates"])
    return programme


SIMPLE_TERMS = {
    "staff_approval": ApprovalMode.NONE,
    "partner_approval": ApprovalMode.NONE,
    "promotion": Promotion.CONFIRM,
    "closes_days": 0,
}


def course(
    *,
    components: int = 2,
    catch_up_months: int | None = 12,
    terms: dict[str, Any] | None = None,
    **values: Any,
) -> Course:
    """A course with one version of `components` components, open to everybody unless an audience is given.

    Unless `terms` say otherwise its places need no approval, can be booked until the first day, and are
    theirs at once who wait. `terms={}` gives it none of its own, so that the council's apply.
    """
    number = _next()
    defaults: dict[str, Any] = {
        "code": f"COURSE-{number}",
        "title": f"Course {number}",
        "created_at": LONG_AGO,
        "default_capacity": 16,
        "minimum_places": 6,
    }
    values = defaults | values
    if "programme_id" not in values:
        values["programme_id"] = programme().id
    row = Course(**values, versions=[_version(components)])
    _save(row)
    record(CourseSettings(course_id=row.id, catch_up_months=catch_up_months), by="Tests", now=LONG_AGO)
    if terms != {}:
        db.session.add(BookingTerms(course_id=row.id, **(SIMPLE_TERMS | (terms or {}))))
    db.session.flush()
    return row


def version(of: Course, *, components: int = 2, number: int = 1) -> CourseVersion:
    row = _version(components, course_id=of.id, number=number)
    _save(row)
    db.session.expire(row)
    db.session.expire(of, ["versions"])
    return row


def _version(components: int, *, number: int = 1, **values: Any) -> CourseVersion:
    days = [Component(number=day, title=f"Day {day}") for day in range(1, components + 1)]
    return CourseVersion(number=number, created_at=LONG_AGO, components=days, **values)


def venue(name: str = "Plough Lane, Room 1") -> Venue:
    return named(Venue, name)


def trainer(of_user: User | None = None, **values: Any) -> Trainer:
    number = _next()
    defaults: dict[str, Any] = {
        "name": f"Trainer {number}",
        "email": of_user.email if of_user else f"trainer{number}@provider.example",
        "user_id": of_user.id if of_user else None,
    }
    return _save(Trainer(**(defaults | values)))


def run(
    of: Course | None = None,
    *,
    days: list[date] | None = None,
    capacity: int = 16,
    start: time = time(9, 30),
    end: time = time(16, 30),
    trainer_id: int | None = None,
    venue_id: int | None = None,
    mode: Mode = Mode.VIRTUAL,
    **values: Any,
) -> Run:
    """A scheduled run with a session for each component: on `days`, else from 30 days ahead, weekly."""
    version = (of or course()).latest_version
    components = version.components
    first = clock.today() + timedelta(days=30)
    days = days or [first + timedelta(weeks=number) for number in range(len(components))]
    defaults: dict[str, Any] = {"code": f"RUN-{_next()}", "minimum_places": 1, "created_at": LONG_AGO}
    sessions = [
        TrainingSession(
            component_id=component.id,
            component_number=component.number,
            mode=mode,
            link="https://meet.example/room" if mode is not Mode.IN_PERSON else None,
            venue_id=venue_id,
            trainer_id=trainer_id,
            capacity=capacity,
        )
        for component in components
    ]
    row = _save(Run(version_id=version.id, sessions=sessions, **(defaults | values)))
    for session, held_on in zip(sessions, days, strict=True):
        record(
            SessionDate(
                session_id=session.id,
                held_on=held_on,
                starts_at=clock.london_time(held_on, start),
                ends_at=clock.london_time(held_on, end),
            ),
            by="Tests",
            now=LONG_AGO,
        )
    db.session.flush()
    for one in (row, *sessions):
        db.session.expire(one)
    return row


def booking(run: Run, of: Person, *, confirmed_at: datetime | None = LONG_AGO, **values: Any) -> Booking:
    """A booking with a seat in each session; `confirmed_at=None` makes it one on the waiting list."""
    number = _next()
    state = BookingState.CONFIRMED if confirmed_at else BookingState.WAITLISTED
    defaults: dict[str, Any] = {
        "reference": f"T{number:07d}",
        "state": state,
        "queued_at": confirmed_at or LONG_AGO,
        "confirmed_at": confirmed_at,
        "created_at": confirmed_at or LONG_AGO,
    }
    row = _save(Booking(run_id=run.id, person_id=of.id, **(defaults | values)))
    if row.state is BookingState.CONFIRMED:
        _take_seats(row, [one.id for one in run.sessions if row.session_id in {None, one.id}])
    db.session.expire(row)
    return row


def _take_seats(of: Booking, session_ids: list[int]) -> None:
    """The next seat of each of these sessions."""
    holding = select(Seat.session_id).where(Seat.session_id.in_(session_ids), Seat.released_at.is_(None))
    taken = Counter(db.session.scalars(holding))
    for one in session_ids:
        seat = Seat(booking_id=of.id, session_id=one, number=taken[one] + 1, taken_at=of.created_at)
        db.session.add(seat)
    db.session.flush()
