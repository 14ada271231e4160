"""Joining instructions and materials of courses and runs: who keeps them, and what follows for a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEntry
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import with_links
from app.core.permissions import Role
from app.programmes.models import Course
from app.sessions import queries, rules
from app.sessions.models import JoiningInstructions, Material, Run
from app.sessions.rules.planning import planned_again
from tests import factories

SLIDES = "https://library.example/slides"


def academy() -> Actor:
    return factories.actor(Role.ACADEMY_MANAGER)


def give(of: Run | Course, words: str, **values: Any) -> None:
    rules.give_instructions(of=of, words=words, by=academy(), now=clock.now(), **values)
    db.session.expire_all()


def add(of: Run | Course, title: str, address: str = SLIDES, by: Actor | None = None) -> Material:
    return rules.add_material(of=of, title=title, address=address, by=by or academy(), now=clock.now())


def titles(of: Run | Course) -> list[str]:
    return [material.title for material in db.session.scalars(queries.materials_of(of))]


# --- Instructions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("course", "run", "is_instead", "expected"),
    [
        ("", "", False, []),
        ("Course", "", False, ["Course"]),
        ("", "Run", False, ["Run"]),
        ("Course", "Run", False, ["Course", "Run"]),
        ("Course", "Run", True, ["Run"]),
        ("", "Run", True, ["Run"]),
    ],
)
def test_a_runs_own_instructions_stand_beside_or_instead_of_its_courses(
    course: str, run: str, is_instead: bool, expected: list[str]
) -> None:
    one = factories.run()
    other = factories.run(one.version.course)
    give(factories.run(), "Of another course")
    give(one.version.course, course)
    give(one, run, is_instead=is_instead)
    assert one.joining_instructions == expected
    assert other.joining_instructions == ([course] if course else [])


def test_instructions_are_taken_back_by_emptying_them() -> None:
    run = factories.run()
    give(run, "Bring a pen")
    give(run, "  ")
    assert run.joining_instructions == []
    assert db.session.scalars(select(JoiningInstructions)).all() == []


def test_that_instructions_changed_is_recorded_and_not_what_they_say() -> None:
    run = factories.run()
    give(run, "The passcode is 4711")
    give(run, "The passcode is 4711")
    give(run.version.course, "The passcode is 4711")
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.verb for entry in entries] == [
        "run:joining instructions changed",
        "course:joining instructions changed",
    ]
    assert [entry.changes for entry in entries] == [{}, {}]


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("Join at https://meet.example/a?b=1.", "https://meet.example/a?b=1</a>."),
        ("One\r\nTwo\nThree", "One<br>Two<br>Three"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('https://x.example/"onmouseover="alert(1)', "&#34;onmouseover="),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_plain_text_shows_its_lines_and_links_and_nothing_else(words: str, html: str) -> None:
    shown = str(with_links(words))
    assert html in shown
    assert shown.count("<a ") == (1 if "https" in words else 0)


def test_that_a_link_changed_is_recorded_and_not_where_it_leads() -> None:
    run = factories.run()
    session = run.sessions[0]
    for link in ("https://meet.example/secret", "https://meet.example/secret", ""):
        planned = replace(planned_again(session), link=link)
        rules.change_session(session=session, planned=planned, by=academy(), now=clock.now())
    changes = [entry.changes for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert changes == [{"Day 1: link": ["One", "Another"]}, {"Day 1: link": ["One", None]}]


# --- Materials -----------------------------------------------------------------------------------------


def test_materials_keep_their_order_and_those_of_the_course_come_first() -> None:
    run = factories.run()
    for title in ("One", "Two", "Three"):
        add(run, title)
    add(run.version.course, "Guide")
    three = db.session.scalars(select(Material).where(Material.title == "Three")).one()
    rules.move_material_up(material=three, by=academy(), now=clock.now())
    assert titles(run) == ["One", "Three", "Two"]
    rules.move_material_up(material=three, by=academy(), now=clock.now())
    rules.move_material_up(material=three, by=academy(), now=clock.now())
    assert titles(run) == ["Three", "One", "Two"]
    rules.remove_material(material=three, by=academy(), now=clock.now())
    add(run, "Four")
    assert [one.title for one in db.session.scalars(queries.materials_for(run))] == [
        "Guide",
        "One",
        "Two",
        "Four",
    ]
    assert titles(factories.run(run.version.course)) == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "library",
        "http://library.example",
        "https://",
        "https:// a",
        "javascript:https://x",
        "https://a b",
    ],
)
def test_a_material_lies_at_an_https_address(address: str) -> None:
    with pytest.raises(RuleBroken, match="Enter an address that begins with https://"):
        add(factories.run(), "Slides", address)


@pytest.mark.parametrize(
    ("address", "owners"),
    [(SLIDES, ()), (SLIDES, ("run_id", "course_id")), ("http://library.example", ("run_id",))],
    ids=["of nothing", "of both", "not https"],
)
def test_the_database_refuses_a_material_of_nothing_of_both_or_elsewhere(
    address: str, owners: tuple[str, ...]
) -> None:
    run = factories.run()
    ids = {"run_id": run.id, "course_id": run.version.course_id}
    of = {name: ids[name] for name in owners}
    db.session.add(Material(title="Slides", position=1, address=address, **of))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_trainer_keeps_the_materials_of_own_runs_alone() -> None:
    user = factories.user(Role.TRAINER)
    own, other = factories.run(trainer_id=factories.trainer(user).id), factories.run()
    by = factories.actor(Role.TRAINER, user_id=user.id)
    material = add(own, "Slides", by=by)
    rules.edit_material(
        material=material, title="Slides, day 1", address=f"{SLIDES}/1", by=by, now=clock.now()
    )
    assert titles(own) == ["Slides, day 1"]
    rules.remove_material(material=material, by=by, now=clock.now())
    of_the_course, of_another = add(own.version.course, "Guide"), add(other, "Guide")
    for material in (of_the_course, of_another):
        with pytest.raises(NotAllowed):
            rules.edit_material(material=material, title="Mine", address=SLIDES, by=by, now=clock.now())
        with pytest.raises(NotAllowed):
            rules.remove_material(material=material, by=by, now=clock.now())
        with pytest.raises(NotAllowed):
            rules.move_material_up(material=material, by=by, now=clock.now())
    with pytest.raises(NotAllowed):
        rules.give_instructions(of=own, words="Mine", by=by, now=clock.now())
    verbs = [entry.verb for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert verbs[:3] == ["run:material added", "run:material changed", "run:material removed"]


# --- Pages ---------------------------------------------------------------------------------------------


def test_the_academy_keeps_what_a_course_and_a_run_tell(pages: Any) -> None:
    run = factories.run()
    course_id = run.version.course_id
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/courses/{course_id}/joining")
    page = pages.submit(pages.get(page.links()["Write instructions"]), {"words": "Bring a pen"})
    assert "Bring a pen" in page.text
    page = pages.get(page.links()["Add a material"])
    page = pages.submit(page, {"title": "Slides", "address": "library.example"})
    assert page.errors == ["Enter an address that begins with https://"]
    assert page.value("title") == "Slides"
    page = pages.submit(page, {"address": SLIDES})
    assert page.links()["Slides"] == SLIDES
    page = pages.get(page.links()["Change Slides"])
    page = pages.submit(page, {"title": "All slides"})
    assert "All slides" in page.links()
    page = pages.get(f"/runs/{run.id}/joining")
    assert "Bring a pen" in page.text
    page = pages.get(page.links()["Change this run’s instructions"])
    page = pages.submit(page, {"words": "See https://map.example/way", "is_instead": "y"})
    assert "Bring a pen" not in page.text
    assert page.links()["https://map.example/way"] == "https://map.example/way"
    for title in ("First", "Second"):
        page = pages.submit(pages.get(f"/runs/{run.id}/materials/new"), {"title": title, "address": SLIDES})
    page = pages.submit(page, form="/up")
    assert page.text.index("Second") < page.text.index("First")
    page = pages.submit(page, form="/remove")
    assert titles(db.session.get_one(Run, run.id)) == ["First"]


def test_a_trainer_opens_the_joining_page_of_own_runs_alone(pages: Any) -> None:
    user = factories.user(Role.TRAINER)
    own, other = factories.run(trainer_id=factories.trainer(user).id), factories.run()
    of_another = add(other, "Guide")
    pages.sign_in(user)
    page = pages.get(f"/runs/{own.id}/joining")
    assert "Change this run’s instructions" not in page.links()
    page = pages.submit(pages.get(page.links()["Add a material"]), {"title": "Slides", "address": SLIDES})
    assert "Slides" in page.links()
    for path in (
        f"/runs/{other.id}/joining",
        f"/runs/{other.id}/materials/new",
        f"/materials/{of_another.id}",
        f"/runs/{own.id}/joining/instructions",
        f"/courses/{own.version.course_id}/joining",
    ):
        pages.get(path, status=403)
    pages.post(f"/materials/{of_another.id}/remove", status=403)
    pages.post(f"/materials/{of_another.id}/up", status=403)
