"""One's own training record, and everybody's completions, as files for a spreadsheet. (ST-11)"""

from __future__ import annotations

from collections.abc import Iterator

from app.attendance.queries import TrainingRecord
from app.core import clock
from app.core.sheets import csv_text

RECORD_COLUMNS = (
    "date",
    "course",
    "what",
    "hours",
    "run",
    "trainer",
    "certificate",
    "source",
    "what_i_learnt",
    "what_i_will_do_differently",
)
COMPLETION_COLUMNS = (
    "employee_number",
    "first_name",
    "last_name",
    "email",
    "course_code",
    "course",
    "completed_on",
    "certificate",
)


def record_csv(record: TrainingRecord) -> str:
    """A record as CSV: the days, what counts from elsewhere, and what one wrote about it."""
    return csv_text(RECORD_COLUMNS, _rows(record))


def _rows(record: TrainingRecord) -> Iterator[tuple[object, ...]]:
    for day in record.days:
        session = day.mark.session
        what = f"{session.component.title}: {day.mark.status.label_with(day.mark.minutes).lower()}"
        code = day.certificate.code if day.certificate else None
        hours = f"{day.minutes / 60:.2f}"
        yield (
            day.mark.held_on, day.course.title, what, hours, session.run.code, day.trainer, code, "Register",
            None, None,
        )  # fmt: skip
    for past in record.past:
        yield (
            past.completed_on, past.version.course.title, past.kind.label, None, None, None, None,
            past.source, None, None,
        )  # fmt: skip
    for one in record.reflections:
        written_on = clock.day_of(one.written_at)
        yield (
            written_on, one.course.title, "Reflection", None, None, None, None, None, one.learnt, one.changes,
        )  # fmt: skip
