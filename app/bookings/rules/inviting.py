"""Inviting people to book, many at once, and booking many at once. (AM-08, MA-02, LM-05)"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from app.audit import rules as audit
from app.bookings import emails, queries
from app.bookings.models import Booking, Invitation
from app.bookings.rules.eligibility import ANYWAY, books_anyone, check_is_open
from app.bookings.rules.locks import lock_run_for
from app.bookings.rules.places import book
from app.core import clock, tokens
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken, check_all
from app.core.filters import day, listed, plural
from app.core.permissions import Role
from app.outbox import rules as outbox
from app.people.models import Person
from app.programmes.models import Course
from app.sessions.models import Run

PURPOSE = "invitation"
INVITE = "invite"
_THE_OTHERS_WAIT = "Whoever finds no place left joins the waiting list."
ONE_BY_ONE = "To book it anyway, book them alone from the run’s page of places, with a reason."


News = tuple[str, str]  # a sentence, and its tone


@dataclass
class Invited:
    """What became of a press of the button: who was written to, who was invited already and on which days,
    and who has no e-mail address."""

    written_to: list[Person] = field(default_factory=list)
    already: list[date] = field(default_factory=list)
    without_email: list[Person] = field(default_factory=list)

    @property
    def news(self) -> list[News]:
        """What to tell who pressed: each sentence with its tone."""
        found: list[News] = []
        if self.written_to:
            invited = plural(len(self.written_to), "person", "people")
            found.append((f"{invited} invited by e-mail.", "message"))
        if self.already:
            found.append((self._already_in_words, "message" if self.written_to else "warning"))
        if self.without_email:
            names = listed(person.name for person in self.without_email)
            found.append((f"Without an e-mail address, so not invited: {names}.", "warning"))
        return found

    @property
    def _already_in_words(self) -> str:
        """ "Everyone chosen was invited already, on 3 March 2022", and what to do to write again."""
        is_everyone = not (self.written_to or self.without_email)
        who = "Everyone chosen was" if is_everyone else plural(len(self.already), "person was", "people were")
        first, last = min(self.already), max(self.already)
        when = f"on {day(first)}" if first == last else f"between {day(first)} and {day(last)}"
        return f"{who} invited already, {when}. To write to somebody again, tick them by name."


def invite(
    *,
    course: Course,
    runs: Sequence[Run],
    people: Sequence[Person],
    batch: str,
    by: Actor,
    now: datetime,
    is_again: bool = True,
) -> Invited:
    """Write one e-mail to each of these people, with a link by which they book one of the runs (AM-08).

    Each is written to alone, so nobody learns who else is. Pressing twice, which is the same `batch`, invites
    nobody twice; unless `is_again`, who was invited to all of these runs before is left out as well. People
    who have no e-mail address are returned apart.
    """
    _check_can_invite(course, runs, people, by=by, now=now)
    invited = _to_invite(course, runs, people, batch=batch, is_again=is_again)
    for person in invited.written_to:
        _write_to(person, course, runs, batch, by=by, now=now)
    if invited.written_to:
        audit.record(
            by=by,
            verb="course:people invited",
            thing=course,
            now=now,
            changes={
                "Runs": (None, ", ".join(run.code for run in runs)),
                "People": (None, len(invited.written_to)),
            },
        )
    return invited


def _to_invite(
    course: Course, runs: Sequence[Run], people: Sequence[Person], *, batch: str, is_again: bool
) -> Invited:
    """Who of these people is to be written to, and who is not."""
    ids = [one.id for one in people if one.email]
    already = set(db.session.scalars(queries.invited_in(batch)))
    if not is_again:
        already |= set(db.session.scalars(queries.invited_to(runs, ids)))
    last = queries.last_invitations(course.id, already.intersection(ids))
    return Invited(
        written_to=[one for one in people if one.email and one.id not in already],
        already=[clock.day_of(at) for at in last.values()],
        without_email=[one for one in people if not one.email],
    )


@dataclass(frozen=True)
class Question:
    """What is asked before many are invited or booked, and what to know of it: "Invite 98 people to 2 runs
    with 25 places?", as 2 have no e-mail address."""

    words: str
    news: Sequence[str]


def asked_before(
    how: str,
    *,
    course: Course,
    runs: Sequence[Run],
    people: Sequence[Person],
    left: Mapping[int, int],
    batch: str,
    is_again: bool,
) -> Question | None:
    """The question before `invite_or_book`; none where nobody would be written to. `left` are the places of
    each run, by its id."""
    check_chosen(how, runs=runs, people=people)
    places = sum(left[run.id] for run in runs)
    if how != INVITE:
        count = plural(len(people), "person", "people")
        words = f"Book {count} onto {runs[0].code}, with {plural(places, 'place')} left?"
        return Question(words, [_THE_OTHERS_WAIT] if len(people) > places else [])
    invited = _to_invite(course, runs, people, batch=batch, is_again=is_again)
    if not invited.written_to:
        return None
    count = plural(len(invited.written_to), "person", "people")
    words = f"Invite {count} to {plural(len(runs), 'run')} with {plural(places, 'place')}?"
    return Question(words, [news for news, _tone in invited.news[1:]])


