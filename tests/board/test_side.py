"""The board’s one side: what each target says of the time to come, and what stands below the targets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.board.queries import Contents, Section, contents
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Colour, Target, TargetKind
from app.people.models import EmploymentType, Person
from app.programmes import rules as programmes
from app.programmes.models import Programme
from app.sessions.models import Run
from tests import factories
from tests.board.academy import issued, of_course
from tests.figures import scenes
from tests.figures.places import CAME, IN_TIME, LATE, NO_SHOW, mark, one_day, strangers
from tests.figures.scenes import ACADEMY, Scene
from tests.figures.test_prospects import february
from tests.pages import Page, Pages

AUGUST = date(2021, 8, 31)
FEBRUARY = date(2022, 2, 28)


@pytest.fixture
def board(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.BOARD_MEMBER))


def row(pages: Pages, address: str = "/board.csv?as_at=2022-02-28") -> dict[str, str]:
    text = pages.get(address).html.removeprefix("\ufeff")
    return next(csv.DictReader(io.StringIO(text)))


def rows_of(page: Page, caption: str) -> list[str]:
    """The words of each row of a table."""
    table = next(one for one in page.soup.select("table") if caption in one.get_text())
    return [" ".join(one.get_text(" ").split()) for one in table.select("tbody tr")]


def publish(target: Target, as_at: date) -> None:
    rules.publish(targets=[target], as_at=as_at, occasion="Board", by=ACADEMY, now=clock.now())


# --- Each target ---------------------------------------------------------------------------------------


def test_bm01_am07_a_target_says_where_it_will_stand_and_what_is_missing(board: Pages) -> None:
    february()
    page = board.get("/board?as_at=2022-02-28")
    for words in (
        "▲ Red",
        "▼ On each bar: what is required.",
        "41 of 110 (37%) members of the cohort at 28 February 2022",
        "at least 80% (88) by 31 March 2022",
        "At most 80 are likely by 31 March 2022 even if every place is filled: 8 short.",
        "Forecast: 68 (62%) likely, 71 at best, 80 likely if every free place is filled.",
        "Book 23 more people; 14 places exist; 9 more places needed.",
        "Not booked: Children’s Social Care 39.",
        "110 were listed on 26 January 2022; nobody has joined or left since.",
    ):
        assert words in page.text, words
    found = row(board)
    names = ("colour", "likely", "best", "ceiling", "to_book", "free_places", "place_shortfall")
    assert [found[name] for name in names] == ["Red", "68", "71", "80", "23", "14", "9"]
    assert found["colour_reason"] in page.text
    assert found["to_book_by_service"] == "Children’s Social Care 39"
    assert found["baseline"] in page.text


def benchmark(scene: Scene, due_on: date, percent: int) -> None:
    rules.add_milestone(
        target=scene.target, due_on=due_on, minimum_percent=Decimal(percent), by=ACADEMY,
        now=factories.LONG_AGO,
    )  # fmt: skip


def test_t07_a_target_says_whether_its_last_milestone_was_met_and_which_is_next(board: Pages) -> None:
    """Of four the two that are nearest, and in the pack all of them; after the deadline none on the page."""
    scene = february()
    for due_on, percent in (
        (date(2022, 1, 31), 10),
        (date(2022, 2, 28), 40),
        (date(2022, 3, 14), 60),
        (date(2022, 3, 28), 70),
    ):
        benchmark(scene, due_on, percent)
    words = "40% by 28 February 2022: not met, 41 of 110 (37%). Next: 60% by 14 March 2022."
    assert f"Milestones: {words}" in board.get("/board?as_at=2022-02-28").text
    assert row(board)["milestones"] == words
    ahead = board.get("/board?as_at=2022-01-01").text
    assert "Milestones: Next: 10% by 31 January 2022." in ahead
    packed = contents(meeting="Board", as_at=FEBRUARY, known_at=clock.now())
    assert [one[1:5:3] for one in section(packed, "Milestones").rows] == [
        (date(2022, 1, 31), "Not met"),
        (FEBRUARY, "Not met"),
        (date(2022, 3, 14), "To come"),
        (date(2022, 3, 28), "To come"),
    ]
    assert "Milestones:" not in board.get("/board?as_at=2022-04-30").text


def test_t07_bm05_of_few_people_a_milestone_says_no_number(board: Pages) -> None:
    scene = scenes.cohort(members=4)
    scenes.complete(scene.people[0], scene.course, date(2022, 1, 28))
    benchmark(scene, date(2022, 2, 14), 20)
    assert (
        "Milestones: 20% by 14 February 2022: too few to show." in board.get("/board?as_at=2022-02-28").text
    )


def services(scene: Scene, **members: int) -> None:
    """So many more members of a scene's cohort in each service."""
    assert scene.cohort is not None
    for name, count in members.items():
        team = factories.team(f"Team {name}", name)
        for _ in range(count):
            rules.join(
                cohort=scene.cohort,
                person=factories.staff(team_id=team.id),
                joined_on=scenes.LISTED_ON,
                cause="untrained",
                by=ACADEMY,
                now=factories.LONG_AGO,
            )


