"""Registers on a phone, and what somebody has learnt."""

from __future__ import annotations

from datetime import date

from app.attendance.rules import minutes_of
from app.bookings import rules as bookings
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus
from tests import factories
from tests.attendance.marking import mark


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
    assert page.errors == [f"Enter how many minutes {people[0].name} attended"]
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


# --- Who sees what -------------------------------------------------------------------------------------


def test_registers_are_for_the_academy_and_the_runs_own_trainers(pages) -> None:
    user, run, people = _run_today(people=1)
    session = run.sessions[0]
    paths = [f"/runs/{run.id}/register", f"/sessions/{session.id}/register"]
    for account, status in [
        (user, 200),
        (factories.user(Role.ACADEMY_MANAGER), 200),
        (factories.user(Role.TRAINER), 403),
        (factories.user(Role.PRACTITIONER, of=people[0]), 403),
        (factories.user(Role.LINE_MANAGER, of=factories.staff()), 403),
        (factories.user(Role.BOARD_MEMBER), 403),
        (factories.user(Role.ADMINISTRATOR), 403),
    ]:
        pages.sign_in(account)
        for path in paths:
            page = pages.get(path, status=status)
            assert (people[0].name in page.text) is (status == 200 and path.startswith("/sessions"))
        if status == 403:
            pages.post(paths[1], {f"mark-{people[0].id}": "attended"}, status=403)
    assert db.session.query(Mark).count() == 0


def test_learning_is_seen_by_the_person_the_manager_and_the_academy(pages) -> None:
    manager = factories.staff()
    person = factories.staff(manager_id=manager.id)
    for account, status in [
        (factories.user(Role.PRACTITIONER, of=person), 200),
        (factories.user(Role.LINE_MANAGER, of=manager), 200),
        (factories.user(Role.ACADEMY_MANAGER), 200),
        (factories.user(Role.PRACTITIONER, of=factories.staff()), 403),
        (factories.user(Role.TRAINER), 403),
        (factories.user(Role.BOARD_MEMBER), 403),
    ]:
        pages.sign_in(account)
        page = pages.get(f"/people/{person.id}/learning", status=status)
        assert (person.name in page.text) is (status == 200 and account.person_id != person.id)
    pages.get("/people/99999999999999999999/learning", status=404)


# --- What a register says ------------------------------------------------------------------------------


def test_a_register_before_its_day_and_of_a_cancelled_run_cannot_be_marked(pages) -> None:
    user, run, people = _run_today(people=1)
    session = run.sessions[0]
    pages.sign_in(user)
    page = pages.get(f"/sessions/{session.id}/register")
    assert "Its register opens on that day" in page.text
    assert "Save the register" not in page.text
    pages.post(f"/sessions/{session.id}/register", {f"mark-{people[0].id}": "attended"})
    assert db.session.query(Mark).count() == 0
    by = factories.actor(Role.ACADEMY_MANAGER)
    bookings.cancel_run(run=run, by=by, now=clock.now(), reason="Snow")
    assert "was cancelled" in pages.get(f"/sessions/{session.id}/register").text
    assert "Cancelled" in pages.get(f"/runs/{run.id}/register").text


def test_am12_after_it_is_locked_the_academy_corrects_with_a_reason(pages, travel_to) -> None:
    travel_to("2022-03-01")
    user, run, people = _run_today(people=1)
    session = run.sessions[0]
    travel_to("2022-04-20")
    pages.sign_in(user)
    page = pages.get(f"/sessions/{session.id}/register")
    assert "Ask the academy to correct it" in page.text
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/sessions/{session.id}/register")
    chosen = {f"mark-{people[0].id}": "attended"}
    page = pages.submit(page, chosen, form="register", button="Save the register")
    assert page.errors == [
        f"The register of Day 1 of {run.code} was locked after 14 April 2022. Give a reason for changing it"
    ]
    assert page.value(f"mark-{people[0].id}") == "attended"
    page = pages.submit(page, {"reason": "Found the list"}, form="register", button="Save the register")
    assert "1 mark changed" in page.text
    chosen = {f"mark-{people[0].id}": "absent_apologies", "reason": "The other list"}
    page = pages.submit(page, chosen, form="register", button="Save the register")
    assert "It said" in page.text
    history = pages.get(f"/runs/{run.id}/history").text
    said = f"Register marked Session: Day 1; {people[0].name}"
    assert f"{said}: Attended. Reason: Found the list" in history
    assert f"{said}: Attended → Absent, apologies. Reason: The other list" in history


