"""A target that has ended, on the board's page and in its packs: there on earlier days, not on later ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest

from app.board.models import Format, Pack
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import rules as figure_rules
from tests import factories
from tests.board import academy, paper
from tests.board.academy import issue
from tests.figures.scenes import ACADEMY
from tests.pages import Pages

LAST_DAY = date(2022, 2, 10)
WHY = "The contract was varied"
TITLE = "Two-day training"


@pytest.fixture
def _ended(travel_to: Callable[..., None]) -> None:
    """One of six targets, which the pack of 31 January had, ended on 10 February; it is 28 February 2022."""
    travel_to("2022-02-28 12:00")
    target = academy.every_kind()[0]
    figure_rules.end_target(target=target, last_day=LAST_DAY, reason=WHY, by=ACADEMY, now=clock.now())
    db.session.commit()


@pytest.fixture
def board(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.BOARD_MEMBER))


@pytest.mark.usefixtures("_ended")
def test_bm03_the_board_reads_of_a_target_on_its_days_alone(board: Pages) -> None:
    for address, is_there in (
        ("", False),
        ("?as_at=2022-02-11", False),
        ("?as_at=2022-02-10", True),
        ("?as_at=2022-02-27&known_at=2022-02-27", True),
        ("?as_at=2022-06-30", False),
    ):
        assert (TITLE in board.get(f"/board{address}").text) is is_there, address
        told = csv.DictReader(io.StringIO(board.get(f"/board.csv{address}").html.removeprefix("\ufeff")))
        titles = [row["target"] for row in told]
        assert (TITLE in titles, len(titles)) == (is_there, 5 + is_there), address
    assert TITLE not in board.get("/").text


@pytest.mark.usefixtures("_ended")
def test_bm02_what_changed_since_the_last_pack_says_which_target_ended(board: Pages) -> None:
    page = board.get("/board/changes")
    (row,) = (one for one in page.soup.select("tr") if TITLE in one.get_text())
    told = [cell.get_text() for cell in row.select("td")]
    assert told == ["7 of 16 (44%)", "–", "–", "Ended on 10 February 2022", "–", WHY]
    assert "Ended on" not in board.get("/board/changes?as_at=2022-02-10").text


@pytest.mark.usefixtures("_ended")
def test_bm08_a_pack_has_the_targets_of_its_day_and_the_pack_before_stays() -> None:
    last = db.session.get_one(Pack, 1)
    before = [(one.title, one.numerator, one.denominator) for one in last.figures]
    pack = issue(Format.XLSX, Format.PDF, meets_on=date(2022, 3, 1), as_at=date(2022, 2, 28))
    assert TITLE not in [one.title for one in pack.figures]
    assert len(pack.figures) == 5
    book = paper.sheets(_content(pack, Format.XLSX))
    assert TITLE not in [row[0] for row in book["Where each target stands"]]
    moved = next(row for row in book["What moved since the last pack"] if row[0] == TITLE)
    assert list(moved[1:]) == ["7 of 16 (44%)", "Ended on 10 February 2022", WHY]
    assert WHY in paper.pdf_words(_content(pack, Format.PDF))
    assert [(one.title, one.numerator, one.denominator) for one in last.figures] == before
    assert TITLE in [one.title for one in issue(meets_on=date(2022, 3, 1), as_at=LAST_DAY).figures]


def _content(pack: Pack, kind: Format) -> bytes:
    return next(one.content for one in pack.files if one.format is kind)
