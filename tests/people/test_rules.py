"""What may be done to people, and what is refused with which sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.audit import queries as audit
from app.audit.models import AuditEntry
from app.core.actors import Actor
from app.core.db import db, live, record
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.people import queries, rules
from app.people.models import (
    Absence,
    EmploymentType,
    Organisation,
    Person,
    PersonKind,
    RoleGroup,
    Sector,
    Service,
    Spell,
)
from app.people.rules.promises import promises_kept
from tests import factories

NOW = datetime(2022, 2, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FOREVER = datetime.max.replace(tzinfo=UTC)
ACADEMY = Actor(name="Avery Academy", user_id=1, roles=frozenset({Role.ACADEMY_MANAGER}))


def history(person: Person) -> list[AuditEntry]:
    return list(db.session.scalars(audit.history_of("person", person.id)))


def posts(person: Person) -> list[tuple[str, str | None, str | None]]:
    """A person's live posts: first day, last day, team."""
    db.session.expire_all()
    return [
        (
            spell.first_day.isoformat(),
            spell.last_day.isoformat() if spell.last_day else None,
            spell.team.name if spell.team else None,
        )
        for spell in sorted(person.spells, key=lambda one: one.first_day)
        if spell.is_live
    ]


def refusal(action: Callable[[], Any]) -> RuleBroken:
    with pytest.raises(RuleBroken) as caught:
        action()
    return caught.value


# --- People --------------------------------------------------------------------------------------------


def test_an_employee_number_keeps_its_leading_zeros() -> None:
    person = rules.add_person(
        kind=PersonKind.STAFF,
        first_name="Sam",
        last_name="Oduya",
        employee_number=" 010008 ",
        by=ACADEMY,
        now=NOW,
    )
    db.session.expire_all()
    assert person.employee_number == "010008"
    assert queries.known_as("010008") == person
    assert queries.known_as("10008") is None


def test_white_space_is_folded_and_addresses_are_kept_in_lower_case() -> None:
    person = rules.add_person(
        kind=PersonKind.PARTNER,
        first_name="  Mary   Ann ",
        last_name="Lee",
        email=" Mary.Lee@School.Example ",
        preferred_name=" ",
        by=ACADEMY,
        now=NOW,
    )
    assert (person.first_name, person.email, person.preferred_name) == (
        "Mary Ann",
        "mary.lee@school.example",
        None,
    )


@pytest.mark.parametrize(
    ("details", "field", "sentence"),
    [
        (
            {"employee_number": "010008"},
            "employee_number",
            "Employee number 010008 already belongs to Sam Oduya.",
        ),
        (
            {"email": "SAM@council.example"},
            "email",
            "E-mail address sam@council.example already belongs to Sam Oduya.",
        ),
        ({"first_name": "  "}, "first_name", "Enter a first name."),
        ({"last_name": ""}, "last_name", "Enter a last name."),
    ],
)
def test_who_somebody_is_belongs_to_one_person(details: dict[str, Any], field: str, sentence: str) -> None:
    factories.person(
        first_name="Sam", last_name="Oduya", employee_number="010008", email="sam@council.example"
    )
    values = {"first_name": "Ade", "last_name": "Bello"} | details
    broken = refusal(lambda: rules.add_person(kind=PersonKind.STAFF, by=ACADEMY, now=NOW, **values))
    assert (broken.message, broken.field) == (sentence, field)

    other = factories.person()
    broken = refusal(lambda: rules.edit_person(person=other, by=ACADEMY, now=NOW, **details))
    assert (broken.message, broken.field) == (sentence, field)


def test_only_staff_have_employee_numbers() -> None:
    broken = refusal(
        lambda: rules.add_person(
            kind=PersonKind.PARTNER, first_name="A", last_name="B", employee_number="1", by=ACADEMY, now=NOW
        )
    )
    assert broken.field == "employee_number"


def test_editing_keeps_what_was_and_what_is_in_the_history() -> None:
    person = factories.person(first_name="Sam", last_name="Oduya", email="sam@council.example")
    rules.edit_person(
        person=person,
        last_name="Okafor",
        email="sam@council.example",
        reason="Married",
        by=ACADEMY,
        now=NOW,
    )
    assert person.name == "Sam Okafor"
    entry = history(person)[0]
    assert (entry.verb, entry.changes, entry.reason) == (
        "person:edited",
        {"Last name": ["Oduya", "Okafor"]},
        "Married",
    )


