"""The worked tables of Part 4 with their own numbers, as the command and the pages say them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import TargetKind
from app.people.models import EmploymentType
from app.programmes.models import Course
from app.sessions.models import Run
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import crowd, scenes
from tests.figures.places import CAME, IN_TIME, LATE, NO_SHOW, mark, one_day, strangers
from tests.figures.scenes import ACADEMY, LISTED_ON, Scene
from tests.pages import Pages

AUGUST = date(2021, 8, 31)
NOVEMBER = date(2021, 11, 30)
FEBRUARY = date(2022, 2, 28)
DEADLINE = date(2022, 3, 31)
Said = Callable[..., dict[str, Any]]


@pytest.fixture
def said(run_command: Callable[..., Any]) -> Said:
    """What `flask figures --json` says of one target on a day: `said("two-day", AUGUST)`."""

    def of(code: str, as_at: date, *more: str) -> dict[str, Any]:
        found = json.loads(run_command("figures", "--json", "--as-at", f"{as_at}", *more).stdout)
        return next(one for one in found if one["code"] == code)

    return of


@pytest.fixture
def board(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.BOARD_MEMBER))


def _target(code: str, course: Course, kind: TargetKind = TargetKind.COVERAGE, **values: Any) -> None:
    values = {"title": code, "programme": course.programme, "course": course} | values
    rules.add_target(code=code, kind=kind, by=ACADEMY, now=LONG_AGO, **values)


def _cohort(members: int) -> tuple[Scene, list[int]]:
    """A cohort of which 80% are to be trained by 31 March 2022, and the ids of its so many members."""
    scene = scenes.cohort(members=0)
    return scene, _joined(scene, crowd.staff(members))


def _joined(scene: Scene, people: list[int], on: date = LISTED_ON) -> list[int]:
    assert scene.cohort is not None
    crowd.join(people, scene.cohort, on=on)
    return people


def _held(course: Course, *days: date) -> Run:
    of = len(course.latest_version.components)
    return factories.run(course, days=list(days) or [date(2021, 6, 1) + timedelta(n) for n in range(of)])


# --- 4.2 and 4.7: stocks and flows -----------------------------------------------------------------------


def test_4_2_coverage_falls_from_239_of_263_to_223_of_278_while_239_stay_trained(said: Said) -> None:
    """20 leave, 18 of them trained; 35 join, 2 with prior learning. Nobody unlearnt anything."""
    course = factories.course(title="Two days")
    _target("two-day", course, population=scenes.practitioners())
    _target("trained", course, TargetKind.PEOPLE_TRAINED, minimum_count=150)
    run = _held(course)
    crowd.attend(crowd.staff(221), run)
    crowd.attend(crowd.staff(18, last_day=date(2021, 10, 31)), run)
    crowd.staff(22)
    crowd.staff(2, last_day=date(2021, 10, 31))
    crowd.learnt_before(crowd.staff(35, first_day=date(2021, 11, 1))[:2], course, date(2021, 5, 1))
    found = {day: said("two-day", day) for day in (AUGUST, NOVEMBER)}
    assert [_parts(found[day]) for day in found] == [(239, 263, "91%"), (223, 278, "80%")]
    assert [said("trained", day)["numerator"] for day in (AUGUST, NOVEMBER)] == [239, 239]


def _parts(found: dict[str, Any]) -> tuple[int, int, str]:
    return found["numerator"], found["denominator"], found["shown"]


def test_4_7_august_2021(said: Said, board: Pages) -> None:
    """263 in post, 239 with both days, 118 with all five and 12 with four of them; 15 trained agency
    workers; on 1 September two have left, one of them trained, and nine have joined."""
    two, five = factories.course(title="Two days"), factories.course(title="Five days", components=5)
    employees = scenes.practitioners()
    with_agency = rules.add_population(
        code="with-agency",
        name="Practitioners with agency workers",
        entries=rules.Entries(
            role_groups=[factories.role_group()],
            employment_types=[EmploymentType.EMPLOYEE, EmploymentType.AGENCY],
        ),
        by=ACADEMY,
        now=LONG_AGO,
    )
    for code, course, population in (
        ("two-day", two, employees), ("five-day", five, employees), ("with-agency", two, with_agency),
    ):  # fmt: skip
        _target(code, course, population=population)
    two_day, five_day = _held(two), _held(five)
    stay = crowd.staff(261)
    last = crowd.staff(2, last_day=AUGUST)
    crowd.attend([*stay[:238], last[0]], two_day)
    crowd.attend(stay[:118], five_day)
    crowd.attend(stay[118:130], five_day, days=4)
    crowd.attend(crowd.staff(14, last_day=date(2021, 8, 30)), two_day)
    crowd.attend(crowd.staff(15, employment_type=EmploymentType.AGENCY), two_day)
    crowd.staff(9, first_day=date(2021, 9, 1))
    asked = [
        ("two-day", AUGUST),
        ("five-day", AUGUST),
        ("with-agency", AUGUST),
        ("two-day", date(2021, 9, 1)),
    ]
    assert [_parts(said(*one)) for one in asked] == [
        (239, 263, "91%"),
        (118, 263, "45%"),
        (254, 278, "91%"),
        (238, 270, "88%"),
    ]
    page = board.get(f"/targets/two-day?as_at={AUGUST}")
    assert "239 of 263" in page.text
    assert "15 of 15 agency workers in the same roles (not counted) have completed it." in page.text


# --- 4.5: required, met and shown ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "of", "shown", "required", "short"),
    [
        (88, 110, "80%", 88, 0),
        (87, 110, "79%", 88, 1),
        (87, 109, "79.8%", 88, 1),
        (79, 99, "79.7%", 80, 1),
        (83, 104, "79.8%", 84, 1),
        (84, 104, "81%", 84, 0),
        (94, 118, "79.6%", 95, 1),
        (95, 118, "81%", 95, 0),
    ],
)
def test_4_5_the_table_as_the_command_says_it(
    said: Said, done: int, of: int, shown: str, required: int, short: int
) -> None:
    course = factories.course()
    _target("two-day", course, population=scenes.practitioners(), minimum_percent=Decimal(80))
    crowd.attend(crowd.staff(of)[:done], _held(course))
    found = said("two-day", AUGUST)
    assert (*_parts(found), found["required"], found["met"]) == (done, of, shown, required, short == 0)
    assert max(0, found["required"] - found["numerator"]) == short


# --- 4.6: the second lines -------------------------------------------------------------------------------


def test_u12_4_6_the_second_lines_of_a_cohort_that_grew(said: Said, board: Pages) -> None:
    """110 at 26 January, then 12 join and 4 leave: 95 are needed where it was 88."""
    scene, _ = _cohort(106)
    _joined(scene, crowd.staff(12), date(2022, 2, 14))
    leavers = [factories.staff() for _ in range(4)]
    _joined(scene, [one.id for one in leavers])
    for person in leavers:
        scenes.leave(scene, person, on=date(2022, 2, 10))
    found = said("new-and-upskill", FEBRUARY)
    assert (found["denominator"], found["required"]) == (118, 95)
    assert found["baseline"] == {
        "listed_on": "2022-01-26", "listed": 110, "joined": 12, "left": 4, "required_then": 88, "exempt": 0,
    }  # fmt: skip
    page = board.get(f"/targets/new-and-upskill?as_at={FEBRUARY}")
    assert "118 now (110 at 26 January 2022: +12 joined, −4 left). Needs 95;" in page.text
    assert "against the original 110 it would be 88." in page.text


# --- 4.8: 80% of 110 -------------------------------------------------------------------------------------


def test_4_8_80_percent_of_110_by_31_march(said: Said) -> None:
    """87 and 88; the last day counts and the next one does not; leavers are out of both halves."""
    scene, ids = _cohort(110)
    _target("trained", scene.course, TargetKind.PEOPLE_TRAINED, minimum_count=80)
    crowd.attend(ids[:87], _held(scene.course))
    assert _asked(said("new-and-upskill", DEADLINE)) == (87, 110, "79%", 88, False)
    crowd.attend(ids[87:88], _held(scene.course, DEADLINE - timedelta(days=1), DEADLINE))
    crowd.attend(ids[88:89], _held(scene.course, DEADLINE, DEADLINE + timedelta(days=1)))
    assert _asked(said("new-and-upskill", DEADLINE)) == (88, 110, "80%", 88, True)
    assert said("new-and-upskill", DEADLINE + timedelta(days=1))["numerator"] == 89


def _asked(found: dict[str, Any]) -> tuple[Any, ...]:
    return (*_parts(found), found["required"], found["met"])


def test_4_8_two_leavers_of_89_of_110_leave_87_of_108_and_stay_trained(said: Said) -> None:
    scene, ids = _cohort(108)
    _target("trained", scene.course, TargetKind.PEOPLE_TRAINED, minimum_count=80)
    gone = crowd.staff(2, last_day=date(2022, 3, 15))
    _joined(scene, gone)
    crowd.attend([*ids[:87], *gone], _held(scene.course))
    assert _asked(said("new-and-upskill", date(2022, 3, 15))) == (89, 110, "81%", 88, True)
    assert _asked(said("new-and-upskill", DEADLINE)) == (87, 108, "81%", 87, True)
    assert said("trained", DEADLINE)["numerator"] == 89


# --- 4.4: known at ---------------------------------------------------------------------------------------


def test_u10_4_4_85_of_110_known_on_1_april_and_89_known_today(said: Said) -> None:
    scene, ids = _cohort(110)
    crowd.attend(ids[:85], _held(scene.course))
    late = _held(scene.course, date(2022, 3, 28), date(2022, 3, 29))
    crowd.attend(ids[85:89], late, at=datetime(2022, 4, 6, 12, tzinfo=clock.LONDON))
    assert _asked(said("new-and-upskill", DEADLINE, "--known-at", "2022-04-01"))[:3] == (85, 110, "77%")
    assert _asked(said("new-and-upskill", DEADLINE)) == (89, 110, "81%", 88, True)


# --- 4.9: attendance -------------------------------------------------------------------------------------


def test_4_9_the_quarter_of_393_places_on_its_page(board: Pages) -> None:
    day = date(2022, 3, 1)
    _, run = one_day((CAME, 269), (NO_SHOW, 20), (IN_TIME, 20), (LATE, 9), on=day, capacity=393)
    for who in strangers(35):
        mark(run, who, CAME[1])  # type: ignore[arg-type]
    page = board.get("/attendance-rates?as_at=2022-03-31")
    for words in (
        "Places filled 77% 304 of 393 places",
        "Booked people who came 93% 269 of 289 booked places not cancelled",
        "Booked people who came, of all who booked 85% 269 of 318 booked places",
        "Non-attendance 7% 20 of 289 booked places not cancelled",
    ):
        assert words in page.text
    assert "96%" not in page.text


# --- 4.10: score -----------------------------------------------------------------------------------------


def test_am16_4_10_from_stated_6_to_7_4(said: Said, board: Pages) -> None:
    programme = factories.programme()
    target = rules.add_target(
        code="confidence", title="Confidence", kind=TargetKind.SCORE, programme=programme,
        minimum_score=Decimal("7.0"), by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    for as_at, score, replies in ((date(2021, 6, 30), "6", None), (date(2022, 2, 1), "7.4", 84)):
        rules.state_figure(
            target=target, as_at=as_at, score=Decimal(score), replies=replies, source="Survey",
            by=ACADEMY, now=clock.now(),
        )  # fmt: skip
    found = said("confidence", FEBRUARY)
    assert (found["score"], found["replies"], found["met"], found["rag"]) == ("7.4", 84, True, "green")
    assert (found["minimum_score"], found["required"]) == ("7.0", "7.0")
    page = board.get(f"/targets/confidence?as_at={FEBRUARY}")
    assert "6.0 → 7.4 (+1.4): 84 replies; how many replied to the baseline is not recorded." in page.text


# --- 4.11 and 4.12: forecast and colour ------------------------------------------------------------------

NAMES = ("numerator", "booked", "free", "likely", "best", "ceiling", "to_book", "place_shortfall", "rag")


@pytest.mark.parametrize(
    ("members", "complete", "places", "booked", "expected"),
    [
        (110, 41, [44], 30, (41, 30, 14, 68, 71, 80, 23, 9, "red")),
        (110, 41, [44, 16], 30, (41, 30, 30, 68, 71, 95, 23, 0, "amber")),
        (110, 41, [60], 53, (41, 53, 7, 88, 94, 95, 0, 0, "green")),
        (110, 88, [], 0, (88, 0, 0, 88, 88, 88, 0, 0, "met")),
        (118, 84, [10], 10, (84, 10, 0, 93, 94, 93, 3, 3, "red")),
    ],
    ids=["as scheduled", "one more run", "23 booked", "later", "cohort grows"],
)
def test_am07_4_11_the_table_as_the_command_says_it(
    said: Said,
    board: Pages,
    members: int,
    complete: int,
    places: Sequence[int],
    booked: int,
    expected: tuple[Any, ...],
) -> None:
    scene, ids = _cohort(members)
    crowd.attend(ids[:complete], _held(scene.course))
    runs = [
        factories.run(scene.course, days=[date(2022, 3, 15 + number), date(2022, 3, 22)], capacity=capacity)
        for number, capacity in enumerate(places)
    ]
    for run in runs[:1]:
        crowd.book(ids[complete : complete + booked], run)
    found = said("new-and-upskill", FEBRUARY)
    assert tuple(found[name] for name in NAMES) == expected
    page = board.get(f"/targets/new-and-upskill?as_at={FEBRUARY}")
    assert expected[-1].capitalize() in page.text
    ahead = (
        f"Likely {expected[3]} of {members}",
        f"Best case {expected[4]} of {members}",
        f"Likely if every free place is filled {expected[5]} of {members}",
    )
    for words in () if expected[-1] == "met" else ahead:
        assert words in page.text


@pytest.mark.parametrize(
    ("complete", "booked", "free", "as_at", "colour", "reason"),
    [
        (0, 0, 0, FEBRUARY, "no_data", "No register is marked yet."),
        (8, 0, 0, FEBRUARY, "met", "8 complete, 8 needed."),
        (8, 0, 0, date(2022, 4, 20), "met", "Met on 26 January 2022."),
        (7, 0, 0, date(2022, 4, 20), "missed", "1 person short after the deadline of 31 March 2022."),
        (7, 2, 0, FEBRUARY, "green", "8 are likely by 31 March 2022; 8 are needed."),
        (7, 1, 0, FEBRUARY, "amber",
         "7 are likely by 31 March 2022; 8 are needed. 8 if everybody who is booked comes."),
        (7, 0, 2, FEBRUARY, "amber",
         "7 are likely by 31 March 2022; 8 are needed. "
         "Fill places: 8 are likely if every free place is taken."),
        (6, 0, 1, FEBRUARY, "red",
         "At most 6 are likely by 31 March 2022 even if every place is filled: 2 short."),
    ],
)  # fmt: skip
def test_4_12_each_rule_as_the_command_says_it(
    said: Said, complete: int, booked: int, free: int, as_at: date, colour: str, reason: str
) -> None:
    """Of ten eight are needed: the rules in their order."""
    scene, ids = _cohort(10)
    crowd.attend(ids[:complete], _held(scene.course))
    if booked or free:
        days = [date(2022, 3, 15), date(2022, 3, 16)]
        run = factories.run(scene.course, days=days, capacity=booked + free)
        crowd.book(ids[complete : complete + booked], run)
    found = said("new-and-upskill", as_at)
    assert (found["rag"], found["rag_reason"]) == (colour, reason)


def test_4_12_nobody_in_scope_is_no_data(said: Said) -> None:
    _cohort(0)
    found = said("new-and-upskill", FEBRUARY)
    assert (found["rag"], found["rag_reason"]) == ("no_data", "No one is in scope.")
    assert (found["shown"], found["met"]) == ("no one in scope", None)


def test_4_12_marks_outstanding_that_could_change_the_colour(said: Said) -> None:
    """The eighth was there on 15 and 16 February, as far as anybody knows: met once it is marked."""
    scene, ids = _cohort(10)
    crowd.attend(ids[:7], _held(scene.course))
    crowd.book(ids[7:8], _held(scene.course, date(2022, 2, 15), date(2022, 2, 16)))
    found = said("new-and-upskill", FEBRUARY)
    assert (found["rag"], found["provisional"], found["marks_outstanding"]) == ("amber", True, 2)


def test_u11_4_11_a_course_that_ends_after_the_deadline(said: Said, board: Pages) -> None:
    """Two of five places are on a run whose last day is 4 April: they are said apart, and not likely."""
    scene, ids = _cohort(5)
    crowd.book(ids[:2], _held(scene.course, date(2022, 3, 28), date(2022, 4, 4)))
    crowd.book(ids[2:], _held(scene.course, date(2022, 3, 28), DEADLINE))
    assert said("new-and-upskill", FEBRUARY)["booked"] == 3
    page = board.get(f"/targets/new-and-upskill?as_at={FEBRUARY}")
    assert "2 people" in page.text
    assert "after the deadline" in page.text.lower()


# --- 4.13: turnover --------------------------------------------------------------------------------------


def test_4_13_20_leavers_of_278_and_the_coverage_that_went_with_them(board: Pages) -> None:
    """18 of the 20 were trained: 18 of 278 is 6%."""
    course = factories.course()
    _target("two-day", course, population=scenes.practitioners())
    gone = crowd.staff(20, last_day=date(2021, 10, 31))
    crowd.attend([*crowd.staff(278)[:223], *gone[:18]], _held(course))
    page = board.get(f"/targets/two-day/breakdown?as_at={NOVEMBER}")
    assert "Social Worker 20 278 7%" in page.text
    assert "Coverage lost to leavers in 12 months: 18 trained people, 6% of the 278 counted." in page.text
