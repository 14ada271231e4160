"""The command, the board's page and file, the pack and the target's page tell the same of a target (4.12)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.board.models import Format
from app.board.queries import Section, contents
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import TargetKind
from tests import factories
from tests.board import paper
from tests.board.academy import issue
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages

FEBRUARY = date(2022, 2, 28)
# By the names that the command and the file have for the same number.
SAME = {
    "required": "required", "likely": "likely", "best": "best", "ceiling": "ceiling",
    "to_book": "to_book", "free": "free_places", "place_shortfall": "place_shortfall",
    "forecast_for": "forecast_for", "rag_reason": "colour_reason",
}  # fmt: skip

Told = tuple[dict[str, Any], dict[str, str]]


@pytest.fixture
def board(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.BOARD_MEMBER))


@pytest.fixture
def told(board: Pages, run_command: Callable[..., Any]) -> Callable[[], Told]:
    """What the command and the board's file say of the one target, which must be the same."""

    def of() -> Told:
        db.session.commit()
        (found,) = json.loads(run_command("figures", "--json", "--as-at", "2022-02-28").stdout)
        text = board.get("/board.csv?as_at=2022-02-28").html.removeprefix("\ufeff")
        (row,) = csv.DictReader(io.StringIO(text))
        for name, column in SAME.items():
            said = found.get(name)
            if not (name == "to_book" and found.get("impossible")):
                assert row[column] == ("" if said is None else str(said)), name
        return found, row

    return of


def packed() -> Sequence[Section]:
    return contents(meeting="Board", as_at=FEBRUARY, known_at=clock.now()).sections


def rows_of(title: str) -> Sequence[Sequence[object]]:
    return next(one.rows for one in packed() if one.title == title)


def test_4_11_while_no_register_is_marked_the_forecast_is_told_everywhere(
    board: Pages, told: Callable[[], Told]
) -> None:
    """Five members, one of whom is booked: No data, and 3 of them are needed."""
    scene = scenes.cohort(members=5, percent="60")
    run = factories.run(scene.course, days=[date(2022, 3, 8), date(2022, 3, 9)], capacity=3)
    factories.booking(run, scene.people[0])
    found, _row = told()
    assert (found["rag"], found["required"], found["best"], found["to_book"]) == ("no_data", 3, 1, 4)
    words = "Book 4 more people; 2 places exist; 2 more places needed."
    for path in ("/board", "/targets", "/targets/new-and-upskill"):
        text = board.get(f"{path}?as_at=2022-02-28").text
        assert "○ No data" in text, path
        assert words in text, path
    (line,) = rows_of("Forecast")
    assert line[2:6] == (3, 0, 1, 2)


def test_u26_nothing_is_required_or_forecast_of_nobody(board: Pages, told: Callable[[], Told]) -> None:
    scenes.cohort(members=0)
    found, _row = told()
    assert (found["required"], found["met"], found["rag"]) == (None, None, "no_data")
    assert {found[name] for name in ("likely", "to_book", "free")} == {None}
    page = board.get("/targets/new-and-upskill/progress?as_at=2022-02-28")
    weeks = page.soup.select("table tbody tr")
    assert weeks
    assert {one.select("td")[-1].get_text(strip=True)[:1] for one in weeks} == {"–"}
    assert "Likely" not in board.get("/targets/new-and-upskill?as_at=2022-02-28").text
    assert "Forecast:" not in board.get("/board?as_at=2022-02-28").text
    assert "Forecast" not in [one.title for one in packed()]
    assert rows_of("Where each target stands")[0][8] is None