def test_bm05_small_services_are_hidden_from_a_board_with_another(pages: Pages) -> None:
    scene = scenes.cohort(members=0)
    services(scene, Adoption=3, Court=12, Duty=20)
    held = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)])
    scenes.attend(factories.staff(), held)
    page = pages.sign_in(factories.user(Role.BOARD_MEMBER)).get("/board?as_at=2022-02-28")
    assert "Not booked: Duty 20; fewer than 5: Adoption; not shown: Court." in page.text
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get("/board?as_at=2022-02-28")
    lists = page.soup.select("a[href*='/people/not_booked']")
    assert [str(link.contents[0]) for link in lists] == ["3", "12", "20"]
    assert [pages.get(str(link["href"])).h1 for link in lists] == [
        "Not booked: Adoption",
        "Not booked: Court",
        "Not booked: Duty",
    ]


def test_bm05_nor_is_it_told_that_nobody_of_a_small_service_is_left(board: Pages) -> None:
    scene = scenes.cohort(members=0)
    services(scene, Adoption=2, Court=12, Duty=20)
    assert scene.cohort is not None
    held = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)])
    for person_id in db.session.scalars(queries.member_ids(scene.cohort.id, as_at=FEBRUARY).limit(2)):
        mark_both(held, person_id)
    assert "Not booked: Duty 20; fewer than 5: Adoption; not shown: Court." in (
        board.get("/board?as_at=2022-02-28").text
    )


@pytest.fixture
def three_services() -> Scene:
    """Employees of three services, nobody booked, and a few beside them: agency workers and a newcomer."""
    scene = scenes.coverage(trained=0, untrained=0, percent="80", deadline=date(2022, 3, 31))
    for name, (of, trained) in {"Early Help": (20, 12), "Fostering": (12, 3), "Night": (3, 1)}.items():
        team = factories.team(f"Team {name}", name)
        for number in range(of):
            person = factories.staff(team_id=team.id)
            if number < trained:
                scenes.complete(person, scene.course)
    for values in ({"first_day": date(2022, 2, 1)}, {"employment_type": EmploymentType.AGENCY}):
        factories.staff(team_id=factories.team("Team Early Help", "Early Help").id, **values)
    return scene


def test_bm05_the_same_services_are_hidden_wherever_a_board_is_told_of_them(
    pages: Pages, three_services: Scene
) -> None:
    """9 of Fostering’s 12 are left to book, and as many of Early Help’s 21: by the people in them Fostering
    is hidden with Night, so that 9 of Early Help are told of everywhere, and of Fostering nowhere."""
    board = pages.sign_in(factories.user(Role.BOARD_MEMBER))
    listed = "Early Help 9; fewer than 5: Night; not shown: Fostering"
    assert f"Not booked: {listed}." in board.get("/board?as_at=2022-02-28").text
    assert row(board)["to_book_by_service"] == listed
    page = board.get("/targets/two-day/breakdown?as_at=2022-02-28")
    assert rows_of(page, "By service") == [
        "Early Help 12 21 57% 9",
        "Fostering not shown not shown not shown not shown",
        "Night not shown fewer than 5 not shown not shown",
    ]
    told = {one.title: one.rows for one in packed().sections}
    assert [line[1:] for line in told["People to book by service"]] == [
        ("Early Help", 9),
        ("Fostering", "not shown"),
        ("Night", "fewer than 5"),
    ]
    assert [line[2:] for line in told["By service and sector"]] == [
        ("Early Help", 12, 21, "57%"),
        ("Fostering", "not shown", "not shown", "not shown"),
        ("Night", "not shown", "fewer than 5", "not shown"),
    ]


def test_bm05_what_is_left_to_book_of_the_hidden_services_is_not_all_or_none(pages: Pages) -> None:
    """All of the small service and of the next are booked: the third is hidden with them."""
    scene = scenes.cohort(members=0)
    services(scene, Adoption=3, Court=12, Duty=20)
    assert scene.cohort is not None
    scenes.attend(factories.staff(), factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)]))
    held = factories.run(scene.course, days=[date(2022, 3, 1), date(2022, 3, 2)], capacity=40)
    members = db.session.scalars(queries.member_ids(scene.cohort.id, as_at=FEBRUARY))
    for person_id in sorted(members)[:15]:
        person = db.session.get(Person, person_id)
        assert person is not None
        factories.booking(held, person)
    board = pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = board.get("/board?as_at=2022-02-28")
    assert "Not booked: fewer than 5: Adoption; not shown: Court, Duty." in page.text