def test_u13_a_register_of_many_is_one_line_of_the_history_and_its_first_changes_are_shown(
    pages, travel_to
) -> None:
    travel_to("2022-03-01")
    _, run, _ = _run_today(people=0)
    people = [factories.staff() for _ in range(42)]
    mark(run, 1, *people)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{run.id}/history")
    assert page.text.count(": Attended") == 39
    assert "; and 3 more" in page.text


def test_mark_all_attended_leaves_what_was_chosen_otherwise(pages, travel_to) -> None:
    travel_to("2022-03-01")
    user, run, people = _run_today(people=3)
    session = run.sessions[0]
    travel_to(session.held_on)
    pages.sign_in(user)
    page = pages.get(f"/sessions/{session.id}/register")
    chosen = {f"mark-{people[1].id}": "absent_no_notice"}
    page = pages.submit(page, chosen, form="register", button="Mark all attended")
    values = [page.value(f"mark-{person.id}") for person in people]
    assert values == ["attended", "absent_no_notice", "attended"]


def test_a_page_that_was_opened_before_others_marked_takes_none_of_their_marks_back(pages, travel_to) -> None:
    travel_to("2022-03-01")
    user, run, (ann, ben, cas) = _run_today(people=3)
    session = run.sessions[0]
    travel_to(session.held_on)
    pages.sign_in(user)
    old = pages.get(f"/sessions/{session.id}/register")
    mark(run, 1, ann, status=MarkStatus.ABSENT_APOLOGIES)
    late = factories.staff()
    factories.booking(run, late)
    db.session.commit()
    pages.submit(old, {f"mark-{ben.id}": "attended_late"}, form="register", button="Save the register")
    page = pages.submit(old, {}, form="register", button="Mark all attended")
    values = {person.id: page.value(f"mark-{person.id}") for person in (ann, ben, cas, late)}
    assert values == {
        ann.id: "absent_apologies",
        ben.id: "attended_late",
        cas.id: "attended",
        late.id: "not_recorded",
    }


def test_a_mark_that_is_none_and_minutes_that_are_no_number_come_back_with_a_sentence(
    pages, travel_to
) -> None:
    travel_to("2022-03-01")
    user, run, people = _run_today(people=1)
    session = run.sessions[0]
    travel_to(session.held_on)
    pages.sign_in(user)
    path, name = f"/sessions/{session.id}/register", people[0].id
    shown = {f"shown-{name}": "not_recorded"}
    page = pages.post(path, shown | {f"mark-{name}": "asleep"})
    assert len(page.errors) == 1
    page = pages.post(path, shown | {f"mark-{name}": "partial", f"minutes-{name}": "an hour"})
    assert page.errors == [f"Minutes of {people[0].name} must be a whole number, like 40"]
    assert page.value(f"minutes-{name}") == "an hour"
    assert db.session.query(Mark).count() == 0


def test_u03_my_learning_shows_the_run_of_each_day(pages, travel_to) -> None:
    travel_to("2022-04-06")
    course = factories.course(components=2, title="Signs of Safety 2-day")
    person = factories.staff()
    first = factories.run(course, code="SOS2-07", days=[date(2022, 3, 15), date(2022, 3, 16)])
    second = factories.run(course, code="SOS2-08", days=[date(2022, 3, 22), date(2022, 3, 23)])
    mark(first, 1, person)
    mark(first, 2, person, status=MarkStatus.ABSENT_APOLOGIES)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get("/my-learning")
    assert "1 of 2 days" in page.text
    assert "Absent, apologies" in page.text
    mark(second, 2, person)
    page = pages.get("/my-learning")
    assert "Completed on 23 March 2022" in page.text
    assert [row.text.split() for row in page.soup.select("tbody td[data-label=Run]")] == [
        ["SOS2-07"],
        ["SOS2-08"],
    ]


def test_who_came_late_by_nobody_knows_how_much_is_said_so_on_the_register_and_the_own_record(
    pages, travel_to
) -> None:
    travel_to("2022-03-01")
    user, run, people = _run_today()
    session = run.sessions[0]
    travel_to(session.held_on)
    mark(run, 1, people[0], status=MarkStatus.ATTENDED_LATE)
    mark(run, 1, people[1], status=MarkStatus.ATTENDED_LATE, minutes=minutes_of(session) - 20)
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    assert page.soup.select_one(f"#hint-{people[0].id}").get_text().startswith("Minutes late not noted.")
    assert page.html.count("Minutes late not noted.") == 1
    for person, is_unknown in zip(people[:2], (True, False), strict=True):
        pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
        for shown in (pages.get("/my-learning/record").text, pages.get("/my-learning/record.csv").html):
            assert "attended late" in shown
            assert ("attended late, minutes not noted" in shown) == is_unknown