def test_4_10_what_is_required_of_a_score_is_its_minimum(told: Callable[[], Told]) -> None:
    rules.add_target(
        code="confidence", title="Confidence", kind=TargetKind.SCORE, programme=factories.programme(),
        minimum_score=Decimal("7.5"), by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    found, row = told()
    assert (found["required"], found["minimum_score"], row["required"]) == ("7.5", "7.5", "7.5")


def test_am15_a_pack_page_and_its_files_say_the_same_of_what_was_asked(pages: Pages) -> None:
    """Of scores with a minimum and without, of people without one, and where there is nobody or no score."""
    scenes.coverage(trained=3, untrained=3)
    scenes.cohort(members=0)
    for code, minimum, mean in (("asked", "7.5", "7.2"), ("free", None, "6"), ("waits", None, None)):
        confidence(code, minimum, mean)
    pack = issue(Format.CSV, meets_on=FEBRUARY, as_at=FEBRUARY)
    rows = paper.csv_rows(next(file.content for file in pack.files if file.format is Format.CSV))
    heading = rows.index(["Section", "Where each target stands"]) + 1
    lines = [dict(zip(rows[heading], row, strict=True)) for row in rows[heading + 1 : heading + 6]]
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    for path in (f"/board/packs/{pack.id}", "/published"):
        page = pages.get(path)
        told = [
            [
                cell.get_text(" ", strip=True).lstrip("✔✘●◆▲○ ").removesuffix(" None")
                for cell in row.select("td")
            ]
            for row in page.soup.select("tbody tr")
        ]
        columns = ("Required", "Standing", "Why")[: len(told[0]) - 1]
        expected = [[one[column] or "–" for column in columns] for one in lines]
        assert sorted(row[1:] for row in told) == sorted(expected), path
    standings = {one["Standing"] for one in lines}
    assert standings == {"Amber", "No data", "No minimum stated", "No score yet"}


def confidence(code: str, minimum: str | None, mean: str | None) -> None:
    """A target for a score, and what a survey says of it."""
    target = rules.add_target(
        code=code, title=f"Confidence, {code}", kind=TargetKind.SCORE, programme=factories.programme(),
        minimum_score=Decimal(minimum) if minimum else None, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    if mean:
        rules.state_figure(
            target=target, as_at=FEBRUARY, score=Decimal(mean), source="Survey", by=ACADEMY, now=clock.now()
        )


def test_am16_a_change_of_a_score_is_a_number_in_the_packs_files(pages: Pages) -> None:
    """With its sign where it is read; a spreadsheet is given a number, and no text that is guarded."""
    target = rules.add_target(
        code="confidence", title="Confidence", kind=TargetKind.SCORE, programme=factories.programme(),
        by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    for as_at, score in ((date(2021, 6, 30), "6"), (date(2022, 2, 1), "4.8")):
        rules.state_figure(
            target=target, as_at=as_at, score=Decimal(score), source="Survey", by=ACADEMY, now=clock.now()
        )
    db.session.commit()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    address = "/board/packs/draft{}?meeting=Board&" + "&".join(
        f"{name}-{part}={value}"
        for name in ("meets_on", "as_at")
        for part, value in (("day", 28), ("month", 2), ("year", 2022))
    )
    assert "6.0 4.8 −1.2" in pages.get(address.format("")).text
    rows = paper.csv_rows(pages.get(address.format(".csv")).response.data)
    line = rows[rows.index(["Target", "First", "Latest", "Change", "In words"]) + 1]
    assert [Decimal(cell) for cell in line[1:4]] == [6, Decimal("4.8"), Decimal("-1.2")]
    assert paper.numbers(pages.get(address.format(".xlsx")).response.data, "Scores") == [6, 4.8, -1.2]


def test_4_11_what_is_impossible_has_no_number(told: Callable[[], Told]) -> None:
    """All five are needed: of one who is booked the usual share does not come, and only three are left."""
    scene = scenes.cohort(members=5, percent="100")
    scenes.complete(scene.people[4], scene.course, date(2022, 2, 1))
    run = factories.run(scene.course, days=[date(2022, 3, 8), date(2022, 3, 9)])
    factories.booking(run, scene.people[0])
    found, row = told()
    assert _to_be_done(found) == (True, None, None, None)
    assert row["to_book"] == "Impossible: only 3 people are not booked"


def test_4_12_where_no_minimum_is_stated_every_file_says_so(told: Callable[[], Told]) -> None:
    scenes.coverage(trained=3, untrained=3)
    found, row = told()
    assert (found["rag"], found["rag_reason"]) == ("no_data", "No minimum is stated.")
    assert (row["colour"], row["standing"], row["required"]) == ("No data", "No minimum stated", "")


@pytest.mark.parametrize(
    ("deadline", "contracted", "words"),
    [
        (date(2022, 3, 31), 2, "Red, provisional"),
        (date(2022, 2, 15), 2, "Missed, provisional"),
        (date(2022, 3, 31), 3, "Red"),
    ],
)
def test_4_12_a_register_that_is_not_marked_is_told_everywhere_and_could_change_the_colour(
    board: Pages, told: Callable[[], Told], run_command: Callable[..., Any],
    deadline: date, contracted: int, words: str,
) -> None:  # fmt: skip
    """Of two sessions that were held one is marked, when two are contracted, or three."""
    course = factories.course(components=1)
    runs = [factories.run(course, days=[date(2022, 2, number)]) for number in (1, 8)]
    scenes.attend(factories.staff(), runs[0])
    made = rules.add_target(
        code="sessions", title="Sessions", kind=TargetKind.DELIVERABLE, programme=course.programme,
        minimum_count=contracted, unit="sessions", deadline=deadline, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    ids = [session.id for run in runs for session in run.sessions]
    rules.tick_sessions(target=made, offered=ids, ticked=ids, by=ACADEMY, now=LONG_AGO)
    found, row = told()
    is_provisional = "provisional" in words
    assert (found["provisional"], row["is_provisional"]) == (
        is_provisional,
        "yes" if is_provisional else "no",
    )
    assert (found["marks_outstanding"], row["outstanding_marks"]) == (1, "1")
    missing = "1 register not marked yet."
    for address in ("/board", "/targets/sessions"):
        page = board.get(f"{address}?as_at=2022-02-28").text
        assert words in page, address
        assert missing in page, address
    printed = run_command("figures", "--as-at", "2022-02-28").stdout
    assert f"{words}: " in printed
    assert missing in printed
    [stands] = rows_of("Where each target stands")
    assert missing in stands


def test_4_11_what_is_met_has_the_same_numbers_in_every_file(told: Callable[[], Told]) -> None:
    scene = scenes.cohort(members=5)
    for person in scene.people[:4]:
        scenes.complete(person, scene.course, date(2022, 2, 1))
    found, _row = told()
    assert (found["rag"], found["likely"], found["to_book"]) == ("met", 4, 0)


def test_4_11_what_the_rounding_alone_asks_for_is_called_missing_in_no_file(
    board: Pages, told: Callable[[], Told]
) -> None:
    """Three of five are complete, one is booked and one is left: four are needed, and two are to book."""
    scene = scenes.cohort(members=5)
    for person in scene.people[:3]:
        scenes.complete(person, scene.course, date(2022, 2, 1))
    run = factories.run(scene.course, days=[date(2022, 3, 8), date(2022, 3, 9)])
    factories.booking(run, scene.people[3])
    found, row = told()
    assert found["rag"] == "amber"
    assert _to_be_done(found) == (False, 2, 0, 0)
    assert (row["to_book"], row["place_shortfall"]) == ("2", "0")
    (line,) = rows_of("Forecast")
    assert line[6:10] == (2, 15, 0, 0)
    words = "Book 2 more people, rounded up; 1 person can be booked, which is just enough."
    for path in ("/board", "/targets", "/targets/new-and-upskill"):
        assert words in board.get(f"{path}?as_at=2022-02-28").text, path
    assert f"Forecast: 60% likely, 4 at best. {words}" in board.get("/board?as_at=2022-02-28").text
    page = board.get("/targets/new-and-upskill?as_at=2022-02-28")
    assert "Still to book 2 people, rounded up" in page.text
    assert "Impossible" not in page.text
    assert "Places missing" not in page.text


def test_4_11_no_place_is_missing_in_any_file_where_those_that_are_free_are_just_enough(
    board: Pages, told: Callable[[], Told]
) -> None:
    """Three of ten are complete, one is booked, one place is free: four are needed, and two are to book."""
    scene = scenes.cohort(members=10, percent="40")
    for person in scene.people[:3]:
        scenes.complete(person, scene.course, date(2022, 2, 1))
    run = factories.run(scene.course, days=[date(2022, 3, 8), date(2022, 3, 9)], capacity=2)
    factories.booking(run, scene.people[3])
    found, row = told()
    assert (found["rag"], found["free"]) == ("amber", 1)
    assert _to_be_done(found) == (False, 2, 0, 0)
    assert (row["to_book"], row["place_shortfall"]) == ("2", "0")
    (line,) = rows_of("Forecast")
    assert line[6:10] == (2, 1, 0, 0)
    assert "Places missing" not in board.get("/targets/new-and-upskill?as_at=2022-02-28").text


def _to_be_done(found: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(found[name] for name in ("impossible", "to_book", "place_shortfall", "extra_runs"))


def test_tr10_sessions_without_a_date_are_as_many_on_every_page_and_in_a_pack(
    board: Pages, told: Callable[[], Told]
) -> None:
    """Two are contracted; the register of one that is over is not marked: 1 or 2 have no date, never 1."""
    course = factories.course(components=1)
    run = factories.run(course, days=[date(2022, 2, 22)])
    target = rules.add_target(
        code="days", title="Days delivered", kind=TargetKind.DELIVERABLE, programme=course.programme,
        minimum_count=2, unit="days", deadline=date(2022, 3, 31), by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    ids = [run.sessions[0].id]
    rules.tick_sessions(target=target, offered=ids, ticked=ids, by=ACADEMY, now=LONG_AGO, reason=None)
    found, _row = told()
    assert "1 or 2 not scheduled" in found["rag_reason"]
    for path in ("/board", "/targets", "/targets/days"):
        assert "1 or 2 not scheduled" in board.get(f"{path}?as_at=2022-02-28").text, path
    (line,) = rows_of("Sessions delivered")
    assert line[1:8] == (2, 0, 2, 0, 0, 1, "1 or 2")
