"""The pages of runs, the calendar, venues and trainers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.audit.queries import history_of
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.people.models import RoleGroup
from app.programmes.models import Course
from app.sessions.models import Mode, Run, RunState, Trainer, TrainingSession, Venue
from app.sessions.rules import cancel, warnings_of_run
from tests import factories


@pytest.fixture
def academy(pages: Any) -> Any:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


@pytest.fixture
def academy_at(pages: Any, travel_to: Any) -> Any:
    """The academy's pages on a day: signed in once the clock has moved, since nobody stays in for years."""

    def at(day: str) -> Any:
        travel_to(day)
        return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))

    return at


def typed(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def course_with_deadline(components: int = 2, **values: Any) -> Course:
    programme = factories.programme(deadline=date(2022, 3, 31), title="Signs of Safety")
    return factories.course(components=components, programme_id=programme.id, title="Two-day", **values)


# --- Scheduling ------------------------------------------------------------------------------------------


def test_a_run_is_scheduled_in_two_pages(academy_at: Any) -> None:
    academy = academy_at("2022-01-04")
    course_with_deadline(5, code="SOS-5DAY")
    venue, trainer = factories.venue(), factories.trainer()
    db.session.commit()
    page = academy.get(academy.get("/runs/new").links()["Two-day"])
    assert page.value("code") == "SOS-5DAY-01"
    assert page.value("capacity") == "16"
    page = academy.submit(
        page,
        {
            "code": "sos5-03",
            **typed("first", date(2022, 1, 31)),
            "every_days": "7",
            "starts": "9.30",
            "mode": "hybrid",
            "venue_id": str(venue.id),
            "link": "https://meet.example/a",
            "trainer_id": str(trainer.id),
        },
    )
    assert page.h1 == "Check each day of the run"
    assert db.session.query(Run).count() == 0
    assert page.value("sessions-4-held_on-day") == "28"
    assert page.value("sessions-4-venue_id") == str(venue.id)
    page = academy.submit(page, typed("sessions-4-held_on", date(2022, 3, 7)) | {"note": "Bring a laptop"})
    assert page.h1 == "SOS5-03: Two-day"
    assert "SOS5-03 is scheduled." in page.text
    assert "Mon 31 Jan 2022 to Mon 7 Mar 2022" in page.text
    assert "Bring a laptop" in page.text
    run = db.session.query(Run).one()
    assert [session.held_on for session in run.sessions] == [
        date(2022, 1, 31),
        date(2022, 2, 7),
        date(2022, 2, 14),
        date(2022, 2, 21),
        date(2022, 3, 7),
    ]
    assert clock.london(run.sessions[4].starts_at).isoformat() == "2022-03-07T09:30:00+00:00"
    history = academy.get(f"/runs/{run.id}/history")
    assert "Day 5: Monday 7 March 2022, 09:30 to 16:30" in history.text


def test_u19_a_session_after_the_clocks_go_forward_is_shown_at_the_time_that_was_typed(
    academy_at: Any,
) -> None:
    academy = academy_at("2022-03-01")
    course = factories.course(components=1)
    page = academy.submit(
        academy.get(f"/runs/new?course={course.id}"),
        {**typed("first", date(2022, 3, 28)), "starts": "9:30", "ends": "4.30pm"},
    )
    page = academy.submit(page)
    assert "Mon 28 Mar 2022" in page.text
    assert "09:30 to 16:30" in page.text
    assert db.session.query(TrainingSession).one().starts_at.isoformat() == "2022-03-28T08:30:00+00:00"


def test_am04_a_session_after_the_deadline_is_warned_about_and_saved(academy_at: Any) -> None:
    academy = academy_at("2022-03-01")
    course = course_with_deadline(1)
    page = academy.submit(academy.get(f"/runs/new?course={course.id}"), typed("first", date(2022, 4, 4)))
    sentence = (
        "Day 1, Monday 4 April 2022, is 4 days after the programme’s deadline: the cost is at the council"
    )
    assert sentence in page.text
    page = academy.submit(page)
    assert "is scheduled." in page.text
    assert sentence in page.text


def test_am02_what_the_days_have_in_common_is_judged_on_the_first_page(academy_at: Any) -> None:
    academy = academy_at("2022-03-01")
    course = factories.course(components=1)
    first = academy.get(f"/runs/new?course={course.id}")
    wrong = {"starts": "16:30", "ends": "9:30", "minimum_places": "17"}
    page = academy.submit(first, {**typed("first", date(2022, 3, 15)), **wrong})
    assert page.errors == [
        "Each day must have room for 17 people, the fewest that the run goes ahead with",
        "Each day must end after it starts",
    ]
    assert page.path == "/runs/new"
    page = academy.submit(first, wrong)
    assert "Enter the first date" in page.errors
    assert "Each day must end after it starts" in page.errors


def test_am02_one_press_tells_all_that_is_wrong_with_a_new_run(academy_at: Any) -> None:
    """What can't be read on day 3 hides nothing of the others, nor of the code."""
    academy = academy_at("2022-03-01")
    course = factories.course(components=3)
    taken = factories.run(code="SOS2-07")
    page = academy.submit(academy.get(f"/runs/new?course={course.id}"), typed("first", date(2022, 3, 15)))
    wrong = {
        "code": taken.code,
        "minimum_places": "17",
        "sessions-0-ends": "9:00",
        "sessions-0-mode": "in_person",
        "sessions-0-link": "https://meet.example/1",
        **typed("sessions-1-held_on", date(2021, 3, 22)),
        "sessions-2-held_on-month": "",
    }
    of_the_rules = [
        "There is a run called SOS2-07 already. Choose another code",
        "Each day must have room for 17 people, the fewest that the run goes ahead with",
        "Day 1 must end after it starts",
        "Day 1 is in person: take the link away, or choose virtual or hybrid",
        "22 March 2021 is over: change the date, or tick that the run was held then",
    ]
    page = academy.submit(page, wrong)
    assert sorted(page.errors) == sorted([*of_the_rules, "Day 3: date must include a month"])
    page = academy.submit(page, typed("sessions-2-held_on", date(2022, 3, 29)))
    assert sorted(page.errors) == sorted(of_the_rules)
    assert (page.value("code"), page.value("sessions-0-ends")) == ("SOS2-07", "9:00")
    right = {
        "code": "SOS2-08",
        "minimum_places": "4",
        "sessions-0-ends": "16:00",
        "sessions-0-mode": "virtual",
    }
    page = academy.submit(page, right | typed("sessions-1-held_on", date(2022, 3, 22)))
    assert "SOS2-08 is scheduled." in page.text


def test_a_run_of_last_year_is_scheduled_once_somebody_says_that_it_was_held(academy_at: Any) -> None:
    academy = academy_at("2022-03-01")
    course = factories.course(components=1)
    page = academy.submit(academy.get(f"/runs/new?course={course.id}"), typed("first", date(2021, 3, 15)))
    assert not page.soup.select("[name=was_held]")
    page = academy.submit(page)
    assert page.errors == ["15 March 2021 is over: change the date, or tick that the run was held then"]
    assert db.session.query(Run).count() == 0
    assert page.value("sessions-0-held_on-year") == "2021"
    page = academy.submit(page, {"was_held": "y"})
    assert "is scheduled." in page.text
    assert "Mon 15 Mar 2021" in page.text
    page = academy.get(f"/runs/{db.session.query(Run).one().id}/copy/check?start=2021-04-12")
    page = academy.submit(page)
    assert page.errors == ["12 April 2021 is over: change the date, or tick that the run was held then"]
    assert "is scheduled." in academy.submit(page, {"was_held": "y"}).text


def test_a_day_in_a_room_without_a_venue_is_said_wherever_dates_are(academy_at: Any) -> None:
    academy = academy_at("2022-03-01")
    course, venue = factories.course(components=2), factories.venue()
    days = {**typed("first", date(2022, 3, 15)), "mode": "hybrid"}
    sentence = (
        "Day 2, Tuesday 22 March 2022, is hybrid and has no venue: until it has one, those with a place are "
        "not told where to come."
    )
    page = academy.submit(academy.get(f"/runs/new?course={course.id}"), days)
    assert "Day 1, Tuesday 15 March 2022, is hybrid and has no venue" in page.text
    page = academy.submit(page, {"sessions-0-venue_id": str(venue.id)}, button="Check the dates again")
    assert (sentence in page.text, page.text.count("has no venue")) == (True, 1)
    assert sentence in academy.submit(page, {"sessions-0-venue_id": str(venue.id)}).text
    run = db.session.query(Run).one()
    assert "Day 2, Tuesday 12 April 2022, is hybrid and has no venue" in (
        academy.get(f"/runs/{run.id}/copy/check?start=2022-04-05").text
    )
    run.sessions[1].venue = venue
    assert "has no venue" not in academy.get(f"/runs/{run.id}").text


def test_a_day_with_a_link_is_not_said_to_have_none_before_it_is_scheduled(academy_at: Any) -> None:
    academy = academy_at("2022-03-01")
    course = factories.course(components=1)
    path, days = f"/runs/new?course={course.id}", typed("first", date(2022, 3, 8))
    assert "is virtual and has no link" in academy.submit(academy.get(path), days).text
    page = academy.submit(academy.get(path), days | {"link": "https://teams.example/1"})
    assert "has no link" not in page.text


def test_nothing_is_said_of_the_venue_where_a_run_of_the_past_is_recorded(academy_at: Any) -> None:
    """On the second day of the run: the first one is over."""
    academy = academy_at("2022-03-16")
    course = factories.course(components=2)
    days = {**typed("first", date(2022, 3, 9)), "mode": "in_person"}
    page = academy.submit(academy.get(f"/runs/new?course={course.id}"), days)
    assert "Day 2, Wednesday 16 March 2022, is in person and has no venue" in page.text
    assert "Day 1, Wednesday 9 March 2022, is in person" not in page.text
    academy.submit(academy.submit(page), {"was_held": "y"})
    run = db.session.query(Run).one()
    page = academy.get(f"/runs/{run.id}/copy/check?start=2022-03-02&start=2022-03-09")
    assert page.text.count("has no venue") == 1


def test_nothing_is_said_of_the_venue_of_a_day_that_is_over_virtual_or_cancelled(travel_to: Any) -> None:
    travel_to("2022-03-16")
    days = [date(2022, 3, 15), date(2022, 3, 16)]
    in_a_room = factories.run(factories.course(), days=days, mode=Mode.IN_PERSON)
    virtual = factories.run(factories.course(), days=days)
    cancelled = factories.run(factories.course(), days=days, mode=Mode.IN_PERSON)
    cancelled.state = RunState.CANCELLED
    said = [warnings_of_run(one, today=clock.today()) for one in (in_a_room, virtual, cancelled)]
    assert [len(one) for one in said] == [1, 0, 0]
    assert said[0][0].startswith("Day 2, Wednesday 16 March 2022, is in person and has no venue")


def test_am02_a_day_without_a_link_is_said_while_it_begins_within_ten_working_days(travel_to: Any) -> None:
    travel_to("2022-03-01")
    days = [date(2022, 3, 15), date(2022, 3, 16)]
    run = factories.run(factories.course(), days=days)
    assert warnings_of_run(run, today=clock.today()) == []
    for one in run.sessions:
        one.link = None
    assert warnings_of_run(run, today=clock.today()) == [
        "Day 1, Tuesday 15 March 2022, is virtual and has no link: until it has one, those with a place are "
        "told that it will follow."
    ]
    in_a_room = factories.run(
        factories.course(), days=days, mode=Mode.IN_PERSON, venue_id=factories.venue().id
    )
    assert warnings_of_run(in_a_room, today=clock.today()) == []


def test_am02_dates_are_looked_at_again_without_saving(academy_at: Any) -> None:
    academy = academy_at("2022-01-04")
    course = factories.course(components=3)
    page = academy.submit(academy.get(f"/runs/new?course={course.id}"), typed("first", date(2022, 4, 4)))
    assert "Day 3, Monday 18 April 2022, is a bank holiday: Easter Monday." in page.text
    page = academy.submit(page, typed("sessions-2-held_on", date(2022, 4, 9)), button="Check the dates again")
    assert "Day 3, Saturday 9 April 2022, is before Day 2, Monday 11 April 2022." in page.text
    assert "Day 3, Saturday 9 April 2022, is at a weekend." in page.text
    assert "Easter" not in page.text
    assert db.session.query(Run).count() == 0


def test_a_wrong_pattern_comes_back_with_what_was_typed(academy: Any) -> None:
    course = factories.course()
    form = academy.get(f"/runs/new?course={course.id}")
    values = {
        "code": "",
        **typed("first", date(2022, 3, 15)),
        "first-month": "13",
        "starts": "half past nine",
        "capacity": "many",
    }
    page = academy.submit(form, values)
    assert page.errors == [
        "Enter a code, like SOS2-07",
        "First date must be a real date, like 31 3 2026",
        "Start must be a time, like 9:30 or 16:30",
        "Most places must be a whole number, like 16",
    ]
    assert page.value("first-month") == "13"
    assert page.value("starts") == "half past nine"


def test_a_wrong_session_is_named_and_linked(academy_at: Any) -> None:
    academy = academy_at("2027-01-11")
    course = factories.course()
    first = academy.submit(academy.get(f"/runs/new?course={course.id}"), typed("first", date(2027, 3, 15)))
    page = academy.submit(first, {"sessions-1-held_on-year": "", "sessions-0-starts": ""})
    assert page.errors == ["Day 1: enter the start, like 9:30", "Day 2: date must include a year"]
    page = academy.submit(first, {"sessions-1-ends": "9:00"})
    assert page.errors == ["Day 2 must end after it starts"]
    assert page.soup.select_one(".govuk-error-summary a")["href"] == "#sessions-1-ends"
    page = academy.submit(first, {"minimum_places": "17"})
    assert page.errors == ["Each day must have room for 17 people, the fewest that the run goes ahead with"]
    page = academy.submit(first, {"sessions-1-mode": "in_person", "sessions-1-link": "https://meet.example"})
    assert page.errors == ["Day 2 is in person: take the link away, or choose virtual or hybrid"]


def test_am02_a_clash_is_named_refused_and_overridden_by_a_reason(academy_at: Any) -> None:
    academy = academy_at("2027-01-11")
    venue = factories.venue()
    day = date(2027, 3, 16)
    other = factories.run(factories.course(components=1), days=[day], venue_id=venue.id, mode=Mode.IN_PERSON)
    course = factories.course(components=1)
    page = academy.get(f"/runs/new?course={course.id}")
    page = academy.submit(page, {**typed("first", day), "mode": "in_person", "venue_id": str(venue.id)})
    assert "Why both can go ahead" not in page.text
    page = academy.submit(page)
    assert page.errors == [
        f"Plough Lane, Room 1 is taken by {other.code}, Day 1, on Tuesday 16 March 2027 from 09:30 to 16:30. "
        "Choose another time, room or trainer, or say why both can go ahead"
    ]
    page = academy.submit(page, {"clash_reason": "The room is divided"})
    assert "is scheduled." in page.text
    run = db.session.query(Run).order_by(Run.id.desc()).first()
    assert run is not None
    assert "Reason: The room is divided" in academy.get(f"/runs/{run.id}/history").text
    for one, with_it in ((run, other), (other, run)):
        said = f"Plough Lane, Room 1 is taken by {with_it.code}, Day 1, on Tuesday 16 March 2027"
        assert said in academy.get(f"/runs/{one.id}").text


def test_am02_a_day_a_year_ahead_is_looked_at_before_the_run_is_scheduled(academy_at: Any) -> None:
    """A slip of the year on the page of the days, 2028 for 2027, was saved before anything said so."""
    academy = academy_at("2027-01-11")
    course = factories.course(components=2)
    page = academy.submit(academy.get(f"/runs/new?course={course.id}"), typed("first", date(2027, 3, 15)))
    assert "a year or more ahead" not in page.text
    page = academy.submit(page, {"sessions-1-held_on-year": "2028"})
    assert page.errors == [
        "Nothing is scheduled yet: look at what to know about the days. Press the button again to schedule "
        "the run as it is"
    ]
    assert "Day 2, Wednesday 22 March 2028, is a year or more ahead: check the year." in page.text
    assert db.session.query(Run).count() == 0
    assert "is scheduled." in academy.submit(page).text


def test_am02_what_the_page_said_of_the_days_when_it_was_opened_is_asked_about_no_more(
    academy_at: Any,
) -> None:
    academy = academy_at("2027-01-11")
    course = factories.course(components=1)
    first = academy.get(f"/runs/new?course={course.id}")
    page = academy.submit(first, typed("first", date(2027, 3, 14)))
    assert "Day 1, Sunday 14 March 2027, is at a weekend." in page.text
    assert "is scheduled." in academy.submit(page).text


def test_am03_one_of_several_copies_can_be_left_out(academy_at: Any) -> None:
    academy = academy_at("2022-01-04")
    run = factories.run(factories.course(components=1), days=[date(2022, 3, 14)], code="SOS2-07")
    page = academy.get(f"/runs/{run.id}/copy/check?start=2022-03-14&start=2022-05-09")
    page = academy.get(page.links()["Leave out the copy from Monday 14 March 2022"])
    assert "From Monday 9 May 2022" in page.text
    assert "14 March" not in page.text
    assert "Leave out" not in page.text
    assert "SOS2-08 is scheduled." in academy.submit(page).text


def test_am03_a_copy_a_year_ahead_says_so(academy_at: Any) -> None:
    academy = academy_at("2022-01-04")
    run = factories.run(days=[date(2022, 3, 14), date(2022, 3, 15)], code="SOS2-07")
    page = academy.get(f"/runs/{run.id}/copy/check?start=2023-03-13&start=2022-05-09")
    assert page.text.count("a year or more ahead") == 2
    assert "Day 1, Monday 13 March 2023, is a year or more ahead: check the year." in page.text


@pytest.mark.parametrize(
    "path", ["/runs/new?course=99", "/runs/new/sessions", "/runs/99", "/runs/99/copy", "/runs/99/edit"]
)
def test_what_is_not_there_is_said_so(academy: Any, path: str) -> None:
    academy.get(path, status=404)


def test_without_courses_the_first_run_leads_to_programmes(academy: Any) -> None:
    page = academy.get("/runs/new")
    assert page.links()["Set up a programme and its courses"] == "/programmes"


def test_a_reloaded_second_page_begins_again(academy: Any) -> None:
    course = factories.course()
    assert academy.get(f"/runs/new/sessions?course={course.id}").h1 == "Schedule a run"


# --- Changing --------------------------------------------------------------------------------------------


def test_a_session_is_moved_and_its_history_tells(academy_at: Any) -> None:
    academy = academy_at("2022-01-04")
    run = factories.run(days=[date(2022, 3, 15), date(2022, 3, 16)])
    page = academy.get(f"/runs/{run.id}/edit")
    page = academy.get(page.links()["Change Day 2"])
    assert page.value("held_on-day") == "16"
    assert page.value("starts") == "09:30"
    page = academy.submit(page, typed("held_on", date(2022, 3, 14)) | {"ends": "15:00"})
    page = academy.submit(page)  # looked at: it is before Day 1
    assert "Day 2 is changed." in page.text
    assert "Day 2, Monday 14 March 2022, is before Day 1, Tuesday 15 March 2022." in page.text
    assert "Tuesday" not in academy.get(f"/runs/{run.id}/sessions/2/edit").text
    assert (
        "Wednesday 16 March 2022, 09:30 to 16:30 → Monday 14 March 2022, 09:30 to 15:00"
        in academy.get(f"/runs/{run.id}/history").text
    )
    academy.get(f"/runs/{run.id}/sessions/3/edit", status=404)


def test_a_moved_session_that_clashes_asks_for_a_reason(academy_at: Any) -> None:
    academy = academy_at("2027-01-11")
    trainer = factories.trainer()
    day = date(2027, 3, 16)
    factories.run(factories.course(components=1), days=[day], trainer_id=trainer.id)
    run = factories.run(factories.course(components=1), days=[day + timedelta(days=1)], trainer_id=trainer.id)
    page = academy.submit(academy.get(f"/runs/{run.id}/sessions/1/edit"), typed("held_on", day))
    assert page.errors[0].startswith(f"{trainer.name} is taken by")
    assert page.value("held_on-day") == "16"
    page = academy.submit(page, {"clash_reason": "Two trainers of that name"})
    assert "Day 1 is changed." in page.text


def test_a_run_is_changed(academy: Any) -> None:
    run = factories.run()
    page = academy.submit(academy.get(f"/runs/{run.id}/edit"), {"minimum_places": "40"})
    assert page.errors == ["Fewest places must be between 1 and 16"]
    page = academy.submit(page, {"minimum_places": "8", "code": "SOS2-07", "note": "Bring a laptop"})
    assert page.h1.startswith("SOS2-07")
    assert "Bring a laptop" in page.text


def test_a_cancelled_run_says_so_and_offers_no_change(academy: Any) -> None:
    run = factories.run()
    cancel(run=run, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now(), reason="The trainer is ill")
    page = academy.get(f"/runs/{run.id}")
    assert "Cancelled" in page.text
    assert "Change Day 1" not in page.links()
    assert f"{run.code} was cancelled, so it can’t be changed." in academy.get(f"/runs/{run.id}/edit").text


# --- Copying ---------------------------------------------------------------------------------------------


def test_am03_a_run_is_copied_and_a_bank_holiday_moved_only_if_i_say_so(academy_at: Any) -> None:
    academy = academy_at("2022-01-04")
    run = factories.run(days=[date(2022, 3, 14), date(2022, 3, 15)], code="SOS2-07")
    page = academy.get(f"/runs/{run.id}/copy")
    page = academy.submit(page, {"starts": "18/4/2022\r\n9 May 2022\r\n2022-05-17\r\n"})
    assert page.h1 == "Check the copies of SOS2-07"
    assert "Day 1, Monday 18 April 2022, is a bank holiday: Easter Monday." in page.text
    assert "It starts on a Tuesday; SOS2-07 starts on a Monday." in page.text
    assert len(page.soup.select("[name=move]")) == 1
    kept = academy.submit(page)
    assert "3 runs are scheduled: SOS2-08, SOS2-09 and SOS2-10." in kept.text
    assert "Mon 18 Apr 2022 to Tue 19 Apr 2022" in kept.text
    page = academy.get(f"/runs/{run.id}/copy/check?start=2022-04-18")
    moved = academy.submit(page, {"move": ["2022-04-18"]})
    assert "SOS2-11 is scheduled." in moved.text
    newest = db.session.query(Run).filter_by(code="SOS2-11").one()
    assert [one.held_on for one in newest.sessions] == [date(2022, 4, 25), date(2022, 4, 26)]


def test_courses_whose_programme_is_over_come_last_where_one_is_chosen(academy_at: Any) -> None:
    academy = academy_at("2022-04-01")
    for code, deadline in (("A", date(2022, 3, 31)), ("B", None), ("C", date(2022, 4, 1))):
        programme = factories.programme(deadline=deadline)
        factories.course(code=code, title=f"Course {code}", programme_id=programme.id)
    listed = academy.get("/runs/new").soup.select("main tbody th a")
    assert [one.get_text() for one in listed] == ["Course B", "Course C", "Course A"]


@pytest.mark.parametrize(
    ("starts", "error"),
    [
        ("", "Enter at least one start date"),
        ("18/4/2022\n31/2/2022", "31/2/2022 is not a date: write it like 18/4/2027"),
        ("18/4/2022\n2022-04-18", "Two copies start on the same date: leave one out"),
        ("\n".join(f"{day}/3/2027" for day in range(1, 28)), "Enter at most 26 start dates at a time"),
    ],
)
def test_wrong_start_dates_come_back_as_they_were_typed(academy: Any, starts: str, error: str) -> None:
    run = factories.run()
    page = academy.submit(academy.get(f"/runs/{run.id}/copy"), {"starts": starts})
    assert page.errors == [error]
    assert (page.value("starts") or "").split() == starts.split()


def test_copies_that_clash_are_refused_all_together(academy_at: Any) -> None:
    academy = academy_at("2027-01-11")
    trainer = factories.trainer()
    run = factories.run(factories.course(components=1), days=[date(2027, 3, 16)], trainer_id=trainer.id)
    page = academy.get(f"/runs/{run.id}/copy/check?start=2027-03-23&start=2027-03-16")
    page = academy.submit(page)
    assert page.errors[0].startswith(f"{trainer.name} is taken by {run.code}")
    assert db.session.query(Run).count() == 1
    reasons = {"clash_reason": "A second trainer comes", "double_reason": "Two groups"}
    page = academy.submit(page, reasons)
    assert "2 runs are scheduled" in page.text


def test_am03_copies_on_days_on_which_the_course_has_a_run_already_say_so_and_need_a_reason(
    academy_at: Any,
) -> None:
    academy = academy_at("2022-01-04")
    course = factories.course(components=2)
    run = factories.run(course, days=[date(2022, 3, 14), date(2022, 3, 15)], code="SOS2-07")
    factories.run(course, days=[date(2022, 3, 21), date(2022, 3, 23)], code="SOS2-06")  # not the same days
    page = academy.get(f"/runs/{run.id}/copy/check?start=2022-03-21")
    assert "already" not in page.text
    assert "SOS2-08 is scheduled." in academy.submit(page).text
    said = "SOS2-08 is on the same days at the same times already, from Monday 21 March 2022."
    again = academy.submit(page)  # Back, and the same button
    assert again.errors == [f"{said} Leave that date out, or say why the course can be held twice at once"]
    assert again.soup.select_one("#clash_reason") is None
    assert said in again.soup.select_one("main section").get_text()
    assert said in academy.get(page.path + "?start=2022-03-21").text
    kept = academy.submit(again, {"double_reason": "Two groups"})
    assert "SOS2-09 is scheduled." in kept.text
    newest = db.session.query(Run).filter_by(code="SOS2-09").one()
    history = academy.get(f"/runs/{newest.id}/history").text
    assert said in history
    assert "Reason: Two groups" in history


def test_am03_why_a_room_can_be_shared_is_no_answer_to_why_the_course_can_be_held_twice(
    academy_at: Any,
) -> None:
    academy = academy_at("2022-01-04")
    trainer = factories.trainer(name="Pat Lowe")
    course = factories.course(components=1)
    run = factories.run(course, days=[date(2022, 3, 14)], code="SOS2-07", trainer_id=trainer.id)
    factories.run(course, days=[date(2022, 3, 21)], code="SOS2-08", trainer_id=trainer.id)
    page = academy.submit(academy.get(f"/runs/{run.id}/copy/check?start=2022-03-21"))
    clash, double = page.errors  # both are asked at once
    assert clash.startswith("Pat Lowe is taken by SOS2-08, Day 1")
    assert double.startswith("SOS2-08 is on Monday 21 March 2022 at that time already.")
    page = academy.submit(page, {"clash_reason": "A colleague of that name"})
    assert page.errors == [double]
    page = academy.submit(page, {"double_reason": "Two groups"})
    assert "SOS2-09 is scheduled." in page.text
    newest = db.session.query(Run).filter_by(code="SOS2-09").one()
    history = academy.get(f"/runs/{newest.id}/history").text
    assert "Reason: A colleague of that name" in history
    assert "Reason: Two groups" in history


def test_am03_a_run_of_another_version_is_at_that_time_too_and_a_cancelled_one_is_not(
    academy_at: Any,
) -> None:
    academy = academy_at("2022-01-04")
    course = factories.course(components=1)
    run = factories.run(course, days=[date(2022, 3, 14)], code="SOS2-07")
    factories.version(course, components=1, number=2)
    beside = factories.run(course, days=[date(2022, 3, 21)], code="SOS2-08")
    said = "SOS2-08 is on Monday 21 March 2022 at that time already."
    check = f"/runs/{run.id}/copy/check?start=2022-03-21"
    assert said in academy.get(check).text
    cancel(run=beside, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now(), reason="Ill")
    assert "SOS2-09 is scheduled." in academy.submit(academy.get(check)).text


def test_am03_the_preview_of_copies_says_which_days_are_over_and_which_precede_the_programme(
    academy_at: Any,
) -> None:
    academy = academy_at("2022-03-09 12:00")
    programme = factories.programme(starts_on=date(2022, 3, 4))
    course = factories.course(components=2, programme_id=programme.id)
    run = factories.run(course, days=[date(2022, 3, 22), date(2022, 3, 29)])
    page = academy.get(f"/runs/{run.id}/copy/check?start=2022-04-05&start=2022-03-01")
    assert [one.get_text() for one in page.soup.select("section h2")] == [
        "From Tuesday 1 March 2022",
        "From Tuesday 5 April 2022",
    ]
    assert "1 March 2022 and 8 March 2022 are over." in page.text
    assert "Day 1, Tuesday 1 March 2022, is 3 days before the programme starts, on 4 March 2022." in page.text
    assert page.text.count("before the programme starts") == page.text.count(" over.") == 1
    assert "2 runs are scheduled" in academy.submit(page, {"was_held": "y"}).text
    to_come = academy.get(f"/runs/{run.id}/copy/check?start=2022-04-05")
    assert not to_come.soup.select("[name=was_held]")


def test_copies_need_start_dates(academy: Any) -> None:
    run = factories.run()
    assert academy.get(f"/runs/{run.id}/copy/check?start=nonsense").h1 == f"Copy {run.code} to other dates"


# --- The list and the calendar ---------------------------------------------------------------------------


def test_the_list_shows_the_runs_from_today_on_and_filters(academy_at: Any) -> None:
    academy = academy_at("2022-03-10")
    one, two = factories.course(components=1, title="Alpha"), factories.course(components=1, title="Beta")
    trainer = factories.trainer()
    factories.run(one, code="PAST-01", days=[date(2022, 3, 9)])
    factories.run(one, code="NEXT-01", days=[date(2022, 3, 10)], trainer_id=trainer.id)
    gone = factories.run(two, code="NEXT-02", days=[date(2022, 4, 5)])
    cancel(run=gone, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now(), reason="Ill")

    def codes(query: str) -> set[str]:
        rows = academy.get(f"/runs{query}").soup.select("tbody th a")
        return {row.text for row in rows}

    assert codes("") == {"NEXT-01", "NEXT-02"}
    assert academy.get("/runs").value("from") == "10/3/2022"
    assert codes("?from=") == {"PAST-01", "NEXT-01", "NEXT-02"}
    assert codes("?from=&to=9/3/2022") == {"PAST-01"}
    assert codes(f"?course={two.id}") == {"NEXT-02"}
    assert codes(f"?programme={one.programme_id}&from=2022-01-01") == {"PAST-01", "NEXT-01"}
    assert codes(f"?trainer={trainer.id}") == {"NEXT-01"}
    assert codes("?state=cancelled") == {"NEXT-02"}
    assert codes("?state=over&from=") == {"PAST-01"}
    assert codes("?state=scheduled&from=") == {"NEXT-01"}
    assert codes("?state=nonsense&course=x") == {"NEXT-01", "NEXT-02"}
    assert "soon is not a date, so it was left out." in academy.get("/runs?from=soon").text
    assert "No run fits." in academy.get("/runs?to=2022-03-01").text


def test_the_list_says_where_each_run_stands_and_how_many_are_booked(academy_at: Any) -> None:
    academy = academy_at("2022-03-01")
    days = [date(2022, 3, 9), date(2022, 3, 12)]
    run = factories.run(factories.course(components=2), days=days, minimum_places=2, capacity=12)
    factories.booking(run, factories.staff())
    path = f"/courses/{run.version.course_id}/runs"

    def row() -> list[str]:
        cells = academy.get(path).soup.select("tbody td")
        return [cell.get_text(" ", strip=True) for cell in cells][-2:]

    assert row() == ["1 of 12 at least 2", "Scheduled"]
    assert "1 of 12 booked; goes ahead with 2 or more" in academy.get(f"/runs/{run.id}").text
    factories.booking(run, factories.staff(), confirmed_at=None)
    assert row() == ["1 of 12 at least 2 1 waiting", "Scheduled"]
    for moment, standing, word in (
        ("2022-03-10", "under_way", "Under way"),
        ("2022-03-13", "over", "Over"),
    ):
        academy = academy_at(moment)
        assert row()[1] == word
        assert run.code in academy.get(f"/runs?from=&state={standing}").text
        assert run.code not in academy.get("/runs?from=&state=scheduled").text


def test_a_long_list_is_paged_with_few_queries(academy: Any) -> None:
    course = factories.course(components=5)
    trainer, venue = factories.trainer(), factories.venue()
    for _ in range(30):
        factories.run(course, trainer_id=trainer.id, venue_id=venue.id, mode=Mode.HYBRID)
    page = academy.get("/runs", most_queries=14)
    assert "1 to 25 of 30 runs" in page.text
    assert "26 to 30 of 30 runs" in academy.get("/runs?page=2").text
    academy.get(f"/courses/{course.id}/runs", most_queries=14)


def test_the_calendar_shows_a_month_and_leads_to_the_next(academy_at: Any) -> None:
    academy = academy_at("2022-04-20")
    run = factories.run(code="SOS2-07", days=[date(2022, 4, 26), date(2022, 5, 3)])
    page = academy.get("/runs/calendar")
    assert page.h1 == "Calendar: April 2022"
    assert "09:30 to 16:30 SOS2-07, Day 1" in page.text
    assert page.links()["SOS2-07, Day 1"] == f"/runs/{run.id}"
    assert "SOS2-07, Day 2" not in page.text
    assert "Monday 18 April 2022 Easter Monday" in page.text
    page = academy.get(page.links()["May 2022 , the month after →"])
    assert "SOS2-07, Day 2" in page.text
    assert academy.get("/runs/calendar?month=2021-12").h1 == "Calendar: December 2021"
    assert academy.get("/runs/calendar?month=nonsense").h1 == "Calendar: April 2022"


def test_a_phone_shows_what_is_to_come_before_what_is_over(academy_at: Any) -> None:
    academy = academy_at("2022-04-20")
    factories.run(days=[date(2022, 4, 5), date(2022, 4, 20)])
    factories.run(days=[date(2022, 4, 26), date(2022, 5, 1)])

    def shown(address: str) -> list[str]:
        days = academy.get(address).soup.select("td:not(.takeup-calendar__folded) .takeup-calendar__number")
        return [one.text for one in days]

    assert shown("/runs/calendar") == ["20", "26", "1"]
    assert shown("/runs/calendar?month=2022-04") == ["5", "20", "26"]


def test_a_month_without_sessions_says_so_since_a_phone_shows_no_empty_days(academy_at: Any) -> None:
    academy = academy_at("2022-04-20")
    factories.run(days=[date(2022, 4, 5), date(2022, 4, 19)])
    assert "No sessions are still to come in April 2022." in academy.get("/runs/calendar").text
    assert "No sessions are dated in June 2022." in academy.get("/runs/calendar?month=2022-06").text
    assert "No sessions" not in academy.get("/runs/calendar?month=2022-04").text


def test_a_busy_month_asks_few_questions(academy_at: Any) -> None:
    academy = academy_at("2022-03-01")
    venue = factories.venue()
    for number in range(25):
        factories.run(factories.course(components=1), days=[date(2022, 3, 1 + number)], venue_id=venue.id)
    academy.get("/runs/calendar", most_queries=8)


# --- Who sees what ---------------------------------------------------------------------------------------


def test_3_0_a_trainer_sees_their_own_runs_alone(pages: Any) -> None:
    account = factories.user(Role.TRAINER)
    mine = factories.run(code="MINE-01", trainer_id=factories.trainer(account).id)
    other = factories.run(code="OTHER-01", trainer_id=factories.trainer().id)
    pages.sign_in(account)
    page = pages.get("/runs")
    assert page.h1 == "Your runs"
    assert "MINE-01" in page.text
    assert "OTHER-01" not in page.text
    assert "Join online : Day 1" in pages.get(f"/runs/{mine.id}").text
    pages.get(f"/runs/{other.id}", status=403)
    month = mine.first_session.held_on.strftime("%Y-%m")
    calendar = pages.get(f"/runs/calendar?month={month}")
    assert "MINE-01" in calendar.text
    assert "OTHER-01" not in calendar.text
    for path in (f"/runs/{mine.id}/edit", f"/runs/{mine.id}/history", "/runs/new", "/venues", "/trainers"):
        pages.get(path, status=403)


def test_3_0_a_practitioner_sees_a_run_for_them_without_its_link(pages: Any) -> None:
    worker = factories.staff()
    for_managers = factories.course()
    for_managers.role_groups = [factories.named(RoleGroup, "Team Manager")]
    open_run, closed_run = factories.run(code="OPEN-01"), factories.run(for_managers, code="CLOSED-01")
    pages.sign_in(factories.user(Role.PRACTITIONER, of=worker))
    page = pages.get(f"/runs/{open_run.id}")
    assert page.h1.startswith("OPEN-01")
    assert "meet.example" not in page.html
    assert "Change" not in page.text
    assert page.links()["Book a place"] == f"/runs/{open_run.id}/book"
    pages.get(f"/runs/{closed_run.id}", status=403)
    pages.get("/runs", status=403)


@pytest.mark.parametrize(
    "role", [Role.BOARD_MEMBER, Role.DFE_ADVISER, Role.CONTRACT_MANAGER, Role.ADMINISTRATOR]
)
def test_runs_are_not_for_those_who_only_read_figures(pages: Any, role: Role) -> None:
    run = factories.run()
    pages.sign_in(factories.user(role))
    for path in ("/runs", "/runs/calendar", f"/runs/{run.id}", f"/courses/{run.version.course_id}/runs"):
        pages.get(path, status=403)


def test_lm05_a_line_manager_opens_a_run_that_is_for_the_team_alone(pages: Any) -> None:
    course = factories.course()
    course.role_groups = [factories.named(RoleGroup, "Newly Qualified")]
    run = factories.run(course)
    manager = factories.staff()
    member = factories.staff(manager_id=manager.id, role_group_id=factories.role_group("Newly Qualified").id)
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get(f"/runs/{run.id}")
    assert member.name in pages.get(page.links()["Book for your team"]).text


# --- Venues and trainers ---------------------------------------------------------------------------------


def test_a_venue_is_added_and_changed(academy: Any) -> None:
    assert "No venues yet." in academy.get("/venues").text
    page = academy.submit(
        academy.get("/venues/new"),
        {
            "name": "Plough Lane, Room 1",
            "address": "Plough Lane\nHereford",
            "access": "Step-free, hearing loop",
        },
    )
    assert "Plough Lane, Room 1 can be chosen" in page.text
    assert "Plough Lane, Hereford" in page.text
    venue = db.session.query(Venue).one()
    run = factories.run(venue_id=venue.id, mode=Mode.IN_PERSON)
    assert "Step-free, hearing loop" in academy.get(f"/runs/{run.id}").text
    page = academy.submit(academy.get("/venues/new"), {"name": "plough lane, room 1"})
    assert page.errors == ["There is a venue called plough lane, room 1 already. Give this one another name"]
    page = academy.submit(academy.get(f"/venues/{venue.id}/edit"), {"name": "Plough Lane, Room 2"})
    assert "Plough Lane, Room 2" in page.text
    academy.get("/venues/99/edit", status=404)


def test_a_trainer_is_added_and_given_an_account(academy: Any) -> None:
    account = factories.user(Role.TRAINER, name="Robin Vale")
    factories.user(Role.PRACTITIONER, name="Sky Hill")
    provider = factories.provider()
    page = academy.get("/trainers/new")
    assert "Robin Vale" in page.text
    assert "Sky Hill" not in page.text
    page = academy.submit(
        page, {"name": "Robin Vale", "email": "Robin@Provider.example", "provider_id": str(provider.id)}
    )
    assert "Does not sign in" in page.text
    trainer = db.session.query(Trainer).one()
    page = academy.submit(academy.get(f"/trainers/{trainer.id}/edit"), {"user_id": str(account.id)})
    assert account.email in page.text
    assert academy.get(f"/trainers/{trainer.id}/edit").value("user_id") == str(account.id)
    page = academy.submit(academy.get("/trainers/new"), {"name": "R", "email": "not an address"})
    assert page.errors == ["Enter an e-mail address in the correct format, like name@example.org"]
    page = academy.submit(academy.get("/trainers/new"), {"name": "R", "email": "robin@provider.example"})
    assert page.errors == ["There is a trainer with the address robin@provider.example already"]
    academy.get("/trainers/99/edit", status=404)


@pytest.mark.parametrize("name", ["course", "programme", "trainer"])
@pytest.mark.parametrize("ident", ["99999999999999999999", "2147483648", "-1", "x"])
def test_what_makes_no_sense_in_the_address_narrows_nothing(academy: Any, name: str, ident: str) -> None:
    run = factories.run()
    assert run.code in academy.get(f"/runs?{name}={ident}").text


def test_a_run_of_a_course_that_cannot_be_there_is_a_missing_page(academy: Any) -> None:
    assert academy.get("/runs/new?course=99999999999999999999", status=404).h1


@pytest.mark.parametrize(
    ("make", "path", "first", "second", "saved"),
    [
        (
            factories.venue,
            "venues",
            {"access": "Ring at the side door"},
            {"address": "1 Plough Lane"},
            "Getting in Ring at the side door",
        ),
        (
            lambda: factories.trainer(name="Tess Trainer"),
            "trainers",
            {"email": "tess@newtown.example"},
            {"name": "Tessa Trainer"},
            "E-mail address tess@newtown.example",
        ),
    ],
)
def test_u29_the_second_who_edits_a_venue_or_a_trainer_is_shown_what_the_first_saved(
    academy: Any, make: Any, path: str, first: dict[str, str], second: dict[str, str], saved: str
) -> None:
    thing = make()
    address = f"/{path}/{thing.id}/edit"
    pages = academy.get(address), academy.get(address)
    academy.submit(pages[0], first)
    page = academy.submit(pages[1], second)
    assert page.errors[0].startswith("This was changed by ")
    assert saved in page.text
    db.session.refresh(thing)
    assert all(getattr(thing, name) == value for name, value in first.items())
    page = academy.submit(page)
    assert page.path == f"/{path}"
    db.session.refresh(thing)
    assert all(getattr(thing, name) == value for name, value in second.items())


# --- A trainer's account -------------------------------------------------------------------------------


@pytest.fixture
def administrator(pages: Any) -> Any:
    return pages.sign_in(factories.user(Role.ADMINISTRATOR, name="Ada Min"))


def toms_register_opens(pages: Any, tom: Trainer) -> bool:
    """Whether Tom, signed in under his address, may open the register of his run."""
    run = factories.run(trainer_id=tom.id)
    user = db.session.scalars(select(User).where(User.email == "tom@newtown.example")).one()
    pages.sign_in(user)
    return "Register" in pages.get(f"/runs/{run.id}/register").h1


def test_an_account_that_a_trainers_address_is_invited_to_opens_their_runs(administrator: Any) -> None:
    tom = factories.trainer(name="Tom Bright", email="tom@newtown.example")
    page = administrator.get("/accounts/invite")
    typed = {"email": "Tom@newtown.example", "name": "Tom Bright", "roles": ["trainer"]}
    page = administrator.submit(page, typed)
    assert "The account is linked to the trainer Tom Bright, who has its address." in page.text
    entry = db.session.scalars(history_of("trainer", tom.id)).one()
    assert (entry.actor_name, entry.changes) == ("Ada Min", {"Account": [None, "tom@newtown.example"]})
    assert toms_register_opens(administrator, tom)


def test_an_account_that_becomes_a_trainers_opens_the_runs_of_its_address(administrator: Any) -> None:
    tom = factories.trainer(email="tom@newtown.example")
    user = factories.user(Role.ACADEMY_MANAGER, email="tom@newtown.example")
    page = administrator.get(f"/accounts/{user.id}/roles")
    page = administrator.submit(page, {"roles": ["trainer"]})
    page = administrator.submit(page)
    assert "The account is linked to the trainer" in page.text
    assert toms_register_opens(administrator, tom)


def test_an_account_of_another_trainer_or_for_something_else_is_not_linked_by_its_address(
    administrator: Any,
) -> None:
    factories.trainer(email="tom@newtown.example")
    page = administrator.get("/accounts/invite")
    typed = {"email": "tom@newtown.example", "name": "Tom Bright", "roles": ["academy_manager"]}
    assert "linked" not in administrator.submit(page, typed).text
    assert db.session.query(Trainer).one().user is None


def test_a_trainer_who_is_added_or_gets_an_address_is_linked_to_its_account(academy: Any) -> None:
    factories.user(Role.TRAINER, email="tom@newtown.example")
    tess = factories.user(Role.TRAINER, email="tess@newtown.example")
    factories.trainer(tess, name="Tess Taken", email="elsewhere@newtown.example")
    page = academy.get("/trainers/new")
    page = academy.submit(page, {"name": "Tom Bright", "email": "Tom@newtown.example"})
    assert "They are linked to the account tom@newtown.example, which has their address." in page.text
    page = academy.submit(academy.get("/trainers/new"), {"name": "Sam", "email": "tess@newtown.example"})
    assert "linked to the account" not in page.text
    factories.user(Role.TRAINER, email="sam@newtown.example")
    sam = db.session.query(Trainer).filter_by(name="Sam").one()
    page = academy.submit(academy.get(f"/trainers/{sam.id}/edit"), {"email": "sam@newtown.example"})
    assert "They are linked to the account sam@newtown.example" in page.text
    page = academy.submit(academy.get(f"/trainers/{sam.id}/edit"), {"user_id": ""})
    assert "linked to the account" not in page.text
    assert db.session.query(Trainer).filter_by(name="Sam").one().user is None
