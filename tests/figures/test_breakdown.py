"""A target's people by where they work (BM-05)."""

from __future__ import annotations

from datetime import date

from app.figures import queries, rules
from app.figures.models import Target
from app.figures.queries import Breakdown
from app.people.models import EmploymentType
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY, LISTED_ON

DAY = date(2022, 3, 31)
SERVICES = {
    "Early Help": {"North": (2, 3), "South": (9, 12)},
    "Fostering": {"Panel": (4, 20)},
}


def scene() -> scenes.Scene:
    """Practitioners of three teams in two services, and the one team of the scene's own."""
    made = scenes.coverage(trained=3, untrained=4, percent="80")
    for service, teams in SERVICES.items():
        for name, (trained, of) in teams.items():
            team = factories.team(name, service)
            for number in range(of):
                person = factories.staff(team_id=team.id)
                if number < trained:
                    scenes.complete(person, made.course)
    return made


def breakdown(target: Target, *, as_at: date = DAY, sees_names: bool = True) -> Breakdown:
    return queries.breakdown(queries.figure(target, as_at=as_at, has_groups=True), sees_names=sees_names)


def suppressed(target: Target) -> Breakdown:
    """As whoever may not see names sees it."""
    return breakdown(target, sees_names=False)


def test_bm05_every_way_adds_up_to_the_figure() -> None:
    target = scene().target
    figure = queries.figure(target, as_at=DAY)
    found = breakdown(target)
    assert [(one.name, one.words) for one in found.services] == [
        ("Children’s Social Care", "3 of 7 (43%)"),
        ("Early Help", "11 of 15 (73%)"),
        ("Fostering", "4 of 20 (20%)"),
    ]
    assert {one.service: [(team.name, team.of) for team in one.teams] for one in found.teams} == {
        "Children’s Social Care": [("Child in Need", 7)],
        "Early Help": [("North", 3), ("South", 12)],
        "Fostering": [("Panel", 20)],
    }
    for _, _, parts in found.ways:
        assert sum(one.complete or 0 for one in parts) == figure.numerator
        assert sum(one.of or 0 for one in parts) == figure.denominator
        assert sum(one.outstanding or 0 for one in parts) == figure.outstanding


def test_bm05_a_team_of_three_takes_the_other_of_its_service_with_it() -> None:
    found = suppressed(scene().target)
    assert [one.words for one in found.services] == ["3 of 7 (43%)", "11 of 15 (73%)", "4 of 20 (20%)"]
    (early_help,) = [one for one in found.teams if one.service == "Early Help"]
    assert [(one.name, one.words, one.of, one.complete) for one in early_help.teams] == [
        ("North", "fewer than 5", None, None),
        ("South", "not shown", None, None),
    ]


def test_bm05_of_a_service_that_is_hidden_no_team_is_listed() -> None:
    made = scene()
    team = factories.team("Night", "Duty")
    for _ in range(4):
        factories.staff(team_id=team.id)
    found = suppressed(made.target)
    assert [(one.name, one.words) for one in found.services if one.is_hidden] == [
        ("Children’s Social Care", "not shown"),
        ("Duty", "fewer than 5"),
    ]
    assert {one.service for one in found.teams} == {"Early Help", "Fostering"}


def test_bm05_partners_by_sector_and_who_has_not_begun_in_no_service() -> None:
    made = scenes.cohort(members=2)
    for person in (factories.partner(), factories.staff(first_day=date(2022, 6, 1))):
        rules.join(
            cohort=made.cohort,
            person=person,
            joined_on=LISTED_ON,
            cause="untrained",
            by=ACADEMY,
            now=LONG_AGO,
        )
    found = breakdown(made.target)
    assert [(one.name, one.of) for one in found.sectors] == [("Council", 3), ("Education", 1)]
    assert [(one.name, one.of) for one in found.services] == [
        ("Children’s Social Care", 2),
        ("Not in a service", 2),
    ]


def test_bm05_services_are_hidden_within_the_council_where_partners_are_in_none() -> None:
    """Council less the services that are shown would be the one that is hidden."""
    made = scenes.coverage(trained=0, untrained=0)
    entries = rules.Entries(employment_types=[EmploymentType.EMPLOYEE, EmploymentType.PARTNER])
    rules.change_population(
        population=made.population,
        name="Staff and partners",
        entries=entries,
        by=ACADEMY,
        now=LONG_AGO,
        reason="Partners are trained, too",
    )
    council = {"Early Help": (12, 20), "Night": (1, 3)}
    people = [
        (trained, [factories.staff(team_id=factories.team(name, name).id) for _ in range(of)])
        for name, (trained, of) in council.items()
    ]
    people.append((6, [factories.partner() for _ in range(12)]))
    for trained, of_one in people:
        for person in of_one[:trained]:
            scenes.complete(person, made.course)
    found = suppressed(made.target)
    assert {one.name: one.words for _, _, parts in found.ways for one in parts} == {
        "Early Help": "not shown",
        "Night": "fewer than 5",
        "Not in a service": "6 of 12 (50%)",
        "Social Worker": "13 of 23 (57%)",
        "No role group": "6 of 12 (50%)",
        "Council": "13 of 23 (57%)",
        "Education": "6 of 12 (50%)",
    }
    assert found.teams == []


def test_bm05_a_service_whose_teams_tell_of_one_another_lists_none() -> None:
    made = scene()
    for name, of in (("Day", 1), ("Night", 5)):
        team = factories.team(name, "Duty")
        for _ in range(of):
            factories.staff(team_id=team.id)
    found = suppressed(made.target)
    assert [one.name for one in found.services if one.is_hidden] == []
    assert {one.service: len(one.teams) for one in found.teams}["Duty"] == 0


def test_4_4_where_somebody_was_on_the_day() -> None:
    made = scenes.coverage(trained=0, untrained=0)
    person = factories.staff(last_day=date(2022, 1, 31))
    factories.spell(
        person,
        first_day=date(2022, 2, 1),
        employed_from=date(2019, 1, 1),
        team_id=factories.team("North", "Early Help").id,
    )
    before, after = (breakdown(made.target, as_at=on) for on in (date(2022, 1, 31), date(2022, 2, 1)))
    assert [one.name for one in before.services] == ["Children’s Social Care"]
    assert [one.name for one in after.services] == ["Early Help"]


def test_u26_nobody_in_scope_is_no_rows() -> None:
    made = scenes.coverage(trained=0, untrained=0)
    assert (breakdown(made.target).services, suppressed(made.target).services) == ([], [])
