"""Prior learning, history entered by hand, and training taken elsewhere. (AM-13, AM-14)"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.attendance import rules
from app.attendance.models import ClaimState, DeclaredTraining
from app.attendance.rules import Evidence
from app.core import clock
from app.core.db import db, live
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.learning.models import PastCompletion, PastKind
from app.learning.queries import completions
from app.outbox.models import Message
from tests import factories

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
AUGUST = date(2021, 8, 31)
SAID = {
    "completed_on-day": "31",
    "completed_on-month": "8",
    "completed_on-year": "2021",
    "source": "Another council",
    "note": "Certificate 4711",
}


@pytest.fixture
def academy(pages: Any) -> Any:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def completed(course: Any, **options: Any) -> int:
    return len(db.session.execute(completions([course.id], as_at=clock.today(), **options)).all())


def standing() -> list[PastCompletion]:
    return list(db.session.scalars(db.select(PastCompletion).where(live(PastCompletion))))


def test_am14_prior_learning_counts_for_coverage_and_not_for_people_trained(academy: Any) -> None:
    course, person = factories.course(title="Two-day"), factories.staff()
    page = academy.get(f"/people/{person.id}/learning/new")
    assert page.value("kind") == "prior_learning"
    page = academy.submit(page, {"course_id": str(course.id), **SAID})
    assert "Prior learning: 31 August 2021, from Another council (Certificate 4711). Accepted by" in page.text
    assert (completed(course), completed(course, marks_only=True)) == (1, 0)
    (past,) = standing()
    assert (past.kind, past.approved_by is not None) == (PastKind.PRIOR_LEARNING, True)


def test_am13_history_is_entered_by_hand_corrected_and_taken_back_with_a_reason(academy: Any) -> None:
    course, person = factories.course(), factories.staff()
    values = {"course_id": str(course.id), "kind": "legacy", "precision": "on_or_before", **SAID}
    page = academy.submit(academy.get(f"/people/{person.id}/learning/new"), values)
    assert "From before the registers: on or before 31 August 2021" in page.text
    before = clock.now()
    correct = academy.get(page.links()[f"Correct the completion of {course.title} on 31 August 2021"])
    assert academy.submit(correct, {"source": "HR"}).errors == ["Say why it is corrected"]
    page = academy.submit(correct, {"completed_on-day": "30", "reason": "A typing error"})
    assert "on or before 30 August 2021" in page.text
    back = academy.get(page.links()[f"Take back the completion of {course.title} on 30 August 2021"])
    assert academy.submit(back).errors == ["Say why it is taken back"]
    page = academy.submit(back, {"reason": "Somebody else"})
    assert "30 August 2021" not in page.text
    assert (completed(course), completed(course, known_at=before)) == (0, 1)
    assert [row.reason for row in db.session.scalars(db.select(PastCompletion))] == [None, "A typing error"]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"completed_on-year": "2039"}, "The date must be today or in the past"),
        ({"completed_on-year": "1901"}, "The date must be 1 January 1970 or later"),
        ({"completed_on-day": "32"}, "Completed on must be a real date, like 31 3 2026"),
        ({"course_id": ""}, "Choose a course"),
        ({"source": "x" * 251}, "Source must be 250 characters or fewer"),
        ({"note": "x" * 2001}, "Evidence note must be 2000 characters or fewer"),
    ],
)
def test_what_is_wrong_comes_back_with_what_was_typed(academy: Any, typed: Any, error: str) -> None:
    course, person = factories.course(), factories.staff()
    form = academy.get(f"/people/{person.id}/learning/new")
    values = {"course_id": str(course.id), **SAID, **typed}
    page = academy.submit(form, values)
    assert page.errors == [error]
    assert page.value("source") == values["source"]
    assert standing() == []


def test_the_same_completion_is_not_entered_twice_nor_on_a_record_that_was_merged() -> None:
    course, person = factories.course(), factories.staff()
    kept: dict[str, Any] = {"course": course, "kind": PastKind.LEGACY, "by": ACADEMY, "now": clock.now()}
    rules.add_past(person=person, evidence=Evidence(AUGUST, "HR"), **kept)
    factories.version(course, components=1, number=2)
    with pytest.raises(RuleBroken, match="recorded already"):
        rules.add_past(person=person, evidence=Evidence(AUGUST, "Spreadsheet"), **kept)
    gone = factories.staff()
    gone.merged_into_id = person.id
    db.session.flush()
    with pytest.raises(RuleBroken, match="was merged"):
        rules.add_past(person=gone, evidence=Evidence(AUGUST, "HR"), **kept)
    (past,) = standing()
    manager = factories.actor(Role.LINE_MANAGER)
    with pytest.raises(NotAllowed):
        rules.take_back_past(past=past, reason="No", by=manager, now=clock.now())
    rules.take_back_past(past=past, reason="No", by=ACADEMY, now=clock.now())
    with pytest.raises(RuleBroken, match="has just changed this"):
        rules.take_back_past(past=past, reason="No", by=ACADEMY, now=clock.now())


# --- Taken elsewhere -----------------------------------------------------------------------------------


def test_training_taken_elsewhere_is_declared_accepted_and_told(pages: Any) -> None:
    course, person = factories.course(title="Two-day"), factories.staff()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    form = pages.get(pages.get("/my-learning").links()["Tell the academy"])
    assert pages.submit(form).errors[0] == "Choose a course"
    page = pages.submit(form, {"course_id": str(course.id), **SAID})
    assert "Waits for the academy" in page.text
    again = pages.submit(form, {"course_id": str(course.id), **SAID})
    assert again.errors == ["You have declared this course already. The academy will answer."]
    assert completed(course) == 0
    pages.get("/declared-training", status=403)

    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(pages.get("/").links()["1 course taken elsewhere waits for your answer"])
    page = pages.get(page.links()[f"{person.name} : Two-day"])
    pages.submit(page, {"answer": "Welcome"}, button="Accept it")
    assert (completed(course), completed(course, marks_only=True)) == (1, 0)
    (past,) = standing()
    assert (past.kind, past.source, past.note) == (PastKind.ELSEWHERE, "Another council", "Certificate 4711")
    message = db.session.scalars(db.select(Message)).one()
    assert message.to_address == person.email
    assert "You have completed Two-day" in message.text
    assert "Welcome" in message.text


def test_training_that_is_not_accepted_needs_words_and_is_answered_once() -> None:
    course, person = factories.course(), factories.staff()
    own = factories.actor(Role.PRACTITIONER, of=person)
    kept: dict[str, Any] = {"by": ACADEMY, "now": clock.now()}
    evidence = Evidence(AUGUST, "Another council", note="None")
    declared = rules.declare_training(
        person=person, course=course, evidence=evidence, by=own, now=clock.now()
    )
    with pytest.raises(NotAllowed):
        rules.declare_training(
            person=factories.staff(), course=course, evidence=evidence, by=own, now=clock.now()
        )
    itself = factories.actor(Role.ACADEMY_MANAGER, of=person)
    with pytest.raises(NotAllowed, match="Somebody else of the academy"):
        rules.approve_declared(declared=declared, answer=None, by=itself, now=clock.now())
    with pytest.raises(RuleBroken, match="Say why"):
        rules.refuse_declared(declared=declared, answer=None, **kept)
    rules.refuse_declared(declared=declared, answer="It was another course", **kept)
    with pytest.raises(RuleBroken, match="has answered this already: not accepted"):
        rules.approve_declared(declared=declared, answer=None, **kept)
    assert standing() == []
    assert db.session.scalars(db.select(DeclaredTraining)).one().state is ClaimState.REFUSED
    assert "It was another course" in db.session.scalars(db.select(Message)).one().text


def test_what_the_academy_entered_meanwhile_is_not_accepted_once_more() -> None:
    course, person = factories.course(), factories.staff()
    own, now = factories.actor(Role.PRACTITIONER, of=person), clock.now()
    evidence = Evidence(AUGUST, "Another council", note="Certificate")
    declared = rules.declare_training(person=person, course=course, evidence=evidence, by=own, now=now)
    rules.add_past(
        person=person, course=course, kind=PastKind.PRIOR_LEARNING, evidence=evidence, by=ACADEMY, now=now
    )
    with pytest.raises(RuleBroken, match="recorded already"):
        rules.approve_declared(declared=declared, answer=None, by=ACADEMY, now=now + timedelta(days=1))
