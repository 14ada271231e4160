"""Building a cohort, and keeping its list: who joined, who left, and why."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row, record, save_unique, supersede
from app.core.editions import Values
from app.core.errors import RuleBroken, check_all
from app.core.filters import day, first_listed, plural
from app.figures import queries
from app.figures.models import EXEMPT, Cohort, CohortRequirement, Membership, StatedSize
from app.figures.rules.codes import (
    checked_code,
    checked_name,
    checked_reason,
    checked_title,
    title_taken,
)
from app.figures.rules.locks import lock_live
from app.people.models import Person
from app.people.rules import check_names_nobody
from app.programmes.models import Course
from app.programmes.rules import code_taken

Requirements = Mapping[str, Sequence[Course]]

LEAVING_CAUSES = ("left the council", "changed role", EXEMPT, "duplicate", "no longer needs it")
MOST_LINES = 2000
MOST_NAMES = 20  # in one sentence
WITHDRAWN = "cohort:entry withdrawn"


@dataclass
class Added:
    """What became of a pasted list: who was added, who was on the list already, which lines match nobody, and
    who had left by the day, with their last day. `to_put_right` are the lines of the latter two."""

    added: list[Person] = field(default_factory=list)
    already: list[Membership] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    gone: list[tuple[Person, date]] = field(default_factory=list)
    to_put_right: list[str] = field(default_factory=list)


def add_cohort(
    *,
    code: str,
    name: str,
    requirements: Requirements,
    by: Actor,
    now: datetime,
    stated_members: int | None = None,
    is_stated_approximately: bool = False,
) -> Cohort:
    """Set up a cohort: `requirements` says which courses each cause for joining needs (T06)."""
    code = checked_code(code, "sos-new-and-upskill")
    name = _checked_cohort_name(name)
    requirements = _checked_requirements(requirements)
    if db.session.scalars(queries.cohort_coded(code)).first():
        raise code_taken(code)
    cohort = Cohort(
        code=code,
        name=name,
        created_at=now,
    )
    taken_by = {"folded_name": title_taken(name, "cohort")}
    save_unique(cohort, taken=code_taken(code), taken_by=taken_by)
    for cause, course in _pairs(requirements):
        record(CohortRequirement(cohort_id=cohort.id, cause=cause, course=course), by=by.name, now=now)
    _state(cohort, stated_members, is_stated_approximately, by=by, now=now)
    db.session.flush()
    db.session.expire(cohort, ["requirements", "stated"])
    words = queries.requirements_in_words(cohort.requirements)
    audit.record(by=by, verb="cohort:added", thing=cohort, now=now, changes={"Required": (None, words)})
    return cohort


def change_cohort(
    *,
    cohort: Cohort,
    name: str,
    requirements: Requirements,
    by: Actor,
    now: datetime,
    stated_members: int | None = None,
    is_stated_approximately: bool = False,
    reason: str | None = None,
    seen: str | None = None,
) -> None:
    """Change a cohort. Other requirements need a reason; figures as known before read those of that time.
    `seen` is the edition that a page was made from (U-29)."""
    requirements = _checked_requirements(requirements)
    lock_row(Cohort, cohort.id)
    db.session.expire(cohort)
    audit.check_unchanged(thing=cohort, values=values_of_cohort(cohort), seen=seen, verb="cohort:changed")
    current = {(one.cause, one.course_id): one for one in cohort.requirements}
    wanted = {(cause, course.id): course for cause, course in _pairs(requirements)}
    words_before, why = queries.requirements_in_words(cohort.requirements), None
    if current.keys() != wanted.keys():
        why = checked_reason(reason, "why the rule changes")
        dropped = [current[key] for key in current.keys() - wanted.keys()]
        known_from = max((supersede(one, by=by.name, now=now) for one in dropped), default=now)
        for cause, course_id in sorted(wanted.keys() - current.keys()):
            row = CohortRequirement(cohort_id=cohort.id, cause=cause, course_id=course_id, reason=why)
            record(row, by=by.name, now=now, recorded_at=known_from)
        db.session.flush()
        db.session.expire(cohort, ["requirements"])
    name = _checked_cohort_name(name, cohort)
    changes = audit.differing(
        ("Name", cohort.name, name),
        *_state(cohort, stated_members, is_stated_approximately, by=by, now=now),
        ("Required", words_before, queries.requirements_in_words(cohort.requirements)),
    )
    cohort.name = name
    save_unique(cohort, taken=title_taken(name, "cohort"))
    if changes:
        audit.record(by=by, verb="cohort:changed", thing=cohort, now=now, changes=changes, reason=why)


def _state(
    cohort: Cohort, members: int | None, is_approximate: bool, *, by: Actor, now: datetime
) -> Sequence[tuple[str, object, object]]:
    """What a document says of how many there are, as of now; what it said before is known of that time.
    Returns what it was and is."""
    is_approximate = is_approximate and members is not None
    was = cohort.stated_members, cohort.is_stated_approximately
    changes = [("Stated number", was[0], members), ("Stated approximately", was[1], is_approximate)]
    if was == (members, is_approximate):
        return []
    known_from = supersede(cohort.stated, by=by.name, now=now) if cohort.stated else now
    if members is not None:
        row = StatedSize(cohort_id=cohort.id, members=members, is_approximate=is_approximate)
        record(row, by=by.name, now=now, recorded_at=known_from)
    db.session.flush()
    db.session.expire(cohort, ["stated"])
    return changes


def values_of_cohort(cohort: Cohort) -> Values:
    """What is saved of what a cohort's form changes, in words."""
    stated = str(cohort.stated_members or "")
    return [
        ("Name", cohort.name),
        ("What is required", queries.requirements_in_words(cohort.requirements)),
        ("Stated number", f"approximately {stated}" if cohort.is_stated_approximately else stated),
    ]


