"""The board's page and file, and that no name ever reaches a board member."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, IntegerConverter

from app.board import rules as packs
from app.board.files import figures_csv
from app.board.queries import Line
from app.bookings import rules as bookings
from app.core import clock
from app.core.db import Base, db
from app.core.permissions import PERMISSIONS_OF, Role
from app.core.web import PUBLIC
from app.figures import queries, rules
from app.figures.models import Colour, TargetKind
from tests import factories
from tests.board import paper
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages

AUGUST = date(2021, 8, 31)


# --- The page ------------------------------------------------------------------------------------------


def test_bm01_each_target_with_its_denominator_day_and_rule(pages: Pages) -> None:
    scene = scenes.cohort(members=110)
    for person in scene.people[:41]:
        scenes.complete(person, scene.course, date(2022, 2, 1))
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/board?as_at=2022-02-28")
    target = page.soup.select_one(".takeup-side__target")
    assert target is not None
    words = " ".join(target.get_text(" ").split())
    for what in (
        "New staff and upskilling ▲ Red",
        "41 of 110 (37%) members of the cohort at 28 February 2022",
        "Members of “New staff and upskilling” on the day who have completed every course that their cause "
        "requires; at least 80% (88) by 31 March 2022.",
        "At most 41 are likely by 31 March 2022 even if every place is filled: 47 short.",
    ):
        assert what in words, what
    bar = target.select_one("svg.takeup-bar")
    assert bar is not None
    assert "41 of 110" in str(bar["aria-label"])


def test_bm03_any_past_date(pages: Pages) -> None:
    scene = scenes.coverage(trained=4, untrained=2)
    for person in [factories.staff(first_day=date(2021, 9, 1)) for _ in range(2)]:
        scenes.complete(person, scene.course, date(2021, 9, 2))
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/board")
    page = pages.submit(page, {"as_at-day": "31", "as_at-month": "8", "as_at-year": "2021"}, form=0)
    assert "4 of 6 (67%) practitioners in post at 31 August 2021" in page.text
    assert "6 of 8 (75%) practitioners in post" in pages.get("/board").text
    target = next(href for words, href in page.links().items() if words == "Two-day training")
    assert "4 of 6 practitioners in post at 31 August 2021" in pages.get(target).text


@pytest.mark.parametrize(
    ("done", "as_at", "word"),
    [(4, "2022-03-01", "✔ Met"), (3, "2022-03-30", "▲ Red"), (3, "2022-03-31", "✘ Missed")],
)
def test_4_12_a_colour_is_a_word_and_a_symbol(pages: Pages, done: int, as_at: str, word: str) -> None:
    scene = scenes.cohort(members=5)
    for person in scene.people[:done]:
        scenes.complete(person, scene.course, date(2022, 2, 1))
    pages.sign_in(factories.user(Role.DFE_ADVISER))
    tag = pages.get(f"/board?as_at={as_at}").soup.select_one(".takeup-side__target .govuk-tag")
    assert tag is not None
    assert " ".join(tag.get_text(" ").split()) == word


def test_the_file_holds_the_same_figures(pages: Pages) -> None:
    scene = scenes.coverage(trained=4, untrained=2, percent="80")
    rules.change_target(
        target=scene.target,
        title="=Two-day",
        course=scene.course,
        minimum_percent=Decimal(80),
        minimum_count=None,
        deadline=None,
        by=ACADEMY,
        now=clock.now(),
    )
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/board?as_at=2021-08-31")
    link = next(href for words, href in page.links().items() if words == "Download as CSV")
    asked_at = clock.now()
    answer = pages.get(link)
    assert answer.response.headers["Content-Disposition"] == "attachment; filename=board-2021-08-31.csv"
    assert answer.html.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(answer.html.removeprefix("\ufeff"))))
    assert len(rows) == 1
    row = rows[0]
    assert (row["numerator"], row["denominator"], row["required"], row["met"], row["shown"]) == (
        "4",
        "6",
        "5",
        "no",
        "67%",
    )
    assert row["target"] == "'=Two-day"
    assert (row["as_at"], row["code"]) == ("2021-08-31", "two-day")
    assert asked_at <= datetime.fromisoformat(row["known_at"]) <= clock.now()
    assert "at least 80% (5)" in row["rule"]


def test_the_file_of_a_wrong_date_leads_back_to_the_page(pages: Pages) -> None:
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/board.csv?as_at=08/31/2021")
    assert page.path == "/board"
    assert page.errors == ["“08/31/2021” is not a date. Write it like 2021-08-31 or 31/08/2021."]


def test_known_at_stands_in_the_file() -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    known = rules.known_at_from("2022-04-01")
    figure = queries.figure(scene.target, as_at=AUGUST, known_at=known)
    assert "2022-04-01T23:59:59.999999+01:00" in figures_csv([Line(scene.target, figure, figure)])


# --- No names ------------------------------------------------------------------------------------------

MARKERS = ("Zqfirst", "Zqlast", "Zqpreferred", "zqmail", "ZQ77", "Zqtrainer", "Zqaccount", "Zqreason")
NAMED = {
    "first_name": "Zqfirst",
    "last_name": "Zqlast",
    "preferred_name": "Zqpreferred",
}


@pytest.fixture
def full_academy() -> None:
    """Somebody of each kind under marker names, in every place where people are kept."""
    scene = scenes.cohort(members=0)
    assert scene.cohort is not None
    scenes.practitioners()
    manager = factories.staff(**NAMED, email="zqmail-m@council.example", employee_number="ZQ771")
    person = factories.staff(
        **NAMED, email="zqmail@council.example", employee_number="ZQ770", manager_id=manager.id
    )
    people = [
        person,
        factories.partner(**NAMED, email="zqmail-p@council.example"),
        factories.panel_member(**NAMED, email="zqmail-f@council.example"),
    ]
    academy = factories.actor(Role.ACADEMY_MANAGER, name="Zqaccount")
    factories.user(Role.ACADEMY_MANAGER, name="Zqaccount", email="zqmail-a@council.example")
    teacher = factories.user(Role.TRAINER, name="Zqtrainer", email="zqmail-t@council.example")
    trainer = factories.trainer(teacher, name="Zqtrainer")
    now = clock.now()
    for one in people:
        membership = rules.join(
            cohort=scene.cohort,
            person=one,
            joined_on=scenes.LISTED_ON,
            cause="untrained",
            by=academy,
            now=now - timedelta(days=1),
        )
    rules.leave(
        membership=membership,
        left_on=date(2022, 3, 1),
        cause="exempt",
        by=academy,
        now=now,
        reason="Zqreason",
    )
    run = factories.run(scene.course, trainer_id=trainer.id, capacity=1, note="Zqreason")
    for one in people[:2]:
        bookings.book(run=run, person=one, by=academy, now=now)
    held = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)], trainer_id=trainer.id)
    scenes.attend(person, held, recorded_at=datetime(2022, 2, 3, tzinfo=UTC))
    scenes.complete(manager, scene.course)
    _change_rules(scene, academy)
    rules.override_colour(
        target=scene.target, colour=Colour.AMBER, reason="Two runs are agreed", days=9, by=academy, now=now
    )
    db.session.commit()


def _change_rules(scene: scenes.Scene, academy: Any) -> None:
    """Reasons are free text: the academy may write a name into one."""
    now = clock.now()
    rules.change_target(
        target=scene.target,
        title=scene.target.title,
        course=None,
        minimum_percent=None,
        minimum_count=2,
        deadline=None,
        by=academy,
        now=now,
        reason="Zqreason",
    )
    population = db.session.scalars(queries.population_coded("practitioners")).one()
    rules.change_population(
        population=population,
        name=population.name,
        entries=rules.Entries(role_groups=[factories.role_group()]),
        by=academy,
        now=now,
        reason="Zqreason",
    )
    rules.add_target(
        code="coverage",
        title="Coverage",
        kind=TargetKind.COVERAGE,
        programme=scene.course.programme,
        course=scene.course,
        population=population,
        by=academy,
        now=now,
    )


def _ids_of(name: str) -> list[int]:
    """The ids that there are of what an argument names; of everything when it names no table."""
    wanted = name.removesuffix("_id")
    tables = [table for table in Base.metadata.sorted_tables if "id" in table.c]
    named = [table for table in tables if table.name == wanted or table.name.endswith(f"_{wanted}")]
    found: set[int] = set()
    for table in named or tables:
        found.update(db.session.execute(select(table.c.id).limit(2)).scalars())
    return sorted(found)[:4]


def _codes() -> list[str]:
    found = {"x"}
    for table in Base.metadata.sorted_tables:
        if "code" in table.c:
            found.update(db.session.execute(select(table.c.code)).scalars())
    return sorted(found)


def _addresses(app: Flask, rule: Rule, most: int = 16) -> Iterator[str]:
    """The rule's addresses, with ids and codes that exist and one that does not; one alone where a board
    member is turned away before anything of the address is read, as tests/house/test_routes.py has it.
    """
    permission = getattr(app.view_functions[rule.endpoint], "__permission__", PUBLIC)
    if permission != PUBLIC and not set(permission) & PERMISSIONS_OF[Role.BOARD_MEMBER]:
        most = 1
    choices = []
    for name in sorted(rule.arguments):
        converter = rule._converters[name]
        if isinstance(converter, IntegerConverter):
            choices.append([*_ids_of(name), 999_999])
        elif isinstance(converter, AnyConverter):
            choices.append(sorted(converter.items))
        else:
            choices.append(_codes())
    for values in itertools.islice(itertools.product(*choices), most):
        with app.test_request_context():
            yield app.url_map.bind("localhost").build(
                rule.endpoint, dict(zip(sorted(rule.arguments), values, strict=True))
            )


@pytest.mark.once  # which pages show something does not depend on the engine
@pytest.mark.usefixtures("full_academy")
def test_bm01_no_name_reaches_a_board_member_on_any_page_file_or_error(app: Flask) -> None:
    """Page source, the cells of files and the words of PDFs: as computed, and as published."""
    assert PERMISSIONS_OF[Role.DFE_ADVISER] <= PERMISSIONS_OF[Role.BOARD_MEMBER]
    now = clock.now()
    academy = factories.actor(Role.ACADEMY_MANAGER, name="Zqaccount")
    packs.issue(
        packs.prepare(meeting="Board", meets_on=now.date(), as_at=date(2022, 2, 28), now=now), by=academy
    )
    browser = Pages(app).sign_in(factories.user(Role.BOARD_MEMBER)).browser
    seen, told, kinds = 0, [], set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        for address in list(_addresses(app, rule)):
            for question in ("", "?as_at=2022-02-28&known_at=2022-03-01&q=a&show=everybody"):
                answer = browser.get(address + question)
                body = paper.everything(answer)
                told += [f"{address}: {marker}" for marker in MARKERS if marker in body]
                if answer.status_code != 200:
                    break
                seen += 1
                kinds.add(answer.mimetype)
    assert seen > 15
    assert {"text/html", "text/csv", "application/pdf"} < kinds
    assert not told, told


@pytest.mark.once  # which pages show something does not depend on the engine
@pytest.mark.usefixtures("full_academy")
def test_bm01_no_name_reaches_a_board_member_who_sends_a_form(app: Flask) -> None:
    pages = Pages(app).sign_in(factories.user(Role.BOARD_MEMBER))
    token, told = pages._token(), []
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint == "security.logout":
            continue
        for address in list(_addresses(app, rule, most=3)):
            answer = pages.browser.post(address, data={"csrf_token": token})
            body = answer.get_data(as_text=True)
            told += [f"{address}: {marker}" for marker in MARKERS if marker in body]
    assert not told, told


@pytest.mark.usefixtures("full_academy")
def test_the_academy_does_see_the_names_that_the_board_does_not(pages: Pages) -> None:
    """Otherwise the test above would prove nothing."""
    targets = list(db.session.scalars(queries.targets(as_at=date(2022, 2, 28))))
    academy = factories.actor(Role.ACADEMY_MANAGER, name="Zqaccount")
    rules.publish(targets=targets, as_at=date(2022, 2, 28), occasion="Board", by=academy, now=clock.now())
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/published")
    assert "by Zqaccount" in page.text
    assert "Zqpreferred Zqlast" in pages.get(page.links()["Coverage"]).text
    assert "Zqpreferred Zqlast" in pages.get("/cohorts/new-and-upskill").text
    assert "Zqpreferred Zqlast" in pages.get("/targets/coverage?as_at=2021-12-31").text
    assert "Zqreason" in pages.get("/cohorts/new-and-upskill/log").text
    assert "Zqreason" in pages.get("/targets/new-and-upskill").text
    assert "Zqreason" in pages.get("/populations/practitioners").text
