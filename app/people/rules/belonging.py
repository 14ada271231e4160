"""Teams and partner organisations: what each is called, and the service or sector that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row, lock_table, record, supersede, supersede_all
from app.core.editions import Values
from app.core.errors import RuleBroken
from app.core.filters import day as in_words
from app.people import queries
from app.people.models import (
    ALWAYS,
    KNOWN_ALWAYS,
    Organisation,
    OrganisationSector,
    Sector,
    Service,
    Team,
    TeamService,
)
from app.people.rules.closing import as_listed, to_use_again
from app.people.rules.days import ONE_DAY
from app.people.rules.lists import check_name_is_free, cleaned, keep_changes, read_by_the_board
from app.people.rules.promises import promises_kept

_Time = tuple[date, date | None, Service]  # the first and the last day of a team in a service


def add_team(*, name: str, service: Service, by: Actor, now: datetime) -> Team:
    """A team belongs to one service; two services may each have a team of the same name."""
    name = read_by_the_board(name)
    lock_table(TeamService)
    _check_team_name(None, name, service)
    team = Team(name=name)
    db.session.add(team)
    db.session.flush()
    _record_service(team, service, ALWAYS, by=by, now=now, recorded_at=KNOWN_ALWAYS)
    changes = {"Name": (None, name), "Service": (None, service.name)}
    audit.record(by=by, verb="team:added", thing=team, now=now, changes=changes)
    return team


def edit_team(
    *,
    team: Team,
    name: str,
    service: Service,
    by: Actor,
    now: datetime,
    first_day: date | None = None,
    was_wrong: bool = False,
    seen: str | None = None,
) -> Team:
    """Rename a team, or move it to another service; its people and their past stay with it.

    It belongs to the other service from `first_day` on, which is today unless another is given: moved on 1
    September, it is counted with the old one on 31 August. A move that is known of a later day stays, and
    ends this one. With `was_wrong` it always belonged there, and another was entered by mistake. Figures as
    known before stay as they were. (4.4) `seen` is the edition that a page was made from.
    """
    today = clock.day_of(now)
    _check_first_day(first_day, today, was_wrong=was_wrong)
    since = ALWAYS if was_wrong else first_day or today
    lock_table(TeamService)
    known = db.session.scalars(queries.services_of(team.id)).all()
    moves = {} if was_wrong else {one.first_day: one.service for one in known}
    times = _in_turn(moves | {since: service})
    _check_team_name(team, name := read_by_the_board(name), times[-1][-1])
    lock_row(Team, team.id)
    audit.check_unchanged(thing=team, values=values_of_team(team), seen=seen, verb="team:edited")
    was = team.service if was_wrong else next(one.service for one in known if one.covers(since))
    changes: dict[str, tuple[str | None, str]] = {
        "Name": (team.name, name),
        "Service": (was.name, service.name),
    }
    team.name = name
    if _move(team, known, times, by, now):
        changes["In this service from"] = (None, _since_in_words(since, times, was_wrong=was_wrong))
    keep_changes(team, "team:edited", changes, by=by, now=now)
    return team


def _check_first_day(first_day: date | None, today: date, *, was_wrong: bool) -> None:
    if first_day and was_wrong:
        raise RuleBroken("Enter a first day, or say that the team was always in this service.", "first_day")
    if first_day and first_day > today:
        raise RuleBroken("This day lies ahead: move the team when it has come.", "first_day")


def _in_turn(moves: Mapping[date, Service]) -> list[_Time]:
    """The times of a team that moved on these days: each ends the day before the next begins, and what is no
    move, to where the team is already, begins none."""
    days = sorted(moves)
    first_days = [one for at, one in enumerate(days) if at == 0 or moves[one].id != moves[days[at - 1]].id]
    last_days = [*(one - ONE_DAY for one in first_days[1:]), None]
    return [(one, last_day, moves[one]) for one, last_day in zip(first_days, last_days, strict=True)]


def _move(team: Team, known: Sequence[TeamService], times: list[_Time], by: Actor, now: datetime) -> bool:
    """What was known of a team's times and is so no more gives way to what is; whether that is news."""
    kept = {(first_day, last_day, service.id) for first_day, last_day, service in times}
    gone = {(one.first_day, one.last_day, one.service_id): one for one in known}
    stale = [one for key, one in gone.items() if key not in kept]
    if not stale:
        return False
    at = max(supersede_all(stale, by=by.name, now=now))
    for first_day, last_day, service in times:
        if (first_day, last_day, service.id) not in gone:
            _record_service(team, service, first_day, last_day, by=by, now=now, recorded_at=at)
    return True


