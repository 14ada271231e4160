"""What the board's page counts, in the fewest raw statements: three for six figures and their forecasts, one
for the attendance of a year, and one for why people did not come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.bench.academy import CATCH_UP_MONTHS, COURSES, DEADLINE_IN

OUTSTANDING_DAYS = 92
VERSIONS = {code: number for number, code in enumerate(COURSES, start=1)}
WITHOUT_MINIMUM = ("two-coverage", "five-coverage")
COUNTED = ("FIVE-A", "FIVE-B", "TWO-A", "TWO-B", "WORKSHOP")

# Completion of one version by its components' marks: on the closing day each component's latest mark lies
# within the window. A window function for each component that the version has, and for no more.
_CLOSED = """
  SELECT {version} AS version_id, person_id, min(held_on) AS on_day FROM (
    SELECT person_id, held_on, opens_on, {latest} FROM ({marks}) AS every
    WINDOW days AS (PARTITION BY person_id ORDER BY held_on)) AS marked
  WHERE {covered} GROUP BY person_id"""
_LATEST = "max(CASE component WHEN {0} THEN held_on END) OVER days AS day_{0}"
_COVERED = "day_{0} >= opens_on"
_MARKS = """
  SELECT person_id, component, held_on, opens_on FROM mark
  WHERE version_id = {version} AND counts AND held_on <= '{day}' AND superseded_at IS NULL"""
_WITH_PLANNED = """{marks} AND person_id IN (SELECT person_id FROM planned WHERE {which})
  UNION ALL
  SELECT person_id, component, held_on, opens_on FROM planned WHERE version_id = {version} AND {which}"""

# Confirmed places to come, and those held lately that nobody has marked.
_PLANNED = """
  SELECT booking.person_id, run.version_id, component_number AS component, held_on, {opens_on} AS opens_on,
    held_on > '{day}' AS is_to_come
  FROM booking
  JOIN seat ON seat.booking_id = booking.id AND seat.released_at IS NULL
  JOIN training_session ON training_session.id = seat.session_id
  JOIN session_date ON session_date.session_id = training_session.id AND session_date.superseded_at IS NULL
  JOIN run ON run.id = booking.run_id AND run.state = 'scheduled'
  WHERE booking.state = 'confirmed' AND held_on > '{since}'
    AND (held_on > '{day}' OR NOT EXISTS (
      SELECT 1 FROM mark WHERE mark.person_id = booking.person_id AND mark.session_id = seat.session_id
        AND mark.status <> 'not_recorded' AND mark.superseded_at IS NULL))"""
_OPENS_ON = {
    "sqlite": f"date(held_on, '-{CATCH_UP_MONTHS} months')",
    "postgresql": f"(held_on - interval '{CATCH_UP_MONTHS} months')::date",
}

_AHEAD = """
    count(CASE WHEN done.person_id IS NULL AND booked.on_day <= '{deadline}' THEN 1 END),
    count(CASE WHEN done.person_id IS NULL AND booked.on_day IS NOT NULL THEN 1 END),
    count(CASE WHEN done.person_id IS NULL AND booked.on_day <= '{day}' THEN 1 END),
    count(CASE WHEN done.person_id IS NULL AND to_come.on_day <= '{deadline}' THEN 1 END)"""
_THEIRS = " ".join(
    f"LEFT JOIN {one} ON {one}.person_id = {{of}}.person_id AND {one}.version_id = {{version}}"
    for one in ("done", "booked", "to_come")
)
_COVERAGE = """
  SELECT '{code}', {version}, count(done.person_id), count(*), {ahead} FROM spell {theirs}
  WHERE superseded_at IS NULL AND first_day <= '{day}' AND (last_day IS NULL OR last_day >= '{day}')
    AND {scope}"""
_MEMBERS = """
  SELECT 'cohort', {version}, count(done.person_id), count(*), {ahead} FROM membership {theirs}
  WHERE superseded_at IS NULL AND joined_on <= '{day}' AND (left_on IS NULL OR left_on > '{day}')
    AND cause = '{cause}'
    AND (EXISTS (SELECT 1 FROM spell WHERE spell.person_id = membership.person_id
           AND superseded_at IS NULL AND first_day <= '{day}' AND (last_day IS NULL OR last_day >= '{day}'))
      OR NOT EXISTS (SELECT 1 FROM spell WHERE spell.person_id = membership.person_id
           AND superseded_at IS NULL AND last_day < '{day}'))"""
_TRAINED = """
  SELECT '{code}', {version}, count(done.person_id), NULL, {ahead}
  FROM (SELECT person_id FROM done WHERE version_id = {version}
        UNION SELECT person_id FROM booked WHERE version_id = {version}) AS anybody {theirs}"""
_EMPLOYEES = "employment_type = 'employee' AND role_group_id IN (1, 2, 3, 4, 5, 6, 7, 8)"
_STAFF = "employment_type IN ('employee', 'agency')"
_CAUSES = {"new starter": "TWO-A", "needs upskilling": "FIVE-A"}


def found(ask: Callable[[str], Any], day: date, engine: str) -> dict[str, tuple[Any, ...]]:
    """What the three say, by the target's code; `ask` returns the rows of a statement."""
    free = dict(tuple(row) for row in ask(free_places(day)))
    ((past, missed),) = ask(planning(day))
    return together(ask(counts(day, engine)), free, Fraction(int(missed), int(past)))


