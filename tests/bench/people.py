"""The list of people, a search in it and who may be here twice, beside bare statements and an empty page."""

from __future__ import annotations

from collections.abc import Iterator

from app.accounts.models import User
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.people import queries as people
from tests.bench.results import Bound, Result, alternate, timed
from tests.bench.stage import EMPTY_PAGE, Place, Stage

SEARCH = "dunmere quinn"
_FROM = """
  FROM person JOIN spell ON spell.person_id = person.id AND spell.superseded_at IS NULL
    AND spell.first_day <= '{day}' AND (spell.last_day IS NULL OR spell.last_day >= '{day}')"""
_SHOWN = """
  SELECT person.id, first_name, last_name, preferred_name, employee_number, email, job_title,
    employment_type, team.name, service.name, role_group.name, organisation.name {people}
  LEFT JOIN team ON team.id = spell.team_id LEFT JOIN team_service ON team_service.team_id = team.id
    AND team_service.superseded_at IS NULL AND team_service.last_day IS NULL
  LEFT JOIN service ON service.id = team_service.service_id
  LEFT JOIN role_group ON role_group.id = spell.role_group_id
  LEFT JOIN organisation ON organisation.id = spell.organisation_id
  {where} ORDER BY last_name, first_name, person.id LIMIT 25"""
_EVERYBODY = "SELECT person.id, kind, first_name, last_name, employee_number, email, team_id"
_MATCHES = (
    "lower(first_name || ' ' || coalesce(preferred_name, '') || ' ' || last_name || ' ' ||"
    " coalesce(employee_number, '') || ' ' || coalesce(email, '')) LIKE '%{word}%'"
)


def measure(stage: Stage) -> Iterator[Result]:
    for engine in stage.engines:
        place = stage.academy(engine)
        for what, query, words in (
            (f"list of 25 of {stage.size.people:,} people", "", []),
            (f"search in {stage.size.people:,} people", f"?q={SEARCH.replace(' ', '+')}", SEARCH.split()),
        ):
            yield _compare(stage, place, what, f"/people{query}", words)
        yield _duplicates(stage, place)


def _compare(stage: Stage, place: Place, what: str, path: str, words: list[str]) -> Result:
    with place.app.app_context():
        user = db.session.scalars(db.select(User).where(User.name == Role.ACADEMY_MANAGER)).one()
        browser = place.browser(user)
    count, shown = statements(words)

    def page() -> None:
        assert browser.get(path).status_code == 200, path

    def empty() -> None:
        assert browser.get(EMPTY_PAGE).status_code == 200

    def raw() -> int:
        with place.raw() as cursor:
            rows = cursor.execute(shown).fetchall()
            cursor.execute(count).fetchall()
        return len(rows)

    found = raw()
    took = alternate(timed(page), timed(empty), timed(raw), rounds=stage.rounds)
    detail = {"empty page": took[1], "raw statements": took[2], "rows": found}
    return Result(
        what, place.engine, "s", took[0], took[1] + took[2], Bound(1.5, is_of_ratio=True), detail=detail
    )


def _duplicates(stage: Stage, place: Place) -> Result:
    """Who may be here twice: each pair is told from names alone, so everybody is read."""

    def ours() -> None:
        with place.app.app_context():
            people.possible_duplicates(on=clock.today())

    def raw() -> None:
        with place.raw() as cursor:
            cursor.execute(_EVERYBODY + _FROM.format(day=clock.today())).fetchall()

    took = alternate(timed(ours), timed(raw), rounds=stage.rounds)
    what = f"possible duplicates among {stage.size.people:,} people"
    return Result(what, place.engine, "s", took[0], took[1], Bound(0.5))


def statements(words: list[str]) -> tuple[str, str]:
    """How many there are, and the first 25 with what the list shows of them."""
    people = _FROM.format(day=clock.today())
    matches = " AND ".join(_MATCHES.format(word=word) for word in words)
    where = f"WHERE {matches}" if words else ""
    return f"SELECT count(*) {people} {where}", _SHOWN.format(people=people, where=where)
