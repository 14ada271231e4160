"""A pack's draft, which is looked at before anything is kept; and the charts of a pack."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from app.board import files, rules
from app.board.models import Format, Pack
from app.bookings.models import Quota
from app.core import clock
from app.core.db import db, live, supersede_all
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.figures import queries as figures
from app.figures import rules as rules_of_figures
from app.figures.models import Colour, Membership, PublishedFigure, Target
from app.learning.models import Mark
from app.people.models import Spell
from app.programmes.models import Course
from tests import factories
from tests.board import paper
from tests.board.academy import every_kind, issue, issued, milestone, of_course
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages
from tests.statements import statements

DEADLINE = date(2022, 3, 31)
TYPED = {
    "meeting": "Project board",
    "meets_on-day": "5", "meets_on-month": "3", "meets_on-year": "2022",
    "as_at-day": "28", "as_at-month": "2", "as_at-year": "2022",
}  # fmt: skip


def four_of_ten() -> scenes.Scene:
    """On 28 February 4 of a cohort of 10 are complete, 8 are required, and 2 more are booked in March."""
    scene = scenes.cohort(members=10)
    for person in scene.people[:4]:
        scenes.complete(person, scene.course, date(2022, 2, 14))
    run = factories.run(scene.course, days=[date(2022, 3, 1), date(2022, 3, 8)])
    for person in scene.people[4:6]:
        factories.booking(run, person)
    return scene


@pytest.fixture
def academy(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER, name="Ann Academy"))


def test_4_12_a_pack_prints_both_colours_with_their_symbols(academy: Pages) -> None:
    """They stand under Standing, with the academy's reason before the computed one."""
    scene = four_of_ten()
    rules_of_figures.override_colour(
        target=scene.target, colour=Colour.AMBER, reason="A run is agreed", days=14,
        by=factories.actor(Role.ACADEMY_MANAGER), now=clock.london_time(date(2022, 2, 20), time(12)),
    )  # fmt: skip
    db.session.commit()
    address = f"/board/packs/draft{{}}?{urlencode(TYPED)}"
    page, pdf = (academy.get(address.format(kind)) for kind in ("", ".pdf"))
    printed = paper.pdf_words(pdf.response.data)
    for words in (page.text, printed):
        assert "◆ Amber, the academy’s own ◆ Amber, computed The academy’s own, until 5 March 2022: " in words
    assert "A run is agreed. As computed: 5 are likely" in page.text


def preview(as_at: date = date(2022, 2, 28)) -> Any:
    return rules.draft(meeting="Board", meets_on=date(2022, 4, 5), as_at=as_at, now=clock.now())


# --- The draft -----------------------------------------------------------------------------------------


def test_bm08_the_academy_sees_the_draft_before_anything_is_kept(academy: Pages) -> None:
    four_of_ten()
    page = academy.submit(academy.get("/board/packs/new"), TYPED)
    assert page.h1 == "Draft, not issued: Project board, 5 March 2022"
    assert "4 of 10 (40%)" in page.text
    assert "Where each target stands" in page.text
    assert page.soup.select_one(".takeup-chart__picture")["aria-label"].endswith(
        "Required: 8 by 31 March 2022. Forecast for 31 March 2022: 5 likely, 6 at best."
    )
    for file in ("Draft as PDF", "Draft as XLSX"):
        answer = academy.get(page.links()[file]).response
        assert "Draft, not issued: Board pack" in paper.everything(answer)
        assert answer.headers["Content-Disposition"].startswith(
            "attachment; filename=draft-board-pack-2022-03-05."
        )
    kept = [db.session.scalar(select(func.count()).select_from(one)) for one in (Pack, PublishedFigure)]
    assert kept == [0, 0]
    again = academy.get(page.links()["Change the meeting or the dates"])
    assert (again.value("meeting"), again.value("as_at-day")) == ("Project board", "28")
    assert "Before you issue it" not in page.text
    issued = academy.submit(page)
    assert issued.h1 == "Project board, 5 March 2022"
    pdf = academy.get(issued.links()["Download PDF"]).response.data
    assert "Draft" not in paper.pdf_words(pdf)


