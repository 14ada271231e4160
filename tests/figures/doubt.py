"""Whose records are in doubt, read word for word from 4.12 on plain records. Slow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.figures.plain import Asked

if TYPE_CHECKING:
    from tests.figures.paper import Paper

OUTSTANDING_DAYS = 92


def is_in_doubt(paper: Paper, person: int, asked: Asked) -> bool:
    """Whether something contradicts something else, or is missing for long, in the courses that count."""
    courses = asked.all_courses()
    courses |= {other for one in courses if (other := paper.lessons[one].stands_in)}
    there = {
        session: held_on
        for (who, session), (held_on, is_there) in paper.marks.items()
        if who == person and is_there and held_on <= paper.on
    }
    ours = {one: held_on for one, held_on in there.items() if paper.sittings[one].course in courses}
    past = [on for who, of, on in paper.past if who == person and of in courses and on <= paper.on]
    return (
        _is_early(paper, person, [*ours.values(), *past])
        or any(_is_after_leaving(paper, person, day) for day in ours.values())
        or any(_is_at_once(paper, one, other, there) for one in ours for other in there)
        or any(
            _is_missing(paper, person, one) for one in paper.confirmed(person) if _is_of(paper, one, courses)
        )
    )


def _is_of(paper: Paper, session: int, courses: set[int]) -> bool:
    return paper.sittings[session].course in courses


def _is_early(paper: Paper, person: int, days: list[date]) -> bool:
    firsts = [post.first for post in paper.posts.get(person, [])]
    return bool(firsts) and any(day < min(firsts) for day in days)


def _is_after_leaving(paper: Paper, person: int, day: date) -> bool:
    posts = paper.posts.get(person, [])
    return any(post.last and post.last < day for post in posts) and not any(
        post.covers(day) for post in posts
    )


def _is_at_once(paper: Paper, one: int, other: int, there: dict[int, date]) -> bool:
    """Every session here is from 9:30 to 16:30: two of one day are at once."""
    is_one_day = paper.sittings[one].held_on == paper.sittings[other].held_on
    return one != other and there[one] == there[other] and is_one_day


def _is_missing(paper: Paper, person: int, session: int) -> bool:
    is_long_ago = paper.sittings[session].held_on <= paper.on - timedelta(days=OUTSTANDING_DAYS)
    return is_long_ago and (person, session) not in paper.marks