def test_saving_the_same_details_again_records_nothing() -> None:
    person = factories.person(first_name="Sam")
    rules.edit_person(person=person, first_name="Sam", preferred_name="", by=ACADEMY, now=NOW)
    assert history(person) == []


@pytest.mark.parametrize("typed", ["010008", "SAM.ODUYA@council.example", "sam  oduya", "Samuel Oduya"])
def test_a_line_manager_is_found_by_number_address_or_name(typed: str) -> None:
    manager = factories.person(
        first_name="Samuel",
        preferred_name="Sam",
        last_name="Oduya",
        employee_number="010008",
        email="sam.oduya@council.example",
    )
    assert rules.staff_member(typed) == manager


def test_a_name_that_two_share_is_refused_with_both_numbers() -> None:
    factories.person(first_name="Sam", last_name="Oduya", employee_number="010008")
    factories.person(first_name="Sam", last_name="Oduya", employee_number="010009")
    broken = refusal(lambda: rules.staff_member("Sam Oduya"))
    assert broken.message == (
        "More than one person is called “Sam Oduya”. Enter the employee number: "
        "Sam Oduya (010008), Sam Oduya (010009)."
    )


# --- Posts ---------------------------------------------------------------------------------------------


def test_u06_the_last_day_counts_and_the_day_after_does_not() -> None:
    person = factories.staff(first_day=date(2020, 1, 1))
    rules.end_spell(person=person, last_day=date(2022, 2, 11), by=ACADEMY, now=NOW)

    def is_in_post(day: date) -> bool:
        return db.session.scalar(queries.spells_on(day).where(Spell.person_id == person.id)) is not None

    assert [is_in_post(date(2022, 2, day)) for day in (10, 11, 12)] == [True, True, False]


def test_u06_leaving_and_returning_are_two_employments() -> None:
    person = factories.staff(first_day=date(2020, 1, 1), last_day=date(2021, 3, 31))
    team = factories.team("Fostering")
    rules.open_spell(
        person=person,
        first_day=date(2022, 1, 10),
        employment_type=EmploymentType.AGENCY,
        team_id=team.id,
        by=ACADEMY,
        now=NOW,
    )
    assert posts(person) == [
        ("2020-01-01", "2021-03-31", "Child in Need"),
        ("2022-01-10", None, "Fostering"),
    ]
    assert [spell.employed_from for spell in person.spells] == [date(2020, 1, 1), date(2022, 1, 10)]


def test_a_change_from_a_day_leaves_last_years_team_as_it_was() -> None:
    person = factories.staff(first_day=date(2020, 1, 1), fte=Decimal("0.6"))
    fostering = factories.team("Fostering")
    rules.change_spell(person=person, on=date(2022, 3, 1), team_id=fostering.id, by=ACADEMY, now=NOW)
    assert posts(person) == [
        ("2020-01-01", "2022-02-28", "Child in Need"),
        ("2022-03-01", None, "Fostering"),
    ]
    assert {spell.employed_from for spell in person.spells} == {date(2020, 1, 1)}
    assert {spell.fte for spell in person.spells} == {Decimal("0.600")}
    assert history(person)[0].changes == {
        "From": [None, "1 March 2022"],
        "Team": ["Child in Need", "Fostering"],
    }


def test_what_was_known_before_a_change_can_still_be_read() -> None:
    person = factories.staff(first_day=date(2020, 1, 1))
    rules.change_spell(
        person=person, on=date(2022, 1, 1), team_id=factories.team("Fostering").id, by=ACADEMY, now=NOW
    )

    def team_known_at(moment: datetime) -> str:
        of_the_day = (Spell.person_id == person.id, queries.covers(Spell, date(2022, 1, 15)))
        spell = db.session.scalar(select(Spell).where(live(Spell, moment), *of_the_day))
        return spell.team.name if spell and spell.team else "nowhere"

    assert team_known_at(NOW - timedelta(minutes=1)) == "Child in Need"
    assert team_known_at(NOW) == "Fostering"


def test_a_change_on_the_first_day_replaces_the_post() -> None:
    person = factories.staff(first_day=date(2022, 1, 10))
    rules.change_spell(
        person=person, on=date(2022, 1, 10), team_id=factories.team("Fostering").id, by=ACADEMY, now=NOW
    )
    assert posts(person) == [("2022-01-10", None, "Fostering")]