def test_bm08_each_section_of_a_draft_is_opened_by_itself_on_a_phone(academy: Pages) -> None:
    """Its heading stands, and what follows is folded: 15 sections below one another are 40 screens there."""
    four_of_ten()
    page = academy.submit(academy.get("/board/packs/new"), TYPED)
    headings = [one for one in page.soup.select("main h2[id]") if one["id"] != "issue"]
    named = [link["href"] for link in page.soup.select("nav[aria-label='On this page'] a")]
    assert [f"#{one['id']}" for one in headings] == named[:-1]
    for heading in headings:
        fold = heading.find_next_sibling()
        assert "takeup-fold" in fold["class"], heading.text
        assert fold.summary.text.strip() == f"Show {heading.text}"
        assert not fold.has_attr("open")
    assert not page.soup.select("main > table, main > .takeup-texts"), "Everything long is folded"


def test_bm08_the_draft_says_what_is_not_marked_yet_and_is_issued_at_its_end(academy: Pages) -> None:
    scene = four_of_ten()
    held = factories.run(scene.course, days=[date(2022, 2, 21), date(2022, 2, 22)])
    factories.booking(held, scene.people[6])
    page = academy.submit(academy.get("/board/packs/new"), TYPED)
    assert f"Before you issue it {scene.target.title} : 2 marks not recorded yet." in page.text
    contents = {one["href"]: one.get_text() for one in page.soup.select("main nav:not(.govuk-breadcrumbs) a")}
    assert contents == {f"#{one['id']}": one.get_text() for one in page.soup.select("main h2[id]")}
    assert [*contents.values()][:: len(contents) - 1] == ["Where each target stands", "Issue the pack"]
    last = page.soup.select("main h2, main form")[-2:]
    assert [one.get_text(strip=True) for one in last] == ["Issue the pack", "Issue the pack"]


def test_bm08_all_that_is_wrong_with_what_is_typed_of_a_pack_is_told_at_once(academy: Pages) -> None:
    """Beside each field, whether the form can be read or not."""
    scene = four_of_ten()
    to_come = "Figures can be published as at today or a day in the past"
    typed = TYPED | {"as_at-year": "2199", "meets_on-year": "2199"}
    page = academy.get("/board/packs/new")
    assert academy.submit(page, typed | {"meeting": ""}).errors == ["Enter the meeting’s name", to_come]
    named = academy.submit(page, typed | {"meeting": f"Talk with {scene.people[0].name}"}).errors
    assert len(named) == 2
    assert named[0].startswith("The board reads this, and it names")
    assert named[1] == to_come
    missing = academy.submit(page, TYPED | {"meeting": scene.people[0].name, "meets_on-day": ""}).errors
    assert len(missing) == 2


@pytest.mark.parametrize("address", ["draft", "draft.pdf", "draft.xlsx", "draft.csv"])
def test_bm08_the_draft_is_refused_as_the_pack_is(academy: Pages, address: str) -> None:
    """A meeting that names somebody, one whose pack is issued, figures that were published under its name:
    no draft opens, on its page or as a file, and nor does the press issue one."""
    scene = four_of_ten()
    named = TYPED | {"meeting": f"Talk with {scene.people[0].name}"}
    issue(meets_on=date(2022, 3, 5), as_at=date(2022, 2, 28))
    rules_of_figures.publish(
        targets=[scene.target],
        as_at=date(2022, 2, 28),
        occasion="Finance board, 5 March 2022",
        by=ACADEMY,
        now=clock.now(),
    )
    refusals = {
        named["meeting"]: f"The board reads this, and it names {scene.people[0].name}",
        "Project BOARD": "This meeting’s pack with figures as at 28 February 2022 was issued on",
        "Finance board": "Figures as at 28 February 2022 were published for this meeting on",
    }
    for meeting, sentence in refusals.items():
        typed = TYPED | {"meeting": meeting}
        asked = academy.get(f"/board/packs/{address}?{urlencode(typed)}")
        pressed = academy.post("/board/packs/new", typed)
        for page in (asked, pressed):
            assert [sentence in one for one in page.errors] == [True], meeting
            assert page.value("meeting") == meeting
    assert db.session.scalar(select(func.count()).select_from(Pack)) == 1


def test_bm08_the_draft_says_what_the_pack_will_say(travel_to: Callable[..., None]) -> None:
    four_of_ten()
    travel_to("2022-04-01 17:00")
    draft = preview()
    made = rules.prepare(meeting="Board", meets_on=date(2022, 4, 5), as_at=date(2022, 2, 28), now=clock.now())
    drafted = paper.sheets(rules.written(draft, Format.XLSX))
    issued = paper.sheets(made.files[Format.XLSX])
    first = next(iter(drafted))
    assert first.startswith("Draft, not issued")
    assert drafted.pop(first)[1][0] == "Draft"
    issued.pop("Board pack")
    assert drafted == issued


