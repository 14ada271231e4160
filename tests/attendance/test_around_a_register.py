"""The pages around a register: what is decided about it, undone, added at the door, and printed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.bookings.models import Booking
from app.core.db import db
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus, Submission
from app.people.models import Person
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import mark
from tests.attendance.test_register import TUESDAY, a_register, submit


def _register(session) -> str:
    return f"/sessions/{session.id}/register"


def _marks() -> list[tuple[str, int | None, bool]]:
    live = select(Mark).where(Mark.superseded_at.is_(None)).order_by(Mark.person_id)
    return [(one.status.value, one.minutes, one.counts) for one in db.session.scalars(live)]


def test_tr03_a_trainer_asks_and_the_academy_finds_it_on_its_first_page(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, (ann, ben) = a_register(people=2)
    page = pages.sign_in(user).get(_register(session))
    typed = {f"mark-{one.id}": "partial" for one in (ann, ben)} | {
        f"minutes-{one.id}": "150" for one in (ann, ben)
    }
    page = submit(pages, page, typed)
    link = page.links()[f"Ask that it count for {ann.name}"]
    page = pages.submit(pages.get(link), {}, button="Ask the academy")
    assert page.errors == ["Say why this part of the session counts"]
    page = pages.submit(page, {"reason": "Called to court"}, button="Ask the academy")
    assert "The academy is asked" in page.text
    assert "Waits for the academy." in page.text

    pages.sign_in(factories.user(Role.ACADEMY_MANAGER, name="Ada Academy"))
    page = pages.get(pages.get("/").links()["1 person who attended in part waits for you to agree"])
    assert "Called to court" in page.text
    page = pages.submit(page, form="/decide", button=f"Let it count for {ann.name}")
    assert "counts from now on" in page.text
    assert "Nothing waits to be decided" in page.text
    assert _marks() == [("partial", 150, True), ("partial", 150, False)]
    page = pages.get(_register(session))
    assert "150 minutes, accepted by Ada Academy." in page.text
    page = pages.get(page.links()[f"Ask that it count for {ben.name}"])
    pages.submit(page, {"reason": "The same"}, button="Let it count")
    assert _marks()[1] == ("partial", 150, True)


def test_u13_the_wrong_register_is_undone_and_its_history_says_so(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, _ = a_register(people=3)
    page = pages.sign_in(user).get(_register(session))
    page = submit(pages, page, {}, button="Mark all attended")
    sent = db.session.scalars(select(Submission)).one()
    undo = "Undo what was recorded on 15 March 2022 at "
    (way,) = [words for words in page.links() if words.startswith(undo)]
    assert way.endswith(", 3 marks")
    page = pages.get(f"/submissions/{sent.id}/undo")
    assert [cell.text for cell in page.soup.select("tbody td span")] == ["Attended", "Not recorded"] * 3
    page = pages.submit(page, button="Undo it")
    assert "Undone: 3 marks changed." in page.text
    assert "Undone by Hilary Trainer" in page.text
    assert _marks() == []
    assert "undid this" in pages.get(f"/submissions/{sent.id}/undo").text


def test_u23_a_session_that_was_broken_off_counts_when_the_academy_says_so(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, _ = a_register(people=2)
    pages.sign_in(user)
    submit(pages, pages.get(_register(session)), {}, button="Mark all attended")
    path = f"/sessions/{session.id}/not-held"
    page = pages.submit(pages.get(path), {"what": "partly", "reason": "Fire alarm"}, button="Save")
    assert page.errors == ["Enter how many minutes were held"]
    page = pages.submit(page, {"minutes": "99999999999"}, button="Save")
    assert page.errors == ["Minutes that were held must be between 0 and 1,440"]
    for typed in ("0", "400"):
        page = pages.submit(page, {"minutes": typed}, button="Save")
        assert page.errors == ["Minutes must be between 1 and 359: the session was to last longer"]
    page = pages.submit(page, {"minutes": "150"}, button="Save")
    assert "broken off after 150 of 360 minutes." in page.text
    assert _marks() == [("partial", 150, False)] * 2

    pages.sign_in(factories.user(Role.ACADEMY_MANAGER, name="Ada Academy"))
    page = pages.get(pages.get("/registers/to-decide").links()[_decide_link(session)])
    page = pages.submit(page, {"decision": "counts"}, button="Decide")
    assert "It counts for 2 people from now on." in page.text
    assert _marks() == [("partial", 150, True)] * 2
    assert "Ada Academy decided" in pages.get(f"/sessions/{session.id}/partly-held").text

    pages.sign_in(user)
    for sent in db.session.scalars(select(Submission.id)).all():
        page = pages.post(f"/submissions/{sent}/undo", {})
        assert "Ada Academy has decided about this session since. Correct the marks" in page.text
    assert _marks() == [("partial", 150, True)] * 2


def _decide_link(session) -> str:
    return f"Decide what becomes of {session.run.code}, {session.component.title}"


def test_u23_the_day_is_held_again_for_those_who_were_there(pages, travel_to) -> None:
    travel_to(TUESDAY)
    _, session, _ = a_register(people=2)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    submit(pages, pages.get(_register(session)), {}, button="Mark all attended")
    page = pages.get(f"/sessions/{session.id}/not-held")
    pages.submit(page, {"what": "partly", "minutes": "150", "reason": "Fire alarm"}, button="Save")
    page = pages.get(f"/sessions/{session.id}/partly-held")
    page = pages.submit(page, {"decision": "again"}, button="Decide")
    assert page.errors == ["Enter the date on which it is held again"]
    when = {"held_on-day": "14", "held_on-month": "3", "held_on-year": "2022"}
    page = pages.submit(page, when, button="Decide")
    assert page.errors == ["Choose a date that is still to come"]
    page = pages.submit(page, when | {"held_on-day": "22"}, button="Decide")
    assert "everybody who was there has a place" in page.text
    run = db.session.scalars(select(Run).where(Run.code == f"{session.run.code}-1B")).one()
    assert run.sessions[0].held_on == date(2022, 3, 22)
    assert db.session.query(Booking).filter_by(run_id=run.id).count() == 2


def test_u23_what_was_said_by_mistake_is_taken_back_and_not_held_is_said_for_all(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, _ = a_register(people=2)
    pages.sign_in(user)
    submit(pages, pages.get(_register(session)), {}, button="Mark all attended")
    path = f"/sessions/{session.id}/not-held"
    pages.submit(pages.get(path), {"what": "partly", "minutes": "150", "reason": "Fire"}, button="Save")
    page = pages.get(pages.get(_register(session)).links()["It was held in full"])
    assert "Reason" not in page.text
    page = pages.submit(page, button="It was held in full")
    assert "The session was held in full: who was there to its end attended." in page.text
    assert _marks() == [("attended", None, True)] * 2
    page = pages.submit(
        pages.get(path), {"what": "not_held", "minutes": "0", "reason": "Snow"}, button="Save"
    )
    assert "not held for 2 people" in page.text
    assert _marks() == [("not_held", None, False)] * 2


def test_am12_once_the_register_is_locked_it_was_held_in_full_for_a_reason(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, _ = a_register(people=2)
    pages.sign_in(user)
    submit(pages, pages.get(_register(session)), {}, button="Mark all attended")
    typed = {"what": "partly", "minutes": "150", "reason": "Fire"}
    pages.submit(pages.get(f"/sessions/{session.id}/not-held"), typed, button="Save")
    travel_to("2022-04-04 10:00")
    path = f"/sessions/{session.id}/held-in-full"
    page = pages.sign_in(user).get(path)
    assert page.path == _register(session)
    assert "This register was locked after 29 March 2022. Ask the academy to correct it." in page.text
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(pages.get(_register(session)).links()["It was held in full"])
    page = pages.submit(page, button="It was held in full")
    assert page.errors == [
        f"The register of Day 1 of {session.run.code} was locked after 29 March 2022. "
        "Give a reason for changing it"
    ]
    assert _marks() == [("partial", 150, False)] * 2
    other_tab = pages.get(path)
    page = pages.submit(page, {"reason": "The alarm was at the next session"}, button="It was held in full")
    again = pages.submit(other_tab, {"reason": "As I said"}, button="It was held in full")
    assert (again.path, "not any more: nothing changed" in again.text) == (_register(session), True)
    assert _marks() == [("attended", None, True)] * 2
    assert "The alarm was at the next session" in pages.get(f"/runs/{session.run_id}/history").text


def test_am12_once_the_register_is_locked_what_was_held_counts_for_a_reason(pages, travel_to) -> None:
    travel_to(TUESDAY)
    _, session, _ = a_register(people=2)
    manager = factories.user(Role.ACADEMY_MANAGER)
    pages.sign_in(manager)
    submit(pages, pages.get(_register(session)), {}, button="Mark all attended")
    typed = {"what": "partly", "minutes": "150", "reason": "Fire"}
    pages.submit(pages.get(f"/sessions/{session.id}/not-held"), typed, button="Save")
    path = f"/sessions/{session.id}/partly-held"
    assert "Reason for the correction" not in pages.get(path).text
    travel_to("2022-04-04 10:00")
    page = pages.sign_in(manager).get(path)
    page = pages.submit(page, {"decision": "counts"}, button="Decide")
    assert page.errors == [
        f"The register of Day 1 of {session.run.code} was locked after 29 March 2022. "
        "Give a reason for changing it"
    ]
    assert _marks() == [("partial", 150, False)] * 2
    page = pages.submit(page, {"reason": "All of day 1 was taught by then"}, button="Decide")
    assert "It counts for 2 people from now on." in page.text
    assert _marks() == [("partial", 150, True)] * 2
    assert "All of day 1 was taught by then" in pages.get(f"/runs/{session.run_id}/history").text


def test_u23_a_day_is_held_again_without_a_reason_as_its_locked_register_stays(pages, travel_to) -> None:
    travel_to(TUESDAY)
    _, session, _ = a_register(people=1)
    manager = factories.user(Role.ACADEMY_MANAGER)
    pages.sign_in(manager)
    submit(pages, pages.get(_register(session)), {}, button="Mark all attended")
    typed = {"what": "partly", "minutes": "150", "reason": "Fire"}
    pages.submit(pages.get(f"/sessions/{session.id}/not-held"), typed, button="Save")
    travel_to("2022-04-04 10:00")
    page = pages.sign_in(manager).get(f"/sessions/{session.id}/partly-held")
    when = {"held_on-day": "12", "held_on-month": "4", "held_on-year": "2022"}
    page = pages.submit(page, when | {"decision": "again"}, button="Decide")
    assert "everybody who was there has a place" in page.text
    assert _marks() == [("partial", 150, False)]


def test_u23_a_session_that_was_decided_about_is_not_held_in_full(pages, travel_to) -> None:
    travel_to(TUESDAY)
    _, session, _ = a_register(people=1)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER, name="Ada Academy"))
    submit(pages, pages.get(_register(session)), {}, button="Mark all attended")
    typed = {"what": "partly", "minutes": "150", "reason": "Fire"}
    pages.submit(pages.get(f"/sessions/{session.id}/not-held"), typed, button="Save")
    pages.submit(pages.get(f"/sessions/{session.id}/partly-held"), {"decision": "counts"}, button="Decide")
    page = pages.get(f"/sessions/{session.id}/held-in-full")
    assert page.path == _register(session)
    assert "Ada Academy has decided already" in page.text
    assert "It was held in full" not in page.links()


def test_am17_a_walk_in_is_added_and_one_who_is_known_is_chosen(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, _ = a_register(people=2)
    session.capacity = 2
    known = factories.partner(first_name="Joy", last_name="Okafor")
    pages.sign_in(user)
    page = pages.get(pages.get(_register(session)).links()["Add somebody at the door"])
    typed = {
        "first_name": "Joy",
        "last_name": "Okafor",
        "organisation": "Riverside",
        "email": "joy@r.example",
    }
    page = pages.submit(page, typed, button="Mark as attended")
    assert page.errors == ["Somebody like them is known. Choose who it is"]
    assert "Who is it?" in page.text
    assert "Joy Okafor, Riverside School" in page.text
    page = pages.submit(page, {"choice": str(known.id)}, button="Mark as attended")
    assert "Joy Okafor is on the register and marked as attended." in page.text
    assert "3 people are on the register of a session for 2." in page.text
    assert "3 people are on the register of a session for 2." in pages.get(_register(session)).text
    assert "At the door, Hilary Trainer." in page.text
    assert _marks() == [("attended", None, True)]

    page = pages.submit(pages.get(f"/sessions/{session.id}/at-the-door"), typed, button="Mark as attended")
    mark(session.run, 1, known, status=MarkStatus.ABSENT_NO_NOTICE)
    page = pages.submit(page, {"choice": str(known.id)}, button="Mark as attended")
    assert page.errors == [
        "Joy Okafor is on the register already, marked “Absent, no notice”. Change that on the register"
    ]
    page = pages.submit(page, {"choice": "new"}, button="Mark as attended")
    added = db.session.scalars(select(Person).where(Person.email == "joy@r.example")).one()
    assert (added.kind, added.id != known.id, len(_marks())) == ("partner", True, 2)


def test_3_0_the_door_tells_a_trainer_nobodys_name_by_an_address(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, _ = a_register(people=1)
    factories.staff(first_name="Joan", last_name="Clayton", email="joan.clayton@council.example")
    typed = {"first_name": "Zed", "last_name": "Zorro", "organisation": "Castle Homes"}
    typed |= {"email": "joan.clayton@council.example"}
    page = pages.sign_in(user).get(f"/sessions/{session.id}/at-the-door")
    page = pages.submit(page, typed, button="Mark as attended")
    assert "Clayton" not in page.text
    assert "Zed Zorro is on the register and marked as attended." in page.text
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"/sessions/{session.id}/at-the-door"), typed, button="Mark as attended")
    assert "Joan Clayton" in page.text
    assert "Zed Zorro gave the address of: Joan Clayton" in pages.get(f"/runs/{session.run_id}/history").text


def test_a_sign_in_sheet_has_a_line_for_each_and_empty_ones(pages, travel_to) -> None:
    user, session, people = a_register(people=2)
    pages.sign_in(user)
    page = pages.get(f"/sessions/{session.id}/sign-in-sheet")
    assert len(page.soup.select(".takeup-sheet tbody tr")) == 2 + 8
    assert people[0].name in page.text
    assert "Child in Need" in page.text
    assert "Sign-in sheets of" in pages.get(f"/runs/{session.run_id}/sign-in-sheets").h1


def test_tr03_the_page_that_asks_is_there_while_there_is_something_to_ask(pages, travel_to) -> None:
    """The link to it may stand in another tab while the academy corrects the mark to attended."""
    travel_to(TUESDAY)
    user, session, (person,) = a_register(people=1)
    mark(session.run, 1, person, status=MarkStatus.PARTIAL, minutes=150)
    address = f"/marks/{db.session.scalars(select(Mark)).one().id}/ask-to-count"
    pages.sign_in(user)
    assert f"{person.name} attended 150 of" in pages.get(address).text
    mark(session.run, 1, person, status=MarkStatus.ATTENDED)
    page = pages.get(address)
    assert page.path == f"/sessions/{session.id}/register"
    assert "This mark was changed, so there is nothing to ask." in page.text
    whole = db.session.scalars(select(Mark).where(Mark.superseded_at.is_(None))).one()
    assert "None of" not in pages.get(f"/marks/{whole.id}/ask-to-count").text


def test_what_surrounds_a_register_is_for_those_who_may_mark_it(pages, travel_to) -> None:
    travel_to(TUESDAY)
    user, session, (person,) = a_register(people=1)
    mark(session.run, 1, person, status=MarkStatus.PARTIAL, minutes=150)
    kept, sent = db.session.scalars(select(Mark)).one(), db.session.scalars(select(Submission)).one()
    theirs = [
        f"/marks/{kept.id}/ask-to-count",
        f"/submissions/{sent.id}/undo",
        f"/sessions/{session.id}/not-held",
        f"/sessions/{session.id}/at-the-door",
        f"/sessions/{session.id}/sign-in-sheet",
        f"/runs/{session.run_id}/sign-in-sheets",
    ]
    for account, status in (
        (user, 200),
        (factories.user(Role.ACADEMY_MANAGER), 200),
        (factories.user(Role.TRAINER), 403),
        (factories.user(Role.BOARD_MEMBER), 403),
        (factories.user(Role.DFE_ADVISER), 403),
        (factories.user(Role.PRACTITIONER, of=person), 403),
    ):
        pages.sign_in(account)
        for path in theirs:
            pages.get(path, status=status)
    pages.sign_in(user).get("/registers/to-decide", status=403)