def test_4_6_bm05_second_lines_tell_a_board_of_no_number_below_five(
    pages: Pages, three_services: Scene
) -> None:
    few = (
        "Fewer than 5 started in the last 90 days. "
        "Fewer than 5 agency workers are in the same roles, and not counted."
    )
    exact = (
        "1 started in the last 90 days. 1 agency worker in the same roles (not counted) has not completed it."
    )
    for role, words in ((Role.BOARD_MEMBER, few), (Role.ACADEMY_MANAGER, exact)):
        reader = pages.sign_in(factories.user(role))
        assert row(reader)["notes"].endswith(words)
        for address in ("/board", "/targets/two-day"):
            assert words in reader.get(f"{address}?as_at=2022-02-28").text, address
    stands = next(one for one in packed().sections if one.title == "Where each target stands")
    assert str(stands.rows[0][-1]).endswith(few)
    assert stands.notes[0].endswith(few)


def packed(as_at: date = FEBRUARY) -> Contents:
    return contents(meeting="Board", as_at=as_at, known_at=clock.now())


def mark_both(run: object, person_id: int) -> None:
    person = db.session.get(Person, person_id)
    assert person is not None
    scenes.attend(person, run)


def test_4_12_both_colours_with_their_reasons_and_the_last_day(
    pages: Pages, travel_to: Callable[..., None]
) -> None:
    scene = scenes.cohort(members=5)
    scenes.complete(scene.people[0], scene.course, date(2022, 2, 1))
    travel_to("2022-02-28 12:00")
    rules.override_colour(
        target=scene.target,
        colour=Colour.AMBER,
        reason="Two more runs are agreed",
        days=14,
        by=factories.actor(Role.ACADEMY_MANAGER),
        now=clock.now(),
    )
    db.session.commit()
    board = pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = board.get("/board")
    for words in (
        "◆ Amber, the academy’s own ▲ Red, computed",
        "Amber until 13 March 2022, as the academy says: Two more runs are agreed",
        "Red, as computed: At most 1 is likely by 31 March 2022",
    ):
        assert words in page.text, words
    found = row(board, "/board.csv")
    assert (found["colour"], found["own_colour"], found["own_colour_until"], found["own_colour_reason"]) == (
        "Red", "Amber", "2022-03-13", "Two more runs are agreed",
    )  # fmt: skip
    assert "the academy’s own" not in board.get("/board?as_at=2022-02-27").text
    for path in ("/targets", f"/targets/{scene.target.code}"):
        assert "◆ Amber, the academy’s own ▲ Red, computed" in board.get(path).text


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (4, "▲ Up 4 since 31 January"),
        (0, "● The same as on 31 January"),
    ],
)
def test_bm02_which_way_a_figure_went_since_it_was_published(board: Pages, later: int, words: str) -> None:
    scene = scenes.cohort(members=12)
    for person in scene.people[:3]:
        scenes.complete(person, scene.course, date(2022, 1, 28))
    publish(scene.target, date(2022, 1, 31))
    for person in scene.people[3 : 3 + later]:
        scenes.complete(person, scene.course, date(2022, 2, 20))
    assert words in board.get("/board?as_at=2022-02-28").text
    assert row(board)["direction"].lower() in words.lower()
    assert "since" not in row(board, "/board.csv?as_at=2022-01-31")["direction"]


def test_bm02_a_snapshot_since_the_last_pack_does_not_turn_the_arrow(board: Pages) -> None:
    """3 of 12 in the pack of January, 7 on 20 February, published for a report: the board has not met since,
    and reads that there are 4 more. Of a target that no pack has told, it is since it was last published."""
    scene = scenes.cohort(members=12)
    for person in scene.people[:3]:
        scenes.complete(person, scene.course, date(2022, 1, 28))
    issued([scene.target], date(2022, 1, 31))
    for person in scene.people[3:7]:
        scenes.complete(person, scene.course, date(2022, 2, 20))
    other = of_course(scene.course)[1]
    rules.publish(
        targets=[scene.target, other], as_at=date(2022, 2, 20), occasion="A report", by=ACADEMY,
        now=clock.now(),
    )  # fmt: skip
    words = board.get("/board?as_at=2022-02-28").text
    assert "▲ Up 4 since 31 January" in words
    assert "● The same as on 20 February" in words
    assert row(board)["direction"] == "up 4 since 31 January"


def section(packed: Contents, title: str) -> Section:
    return next(one for one in packed.sections if one.title == title)