def test_a_change_that_changes_nothing_or_outside_a_post_is_refused() -> None:
    person = factories.staff(first_day=date(2020, 1, 1), last_day=date(2021, 12, 31))
    team_id = factories.team().id
    same = refusal(
        lambda: rules.change_spell(person=person, on=date(2021, 1, 1), team_id=team_id, by=ACADEMY, now=NOW)
    )
    assert same.message.startswith("Nothing here differs")
    gone = refusal(
        lambda: rules.change_spell(person=person, on=date(2022, 1, 1), team_id=None, by=ACADEMY, now=NOW)
    )
    assert gone.message == f"{person.name} is not in post on 1 January 2022."
    assert gone.field == "on"


@pytest.mark.parametrize("last_day", [date(2022, 2, 28), date(2022, 5, 31)])
def test_u06_leaving_takes_away_what_was_planned_for_later_days(last_day: date) -> None:
    """Also when the last day is the one before the move: the post of that day ended on it already."""
    person = factories.staff(first_day=date(2020, 1, 1))
    team = factories.team("Fostering")
    rules.change_spell(person=person, on=date(2022, 6, 1), team_id=team.id, by=ACADEMY, now=NOW)
    rules.end_spell(person=person, last_day=last_day, reason="Left instead", by=ACADEMY, now=LATER)
    assert posts(person) == [("2020-01-01", last_day.isoformat(), "Child in Need")]
    kept = history(person)[0]
    assert (kept.verb, kept.reason) == ("post:ended", "Left instead")
    assert kept.changes == {"Last day": [None, f"{last_day.day} {last_day:%B %Y}"]}


def test_ending_twice_on_the_same_day_is_harmless() -> None:
    person = factories.staff(first_day=date(2020, 1, 1))
    first = rules.end_spell(person=person, last_day=date(2022, 2, 11), by=ACADEMY, now=NOW)
    assert rules.end_spell(person=person, last_day=date(2022, 2, 11), by=ACADEMY, now=LATER) == first
    assert [entry.verb for entry in history(person)] == ["post:ended"]


def test_somebody_who_has_left_cannot_leave_again() -> None:
    person = factories.staff(first_day=date(2020, 1, 1), last_day=date(2021, 3, 31))
    broken = refusal(lambda: rules.end_spell(person=person, last_day=date(2022, 2, 11), by=ACADEMY, now=NOW))
    assert (broken.field, broken.message) == (
        "last_day",
        f"{person.name} is not in post on 11 February 2022.",
    )


JAN, FEB, MAR, APR = (date(2022, month, 1) for month in (1, 2, 3, 4))
EVE = timedelta(days=1)


@pytest.mark.parametrize(
    ("wanted", "taken", "left"),
    [
        ((JAN, None), [], [(JAN, None)]),
        ((JAN, None), [(JAN, None)], []),
        ((FEB, None), [(JAN, None)], []),
        ((JAN, None), [(FEB, None)], [(JAN, FEB - EVE)]),
        ((JAN, None), [(FEB, MAR)], [(JAN, FEB - EVE), (MAR + EVE, None)]),
        ((JAN, FEB), [(MAR, None)], [(JAN, FEB)]),
        ((FEB, MAR), [(JAN, FEB)], [(FEB + EVE, MAR)]),
        ((JAN, APR), [(MAR, MAR), (FEB, FEB)], [(JAN, FEB - EVE), (FEB + EVE, MAR - EVE), (MAR + EVE, APR)]),
        ((FEB, FEB), [(FEB, FEB)], []),
    ],
)
def test_u06_what_is_left_of_some_days_when_others_are_taken_out(wanted: Any, taken: Any, left: Any) -> None:
    assert rules.gaps(wanted, taken) == left


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2021, 1, 1), None),
        (date(2019, 1, 1), date(2020, 1, 1)),
        (date(2020, 12, 31), date(2020, 12, 31)),
        (date(2019, 1, 1), None),
    ],
)
def test_posts_do_not_overlap(first: date, last: date | None) -> None:
    person = factories.staff(
        first_day=date(2020, 1, 1), last_day=date(2021, 3, 31), first_name="Sam", last_name="Oduya"
    )
    broken = refusal(
        lambda: rules.open_spell(person=person, first_day=first, last_day=last, by=ACADEMY, now=NOW)
    )
    assert broken.field == "first_day"
    assert broken.message.startswith("Sam Oduya already has a post from 1 January 2020 to 31 March 2021.")