# --- The list ------------------------------------------------------------------------------------------


def join(
    *,
    cohort: Cohort,
    person: Person,
    joined_on: date,
    cause: str,
    by: Actor,
    now: datetime,
) -> Membership:
    """Somebody joins a cohort for a cause that it knows. Who is on the list already, on that day or a later
    one, is left as they are: nobody is on it twice on a day. Who had left by that day does not join."""
    cause = checked_cause(cohort, cause)
    lock_row(Cohort, cohort.id)
    known = db.session.scalars(queries.memberships_after(cohort, [person.id], joined_on)).first()
    if known is not None:
        until = f" until {day(known.left_on)}: they can join again on that day" if known.left_on else ""
        raise RuleBroken(
            f"{person.name} is already on the list, from {day(known.joined_on)}{until}.", field="people"
        )
    check_in_post([person], joined_on)
    membership = _add(cohort, person, joined_on, cause, by=by, now=now)
    audit.record(
        by=by,
        verb="cohort:joined",
        thing=cohort,
        now=now,
        changes={"Member": (None, person.name), "Joined on": (None, joined_on), "Cause": (None, cause)},
    )
    return membership


def add_people(*, cohort: Cohort, typed: str, joined_on: date, cause: str, by: Actor, now: datetime) -> Added:
    """Add everybody whom a pasted list names, one employee number or e-mail address on each line (AM-06).

    107 of 110 lines match: 107 people are added, and the 3 lines come back to be put right. So do the lines
    of people who had left by the day: no figure would count them.
    """
    cause = checked_cause(cohort, cause)
    lines = list(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))
    if not lines:
        raise RuleBroken("Paste at least one employee number or e-mail address", field="people")
    if len(lines) > MOST_LINES:
        raise RuleBroken(f"Paste at most {MOST_LINES:,} lines at once", field="people")
    found = _people_by_line(lines)
    lock_row(Cohort, cohort.id)
    ids = [person.id for person in found.values()]
    # the latest first, so that of somebody who is on the list twice from then on the earlier time is told
    known = {
        one.person_id: one for one in db.session.scalars(queries.memberships_after(cohort, ids, joined_on))
    }
    gone = dict(db.session.execute(queries.gone_by(set(ids) - known.keys(), joined_on)).tuples().all())
    result = Added(unmatched=[line for line in lines if line not in found], gone=list(gone.items()))
    result.to_put_right = [line for line in lines if line not in found or found[line] in gone]
    for person in {person.id: person for person in found.values()}.values():
        if person.id in known:
            result.already.append(known[person.id])
        elif person not in gone:
            _add(cohort, person, joined_on, cause, by=by, now=now)
            result.added.append(person)
    if result.added:
        count = f"{len(result.added)} joined on {joined_on.isoformat()}"
        audit.record(by=by, verb="cohort:people added", thing=cohort, now=now, changes={cause: (None, count)})
    return result


def leave(
    *,
    membership: Membership,
    left_on: date,
    cause: str,
    by: Actor,
    now: datetime,
    reason: str | None = None,
) -> Membership:
    """Somebody leaves a cohort: from `left_on` they count in neither half of its figure (4.6).

    Whoever is exempt has a reason: a figure is made better by it, and not by training anybody.
    """
    cause = checked_name(cause, "why they leave the list", field="cause")
    cohort = _cohort_of(membership)
    if membership.left_on is not None:
        raise RuleBroken("They have already left the list.")
    check_all(partial(_check_left_after, membership, left_on), partial(_check_exemption, cause, reason))
    supersede(membership, by=by.name, now=now)
    changed = Membership(
        cohort_id=membership.cohort_id,
        person_id=membership.person_id,
        joined_on=membership.joined_on,
        left_on=left_on,
        cause=membership.cause,
        left_cause=cause,
        reason=reason,
    )
    record(changed, by=by.name, now=now, recorded_at=membership.superseded_at)
    db.session.flush()
    changes = {"Member": (membership.person.name, None), "Left on": (None, left_on), "Cause": (None, cause)}
    audit.record(by=by, verb="cohort:left", thing=cohort, now=now, changes=changes, reason=reason)
    return changed