def said_alike(pages: Pages, words: str, arrow: str) -> None:
    """The page, its file and the pack tell in the same words what was restated and what moved."""
    assert f"{arrow} {words[:1].upper()}{words[1:]}" in pages.get("/board?as_at=2022-02-28").text
    assert row(pages)["direction"] == words
    packed = contents(meeting="Board", as_at=FEBRUARY, known_at=clock.now())
    assert words in section(packed, "Where each target stands").rows[0]
    assert section(packed, "What moved since the last pack").rows[0][-1] == f"{words}."


def test_bm04_a_direction_tells_what_was_restated_apart_from_what_moved(board: Pages) -> None:
    """3 of 12 were published; 4 more completions of that month were recorded afterwards, and 2 came since."""
    scene = scenes.cohort(members=12)
    for person in scene.people[:3]:
        scenes.complete(person, scene.course, date(2022, 1, 28))
    issued([scene.target], date(2022, 1, 31))
    assert "● The same as on 31 January" in board.get("/board?as_at=2022-02-28").text
    for person in scene.people[3:7]:
        scenes.complete(person, scene.course, date(2022, 1, 29), clock.now())
    for person in scene.people[7:9]:
        scenes.complete(person, scene.course, date(2022, 2, 20))
    said_alike(board, "Up from 3 to 9 since 31 January: 2 completed, 4 recorded late", "▲")


def test_bm02_what_changed_is_the_same_on_its_page_and_in_the_pack(board: Pages) -> None:
    """Of three targets one was restated, and of one it is told who completed; the third is only named."""
    first, second = scenes.cohort(members=5), scenes.coverage(trained=3, untrained=3)
    third = of_course(first.course)[1]
    issued([first.target, second.target, third], date(2022, 1, 31))
    scenes.complete(first.people[0], first.course, date(2022, 1, 28), clock.now())
    scenes.complete(second.people[5], second.course, date(2022, 2, 7))
    packed = contents(meeting="Board", as_at=FEBRUARY, known_at=clock.now())
    moved = section(packed, "What moved since the last pack")
    said = {row[0]: row[-1] for row in moved.rows if row[-1]}
    assert said == {
        first.target.title: "Up from 0 to 1 since 31 January: 1 recorded late.",
        second.target.title: "Up from 3 to 4 since 31 January: 1 completed.",
    }
    assert moved.notes[0] == f"Neither moved nor restated: “{third.title}”."
    page = board.get("/board/changes?as_at=2022-02-28")
    assert page.links()[second.target.title] == f"/targets/{second.target.code}?as_at=2022-02-28"
    for words in (*said.values(), moved.notes[0]):
        assert str(words) in page.text, words


def test_bm04_sessions_marked_late_are_restated_and_not_delivered_since(board: Pages) -> None:
    """None of 4 sessions was delivered as published; 2 of January were marked since, and 1 of February."""
    course = factories.course(components=1)
    days = [date(2022, 1, 10), date(2022, 1, 17), date(2022, 2, 7), date(2022, 3, 7)]
    runs = [factories.run(course, days=[day]) for day in days]
    target = rules.add_target(
        code="sessions", title="Sessions", kind=TargetKind.DELIVERABLE, programme=course.programme,
        minimum_count=4, unit="sessions", by=ACADEMY, now=factories.LONG_AGO,
    )  # fmt: skip
    ids = [run.sessions[0].id for run in runs]
    rules.tick_sessions(
        target=target, offered=ids, ticked=ids, by=ACADEMY, now=factories.LONG_AGO, reason=None
    )
    issued([target], date(2022, 1, 31))
    for run in runs[:3]:
        scenes.attend(factories.staff(), run, recorded_at=clock.now())
    said_alike(board, "Up from 0 to 3 since 31 January: 1 delivered, 2 recorded late", "▲")


def three_sessions_to_come() -> Callable[[], None]:
    """A target of 3 sessions that are all scheduled; what is given back ticks one of them no more."""
    course = factories.course(components=1)
    programme = factories.dated(course.programme, starts_on=date(2021, 4, 1))
    target = rules.add_target(
        code="sessions", title="Sessions", kind=TargetKind.DELIVERABLE, programme=programme,
        minimum_count=3, unit="sessions", deadline=date(2022, 3, 31), by=ACADEMY, now=factories.LONG_AGO,
    )  # fmt: skip
    trainer = factories.trainer()
    runs = [factories.run(course, days=[date(2022, 3, day)], trainer_id=trainer.id) for day in (7, 14, 21)]
    ids = [run.sessions[0].id for run in runs]
    ticking = {"target": target, "offered": ids, "by": ACADEMY}
    rules.tick_sessions(ticked=ids, now=factories.LONG_AGO, reason=None, **ticking)
    issued([target], date(2022, 1, 31))
    return lambda: rules.tick_sessions(ticked=ids[1:], now=clock.now(), reason="Not ours", **ticking)


