"""Figures and forecasts read word for word from Part 4, on plain records and with plain loops. Slow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from math import ceil
from typing import Any

from app.core import clock
from app.people.models import ALWAYS
from tests.figures.desk import TODAY
from tests.figures.doubt import is_in_doubt
from tests.figures.plain import (
    Asked,
    Counts,
    Lesson,
    Listed,
    Place,
    Post,
    Sitting,
    forecast,
    months_after,
    share,
    shown,
    together,
)
from tests.figures.seats import usable

NEWCOMER_DAYS = 90
OUTSTANDING_DAYS = 92
HOLDS_A_SEAT = ("requested", "offered", "confirmed")


class Paper:
    """What had been said by an instant, what had happened at the desk by the end of the day, and so on."""

    def __init__(
        self, lessons: dict[int, Lesson], events: Iterable[Any], on: date, at: datetime | None, end: datetime
    ) -> None:
        self.lessons, self.on = lessons, on
        known_on = TODAY if at is None else clock.day_of(at)
        # Once the day itself is over nobody can be booked on it any more, nor by a deadline that it is.
        self.looked_at_on = on + timedelta(days=1) if known_on > on else on
        self.posts: dict[int, list[Post]] = {}
        self.services: dict[int, list[tuple[date, str]]] = {}  # of a team: from when it is in which
        self.listed: dict[int, list[Listed]] = {}
        self.away: dict[int, list[tuple[date, date | None]]] = {}
        self.marks: dict[tuple[int, int], tuple[date, bool]] = {}
        self.past: set[tuple[int, int, date]] = set()
        self.sittings: dict[int, Sitting] = {}
        self.places: dict[int, Place] = {}
        self.runs: set[int] = set()
        self.goes_on: dict[int, int] = {}  # of a record that was merged, as was known, which one goes on
        for event in events:
            is_known = at is None or event.at <= at
            if event.verb in {"run", "run cancelled", "booked", "became"}:
                is_known = is_known and event.at <= end
            if is_known:
                getattr(self, f"_hear_{event.verb.replace(' ', '_')}")(*event.about)

    # --- What is said ----------------------------------------------------------------------------------

    def _hear_posts(self, person: int, posts: Sequence[Post]) -> None:
        self.posts[person] = list(posts)

    def _hear_team(self, team: int, since: date, service: str) -> None:
        """What is said of later days stays, unless the team always was in this service."""
        said = {} if since == ALWAYS else dict(self.services[team])
        moves = sorted({**said, since: service}.items())
        before = [None, *(one for _, one in moves)]
        self.services[team] = [one for one, last in zip(moves, before, strict=False) if one[1] != last]

    def _hear_listed(self, person: int, listed: Sequence[Listed]) -> None:
        self.listed[person] = list(listed)

    def _hear_away(self, person: int, first: date, last: date | None) -> None:
        self.away.setdefault(person, []).append((first, last))

    def _hear_mark(self, person: int, session: int, held_on: date, is_there: bool | None) -> None:
        self.marks.pop((person, session), None)
        if is_there is not None:
            self.marks[person, session] = (held_on, is_there)

    def _hear_past(self, person: int, course: int, on: date) -> None:
        self.past.add((person, course, on))

    def _hear_session(self, session: int, sitting: Sitting) -> None:
        self.sittings[session] = Sitting(**vars(sitting))

    def _hear_moved(self, session: int, held_on: date) -> None:
        self.sittings[session].held_on = held_on

    def _hear_run(self, run: int) -> None:
        self.runs.add(run)

    def _hear_run_cancelled(self, run: int) -> None:
        self.runs.discard(run)

    def _hear_booked(self, booking: int, person: int, sessions: Sequence[int]) -> None:
        self.places[booking] = Place(person, sessions, "")

    def _hear_became(self, booking: int, state: str) -> None:
        self.places[booking].state = state

    def _hear_merge(self, survivor: int, merged: int) -> None:
        self.goes_on[merged] = survivor
        self.posts.setdefault(survivor, []).extend(self.posts.pop(merged, []))
        self.away.setdefault(survivor, []).extend(self.away.pop(merged, []))
        self.past = {(survivor if one == merged else one, *rest) for one, *rest in self.past}  # type: ignore[misc]
        for (person, session), mark in list(self.marks.items()):
            if person == merged:
                del self.marks[person, session]
                own = self.marks.get((survivor, session))
                self.marks[survivor, session] = mark if own is None or not own[1] else own
        both = [*self.listed.get(survivor, []), *self.listed.pop(merged, [])]
        self.listed[survivor] = together(sorted(both, key=lambda one: one.joined))

    def _who(self, person: int) -> int:
        """A place is that of the record which it was on, as was known."""
        while person in self.goes_on:
            person = self.goes_on[person]
        return person

    # --- Completion (4.3) ------------------------------------------------------------------------------

    def closings(
        self, person: int, course: int, more: Sequence[int] = (), *, by_marks: bool = False
    ) -> set[date]:
        """Every day on which this person closed this course, if they attend these sessions as well."""
        found = set(self._sets(person, course, more))
        if not by_marks:
            for other in (course, self.lessons[course].stands_in):
                if other is not None:
                    found |= set(self._sets(person, other, more))
                    past = {on for who, of, on in self.past if (who, of) == (person, other)}
                    found |= {on for on in past if on <= self.on}
        return found

    def _sets(self, person: int, course: int, more: Sequence[int]) -> Iterator[date]:
        lesson = self.lessons[course]
        attended = [(held_on, session) for (who, session), (held_on, is_there) in self.marks.items()
                    if who == person and is_there and held_on <= self.on]  # fmt: skip
        attended += [(self.sittings[session].held_on, session) for session in more]
        days = [
            [held_on for held_on, session in attended
             if self.sittings[session].course == course and self.sittings[session].component == number]
            for number in range(1, lesson.components + 1)
        ]  # fmt: skip
        for chosen in product(*days):
            is_in_time = lesson.window is None or min(chosen) >= months_after(max(chosen), -lesson.window)
            if is_in_time and (not lesson.is_in_order or list(chosen) == sorted(chosen)):
                yield max(chosen)

    def is_complete(
        self, person: int, course: int, more: Sequence[int], *, by_marks: bool, has_validity: bool
    ) -> bool:
        days = [day for day in self.closings(person, course, more, by_marks=by_marks) if day <= self.on]
        return bool(days) and (not has_validity or self._is_valid(course, max(days)))

    def _is_valid(self, course: int, day: date) -> bool:
        validity = self.lessons[course].validity
        return validity is None or self.on <= months_after(day, validity)

    # --- Who is in the denominator (4.6) -----------------------------------------------------------------

    def post(self, person: int) -> Post | None:
        """The post of the day: of a merged record's the own one first."""
        return next((post for post in self.posts.get(person, []) if post.covers(self.on)), None)

    def service(self, team: int) -> str:
        """The service that a team belongs to on the day."""
        return [service for since, service in self.services[team] if since <= self.on][-1]

    def in_post(self, kinds: Iterable[str], asked: Asked) -> list[int]:
        return [
            person
            for person in self.posts
            if (post := self.post(person))
            and post.kind in kinds
            and post.role == asked.role
            and asked.service in ("", self.service(post.team))
        ]

    def members(self) -> dict[int, str]:
        """Who stands on the list, and for which cause; whose employment has ended does not."""
        found = {}
        for person, times in self.listed.items():
            has_left = any(post.last and post.last < self.on for post in self.posts.get(person, []))
            for one in times:
                if one.covers(self.on) and (self.post(person) or not has_left):
                    found[person] = one.cause
        return found

    def is_away(self, person: int) -> bool:
        begun = [post.employed_from for post in self.posts.get(person, []) if post.covers(self.on)]
        return any(
            first <= self.on and (last is None or self.on <= last) and any(day <= first for day in begun)
            for first, last in self.away.get(person, [])
        )

    def is_new(self, person: int) -> bool:
        post = self.post(person)
        return post is not None and self.on - post.employed_from < timedelta(days=NEWCOMER_DAYS)

    # --- What is ahead (4.11) ----------------------------------------------------------------------------

    def planned(self, person: int) -> list[int]:
        """The sessions to come for which somebody has a confirmed place."""
        return [one for one in self.confirmed(person) if self.sittings[one].held_on > self.on]

    def outstanding(self, person: int) -> list[int]:
        """The sessions held lately for which somebody had a place and is not marked at all."""
        return [
            one
            for one in self.confirmed(person)
            if self.on - timedelta(days=OUTSTANDING_DAYS) < self.sittings[one].held_on <= self.on
            and (person, one) not in self.marks
        ]

    def confirmed(self, person: int) -> list[int]:
        return [
            session
            for place in self.places.values()
            if self._who(place.person) == person and place.state == "confirmed"
            for session in place.sessions
            if self.sittings[session].run in self.runs
        ]

    def free(self, course: int, last: date, *, whole: bool = True) -> int:
        """The places in runs that begin after the day and end by the last; or, not whole, begin by it."""
        total = 0
        for run in self.runs:
            sessions = [number for number, one in self.sittings.items()
                        if one.run == run and one.course == course]  # fmt: skip
            days = [self.sittings[one].held_on for one in sessions]
            if days and min(days) > self.on and (max(days) if whole else min(days)) <= last:
                total += min(self.sittings[one].capacity - self.taken(one) for one in sessions)
        return total

    def taken(self, session: int) -> int:
        return sum(session in one.sessions and one.state in HOLDS_A_SEAT for one in self.places.values())

    # --- The figure --------------------------------------------------------------------------------------

    def scope(self, asked: Asked) -> dict[int, frozenset[int]]:
        """Who is counted, and what each needs."""
        if asked.kind == "coverage":
            return {one: asked.needs("") for one in self.in_post(asked.kinds, asked)}
        if asked.kind == "cohort":
            return {one: asked.needs(cause) for one, cause in self.members().items()}
        everybody = {person for person, _ in self.marks} | {self._who(p.person) for p in self.places.values()}
        return {one: asked.needs("") for one in everybody}

    def count(self, asked: Asked, last: date, *, unmarked: str = "booked") -> Counts:
        """Of those in scope; with `unmarked` "came" or "stayed away" as though whoever is not marked yet
        had."""
        found = Counts()
        for person, needed in self.scope(asked).items():
            there = self.outstanding(person) if unmarked == "came" else []
            held = self.outstanding(person) if unmarked == "booked" else []
            if self._has_all(asked, person, needed, there):
                found.complete += 1
                continue
            missing = [one for one in needed if not self._has(asked, person, one, there)]
            to_come = {one: self._days_to_come(asked, person, one, there, held, last) for one in missing}
            found.booked += bool(needed) and all(any(d <= last for d in days) for days in to_come.values())
            found.ever += bool(needed) and all(to_come.values())
            if not all(any(d <= last for d in days) for days in to_come.values()):
                open_ones = [one for one, days in to_come.items() if not any(d <= last for d in days)]
                found.lacking[person] = frozenset(open_ones)
        return found

    def _has_all(self, asked: Asked, person: int, needed: Iterable[int], more: Sequence[int]) -> bool:
        return bool(needed) and all(self._has(asked, person, one, more) for one in needed)

    def _has(self, asked: Asked, person: int, course: int, more: Sequence[int]) -> bool:
        is_flow, is_stock = asked.kind == "people_trained", asked.kind == "coverage"
        return self.is_complete(person, course, more, by_marks=is_flow, has_validity=is_stock)

    def _days_to_come(
        self, asked: Asked, person: int, course: int, there: Sequence[int], held: Sequence[int], last: date
    ) -> list[date]:
        """The days on which somebody who lacks a course closes a set of it by their places. Until the last
        day that may be one that was held, where a register is not marked."""
        by_marks = asked.kind == "people_trained"

        def days(*more: int) -> list[date]:
            closed = self.closings(person, course, [*there, *more], by_marks=by_marks)
            return [day for day in closed if day > self.on or (day not in known and is_valid(day))]

        def is_valid(day: date) -> bool:
            return asked.kind != "coverage" or self._is_valid(course, day)

        known = self.closings(person, course, there, by_marks=by_marks)
        found = days(*held, *self.planned(person))
        if self.on > last and min(found, default=date.max) <= self.on:
            return days(*self.planned(person))  # whoever was there in time is not to complete later by that
        return found

    def figure(self, asked: Asked, until: date | None = None) -> dict[str, Any]:
        """All that is to be compared of a figure."""
        last = min(until or date.max, asked.deadline or date.max)  # after the deadline nothing counts
        if asked.kind == "reach":
            return self._reach(asked, last)
        scope, counts = self.scope(asked), self.count(asked, last)
        people = None if asked.kind == "people_trained" else len(scope)
        needed = asked.count if people is None else ceil(share(asked) * people)
        assert needed is not None
        free = usable(self, asked, counts, last)
        found = {
            "numerator": counts.complete,
            "denominator": people,
            "required": None if people == 0 else needed,  # nothing is required of nobody
            "met": None if people == 0 else counts.complete >= needed,
            "shown": shown(counts.complete, people, asked.percent),
            "after_deadline": counts.ever - counts.booked,
        }
        ahead = forecast(asked, needed, people, counts, free)
        colour = self._colour(asked, ahead, needed, people, last)
        others = [
            forecast(asked, needed, people, self.count(asked, last, unmarked=how), free)
            for how in ("came", "stayed away")
        ]
        is_other = any(self._colour(asked, other, needed, people, last) != colour for other in others)
        ahead |= {"colour": colour, "provisional": None if colour == "no_data" else is_other}
        if people is not None:
            found |= self._second_lines(asked, scope)
        return found | self._while_it_is_ahead(ahead, last, people)

    def _while_it_is_ahead(self, ahead: dict[str, Any], last: date, people: int | None) -> dict[str, Any]:
        """After the last day nothing is forecast, nor of nobody: what is left is the colour."""
        if self.looked_at_on <= last and people != 0:
            return ahead
        return {"forecast": None} | {name: ahead[name] for name in ("colour", "provisional")}

    def _reach(self, asked: Asked, last: date) -> dict[str, Any]:
        """Who attended any session of the course; of the others who is booked for one by the last day."""
        (course,) = asked.all_courses()
        scope = set(self.in_post(asked.kinds, asked)) if asked.kinds else None

        def are_there(sessions: dict[int, list[int]], until: date) -> set[int]:
            return {
                person
                for person, theirs in sessions.items()
                if any(
                    self.sittings[one].course == course and self.sittings[one].held_on <= until
                    for one in theirs
                )
                and (scope is None or person in scope)
            }

        attended: dict[int, list[int]] = {}
        for (person, session), (held_on, is_there) in self.marks.items():
            if is_there and held_on <= self.on:
                attended.setdefault(person, []).append(session)
        booked = {self._who(one.person) for one in self.places.values()}
        reached = are_there(attended, date.max)
        ahead = are_there({one: self.planned(one) for one in booked}, last) - reached
        held = {one: self.outstanding(one) for one in booked if self.on <= last}
        held_by = are_there(held, last) - reached
        unmarked = are_there({one: self.outstanding(one) for one in booked}, self.on) - reached
        free = self.free(course, last, whole=False)
        needed, people = asked.count, None if scope is None else len(scope)
        assert needed is not None
        found = forecast(asked, needed, people, Counts(len(reached), len(ahead | held_by)), free)
        colour = self._colour(asked, found, needed, people, last)
        all_came = Counts(len(reached | unmarked), len(ahead - unmarked))
        others = [
            self._colour(asked, forecast(asked, needed, people, one, free), needed, people, last)
            for one in (all_came, Counts(len(reached), len(ahead)))
        ]
        is_other = any(other != colour for other in others)
        found |= {"colour": colour, "provisional": None if colour == "no_data" else is_other}
        return self._while_it_is_ahead(found, last, people) | {
            "numerator": len(reached),
            "denominator": None,
            "required": needed,
            "met": len(reached) >= needed,
            "shown": str(len(reached)),
        }

    def _second_lines(self, asked: Asked, scope: dict[int, frozenset[int]]) -> dict[str, Any]:
        def done(people: Iterable[int]) -> int:
            return sum(self._has_all(asked, one, scope.get(one, asked.needs("")), ()) for one in people)

        away = [one for one in scope if self.is_away(one)]
        found = {"away": len(away), "away_done": done(away), "newcomers": None, "beside": []}
        found["flagged"] = sum(is_in_doubt(self, one, asked) for one in scope)
        if asked.kind == "coverage":
            found["newcomers"] = sum(self.is_new(one) for one in scope)
            found["beside"] = [
                (done(others), len(others))
                for kind in ("agency", "contracted")
                if kind not in asked.kinds and (others := self.in_post([kind], asked))
            ]
        return found

    def _colour(
        self, asked: Asked, ahead: dict[str, Any], needed: int, people: int | None, last: date
    ) -> str:
        """The rules of 4.12 in their order. What was learnt before there were registers is data as well."""
        courses = asked.all_courses()
        is_marked = any(self.sittings[session].course in courses and held_on <= self.on
                        for (_, session), (held_on, _) in self.marks.items())  # fmt: skip
        if people == 0 or not (is_marked or ahead["complete"]):
            return "no_data"
        if ahead["complete"] >= needed:
            return "met"
        if self.looked_at_on > last:
            return "missed"
        if ahead["likely"] >= needed:
            return "green"
        return "amber" if max(ahead["best"], ahead["ceiling"]) >= needed else "red"