def counts(day: date, engine: str) -> str:
    """All six in one: code, version, numerator, denominator, booked, booked at all, by unmarked days alone,
    without them."""
    dates = {"day": day, "deadline": day + timedelta(days=DEADLINE_IN)}
    planned = _PLANNED.format(
        **dates, since=day - timedelta(days=OUTSTANDING_DAYS), opens_on=_OPENS_ON[engine]
    )
    parts = {
        "done": _MARKS,
        "booked": _WITH_PLANNED.replace("{which}", "TRUE").replace("{marks}", _MARKS),
        "to_come": _WITH_PLANNED.replace("{which}", "is_to_come").replace("{marks}", _MARKS),
    }
    closed = ", ".join(
        f"{name} AS ({' UNION ALL '.join(_closed(code, marks, day) for code in COUNTED)})"
        for name, marks in parts.items()
    )
    rows = [
        _row(_COVERAGE, "TWO-A", "spell", dates, code="two-coverage", scope=_EMPLOYEES),
        _row(_COVERAGE, "FIVE-A", "spell", dates, code="five-coverage", scope=_EMPLOYEES),
        _row(_COVERAGE, "TWO-B", "spell", dates, code="staff-coverage", scope=_STAFF),
        *(_row(_MEMBERS, code, "membership", dates, cause=cause) for cause, code in _CAUSES.items()),
        _row(_TRAINED, "FIVE-B", "anybody", dates, code="five-trained"),
        _row(_TRAINED, "WORKSHOP", "anybody", dates, code="workshop-trained"),
    ]
    return f"WITH planned AS ({planned}), {closed} {' UNION ALL '.join(rows)}"


def _closed(code: str, marks: str, day: date) -> str:
    numbers = range(1, COURSES[code] + 1)
    return _CLOSED.format(
        version=VERSIONS[code],
        marks=marks.format(version=VERSIONS[code], day=day),
        latest=", ".join(_LATEST.format(number) for number in numbers),
        covered=" AND ".join(_COVERED.format(number) for number in numbers),
    )


def _row(row: str, code_of_course: str, of: str, dates: Mapping[str, date], **values: str) -> str:
    version = VERSIONS[code_of_course]
    theirs = _THEIRS.format(of=of, version=version)
    return row.format(version=version, theirs=theirs, ahead=_AHEAD.format(**dates), **dates, **values)