def _check_left_after(membership: Membership, left_on: date) -> None:
    if left_on <= membership.joined_on:
        raise RuleBroken(
            f"The day they leave must be after {day(membership.joined_on)}, when they joined. If they should "
            "never have been on the list, say that they were entered in error.",
            field="left_on",
        )


def _check_exemption(cause: str, reason: str | None) -> None:
    if cause == EXEMPT:
        checked_reason(reason, "why they are exempt")


def withdraw(*, membership: Membership, by: Actor, now: datetime, reason: str | None) -> None:
    """Somebody was put on the list in error: from now on nothing counts them, on any date.

    Why they were put on it stays with the entry; why they should not have been stands in the audit.
    """
    why = checked_reason(reason, "why they should not have been on the list")
    cohort = _cohort_of(membership)
    supersede(membership, by=by.name, now=now)
    audit.record(
        by=by,
        verb=WITHDRAWN,
        thing=cohort,
        now=now,
        changes={"Member": (membership.person.name, None), "Entry": (membership.id, None)},
        reason=why,
    )


def check_in_post(people: Sequence[Person], joined_on: date) -> None:
    """Nobody joins a cohort on a day by which they had left: no figure would count them."""
    gone = db.session.execute(queries.gone_by([person.id for person in people], joined_on)).tuples().all()
    if gone:
        raise RuleBroken(gone_in_words(gone, joined_on), field="joined_on")


def gone_in_words(gone: Sequence[tuple[Person, date]], joined_on: date) -> str:
    """ "1 person is not in post on 1 March 2022: Joy Okafor (last day 11 February 2022). ..." """
    who = plural(len(gone), "person is", "people are")
    first = [f"{person.name} (last day {day(last_day)})" for person, last_day in gone[:MOST_NAMES]]
    names = first_listed(first, len(gone), "other")
    return (
        f"{who} not in post on {day(joined_on)}: {names}. Choose a day on which they are, record their new "
        "post first, or leave them out."
    )


def checked_cause(cohort: Cohort, cause: str) -> str:
    """A cause for joining is one that the cohort requires a course for, in any capitals."""
    causes = causes_of(cohort)
    wanted = " ".join(cause.split()).lower()
    if wanted not in causes:
        raise RuleBroken(f"Cause must be one of: {', '.join(causes)}", field="cause")
    return wanted


def causes_of(cohort: Cohort) -> list[str]:
    """The causes for joining that a cohort knows."""
    return list(dict.fromkeys(requirement.cause for requirement in cohort.requirements))


# --- Parts of the above --------------------------------------------------------------------------------


def _add(
    cohort: Cohort,
    person: Person,
    joined_on: date,
    cause: str,
    *,
    by: Actor,
    now: datetime,
) -> Membership:
    membership = Membership(
        cohort_id=cohort.id, person_id=person.id, joined_on=joined_on, left_on=None, cause=cause
    )
    record(membership, by=by.name, now=now)
    taken = RuleBroken(f"{person.name} already joined on {day(joined_on)}.", field="joined_on")
    return save_unique(membership, taken=taken)


def _people_by_line(lines: Sequence[str]) -> dict[str, Person]:
    people = db.session.scalars(queries.people_known_by(lines)).all()
    by_number = {person.employee_number: person for person in people if person.employee_number}
    by_email = {person.email: person for person in people if person.email}
    matches = {line: by_number.get(line) or by_email.get(line.lower()) for line in lines}
    return {line: person for line, person in matches.items() if person is not None}


def _cohort_of(membership: Membership) -> Cohort:
    what = "this entry. Look at the list again."
    cohort: Cohort = lock_live(Cohort, membership.cohort_id, membership, what)
    return cohort


def _checked_cohort_name(name: str, cohort: Cohort | None = None) -> str:
    """Pages and the words of a target's rule tell cohorts apart by their names."""
    name = checked_title(name, "the cohort’s name")
    if db.session.scalar(queries.cohort_called(name)) not in (None, cohort):
        raise title_taken(name, "cohort")
    return name


def _checked_requirements(requirements: Requirements) -> dict[str, list[Course]]:
    checked: dict[str, list[Course]] = defaultdict(list)
    written: dict[str, str] = {}
    for cause, courses in requirements.items():
        cause = " ".join(cause.split())
        name = cause.lower()
        first = written.setdefault(name, cause)
        if cause != first:
            raise RuleBroken(
                f"“{first}” and “{cause}” are one cause: write it alike in each row, or call one of them "
                "something else",
                field="requirements",
            )
        if not re.fullmatch(r".{1,60}", name):
            raise RuleBroken("Each cause must have a name of 60 characters or fewer", field="requirements")
        check_names_nobody(name, field="requirements")
        checked[name].extend(course for course in courses if course not in checked[name])
    if not any(checked.values()):
        raise RuleBroken(
            "Say at least one cause for joining and the course that it needs", field="requirements.0.cause"
        )
    return {cause: courses for cause, courses in checked.items() if courses}


def _pairs(requirements: Requirements) -> list[tuple[str, Course]]:
    return [(cause, course) for cause, courses in requirements.items() for course in courses]