def test_bm02_4_12_a_colour_that_was_another_is_said_where_the_figure_is_the_same(board: Pages) -> None:
    """0 of 3 were delivered then and now; 3 were scheduled, so that the pack said green, and 2 are now."""
    untick = three_sessions_to_come()
    assert "was ●" not in board.get("/board?as_at=2022-02-28").text
    assert not board.get("/board/changes?as_at=2022-02-28").soup.select("table")
    untick()
    assert "● The same as on 31 January, was ● Green" in board.get("/board?as_at=2022-02-28").text
    assert row(board)["was"] == "● Green"
    packed = contents(meeting="Board", as_at=FEBRUARY, known_at=clock.now())
    (cells,) = section(packed, "What moved since the last pack").rows
    assert cells[-2:] == (
        "Was ● Green: 0 delivered and 3 scheduled by 31 March 2022; 3 contracted. Now ▲ Red: 0 delivered "
        "and 2 scheduled by 31 March 2022; 3 contracted: 1 not scheduled.",
        "The same as on 31 January.",
    )
    assert str(cells[-2]) in board.get("/board/changes?as_at=2022-02-28").text


def test_bm02_4_11_a_forecast_that_was_another_is_said_where_the_colour_is_the_same(board: Pages) -> None:
    scene = february(extra_run=True)
    issued([scene.target], date(2022, 2, 27))
    run = db.session.scalars(select(Run).where(Run.code == "SOS2-07")).one()
    for person in scene.people[100:102]:
        factories.booking(run, person)
    assert ", was " not in board.get("/board?as_at=2022-02-28").text
    words = board.get("/board/changes?as_at=2022-02-28").text
    assert "Still ◆ Amber. Then: 68 are likely by 31 March 2022; 88 are needed. Fill places: 95 are" in words
    assert "Now: 69 are likely by 31 March 2022; 88 are needed." in words


def test_bm02_4_11_a_sentence_that_is_worded_otherwise_moved_no_forecast() -> None:
    """What was published keeps its words, and a later release may say the same in others."""
    scene = february(extra_run=True)
    known = clock.now()
    (now,) = queries.figures([scene.target], as_at=FEBRUARY, known_at=known)
    assert now.verdict is not None
    asked = "by 31 March 2022, of 88 needed. If every free place is taken: 95."

    (row,) = rules.publish(targets=[scene.target], as_at=FEBRUARY, occasion="Board", by=ACADEMY, now=known)
    db.session.refresh(row)
    assert row.standing is None
    db.session.expunge(row)  # the database refuses every change of it

    def moved(reason: str) -> str:
        row.colour_reason = reason
        return queries.colour_moved(queries.AsPublished(row), now)

    for reason in (
        now.verdict.reason,
        f"68 people are expected {asked}",
        f"68, expected {asked} Provisional.",
    ):
        assert moved(reason) == "", reason
    for reason in (
        f"67 people are expected {asked}",
        f"68 people are expected {asked.replace('March', 'May')}",
        f"68 people are expected {asked.replace('95', '94')}",
        f"67 people are expected {asked} Check data: 68 records are flagged.",
    ):
        assert moved(reason).startswith(f"Still ◆ Amber. Then: {reason} Now: 68 are likely"), reason


def test_4_12_the_academys_own_colour_was_another(pages: Pages, travel_to: Callable[..., None]) -> None:
    travel_to("2022-01-31 12:00")
    scene = scenes.cohort(members=12)
    scenes.complete(scene.people[0], scene.course, date(2022, 1, 28))
    rules.override_colour(
        target=scene.target, colour=Colour.AMBER, reason="Two more runs are agreed.", days=9,
        by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now(),
    )  # fmt: skip
    issued([scene.target], date(2022, 1, 31))
    travel_to("2022-02-28 12:00")
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    was = "◆ Amber, the academy’s own, and ▲ Red, computed"
    assert f"● The same as on 31 January, was {was}" in pages.get("/board").text
    assert (
        f"Was {was}: The academy’s own, until 8 February 2022: Two more runs are agreed. As computed: At "
    ) in pages.get("/board/changes").text


def test_4_12_the_academys_own_colour_that_is_the_computed_one_is_no_other(
    pages: Pages, travel_to: Callable[..., None]
) -> None:
    travel_to("2022-01-31 12:00")
    scene = scenes.cohort(members=12)
    scenes.complete(scene.people[0], scene.course, date(2022, 1, 28))
    issued([scene.target], date(2022, 1, 31))
    rules.override_colour(
        target=scene.target, colour=Colour.RED, reason="It is so.", days=30,
        by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now(),
    )  # fmt: skip
    travel_to("2022-02-28 12:00")
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/board").text
    assert "▲ Red, the academy’s own ▲ Red, computed" in page
    assert "was ▲" not in page
    assert "Neither moved nor restated" in pages.get("/board/changes").text