def free_places(day: date) -> str:
    """Of each version the free places in runs that begin after the day and end by the deadline."""
    return f"""
      SELECT version_id, sum(least) FROM (
        SELECT version_id, min(CASE WHEN places > 0 THEN places ELSE 0 END) AS least FROM (
          SELECT run.id, run.version_id, held_on, capacity - count(seat.id) AS places FROM run
          JOIN training_session ON training_session.run_id = run.id
          JOIN session_date ON session_date.session_id = training_session.id
            AND session_date.superseded_at IS NULL
          LEFT JOIN seat ON seat.session_id = training_session.id AND seat.released_at IS NULL
          WHERE run.state = 'scheduled' AND run.id IN (
            SELECT run_id FROM training_session JOIN session_date ON session_id = training_session.id
            WHERE held_on > '{day}' AND superseded_at IS NULL)
          GROUP BY run.id, run.version_id, training_session.id, held_on, capacity) AS sessions
        GROUP BY id, version_id
        HAVING min(held_on) > '{day}' AND max(held_on) <= '{day + timedelta(days=DEADLINE_IN)}') AS runs
      GROUP BY version_id"""


def planning(day: date) -> str:
    """Of the places of sessions that were held how many are known of, and how many were missed without
    notice or given up late."""
    return f"""
      SELECT sum(CASE WHEN said < stood THEN said ELSE stood END + late), sum(missed + late) FROM (
        SELECT training_session.id, sum(stood) AS stood, sum(late) AS late FROM training_session
        JOIN session_date ON session_date.session_id = training_session.id
          AND session_date.superseded_at IS NULL AND held_on <= '{day}'
        JOIN run ON run.id = training_session.run_id AND run.state = 'scheduled'
        JOIN (SELECT run_id, count(CASE WHEN state = 'confirmed' THEN 1 END) AS stood,
                count(CASE WHEN state = 'cancelled_late' THEN 1 END) AS late
              FROM booking WHERE confirmed_at IS NOT NULL GROUP BY run_id) AS places
          ON places.run_id = run.id
        GROUP BY training_session.id) AS held
      JOIN (SELECT session_id,
              count(CASE WHEN status NOT IN ('not_recorded', 'not_held') THEN 1 END) AS said,
              count(CASE WHEN status = 'absent_no_notice' THEN 1 END) AS missed
            FROM mark WHERE superseded_at IS NULL GROUP BY session_id) AS register
        ON register.session_id = held.id"""


