"""A programme of today: runs before and after this day, with people in every state; no page is empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle, islice
from typing import TypedDict, Unpack

from app.accounts.models import User
from app.attendance.rules import NewMark, record_marks
from app.bookings import rules as bookings
from app.bookings.queries import confirmed_on
from app.commissioning import rules as commissioning
from app.core import clock, workdays
from app.core.actors import Actor
from app.core.db import db
from app.demonstration import queries
from app.demonstration.rules.joining import lay_out_joining
from app.demonstration.rules.rooms import rooms
from app.demonstration.rules.teaching import lay_out_teaching
from app.figures import rules as figures
from app.figures.models import Cohort, Population, TargetKind
from app.learning.models import MarkStatus
from app.people import rules as people
from app.people.models import Person, PersonKind
from app.people.queries import sectors as sectors_in_order
from app.programmes import rules as programmes
from app.programmes.models import Course, Programme
from app.programmes.rules import Audience
from app.sessions import rules as sessions
from app.sessions.models import Mode, Run, Trainer, TrainingSession, Venue
from app.sessions.rules import PlannedSession

BEGAN_BEFORE = timedelta(weeks=17)
PRACTITIONERS = ("Social Worker", "Senior Practitioner", "ASYE Social Worker", "Family Support Worker")
MANAGERS = ("Team Manager",)
PANEL_MEMBERS = (("Ottilie", "Fenwick"), ("Barnaby", "Quill"), ("Marguerite", "Dove"))


@dataclass(frozen=True)
class Planned:
    """A run by its sessions' distance from today in working days, and what has become of it.

    Counted in working days, two sessions that lie apart do so whatever day of the week or holiday today is.
    """

    days: tuple[int, ...]
    booked: int
    capacity: int = 12
    mode: Mode = Mode.VIRTUAL
    marked: int = 0  # how many of its sessions have a complete register
    is_cancelled: bool = False
    has_practitioner: bool = False


TWO_DAY_RUNS = (
    Planned(days=(-60, -55), booked=12, marked=2),
    Planned(days=(-30, -25), booked=11, marked=2, mode=Mode.IN_PERSON),
    Planned(days=(-10, -5), booked=10, marked=2),
    Planned(days=(-1, 4), booked=9),
    Planned(days=(2, 7), booked=11, capacity=8, has_practitioner=True, mode=Mode.IN_PERSON),
    Planned(days=(10, 15), booked=4),
    Planned(days=(20, 25), booked=7, capacity=16),
    Planned(days=(30, 35), booked=5, is_cancelled=True),
    Planned(days=(40, 45), booked=0, capacity=16),
)
LEADERSHIP_RUNS = (
    Planned(days=(-20, -15, -6), booked=5, marked=3, mode=Mode.IN_PERSON),
    Planned(days=(-4, 6, 16), booked=4, marked=1, mode=Mode.IN_PERSON),
    Planned(days=(21, 31, 41), booked=2, mode=Mode.IN_PERSON),
)
WORKSHOP_RUNS = (
    Planned(days=(-14,), booked=10, capacity=20, marked=1, has_practitioner=True, mode=Mode.IN_PERSON),
    Planned(days=(8,), booked=8, capacity=20, mode=Mode.HYBRID),
    Planned(days=(28,), booked=3, capacity=20, mode=Mode.HYBRID),
)


def fill(*, by: Actor, now: datetime, trainer: User, practitioner: Person) -> None:
    """Lay out "Trauma-informed practice" around today: courses, runs, places, registers and targets."""
    today = clock.day_of(now)
    began = clock.start_of_day(today - BEGAN_BEFORE)
    programme = _programme(by, began, today)
    two_day, leadership, workshop = _courses(programme, by, began)
    lead = sessions.add_trainer(
        name=trainer.name, email=trainer.email, provider=programme.provider, user=trainer, by=by, now=now
    )
    second = sessions.add_trainer(
        name="Second demonstration trainer", email="second.trainer@demo.example", by=by, now=now
    )
    panel = _panel_members(by, now, today)
    for absent in _staff(PRACTITIONERS, today)[-3:]:
        people.record_absence(person=absent, first_day=today - timedelta(weeks=8), by=by, now=now)
    staff = [one for one in _staff(PRACTITIONERS, today) if one.id != practitioner.id]
    partners = list(db.session.scalars(queries.partners()))
    diary = Diary(today, rooms(today, by=by, now=now), by, practitioner)
    diary.lay_out(
        two_day, TWO_DAY_RUNS, [lead], _mixed(staff, partners[:1], every=6), times=(time(9, 30), time(16, 30))
    )
    diary.lay_out(leadership, LEADERSHIP_RUNS, [second], _staff(MANAGERS, today), times=(time(10), time(15)))
    _targets(programme, two_day, leadership, by=by, now=began)
    _ended_target(programme, workshop, today, by=by)
    _charges(workshop, today, by=by, now=now)
    everybody = _mixed(partners, [*panel, *staff], every=2)
    diary.lay_out(workshop, WORKSHOP_RUNS, [second], everybody, times=(time(13), time(16, 30)))
    lay_out_joining([two_day, leadership, workshop], practitioner=practitioner, by=by, now=now)
    lay_out_teaching(two_day, workshop, trainer=lead, account=trainer, by=by, now=now)


def _programme(by: Actor, now: datetime, today: date) -> Programme:
    provider = commissioning.add_provider(name="Wyeside Learning Partnership", by=by, now=now)
    soon = today + timedelta(weeks=12)
    return programmes.add_programme(
        code="TRAUMA",
        title="Trauma-informed practice",
        summary="A way, shared by staff and partners, of working with families who lived through trauma.",
        provider=provider,
        starts_on=today - BEGAN_BEFORE,
        deadline=date(soon.year + (soon.month > 3), 3, 31),
        by=by,
        now=now,
    )


def _courses(programme: Programme, by: Actor, now: datetime) -> tuple[Course, Course, Course]:
    groups = list(db.session.scalars(queries.role_groups(PRACTITIONERS)))
    managers = list(db.session.scalars(queries.role_groups(MANAGERS)))
    sectors = list(db.session.scalars(sectors_in_order()))
    two_day = programmes.add_course(
        programme=programme,
        code="TRAUMA-2DAY",
        title="Trauma-informed practice: two days",
        summary="What trauma does, and what helps: for everybody who works directly with families.",
        components=["Day 1", "Day 2"],
        catch_up_months=12,
        audience=Audience(role_groups=groups, sectors=sectors),
        by=by,
        now=now,
    )
    leadership = programmes.add_course(
        programme=programme,
        code="TRAUMA-LEAD",
        title="Leading a trauma-informed team",
        summary="Supervision, and looking after the people who do the work.",
        components=["Day 1", "Day 2", "Day 3"],
        catch_up_months=12,
        audience=Audience(role_groups=managers),
        default_capacity=12,
        minimum_places=4,
        by=by,
        now=now,
    )
    workshop = programmes.add_course(
        programme=programme,
        code="TRAUMA-WORKSHOP",
        title="Trauma-informed practice: an afternoon for everybody",
        components=["Workshop"],
        catch_up_months=None,
        by=by,
        now=now,
    )
    return two_day, leadership, workshop


def _charges(workshop: Course, today: date, *, by: Actor, now: datetime) -> None:
    """Partners pay for places at the workshop that they do not use, as many partnerships have it."""
    programmes.change_booking_terms(course=workshop, has_charges=True, by=by, now=now)
    bookings.set_rate(
        course=None,
        is_for_staff=False,
        sector=None,
        from_day=today - BEGAN_BEFORE,
        half_day=Decimal(50),
        full_day=Decimal(90),
        by=by,
        now=now,
    )


def _panel_members(by: Actor, now: datetime, today: date) -> list[Person]:
    made = []
    for first, last in PANEL_MEMBERS:
        person = people.add_person(
            kind=PersonKind.PANEL_MEMBER,
            first_name=first,
            last_name=last,
            email=f"{first}.{last}@home.example".lower(),
            by=by,
            now=now,
        )
        people.open_spell(person=person, first_day=today - BEGAN_BEFORE, by=by, now=now)
        made.append(person)
    return made


def _staff(role_groups: tuple[str, ...], today: date) -> list[Person]:
    return list(db.session.scalars(queries.staff_in_role_groups(role_groups, today)))


def _mixed(many: Sequence[Person], few: Sequence[Person], *, every: int) -> list[Person]:
    """The many, with one of the few after each `every` of them."""
    mixed: list[Person] = []
    rest = iter(few)
    for number, person in enumerate(many, start=1):
        mixed.append(person)
        if number % every == 0:
            mixed.extend(islice(rest, 1))
    return mixed


def _targets(programme: Programme, two_day: Course, leadership: Course, *, by: Actor, now: datetime) -> None:
    """One target of each kind: a share of those in post, a list of managers, a number of people trained."""

    def add(code: str, title: str, kind: TargetKind, **measure: Unpack[Measure]) -> None:
        figures.add_target(
            code=code,
            title=title,
            kind=kind,
            programme=programme,
            deadline=programme.deadline,
            by=by,
            now=now,
            **measure,
        )

    add(
        "trauma-coverage",
        "Practitioners trained in trauma-informed practice",
        TargetKind.COVERAGE,
        course=two_day,
        population=db.session.scalars(queries.practitioners()).one(),
        minimum_percent=Decimal(25),
    )
    add(
        "trauma-leads",
        "Team managers who have finished the leadership course",
        TargetKind.COHORT,
        cohort=_leads(programme, leadership, by=by, now=now),
        minimum_percent=Decimal(80),
    )
    add(
        "trauma-people",
        "People trained under the contract",
        TargetKind.PEOPLE_TRAINED,
        course=two_day,
        minimum_count=60,
    )


def _ended_target(programme: Programme, workshop: Course, today: date, *, by: Actor) -> None:
    """A target that the board saw in the pack before the last, and that is asked for no more."""
    target = figures.add_target(
        code="trauma-workshop",
        title="People at the afternoon for everybody",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=programme,
        course=workshop,
        minimum_count=150,
        deadline=programme.deadline,
        by=by,
        now=clock.start_of_day(today - BEGAN_BEFORE),
    )
    last_day = today - timedelta(weeks=2)
    figures.end_target(
        target=target,
        last_day=last_day,
        reason="The contract was varied: whoever attends any of its training counts instead.",
        by=by,
        now=clock.london_time(last_day, time(16)),
    )


class Measure(TypedDict, total=False):
    """What differs between the demonstration's targets."""

    course: Course
    population: Population
    cohort: Cohort
    minimum_percent: Decimal
    minimum_count: int


