"""An academy of any size from a seed: people, runs, bookings, marks and six targets, on either engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import Connection, select

from app.attendance.rules import opens_on
from app.bookings.models import BookingState
from app.core import clock
from app.core.names import folded
from app.core.permissions import Role
from app.figures.models import TargetKind
from app.learning.models import MarkStatus
from app.people.models import EmploymentType, Sector
from app.sessions.models import Mode, RunState
from tests.bench.bulk import BY, Draft
from tests.bench.workforce import PRACTITIONERS, Workforce

CATCH_UP_MONTHS = 12
DEADLINE_IN = 200  # days
COURSES = {"FIVE-A": 5, "FIVE-B": 5, "FIVE-C": 5, "TWO-A": 2, "TWO-B": 2, "WORKSHOP": 1}
# Which course each run of twenty is of, so that 200 runs with 500 bookings each give 300,000 marks.
PATTERN = (
    "FIVE-A", "FIVE-B", "TWO-A", "FIVE-C", "FIVE-A", "TWO-B", "FIVE-B", "TWO-A", "FIVE-C", "FIVE-A",
    "WORKSHOP", "FIVE-B", "TWO-A", "FIVE-C", "TWO-B", "FIVE-A", "FIVE-B", "TWO-A", "WORKSHOP", "TWO-B",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How large an academy is. `accounts` are practitioners who can sign in."""

    people: int = 10_000
    teams: int = 40
    runs: int = 200
    bookings: int = 100_000
    marks: int = 300_000
    accounts: int = 400
    seed: int = 20_220_331

    def times(self, share: float) -> Size:
        """The same academy with so much of the people, bookings and marks, in as many runs."""
        return replace(
            self,
            people=int(self.people * share),
            bookings=int(self.bookings * share),
            marks=int(self.marks * share),
            accounts=int(self.accounts * share),
        )


def fill(connection: Connection, size: Size) -> dict[str, int]:
    """Enter an academy into an empty, migrated database; how many rows each table was given.

    The caller commits. Raises ValueError when there are fewer places to mark than `size.marks`.
    """
    sectors = list(connection.scalars(select(Sector.id).order_by(Sector.id)))
    draft = drafted(size, sectors)
    draft.enter(connection)
    return draft.counts


def drafted(size: Size, sectors: list[int]) -> Draft:
    """The rows of an academy, entered nowhere yet; `sectors` are those that the migrations made."""
    return _Academy(size, sectors).draft


