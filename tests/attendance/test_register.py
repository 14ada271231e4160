"""The register as a trainer fills it in on a phone (TR-02, TR-03)."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from app.attendance import queries, rules
from app.bookings import rules as bookings
from app.core import clock
from app.core.db import db, record, supersede
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus, MarkWay, Submission
from app.programmes.models import CourseSettings
from app.sessions.models import TrainingSession
from tests import factories
from tests.attendance.marking import mark

TUESDAY = date(2022, 3, 15)
ACADEMY = factories.actor(Role.ACADEMY_MANAGER)


def a_register(people=16):
    """A trainer, the session of 360 minutes that is theirs, and the people who have a place in it."""
    user = factories.user(Role.TRAINER, name="Hilary Trainer")
    course = factories.course(components=1)
    run = factories.run(
        course,
        days=[TUESDAY],
        start=time(9, 30),
        end=time(15, 30),
        trainer_id=factories.trainer(user).id,
    )
    persons = [factories.staff() for _ in range(people)]
    for person in persons:
        factories.booking(run, person)
    return user, run.sessions[0], persons


def statuses(session: TrainingSession) -> list[MarkStatus]:
    return [one.status for one in db.session.scalars(queries.marks_of(session))]


def test_am12_whoever_corrects_a_mark_is_told_what_becomes_of_certificates(pages, travel_to) -> None:
    _, session, people = a_register(people=2)
    travel_to("2022-03-15 17:00")
    mark(session.run, 1, people[0], people[1])
    travel_to("2022-03-17 09:00")
    for person in people:
        course_ids = [session.run.version.course_id]
        rules.settle_certificates(person=person, course_ids=course_ids, now=clock.now())
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(f"/sessions/{session.id}/register")
    page = submit(pages, page, {f"mark-{people[0].id}": "absent_no_notice"})
    assert (
        "1 mark changed. 1 certificate rests on what was changed: one that is no longer right is withdrawn "
        "within minutes, and the person is told." in page.text
    )


def submit(pages, page, values, button="Save the register"):
    return pages.submit(page, values, form="register", button=button)


def test_tr02_sixteen_rows_all_attended_and_then_two_changed(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, people = a_register()
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    page = submit(pages, page, {}, button="Mark all attended")
    assert "16 marks changed" in page.text
    changes = {f"mark-{people[3].id}": "absent_no_notice", f"mark-{people[9].id}": "absent_apologies"}
    page = submit(pages, page, changes)
    assert "2 marks changed" in page.text
    assert "nothing had changed" in submit(pages, page, {}).text
    found = statuses(session)
    assert (len(found), found.count(MarkStatus.ATTENDED)) == (16, 14)
    assert db.session.query(Submission).count() == 2


def test_tr02_bad_lines_are_named_each_and_nothing_that_was_typed_is_lost(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, (ann, ben, cas, dee, eva) = a_register(people=5)
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    typed = {
        f"mark-{ann.id}": "attended",
        f"mark-{ben.id}": "partial",
        f"minutes-{ben.id}": "till noon",
        f"mark-{cas.id}": "partial",
        f"minutes-{cas.id}": "361",
        f"mark-{dee.id}": "attended_late",
        f"late-{dee.id}": "-5",
        f"mark-{eva.id}": "partial",
        f"minutes-{eva.id}": "0",
    }
    page = submit(pages, page, typed)
    assert page.errors == [
        f"Minutes of {ben.name} must be a whole number, like 40",
        f"Minutes of {cas.name} must be between 1 and 360, the length of the session",
        f"Minutes of {dee.name} must be between 0 and 360, the length of the session",
        f"Minutes of {eva.name} must be between 1 and 360, the length of the session",
    ]
    assert {name: page.value(name) for name in typed} == typed
    assert statuses(session) == []
    right = {
        f"minutes-{ben.id}": "150",
        f"minutes-{cas.id}": "300",
        f"late-{dee.id}": "40",
        f"minutes-{eva.id}": "1",
    }
    assert "5 marks changed" in submit(pages, page, right).text
    assert statuses(session) == ["attended", "partial", "partial", "attended_late", "partial"]


def test_tr02_minutes_beside_a_mark_that_takes_none_are_asked_about_and_kept(pages, travel_to) -> None:
    """Without the rows that hide their boxes, minutes are typed and "In part" is forgotten."""
    travel_to(TUESDAY)
    user, session, (ann, ben, cas) = a_register(people=3)
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    typed = {
        f"mark-{ann.id}": "attended",
        f"minutes-{ann.id}": "150",
        f"minutes-{ben.id}": "200",
        f"mark-{cas.id}": "partial",
        f"minutes-{cas.id}": "300",
        f"late-{cas.id}": "40",
    }
    page = submit(pages, page, typed, button="Mark all attended")
    there = "Minutes there are for somebody who was there in part: choose “In part” for {}, or clear them"
    assert page.errors == [
        there.format(ann.name),
        there.format(ben.name),
        f"Minutes late are for somebody who came late: choose “Late” for {cas.name}, or clear them",
    ]
    assert {name: page.value(name) for name in typed} == typed
    assert statuses(session) == []
    assert len(page.soup.select(".takeup-register__row--open")) == 3
    right = {f"mark-{ann.id}": "partial", f"minutes-{ben.id}": "", f"late-{cas.id}": ""}
    page = submit(pages, page, right, button="Mark all attended")
    assert "3 marks changed" in page.text
    assert statuses(session) == ["partial", "attended", "partial"]
    assert not page.soup.select(".takeup-register__row--open")


def test_tr03_minutes_that_the_page_had_filled_in_go_with_their_mark(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, (ann, ben) = a_register(people=2)
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    typed = {f"mark-{ann.id}": "partial", f"minutes-{ann.id}": "200"}
    page = submit(pages, page, typed | {f"mark-{ben.id}": "attended_late", f"late-{ben.id}": "40"})
    assert (page.value(f"minutes-{ann.id}"), page.value(f"late-{ben.id}")) == ("200", "40")
    changed = {f"mark-{ann.id}": "attended", f"mark-{ben.id}": "partial", f"minutes-{ben.id}": "150"}
    page = submit(pages, page, changed)
    assert "2 marks changed" in page.text
    assert statuses(session) == ["attended", "partial"]


@pytest.mark.parametrize(
    ("late", "status", "minutes", "counts"),
    [
        ("", MarkStatus.ATTENDED_LATE, None, True),
        ("40", MarkStatus.ATTENDED_LATE, 320, True),
        ("10", MarkStatus.ATTENDED, None, True),
        ("210", MarkStatus.PARTIAL, 150, False),
    ],
)
def test_tr03_minutes_late_are_held_to_the_grace_and_the_share(
    pages, travel_to, late, status, minutes, counts
) -> None:
    travel_to(TUESDAY)
    user, session, (person,) = a_register(people=1)
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    typed = {f"mark-{person.id}": "attended_late", f"late-{person.id}": late}
    after = submit(pages, page, typed)
    kept = db.session.scalars(select(Mark)).one()
    assert (kept.status, kept.minutes, kept.counts) == (status, minutes, counts)
    assert after.value(f"mark-{person.id}") == status
    assert "nothing had changed" in submit(pages, page, typed).text


def test_tr03_who_is_late_by_the_whole_session_is_absent(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, (person,) = a_register(people=1)
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    page = submit(pages, page, {f"mark-{person.id}": "attended_late", f"late-{person.id}": "360"})
    assert page.errors == [
        "Minutes late must be fewer than 360, the length of the session. Who missed all of it is absent"
    ]
    assert page.value(f"late-{person.id}") == "360"
    assert statuses(session) == []


def test_a_mark_says_which_way_it_came_and_who_recorded_it(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, (ann, ben) = a_register(people=2)
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    page = submit(pages, page, {f"mark-{ann.id}": "attended"})
    assert "On the register, Hilary Trainer." in page.text
    mark(session.run, 1, ben, status=MarkStatus.PARTIAL, minutes=150, way=MarkWay.LINK)
    page = pages.get(f"/sessions/{session.id}/register")
    assert "By link, Command line. 150 minutes do not count." in page.text


def test_how_most_were_marked_is_said_once(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, people = a_register(people=3)
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    assert "0 of 3 marked" in page.text
    page = submit(pages, page, {f"mark-{one.id}": "attended" for one in people[:2]})
    assert "2 of 3 marked" in page.text
    assert page.text.count("On the register, Hilary Trainer.") == 1
    assert "Where it was otherwise" not in page.text
    assert page.links()["Back to today"] == "/"
    mark(session.run, 1, people[2], way=MarkWay.LINK)
    page = pages.get(page.path)
    assert "Hilary Trainer. Where it was otherwise, the row says so." in page.text
    assert page.text.count("By link, Command line.") == 1


def test_am12_an_old_page_does_not_undo_what_somebody_else_corrected(pages, travel_to) -> None:
    """The trainer marked Ann absent; the academy put it right; the trainer goes back and saves once more."""
    travel_to(TUESDAY)
    user, session, (ann, ben) = a_register(people=2)
    path = f"/sessions/{session.id}/register"
    old = pages.sign_in(user).get(path)
    typed = {f"mark-{ann.id}": "absent_no_notice", f"mark-{ben.id}": "attended"}
    assert "2 marks changed" in submit(pages, old, typed).text
    assert "nothing had changed" in submit(pages, old, typed).text
    corrected = db.session.scalars(select(Mark).where(Mark.person_id == ann.id)).one()
    supersede(corrected, by="Academy", now=clock.now())
    db.session.flush()
    mark(session.run, 1, ann, status=MarkStatus.ATTENDED)
    page = submit(pages, old, typed)
    assert page.errors == [
        f"{ann.name} was marked attended after this page was opened. To change that, save again"
    ]
    assert page.value(f"mark-{ann.id}") == "absent_no_notice"
    assert statuses(session) == ["attended", "attended"]
    assert "1 mark changed" in submit(pages, page, {}).text
    assert statuses(session) == ["absent_no_notice", "attended"]


def test_tr02_the_same_page_again_changes_nothing_though_the_course_made_other_marks_of_it(
    pages, travel_to
) -> None:
    """Late by 10 minutes is within the grace, and by 200 of 360 it is in part."""
    travel_to(TUESDAY)
    user, session, (ann, ben) = a_register(people=2)
    old = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    typed = {f"mark-{one.id}": "attended_late" for one in (ann, ben)}
    typed |= {f"late-{ann.id}": "10", f"late-{ben.id}": "200"}
    assert "2 marks changed" in submit(pages, old, typed).text
    assert statuses(session) == ["attended", "partial"]
    assert "nothing had changed" in submit(pages, old, typed).text


def test_am12_an_old_page_tells_that_somebody_took_back_the_mark_that_it_would_change(
    pages, travel_to
) -> None:
    """The trainer’s page has Ann attended; the academy took that back; the trainer marks her absent."""
    travel_to(TUESDAY)
    user, session, (ann,) = a_register(people=1)
    mark(session.run, 1, ann)
    old = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    mark(session.run, 1, ann, status=MarkStatus.NOT_RECORDED)
    page = submit(pages, old, {f"mark-{ann.id}": "absent_no_notice"})
    assert page.errors == [
        f"The mark of {ann.name} was taken back after this page was opened. To record one, save again"
    ]
    assert page.value(f"mark-{ann.id}") == "absent_no_notice"
    assert statuses(session) == []
    assert "1 mark changed" in submit(pages, page, {}).text
    assert statuses(session) == ["absent_no_notice"]


def test_am12_an_old_page_that_is_refused_shows_what_others_recorded_meanwhile(pages, travel_to) -> None:
    """The trainer forgets Ann’s minutes; meanwhile Ben was marked, and Cas’s mark was taken back."""
    travel_to(TUESDAY)
    user, session, (ann, ben, cas) = a_register(people=3)
    mark(session.run, 1, cas)
    old = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    mark(session.run, 1, ben, status=MarkStatus.PARTIAL, minutes=100)
    mark(session.run, 1, cas, status=MarkStatus.NOT_RECORDED)
    page = submit(pages, old, {f"mark-{ann.id}": "partial"}, button="Mark all attended")
    assert page.errors == [f"Enter how many minutes {ann.name} attended"]
    told = [one.get_text() for one in page.soup.select("form .govuk-inset-text li")]
    assert told == [f"{ben.name}: attended in part, by Command line", f"{cas.name}: mark taken back"]
    chosen = [page.value(f"mark-{one.id}") for one in (ann, ben, cas)]
    assert (chosen, page.value(f"minutes-{ben.id}")) == (["partial", "partial", "not_recorded"], "100")
    page = submit(pages, page, {f"minutes-{ann.id}": "200"})
    assert "1 mark changed" in page.text
    assert not page.soup.select("form .govuk-inset-text")
    assert statuses(session) == ["partial", "partial"]


def test_am12_marking_all_does_not_bring_back_what_somebody_took_back_meanwhile(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, (ann, ben) = a_register(people=2)
    mark(session.run, 1, ann)
    old = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    mark(session.run, 1, ann, status=MarkStatus.NOT_RECORDED)
    assert "1 mark changed" in submit(pages, old, {}, button="Mark all attended").text
    assert [one.person_id for one in db.session.scalars(queries.marks_of(session))] == [ben.id]


def test_tr02_who_came_onto_the_register_since_is_neither_asked_about_nor_changed(pages, travel_to) -> None:
    """The academy adds Cas, in part, and Dee; the trainer’s page has Ann and Ben alone."""
    travel_to(TUESDAY)
    user, session, (ann, ben) = a_register(people=2)
    old = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    cas, dee = factories.staff(), factories.staff()
    factories.booking(session.run, dee)
    mark(session.run, 1, cas, status=MarkStatus.PARTIAL, minutes=100)
    page = submit(pages, old, {f"mark-{ann.id}": "partial"}, button="Mark all attended")
    assert page.errors == [f"Enter how many minutes {ann.name} attended"]
    shown = {one.id: page.value(f"shown-{one.id}") for one in (ben, cas, dee)}
    assert shown == {ben.id: "not_recorded", cas.id: "partial 100", dee.id: "not_recorded"}
    assert "2 marks changed" in submit(pages, old, {}, button="Mark all attended").text
    assert statuses(session) == ["attended", "attended", "partial"]
    typed = {f"mark-{ann.id}": "attended", f"minutes-{cas.id}": "120"}
    assert "1 mark changed" in submit(pages, page, typed).text
    assert db.session.scalars(queries.marks_of(session)).all()[2].minutes == 120


@pytest.mark.parametrize(
    ("status", "minutes"),
    [(MarkStatus.ATTENDED, 30), (MarkStatus.ATTENDED_LATE, 320), (MarkStatus.PARTIAL, 100)],
)
def test_tr02_saving_a_register_changes_no_mark_of_a_row_that_nobody_touched(
    pages, travel_to, status, minutes
) -> None:
    """Nor does it ask anything of a mark that came otherwise and says what no row of a page could."""
    travel_to(TUESDAY)
    user, session, (ann, ben) = a_register(people=2)
    mark(session.run, 1, ann, status=status, minutes=minutes)
    before = db.session.scalars(queries.marks_of(session)).one()
    if status is MarkStatus.PARTIAL:
        before.minutes = 400  # more than its session has lasted since
        db.session.flush()
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    assert "1 mark changed" in submit(pages, page, {f"mark-{ben.id}": "attended"}).text
    assert before.superseded_at is None


def test_u23_no_row_says_of_one_person_that_the_session_was_not_held(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, (ann,) = a_register(people=1)
    pages.sign_in(user)
    path = f"/sessions/{session.id}/register"
    page = pages.post(path, {f"mark-{ann.id}": "not_held", f"shown-{ann.id}": "not_recorded"})
    assert page.errors == [f"Choose one of the marks for {ann.name}"]
    assert statuses(session) == []


def test_a_session_that_was_not_held_stays_so_in_rows_that_nobody_touched(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, (ann, ben) = a_register(people=2)
    mark(session.run, 1, ann, ben, status=MarkStatus.NOT_HELD)
    page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
    assert "1 mark changed" in submit(pages, page, {f"mark-{ben.id}": "attended"}).text
    assert statuses(session) == ["not_held", "attended"]


def test_the_statements_of_a_register_do_not_grow_with_its_people(pages, travel_to) -> None:
    travel_to(TUESDAY)
    asked = []
    for count in (2, 16):
        user, session, _ = a_register(people=count)
        page = pages.sign_in(user).get(f"/sessions/{session.id}/register")
        sent = submit(pages, page, {}, button="Mark all attended")
        again = {f"mark-{one}": "absent_no_notice" for one in _ids(sent)}
        asked.append((len(page.queries), len(sent.queries), len(submit(pages, sent, again).queries)))
    assert asked[0] == asked[1]


def _ids(page) -> list[str]:
    return [str(one["name"]).partition("-")[2] for one in page.soup.select("input[name^=shown-]")]


def test_lateness_follows_the_course_when_its_terms_change(travel_to) -> None:
    travel_to(TUESDAY)
    _, session, (person,) = a_register(people=1)
    course_id = session.run.version.course_id
    terms = db.session.scalars(select(CourseSettings).where(CourseSettings.course_id == course_id)).one()
    supersede(terms, by="Tests", now=factories.LONG_AGO)
    record(
        CourseSettings(course_id=course_id, minimum_percent=90, lateness_minutes=5),
        by="Tests",
        now=terms.superseded_at,
    )
    db.session.flush()
    mark(session.run, 1, person, status=MarkStatus.ATTENDED_LATE, minutes=320)
    assert [(one.status, one.counts) for one in db.session.scalars(select(Mark))] == [("partial", False)]


def test_4_9_who_gives_a_place_up_after_day_1_stays_on_the_register_of_day_1(travel_to) -> None:
    """Who is moved to another run after day 1 was there, or was not: the trainer still says which."""
    travel_to(TUESDAY - timedelta(days=1))
    week_later = TUESDAY + timedelta(days=7)
    run = factories.run(factories.course(components=2), days=[TUESDAY, week_later])
    before, after = factories.booking(run, factories.staff()), factories.booking(run, factories.staff())
    bookings.cancel(booking=before, by=ACADEMY, now=clock.now(), reason="Ill")
    travel_to(TUESDAY + timedelta(days=1))
    bookings.cancel(booking=after, by=ACADEMY, now=clock.now(), reason="Another team")
    mistaken = factories.booking(run, factories.staff(), confirmed_at=clock.now())
    travel_to(TUESDAY + timedelta(days=2))
    bookings.cancel(booking=mistaken, by=ACADEMY, now=clock.now(), reason="Booked by mistake")
    db.session.flush()

    first, second = run.sessions

    assert list(db.session.scalars(queries.people_on(first))) == [after.person]
    assert list(db.session.scalars(queries.people_on(second))) == []
    assert queries.register_counts([first.id, second.id]) == {first.id: (1, 0), second.id: (0, 0)}