def together(rows: Iterable[Any], free: Mapping[int, int], absence: Fraction) -> dict[str, tuple[Any, ...]]:
    """By target: numerator, denominator and who is booked to finish after the deadline; and, where there is a
    minimum, who is booked to finish by then, the free places, and the share who are expected not to come.

    Where members need different courses, free is how many of those who are not booked could be served.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for code, version, done, scope, booked, ever, _unmarked, _to_come in rows:
        places = int(free.get(version, 0))
        if code == "cohort":
            places = min(places, scope - done - booked)
        found[code].update(done=done, scope=scope or 0, booked=booked, after=ever - booked, free=places)
    return {
        code: (
            one["done"],
            None if code.endswith("-trained") else one["scope"],
            one["after"],
            *(() if code in WITHOUT_MINIMUM else (one["booked"], one["free"], absence)),
        )
        for code, one in found.items()
    }


# --- Attendance ----------------------------------------------------------------------------------------

_HELD = """
  SELECT training_session.id AS session_id, training_session.run_id, capacity, starts_at, programme_id
  FROM training_session
  JOIN session_date ON session_date.session_id = training_session.id AND superseded_at IS NULL
  JOIN run ON run.id = training_session.run_id AND state = 'scheduled'
  JOIN course_version ON course_version.id = run.version_id
  JOIN course ON course.id = course_version.course_id
  WHERE held_on BETWEEN '{first}' AND '{day}'"""
_STOOD = "(booking.state = 'confirmed' OR (confirmed_at <= starts_at AND ended.at > starts_at))"
_BOOKED = """
  FROM held
  JOIN booking ON booking.run_id = held.run_id
    AND (booking.session_id IS NULL OR booking.session_id = held.session_id)
    AND confirmed_at IS NOT NULL AND state <> 'substituted'
  LEFT JOIN booking_move AS ended ON ended.booking_id = booking.id AND from_state = 'confirmed'"""
_CAME = "status IN ('attended', 'attended_late', 'partial')"
_SAID = "max(CASE WHEN {} THEN 1 ELSE 0 END) AS {}"


def attended(ask: Callable[[str], Any], first: date, day: date) -> dict[str, tuple[Any, ...]]:
    """What the two say: the attendance of each programme, and how many did not come for each reason."""
    numbers = sorted(tuple(map(int, row)) for row in ask(attendance(first, day)))
    return {
        "attendance": tuple(numbers),
        "reasons": tuple(sorted((name, int(many)) for name, many in ask(reasons(first, day)))),
    }


def attendance(first: date, day: date) -> str:
    """By programme, of sessions that were held: how many, their places, the bookings, those cancelled, who
    came, who did not, who sent apologies, what is not marked, and who came without a booking."""
    said = ", ".join(
        _SAID.format(condition, name)
        for name, condition in (
            ("came", _CAME),
            ("missed", "status = 'absent_no_notice'"),
            ("excused", "status = 'absent_apologies'"),
            ("not_held", "status = 'not_held'"),
        )
    )
    return f"""
      WITH held AS ({_HELD.format(first=first, day=day)}),
      entry AS (
        SELECT held.session_id, person_id, 1 AS booked, CASE WHEN {_STOOD} THEN 1 ELSE 0 END AS stood,
          NULL AS status {_BOOKED}
        UNION ALL
        SELECT held.session_id, person_id, 0, 0, status FROM held
        JOIN mark ON mark.session_id = held.session_id AND superseded_at IS NULL),
      place AS (
        SELECT session_id, person_id, sum(booked) AS booked, max(stood) AS stood, {said}
        FROM entry GROUP BY session_id, person_id)
      SELECT programme_id, count(*), sum(capacity), sum(booked), sum(cancelled), sum(kept), sum(missed),
        sum(excused), sum(unmarked), sum(walked_in)
      FROM held JOIN (
        SELECT session_id, sum(booked) AS booked, sum(booked - stood) AS cancelled, sum(stood * came) AS kept,
          sum(stood * missed) AS missed, sum(stood * excused) AS excused,
          sum(CASE WHEN stood = 1 AND came + missed + excused = 0 THEN 1 ELSE 0 END) AS unmarked,
          sum((1 - stood) * came) AS walked_in
        FROM place GROUP BY session_id HAVING max(not_held) = 0) AS told ON told.session_id = held.session_id
      GROUP BY programme_id"""


def reasons(first: date, day: date) -> str:
    """Why places were not used, and how many: what was answered of an absence, or said when a place was given
    up."""
    return f"""
      WITH held AS ({_HELD.format(first=first, day=day)})
      SELECT reason, count(*) FROM (
        SELECT DISTINCT mark.session_id, mark.person_id, coalesce(leaving_cause.name, CASE status
          WHEN 'absent_apologies' THEN 'Apologies, no reason given' ELSE 'Not answered yet' END) AS reason
        {_BOOKED}
        JOIN mark ON mark.session_id = held.session_id AND mark.person_id = booking.person_id
          AND status IN ('absent_no_notice', 'absent_apologies') AND superseded_at IS NULL
        LEFT JOIN absence_answer ON absence_answer.session_id = mark.session_id
          AND absence_answer.person_id = mark.person_id
        LEFT JOIN leaving_cause ON leaving_cause.id = absence_answer.cause_id
        WHERE {_STOOD}
        UNION ALL
        SELECT held.session_id, person_id, leaving_cause.name {_BOOKED}
        JOIN leaving_cause ON leaving_cause.id = ended.cause_id
        WHERE to_state IN ('cancelled', 'cancelled_late')
          AND (ended.at <= starts_at OR confirmed_at > starts_at)
          AND NOT EXISTS (SELECT 1 FROM mark WHERE mark.session_id = held.session_id AND status = 'not_held'
            AND superseded_at IS NULL)) AS unused
      GROUP BY reason"""