def test_the_database_itself_refuses_posts_that_overlap() -> None:
    person = factories.staff(first_day=date(2020, 1, 1))
    db.session.commit()
    spell = Spell(
        person_id=person.id,
        first_day=date(2021, 1, 1),
        employed_from=date(2021, 1, 1),
        employment_type=EmploymentType.EMPLOYEE,
    )
    record(spell, by="Tests", now=NOW)
    with pytest.raises(DBAPIError, match="ex_spell_no_overlap"):
        db.session.flush()
    db.session.rollback()


def test_what_the_database_refuses_is_a_sentence() -> None:
    """Two people who type at once: the second meets the database's own promise."""
    person = factories.staff(first_day=date(2020, 1, 1))
    other = factories.person(email="taken@council.example")

    def overlap() -> None:
        with promises_kept():
            spell = Spell(
                person_id=person.id,
                first_day=date(2021, 1, 1),
                employed_from=date(2021, 1, 1),
                employment_type=EmploymentType.EMPLOYEE,
            )
            record(spell, by="Tests", now=NOW)

    def twice() -> None:
        with promises_kept():
            db.session.get_one(Person, other_id).email = "taken@council.example"

    other_id = factories.person().id
    assert other.id != other_id
    db.session.commit()
    assert refusal(overlap).field == "first_day"
    db.session.rollback()
    assert refusal(twice).message == "Somebody else already has this e-mail address."
    db.session.rollback()


def test_u06_the_last_day_must_not_be_before_the_first() -> None:
    person = factories.person()
    broken = refusal(
        lambda: rules.open_spell(
            person=person, first_day=date(2022, 1, 10), last_day=date(2022, 1, 9), by=ACADEMY, now=NOW
        )
    )
    assert broken.field == "last_day"


@pytest.mark.parametrize(
    ("kind", "post", "field"),
    [
        (PersonKind.STAFF, {"employment_type": EmploymentType.PARTNER}, "employment_type"),
        (PersonKind.PANEL_MEMBER, {"employment_type": EmploymentType.EMPLOYEE}, "employment_type"),
        (PersonKind.PARTNER, {}, "organisation"),
    ],
)
def test_a_post_suits_the_kind_of_person(kind: PersonKind, post: dict[str, Any], field: str) -> None:
    person = factories.person(kind=kind)
    broken = refusal(
        lambda: rules.open_spell(person=person, first_day=date(2022, 1, 1), by=ACADEMY, now=NOW, **post)
    )
    assert broken.field == field


def test_nobody_manages_themselves_and_a_manager_is_staff() -> None:
    person = factories.staff(first_name="Sam", last_name="Oduya")
    partner = factories.partner()
    own = refusal(
        lambda: rules.change_spell(
            person=person, on=date(2022, 1, 1), manager_id=person.id, by=ACADEMY, now=NOW
        )
    )
    assert (own.message, own.field) == ("Sam Oduya can’t be their own line manager.", "manager")
    db.session.rollback()
    person, partner = factories.staff(), factories.partner()
    outside = refusal(
        lambda: rules.change_spell(
            person=person, on=date(2022, 1, 1), manager_id=partner.id, by=ACADEMY, now=NOW
        )
    )
    assert (outside.message, outside.field) == ("A line manager must be a member of staff.", "manager")


def test_history_that_is_brought_in_is_known_from_then_and_entered_now() -> None:
    person = factories.person()
    then = datetime(2021, 8, 31, 12, tzinfo=UTC)
    spell = rules.open_spell(person=person, first_day=date(2021, 1, 1), by=ACADEMY, now=NOW, recorded_at=then)
    assert (spell.recorded_at, spell.entered_at) == (then, NOW)


# --- Corrections ---------------------------------------------------------------------------------------


def correct(spell: Spell, **values: Any) -> Spell:
    defaults = {"first_day": spell.first_day, "last_day": spell.last_day, "reason": "Typed wrongly"}
    return rules.correct_spell(spell=spell, by=ACADEMY, now=LATER, **(defaults | values))


