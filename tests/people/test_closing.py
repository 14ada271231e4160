"""Teams and partner organisations that are closed: until when, what stands in the way, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.audit import queries as audit
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.people import queries, rules
from app.people.models import EmploymentType, Organisation, Person, PersonKind, Spell, Team
from tests import factories
from tests.pages import Pages
from tests.races import at_once

NOW = datetime(2022, 4, 4, 9, tzinfo=UTC)
BEFORE, LAST, AFTER = date(2022, 3, 1), date(2022, 3, 31), date(2022, 4, 1)
ACADEMY = factories.actor(Role.ACADEMY_MANAGER, name="Avery Academy")


@pytest.fixture(params=[Team, Organisation])
def used(request: pytest.FixtureRequest, app: Flask) -> Team | Organisation:
    return factories.team("Night") if request.param is Team else factories.organisation("Castle Homes")


@pytest.fixture
def academy(pages: Pages, travel_to: Callable[..., None]) -> Pages:
    travel_to("2022-04-04 10:00")
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def close(thing: Team | Organisation, last_day: date = LAST) -> None:
    rules.record_last_day(thing=thing, last_day=last_day, by=ACADEMY, now=NOW)


def where(thing: Team | Organisation) -> dict[str, Any]:
    """What a post there says."""
    if isinstance(thing, Team):
        return {"employment_type": EmploymentType.EMPLOYEE, "team_id": thing.id}
    return {"employment_type": EmploymentType.PARTNER, "organisation_id": thing.id}


def somebody(thing: Team | Organisation) -> Person:
    return factories.person(kind=PersonKind.STAFF if isinstance(thing, Team) else PersonKind.PARTNER)


def member(thing: Team | Organisation, last_day: date | None = None) -> Person:
    of = somebody(thing)
    factories.spell(of, last_day=last_day, **where(thing))
    return of


def add_again(thing: Team | Organisation) -> None:
    if isinstance(thing, Team):
        rules.add_team(name=thing.name, service=thing.service, by=ACADEMY, now=NOW)
    else:
        rules.add_organisation(name=thing.name, sector=thing.sector, by=ACADEMY, now=NOW)


def open_spell(thing: Team | Organisation, first_day: date, last_day: date | None = None) -> Spell:
    return rules.open_spell(
        person=somebody(thing), first_day=first_day, last_day=last_day, by=ACADEMY, now=NOW, **where(thing)
    )


# --- Closing -------------------------------------------------------------------------------------------


def test_the_last_day_counts_and_the_history_says_who_recorded_it(used: Team | Organisation) -> None:
    member(used, LAST)
    close(used)
    assert [used.is_closed_on(day) for day in (LAST, AFTER)] == [False, True]
    (entry,) = db.session.scalars(audit.history_of(used.__tablename__, used.id))
    assert (entry.actor_name, entry.changes) == ("Avery Academy", {"Last day": [None, "2022-03-31"]})


@pytest.mark.parametrize("last_day", [None, AFTER])
def test_nothing_is_closed_while_somebody_belongs_to_it_after_its_last_day(
    used: Team | Organisation, last_day: date | None
) -> None:
    of = member(used, last_day)
    member(used, LAST)
    with pytest.raises(RuleBroken) as refused:
        close(used)
    assert refused.value.message == (
        f"1 person belongs to {used.name} after 31 March 2022. Move them or end their post first, or choose "
        "a later day."
    )
    assert refused.value.field == "last_day"
    assert db.session.scalars(queries.people_after(used, LAST)).all() == [of]


def test_somebody_who_begins_there_later_stands_in_the_way_once(used: Team | Organisation) -> None:
    of = member(used, LAST)
    for month in (5, 6):
        days = {"first_day": date(2022, month, 1), "last_day": date(2022, month, 20)}
        factories.spell(of, **days, **where(used))
    with pytest.raises(RuleBroken, match=r"^1 person belongs"):
        close(used)
    close(used, date(2022, 6, 20))


def test_a_last_day_is_taken_back_before_another_is_recorded(used: Team | Organisation) -> None:
    close(used)
    with pytest.raises(RuleBroken, match=r"is 31 March 2022 already\. Take it back to choose another\."):
        close(used, AFTER)
    rules.take_back_last_day(thing=used, by=ACADEMY, now=NOW + timedelta(hours=1))
    assert used.last_day is None
    entries = db.session.scalars(audit.history_of(used.__tablename__, used.id)).all()
    assert entries[0].changes == {"Last day": ["2022-03-31", None]}
    with pytest.raises(RuleBroken, match=rf"^{used.name} has no last day: it is in use\."):
        rules.take_back_last_day(thing=used, by=ACADEMY, now=NOW)


def test_of_somebody_who_joins_and_whoever_closes_at_once_one_is_refused(app: Flask) -> None:
    team_id = factories.team("Night").id
    people = [factories.person().id for _ in range(6)]

    def act(number: int) -> None:
        team = db.session.get_one(Team, team_id)
        if number == 0:
            close(team)
            return
        person = db.session.get_one(Person, people[number])
        rules.open_spell(person=person, first_day=BEFORE, by=ACADEMY, now=NOW, **where(team))

    told = at_once(app, act)
    after = db.session.scalars(queries.people_after(db.session.get_one(Team, team_id), LAST)).all()
    assert told in (["done", *["team"] * 5], [*["done"] * 5, "last_day"])
    assert bool(after) is (told[-1] == "last_day")


def test_whoever_joins_a_manager_waits_for_no_change_of_the_manager_in_vain(app: Flask) -> None:
    """Five begin under Kim in Kim's own team while Kim's post changes: none ends in a deadlock."""
    team_id, kim_id = factories.team("Night").id, factories.staff().id
    people = [factories.person().id for _ in range(6)]

    def act(number: int) -> None:
        kim, post = db.session.get_one(Person, kim_id), {"team_id": team_id}
        if number == 0:
            rules.change_spell(person=kim, on=AFTER, by=ACADEMY, now=NOW, **post)
            return
        person = db.session.get_one(Person, people[number])
        of_kim = {"employment_type": EmploymentType.EMPLOYEE, "manager_id": kim_id}
        rules.open_spell(person=person, first_day=BEFORE, by=ACADEMY, now=NOW, **of_kim, **post)

    assert at_once(app, act) == ["done"] * 6


# --- What is closed takes nobody more --------------------------------------------------------------------


@pytest.mark.parametrize("days", [(BEFORE, AFTER), (AFTER, None), (AFTER, AFTER)])
def test_nobody_is_given_a_post_that_goes_on_after_the_last_day(
    used: Team | Organisation, days: tuple[date, date | None]
) -> None:
    close(used)
    with pytest.raises(RuleBroken) as refused:
        open_spell(used, *days)
    table = used.__tablename__
    assert refused.value.message == (
        f"The last day of {used.name} is 31 March 2022: choose another {table}, or days up to then."
    )
    assert refused.value.field == table


def test_who_joins_an_organisation_that_is_to_be_closed_belongs_to_it_until_then() -> None:
    """Of staff nothing is guessed: the end of a team is not the end of an employment."""
    homes, night = factories.organisation("Castle Homes"), factories.team("Night")
    for thing in (homes, night):
        close(thing)
    assert open_spell(homes, BEFORE).last_day == LAST
    with pytest.raises(RuleBroken, match=r"^The last day of Night is"):
        open_spell(night, BEFORE)


def test_a_post_of_the_past_is_recorded_where_it_was(used: Team | Organisation) -> None:
    close(used)
    assert open_spell(used, BEFORE, LAST).last_day == LAST


def test_nobody_is_moved_or_corrected_into_what_is_closed() -> None:
    night, person = factories.team("Night"), factories.staff()
    close(night)
    with pytest.raises(RuleBroken, match=r"^The last day of Night is"):
        rules.change_spell(person=person, on=AFTER, by=ACADEMY, now=NOW, team_id=night.id)
    (spell,) = person.spells
    about = {"spell": spell, "first_day": BEFORE, "reason": "Wrong", "by": ACADEMY, "now": NOW}
    with pytest.raises(RuleBroken, match=r"^The last day of Night is"):
        rules.correct_spell(**about, last_day=None, team_id=night.id)


def test_a_move_away_is_not_taken_back_once_the_team_is_closed() -> None:
    """Their earlier post would go on in the team after its last day."""
    night, day = factories.team("Night"), factories.team("Day")
    person = member(night)
    moved = rules.change_spell(person=person, on=AFTER, by=ACADEMY, now=NOW, team_id=day.id)
    close(night)
    with pytest.raises(RuleBroken, match=r"^The last day of Night is 31 March 2022"):
        rules.withdraw_spell(spell=moved, reason="Wrong", by=ACADEMY, now=NOW)


def test_a_name_that_something_closed_has_says_so(used: Team | Organisation) -> None:
    close(used)
    told = rf"called {used.name}, until 31 March 2022\. Take that last day back to choose {used.name} again\."
    with pytest.raises(RuleBroken, match=told) as refused:
        add_again(used)
    assert refused.value.field == "name"


# --- Pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["teams", "organisations"])
def test_the_page_of_a_last_day_lists_who_stands_in_the_way(academy: Pages, kind: str) -> None:
    used = factories.team("Night") if kind == "teams" else factories.organisation("Castle Homes")
    of = member(used)
    page = academy.get(academy.get(f"/{kind}/{used.id}").links()["Record the last day"])
    assert page.value("last_day-day") == "4"
    assert of.name in page.links()
    page = academy.submit(page, {"last_day-day": "31", "last_day-month": "3"})
    assert page.errors == [
        f"1 person belongs to {used.name} after 31 March 2022. Move them or end their post first, or choose "
        "a later day."
    ]
    assert of.name in page.links()
    rules.end_spell(person=of, last_day=LAST, by=ACADEMY, now=NOW)
    db.session.commit()
    page = academy.submit(page)
    assert page.path == f"/{kind}/{used.id}"
    assert f"The last day of {used.name} is 31 March 2022." in page.text
    assert "Until 31 March 2022" in page.text
    assert "Record the last day" not in page.links()
    assert "Last day: 31 March 2022" in academy.get(f"/{kind}/{used.id}/history").text
    page = academy.submit(page, form="take-back")
    assert f"{used.name} is in use again." in page.text
    assert "Record the last day" in page.links()


@pytest.mark.parametrize(("kind", "name"), [("teams", "Age"), ("organisations", "Age")])
def test_a_list_shows_what_is_closed_last(academy: Pages, kind: str, name: str) -> None:
    make = factories.team if kind == "teams" else factories.organisation
    close(make(name))
    make("Youth")
    text = academy.get(f"/{kind}").text
    assert text.index("Youth") < text.index(f"{name} Until 31 March 2022")


def test_a_closed_team_is_offered_last_and_found_by_filters(academy: Pages) -> None:
    night = factories.team("Night")
    person = member(night, LAST)
    close(night)
    factories.team("Youth")
    db.session.commit()
    new = academy.get("/people/new/staff").text
    assert new.index("Youth") < new.index("Night (Children’s Social Care), until 31 March 2022")
    page = academy.get(f"/people?team={night.id}&on=2022-03-31")
    assert "Night (Children’s Social Care), until 31 March 2022" in page.text
    assert person.name in page.text
    (spell,) = person.spells
    page = academy.get(f"/people/{person.id}/posts/{spell.id}/correct")
    assert page.value("team") == str(night.id)
    page = academy.submit(page, {"job_title": "Night worker", "reason": "Wrong"})
    assert "The correction is saved." in page.text


@pytest.mark.parametrize("is_known", [True, False])
def test_who_was_in_a_closed_team_is_entered_by_hand_with_the_days_that_they_were_there(
    academy: Pages, is_known: bool
) -> None:
    night, person = factories.team("Night"), factories.person()
    close(night)
    db.session.commit()
    page = academy.get(f"/people/{person.id}/posts/new" if is_known else "/people/new/staff")
    who = {} if is_known else {"first_name": "Nina", "last_name": "Nightly", "employee_number": "E4711"}
    days = {"first_day-day": "1", "first_day-month": "1", "first_day-year": "2022"}
    page = academy.submit(page, {**who, **days, "team": str(night.id)})
    assert page.errors == ["The last day of Night is 31 March 2022: choose another team, or days up to then."]
    page = academy.submit(page, {"last_day-day": "31", "last_day-month": "3", "last_day-year": "2022"})
    assert "31 March 2022" in page.text
    (spell,) = db.session.scalars(queries.people_after(night, date(2021, 12, 31))).one().spells
    assert (spell.first_day, spell.last_day) == (date(2022, 1, 1), LAST)


@pytest.mark.parametrize(("last_day", "is_invited"), [(date(2022, 4, 4), True), (date(2022, 4, 3), False)])
def test_an_organisation_takes_new_coordinators_until_its_last_day(
    academy: Pages, last_day: date, is_invited: bool
) -> None:
    homes = factories.organisation("Castle Homes")
    close(homes, last_day)
    db.session.commit()
    page = academy.get(f"/organisations/{homes.id}")
    assert ("Invite a coordinator" in page.links()) is is_invited
