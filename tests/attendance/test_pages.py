"""Registers on a phone, and what somebody has learnt."""

from __future__ import annotations

from app.attendance.models import Mark
from app.bookings import rules as bookings
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from tests import factories


def _run_today(people=3, components=1):
    user = factories.user(Role.TRAINER)
    trainer = factories.trainer(user)
    course = factories.course(components=components, title="Signs of Safety")
    run = factories.run(course, trainer_id=trainer.id, capacity=16)
    persons = [factories.staff() for _ in range(people)]
    for person in persons:
        bookings.book(run=run, person=person, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now())
    return user, run, persons


def test_a_trainer_marks_a_register(pages, travel_to) -> None:
    travel_to("2022-03-01")
    user, run, people = _run_today()
    session = run.sessions[0]
    travel_to(session.held_on)
    pages.sign_in(user)
    page = pages.get(f"/runs/{run.id}/register")
    assert "0 of 3" in page.text
    page = pages.get(f"/sessions/{session.id}/register")
    page = pages.submit(page, {}, form="register", button="Mark all attended")
    assert "3 marks changed" in page.text
    page = pages.submit(
        page, {f"mark-{people[0].id}": "partial"}, form="register", button="Save the register"
    )
    assert page.errors == ["Enter how many minutes were attended"]
    page = pages.submit(
        page,
        {f"mark-{people[0].id}": "partial", f"minutes-{people[0].id}": "100"},
        form="register",
        button="Save the register",
    )
    assert "1 mark changed" in page.text
    page = pages.submit(page, {}, form="register", button="Save the register")
    assert "nothing had changed" in page.text
    assert db.session.query(Mark).count() == 4
    assert "3 of 3" in pages.get(f"/runs/{run.id}/register").text
    pages.sign_in(factories.user(Role.PRACTITIONER, of=people[1]))
    page = pages.get("/my-learning")
    assert "Completed on 31 March 2022" in page.text
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/people/{people[0].id}/learning")
    assert "0 of 1 day" in page.text