class _Academy:
    """The rows as they are thought out."""

    def __init__(self, size: Size, sectors: list[int]) -> None:
        self.size = size
        self.today = clock.today()
        self.random = Random(size.seed)
        self.draft = Draft(since=clock.london_time(self._days_ago(3000), time(9)))
        self.workforce = Workforce(
            self.draft, self.random, self.today, people=size.people, teams=size.teams, sectors=sectors
        )
        self._add_courses()
        self._add_runs()
        self._add_targets()
        self._add_accounts()

    def _days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    # --- Courses and runs ------------------------------------------------------------------------------

    def _add_courses(self) -> None:
        add = self.draft.add
        self.programme = add(
            "programme", code="BENCH", title="Signs of Safety", folded_title="signs of safety", summary="",
            created_at=self.draft.since,
        )  # fmt: skip
        self.draft.fact(
            "programme_dates", programme_id=self.programme, starts_on=self._days_ago(1200),
            deadline=self._days_ago(-200),
        )  # fmt: skip
        self.courses: dict[str, int] = {}
        self.versions: dict[str, int] = {}
        self.components: dict[str, list[int]] = {}
        for code, size in COURSES.items():
            self.courses[code] = course = add(
                "course", programme_id=self.programme, code=code, title=f"Course {code.title()}", summary="",
                default_capacity=16, minimum_places=6, is_for_panel_members=False,
                created_at=self.draft.since,
            )  # fmt: skip
            self.draft.fact("course_terms", course_id=course, catch_up_months=CATCH_UP_MONTHS)
            version = add("course_version", course_id=course, number=1, created_at=self.draft.since)
            self.versions[code] = version
            self.components[code] = [
                add("component", version_id=version, number=number, title=f"Day {number}")
                for number in range(1, size + 1)
            ]
        self.trainers = [
            add("trainer", name=f"Trainer {number}", email=f"trainer{number}@provider.example")
            for number in range(1, 21)
        ]

    def _add_runs(self) -> None:
        """One run in ten is still to come; every other one of those is full, and has a waiting list."""
        size = self.size
        marks_left = size.marks
        for number in range(size.runs):
            is_to_come = number % 10 == 9
            starts_in = 14 + number if is_to_come else -1100 + 1000 * number // size.runs
            places = size.bookings // size.runs + (number < size.bookings % size.runs)
            capacity = places
            if is_to_come:
                capacity = places * 95 // 100 if number % 20 == 9 else places * 2
            code = PATTERN[number % len(PATTERN)]
            sessions = self._add_run(number, code, self._days_ago(-starts_in), capacity)
            booked_at = clock.london_time(self._days_ago(30 - min(starts_in, 0)), time(10))
            confirmed = self._book(number + 1, places, sessions, capacity, booked_at)
            if not is_to_come:
                marks_left -= self._mark(code, sessions, confirmed, marks_left)
        if marks_left:
            raise ValueError(f"There are {marks_left} places fewer to mark than marks wanted.")

    def _add_run(self, number: int, code: str, first_day: date, capacity: int) -> list[tuple[int, date]]:
        run = self.draft.add(
            "run", code=f"RUN-{number + 1:04d}", version_id=self.versions[code], state=RunState.SCHEDULED,
            minimum_places=6, note="", created_at=self.draft.since,
        )  # fmt: skip
        sessions = []
        for index, component in enumerate(self.components[code]):
            held_on = first_day + timedelta(weeks=index)
            session = self.draft.add(
                "training_session", run_id=run, component_id=component, component_number=index + 1,
                mode=Mode.VIRTUAL, link="https://meet.example/room",
                trainer_id=self.trainers[number % len(self.trainers)], capacity=capacity,
            )  # fmt: skip
            starts_at = clock.london_time(held_on, time(9, 30))
            ends_at = clock.london_time(held_on, time(16, 30))
            self.draft.fact(
                "session_date", session_id=session, held_on=held_on, starts_at=starts_at, ends_at=ends_at
            )
            sessions.append((session, held_on))
        return sessions

    def _book(
        self, run: int, places: int, sessions: list[tuple[int, date]], capacity: int, at: datetime
    ) -> list[int]:
        """Book so many different people; who was confirmed. Four in a hundred have cancelled since."""
        confirmed: list[int] = []
        for person in self.random.sample(self.workforce.people, places):
            state = BookingState.CONFIRMED if len(confirmed) < capacity else BookingState.WAITLISTED
            has_place = state is BookingState.CONFIRMED
            is_cancelled = has_place and self.random.random() < 0.04
            booking = self.draft.add(
                "booking", reference=f"B{run:04d}-{person:06d}", run_id=run, person_id=person,
                state=BookingState.CANCELLED if is_cancelled else state, queued_at=at, created_at=at,
                confirmed_at=at if has_place else None,
            )  # fmt: skip
            self._note_move(booking, None, state, at)
            if is_cancelled:
                self._note_move(booking, state, BookingState.CANCELLED, at + timedelta(days=1))
            elif has_place:
                confirmed.append(person)
                for session, _ in sessions:
                    self.draft.add(
                        "seat", booking_id=booking, session_id=session, number=len(confirmed), taken_at=at
                    )
        return confirmed

    def _note_move(self, booking: int, was: BookingState | None, to: BookingState, at: datetime) -> None:
        self.draft.add("booking_move", booking_id=booking, from_state=was, to_state=to, at=at, by_name=BY)

    # --- Marks -----------------------------------------------------------------------------------------

    def _mark(self, code: str, sessions: list[tuple[int, date]], people: list[int], most: int) -> int:
        """Mark a run's registers, in at most so many rows; how many. Two in a hundred are corrected."""
        made = 0
        for index, (session, held_on) in enumerate(sessions):
            at = clock.london_time(held_on, time(17))
            about = {
                "session_id": session, "version_id": self.versions[code], "component": index + 1,
                "held_on": held_on, "opens_on": opens_on(held_on, CATCH_UP_MONTHS),
            }  # fmt: skip
            for person in people:
                if made == most:
                    return made
                known_at = at
                if self.random.random() < 0.02 and made + 2 <= most:
                    known_at = at + timedelta(days=self.random.randrange(1, 20))
                    wrong = MarkStatus.ABSENT_NO_NOTICE
                    self._add_mark(wrong, at, known_at, person_id=person, **about)
                    made += 1
                self._add_mark(self._status(), known_at, None, person_id=person, **about)
                made += 1
        return made

    def _status(self) -> MarkStatus:
        drawn = self.random.random()
        if drawn < 0.9:
            return MarkStatus.ATTENDED
        return MarkStatus.ABSENT_APOLOGIES if drawn < 0.97 else MarkStatus.ABSENT_NO_NOTICE

    def _add_mark(self, status: MarkStatus, at: datetime, until: datetime | None, **about: Any) -> None:
        self.draft.add(
            "mark", status=status, counts=status is MarkStatus.ATTENDED, **about,
            recorded_at=at, recorded_by=BY, entered_at=at,
            superseded_at=until, superseded_by=BY if until else None,
        )  # fmt: skip

    # --- Targets ---------------------------------------------------------------------------------------

    def _add_targets(self) -> None:
        """Two coverages, one more with a percentage, a cohort, and two counts of people trained."""
        employees = (EmploymentType.EMPLOYEE,)
        practitioners = self._population("practitioners", PRACTITIONERS, employees)
        staff = self._population("staff", (), (*employees, EmploymentType.AGENCY))
        add = self._add_target
        add("two-coverage", TargetKind.COVERAGE, "TWO-A", population_id=practitioners)
        add("five-coverage", TargetKind.COVERAGE, "FIVE-A", population_id=practitioners)
        add("staff-coverage", TargetKind.COVERAGE, "TWO-B", percent=80, population_id=staff)
        add("cohort", TargetKind.COHORT, None, percent=80, cohort_id=self._cohort())
        add("five-trained", TargetKind.PEOPLE_TRAINED, "FIVE-B", least=150)
        add("workshop-trained", TargetKind.PEOPLE_TRAINED, "WORKSHOP", least=20)

    def _population(self, code: str, roles: tuple[str, ...], kinds: tuple[EmploymentType, ...]) -> int:
        name = f"All {code} in post"
        population = self.draft.add("population", code=code, name=name, folded_name=folded(name))
        rule = self.draft.fact("population_rule", population_id=population)
        for role in roles:
            role_group = self.workforce.roles[role]
            self.draft.add("population_item", rule_id=rule, role_group_id=role_group, employment_type=None)
        for kind in kinds:
            self.draft.add("population_item", rule_id=rule, role_group_id=None, employment_type=kind)
        return population

    def _cohort(self) -> int:
        cohort = self.draft.add(
            "cohort", code="cohort", name="New starters", folded_name="new starters",
            created_at=self.draft.since,
        )  # fmt: skip
        causes = {"new starter": "TWO-A", "needs upskilling": "FIVE-A"}
        for cause, code in causes.items():
            course = self.courses[code]
            self.draft.fact("cohort_requirement", cohort_id=cohort, cause=cause, course_id=course)
        for person in self.random.sample(self.workforce.people, self.size.people // 9):
            has_left = self.random.random() < 0.05
            self.draft.fact(
                "membership", cohort_id=cohort, person_id=person, joined_on=self._days_ago(400),
                left_on=self._days_ago(100) if has_left else None, left_cause="moved" if has_left else None,
                cause=self.random.choice(list(causes)),
            )  # fmt: skip
        return cohort

    def _add_target(
        self,
        code: str,
        kind: TargetKind,
        course: str | None,
        *,
        percent: int | None = None,
        least: int | None = None,
        population_id: int | None = None,
        cohort_id: int | None = None,
    ) -> None:
        target = self.draft.add(
            "target", code=code, title=f"Target {code}", kind=kind, programme_id=self.programme,
            population_id=population_id, cohort_id=cohort_id, created_at=self.draft.since,
        )  # fmt: skip
        self.draft.fact(
            "target_rule", target_id=target, number=1, course_id=self.courses[course] if course else None,
            minimum_percent=Decimal(percent) if percent else None, minimum_count=least,
            deadline=self._days_ago(-DEADLINE_IN),
        )  # fmt: skip

    # --- Accounts --------------------------------------------------------------------------------------

    def _add_accounts(self) -> None:
        """Practitioners with accounts, and one account for each role that needs no person."""
        for person in self.workforce.in_post[: self.size.accounts]:
            self._add_account(Role.PRACTITIONER, f"practitioner{person}", person)
        for role in Role:
            if role not in {Role.PRACTITIONER, Role.LINE_MANAGER, Role.PARTNER}:
                self._add_account(role, str(role), None)

    def _add_account(self, role: Role, name: str, person: int | None) -> None:
        user = self.draft.add(
            "user", email=f"{name}@council.example", name=name, active=True,
            fs_uniquifier=f"{self.random.getrandbits(120):x}", person_id=person, created_at=self.draft.since,
        )  # fmt: skip
        self.draft.add(
            "role_grant", has_id=False, user_id=user, role=role, granted_at=self.draft.since, granted_by=BY
        )