def moved_person() -> Person:
    """Child in Need from 1 January 2020, Fostering from 1 March 2022."""
    person = factories.staff(first_day=date(2020, 1, 1))
    team = factories.team("Fostering")
    rules.change_spell(person=person, on=date(2022, 3, 1), team_id=team.id, by=ACADEMY, now=NOW)
    return person


def live_post(person: Person, number: int) -> Spell:
    db.session.expire_all()
    return person.spells[number]


def test_a_correction_says_that_it_was_never_so() -> None:
    person = factories.staff(first_day=date(2020, 1, 1))
    correct(live_post(person, 0), team_id=factories.team("Fostering").id)
    assert posts(person) == [("2020-01-01", None, "Fostering")]
    assert (history(person)[0].verb, history(person)[0].reason) == ("post:corrected", "Typed wrongly")


@pytest.mark.parametrize("day", [date(2022, 2, 1), date(2022, 4, 1)])
def test_correcting_the_day_of_a_move_leaves_no_gap(day: date) -> None:
    person = moved_person()
    correct(live_post(person, 1), first_day=day)
    assert posts(person) == [
        ("2020-01-01", (day - timedelta(days=1)).isoformat(), "Child in Need"),
        (day.isoformat(), None, "Fostering"),
    ]


def test_correcting_the_start_moves_the_whole_employment() -> None:
    person = moved_person()
    correct(live_post(person, 0), first_day=date(2019, 9, 2))
    assert posts(person) == [("2019-09-02", "2022-02-28", "Child in Need"), ("2022-03-01", None, "Fostering")]
    assert {spell.employed_from for spell in person.spells} == {date(2019, 9, 2)}


@pytest.mark.parametrize(
    ("number", "values", "field"),
    [
        (1, {"first_day": date(2020, 1, 1)}, "first_day"),
        (0, {"first_day": date(2022, 3, 2), "last_day": date(2022, 3, 5)}, "first_day"),
        (0, {"last_day": date(2022, 3, 1)}, "first_day"),
        (1, {"last_day": date(2022, 2, 1)}, "last_day"),
        (1, {"reason": "  ", "team_id": None}, "reason"),
        (1, {}, None),
    ],
)
def test_corrections_that_cannot_be(number: int, values: dict[str, Any], field: str | None) -> None:
    person = moved_person()
    db.session.commit()
    before = posts(person)
    broken = refusal(lambda: correct(live_post(person, number), **values))
    db.session.rollback()
    assert broken.field == field
    assert posts(person) == before


def test_a_post_that_somebody_else_has_changed_is_not_corrected_again() -> None:
    person = factories.staff(first_day=date(2020, 1, 1))
    spell = live_post(person, 0)
    rules.end_spell(person=person, last_day=date(2022, 2, 11), by=ACADEMY, now=NOW)
    assert "meanwhile" in refusal(lambda: correct(spell, team_id=None)).message


def test_withdrawing_a_move_lets_the_post_before_it_go_on() -> None:
    person = moved_person()
    rules.withdraw_spell(spell=live_post(person, 1), reason="Wrong person", by=ACADEMY, now=LATER)
    assert posts(person) == [("2020-01-01", None, "Child in Need")]
    assert history(person)[0].verb == "post:removed"


def test_withdrawing_the_first_post_lets_the_employment_begin_with_the_next() -> None:
    person = moved_person()
    rules.withdraw_spell(spell=live_post(person, 0), reason="Wrong person", by=ACADEMY, now=LATER)
    assert posts(person) == [("2022-03-01", None, "Fostering")]
    assert live_post(person, 0).employed_from == date(2022, 3, 1)


# --- Absences ------------------------------------------------------------------------------------------