@pytest.mark.parametrize("path", ["/board/packs/draft", "/board/packs/draft.pdf"])
def test_what_cannot_be_drafted_is_a_sentence(academy: Pages, path: str) -> None:
    asked = "&".join(f"{name}={value}" for name, value in (TYPED | {"as_at-year": "2199"}).items())
    assert academy.get(f"{path}?{asked}").errors == [
        "Figures can be published as at today or a day in the past"
    ]
    assert "Enter the meeting’s name" in academy.get(path).errors


@pytest.mark.parametrize("path", ["/board/packs/draft", "/board/packs/draft.csv"])
def test_bm08_a_draft_of_a_day_before_anything_is_recorded_says_what_issuing_says(
    academy: Pages, path: str
) -> None:
    scene = four_of_ten()
    assert scene.target.programme.starts_on is None
    asked = "&".join(f"{name}={value}" for name, value in (TYPED | {"as_at-year": "1950"}).items())
    page = academy.get(f"{path}?{asked}")
    [error] = page.errors
    assert error.startswith(
        "Nothing is known of 28 February 1950: the first day of which anything is recorded"
    )
    assert (page.value("meeting"), page.value("as_at-year")) == ("Project board", "1950")
    with pytest.raises(RuleBroken, match=error):
        rules.prepare(meeting="Board", meets_on=date(2022, 4, 5), as_at=date(1950, 2, 28), now=clock.now())


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.DFE_ADVISER, Role.CONTRACT_MANAGER])
def test_a_draft_is_the_academys_own(pages: Pages, role: Role) -> None:
    pages.sign_in(factories.user(role))
    for path in ("/board/packs/new", "/board/packs/draft", "/board/packs/draft.pdf"):
        pages.get(path, status=403)


# --- What it costs -------------------------------------------------------------------------------------


def test_a_draft_costs_no_more_than_any_page_whatever_the_size(academy: Pages) -> None:
    targets = every_kind()
    over = TYPED | {"meets_on-month": "4", "as_at-day": "1", "as_at-month": "4"}
    for typed in (over, TYPED):
        page = academy.submit(academy.get("/board/packs/new"), typed)  # the client looks at the budget
    few = len(page.queries)
    for title in (
        "Milestones",
        "Stated in documents",
        "Sessions delivered",
        "Reach by sector",
        "Scores",
        "Attendance",
    ):
        assert title in page.text, title
    course = factories.course(components=1)
    for name in ("-a", "-b"):
        issued(of_course(course, name), date(2022, 2, 1), meeting=f"Project board{name}")
    for target in targets[:2]:
        for number in range(4):
            milestone(target, date(2022, 1, 10 + number))
            stated(target, date(2021, 1, 10 + number))
    db.session.commit()
    assert len(academy.submit(academy.get("/board/packs/new"), TYPED).queries) == few


def stated(target: Target, as_at: date) -> None:
    rules_of_figures.state_figure(
        target=target, as_at=as_at, numerator=1, source="Letter", by=ACADEMY, now=clock.now()
    )


def course_of(target: Target) -> Course | None:
    return figures.target_rules([target.id])[target.id].course


def test_a_draft_with_all_that_there_can_be_to_tell_costs_no_more_either(academy: Pages) -> None:
    """A target is met, another ended since the last pack, the rule of a third changed, and places are kept on
    a run to come; then again when nothing is counted any more, so that it must be asked whether anything is
    known of the day."""
    targets = every_kind()
    course = factories.course(components=1)
    gone = of_course(course, "-gone")[1]
    stated(targets[0], date(2022, 1, 5))
    run = factories.run(course, days=[date(2022, 5, 10)])
    db.session.add(Quota(run_id=run.id, places=4, kept_until=date(2022, 5, 1)))
    issued([*targets, gone], date(2022, 2, 1))
    rules_of_figures.end_target(
        target=gone, last_day=date(2022, 2, 2), reason="Not funded", by=ACADEMY, now=clock.now()
    )
    rules_of_figures.change_target(
        target=targets[0], title=targets[0].title, course=course_of(targets[0]), minimum_percent=Decimal(70),
        reason="Agreed", by=ACADEMY, now=clock.now(),
    )  # fmt: skip
    over = TYPED | {"meets_on-month": "4", "as_at-day": "1", "as_at-month": "4"}
    page = academy.submit(academy.get("/board/packs/new"), over)  # the client looks at the budget
    assert "Ended on 2 February 2022" in page.text
    assert "minimum percentage from 80% to 70%. Why: Agreed." in page.text
    for model in (Mark, Spell, Membership):
        supersede_all(db.session.scalars(select(model).where(live(model))), by="Tests", now=clock.now())
    academy.submit(academy.get("/board/packs/new"), over)
    academy.submit(academy.get("/board/packs/new"), TYPED)