def test_bm02_bm05_of_few_no_colour_is_compared(pages: Pages, travel_to: Callable[..., None]) -> None:
    travel_to("2022-01-31 12:00")
    scene = scenes.cohort(members=4)
    scenes.complete(scene.people[0], scene.course, date(2022, 1, 28))
    issued([scene.target], date(2022, 1, 31))
    travel_to("2022-04-28 12:00")
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    for page in (pages.get("/board").text, pages.get("/board/changes").text):
        assert "Red" not in page
        assert "was" not in page.lower().split()


def test_bm04_a_score_that_was_entered_late_is_restated(board: Pages) -> None:
    target = rules.add_target(
        code="confidence", title="Confidence", kind=TargetKind.SCORE, programme=factories.programme(),
        minimum_score=Decimal("7.0"), by=ACADEMY, now=factories.LONG_AGO,
    )  # fmt: skip

    def state(as_at: date, score: str) -> None:
        rules.state_figure(
            target=target, as_at=as_at, score=Decimal(score), source="Survey", by=ACADEMY, now=clock.now()
        )

    state(date(2022, 1, 20), "6.0")
    issued([target], date(2022, 1, 31))
    state(date(2022, 1, 25), "6.4")
    state(date(2022, 2, 20), "7.4")
    said_alike(board, "Up from 6.0 to 7.4 since 31 January: 6.4 recorded late, 7.4 stated since", "▲")


def test_4_12_a_target_without_any_register_is_no_data_in_the_file_too(board: Pages) -> None:
    """Its deadline is over and nobody is complete: that would be missed, had any register been marked."""
    scenes.cohort(members=5)
    found = row(board, "/board.csv?as_at=2022-04-01")
    assert (found["standing"], found["colour"]) == ("No data", "No data")
    assert "○ No data" in board.get("/board?as_at=2022-04-01").text


def test_bm02_a_share_can_fall_while_more_are_complete(board: Pages) -> None:
    scene = scenes.coverage(trained=9, untrained=1)
    publish(scene.target, AUGUST)
    for _ in range(3):
        scenes.complete(factories.staff(first_day=date(2021, 9, 1)), scene.course, date(2021, 9, 2))
    for _ in range(4):
        factories.staff(first_day=date(2021, 9, 1))
    page = board.get("/board?as_at=2021-12-31")
    assert "▼ Down from 9 of 10 (90%) on 31 August" in page.text
    assert "12 of 17 (71%)" in page.text


def test_bm04_a_smaller_share_is_said_before_the_steps_by_which_more_are_complete(board: Pages) -> None:
    scene = scenes.coverage(trained=9, untrained=1)
    publish(scene.target, AUGUST)
    scenes.complete(scene.people[9], scene.course, date(2021, 8, 2), clock.now())
    for _ in range(5):
        factories.staff(first_day=date(2021, 9, 1))
    assert (
        "▼ A smaller share. Completions up from 9 to 10 since 31 August: 1 recorded late; people counted up "
        "from 10 to 15: 5 joined"
    ) in board.get("/board?as_at=2021-12-31").text


def test_bm04_what_was_no_score_says_so(board: Pages) -> None:
    target = rules.add_target(
        code="confidence", title="Confidence", kind=TargetKind.SCORE, programme=factories.programme(),
        by=ACADEMY, now=factories.LONG_AGO,
    )  # fmt: skip
    issued([target], date(2022, 1, 31))
    rules.state_figure(
        target=target, as_at=date(2022, 1, 20), score=Decimal("7.2"), source="Survey", by=ACADEMY,
        now=clock.now(),
    )  # fmt: skip
    said_alike(board, "First score: 7.2, recorded after 31 January", "▲")


def test_am16_a_score_stands_against_its_baseline(board: Pages) -> None:
    programme = factories.programme(title="Signs of Safety", deadline=date(2022, 3, 31))
    target = rules.add_target(
        code="confidence",
        title="Confidence",
        kind=TargetKind.SCORE,
        programme=programme,
        minimum_score=Decimal("7.0"),
        by=ACADEMY,
        now=factories.LONG_AGO,
    )
    for as_at, score in ((date(2021, 6, 30), "6.0"), (date(2022, 1, 31), "7.4")):
        rules.state_figure(
            target=target, as_at=as_at, score=Decimal(score), source="Survey", by=ACADEMY, now=clock.now()
        )
    page = board.get("/board?as_at=2022-02-25")
    assert "7.4 of 10, as stated by 25 February 2022" in page.text
    assert "6.0 → 7.4 (+1.4): how many replied is not recorded of either. Both are as stated" in page.text
    assert "Signs of Safety 34 days to the grant deadline of 31 March 2022" in page.text
    assert "The grant deadline of 31 March 2022 is over" in board.get("/board?as_at=2022-04-01").text
    assert "The grant deadline is this day, 31 March 2022" in board.get("/board?as_at=2022-03-31").text