def test_an_absence_begins_ends_and_is_read_as_known_at() -> None:
    person = factories.staff()
    absence = rules.record_absence(person=person, first_day=date(2022, 1, 10), by=ACADEMY, now=NOW)
    rules.correct_absence(
        absence=absence, first_day=absence.first_day, last_day=date(2022, 6, 30), by=ACADEMY, now=LATER
    )

    def is_absent(day: date, known_at: datetime | None = None) -> bool:
        found = select(Absence).where(live(Absence, known_at), queries.covers(Absence, day))
        return db.session.scalar(found) is not None

    assert [is_absent(date(2022, 6, 30)), is_absent(date(2022, 7, 1))] == [True, False]
    assert is_absent(date(2022, 7, 1), known_at=NOW)
    assert [entry.verb for entry in history(person)] == ["absence:ended", "absence:recorded"]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2022, 6, 30), None, "first_day"),
        (date(2021, 12, 1), date(2022, 1, 10), "first_day"),
        (date(2022, 9, 2), date(2022, 9, 1), "last_day"),
    ],
)
def test_absences_do_not_overlap(first: date, last: date | None, field: str) -> None:
    person = factories.staff()
    rules.record_absence(
        person=person, first_day=date(2022, 1, 10), last_day=date(2022, 6, 30), by=ACADEMY, now=NOW
    )
    broken = refusal(
        lambda: rules.record_absence(person=person, first_day=first, last_day=last, by=ACADEMY, now=LATER)
    )
    assert broken.field == field


@pytest.mark.parametrize("first", [date(2018, 12, 31), date(2022, 2, 1)])
def test_4_6_an_absence_begins_while_somebody_is_in_post_as_staff(first: date) -> None:
    """Neither before their first day nor in the time in which they are a partner; one that was brought in
    so can still be ended."""
    person = factories.staff(first_day=date(2019, 1, 1), last_day=date(2022, 1, 31))
    partner = {"employment_type": EmploymentType.PARTNER, "organisation_id": factories.organisation().id}
    factories.spell(person, first_day=date(2022, 2, 1), **partner)
    broken = refusal(lambda: rules.record_absence(person=person, first_day=first, by=ACADEMY, now=NOW))
    assert (broken.field, "is not in post on" in broken.message) == ("first_day", True)
    absence = record(Absence(person_id=person.id, first_day=first), by="HR", now=NOW)
    db.session.flush()
    ended = rules.correct_absence(
        absence=absence, first_day=first, last_day=date(2022, 2, 28), by=ACADEMY, now=LATER
    )
    assert ended.last_day == date(2022, 2, 28)


def test_4_6_an_absence_goes_on_no_longer_than_the_employment_in_which_it_began() -> None:
    person = factories.staff()
    rules.record_absence(person=person, first_day=date(2022, 1, 10), by=ACADEMY, now=NOW)
    rules.end_spell(person=person, last_day=date(2022, 6, 30), by=ACADEMY, now=NOW)
    rules.open_spell(person=person, first_day=date(2022, 11, 2), by=ACADEMY, now=NOW)
    away = [
        len(db.session.scalars(queries.absent_among([person.id], on)).all())
        for on in (date(2022, 6, 30), date(2022, 7, 1), date(2022, 11, 2))
    ]
    assert away == [1, 0, 0]


def test_an_absence_by_mistake_is_withdrawn_with_a_reason() -> None:
    person = factories.staff()
    absence = rules.record_absence(person=person, first_day=date(2022, 1, 10), by=ACADEMY, now=NOW)
    assert (
        refusal(lambda: rules.withdraw_absence(absence=absence, reason="", by=ACADEMY, now=LATER)).field
        == "reason"
    )
    rules.withdraw_absence(absence=absence, reason="Somebody else", by=ACADEMY, now=LATER)
    assert db.session.scalar(queries.absences_of(person)) is None
    assert db.session.scalar(select(Absence)) == absence


def test_partners_have_no_long_term_absence() -> None:
    partner = factories.partner()
    assert (
        "staff only"
        in refusal(
            lambda: rules.record_absence(person=partner, first_day=date(2022, 1, 1), by=ACADEMY, now=NOW)
        ).message
    )


# --- Who sees whom (3.0) -------------------------------------------------------------------------------

TODAY = date(2022, 2, 1)


def test_30_a_line_manager_sees_the_own_team_and_all_below_and_nobody_else() -> None:
    head, manager = factories.staff(team_id=None), factories.person()
    team = factories.team("Fostering")
    factories.spell(manager, manager_id=head.id, team_id=factories.team("Managers").id)
    member = factories.staff(team_id=team.id, manager_id=manager.id)
    colleague = factories.staff(team_id=team.id)
    stranger = factories.staff()
    leaver = factories.staff(team_id=team.id, manager_id=manager.id, last_day=date(2022, 1, 31))
    by_manager = factories.actor(Role.LINE_MANAGER, of=manager, team_ids=frozenset({team.id}))
    by_head = factories.actor(Role.LINE_MANAGER, of=head)

    def seen(by: Actor) -> list[bool]:
        return [
            rules.can_see(person, by, TODAY)
            for person in (head, manager, member, colleague, stranger, leaver)
        ]

    assert seen(by_manager) == [False, True, True, True, False, False]
    assert seen(by_head) == [True, True, True, False, False, False]