def test_a_pack_is_prepared_from_what_its_draft_reads() -> None:
    every_kind()
    asked: dict[str, Any] = {"meets_on": date(2022, 4, 5), "as_at": date(2022, 4, 1), "now": clock.now()}
    counted = []
    for make in (rules.draft, rules.prepare):
        db.session.commit()
        with statements() as sent:
            make(meeting="Board", **asked)
        counted.append(len(sent))
    assert counted[1] == counted[0]


# --- Its charts ----------------------------------------------------------------------------------------


@pytest.mark.once  # how a PDF is made does not depend on the engine
@pytest.mark.usefixtures("app")
def test_bm08_the_pdf_has_the_chart_with_its_words_and_its_table() -> None:
    four_of_ten()
    content = rules.written(preview(), Format.PDF)
    reader = PdfReader(io.BytesIO(content))
    (alternative,) = [one["/Alt"] for one in elements(reader, "/Figure")]
    assert alternative == (
        "Completions by week: no one in scope at 1 March 2021, 4 of 10 at 28 February 2022. "
        "Required: 8 by 31 March 2022. Forecast for 31 March 2022: 5 likely, 6 at best."
    )
    words = paper.pdf_words(content)
    assert "Completions against the target New staff and upskilling" in words
    assert "Forecast: 5 likely, 6 at best (short bar with ends)." in words
    assert "As at Complete Required 1 March 2021 " in words
    assert "4 of 10 (40%)" in words


@pytest.mark.once  # how a PDF is made does not depend on the engine
@pytest.mark.usefixtures("app")
def test_bm08_no_label_of_a_chart_loses_the_edge_of_its_first_letter() -> None:
    """Chromium gives a label drawn apart the room that its stroke takes, too: one that is not seen."""
    four_of_ten()
    reader = PdfReader(io.BytesIO(rules.written(preview(), Format.PDF)))
    drawn = [one.get_object() for page in reader.pages for one in _apart(page)]
    labels = [one for one in drawn if b"Tj" in one.get_data() or b"TJ" in one.get_data()]
    assert len(labels) > 5
    for one in labels:
        assert b"2 Tr" in one.get_data()
        states = one["/Resources"]["/ExtGState"].values()
        assert 0 in [state.get_object().get("/CA") for state in states]


def _apart(page: Any) -> Any:
    return page["/Resources"].get_object().get("/XObject", {}).values()


def elements(reader: PdfReader, kind: str) -> list[Any]:
    """The elements of one kind in a PDF's structure, which a screen reader reads."""
    found: list[Any] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif hasattr(node, "get"):
            if node.get("/S") == kind:
                found.append(node)
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def test_every_point_of_the_charts_is_in_the_workbook_and_few_on_paper() -> None:
    four_of_ten()
    found = preview()
    rows = paper.sheets(rules.written(found, Format.XLSX))["Completions by week"]
    assert rows[0] == ["Target", "As at", "Complete", "Of", "Required", "Shown"]
    assert len(rows) == 1 + 53
    assert rows[-1][2:] == ["4", "10", "8", "40%"]
    (picture,) = files.pictures(found)
    assert [row[0] for row in picture.rows] == [
        "1 March 2021",
        "31 May 2021",
        "30 August 2021",
        "29 November 2021",
        "28 February 2022",
    ]
    assert picture.rows[-1][1:] == ["4 of 10 (40%)", "8"]
    assert "Completions by week" not in [section.title for section in files.printed(found)]


def test_a_target_without_anybody_in_scope_has_no_chart() -> None:
    scenes.cohort(members=0)
    assert files.pictures(preview()) == []
