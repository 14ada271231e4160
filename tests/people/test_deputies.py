"""Who decides while a line manager is away, and on which days somebody works."""

from __future__ import annotations

from datetime import date

import pytest

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.people import queries, rules
from app.people.models import Deputy
from tests import factories

FROM, UNTIL = date(2022, 3, 7), date(2022, 3, 18)


@pytest.fixture(autouse=True)
def _march(travel_to) -> None:
    travel_to("2022-03-01 10:00")


def _maria():
    return factories.staff(first_name="Maria", last_name="Lindqvist")


def _ana(**values):
    return factories.staff(first_name="Ana", last_name="Silva", **values)


def _name(manager, deputy, first_day=FROM, last_day=UNTIL):
    by = factories.actor(Role.LINE_MANAGER, of=manager)
    return rules.name_deputy(
        manager=manager, deputy=deputy, first_day=first_day, last_day=last_day, by=by, now=clock.now()
    )


@pytest.mark.parametrize(
    ("on", "who"),
    [
        (date(2022, 3, 6), "Maria Lindqvist"),
        (FROM, "Ana Silva"),
        (UNTIL, "Ana Silva"),
        (date(2022, 3, 19), "Maria Lindqvist"),
    ],
)
def test_lm07_the_deputy_decides_on_both_the_first_and_the_last_day(on: date, who: str) -> None:
    maria, ana = _maria(), _ana()
    person = factories.staff(manager_id=maria.id)
    _name(maria, ana)
    assert queries.approver_of(person, on=on).name == who


def test_lm07_what_is_wrong_with_a_deputy_is_said_at_the_field() -> None:
    maria, ana = _maria(), _ana(last_day=date(2022, 3, 11))
    for deputy, first_day, last_day, field, words in (
        (maria, FROM, UNTIL, "deputy", "Nobody can be their own deputy"),
        (factories.partner(first_name="Pat"), FROM, UNTIL, "deputy", "^Pat .* is not a member of staff"),
        (ana, UNTIL, FROM, "last_day", "on or after the first day, 18 March 2022"),
        (ana, date(2022, 2, 1), date(2022, 2, 5), "last_day", "today or later"),
        (ana, FROM, UNTIL, "deputy", "Ana Silva is not recorded as working here on 18 March 2022"),
    ):
        with pytest.raises(RuleBroken, match=words) as refused:
            _name(maria, deputy, first_day, last_day)
        assert refused.value.field == field


def test_lm07_one_deputy_on_any_day() -> None:
    maria, ana = _maria(), _ana()
    _name(maria, ana)
    with pytest.raises(RuleBroken, match="Ana Silva is the deputy from 7 March 2022 to 18 March 2022"):
        _name(maria, factories.staff(), UNTIL, date(2022, 3, 31))
    _name(maria, factories.staff(), date(2022, 3, 19), date(2022, 3, 31))


def test_lm07_nobody_names_a_deputy_for_somebody_else_but_the_academy() -> None:
    maria, ana = _maria(), _ana()
    days = {"first_day": FROM, "last_day": UNTIL, "now": clock.now()}
    with pytest.raises(NotAllowed):
        rules.name_deputy(manager=maria, deputy=ana, by=factories.actor(Role.LINE_MANAGER, of=ana), **days)
    rules.name_deputy(manager=maria, deputy=ana, by=factories.actor(Role.ACADEMY_MANAGER), **days)


@pytest.mark.parametrize(
    ("moment", "last_day"),
    [("2022-03-07 10:00", None), ("2022-03-10 10:00", date(2022, 3, 9)), ("2022-03-19 10:00", UNTIL)],
)
def test_lm07_ended_the_manager_decides_again_from_that_day(travel_to, moment, last_day) -> None:
    maria, ana = _maria(), _ana()
    entry = _name(maria, ana)
    travel_to(moment)
    rules.end_deputy(entry=entry, by=factories.actor(Role.LINE_MANAGER, of=maria), now=clock.now())
    db.session.flush()
    found = db.session.query(Deputy).one_or_none()
    assert (found and found.last_day) == last_day
    person = factories.staff(manager_id=maria.id)
    assert queries.approver_of(person, on=clock.today()).id == maria.id


def test_lm07_a_line_manager_names_changes_and_ends_a_deputy_and_it_is_audited(pages) -> None:
    maria, ana = _maria(), _ana()
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=maria))
    page = pages.get(pages.get("/my-team").links()["My deputies"])
    assert page.h1 == "My deputies"
    typed = {
        "deputy": "Ana Silva",
        **{f"first_day-{part}": value for part, value in (("day", 7), ("month", 3), ("year", 2022))},
        **{f"last_day-{part}": value for part, value in (("day", 18), ("month", 3), ("year", 2022))},
    }
    page = pages.submit(page, {**typed, "deputy": "Nobody Known"}, button="Name this deputy")
    assert page.errors == [
        "No member of staff has the employee number, e-mail address or name “Nobody Known”."
    ]
    page = pages.submit(page, typed, button="Name this deputy")
    assert "Ana Silva" in page.text
    assert "To come" in page.text
    change = next(href for words, href in page.links().items() if words.startswith("Change"))
    page = pages.submit(pages.get(change), {"last_day-day": "17"}, button="Save the deputy")
    assert "17 March 2022" in page.text
    page = pages.submit(page, form="/end")
    assert "Ana Silva" not in page.text
    assert [entry.verb for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)] == [
        "deputy:named",
        "deputy:changed",
        "deputy:ended",
    ]
    pages.get(f"/people/{ana.id}/deputies", status=403)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert pages.get(f"/people/{ana.id}/deputies").h1 == "Deputies of Ana Silva"


def test_st12_working_days_are_said_by_the_person_or_the_academy(pages) -> None:
    ana = _ana()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=factories.staff()))
    pages.get(f"/people/{ana.id}/working-days", status=403)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"/people/{ana.id}/working-days"), {"days": ["1", "2", "3"]})
    assert "Monday, Tuesday, Wednesday" in page.text
    page = pages.submit(pages.get(f"/people/{ana.id}/working-days"), {"days": None})
    assert "Wednesday" not in page.text
    assert [entry.changes for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)] == [
        {"Working days": [None, "Monday, Tuesday, Wednesday"]},
        {"Working days": ["Monday, Tuesday, Wednesday", None]},
    ]