@pytest.mark.parametrize("role", list(Role))
def test_30_who_sees_a_stranger_and_themselves(role: Role) -> None:
    person, stranger = factories.staff(), factories.staff()
    by = factories.actor(role, of=person)
    assert rules.can_see(stranger, by, TODAY) == (role is Role.ACADEMY_MANAGER)
    learners = {Role.PRACTITIONER, Role.LINE_MANAGER, Role.PARTNER, Role.COORDINATOR}
    sees_own = role in learners | {Role.ACADEMY_MANAGER}
    assert rules.can_see(person, by, TODAY) == sees_own


def test_managers_entered_in_a_circle_do_not_run_for_ever() -> None:
    one = factories.staff()
    two = factories.staff(manager_id=one.id)
    db.session.execute(
        text("UPDATE spell SET manager_id = :two WHERE person_id = :one"), {"two": two.id, "one": one.id}
    )
    assert queries.is_managed_by(two.id, one.id, TODAY)
    assert queries.is_managed_by(one.id, two.id, TODAY)


def test_a_team_is_seen_by_those_who_manage_it() -> None:
    team, other = factories.team("Fostering"), factories.team("Adoption")
    by = factories.actor(Role.LINE_MANAGER, of=factories.person(), team_ids=frozenset({team.id}))
    rules.check_can_see_team(team, by)
    rules.check_can_see_team(other, ACADEMY)
    with pytest.raises(NotAllowed):
        rules.check_can_see_team(other, by)
    with pytest.raises(NotAllowed):
        rules.check_can_see_team(team, factories.actor(Role.BOARD_MEMBER))


# --- Lists ---------------------------------------------------------------------------------------------


def test_names_in_a_list_differ_in_more_than_case() -> None:
    service = rules.add_service(name="  Early   Help ", by=ACADEMY, now=NOW)
    assert service.name == "Early Help"
    broken = refusal(lambda: rules.add_service(name="EARLY help", by=ACADEMY, now=NOW))
    assert (broken.message, broken.field) == ("There is already a service called Early Help.", "name")
    assert rules.rename_service(service=service, name="Early help", by=ACADEMY, now=NOW).name == "Early help"
    assert refusal(lambda: rules.add_role_group(name=" ", by=ACADEMY, now=NOW)).message == "Enter a name."


@pytest.mark.parametrize(("name", "again"), [("École du Parc", "école du parc"), ("St Mary’s", "St Mary's")])
def test_a_name_in_a_list_is_one_however_it_is_written(name: str, again: str) -> None:
    service = rules.add_service(name="North", by=ACADEMY, now=NOW)
    sector = rules.add_sector(name=name, by=ACADEMY, now=NOW)
    adds: list[Callable[..., Any]] = [
        partial(rules.add_organisation, sector=sector),
        partial(rules.add_team, service=service),
        rules.add_role_group,
        rules.add_service,
    ]
    for add in adds:
        add(name=name, by=ACADEMY, now=NOW)
    for add in (*adds, rules.add_sector):
        assert refusal(partial(add, name=again, by=ACADEMY, now=NOW)).field == "name"


@pytest.mark.parametrize("model", [Service, RoleGroup, Sector, Organisation])
def test_of_two_who_add_one_name_at_once_the_database_refuses_the_later(model: Any) -> None:
    db.session.add(model(name="St Mary’s"))
    with pytest.raises(RuleBroken) as refused, promises_kept():
        db.session.add(model(name="ST MARY'S"))
    assert refused.value.field == "name"


def test_two_services_may_each_have_a_team_of_the_same_name() -> None:
    one, two = (rules.add_service(name=name, by=ACADEMY, now=NOW) for name in ("North", "South"))
    rules.add_team(name="Duty", service=one, by=ACADEMY, now=NOW)
    moved = rules.add_team(name="Duty", service=two, by=ACADEMY, now=NOW)
    broken = refusal(lambda: rules.edit_team(team=moved, name="duty", service=one, by=ACADEMY, now=NOW))
    assert broken.message == "North already has a team called Duty."


