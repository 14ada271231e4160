"""Of 1 to 4 people, or replies, whoever may not see names reads that they are few, at every door (BM-05)."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert, select

from app.board.files import figures_csv
from app.board.models import Format
from app.board.queries import lines
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Colour, PublishedFigure, Target, TargetKind
from tests import factories
from tests.board import academy, paper
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY, Scene
from tests.pages import Pages

DAY = date(2022, 2, 15)
LATER = date(2022, 2, 28)
# What would tell of two of three who are complete.
TELLING = ("2 of 3", "of 3 ", "67%", "66.6%", "3 of 3", "1 outstanding", "(3)", "1 more person", "▲", "✗")


def three(*, complete: int = 2) -> Scene:
    """A cohort of 3 with a milestone, a stated figure, and what was published of it."""
    scene = scenes.cohort(members=3)
    for person in scene.people[:complete]:
        scenes.complete(person, scene.course, date(2022, 2, 1))
    target = scene.target
    rules.add_milestone(target=target, due_on=DAY, minimum_percent=Decimal(50), by=ACADEMY, now=LONG_AGO)
    stated = {"numerator": 1, "denominator": 3, "source": "Minutes"}
    rules.state_figure(target=target, as_at=DAY, by=ACADEMY, now=clock.now(), **stated)
    rules.publish(targets=[target], as_at=DAY, occasion="Project board", by=ACADEMY, now=clock.now())
    db.session.commit()
    return scene


def addresses(target: Target) -> list[str]:
    figure = db.session.scalars(queries.published_of(target)).first()
    assert figure is not None
    own = f"/targets/{target.code}"
    return [
        "/",
        "/targets?as_at=2022-02-28",
        f"{own}?as_at=2022-02-28",
        f"{own}/progress?as_at=2022-02-28",
        f"{own}/breakdown?as_at=2022-02-28",
        f"{own}/breakdown.csv?as_at=2022-02-28",
        f"{own}/movement?from=2022-02-15&to=2022-02-28",
        f"{own}/published",
        f"/published/{figure.id}",
        "/published",
        f"/programmes/{target.programme_id}/targets?as_at=2022-02-28",
        "/definitions",
        "/board?as_at=2022-02-28",
        "/board.csv?as_at=2022-02-28",
        "/board/changes?as_at=2022-02-28",
    ]


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.DFE_ADVISER])
def test_bm05_a_target_of_three_people_tells_no_number_behind_any_door(pages: Pages, role: Role) -> None:
    scene = three()
    pages.sign_in(factories.user(role))
    for address in addresses(scene.target):
        text = pages.get(address).response.get_data(as_text=True)
        found = [one for one in TELLING if one in text]
        assert not found, (address, found)
    page = pages.get("/targets/new-and-upskill?as_at=2022-02-28")
    assert "Fewer than 5" not in page.soup.h1.get_text()
    assert "fewer than 5" in page.text
    assert "members of the cohort at 28 February 2022" in page.text
    assert "Too few to show" in page.text
    assert "at least 80% by 31 March 2022" in page.text


def test_bm05_one_sentence_says_why_no_number_is_shown(pages: Pages) -> None:
    scene = three()
    why = "No number is shown of fewer than 5 people, so that nothing is told of any one of them."
    addresses = (
        "/targets?as_at=2022-02-28",
        "/targets/new-and-upskill?as_at=2022-02-28",
        "/board?as_at=2022-02-28",
    )
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    for address in addresses:
        assert pages.get(address).text.count(why) == 1, address
    assert "Fewer than 5 members of the cohort" in pages.get(addresses[1]).text
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert all(why not in pages.get(address).text for address in addresses)
    told = queries.as_seen([queries.figure(scene.target, as_at=LATER)], sees_names=False)
    assert told[0].notes == [why]


def test_bm05_what_was_published_of_few_is_a_sentence(pages: Pages) -> None:
    """Neither is compared, nor is there a way to what moved; whoever may see names has both."""
    scene = three()
    scenes.complete(scene.people[2], scene.course, date(2022, 2, 2))
    db.session.commit()
    figure = db.session.scalars(queries.published_of(scene.target)).one()
    addresses = (f"/published/{figure.id}", "/targets/new-and-upskill/published")
    why = "No number is shown of fewer than 5 people, so that nothing is told of any one of them."
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    for address in addresses:
        text = pages.get(address).text
        assert f"Fewer than 5 people are counted, as it was published and as known now. {why}" in text, (
            address
        )
        assert "Why it moved since" not in text, address
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    for address in addresses:
        text = pages.get(address).text
        assert "15 February 2022 published 2 of 3 (67%); now restated 3 of 3 (100%)." in text, address
        assert "Why it moved since" in text, address


@pytest.mark.parametrize(
    ("of_few", "is_few", "words"),
    [
        (
            True,
            False,
            "Fewer than 5 people are counted, as it was published; as known now it is 2 of 9 (22%). ",
        ),
        (False, True, "Fewer than 5 people are counted, as known now; it was published as 2 of 3 (67%). "),
    ],
)
def test_bm05_the_one_of_two_that_is_of_many_has_its_number(of_few: bool, is_few: bool, words: str) -> None:
    target = three().target
    figure = db.session.scalars(queries.published_of(target)).one()
    now = queries.figure(target, as_at=DAY)
    now = now if is_few else replace(now, numerator=2, denominator=9, shown="22%")
    [told] = queries.as_seen([queries.Restated(figure, now, of_few=of_few)], sees_names=False)
    assert told.in_words.startswith(words)


def test_bm05_whoever_may_see_names_sees_it_whole(pages: Pages) -> None:
    scene = three()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    for address in addresses(scene.target)[1:3]:
        assert "2 of 3 members of the cohort" in pages.get(address).text
    page = pages.get("/targets/new-and-upskill/published")
    assert "2 of 3 (67%)" in page.text
    assert "2 of 3 (67%)" in pages.get("/board?as_at=2022-02-28").text


def test_bm05_what_happened_with_few_is_not_drawn_nor_told_once_they_are_more(pages: Pages) -> None:
    """3 on 26 January, 9 from 20 February: the line begins with the nine; nothing is said of the three."""
    scene = three()
    scenes.join(scene, 6, on=date(2022, 2, 20))
    db.session.commit()
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/targets/new-and-upskill/progress?as_at=2022-02-28")
    assert "2 of 9 at 28 February 2022" in str(page.soup)
    assert "2 of 3" not in page.text
    target = pages.get("/targets/new-and-upskill?as_at=2022-02-28")
    assert "2 of 9 members of the cohort" in target.text
    assert "9 now (3 at" not in target.text
    assert "2 of 3" not in target.text
    movement = pages.get("/targets/new-and-upskill/movement?from=2022-02-15&to=2022-02-28")
    assert "Fewer than 5 people are counted on one of these days" in movement.text
    board = pages.get("/board?as_at=2022-02-28").text
    assert "2 of 9" in board
    assert "since 15 February" not in board


def test_bm05_a_file_of_few_has_no_number(pages: Pages) -> None:
    three()
    [row] = csv.DictReader(io.StringIO(figures_csv(lines(as_at=LATER))))
    told = {"shown": "fewer than 5", "standing": "Too few to show", "rule": row["rule"]}
    assert {name: row[name] for name in told} == told
    empty = ("numerator", "denominator", "required", "met", "colour", "likely", "baseline", "direction")
    assert {row[name] for name in (*empty, "published", "outstanding_marks", "to_book")} == {""}


def test_bm05_a_pack_tells_nothing_of_few_and_publishes_them_whole() -> None:
    scene = three()
    academy.issued([scene.target], as_at=DAY, meeting="Board before")
    pack = academy.issue(Format.XLSX, Format.CSV, as_at=LATER)
    assert [(one.numerator, one.denominator, one.colour) for one in pack.figures] == [(2, 3, Colour.RED)]
    files = {one.format: one.content for one in pack.files}
    told = [files[Format.CSV].decode(), str(paper.sheets(files[Format.XLSX]))]
    for said in told:
        assert "fewer than 5" in said
        assert [one for one in TELLING if one in said] == []


def test_bm05_a_mean_of_few_replies_is_not_told(pages: Pages) -> None:
    """6.0 of 40 replies, then 8.7 of 3."""
    course = factories.course()
    score = rules.add_target(
        code="confidence", title="Confidence", kind=TargetKind.SCORE, programme=course.programme,
        minimum_score=Decimal(7), by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    for on, mean, replies in ((date(2022, 1, 10), "6.0", 40), (DAY, "8.7", 3), (LATER, "7.3", 50)):
        rules.state_figure(
            target=score, as_at=on, score=Decimal(mean), replies=replies, source="Survey", by=ACADEMY,
            now=clock.now(),
        )  # fmt: skip
        rules.publish(targets=[score], as_at=on, occasion="Board", by=ACADEMY, now=clock.now())
    db.session.commit()
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/targets/confidence?as_at=2022-02-20")
    assert "Fewer than 5 replies" in page.text
    assert "No mean is shown of fewer than 5 replies, so that nobody’s own can be told from it." in page.text
    assert "Too few replies" in page.text
    published = db.session.scalars(queries.published_of(score)).all()
    addresses = [f"/published/{one.id}" for one in published]
    on_the_day = ["/targets?as_at=2022-02-20", "/board?as_at=2022-02-20", "/board.csv?as_at=2022-02-20"]
    later = ["/targets/confidence", "/board", "/published", "/targets/confidence/published"]
    for address in ("/targets/confidence?as_at=2022-02-20", *on_the_day, *later, *addresses):
        assert not re.search(r"(?<!\d)8\.7(?!\d)", pages.get(address).response.get_data(as_text=True)), (
            address
        )
    assert "7.3" in pages.get("/targets/confidence").text
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "8.7" in pages.get("/targets/confidence?as_at=2022-02-20").text


def test_bm05_a_mean_of_few_that_was_published_for_another_reason_is_not_told(pages: Pages) -> None:
    """8.7 of 3 replies, of a score that asks for nothing: it was published as one without a minimum."""
    score = rules.add_target(
        code="confidence", title="Confidence", kind=TargetKind.SCORE, programme=factories.course().programme,
        by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    stated = {"score": Decimal("8.7"), "replies": 3, "source": "Survey"}
    rules.state_figure(target=score, as_at=DAY, by=ACADEMY, now=clock.now(), **stated)
    [row] = rules.publish(targets=[score], as_at=DAY, occasion="Board", by=ACADEMY, now=clock.now())
    again(row, occasion="Before", folded_occasion="before", colour_reason="No minimum is stated.")
    before = db.session.scalars(select(PublishedFigure.id).where(PublishedFigure.occasion == "Before")).one()
    addresses = ("/published", "/targets/confidence/published", f"/published/{before}")
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    for address in addresses:
        text = pages.get(address).text
        assert "fewer than 5 replies" in text, address
        assert "8.7" not in text, address
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert all("8.7" in pages.get(address).text for address in addresses)


def test_bm04_a_rule_of_few_without_a_minimum_stays_in_the_words_in_which_it_was_published(
    pages: Pages,
) -> None:
    """Such a rule has no number to hide; before, it was published as "no minimum stated by" its deadline."""
    scene = scenes.coverage(trained=2, untrained=1, deadline=date(2022, 3, 31))
    [row] = rules.publish(targets=[scene.target], as_at=DAY, occasion="Board", by=ACADEMY, now=clock.now())
    words = row.rule_words.replace("stated (deadline 31 March 2022)", "stated by 31 March 2022")
    assert words != row.rule_words
    again(row, occasion="Before", folded_occasion="before", rule_words=words)
    text = pages.sign_in(factories.user(Role.BOARD_MEMBER)).get("/published").text
    assert words in text
    assert row.rule_words in text


def again(row: PublishedFigure, **values: str) -> None:
    """A published figure once more, as a version before wrote it."""
    kept = {one.name: getattr(row, one.name) for one in PublishedFigure.__table__.columns if one.name != "id"}
    db.session.execute(insert(PublishedFigure).values(kept | values))
    db.session.commit()


def test_bm05_sessions_and_people_trained_have_no_whole_and_stay(pages: Pages) -> None:
    course = factories.course()
    for target in academy.of_course(course):
        assert not queries.as_seen([queries.figure(target, as_at=DAY)], sees_names=False)[0].is_few