def _leads(programme: Programme, leadership: Course, *, by: Actor, now: datetime) -> Cohort:
    """A list of eight team managers, who joined when the programme began."""
    today = clock.day_of(now)
    cohort = figures.add_cohort(
        code="trauma-leads",
        name="Team managers who lead the change",
        requirements={"team manager": [leadership]},
        by=by,
        now=now,
    )
    for manager in _staff(MANAGERS, today)[:8]:
        joined_on = programme.starts_on or today
        figures.join(cohort=cohort, person=manager, joined_on=joined_on, cause="team manager", by=by, now=now)
    return cohort


class Diary:
    """Schedules runs around today, books people onto them in turn, and marks the registers that are due."""

    def __init__(self, today: date, rooms: Sequence[Venue], by: Actor, practitioner: Person) -> None:
        self.today = today
        self.rooms = rooms
        self.by = by
        self.practitioner = practitioner

    def lay_out(
        self,
        course: Course,
        plans: Sequence[Planned],
        trainers: Sequence[Trainer],
        learners: Sequence[Person],
        *,
        times: tuple[time, time],
    ) -> None:
        """Every run of a course: nobody is booked on two of them until everybody has had a turn."""
        waiting = cycle(learners)
        for number, (plan, trainer) in enumerate(zip(plans, cycle(trainers), strict=False), start=1):
            run = self._schedule(course, f"{course.code}-{number:02d}", plan, trainer, times)
            self._book(run, plan, islice(waiting, plan.booked))
            self._mark(run, plan)

    def _schedule(
        self, course: Course, code: str, plan: Planned, trainer: Trainer, times: tuple[time, time]
    ) -> Run:
        days = [self._working_day(distance) for distance in plan.days]
        in_person = plan.mode is not Mode.VIRTUAL
        planned = [
            PlannedSession(
                held_on=day,
                starts=times[0],
                ends=times[1],
                capacity=plan.capacity,
                mode=plan.mode,
                venue=self._room_on(day) if in_person else None,
                link=None if plan.mode is Mode.IN_PERSON else f"https://meet.demo.example/{code.lower()}",
                trainer=trainer,
            )
            for day in days
        ]
        return sessions.schedule_run(
            version=course.latest_version,
            code=code,
            minimum_places=min(course.minimum_places, plan.capacity),
            sessions=planned,
            by=self.by,
            now=clock.start_of_day(min(days[0] - timedelta(weeks=6), self.today - timedelta(days=3))),
            clash_reason="The demonstration’s dates follow today’s.",
        )

    def _room_on(self, day: date) -> Venue:
        return next(one for one in self.rooms if not one.is_closed_on(day))

    def _working_day(self, distance: int) -> date:
        """The day so many working days after today, or before it."""
        if distance < 0:
            return workdays.working_days_before(self.today, -distance)
        return workdays.working_days_after(self.today, distance)

    def _book(self, run: Run, plan: Planned, learners: Iterator[Person]) -> None:
        four_weeks_before = run.first_session.held_on - timedelta(weeks=4)
        booked_at = clock.london_time(min(four_weeks_before, self.today - timedelta(days=2)), time(10))
        everybody = [self.practitioner, *learners] if plan.has_practitioner else list(learners)
        for number, person in enumerate(everybody):
            bookings.book(run=run, person=person, by=self.by, now=booked_at + timedelta(minutes=number))
        if plan.is_cancelled:
            reason = "The trainer is not available."
            bookings.cancel_run(run=run, by=self.by, now=booked_at + timedelta(days=1), reason=reason)

    def _mark(self, run: Run, plan: Planned) -> None:
        for session in run.sessions[: plan.marked]:
            marks = {
                booking.person_id: NewMark(status=_status(number, session))
                for number, booking in enumerate(db.session.scalars(confirmed_on(session)), start=1)
            }
            record_marks(
                session=session, marks=marks, by=self.by, now=session.ends_at + timedelta(minutes=20)
            )


def _status(number: int, session: TrainingSession) -> MarkStatus:
    """Nearly everybody comes: the place in the register decides who is late, excused or missing."""
    by_number = {4: MarkStatus.ATTENDED_LATE, 7 + session.component_number: MarkStatus.ABSENT_APOLOGIES}
    return by_number.get(number, MarkStatus.ABSENT_NO_NOTICE if number == 11 else MarkStatus.ATTENDED)