def test_an_organisation_keeps_its_history() -> None:
    health, police = (
        rules.add_sector(name=f"{name} too", by=ACADEMY, now=NOW) for name in ("Health", "Police")
    )
    school = rules.add_organisation(name="Castle Homes", sector=health, by=ACADEMY, now=NOW)
    rules.edit_organisation(organisation=school, name="Castle Homes", sector=police, by=ACADEMY, now=LATER)
    entries = list(db.session.scalars(audit.history_of("organisation", school.id)))
    assert [(entry.verb, entry.changes) for entry in entries] == [
        ("organisation:edited", {"Sector": ["Health too", "Police too"]}),
        ("organisation:added", {"Name": [None, "Castle Homes"], "Sector": [None, "Health too"]}),
    ]


# --- Changed in the instant in which it was recorded -------------------------------------------------------


def _correct(spell: Spell, **values: Any) -> Spell:
    days = {"first_day": spell.first_day, "last_day": spell.last_day}
    return rules.correct_spell(spell=spell, reason="Mistyped", by=ACADEMY, now=NOW, **(days | values))


def _moved_on_the_first_day(person: Person, first: Spell) -> None:
    rules.change_spell(person=person, on=first.first_day, by=ACADEMY, now=NOW, job_title="Manager")


def _moved_later(person: Person, first: Spell) -> None:
    rules.change_spell(person=person, on=date(2021, 1, 1), by=ACADEMY, now=NOW, job_title="Manager")


def _ended(person: Person, first: Spell) -> None:
    rules.end_spell(person=person, last_day=date(2021, 1, 1), by=ACADEMY, now=NOW)


def _other_days(person: Person, first: Spell) -> None:
    _correct(first, first_day=date(2020, 2, 1), last_day=date(2022, 1, 1))


def _end_of_the_one_before(person: Person, first: Spell) -> None:
    later = rules.change_spell(person=person, on=date(2021, 1, 1), by=ACADEMY, now=NOW, job_title="Manager")
    earlier = _correct(later, first_day=date(2020, 6, 1))
    _correct(earlier, first_day=date(2021, 6, 1))


def _withdrawn(person: Person, first: Spell) -> None:
    later = rules.change_spell(person=person, on=date(2021, 1, 1), by=ACADEMY, now=NOW, job_title="Manager")
    rules.withdraw_spell(spell=later, reason="Mistyped", by=ACADEMY, now=NOW)


def _start_of_employment(person: Person, first: Spell) -> None:
    _moved_later(person, first)
    first = next(one for one in person.spells if one.last_day)
    _correct(first, first_day=date(2019, 6, 1))


@pytest.mark.parametrize(
    "change",
    [
        _moved_on_the_first_day,
        _moved_later,
        _ended,
        _other_days,
        _end_of_the_one_before,
        _withdrawn,
        _start_of_employment,
    ],
)
def test_u05_at_no_instant_is_somebody_known_in_two_posts(change: Callable[[Person, Spell], None]) -> None:
    person = factories.staff(first_day=date(2020, 1, 1), recorded_at=NOW)
    change(person, person.spells[0])
    rows = list(db.session.scalars(select(Spell).where(Spell.person_id == person.id)))
    assert len(rows) > 1
    assert _known_together(rows) == []


def test_at_no_instant_is_an_absence_known_twice() -> None:
    person = factories.staff()
    absence = rules.record_absence(person=person, first_day=date(2022, 1, 10), by=ACADEMY, now=NOW)
    rules.correct_absence(absence=absence, first_day=date(2022, 1, 11), last_day=None, by=ACADEMY, now=NOW)
    rows = list(db.session.scalars(select(Absence)))
    assert len(rows) == 2
    assert _known_together(rows) == []


def _known_together(rows: list[Any]) -> list[tuple[Any, Any]]:
    """The pairs that say something of one day and were known at one instant."""
    return [
        (one, other)
        for place, one in enumerate(rows)
        for other in rows[:place]
        if max(one.first_day, other.first_day) <= min(one.last_day or date.max, other.last_day or date.max)
        and max(one.recorded_at, other.recorded_at)
        < min(one.superseded_at or FOREVER, other.superseded_at or FOREVER)
    ]
