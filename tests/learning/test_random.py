"""Random marks, corrections, merges and settings against 4.3 and 4.4, word for word and slowly."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import db
from app.learning import queries
from tests.learning.paper import Paper
from tests.learning.story import DAYS, FIRST, Story


# Evenly spread chance: what hypothesis likes to try (equal dates, small numbers) seldom repeats a day of a
# course at a distance at which its first and its latest date make a difference.
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=True))
def test_43_44_completion_agrees_with_its_definition(database: None, chance: Random) -> None:
    """The same people have completed the same courses on the same dates, whatever is asked and when."""
    try:
        story = Story(chance)
        for on in (FIRST + timedelta(days=days) for days in (DAYS // 2, DAYS, DAYS + 90)):
            for at in (None, story.begun_at + timedelta(minutes=chance.randint(0, story.minutes))):
                _check(story, on, at)
    finally:
        db.session.rollback()


def _check(story: Story, on: date, at: datetime | None) -> None:
    paper, ids = Paper(story, on, at), [course.id for course in story.courses]
    asked: dict[str, Any] = {"as_at": on, "known_at": at}
    expected, shapes = paper.completions(), queries.shapes_of(ids, at)
    found = db.session.execute(queries.completions(ids, shapes=shapes, **asked))
    assert {(person, course): day for person, course, day in found} == {
        key: dates[0] for key, dates in expected.items()
    }
    found = db.session.execute(queries.completions(ids, shapes=shapes, marks_only=True, **asked))
    assert {(person, course): day for person, course, day in found} == {
        key: dates[0] for key, dates in paper.by_marks().items()
    }
    standings = db.session.execute(queries.standings(ids[:1], **asked))
    assert {row.person_id: (row.completed_on, row.last_on, bool(row.is_current)) for row in standings} == {
        person: (dates[0], dates[1 if paper.has_validity(course) else 0], paper.is_current(course, dates[1]))
        for (person, course), dates in expected.items()
        if course == ids[0]
    }