def _since_in_words(since: date, times: list[_Time], *, was_wrong: bool) -> str:
    if was_wrong:
        return "Always: what was entered before was wrong"
    last_day = next(last for first, last, _ in reversed(times) if first <= since)
    return f"{in_words(since)} to {in_words(last_day)}" if last_day else in_words(since)


def _record_service(
    team: Team,
    service: Service,
    first_day: date,
    last_day: date | None = None,
    *,
    by: Actor,
    now: datetime,
    recorded_at: datetime,
) -> None:
    fact = TeamService(team_id=team.id, service_id=service.id, first_day=first_day, last_day=last_day)
    record(fact, by=by.name, now=now, recorded_at=recorded_at)
    db.session.flush()
    db.session.expire(team, ["service"])


def _check_team_name(team: Team | None, name: str, service: Service) -> None:
    """No two teams of a service have one name today. No key can keep that, so whoever asks holds the lock on
    the services of teams, and whoever else gives a team its service waits."""
    with db.session.no_autoflush:
        other = db.session.scalar(queries.team_with_name(service.id, name))
    if other is not None and (team is None or other.id != team.id):
        raise RuleBroken(
            f"{service.name} already has a team called {as_listed(other)}.{to_use_again(other)}", "name"
        )


def values_of_team(team: Team) -> Values:
    """What is saved of what a team's form changes, in words."""
    return [("Name of the team", team.name), ("Service", team.service.name)]


def add_organisation(*, name: str, sector: Sector, by: Actor, now: datetime) -> Organisation:
    """A partner organisation, such as a school, in the sector that it is counted under."""
    name = cleaned(name)
    check_name_is_free(Organisation, name, None)
    organisation = Organisation(name=name)
    with promises_kept():
        db.session.add(organisation)
    _count_under(organisation, sector, by=by, now=now, recorded_at=KNOWN_ALWAYS)
    changes = {"Name": (None, name), "Sector": (None, sector.name)}
    audit.record(by=by, verb="organisation:added", thing=organisation, now=now, changes=changes)
    return organisation


def edit_organisation(
    *,
    organisation: Organisation,
    name: str,
    sector: Sector,
    by: Actor,
    now: datetime,
    seen: str | None = None,
) -> Organisation:
    """Rename an organisation, or count it in another sector; `seen` is the edition that a page was made
    from.

    Another sector puts right what was entered: it holds for every day. What was known before still says the
    old one. (4.4)
    """
    lock_row(Organisation, organisation.id)
    values = values_of_organisation(organisation)
    audit.check_unchanged(thing=organisation, values=values, seen=seen, verb="organisation:edited")
    name = cleaned(name)
    check_name_is_free(Organisation, name, organisation.id)
    changes = {"Name": (organisation.name, name), "Sector": (organisation.sector.name, sector.name)}
    with promises_kept():
        organisation.name = name
    if sector.id != organisation.sector.id:
        _count_under(organisation, sector, by=by, now=now)
    keep_changes(organisation, "organisation:edited", changes, by=by, now=now)
    return organisation


def values_of_organisation(organisation: Organisation) -> Values:
    """What is saved of what an organisation's form changes, in words."""
    return [("Name of the organisation", organisation.name), ("Sector", organisation.sector.name)]


def _count_under(
    organisation: Organisation,
    sector: Sector,
    *,
    by: Actor,
    now: datetime,
    recorded_at: datetime | None = None,
) -> None:
    known = db.session.scalar(queries.sector_of(organisation.id))
    at = supersede(known, by=by.name, now=now) if known else recorded_at
    fact = OrganisationSector(organisation_id=organisation.id, sector_id=sector.id)
    record(fact, by=by.name, now=now, recorded_at=at)
    db.session.flush()
    db.session.expire(organisation, ["sector"])
