"""Whoever comes without a place, and whoever is marked in two places at once (AM-17, U-08, U-24)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.attendance import rules
from app.attendance.queries import two_at_once
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.learning.models import MarkStatus
from app.merging import rules as merging
from app.people import rules as people
from app.people.models import Organisation
from tests import factories
from tests.attendance.marking import evening, mark
from tests.attendance.test_deciding import ABSENT, ACADEMY, ATTENDED, TUESDAY, a_session, completed, live


def test_u08_somebody_without_a_record_is_added_and_marked_at_the_door() -> None:
    session, trainer = a_session()
    who = rules.WalkIn("Joy", "Okafor", "Riverside Nursery", "joy@riverside.example")
    person = rules.mark_at_the_door(session=session, who=who, by=trainer, now=evening(TUESDAY))
    spell = person.spell_on(TUESDAY)
    assert spell is not None
    assert spell.organisation is not None
    assert (spell.organisation.name, spell.organisation.sector.name) == ("Riverside Nursery", "Other")
    (kept,) = live(session).values()
    assert kept.submission is not None
    assert (kept.status, kept.submission.way) == (ATTENDED, "at_the_door")
    assert completed(session) == [person.id]
    with pytest.raises(RuleBroken, match="Choose who it is"):
        rules.mark_at_the_door(session=session, who=who, by=trainer, now=evening(TUESDAY))
    again = rules.WalkIn("Jay", "Adeyemi", "riverside nursery")
    rules.mark_at_the_door(session=session, who=again, by=trainer, now=evening(TUESDAY))
    assert db.session.query(Organisation).filter_by(name="Riverside Nursery").count() == 1


@pytest.mark.parametrize("days", [0, 3])
def test_am17_whoever_came_from_an_organisation_closed_since_belonged_to_it_until_then(days: int) -> None:
    last_day = TUESDAY + timedelta(days=days)
    nursery, by = factories.organisation("Riverside Nursery"), factories.actor()
    people.record_last_day(thing=nursery, last_day=last_day, by=by, now=evening(TUESDAY))
    session, trainer = a_session()
    who = rules.WalkIn("Joy", "Okafor", "Riverside Nursery", "joy@riverside.example")
    person = rules.mark_at_the_door(session=session, who=who, by=trainer, now=evening(TUESDAY))
    assert [(one.first_day, one.last_day) for one in person.spells] == [(TUESDAY, last_day)]


def test_am17_nobody_comes_from_an_organisation_that_was_closed_by_then() -> None:
    nursery, by = factories.organisation("Riverside Nursery"), factories.actor()
    people.record_last_day(thing=nursery, last_day=TUESDAY - timedelta(days=1), by=by, now=evening(TUESDAY))
    session, trainer = a_session()
    with pytest.raises(
        RuleBroken, match=r"^The last day of Riverside Nursery is .*choose another"
    ) as refused:
        rules.mark_at_the_door(
            session=session,
            who=rules.WalkIn("Joy", "Okafor", "Riverside Nursery"),
            by=trainer,
            now=evening(TUESDAY),
        )
    assert refused.value.field == "organisation"


def test_am17_whoever_is_known_by_address_or_name_is_proposed() -> None:
    same_name = factories.partner(first_name="Joy", last_name="Okafor")
    same_address = factories.staff(email="j.okafor@council.example")
    who = rules.WalkIn("joy", "OKAFOR", "A school", "J.Okafor@council.example")
    session, _ = a_session()
    found = rules.alike(who, session=session, by=ACADEMY)
    assert [one.id for one in found] == [same_address.id, same_name.id]


def test_u07_an_address_that_a_merged_record_kept_proposes_the_record_that_goes_on() -> None:
    survivor, other = factories.partner(), factories.partner(email="joy@riverside.example")
    merging.merge(survivor=survivor, merged=other, by=ACADEMY, now=clock.now())
    session, _ = a_session()
    who = rules.WalkIn("Joy", "Okafor", "Riverside Nursery", "joy@riverside.example")
    assert rules.alike(who, session=session, by=ACADEMY) == [survivor]


JOAN = {
    "first_name": "Joan",
    "last_name": "Clayton-Ëvans",
    "preferred_name": "Jo",
    "email": "jc@council.example",
}


@pytest.mark.parametrize("name", ["joan clayton evans", "Jo CLAYTON-EVANS"])
def test_3_0_a_trainer_is_proposed_somebody_by_address_whose_name_is_typed(name: str) -> None:
    session, trainer = a_session()
    joan = factories.staff(**JOAN)
    who = rules.WalkIn(*name.split(" ", 1), "Castle Homes", "jc@council.example")
    assert rules.alike(who, session=session, by=trainer) == [joan]
    at_the_door = partial(rules.mark_at_the_door, session=session, who=who, by=trainer, now=evening(TUESDAY))
    with pytest.raises(RuleBroken, match="Choose who it is"):
        at_the_door()
    with pytest.raises(RuleBroken, match="is known already"):
        at_the_door(is_somebody_else=True)


def test_3_0_a_trainer_is_told_nobodys_name_by_an_address() -> None:
    """Who came is on the register all the same, and the academy reads whose address it is."""
    session, trainer = a_session()
    joan = factories.staff(**JOAN)
    zed = rules.WalkIn("Zed", "Zorro", "Castle Homes", "jc@council.example")
    assert rules.alike(zed, session=session, by=ACADEMY) == [joan]
    assert rules.alike(zed, session=session, by=trainer) == []
    person = rules.mark_at_the_door(session=session, who=zed, by=trainer, now=evening(TUESDAY))
    assert (person.name, person.email, completed(session)) == ("Zed Zorro", None, [person.id])
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "register:walk-in to match")).one()
    assert (entry.thing_type, entry.thing_id) == ("run", session.run_id)
    assert entry.changes["Zed Zorro gave the address of"] == [None, "Jo Clayton-Ëvans, jc@council.example"]


@pytest.mark.parametrize("how", ["by a place", "by a mark"])
def test_am17_a_trainer_is_proposed_whoever_is_on_the_run_under_the_address(how: str) -> None:
    session, trainer = a_session(components=2)
    joan = factories.staff(**JOAN)
    zed = rules.WalkIn("Zed", "Zorro", "Castle Homes", "jc@council.example")
    if how == "by a place":
        factories.booking(session.run, joan)
    else:
        mark(session.run, 1, joan)
    assert rules.alike(zed, session=session, by=trainer) == [joan]


def test_am17_walk_ins_may_be_more_than_the_places() -> None:
    session, trainer = a_session()
    session.capacity = 1
    factories.booking(session.run, factories.staff())
    assert rules.over_capacity(session) is None
    rules.mark_at_the_door(session=session, who=factories.staff(), by=trainer, now=evening(TUESDAY))
    assert rules.over_capacity(session) == "2 people are on the register of a session for 1."


def test_am17_a_mark_that_stands_is_not_overwritten_at_the_door() -> None:
    session, trainer = a_session()
    ann, ben = factories.staff(), factories.staff()
    mark(session.run, 1, ann, status=MarkStatus.PARTIAL, minutes=100)
    mark(session.run, 1, ben)
    with pytest.raises(RuleBroken, match="already, marked “Attended in part”") as refused:
        rules.mark_at_the_door(session=session, who=ann, by=trainer, now=evening(TUESDAY))
    assert refused.value.field == "choice"
    rules.mark_at_the_door(session=session, who=ben, by=trainer, now=evening(TUESDAY))
    kept = live(session)
    assert [kept[one.id].status for one in (ann, ben)] == [MarkStatus.PARTIAL, ATTENDED]


def test_u24_somebody_on_two_sessions_at_once_is_kept_and_listed() -> None:
    session, _ = a_session()
    other, _ = a_session()
    later, _ = a_session(day=date(2022, 3, 16))
    ann, ben = factories.staff(), factories.staff()
    for one in (session, other, later):
        mark(one.run, 1, ann)
    mark(session.run, 1, ben)
    mark(other.run, 1, ben, status=ABSENT)
    ((double, *sessions),) = db.session.execute(two_at_once())
    assert (double.id, {one.id for one in sessions}) == (ann.id, {session.id, other.id})
    assert len(completed(session)) == 2