def test_programmes_that_ended_long_ago_are_told_in_brief(board: Pages) -> None:
    scene = scenes.coverage(trained=4, untrained=2)
    factories.dated(scene.course.programme, deadline=date(2022, 3, 31))
    db.session.commit()
    assert "Programmes that are over" not in board.get("/board?as_at=2023-03-30").text
    page = board.get("/board?as_at=2023-03-31")
    assert rows_of(page, "Programmes that are over or to come") == [
        "Two-day training 4 of 6 (67%) practitioners in post at 31 March 2023 Practitioners in post who have "
        "completed Signs of Safety 2-day; no minimum stated No minimum stated"
    ]
    assert row(board, "/board.csv?as_at=2023-03-31")["numerator"] == "4"


def test_4_12_in_brief_too_a_colour_stands_with_its_reason(board: Pages) -> None:
    """Its grant is over since 2020 and its target since February 2022; before that, it is told in full."""
    scene = scenes.cohort(members=5, deadline=FEBRUARY)
    factories.dated(scene.course.programme, deadline=date(2020, 12, 31))
    scenes.complete(scene.people[0], scene.course, date(2022, 2, 1))
    rules.override_colour(
        target=scene.target,
        colour=Colour.AMBER,
        reason="A run is agreed",
        days=30,
        by=factories.actor(Role.ACADEMY_MANAGER),
        now=clock.london_time(date(2022, 2, 20), time(12)),
    )
    db.session.commit()
    page = board.get("/board?as_at=2022-02-27")
    assert "Programmes that are over" not in page.text
    assert "Forecast:" in page.text
    assert [len(one.points) > 0 for one in packed(FEBRUARY).weekly_lines] == [True]
    (line,) = rows_of(board.get("/board?as_at=2022-03-01"), "Programmes that are over or to come")
    own = "Amber until 21 March 2022, as the academy says: A run is agreed"
    assert f"{own} Missed, as computed: " in line
    assert line.endswith("3 people short after the deadline of 28 February 2022.")
    found = row(board, "/board.csv?as_at=2022-03-01")
    assert (found["own_colour_reason"], found["colour_reason"] in line) == ("A run is agreed", True)
    (told,) = next(one.rows for one in packed(date(2022, 3, 1)).sections if one.title.startswith("Where"))
    why = f"The academy’s own, until 21 March 2022: A run is agreed. As computed: {found['colour_reason']}"
    assert {why, "Amber until 21 March 2022: A run is agreed"} <= set(told)


@pytest.mark.parametrize("day", ["2022-02-28", "2023-03-31"])  # told in full, and in brief
def test_i15_that_no_session_that_was_held_is_ticked_is_told_with_the_link_for_those_who_may(
    pages: Pages, day: str
) -> None:
    course, _run = one_day((CAME, 7), on=date(2022, 2, 1))
    made = of_course(course)[-1]
    factories.dated(course.programme, deadline=date(2022, 3, 31))
    db.session.commit()
    for role, link in ((Role.ACADEMY_MANAGER, True), (Role.BOARD_MEMBER, False)):
        pages.sign_in(factories.user(role))
        for address in (f"/board?as_at={day}", f"/targets/{made.code}?as_at={day}"):
            page = pages.get(address)
            assert "1 session was held, and is not ticked to count." in page.text
            links = [str(one["href"]) for one in page.soup.select("a[href$='/sessions/tick']")]
            assert links == [f"/targets/{made.code}/sessions/tick"] * link, (role, address)


def test_4_11_a_programme_to_come_has_its_forecast_in_brief(board: Pages) -> None:
    scene = scenes.cohort(members=5, deadline=date(2022, 12, 31))
    factories.dated(scene.course.programme, starts_on=date(2022, 6, 1))
    db.session.commit()
    (line,) = rows_of(board.get("/board?as_at=2022-02-28"), "Programmes that are over or to come")
    assert "Forecast: 0 (0%) likely, 0 at best" in line


