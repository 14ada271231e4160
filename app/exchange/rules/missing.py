"""Who is in post and not in HR's file: it may say that they have left, or may have been cut short. (U-20)"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from app.core.filters import day as in_words
from app.exchange.rules import timeline as times
from app.exchange.rules.known import KnownPerson, People, Posts, spell_values
from app.exchange.rules.ledger import Ledger
from app.exchange.rules.plans import Difference, Group, Plan
from app.exchange.rules.stops import STOP_ABOVE_PERCENT, cut_short_in_words
from app.exchange.rules.timeline import Timeline
from app.people.models import Spell


def note_missing(
    plan: Plan, people: People, posts: Posts, numbers: Collection[str], *, effective: date
) -> None:
    """Note who would end the day before `effective` because their number is none of the file's; too many of
    them stop the import."""
    last_day = effective - times.DAY
    in_post = 0
    for number, person in people.by_number.items():
        timeline = posts.timeline(person.id)
        is_here = any(one.first_day <= last_day and one.reaches(last_day) for one in timeline)
        if not is_here or not timeline[-1].reaches(effective):
            continue
        in_post += 1
        if number not in numbers:
            _note_ending(plan, posts, person, timeline, last_day)
    missing = len(plan.differences[Group.MISSING])
    if missing * 100 > in_post * STOP_ABOVE_PERCENT:
        plan.stop = cut_short_in_words(plan.lines, missing, in_post, effective)


def _note_ending(plan: Plan, posts: Posts, person: KnownPerson, timeline: Timeline, last_day: date) -> None:
    after = times.ended(timeline, last_day)
    old, new = posts.changed(person.id, after)
    ending = plan.endings[person.id] = Ledger()
    ending.replace(Spell, old, (spell_values(person.id, stretch) for stretch in new))
    who, on = f"Number {person.employee_number}", in_words(last_day)
    difference = Difference(
        None,
        person.name,
        f"{who}: would end on {on}",
        person.id,
        done=f"{who}: ended on {on}",
        left_alone=f"{who}: not ended",
    )
    plan.note(Group.MISSING, difference)
