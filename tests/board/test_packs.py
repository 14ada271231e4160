"""A pack for a meeting: published, kept as issued, in three files that say the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError

from app.board import files, queries, rules
from app.board.files import figures_csv
from app.board.models import Format, Pack, PackFile
from app.board.queries.packs import pack_before
from app.core import clock, pdf
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.core.press import Press
from app.figures import queries as figures
from app.figures import rules as figure_rules
from app.figures.models import Colour, PublishedFigure, ReachStep, TargetKind
from app.figures.queries import Moved
from tests import factories
from tests.board import paper
from tests.board.academy import DEADLINE, MEETING, every_kind, issue, of_course
from tests.figures import scenes
from tests.figures.places import CAME, NO_SHOW, one_day
from tests.figures.scenes import ACADEMY
from tests.pages import Pages


def prepare(**asked: Any) -> rules.ReadyPack:
    """A whole pack, as the press of a button prepares it."""
    about: dict[str, Any] = {"meeting": "Project board", "meets_on": MEETING, "as_at": DEADLINE}
    return rules.prepare(**(about | asked), now=clock.now())


def content(pack: Pack, kind: Format) -> bytes:
    return db.session.scalars(
        select(PackFile.content).where(PackFile.pack_id == pack.id, PackFile.format == kind)
    ).one()


def six_of_nine() -> scenes.Scene:
    """A cohort of nine, of whom six are complete: 8 are required."""
    scene = scenes.cohort(members=9)
    for person in scene.people[:6]:
        scenes.complete(person, scene.course, date(2022, 2, 1))
    return scene


# --- What stands in it ---------------------------------------------------------------------------------


def test_bm08_the_three_files_say_the_same(travel_to: Callable[..., None]) -> None:
    six_of_nine()
    travel_to("2022-04-01 17:00")
    pack = rules.issue(prepare(), by=ACADEMY)
    words = paper.pdf_words(content(pack, Format.PDF))
    book = paper.sheets(content(pack, Format.XLSX))
    lines = paper.csv_rows(content(pack, Format.CSV))

    assert list(book) == [
        "Board pack",
        "Where each target stands",
        "What moved since the last pack",
        "By service and sector",
        "Turnover",
        "Completions by week",
        "Definitions",
    ]
    row = dict(zip(*book["Where each target stands"][:2], strict=False))
    assert (row["Target"], row["Figure"]) == ("New staff and upskilling", "6 of 9 (67%)")
    assert (row["Complete"], row["Denominator"], row["Required"]) == ("6", "9", "8")
    heading = lines.index(["Section", "Where each target stands"]) + 1
    in_csv = dict(zip(lines[heading], lines[heading + 1], strict=True))
    assert (in_csv["Figure"], in_csv["Complete"], in_csv["Deadline"]) == ("6 of 9 (67%)", "6", "2022-03-31")
    published = pack.figures[0]
    assert (in_csv["Standing"], in_csv["Why"]) == (published.colour.label, published.colour_reason)
    for what in (
        "Board pack: Project board",
        "Project board, 5 April 2022",
        "the end of 31 March 2022",
        "1 April 2022 at 17:00",
        "6 of 9 (67%)",
        "31 March 2022",
        f"{published.colour.symbol} {published.colour.label}",
        published.colour_reason,
        "This is the first pack.",
        "who have completed every course that their cause requires; at least 80% (8) by 31 March 2022",
        TargetKind.COHORT.meaning[1:],  # as the page of definitions says it
    ):
        assert what in words, what
    assert "Complete Denominator" not in words  # for programs


def test_bm04_the_next_pack_says_what_was_restated_and_what_moved(travel_to: Callable[..., None]) -> None:
    scene = six_of_nine()
    travel_to("2022-04-01 17:00")
    issue()
    late = datetime(2022, 4, 6, 9, tzinfo=UTC)
    scenes.complete(scene.people[6], scene.course, date(2022, 3, 29), late)
    travel_to("2022-05-03")
    scenes.coverage(trained=1, untrained=0, code="later")
    pack = issue(Format.XLSX, meets_on=date(2022, 5, 3), as_at=date(2022, 4, 30))
    rows = paper.sheets(content(pack, Format.XLSX))["What moved since the last pack"]
    moved = next(row for row in rows if row[0] == "New staff and upskilling")
    assert dict(zip([one for one in rows[0] if one != "Colour, then and now"], moved, strict=True)) == {
        "Target": "New staff and upskilling",
        "In the last pack": "6 of 9 (67%)",
        "The same, as known now": "7 of 9 (78%)",
        "Why restated": "1 completion recorded after publication: training entered by hand of 29 March, "
        "recorded 6 April.",
        "Now": "7 of 9 (78%)",
        "What moved": "Up from 6 to 7 since 31 March: 1 recorded late.",
    }
    assert next(row for row in rows if row[0] == "Two-day training")[1] == "Not in it"
    assert "The last pack: Project board, 5 April 2022; figures as at 31 March 2022" in rows[-1][0]


def test_bm02_whether_anything_moved_is_told_of_each_kind_beside_its_words() -> None:
    scene = six_of_nine()
    targets = [scene.target, *of_course(scene.course)]
    publishing = {"as_at": DEADLINE, "occasion": "Board", "by": ACADEMY, "now": clock.now()}
    published = figure_rules.publish(targets=targets, **publishing)
    told = [_moved_since(one) for one in published]
    assert {(one.words, one.is_same) for one in told} == {("The same as on 31 March.", True)}
    scenes.complete(scene.people[6], scene.course, date(2022, 3, 29))
    mean = {"score": Decimal("7.1"), "source": "Survey"}
    figure_rules.state_figure(target=targets[1], as_at=DEADLINE, **mean, by=ACADEMY, now=clock.now())
    told = [_moved_since(one) for one in published]
    assert [one.is_same for one in told] == [False, False, True, True, True]
    assert told[0].words == "Up from 6 to 7 since 31 March: 1 recorded late."


def _moved_since(published: PublishedFigure) -> Moved:
    restated = figures.restated(published)
    return figures.moved_since(restated, restated.now, restated.known)


def test_4_11_a_pack_asks_for_no_more_people_than_are_left(travel_to: Callable[..., None]) -> None:
    # 6 are required: for the 2 that are missing 3 would have to be booked
    scene = scenes.cohort(members=6, percent="100")
    for person in scene.people[:4]:
        scenes.complete(person, scene.course, date(2022, 2, 1))
    travel_to("2022-03-01 17:00")
    pack = issue(Format.XLSX, meets_on=date(2022, 3, 1), as_at=date(2022, 3, 1))
    heading, row, note = paper.sheets(content(pack, Format.XLSX))["Forecast"]
    said = dict(zip(heading, row, strict=False))
    impossible = "Impossible: only 2 people are not booked"
    assert (said["Required"], said["People to book"], said["Free places"]) == ("6", impossible, "0")
    assert len(row) == len(heading) - 2  # no place or run is missing where too few people are left
    assert "Book 3 more people: impossible, as only 2 people are not booked." in note[0]
    told = queries.lines(as_at=date(2022, 3, 1))
    line = next(csv.DictReader(io.StringIO(figures_csv(told).removeprefix("\ufeff"))))
    assert (line["required"], line["to_book"]) == ("6", impossible)
    assert line["place_shortfall"] == ""


def test_4_11_what_is_expected_of_all_targets_is_said_once_below_their_forecasts(
    travel_to: Callable[..., None],
) -> None:
    """By each target only where one of them plans with a share of its own."""
    scene = six_of_nine()
    scenes.coverage(trained=2, untrained=6, percent="80", deadline=DEADLINE)
    expected = (
        "10% of booked people are expected not to come: the programme’s own share is used from 50 past "
    )
    travel_to("2022-03-01 17:00")
    notes = _forecast_notes("First")
    assert len(notes) == 3
    assert notes[-1].startswith(f"Each target: {expected}")
    assert all(one.count("not to come") == 0 for one in notes[:-1])
    figure_rules.change_target(
        target=scene.target, title=scene.target.title, course=None, minimum_percent=Decimal(80),
        deadline=DEADLINE, planning_absence=Decimal(25), reason="A hard winter", by=ACADEMY, now=clock.now(),
    )  # fmt: skip
    notes = _forecast_notes("Second")
    assert sorted(one.count("not to come") for one in notes) == [1, 1]


def test_4_11_a_target_that_expects_nobody_to_stay_away_is_not_told_to(
    travel_to: Callable[..., None],
) -> None:
    """Whoever was booked was reached, whether or not they come."""
    scene = six_of_nine()
    figure_rules.add_target(
        code="booked", title="Booked", kind=TargetKind.REACH, programme=scene.course.programme,
        course=scene.course, reach_step=ReachStep.BOOKED, minimum_count=20, deadline=DEADLINE, by=ACADEMY,
        now=factories.LONG_AGO,
    )  # fmt: skip
    scenes.coverage(trained=2, untrained=6, percent="80", deadline=DEADLINE)
    travel_to("2022-03-01 17:00")
    notes = _forecast_notes("First")
    assert [one.count("not to come") for one in notes if one.startswith("Booked: ")] == [0]
    assert not [one for one in notes if one.startswith("Each target")]


def _forecast_notes(meeting: str) -> list[str]:
    """What stands below the forecasts of a pack."""
    pack = issue(Format.XLSX, meeting=meeting, meets_on=date(2022, 3, 1), as_at=date(2022, 3, 1))
    rows = paper.sheets(content(pack, Format.XLSX))["Forecast"]
    return [row[0] for row in rows if ": " in row[0]]


def test_bm02_sessions_that_were_held_since_the_last_pack_are_what_moved(
    travel_to: Callable[..., None],
) -> None:
    course = factories.course(components=1)
    runs = [
        factories.run(course, days=[day]) for day in (date(2022, 3, 1), date(2022, 3, 8), date(2022, 4, 12))
    ]
    target = figure_rules.add_target(
        code="sessions",
        title="Sessions",
        kind=TargetKind.DELIVERABLE,
        programme=course.programme,
        minimum_count=5,
        unit="sessions",
        deadline=date(2022, 12, 31),
        by=ACADEMY,
        now=factories.LONG_AGO,
    )
    ids = [run.sessions[0].id for run in runs]
    figure_rules.tick_sessions(
        target=target, offered=ids, ticked=ids, by=ACADEMY, now=factories.LONG_AGO, reason=None
    )
    scenes.attend(factories.staff(), runs[0])
    travel_to("2022-04-01 17:00")
    issue()
    scenes.attend(factories.staff(), runs[1], recorded_at=datetime(2022, 4, 6, 9, tzinfo=UTC))
    scenes.attend(factories.staff(), runs[2])
    travel_to("2022-05-03")
    pack = issue(Format.XLSX, meets_on=date(2022, 5, 3), as_at=date(2022, 4, 30))
    _heading, row, *_ = paper.sheets(content(pack, Format.XLSX))["What moved since the last pack"]
    assert row == [
        "Sessions",
        "1 of 5",
        "2 of 5",
        "1 more session, as recorded after publication.",
        "3 of 5",
        "Up from 1 to 3 since 31 March: 1 delivered, 1 recorded late.",
    ]


def test_4_9_4_11_bm05_a_pack_says_what_the_page_says(travel_to: Callable[..., None]) -> None:
    scene = scenes.cohort(members=6)
    _course, run = one_day((CAME, 7), (NO_SHOW, 5), on=date(2022, 2, 1), capacity=15)
    run.version.course.programme.title = "Signs of Safety"
    scenes.complete(scene.people[0], scene.course, date(2022, 2, 1))
    figure_rules.add_milestone(
        target=scene.target, due_on=date(2022, 2, 28), minimum_count=1, by=ACADEMY, now=factories.LONG_AGO
    )
    travel_to("2022-03-01 17:00")
    book = paper.sheets(content(issue(Format.XLSX, as_at=date(2022, 2, 28)), Format.XLSX))
    said = {name: dict(zip(*rows[:2], strict=False)) for name, rows in book.items()}
    forecast = said["Forecast"]
    filled = "Likely if every free place is filled"
    assert [forecast[name] for name in ("Likely", "Best case", filled, "People to book")] == [
        "1", "1", "1", "5",
    ]  # fmt: skip
    assert forecast["More places needed"] == "5"
    assert said["People to book by service"]["Not booked"] == "5"
    assert said["By service and sector"]["Share"] == "17%"
    assert said["Attendance"]["Non-attendance"] == "42%: 5 of 12 booked places not cancelled"
    assert said["Why places were not used"] == {"Reason": "Not answered yet", "Places": "5"}
    assert said["Milestones"]["Met?"] == "Met"
    assert said["Turnover"]["In post"] == "6"


def test_u25_a_pack_tells_what_documents_state_beside_what_is_computed() -> None:
    """As known by its day, and of days up to its own: the same in every file, and on the target's page."""
    scene = six_of_nine()
    about: dict[str, Any] = {"target": scene.target, "source": "Variation", "by": ACADEMY}
    for on, number, of in ((date(2022, 2, 28), 87, 109), (DEADLINE, 3, None), (date(2022, 4, 2), 3, 3)):
        figure_rules.state_figure(**about, as_at=on, numerator=number, denominator=of, now=clock.now())
    pack = issue(*Format)
    words = "Stated in documents"
    book = paper.sheets(content(pack, Format.XLSX))[words]
    rows = [
        [
            scene.target.title,
            "28 February 2022",
            "87 of 109 (79.8%)",
            "6 of 9 (67%)",
            "Stated 87, computed 6: a difference of 81. Stated of 109, computed of 9: a difference of 100",
            "Variation",
        ],
        [
            scene.target.title,
            "31 March 2022",
            "3",
            "6 of 9 (67%)",
            "Stated 3, computed 6: a difference of 3",
            "Variation",
        ],
    ]
    assert book[:3] == [["Target", "Day", "Stated", "Computed", "Difference", "Document"], *rows]
    assert "They never change what is computed" in str(book[3:])
    csv_of_pack = paper.csv_rows(content(pack, Format.CSV))
    assert all(one in csv_of_pack for one in [["Section", words], *rows])
    assert f"{words} Target Day Stated Computed" in paper.pdf_words(content(pack, Format.PDF))


