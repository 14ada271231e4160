"""Figures as at a day and as known at an instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db, record, supersede
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import CohortRequirement, Standing, TargetKind
from app.figures.queries import Counted, Figure
from app.figures.queries.figure import Baseline
from app.merging import rules as merging
from app.people.models import Absence, EmploymentType, Sector, Service, Team
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.statements import statements

AUGUST = date(2021, 8, 31)
DEADLINE = date(2022, 3, 31)


def counts(figure: Figure) -> tuple[int, int | None, int | None, bool | None, str]:
    return figure.numerator, figure.denominator, figure.required, figure.met, figure.shown


# --- Coverage ------------------------------------------------------------------------------------------


def test_4_7_coverage_counts_who_is_in_post_on_the_day() -> None:
    """The worked example in small: leavers out the day after their last day, starters in from their first."""
    scene = scenes.coverage(trained=5, untrained=3)
    role = factories.role_group().id
    done = [factories.staff(last_day=AUGUST), factories.staff(last_day=date(2021, 8, 30))]
    for person in done:
        scenes.complete(person, scene.course)
    factories.staff(last_day=AUGUST)
    factories.staff(first_day=date(2021, 9, 1))
    agency = factories.staff(employment_type=EmploymentType.AGENCY, role_group_id=role)
    scenes.complete(agency, scene.course)
    factories.staff(role_group_id=factories.role_group("Business Support Officer").id)
    scenes.complete(factories.partner(), scene.course)

    at_the_end = queries.figure(scene.target, as_at=AUGUST)
    next_day = queries.figure(scene.target, as_at=date(2021, 9, 1))

    assert counts(at_the_end) == (6, 10, None, None, "60%")  # 5 + one on their last day, of 8 + two on theirs
    assert counts(next_day) == (5, 9, None, None, "56%")  # both left, one started
    assert at_the_end.of_words == "6 of 10 practitioners in post at 31 August 2021"
    assert at_the_end.standing is Standing.NO_THRESHOLD


def test_4_6_a_moved_person_is_counted_where_they_were_on_the_day() -> None:
    scene = scenes.coverage(trained=0, untrained=1)
    person = factories.staff(last_day=date(2021, 6, 30))
    other = factories.role_group("Business Support Officer")
    factories.spell(person, first_day=date(2021, 7, 1), role_group_id=other.id)
    assert queries.figure(scene.target, as_at=date(2021, 6, 30)).denominator == 2
    assert queries.figure(scene.target, as_at=date(2021, 7, 1)).denominator == 1


def test_u06_leaving_and_returning_is_out_between() -> None:
    scene = scenes.coverage(trained=0, untrained=0)
    person = factories.staff(last_day=date(2022, 2, 11))
    factories.spell(person, first_day=date(2022, 5, 1))
    found = [
        queries.figure(scene.target, as_at=day).denominator
        for day in (date(2022, 2, 11), date(2022, 2, 12), date(2022, 4, 30), date(2022, 5, 1))
    ]
    assert found == [1, 0, 0, 1]


def test_4_6_long_absence_stays_in_the_headline_and_has_a_second_line() -> None:
    scene = scenes.coverage(trained=3, untrained=2)
    for person in (scene.people[0], scene.people[4]):
        for first_day in (date(2021, 5, 1), date(2021, 8, 1)):
            absence = Absence(person_id=person.id, first_day=first_day, last_day=date(2021, 12, 31))
            record(absence, by="Tests", now=LONG_AGO)
    figure = queries.figure(scene.target, as_at=AUGUST)
    assert (figure.numerator, figure.denominator) == (3, 5)
    nobody_new = "Nobody started in the last 90 days."
    assert figure.notes == ["Excluding 2 on long-term absence: 2 of 3, 67%.", nobody_new]
    few = "Fewer than 5 of them are on long-term absence."
    assert figure.for_the_board().notes == [few, nobody_new]
    most = replace(figure, numerator=2, denominator=8, away=5, away_done=0)
    assert most.for_the_board().notes[0] == "All but fewer than 5 of them are on long-term absence."
    assert most.notes[0] == "Excluding 5 on long-term absence: 2 of 3, 67%."
    later = queries.figure(scene.target, as_at=date(2022, 1, 1))
    assert later.notes == later.for_the_board().notes == ["None of them is on long-term absence.", nobody_new]


def test_u26_no_one_in_scope_has_no_percentage() -> None:
    target = scenes.coverage(trained=0, untrained=0, percent="80").target
    figure = queries.figure(target, as_at=AUGUST)
    assert counts(figure) == (0, 0, None, None, "no one in scope")
    assert figure.standing is Standing.NO_ONE
    assert figure.notes == []


def test_4_2_coverage_falls_when_trained_people_leave_though_nobody_unlearned() -> None:
    """In small: of 5, 4 are trained; then 2 trained people leave and 3 join, of whom 1 is trained."""
    scene = scenes.coverage(trained=2, untrained=1, percent="80")
    leavers = [factories.staff(last_day=date(2021, 11, 1)) for _ in range(2)]
    joiners = [factories.staff(first_day=date(2021, 11, 2)) for _ in range(3)]
    for person in (*leavers, joiners[0]):
        scenes.complete(person, scene.course)
    assert counts(queries.figure(scene.target, as_at=AUGUST)) == (4, 5, 4, True, "80%")
    assert counts(queries.figure(scene.target, as_at=date(2021, 11, 2))) == (3, 6, 5, False, "50%")


POPULATIONS: list[tuple[str, dict[str, Any], list[str], str]] = [
    ("employment", {"types": ["agency"]}, ["agency"], "Agency workers in post"),
    ("role", {"roles": ["Manager"]}, ["manager"], "Everybody in post whose role group is Manager"),
    (
        "service",
        {"services": ["Early Help"]},
        ["early help"],
        "Everybody in post in the service Early Help",
    ),
    (
        "team",
        {"teams": ["North"], "types": ["employee", "agency"]},
        ["early help"],
        "Employees or agency workers in post in the team North (Early Help)",
    ),
    ("sector", {"sectors": ["Police"]}, ["police"], "Everybody in post from the sector Police"),
    (
        "role and service",
        {"roles": ["Social Worker", "Manager"], "services": ["Early Help"]},
        ["early help"],
        "Everybody in post whose role group is Social Worker or Manager, in the service Early Help",
    ),
    ("panel", {"types": ["panel_member"]}, ["panel"], "Foster panel members in post"),
]


@pytest.mark.parametrize(("name", "rule", "who", "words"), POPULATIONS, ids=[row[0] for row in POPULATIONS])
def test_4_6_who_a_population_counts(name: str, rule: dict[str, Any], who: list[str], words: str) -> None:
    north = factories.team("North", "Early Help")
    people = {
        "social worker": factories.staff(),
        "early help": factories.staff(team_id=north.id),
        "manager": factories.staff(role_group_id=factories.role_group("Manager").id),
        "agency": factories.staff(employment_type=EmploymentType.AGENCY),
        "police": factories.partner(factories.organisation("County Police", "Police")),
        "school": factories.partner(),
        "panel": factories.panel_member(),
    }
    made = rules.add_population(
        code="some",
        name="Some",
        entries=rules.Entries(
            role_groups=[factories.role_group(one) for one in rule.get("roles", [])],
            services=[factories.named(Service, one) for one in rule.get("services", [])],
            teams=[factories.named(Team, one) for one in rule.get("teams", [])],
            sectors=[factories.named(Sector, one) for one in rule.get("sectors", [])],
            employment_types=[EmploymentType(one) for one in rule.get("types", [])],
        ),
        by=ACADEMY,
        now=LONG_AGO,
    )
    course = factories.course()
    target = rules.add_target(
        code="some",
        title="Some",
        kind=TargetKind.COVERAGE,
        programme=course.programme,
        course=course,
        population=made,
        by=ACADEMY,
        now=LONG_AGO,
    )
    found = [
        person.id
        for person, *_ in db.session.execute(queries.counted(target, Counted.OUTSTANDING, as_at=AUGUST))
    ]
    assert sorted(found) == sorted(people[one].id for one in who)
    assert queries.figure(target, as_at=AUGUST).denominator == len(who)
    assert queries.figure(target, as_at=AUGUST).scope_words == words


def test_i14_five_days_do_not_satisfy_the_two_day_course() -> None:
    scene = scenes.coverage(trained=1, untrained=1)
    five_day = factories.course(components=5, title="Signs of Safety 5-day")
    scenes.complete(scene.people[1], five_day)
    assert queries.figure(scene.target, as_at=AUGUST).numerator == 1


def test_somebody_trained_twice_is_counted_once() -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    scenes.complete(scene.people[0], scene.course, date(2021, 5, 5))
    run = factories.run(scene.course, days=[date(2021, 6, 1), date(2021, 6, 2)])
    scenes.attend(scene.people[0], run)
    assert counts(queries.figure(scene.target, as_at=AUGUST))[:2] == (1, 1)


# --- As known at ---------------------------------------------------------------------------------------


def test_u10_a_register_marked_late_counts_from_when_it_was_known() -> None:
    """As at 31 March known on 1 April: 85 of 110, 77%. Known today: 89 of 110, 81%, and the target is met."""
    scene = scenes.cohort(members=110)
    for person in scene.people[:85]:
        scenes.complete(person, scene.course, date(2022, 3, 1))
    run = factories.run(scene.course, days=[date(2022, 3, 28), date(2022, 3, 29)])
    for person in scene.people[85:89]:
        scenes.attend(person, run, recorded_at=datetime(2022, 4, 6, 9, tzinfo=UTC))

    published = queries.figure(scene.target, as_at=DEADLINE, known_at=clock.end_of_day(date(2022, 4, 1)))
    restated = queries.figure(scene.target, as_at=DEADLINE)

    assert counts(published) == (85, 110, 88, False, "77%")
    assert counts(restated) == (89, 110, 88, True, "81%")
    assert published.short_by == 3
    assert published.outstanding == 25


def test_4_4_the_denominator_is_read_as_known_too() -> None:
    """A leaver whom HR reported late was still counted in what was known before."""
    scene = scenes.coverage(trained=1, untrained=1)
    spell = scene.people[1].spells[0]
    told = datetime(2021, 9, 15, 9, tzinfo=UTC)
    supersede(spell, by="HR", now=told)
    factories.spell(scene.people[1], last_day=date(2021, 8, 20), recorded_at=spell.superseded_at)
    before = queries.figure(scene.target, as_at=AUGUST, known_at=told - timedelta(seconds=1))
    assert counts(before)[:2] == (1, 2)
    assert counts(queries.figure(scene.target, as_at=AUGUST, known_at=told))[:2] == (1, 1)
    assert counts(queries.figure(scene.target, as_at=AUGUST))[:2] == (1, 1)


def test_4_6_a_changed_rule_does_not_rewrite_what_was_known() -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    factories.staff(employment_type=EmploymentType.AGENCY)
    changed = datetime(2022, 1, 10, 12, tzinfo=UTC)
    assert scene.population is not None
    rules.change_population(
        population=scene.population,
        name="Practitioners in post",
        entries=rules.Entries(
            role_groups=[factories.role_group()],
            employment_types=[EmploymentType.EMPLOYEE, EmploymentType.AGENCY],
        ),
        by=ACADEMY,
        now=changed,
        reason="Agency workers hold cases too",
    )
    rules.change_target(
        target=scene.target,
        title=scene.target.title,
        course=scene.course,
        minimum_percent=Decimal(80),
        minimum_count=None,
        deadline=DEADLINE,
        by=ACADEMY,
        now=changed,
        reason="The board set one",
    )
    before = queries.figure(scene.target, as_at=AUGUST, known_at=changed - timedelta(seconds=1))
    at_that_moment = queries.figure(scene.target, as_at=AUGUST, known_at=changed)
    now = queries.figure(scene.target, as_at=AUGUST)
    assert counts(before) == (1, 1, None, None, "100%")
    assert counts(at_that_moment) == counts(now) == (1, 2, 2, False, "50%")


def test_4_4_a_target_set_up_later_is_asked_under_its_first_rule() -> None:
    """Rules recorded in 2018, facts in 2017: as known in 2017 they are counted by the first rule."""
    scene = scenes.coverage(trained=0, untrained=0, percent="80")
    listed = scenes.cohort(members=0)
    early = datetime(2017, 6, 1, tzinfo=UTC)
    person = factories.staff(first_day=date(2016, 1, 1), recorded_at=early)
    scenes.complete(person, scene.course, date(2017, 1, 1), recorded_at=early)
    scenes.complete(person, listed.course, date(2017, 1, 1), recorded_at=early)
    assert listed.cohort is not None
    rules.join(
        cohort=listed.cohort,
        person=person,
        joined_on=date(2017, 1, 1),
        cause="untrained",
        by=ACADEMY,
        now=early,
    )
    as_known = {"as_at": date(2017, 12, 31), "known_at": datetime(2017, 12, 31, tzinfo=UTC)}
    assert counts(queries.figure(scene.target, **as_known)) == (1, 1, 1, True, "100%")
    assert counts(queries.figure(listed.target, **as_known)) == (1, 1, 1, True, "100%")


def test_4_4_other_requirements_do_not_rewrite_what_was_known() -> None:
    scene = scenes.cohort(members=1)
    scenes.complete(scene.people[0], scene.course)
    five_day = factories.course(components=5)
    changed = datetime(2022, 2, 10, 12, tzinfo=UTC)
    assert scene.cohort is not None
    rules.change_cohort(
        cohort=scene.cohort,
        name=scene.cohort.name,
        requirements={"untrained": [scene.course, five_day]},
        by=ACADEMY,
        now=changed,
        reason="Both are wanted",
    )
    before = queries.figure(scene.target, as_at=DEADLINE, known_at=changed - timedelta(seconds=1))
    assert counts(before)[:2] == (1, 1)
    assert counts(queries.figure(scene.target, as_at=DEADLINE))[:2] == (0, 1)


def test_4_4_at_no_instant_are_old_and_new_requirements_known_together() -> None:
    scene = scenes.cohort(members=1)
    assert scene.cohort is not None
    other, now = factories.course(components=5), scene.cohort.requirements[0].recorded_at
    rules.change_cohort(
        cohort=scene.cohort,
        name=scene.cohort.name,
        requirements={"untrained": [other]},
        by=ACADEMY,
        now=now,
        reason="Mistyped",
    )
    rows = db.session.scalars(select(CohortRequirement).order_by(CohortRequirement.id)).all()
    assert [row.course_id for row in rows] == [scene.course.id, other.id]
    assert rows[0].superseded_at == rows[1].recorded_at > now


# --- Cohorts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("complete", "expected"),
    [(88, (88, 110, 88, True, "80%")), (87, (87, 110, 88, False, "79%"))],
)
def test_4_8_80_percent_of_110_requires_88(complete: int, expected: tuple[Any, ...]) -> None:
    scene = scenes.cohort(members=110)
    for person in scene.people[:complete]:
        scenes.complete(person, scene.course, DEADLINE)
    assert counts(queries.figure(scene.target, as_at=DEADLINE)) == expected


def test_4_8_the_deadline_is_inclusive() -> None:
    scene = scenes.cohort(members=2)
    scenes.complete(scene.people[0], scene.course, DEADLINE)
    scenes.complete(scene.people[1], scene.course, date(2022, 4, 1))
    on_the_day = queries.figure(scene.target, as_at=DEADLINE)
    after = queries.figure(scene.target, as_at=date(2022, 4, 1))
    assert (on_the_day.numerator, on_the_day.standing) == (1, Standing.MISSED)
    assert (after.numerator, after.standing) == (2, Standing.MET)


def test_4_8_leavers_are_out_of_both_halves_but_stay_trained() -> None:
    """Two leavers, both complete, from 110 and 89: 87 of 108, and 87 are required."""
    scene = scenes.cohort(members=108)
    run = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)])
    assert scene.cohort is not None
    leavers = [factories.staff(last_day=date(2022, 3, 15)) for _ in range(2)]
    for person in leavers:
        rules.join(
            cohort=scene.cohort,
            person=person,
            joined_on=scenes.LISTED_ON,
            cause="untrained",
            by=ACADEMY,
            now=LONG_AGO,
        )
    for person in (*leavers, *scene.people[:87]):
        scenes.attend(person, run)
    trained = rules.add_target(
        code="trained",
        title="Trained",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=scene.course.programme,
        course=scene.course,
        minimum_count=89,
        by=ACADEMY,
        now=LONG_AGO,
    )
    assert counts(queries.figure(scene.target, as_at=date(2022, 3, 15))) == (89, 110, 88, True, "81%")
    assert counts(queries.figure(scene.target, as_at=date(2022, 3, 16))) == (87, 108, 87, True, "81%")
    assert counts(queries.figure(trained, as_at=DEADLINE)) == (89, None, 89, True, "89")


def test_somebody_who_has_not_started_yet_is_a_member() -> None:
    scene = scenes.cohort(members=0)
    assert scene.cohort is not None
    person = factories.staff(first_day=date(2022, 5, 1))
    rules.join(
        cohort=scene.cohort,
        person=person,
        joined_on=scenes.LISTED_ON,
        cause="untrained",
        by=ACADEMY,
        now=LONG_AGO,
    )
    assert queries.figure(scene.target, as_at=DEADLINE).denominator == 1


def test_4_6_nobody_is_on_a_list_twice_on_a_day() -> None:
    """On it from 26 January to 20 March: again from that day, and not before, nor beside it."""
    scene = scenes.cohort(members=1)
    cohort, (person,) = scene.cohort, scene.people
    assert cohort is not None
    assert person.employee_number is not None

    def join(joined_on: date) -> None:
        rules.join(
            cohort=cohort, person=person, joined_on=joined_on, cause="untrained", by=ACADEMY, now=LONG_AGO
        )

    (membership,) = db.session.scalars(queries.memberships_after(cohort, [person.id], date.max))
    with pytest.raises(RuleBroken, match=r"is already on the list, from 26 January 2022\."):
        join(date(2022, 2, 1))
    rules.leave(
        membership=membership, left_on=date(2022, 3, 20), cause="changed role", by=ACADEMY, now=LONG_AGO
    )
    for early in (date(2022, 3, 19), date(2022, 1, 1)):
        with pytest.raises(
            RuleBroken, match="from 26 January 2022 until 20 March 2022: they can join again on that day"
        ):
            join(early)
    added = rules.add_people(
        cohort=cohort,
        typed=person.employee_number,
        joined_on=date(2022, 3, 19),
        cause="untrained",
        by=ACADEMY,
        now=LONG_AGO,
    )
    assert (added.added, [one.person for one in added.already]) == ([], [person])
    with pytest.raises(RuleBroken, match="was on the list until 20 March 2022"):
        rules.add_candidates(
            cohort=cohort,
            population=scenes.practitioners(),
            on=date(2022, 3, 25),
            joined_on=date(2022, 3, 19),
            cause="untrained",
            by=ACADEMY,
            now=LONG_AGO,
        )
    join(date(2022, 3, 20))
    figures = (queries.figure(scene.target, as_at=date(2022, 3, day)) for day in (19, 20))
    assert [one.denominator for one in figures] == [1, 1]


def test_u12_the_denominator_changes_and_both_lines_are_shown() -> None:
    """110 listed, then 12 joined and 4 left: 118, so that 95 are required where 88 were."""
    scene = scenes.cohort(members=110)
    for person in scene.people[:4]:
        scenes.leave(scene, person, on=date(2022, 2, 14))
    scenes.join(scene, 12, on=date(2022, 2, 7))
    for person in scene.people[20:104]:
        scenes.complete(person, scene.course, date(2022, 2, 1))
    figure = queries.figure(scene.target, as_at=date(2022, 2, 28))
    assert counts(figure) == (84, 118, 95, False, "71%")
    assert figure.notes[1] == (
        "118 now (110 at 26 January 2022: +12 joined, −4 left). "
        "Needs 95; against the original 110 it would be 88."
    )
    assert queries.figure(scene.target, as_at=date(2022, 2, 13)).denominator == 122
    assert queries.figure(scene.target, as_at=date(2022, 1, 25)).denominator == 0


def test_4_6_who_is_exempt_has_a_reason_and_is_told_beside_the_figure() -> None:
    """Of 10 listed one is exempt and one leaves, and of two who joined one is exempt: 9 are counted."""
    scene = scenes.cohort(members=10)
    joined, _ = scenes.join(scene, 2, on=date(2022, 2, 7))
    membership = db.session.scalars(queries.memberships_after(scene.cohort, [joined.id], date.max)).one()
    how = {"left_on": date(2022, 2, 14), "cause": "exempt", "by": ACADEMY, "now": LONG_AGO}
    with pytest.raises(RuleBroken, match="Say why they are exempt") as refused:
        rules.leave(membership=membership, reason=" ", **how)
    assert refused.value.field == "reason"
    for person in (joined, scene.people[0]):
        scenes.leave(scene, person, on=date(2022, 2, 14), cause="exempt")
    scenes.leave(scene, scene.people[1], on=date(2022, 2, 14))
    before, after = (queries.figure(scene.target, as_at=date(2022, 2, day)) for day in (13, 14))
    assert (before.denominator, after.denominator) == (12, 9)
    assert "Exempt" not in before.notes[1]
    assert after.notes[1].startswith("9 now (10 at 26 January 2022: +1 joined, −2 left).")
    assert after.notes[1].endswith(" Exempt, and not counted: 2.")
    assert after.for_the_board().notes[1].endswith(" Exempt, and not counted: fewer than 5.")
    scenes.rejoin(scene, joined, on=date(2022, 2, 20))
    again = queries.figure(scene.target, as_at=date(2022, 2, 20))
    assert again.denominator == 10
    assert again.notes[1].endswith(" Exempt, and not counted: 1.")


@pytest.mark.parametrize("joined_on", [date(2019, 5, 1), scenes.LISTED_ON])
def test_u12_4_6_a_member_who_is_entered_later_does_not_move_the_original_list(joined_on: date) -> None:
    """Entered a month later as a member since 2019, or since the day of the list: one more who joined, and
    still the 10 of 26 January. The list is also read as it was known, and a leaving that is recorded leaves
    its first day alone; so does a merge."""
    scene = scenes.cohort(members=10)
    before = queries.figure(scene.target, as_at=date(2022, 2, 28)).baseline
    rules.add_people(
        cohort=scene.cohort,
        typed=str(factories.staff().employee_number),
        joined_on=joined_on,
        cause="untrained",
        by=ACADEMY,
        now=LONG_AGO + timedelta(days=30),
    )
    merging.merge(
        survivor=factories.staff(), merged=scene.people[9], by=factories.actor(Role.ACADEMY_MANAGER),
        now=LONG_AGO + timedelta(days=40),
    )  # fmt: skip
    for person in scene.people[:2]:
        scenes.leave(scene, person, on=date(2022, 2, 14))
    figure = queries.figure(scene.target, as_at=date(2022, 2, 28))
    assert figure.notes[1] == "9 now (10 at 26 January 2022: +1 joined, −2 left)."
    then = queries.figure(scene.target, as_at=date(2022, 2, 28), known_at=LONG_AGO)
    assert then.baseline == before


def test_u12_4_6_the_original_list_is_of_the_first_of_the_days_that_were_entered_at_first() -> None:
    """Who joins in February is entered before the list of January, on one day: January’s is the original."""
    scene = scenes.cohort(members=0)
    scenes.join(scene, 1, on=date(2022, 2, 7))
    scenes.join(scene, 3, on=date(2022, 1, 26))
    baseline = queries.figure(scene.target, as_at=date(2022, 2, 28)).baseline
    assert baseline is not None
    assert (baseline.listed_on, baseline.listed, baseline.joined) == (date(2022, 1, 26), 3, 1)


def test_t06_every_course_that_a_cause_requires_must_be_complete() -> None:
    two_day, five_day = factories.course(), factories.course(components=5)
    cohort = rules.add_cohort(
        code="both",
        name="Both",
        requirements={"new": [two_day], "upskill": [five_day], "all": [two_day, five_day]},
        by=ACADEMY,
        now=LONG_AGO,
    )
    target = rules.add_target(
        code="both",
        title="Both",
        kind=TargetKind.COHORT,
        programme=two_day.programme,
        cohort=cohort,
        by=ACADEMY,
        now=LONG_AGO,
    )
    done = {"new": [two_day], "upskill": [two_day], "all": [two_day]}
    people = {cause: factories.staff() for cause in done}
    for cause, courses in done.items():
        rules.join(
            cohort=cohort,
            person=people[cause],
            joined_on=scenes.LISTED_ON,
            cause=cause,
            by=ACADEMY,
            now=LONG_AGO,
        )
        for course in courses:
            scenes.complete(people[cause], course)
    assert counts(queries.figure(target, as_at=DEADLINE))[:2] == (1, 3)
    rows = db.session.execute(queries.counted(target, Counted.OUTSTANDING, as_at=DEADLINE)).tuples().all()
    assert sorted((person.id, note) for person, note, *_ in rows) == sorted(
        [(people["upskill"].id, "upskill"), (people["all"].id, "all")]
    )
    scenes.complete(people["all"], five_day, date(2022, 2, 2))
    assert counts(queries.figure(target, as_at=DEADLINE))[:2] == (2, 3)

    rules.change_target(
        target=target,
        title="Both",
        course=two_day,
        minimum_percent=None,
        minimum_count=2,
        deadline=None,
        by=ACADEMY,
        now=datetime(2022, 4, 1, tzinfo=UTC),
        reason="The 2-day only",
    )
    assert counts(queries.figure(target, as_at=DEADLINE)) == (3, 3, 2, True, "100%")


def test_i08_a_cohort_is_its_own_list_and_no_arithmetic_on_another_figure() -> None:
    scene = scenes.cohort(members=2)
    for _ in range(5):
        factories.staff()
    assert queries.figure(scene.target, as_at=DEADLINE).denominator == 2


# --- People trained ------------------------------------------------------------------------------------


def test_t01_people_trained_counts_marks_alone_and_each_person_once() -> None:
    course = factories.course(components=2)
    target = rules.add_target(
        code="managers",
        title="Managers",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=course.programme,
        course=course,
        minimum_count=2,
        deadline=DEADLINE,
        by=ACADEMY,
        now=LONG_AGO,
    )
    stays, leaves, partly, before = (factories.staff() for _ in range(4))
    first = factories.run(course, days=[date(2022, 1, 10), date(2022, 1, 11)])
    again = factories.run(course, days=[date(2022, 2, 10), date(2022, 2, 11)])
    scenes.attend(stays, first)
    scenes.attend(stays, again)
    scenes.attend(leaves, first)
    scenes.attend(partly, first, days=1)
    scenes.complete(before, course)
    assert counts(queries.figure(target, as_at=date(2022, 1, 10))) == (0, None, 2, False, "0")
    figure = queries.figure(target, as_at=DEADLINE)
    assert counts(figure) == (2, None, 2, True, "2")
    assert figure.sentence.startswith("2 people trained by 31 March 2022. People who completed")
    assert figure.outstanding is None
    assert figure.notes == []


# --- Cost ----------------------------------------------------------------------------------------------


def test_statements_do_not_grow_with_people_or_targets() -> None:
    scene = scenes.coverage(trained=1, untrained=1, percent="80")
    listed = scenes.cohort(members=1)
    targets = [scene.target, listed.target]
    few = _statements(targets)
    for person in [factories.staff() for _ in range(30)]:
        scenes.complete(person, scene.course)
    for number in range(4):
        targets.append(
            rules.add_target(
                code=f"more-{number}",
                title=f"More {number}",
                kind=TargetKind.COVERAGE,
                programme=scene.course.programme,
                course=factories.course(programme_id=scene.course.programme_id),
                population=scene.population,
                by=ACADEMY,
                now=LONG_AGO,
            )
        )
    assert _statements(targets) == few <= 13


def _statements(targets: list[Any]) -> int:
    db.session.flush()
    db.session.expire_all()
    found = list(db.session.scalars(queries.targets(as_at=clock.today())))
    with statements() as asked:
        queries.figures(found, as_at=AUGUST)
    assert len(found) == len(targets)
    return len(asked)


def test_an_entry_that_was_just_changed_is_not_changed_twice() -> None:
    scene = scenes.cohort(members=1)
    assert scene.cohort is not None
    membership = db.session.scalars(queries.memberships(scene.cohort)).one()
    values = {"left_on": date(2022, 2, 1), "cause": "duplicate", "by": ACADEMY, "now": LONG_AGO}
    left = rules.leave(membership=membership, **values)
    with pytest.raises(RuleBroken, match="Somebody else has just changed this entry"):
        rules.leave(membership=membership, **values)
    with pytest.raises(RuleBroken, match="Somebody else has just changed this entry"):
        rules.withdraw(membership=membership, by=ACADEMY, now=LONG_AGO, reason="Error")
    with pytest.raises(RuleBroken, match="They have already left the list"):
        rules.leave(membership=left, **values)
    with pytest.raises(RuleBroken, match="Say why they should not have been on the list"):
        rules.withdraw(membership=left, by=ACADEMY, now=LONG_AGO, reason=" ")


@pytest.mark.parametrize(("on", "last"), [(date(2022, 3, 23), date(2022, 3, 24)), (date(2022, 3, 24), None)])
def test_4_11_the_last_useful_start_is_told_while_it_is_to_come(on: date, last: date | None) -> None:
    """Two weekly days by 31 March begin on the 24th: so say the page, the board's page and the packs."""
    assert queries.figure(scenes.cohort(members=1).target, as_at=on).last_start == last


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((1, 0, 0), "1 was listed on 26 January 2022; nobody has joined or left since."),
        ((9, 1, 0), "10 now (9 at 26 January 2022: +1 joined)."),
        ((9, 1, 2), "8 now (9 at 26 January 2022: +1 joined, −2 left)."),
    ],
)
def test_u12_how_a_cohort_changed_is_said_as_it_is_spoken(change: tuple[int, int, int], words: str) -> None:
    listed, joined, left = change
    baseline = Baseline(scenes.LISTED_ON, listed, joined, left, required_then=None)
    assert baseline.in_words(listed + joined - left, None) == words


def test_u26_of_nobody_it_is_said_among_whom() -> None:
    figure = queries.figure(scenes.cohort(members=0).target, as_at=date(2022, 2, 1))
    assert (figure.quoted, figure.quoted_of) == (
        "no one in scope",
        "among members of the cohort at 1 February 2022",
    )
    assert figure.quoted_on_its_day == "No one in scope among members of the cohort"