def invite_or_book(
    how: str,
    *,
    course: Course,
    runs: Sequence[Run],
    people: Sequence[Person],
    batch: str,
    is_again: bool,
    by: Actor,
    now: datetime,
) -> list[News]:
    """What the academy does with people who have not booked: `invite` them, or `book` them on the one run.

    Returns what came of it, each sentence with its tone.
    """
    if how == INVITE:
        return invite(
            course=course, runs=runs, people=people, batch=batch, by=by, now=now, is_again=is_again
        ).news
    check_chosen(how, runs=runs, people=people)
    return book_many(run=runs[0], people=people, by=by, now=now).news


def check_chosen(how: str, *, runs: Sequence[Run], people: Collection[object]) -> None:
    """Somebody is chosen, and a run; one alone where they are booked."""
    check_all(partial(_check_people, people), partial(_check_runs, how, runs))


def _check_people(people: Collection[object]) -> None:
    if not people:
        raise RuleBroken("Choose at least one person", field="people")


def _check_runs(how: str, runs: Sequence[Run]) -> None:
    if not runs:
        raise RuleBroken("Choose at least one run that they can book", field="runs")
    if how != INVITE and len(runs) != 1:
        raise RuleBroken("Choose one run to book them on", field="runs")


def _check_can_invite(
    course: Course, runs: Sequence[Run], people: Sequence[Person], *, by: Actor, now: datetime
) -> None:
    if not books_anyone(by):
        raise NotAllowed("Only the academy can invite people to book.")
    check_chosen(INVITE, runs=runs, people=people)
    for run in runs:
        if run.version.course_id != course.id:
            raise RuleBroken("Choose runs of this course", field="runs")
        check_is_open(run, run.sessions, by=by, now=now)


def _write_to(
    person: Person, course: Course, runs: Sequence[Run], batch: str, *, by: Actor, now: datetime
) -> None:
    assert person.email is not None
    invitation = Invitation(
        batch=batch, person=person, course=course, runs=list(runs), invited_at=now, invited_by=by.name
    )
    db.session.add(invitation)
    db.session.flush()
    token = tokens.make(PURPOSE, invitation.id, to=person.email)
    outbox.enqueue(
        key=f"invitation:{invitation.id}",
        kind="invitation",
        to_address=person.email,
        to_name=person.name,
        email=emails.invitation(invitation, token),
        now=now,
        about=invitation,
        useful_until=max(run.first_session.starts_at for run in runs),
        secret=token,
    )


def by_invitation(invitation: Invitation) -> Actor:
    """Whoever holds the link of an invitation acts for the invited person, and for nobody else."""
    person = invitation.person
    return Actor(name=f"{person.name} (by invitation)", person_id=person.id, roles=frozenset({Role.PARTNER}))


@dataclass
class Booked:
    """What became of booking many at once: their bookings, and why some could not be booked."""

    bookings: list[Booking] = field(default_factory=list)
    refused: list[tuple[Person, str]] = field(default_factory=list)

    @property
    def news(self) -> list[News]:
        """How many have a place or wait, and a sentence for each who could not be booked."""
        confirmed = sum(booking.state.holds_seats for booking in self.bookings)
        waiting = len(self.bookings) - confirmed
        parts = [f"{plural(confirmed, 'person has', 'people have')} a place"]
        if waiting:
            parts.append(f"{plural(waiting, 'person is', 'people are')} on the waiting list")
        news: list[News] = (
            [(f"{' and '.join(parts)}. Each is told by e-mail.", "message")] if self.bookings else []
        )
        return news + [(f"{person.name} was not booked. {why}", "warning") for person, why in self.refused]


def book_many(*, run: Run, people: Sequence[Person], by: Actor, now: datetime) -> Booked:
    """Book each of these people onto a run, in the order given. Somebody who can't be booked stops nobody
    else.

    A line manager books the own team (LM-05), the academy anybody. Each is told, as if booked alone. A reason
    to book somebody against what a check says is about one person, so the academy books them alone.
    """
    _check_people(people)
    booked = Booked()
    lock_run_for(run, *people)
    for person in people:
        try:
            with db.session.begin_nested():  # the database itself may refuse a booking, half made
                booked.bookings.append(book(run=run, person=person, by=by, now=now))
        except RuleBroken as refusal:
            booked.refused.append((person, refusal.message.replace(ANYWAY, ONE_BY_ONE)))
    return booked
