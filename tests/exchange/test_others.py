"""Files of partners, of past completions and of a cohort's members."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db, live, record
from app.core.errors import RuleBroken
from app.exchange import rules
from app.exchange.models import ImportKind
from app.exchange.rules import Group
from app.figures.models import Cohort, CohortRequirement, Membership, Target, TargetKind
from app.learning.models import DatePrecision, PastCompletion, PastKind
from app.merging import rules as merging
from app.people.models import Organisation, Person, Spell
from app.programmes.models import Course
from tests import factories
from tests.attendance.marking import past
from tests.exchange.samples import ACADEMY, DATA, bring_in, csv_of, look, problems

PARTNERS, COMPLETIONS, COHORT = ImportKind.PARTNERS, ImportKind.COMPLETIONS, ImportKind.COHORT
LEE = {
    "first_name": "Lee",
    "last_name": "Clarke",
    "email": "lee@homes.example",
    "organisation": "Castle Homes",
    "sector": "Housing",
    "role": "Housing officer",
}


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to) -> None:  # type: ignore[no-untyped-def]
    travel_to("2022-03-01 10:00")


def count(model: type) -> int:
    return db.session.scalar(select(func.count(model.id))) or 0


# --- Partners ------------------------------------------------------------------------------------------


def partner_spells(email: str = "lee@homes.example") -> list[tuple[date, date | None, str, str | None]]:
    spells = db.session.scalars(
        select(Spell)
        .join(Person, Person.id == Spell.person_id)
        .where(Person.email == email, live(Spell))
        .order_by(Spell.first_day)
    )
    return [(one.first_day, one.last_day, one.organisation.name, one.job_title) for one in spells]  # type: ignore[union-attr]


def test_partners_belong_to_their_organisation_from_today() -> None:
    bring_in(PARTNERS, csv_of([LEE]))
    assert partner_spells() == [(date(2022, 3, 1), None, "Castle Homes", "Housing officer")]
    assert db.session.scalars(select(Organisation)).one().sector.name == "Housing"


def test_partners_of_history_belong_from_the_day_it_was_known() -> None:
    bring_in(PARTNERS, csv_of([LEE]), recorded_at=rules.known_since(date(2021, 8, 31), clock.now()))
    assert partner_spells()[0][0] == date(2021, 8, 31)


def test_the_council_s_partners_twice_change_nothing() -> None:
    content = (DATA / "partners.csv").read_bytes()
    bring_in(PARTNERS, content)
    assert (count(Person), count(Organisation)) == (300, 12)
    _, plan = look(PARTNERS, content, now=clock.now() + timedelta(days=9))
    assert plan.changes_nothing
    assert plan.unchanged == 300


def test_a_partner_moves_changes_name_and_is_nobody_else() -> None:
    bring_in(PARTNERS, csv_of([LEE]))
    changed = LEE | {"last_name": "Clark", "organisation": "Open Door", "sector": "other"}
    row = bring_in(PARTNERS, csv_of([changed]), effective=date(2022, 4, 1))
    assert row.changes["counts"]["moves"] == row.changes["counts"]["details"] == 1
    assert partner_spells() == [
        (date(2022, 3, 1), date(2022, 3, 31), "Castle Homes", "Housing officer"),
        (date(2022, 4, 1), None, "Open Door", "Housing officer"),
    ]
    assert db.session.scalars(select(Person)).one().last_name == "Clark"


def test_a_move_from_before_a_partner_was_here_is_named_by_the_day_on_which_it_is_written() -> None:
    bring_in(PARTNERS, csv_of([LEE]))
    changed = csv_of([LEE | {"organisation": "Open Door"}])
    row, plan = look(PARTNERS, changed, effective=date(2022, 2, 1))
    assert plan.differences[Group.MOVES][0].what == "Open Door, Housing officer, from 1 March 2022"
    rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    assert partner_spells()[-1][0] == date(2022, 3, 1)


def test_a_partner_without_an_address_is_found_by_name_and_organisation() -> None:
    nobody = LEE | {"email": ""}
    bring_in(PARTNERS, csv_of([nobody]))
    _, again = look(PARTNERS, csv_of([nobody]))
    assert again.changes_nothing
    _, elsewhere = look(PARTNERS, csv_of([nobody | {"organisation": "Open Door"}]))
    assert elsewhere.counts["added"] == elsewhere.counts["possible_duplicates"] == 1


def test_a_partner_who_is_known_is_on_one_line_however_the_lines_name_them() -> None:
    """With and without the address; a second line would move them once more from where they are no longer."""
    bring_in(PARTNERS, csv_of([LEE]))
    promoted = {"role": "Manager"}
    _, plan = look(
        PARTNERS, csv_of([LEE | promoted, LEE | promoted | {"email": ""}, LEE | {"email": "new@x.example"}])
    )
    assert [(one.line, one.reason) for one in plan.problems] == [(3, "Lee Clarke is on line 2 already.")]


def test_u07_two_addresses_of_a_merged_partner_are_one_person() -> None:
    bring_in(PARTNERS, csv_of([LEE, LEE | {"email": "lee@other.example", "organisation": "Open Door"}]))
    survivor, merged = db.session.scalars(select(Person).order_by(Person.id))
    merging.merge(survivor=survivor, merged=merged, by=ACADEMY, now=clock.now() + timedelta(minutes=1))
    _, plan = look(PARTNERS, csv_of([LEE, LEE | {"email": "lee@other.example"}]))
    assert [(one.line, one.reason) for one in plan.problems] == [(3, "Lee Clarke is on line 2 already.")]


def test_wrong_partners_are_listed() -> None:
    factories.organisation("Riverside School", "Education")
    factories.staff(email="sam@council.example")
    _, plan = look(
        PARTNERS,
        csv_of(
            [
                LEE,
                LEE,
                LEE | {"email": "a@x.example", "sector": "Helath"},
                LEE | {"email": "b@x.example", "organisation": "riverside school"},
                LEE | {"email": "c@x.example", "sector": "Health"},
                LEE | {"email": "sam@council.example"},
                LEE | {"email": "d@x.example", "organisation": ""},
            ]
        ),
    )
    assert problems(plan) == [
        (3, "email"),
        (4, "sector"),
        (5, "sector"),
        (6, "sector"),
        (7, "email"),
        (8, "organisation"),
    ]
    assert "There is no sector Helath. The sectors are Health, Education" in plan.problems[1].reason


# --- Past completions ------------------------------------------------------------------------------------


@pytest.fixture
def course() -> Course:
    return factories.course(code="SOS-2DAY")


def completions(*rows: dict) -> bytes:
    start = {
        "employee_number": "", "email": "", "course_code": "SOS-2DAY", "completion_date": "2020-03-07",
        "date_precision": "exact", "source": "Spreadsheet", "note": "",
    }  # fmt: skip
    return csv_of([start | row for row in rows])


def test_am13_a_completion_before_the_person_s_start_is_accepted(course: Course) -> None:
    sam = factories.staff(employee_number="000101", first_day=date(2021, 9, 1))
    bring_in(COMPLETIONS, completions({"employee_number": "000101", "completion_date": "2015-05-01"}))
    past = db.session.scalars(select(PastCompletion)).one()
    assert (past.person_id, past.version_id, past.completed_on) == (
        sam.id,
        course.latest_version.id,
        date(2015, 5, 1),
    )
    assert (past.source, past.precision) == ("Spreadsheet", DatePrecision.EXACT)


def test_the_same_completions_twice_change_nothing(course: Course) -> None:
    factories.staff(employee_number="000101")
    factories.partner(email="lee@homes.example")
    content = completions(
        {"employee_number": "000101"}, {"email": "LEE@homes.example"}, {"employee_number": "000101"}
    )
    bring_in(COMPLETIONS, content)
    assert count(PastCompletion) == 2
    factories.version(course, number=2)
    _, plan = look(COMPLETIONS, content)
    assert plan.changes_nothing
    assert plan.unchanged == 3


def test_another_source_or_precision_corrects_a_completion(course: Course) -> None:
    factories.staff(employee_number="000101")
    before = clock.now()
    bring_in(COMPLETIONS, completions({"employee_number": "000101"}))
    row = bring_in(
        COMPLETIONS,
        completions({"employee_number": "000101", "date_precision": "on_or_before"}),
        now=before + timedelta(minutes=1),
    )
    assert row.changes["counts"]["corrected"] == 1
    known = [
        db.session.scalars(select(PastCompletion).where(live(PastCompletion, at))).one()
        for at in (before, None)
    ]
    assert [one.precision.value for one in known] == ["exact", "on_or_before"]


def test_history_that_corrects_is_not_known_before_what_it_corrects(course: Course) -> None:
    factories.staff(employee_number="000101")
    bring_in(COMPLETIONS, completions({"employee_number": "000101"}))
    bring_in(
        COMPLETIONS,
        completions({"employee_number": "000101", "source": "Certificate"}),
        recorded_at=rules.known_since(date(2021, 8, 31), clock.now()),
        now=clock.now() + timedelta(minutes=1),
    )
    first, second = db.session.scalars(select(PastCompletion).order_by(PastCompletion.id))
    assert second.recorded_at == first.superseded_at == first.recorded_at + timedelta(microseconds=1)


def test_am14_prior_learning_stays_prior_learning_when_a_file_corrects_its_source(course: Course) -> None:
    person = factories.staff(employee_number="000101")
    past(person, course.latest_version, date(2020, 3, 7), kind=PastKind.PRIOR_LEARNING)
    bring_in(COMPLETIONS, completions({"employee_number": "000101", "source": "Certificate"}))
    (kept,) = db.session.scalars(select(PastCompletion).where(live(PastCompletion)))
    assert (kept.kind, kept.source, kept.approved_by) == (PastKind.PRIOR_LEARNING, "Certificate", "Tests")


def test_am14_what_a_file_leaves_empty_stays_as_it_is(course: Course) -> None:
    """Prior learning, with its certificate, is not signed for a file that names nothing."""
    person = factories.staff(employee_number="000101")
    kept = past(person, course.latest_version, date(2020, 3, 7), kind=PastKind.PRIOR_LEARNING)
    kept.precision, kept.note = DatePrecision.ON_OR_BEFORE, "Seen by the academy"
    db.session.flush()
    line = {"employee_number": "000101", "course_code": "SOS-2DAY", "completion_date": "2020-03-07"}
    for content in (
        csv_of([line]),
        completions({"employee_number": "000101", "date_precision": "", "source": ""}),
    ):
        _, plan = look(COMPLETIONS, content)
        assert (plan.changes_nothing, plan.unchanged) == (True, 1)
    bring_in(COMPLETIONS, csv_of([line | {"date_precision": "exact"}]))
    (now,) = db.session.scalars(select(PastCompletion).where(live(PastCompletion)))
    assert (now.precision, now.source, now.note) == (DatePrecision.EXACT, kept.source, "Seen by the academy")


def test_4_4_a_completion_is_not_known_before_it_happened(course: Course) -> None:
    factories.staff(employee_number="000101")
    content = completions({"employee_number": "000101", "completion_date": "2022-02-02"})
    since = rules.known_since(date(2022, 2, 1), clock.now())
    _, plan = look(COMPLETIONS, content, recorded_at=since)
    assert [one.reason for one in plan.problems] == [
        "2 February 2022 is after 1 February 2022, since when this is said to be known."
    ]
    bring_in(COMPLETIONS, content, recorded_at=rules.known_since(date(2022, 2, 2), clock.now()))
    assert count(PastCompletion) == 1


@pytest.mark.parametrize(("day", "is_wrong"), [("1969-12-31", True), ("1970-01-01", False)])
def test_am13_a_file_goes_no_further_back_than_the_page(course: Course, day: str, is_wrong: bool) -> None:
    factories.staff(employee_number="000101")
    _, plan = look(COMPLETIONS, completions({"employee_number": "000101", "completion_date": day}))
    assert [one.reason for one in plan.problems] == ["The date must be 1 January 1970 or later."] * is_wrong


def test_wrong_completions_are_listed_and_then_nothing_is_applied(course: Course) -> None:
    factories.staff(employee_number="000101", email="sam@council.example")
    factories.staff(employee_number="000102", email="lee@council.example")
    row, plan = look(
        COMPLETIONS,
        completions(
            {"employee_number": "000101"},
            {"employee_number": "000101", "source": "Another"},
            {"employee_number": "101"},
            {"email": "who@council.example"},
            {"employee_number": "000101", "email": "lee@council.example"},
            {"employee_number": "000102", "course_code": "SOS-3DAY"},
            {"employee_number": "000102", "completion_date": "2022-03-02"},
            {"employee_number": "00000102"},
        ),
    )
    assert problems(plan) == [
        (3, "completion_date"),
        (4, "employee_number"),
        (5, "email"),
        (6, "email"),
        (7, "course_code"),
        (8, "completion_date"),
        (9, "employee_number"),
    ]
    assert "number 101, but with 000101: the file may have lost the zeros" in plan.problems[1].reason
    assert plan.problems[6].reason == "There is nobody with the employee number 00000102, but with 000102."
    assert "The courses are SOS-2DAY." in plan.problems[4].reason
    with pytest.raises(RuleBroken, match="7 problems"):
        rules.apply(file_import=row, by=factories.actor(), now=clock.now())
    assert count(PastCompletion) == 0


# --- A cohort --------------------------------------------------------------------------------------------


@pytest.fixture
def target(course: Course) -> Target:
    cohort = factories._save(Cohort(code="upskill", name="New and to upskill", created_at=factories.LONG_AGO))
    for cause in ("untrained", "new starter"):
        requirement = CohortRequirement(cohort_id=cohort.id, cause=cause, course_id=course.id)
        record(requirement, by="Tests", now=factories.LONG_AGO)
    db.session.flush()
    db.session.expire(cohort)
    return factories._save(
        Target(
            code="sos-new",
            title="New and to upskill",
            kind=TargetKind.COHORT,
            programme_id=course.programme_id,
            cohort_id=cohort.id,
            created_at=factories.LONG_AGO,
        )
    )


def members(*rows: dict) -> bytes:
    start = {"employee_number": "", "email": "", "reason": "untrained", "joined_on": "2022-01-26"}
    return csv_of([start | row for row in rows])


def test_am06_a_cohort_file_only_adds(target: Target) -> None:
    sam, lee, kit = (factories.staff(employee_number=number) for number in ("1", "2", "3"))
    content = members(
        {"employee_number": "1"}, {"employee_number": "2", "reason": "New_Starter"}, {"email": kit.email}
    )
    bring_in(COHORT, content, target=target)
    found = db.session.scalars(select(Membership).order_by(Membership.person_id)).all()
    assert [(one.person_id, one.cause, one.joined_on) for one in found] == [
        (sam.id, "untrained", date(2022, 1, 26)),
        (lee.id, "new starter", date(2022, 1, 26)),
        (kit.id, "untrained", date(2022, 1, 26)),
    ]
    _, again = look(COHORT, content, target=target)
    assert again.changes_nothing
    _, shorter = look(COHORT, members({"employee_number": "1", "reason": "new starter"}), target=target)
    assert shorter.changes_nothing
    assert "a member from 26 January 2022 (untrained) already" in shorter.notices[0].reason


def test_am06_lines_that_match_nobody_are_listed_and_then_nobody_is_added(target: Target) -> None:
    factories.staff(employee_number="1")
    row, plan = look(
        COHORT,
        members(
            {"employee_number": "1"},
            {"employee_number": "9"},
            {"employee_number": "1"},
            {"email": "no@x.example", "reason": "bored"},
        ),
        target=target,
    )
    assert problems(plan) == [(3, "employee_number"), (4, "employee_number"), (5, "email"), (5, "reason")]
    with pytest.raises(RuleBroken, match="4 problems"):
        rules.apply(file_import=row, by=factories.actor(), now=clock.now())
    assert count(Membership) == 0


def test_who_left_a_cohort_may_join_again(target: Target) -> None:
    factories.staff(employee_number="1")
    bring_in(COHORT, members({"employee_number": "1"}), target=target)
    member = db.session.scalars(select(Membership)).one()
    member.left_on, member.left_cause = date(2022, 2, 10), "error"
    _, before = look(COHORT, members({"employee_number": "1", "joined_on": "2022-02-01"}), target=target)
    _, after = look(COHORT, members({"employee_number": "1", "joined_on": "2022-02-10"}), target=target)
    assert before.changes_nothing
    assert after.differences[Group.ADDED][0].what == "untrained, from 10 February 2022"


def test_am06_who_had_left_by_the_day_is_no_member(target: Target) -> None:
    """The last day counts; whoever came back, or has yet to begin, joins."""
    leaver = factories.staff(employee_number="1", last_day=date(2022, 1, 25))
    factories.staff(employee_number="2", last_day=date(2022, 1, 26))
    factories.staff(employee_number="3", first_day=date(2022, 2, 1))
    factories.spell(
        factories.staff(employee_number="4", last_day=date(2021, 3, 31)), first_day=date(2022, 1, 20)
    )
    content = members(*({"employee_number": number} for number in "1234"))
    _, plan = look(COHORT, content, target=target)
    assert [(one.line, one.reason) for one in plan.problems] == [
        (2, f"{leaver.name} is not in post on 26 January 2022: their last day was 25 January 2022.")
    ]
    _, plan = look(COHORT, members(*({"employee_number": number} for number in "234")), target=target)
    assert len(plan.differences[Group.ADDED]) == 3


def test_a_target_without_a_cohort_takes_no_members(course: Course, target: Target) -> None:
    flow = factories._save(
        Target(
            code="core",
            title="Core",
            kind=TargetKind.PEOPLE_TRAINED,
            programme_id=course.programme_id,
            created_at=factories.LONG_AGO,
        )
    )
    with pytest.raises(RuleBroken, match="not about a cohort"):
        look(COHORT, members({"employee_number": "1"}), target=flow)
    with pytest.raises(RuleBroken, match="Choose the target"):
        look(COHORT, members({"employee_number": "1"}))
