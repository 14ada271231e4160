"""Pictures of what counts no completions: sessions by month, and the waves of a score."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.core import clock
from app.core.permissions import Role
from app.figures import rules
from app.figures.files.months import month_rows, months_chart
from app.figures.files.waves import waves_chart
from app.figures.models import TargetKind
from app.figures.queries import MonthOfSessions, Wave
from app.figures.queries.months import sessions_by_month
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages

FEBRUARY = date(2022, 2, 28)
DEADLINE = date(2022, 3, 31)
SEVENTEEN = [
    MonthOfSessions(date(2022, 1, 1), 6, 0, 0, 0, so_far=6),
    MonthOfSessions(date(2022, 2, 1), 5, 0, 0, 1, so_far=11),
    MonthOfSessions(date(2022, 3, 1), 0, 4, 1, 0, so_far=16),
    MonthOfSessions(date(2022, 4, 1), 0, 0, 0, 0, so_far=16),
]


@pytest.fixture
def board(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.BOARD_MEMBER))


# --- Sessions ------------------------------------------------------------------------------------------


def test_t09_a_bar_is_delivered_and_scheduled_by_the_end_of_its_month() -> None:
    chart = months_chart(SEVENTEEN, as_at=FEBRUARY, contracted=17, deadline=DEADLINE)
    assert [tick.label for tick in chart.across] == ["Jan 2022", "Feb 2022", "Mar 2022", "Apr 2022"]
    assert [tick.label for tick in chart.up] == ["0", "5", "10", "15", "20"]
    heights = [(one.kind, one.height) for one in chart.blocks]
    assert heights == [
        ("delivered", "66.6"),
        ("delivered", "122.1"),
        *[("delivered", "122.1"), ("confirmed", "44.4"), ("unconfirmed", "11.1")] * 2,
    ]
    assert chart.contracted is not None
    assert chart.deadline is not None
    assert (chart.contracted.at, chart.deadline.at) == ("55.3", "364.0")
    assert [words for _, words in chart.key] == [
        "Delivered: 11",
        "Scheduled: 4",
        "Scheduled, not confirmed: 1",
        "Contracted: 17",
        "Deadline: 31 March 2022",
    ]
    assert chart.words == (
        "Sessions by month, added up: 11 delivered by 28 February 2022, 5 scheduled after it. "
        "Contracted: 17 by 31 March 2022."
    )


@pytest.mark.parametrize(
    ("deadline", "bars"), [(None, 2), (date(2022, 5, 31), 5), (date(2021, 12, 31), 3), (date(2099, 3, 31), 2)]
)
def test_the_months_go_on_to_the_deadline_and_begin_with_it_if_it_is_earlier(
    deadline: date | None, bars: int
) -> None:
    months = SEVENTEEN[:2]
    chart = months_chart(months, as_at=FEBRUARY, contracted=None, deadline=deadline)
    assert len(chart.across) == bars


def until_2062(last: int) -> list[MonthOfSessions]:
    """Seventeen's months up to one of 2022, nothing for 40 years, and a session typed 2062 for 2022."""
    empty = [
        MonthOfSessions(clock.months_after(date(2022, 1, 1), n), 0, 0, 0, 0, so_far=16)
        for n in range(last, 12 * 40)
    ]
    return [*SEVENTEEN[:last], *empty, MonthOfSessions(date(2062, 1, 1), 0, 1, 0, 0, so_far=17)]


@pytest.mark.parametrize("deadline", [DEADLINE, None, date(2099, 3, 31), date(2022, 12, 31)])
def test_t09_sessions_long_after_the_deadline_are_one_row_and_one_bar(deadline: date | None) -> None:
    rows = month_rows(until_2062(3), as_at=FEBRUARY, deadline=deadline)
    assert [row[0] for row in rows] == ["January 2022", "February 2022", "March 2022", "Later"]
    assert rows[-1] == ["Later", "0", "1", "0", "0", "17"]
    chart = months_chart(until_2062(3), as_at=FEBRUARY, contracted=17, deadline=deadline)
    assert chart.across[-1].label == "Later"
    assert sum(one.kind == "delivered" for one in chart.blocks) == (
        13 if deadline == date(2022, 12, 31) else 4
    )
    assert ("confirmed", "Scheduled: 5") in chart.key


def test_t09_the_months_after_a_deadline_are_shown_one_by_one_for_a_year() -> None:
    in_a_year = MonthOfSessions(date(2023, 3, 1), 0, 2, 0, 0, so_far=18)
    found = [*until_2062(4)[:14], in_a_year, MonthOfSessions(date(2023, 4, 1), 0, 3, 1, 0, so_far=22)]
    rows = month_rows(found, as_at=FEBRUARY, deadline=DEADLINE)
    assert (len(rows), rows[-2][0]) == (16, "March 2023")
    assert rows[-1] == ["Later", "0", "4", "1", "0", "22"]
    late = month_rows(found[-1:], as_at=FEBRUARY, deadline=DEADLINE)
    assert [row[0] for row in late] == ["April 2023"]