def test_u25_nothing_is_said_of_documents_where_none_states_anything() -> None:
    six_of_nine()
    assert "Stated in documents" not in content(issue(Format.CSV), Format.CSV).decode()


def test_u25_a_stated_score_is_told_and_nothing_is_computed_beside_it() -> None:
    every_kind()
    packed = queries.contents(meeting="Board", as_at=date(2022, 2, 28), known_at=clock.now()).sections
    (row,) = next(one.rows for one in packed if one.title == "Stated in documents")
    assert row[2:5] == (
        "6.0, replies not recorded",
        "",
        "Nothing is computed to compare it with.",
    )


def test_u26_the_pack_of_an_empty_academy_says_so() -> None:
    pack = issue(*Format)
    assert pack.figures == []
    for words in (
        paper.pdf_words(content(pack, Format.PDF)),
        content(pack, Format.CSV).decode(),
        str(paper.sheets(content(pack, Format.XLSX))),
    ):
        assert "No target is asked for on this day, so there are no figures." in words


def test_no_cell_is_a_formula() -> None:
    scene = six_of_nine()
    figure_rules.change_target(
        target=scene.target,
        title="=HYPERLINK(1)",
        course=None,
        minimum_percent=Decimal(80),
        minimum_count=None,
        deadline=DEADLINE,
        by=ACADEMY,
        now=clock.now(),
    )
    pack = issue(Format.XLSX, Format.CSV, meeting="@Board")
    assert paper.formulas(content(pack, Format.XLSX)) == 0
    cells = [
        cell for sheet in paper.sheets(content(pack, Format.XLSX)).values() for row in sheet for cell in row
    ]
    cells += [cell for row in paper.csv_rows(content(pack, Format.CSV)) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.once  # how a PDF is made does not depend on the engine
@pytest.mark.usefixtures("app")
def test_bm08_the_pdf_is_tagged_and_says_what_it_is() -> None:
    six_of_nine()
    reader = PdfReader(io.BytesIO(content(issue(Format.PDF), Format.PDF)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Board pack: Project board, 5 April 2022"
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (842, 595)


@pytest.mark.once  # how a PDF is made does not depend on the engine
@pytest.mark.usefixtures("app")
def test_bm08_a_word_that_is_longer_than_its_column_breaks_in_the_pdf() -> None:
    """The columns after it stay on the paper."""
    scene = six_of_nine()
    figure_rules.override_colour(
        target=scene.target,
        colour=Colour.AMBER,
        reason=f"https://council.example/{'x' * 86}",
        days=30,
        by=factories.actor(Role.ACADEMY_MANAGER),
        now=clock.now(),
    )
    scene.target.title = "Donaudampfschifffahrtsgesellschaft" * 3
    today = clock.today()
    pdf = content(issue(Format.PDF, meets_on=today, as_at=today), Format.PDF)
    assert "xxx" in paper.pdf_words(pdf)
    assert max(paper.furthest(pdf)) < 0.95


@pytest.mark.once  # how a PDF is made does not depend on the engine
@pytest.mark.usefixtures("app")
def test_bm08_no_heading_and_no_row_of_a_table_stands_alone_on_a_page() -> None:
    """Wherever a page ends. Each page says at its foot which section it is, or begins."""
    columns = (queries.Column("Target"), queries.Column("Why"))
    sections = [
        queries.Section(
            f"Section {at}", columns, [(f"Row {at}", f"Cell {at}")] * 3 + [(f"Row {at}b", "")] * 2
        )
        for at in range(20)
    ]
    told = queries.whole(as_at=DEADLINE)
    packed = queries.Contents("Board", DEADLINE, clock.now(), told, sections)
    pages = paper.pdf_texts(files.pack_pdf(packed))
    assert len(pages) > 4
    for texts in pages:
        foot = texts.index("Board pack: Board", 1)
        assert texts[foot + 1].startswith("Section ")
        assert texts[foot + 2].startswith("Page ")
        for at in range(20):
            rows = [one for one in texts if one in (f"Row {at}", f"Row {at}b")]
            assert len(rows) != 1, f"one row alone of section {at}"
            assert f"Section {at}" not in texts[:foot] or rows, f"the heading of section {at} alone"


@pytest.mark.once  # how a PDF is made does not depend on the engine
@pytest.mark.usefixtures("app")
def test_bm08_the_targets_of_a_programme_are_printed_below_its_title() -> None:
    scene = scenes.cohort(members=6)
    texts = paper.pdf_texts(content(issue(Format.PDF), Format.PDF))[0]
    assert texts.index(scene.target.programme.title) + 1 == texts.index(scene.target.title)


# --- Kept as issued ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        update(Pack).values(meeting="Another"),
        update(PackFile).values(content=b"Another"),
        delete(PackFile),
        delete(Pack),
        text("DELETE FROM pack_figure"),
        text("UPDATE pack_figure SET figure_id = 1"),
    ],
    ids=str,
)
def test_bm08_the_database_refuses_every_change_of_a_pack(statement: Any) -> None:
    six_of_nine()
    pack = Pack(
        meeting="Project board",
        meets_on=MEETING,
        as_at=DEADLINE,
        known_at=clock.now(),
        issued_at=clock.now(),
        issued_by="Academy",
        files=[PackFile(format=Format.CSV, name="pack.csv", content=b"As issued")],
        figures=figure_rules.publish(
            targets=[scenes.coverage(trained=1, untrained=0).target],
            as_at=DEADLINE,
            occasion="Project board",
            by=ACADEMY,
            now=clock.now(),
        ),
    )
    db.session.add(pack)
    db.session.commit()
    with pytest.raises(IntegrityError, match="What was published is not changed"):
        db.session.execute(statement)
    db.session.rollback()
    assert content(pack, Format.CSV) == b"As issued"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"meeting": "  "}, "Enter the meeting’s name"),
        ({"meets_on": date(2999, 1, 1), "as_at": date(2998, 1, 1)}, "as at today or a day in the past"),
        ({"meets_on": date(2022, 3, 30)}, "The figures must be as at the day of the meeting or before"),
    ],
)
def test_what_cannot_be_issued_is_refused(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        prepare(**values)


def test_bm08_a_form_that_is_sent_twice_issues_one_pack() -> None:
    six_of_nine()
    issue()
    for meeting in ("Project board", "project  BOARD"):
        with pytest.raises(RuleBroken, match="say so in the name, such as “Project board, corrected”"):
            prepare(meeting=meeting)
    assert issue(meeting="Project board, corrected").meets_on == MEETING
    assert issue(as_at=date(2022, 3, 30)).meeting == "Project board"


def test_bm02_the_pack_before_is_the_one_of_the_latest_day() -> None:
    six_of_nine()
    newest = issue(as_at=date(2022, 3, 30))
    older = issue(as_at=date(2022, 3, 1), meeting="Issued late")

    def before(on: date) -> Pack | None:
        return db.session.scalars(pack_before(on, clock.now())).unique().one_or_none()

    assert before(DEADLINE) == newest
    assert before(date(2022, 3, 29)) == older
    assert before(date(2022, 2, 28)) is None


def test_bm08_no_pack_is_made_of_a_day_before_any_programme() -> None:
    scene = six_of_nine()
    factories.dated(scene.target.programme, starts_on=date(2021, 4, 1))
    with pytest.raises(RuleBroken, match="No programme had begun: the first starts on 1 April 2021"):
        prepare(as_at=date(1922, 3, 31))
    factories.dated(scene.target.programme, starts_on=None)
    with pytest.raises(
        RuleBroken, match="Nothing is known of 31 March 1922: the first day of which anything"
    ):
        prepare(as_at=date(1922, 3, 31))


@pytest.mark.once  # the press does not depend on the engine
@pytest.mark.usefixtures("app")
def test_without_pango_nothing_is_published(
    pages: Pages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "weasyprint.py").write_text('raise OSError("cannot load library libpango-1.0-0")')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(pdf, "press", Press())
    six_of_nine()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    values = {"meeting": "Board", "meets_on-day": "5", "meets_on-month": "4", "meets_on-year": "2199"}
    page = pages.submit(pages.submit(pages.get("/board/packs/new"), values))
    assert "the package Pango is missing" in page.errors[0]
    assert db.session.scalar(select(func.count()).select_from(PublishedFigure)) == 0
    pdf.press.stop()


# --- The pages -----------------------------------------------------------------------------------------


def test_bm08_issue_a_pack_and_fetch_it_as_it_was_issued(pages: Pages) -> None:
    scene = six_of_nine()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER, name="Ann Academy"))
    page = pages.get(pages.get("/board").links()["Packs"])
    assert "No pack has been issued yet." in page.text
    page = pages.get(page.links()["Prepare a pack"])
    values = {
        "meeting": "Project board",
        "meets_on-day": "5", "meets_on-month": "4", "meets_on-year": "2022",
        "as_at-day": "31", "as_at-month": "3", "as_at-year": "2022",
    }  # fmt: skip
    assert pages.submit(page, values | {"meeting": ""}).errors == ["Enter the meeting’s name"]
    page = pages.submit(pages.submit(page, values))
    assert "The pack is issued." in page.text
    assert page.h1 == "Project board, 5 April 2022"
    assert "by Ann Academy" in page.text
    assert db.session.scalars(select(PublishedFigure)).one().occasion == "Project board, 5 April 2022"
    issued = pages.get(page.links()["Download PDF"]).response.data

    scenes.complete(scene.people[6], scene.course, date(2022, 2, 1), clock.now())
    pages.sign_in(factories.user(Role.DFE_ADVISER))
    page = pages.get("/board/packs")
    assert "Prepare a pack" not in page.links()
    page = pages.get(page.links()["Project board"])
    assert "6 of 9 (67%)" in page.text
    assert "Ann Academy" not in page.html
    answer = pages.get(page.links()["Download PDF"]).response
    assert answer.data == issued
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=board-pack-2022-04-05.pdf"
    assert pages.get(page.links()["Download XLSX"]).response.data.startswith(b"PK")
    assert pages.get(page.links()["Download CSV"]).response.mimetype == "text/csv"
    changes = pages.get(pages.get("/board").links()["What changed since, and why"])
    assert "6 of 9 (67%) 7 of 9 (78%)" in changes.text
    assert "1 completion recorded after publication" in changes.text
    page = pages.get(page.links()["New staff and upskilling"])
    assert "31 March 2022 published 6 of 9 (67%); now restated 7 of 9 (78%)." in page.text
    pages.get("/board/packs/new", status=403)
    pages.get("/board/packs/9999", status=404)
