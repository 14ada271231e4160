"""A trainer sees their own runs alone, and how to reach people only where the academy allows it. (TR-01)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.routing.converters import IntegerConverter

from app.attendance import rules
from app.attendance.rules import NewMark
from app.audit.models import AuditEntry
from app.bookings.models import Booking, Need
from app.core import clock
from app.core.db import db
from app.core.permissions import PERMISSIONS_OF, Role
from app.learning.models import Mark, MarkStatus, Submission
from app.sessions.models import DateProposal, Material
from tests import factories
from tests.attendance.rooms import Room, room_on
from tests.pages import Pages

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
NEED = "A hearing loop, please"
OF_THE_RUN = {
    "run_id",
    "session_id",
    "mark_id",
    "submission_id",
    "link_id",
    "file_id",
    "proposal_id",
    "material_id",
}


@pytest.fixture
def room(travel_to: Callable[..., None]) -> Room:
    travel_to("2022-03-01")
    made = room_on()
    for booking in db.session.scalars(select(Booking)):
        db.session.add(Need(booking_id=booking.id, words=NEED, said_at=clock.now()))
    db.session.flush()
    return made


def test_tr01_a_trainer_sees_names_organisations_roles_and_needs(pages: Pages, room: Room) -> None:
    page = pages.sign_in(room.trainer).get(f"/runs/{room.run.id}/places")
    for shown in [*(person.name for person in room.people), "Riverside School", "Social Worker", NEED]:
        assert shown in page.text
    assert all(str(person.email) not in page.html for person in room.people)


def test_tr01_contact_details_are_shown_when_the_academy_allows_it_for_the_run(
    app: Flask, pages: Pages, room: Room
) -> None:
    academy = Pages(app).sign_in(factories.user(Role.ACADEMY_MANAGER))
    trainer = pages.sign_in(room.trainer)
    page = academy.get(f"/runs/{room.run.id}")
    assert "Names alone" in page.text
    page = academy.submit(page, form="contacts")
    assert "see the e-mail addresses of the people on it" in page.html
    assert all(str(person.email) in trainer.get(f"/runs/{room.run.id}/places").text for person in room.people)
    academy.submit(page, form="contacts")
    assert all(
        str(person.email) not in trainer.get(f"/runs/{room.run.id}/places").html for person in room.people
    )
    verbs = select(AuditEntry.verb).where(AuditEntry.thing_type == "run").order_by(AuditEntry.id)
    assert list(db.session.scalars(verbs)) == ["run:contacts shown", "run:contacts hidden"]


def test_tr01_a_trainer_does_not_allow_it_themselves(pages: Pages, room: Room) -> None:
    pages.sign_in(room.trainer).post(f"/runs/{room.run.id}/contacts", {"shown": "yes"}, status=403)
    assert room.run.contacts_shown_at is None


def test_tr01_no_page_that_a_trainer_can_open_tells_of_another_trainers_run(
    app: Flask, pages: Pages, room: Room, travel_to: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page and every button that the role opens, for everything that belongs to somebody else's run."""
    travel_to("2022-03-15 10:00")
    marks = {room.people[0].id: NewMark(MarkStatus.ATTENDED)}
    rules.record_marks(session=room.session, marks=marks, by=ACADEMY, now=clock.now())
    link, _ = rules.make_link(session=room.session, to_name="Pat Lowe", by=ACADEMY, now=clock.now())
    listed = f"email,minutes\n{room.people[1].email},400\n".encode()
    file = rules.upload_file(
        session=room.session, filename="list.csv", content=listed, by=ACADEMY, now=clock.now()
    )
    proposal = _proposal(room)
    material = Material(
        run_id=room.run.id, title="Slides", address="https://files.example/slides", position=1
    )
    db.session.add(material)
    db.session.commit()
    ids = {
        "link_id": link.id,
        "file_id": file.id,
        "proposal_id": proposal.id,
        "material_id": material.id,
        "run_id": room.run.id,
        "session_id": room.session.id,
        "booking_id": db.session.scalars(select(Booking.id)).first(),
        "person_id": room.people[0].id,
        "course_id": room.run.version.course_id,
        "mark_id": db.session.scalars(select(Mark.id)).one(),
        "submission_id": db.session.scalars(select(Submission.id)).one(),
    }
    hidden = [one for person in room.people for one in (person.last_name, str(person.email))]
    hidden += [NEED, "Pat Lowe"]
    stranger = factories.user(Role.TRAINER)
    factories.run(factories.course(components=1), trainer_id=factories.trainer(stranger).id)
    pages.sign_in(stranger)
    before = _written()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    told = []
    for rule in app.url_map.iter_rules():
        if not _opens(app, rule):
            continue
        for method in sorted({"GET", "POST"} & set(rule.methods or ())):
            answer = pages.browser.open(_path(app, rule, ids), method=method)
            if rule.arguments & OF_THE_RUN and answer.status_code not in {403, 404}:
                told.append(f"{method} {rule} answers {answer.status_code}")
            words = answer.get_data(as_text=True)
            told += [f"{method} {rule} tells of {one}" for one in hidden if one in words]
    assert not told, told
    assert _written() == before


def _proposal(room: Room) -> DateProposal:
    """Another date, which the run's own trainer had proposed."""
    proposal = DateProposal(
        session_id=room.session.id,
        held_on=date(2022, 3, 22),
        starts_at=clock.london_time(date(2022, 3, 22), time(9, 30)),
        ends_at=clock.london_time(date(2022, 3, 22), time(16, 30)),
        reason="The hall is shut",
        proposed_at=clock.now(),
        proposed_by=room.trainer.name,
        proposed_by_user_id=room.trainer.id,
    )
    db.session.add(proposal)
    db.session.flush()
    return proposal


def _opens(app: Flask, rule: Rule) -> bool:
    permission = getattr(app.view_functions[rule.endpoint], "__permission__", ())
    is_leaving = rule.endpoint == "security.logout"
    return permission != "public" and not is_leaving and bool(set(permission) & PERMISSIONS_OF[Role.TRAINER])


def _path(app: Flask, rule: Rule, ids: dict[str, int | None]) -> str:
    values = {
        name: (ids.get(name) or 1) if isinstance(rule._converters[name], IntegerConverter) else "x"
        for name in rule.arguments
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def _written() -> tuple[int, ...]:
    db.session.expire_all()
    return tuple(db.session.query(model).count() for model in (Mark, Submission, Booking, Need, AuditEntry))