def test_4_4_a_programmes_dates_are_those_that_were_known(board: Pages) -> None:
    """Its start is put off on 1 March, when the board had read of it since January."""
    scene = scenes.coverage(trained=2, untrained=1)
    factories.dated(scene.course.programme, starts_on=date(2022, 1, 1))
    put_off(scene.course.programme, date(2022, 6, 1), now=clock.london_time(date(2022, 3, 1), time(9)))
    brief = "Programmes that are over or to come"
    assert brief in board.get("/board?as_at=2022-02-25").text
    page = board.get("/board?as_at=2022-02-25&known_at=2022-02-28")
    assert brief not in page.text
    assert "Two-day training" in page.text
    assert brief not in board.get("/board?as_at=2022-02-25&known_at=2020-01-01").text


def put_off(programme: Programme, starts_on: date, *, now: datetime) -> None:
    programmes.edit_programme(
        programme=programme,
        code=programme.code,
        title=programme.title,
        summary="",
        provider=None,
        starts_on=starts_on,
        deadline=None,
        reason="The provider is late",
        by=ACADEMY,
        now=now,
    )
    db.session.commit()


def test_a_day_to_come_has_a_forecast_and_todays_figures(board: Pages) -> None:
    scenes.cohort(members=5, deadline=clock.today() + timedelta(days=90))
    soon = clock.today() + timedelta(days=40)
    page = board.get(f"/board?as_at={soon}")
    assert "is still to come: the figures are today’s, and each forecast is for that day" in page.text
    assert "0 of 5 (0%)" in page.text


def test_bm04_as_known_before_a_mark_was_made(board: Pages) -> None:
    scene = scenes.cohort(members=5)
    scenes.complete(scene.people[0], scene.course, date(2022, 2, 1), clock.end_of_day(date(2022, 3, 5)))
    address = "/board?as_at=2022-02-28"
    assert "0 of 5 (0%)" in board.get(f"{address}&known_at=2022-03-01").text
    assert "1 of 5 (20%)" in board.get(address).text


# --- Below the targets ---------------------------------------------------------------------------------


def test_4_9_the_four_rates_by_their_names(board: Pages) -> None:
    course, run = one_day(
        (CAME, 269), (NO_SHOW, 20), (IN_TIME, 20), (LATE, 9), on=date(2022, 2, 1), capacity=393
    )
    for who in strangers(35):
        mark(run, who, CAME[1])
    course.programme.title = "Signs of Safety"
    db.session.commit()
    page = board.get("/board?as_at=2022-02-28")
    assert rows_of(page, "Attendance by programme") == [
        "Signs of Safety 77% 304 of 393 places 93% 269 of 289 booked places not cancelled "
        "85% 269 of 318 booked places 7% 20 of 289 booked places not cancelled"
    ]
    assert "Sessions held from 1 March 2021 to 28 February 2022" in page.text
    assert "Why places were not used: Not answered yet 20." in page.text
    assert "Attendance by programme" not in board.get("/board?as_at=2023-02-28").text


def test_4_9_one_place_that_was_not_used_is_a_place(pages: Pages) -> None:
    one_day((CAME, 3), (NO_SHOW, 1), on=date(2022, 2, 1))
    db.session.commit()
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get("/board?as_at=2022-02-28")
    assert "Why places were not used: Not answered yet 1 place ." in page.text


def test_4_13_turnover_and_the_coverage_that_leavers_took(board: Pages) -> None:
    scene = scenes.coverage(trained=15, untrained=10)
    for _ in range(5):
        scenes.complete(factories.staff(last_day=date(2022, 1, 31)), scene.course)
    page = board.get("/board?as_at=2022-02-28")
    for words in (
        "20% : 5 employees left in the 12 months to 28 February 2022, of 25 in post.",
        "By role group: Social Worker 20%.",
        "Coverage lost to leavers in 12 months: 5 trained people, 20% of the 25 counted.",
    ):
        assert words in page.text, words


# --- What it costs -------------------------------------------------------------------------------------


def test_neither_people_nor_targets_cost_statements(board: Pages) -> None:
    members = scenes.cohort(members=2)
    scenes.complete(members.people[0], members.course, date(2022, 2, 1))
    scene = scenes.coverage(trained=3, untrained=3, percent="80")
    few = len(board.get("/board?as_at=2022-02-28").queries)
    services(members, Adoption=9)
    for number in range(4):
        rules.add_target(
            code=f"coverage-{number}",
            title=f"Coverage {number}",
            kind=TargetKind.COVERAGE,
            programme=scene.course.programme,
            course=scene.course,
            population=scene.population,
            minimum_percent=Decimal(80),
            by=ACADEMY,
            now=factories.LONG_AGO,
        )
    db.session.commit()
    assert len(board.get("/board?as_at=2022-02-28").queries) == few <= 28
    assert len(board.get("/board.csv?as_at=2022-02-28").queries) < few