def test_t09_months_of_cancelled_sessions_alone_have_no_row_of_their_own_later() -> None:
    """The first month is shown where nothing in the year counts; what is later, only where that counts."""
    cancelled = [MonthOfSessions(date(2022, 2, 1), 0, 0, 0, 0, so_far=0)]
    (slip,) = until_2062(0)[-1:]
    rows = month_rows([*cancelled, slip], as_at=FEBRUARY, deadline=DEADLINE)
    assert [row[0] for row in rows] == ["February 2022", "Later"]
    nothing = MonthOfSessions(date(2062, 1, 1), 0, 0, 0, 0, so_far=11)
    rows = month_rows([*SEVENTEEN[:2], nothing], as_at=FEBRUARY, deadline=DEADLINE)
    assert [row[0] for row in rows] == ["January 2022", "February 2022"]


def test_t09_months_on_the_page_with_their_table(board: Pages) -> None:
    course = factories.course(components=1)
    trainer = factories.trainer().id
    days = [date(2022, 1, 10), date(2022, 1, 20), date(2022, 3, 1), date(2022, 3, 8)]
    runs = [factories.run(course, days=[one], trainer_id=trainer) for one in days[:3]]
    runs.append(factories.run(course, days=days[3:]))
    scenes.attend(factories.staff(), runs[0])
    target = rules.add_target(
        code="sessions",
        title="Sessions",
        kind=TargetKind.DELIVERABLE,
        programme=course.programme,
        minimum_count=5,
        unit="sessions",
        deadline=DEADLINE,
        by=ACADEMY,
        now=LONG_AGO,
    )
    assert sessions_by_month(target, as_at=FEBRUARY) == []
    assert not board.get("/targets/sessions?as_at=2022-02-28").soup.select(".takeup-chart")
    ids = [session.id for run in runs for session in run.sessions]
    rules.tick_sessions(target=target, offered=ids, ticked=ids, by=ACADEMY, now=LONG_AGO)
    page = board.get("/targets/sessions?as_at=2022-02-28")
    assert page.soup.select_one(".takeup-chart__picture")["aria-label"] == (
        "Sessions by month, added up: 1 delivered by 28 February 2022, 2 scheduled after it. "
        "Contracted: 5 by 31 March 2022."
    )
    cells = [
        [cell.get_text(strip=True) for cell in row.select("th, td")] for row in page.soup.select("tbody tr")
    ]
    assert cells[:3] == [
        ["January 2022", "1", "0", "0", "1", "1"],
        ["February 2022", "0", "0", "0", "0", "1"],
        ["March 2022", "0", "2", "1", "0", "3"],
    ]


# --- Scores --------------------------------------------------------------------------------------------


def test_4_10_each_wave_is_a_mark_and_the_first_a_line() -> None:
    waves = [Wave(date(2021, 6, 30), Decimal(6), None), Wave(date(2022, 2, 1), Decimal("7.4"), 84)]
    chart = waves_chart(waves, as_at=FEBRUARY, wanted=Decimal("7.5"), deadline=DEADLINE)
    assert [(one.y, one.label) for one in chart.waves] == [("110.8", "6.0"), ("79.8", "7.4")]
    assert (chart.first.at, chart.wanted.at if chart.wanted else None) == ("110.8", "77.5")
    assert chart.words == (
        "Mean of each wave, of 10: 6.0 on 30 June 2021, 7.4 on 1 February 2022. "
        "At least 7.5 is wanted by 31 March 2022."
    )
    alone = waves_chart(waves[1:], as_at=FEBRUARY, wanted=None, deadline=date(2021, 12, 31))
    assert (alone.wanted, alone.deadline) == (None, None)
    assert [kind for kind, _ in alone.key] == ["wave", "planned"]


def test_am16_the_waves_on_the_page(board: Pages) -> None:
    target = rules.add_target(
        code="confidence",
        title="Confidence",
        kind=TargetKind.SCORE,
        programme=factories.course().programme,
        minimum_score=Decimal("7.5"),
        by=ACADEMY,
        now=LONG_AGO,
    )
    assert not board.get("/targets/confidence").soup.select(".takeup-chart")
    for on, score in ((date(2021, 6, 30), "6.0"), (date(2022, 2, 1), "7.4")):
        rules.state_figure(
            target=target, as_at=on, score=Decimal(score), source="Survey", by=ACADEMY, now=clock.now()
        )
    page = board.get("/targets/confidence?as_at=2022-02-28")
    assert "6.0 on 30 June 2021, 7.4 on" in page.soup.select_one(".takeup-chart__picture")["aria-label"]
    assert [one.get_text(strip=True) for one in page.soup.select("text.takeup-chart__label")][-2:] == [
        "6.0",
        "7.4",
    ]
