"""The pages of the terms of booking, the council's and a course's own; and what a course builds on."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.programmes import queries, rules
from app.programmes.models import ApprovalMode, BookingTerms, Course, NoticeUnit, Promotion
from app.programmes.rules import WORDS
from tests import factories

GENERAL = {"id", "is_council", "course_id"}


@pytest.fixture
def academy(pages: Any) -> Any:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def words(terms: BookingTerms) -> dict[str, list[str]]:
    return dict(rules.terms_in_words(terms))


# --- In words ------------------------------------------------------------------------------------------


def test_appendix_b_the_councils_terms_in_words() -> None:
    assert words(queries.council_terms()) == {
        "Approval": [
            "Staff: their manager approves it here",
            "Partners: they declare that their manager agrees, who is told",
            "A request holds its place for 3 working days, until 17:00; whoever is asked is reminded after 2",
        ],
        "Booking closes": ["1 working day before the first day, at the end of that day"],
        "When a place becomes free": [
            "It is offered to the first on the waiting list for 2 working days, until 17:00; for 4 working "
            "hours when the first day is as near as that"
        ],
        "Giving up a place": [
            "Free to cancel until 3 working days before the first day",
            "Later is recorded as late; the place goes to the next person all the same",
            "Nothing is charged",
        ],
        "When dates change": ["5 working days to say that they still come"],
        "Cover": ["A warning when more than 30% of a team is away on one day"],
        "A missed day": ["Can be booked alone, in another run of the course"],
    }


def test_other_terms_in_words() -> None:
    of = factories.course(
        terms={
            "has_charges": True,
            "notice_days": 14,
            "notice_unit": NoticeUnit.CALENDAR_DAYS,
            "early_notice_days": 28,
            "late_percent": 75,
            "has_catch_up": False,
            "partner_approval": ApprovalMode.MANAGER,
        }
    )
    said = words(of.terms)
    assert said["Approval"][:2] == [
        "Staff: none needed",
        "Partners: the coordinator of their organisation approves it here",
    ]
    assert said["Booking closes"] == ["When the first day begins"]
    assert said["When a place becomes free"] == ["It is theirs at once who are first on the waiting list"]
    assert said["Giving up a place"][:3] == [
        "Free to cancel until 28 calendar days before the first day",
        "50% of the charge until 14 calendar days before the first day",
        "75% of the charge after that; all of it for not coming",
    ]
    assert said["A missed day"] == ["Can’t be booked alone: the whole course is booked again"]
    of.terms.early_notice_days = None
    assert words(of.terms)["Giving up a place"][0] == (
        "Free to cancel until 14 calendar days before the first day"
    )


# --- Changing ------------------------------------------------------------------------------------------


def test_the_academy_changes_the_councils_terms(academy: Any) -> None:
    own = factories.course(title="Court skills")
    page = academy.get(academy.get("/programmes").links()["Terms of booking"])
    assert page.h1 == "Terms of booking"
    assert "Court skills" in page.text
    page = academy.get(page.links()["Change the terms of booking"])
    assert "Share charged after the free notice Of the charge for the day. Not coming costs all" in page.text
    fields = {column.name for column in BookingTerms.__table__.columns} - GENERAL
    assert fields == set(WORDS)
    assert all(page.soup.select(f"main [name='{name}']") for name in fields)
    page = academy.submit(page, {"notice_days": "5", "promotion": "confirm", "has_catch_up": None})
    assert "Free to cancel until 5 working days before the first day" in page.text
    terms = queries.council_terms()
    assert (terms.notice_days, terms.promotion, terms.has_catch_up) == (5, Promotion.CONFIRM, False)
    assert own.terms.notice_days == 3
    entry = db.session.query(AuditEntry).filter_by(verb="council:booking terms changed").one()
    assert entry.changes["Free notice"] == [3, 5]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"hold_days": "1"}, ["A request must hold its place at least until the reminder"]),
        ({"early_notice_days": "2"}, ["The earlier notice must be longer than the free notice"]),
        ({"early_percent": "80", "late_percent": "50"}, ["Later must not cost less than earlier"]),
        ({"offer_hours": "0"}, ["Shorter offer, when the first day is near must be between 1 and 40"]),
        ({"closes_days": ""}, ["Enter a number of days: booking closes"]),
        ({"cover_percent": "x"}, ["must be a whole number, like 16"]),
        ({"promotion": "never"}, ["Choose again: what you chose is not on the list any more"]),
    ],
)
def test_wrong_terms_come_back_with_what_was_typed(
    academy: Any, typed: dict[str, str], errors: list[str]
) -> None:
    page = academy.submit(academy.get("/programmes/booking/edit"), typed)
    assert len(page.errors) == len(errors)
    assert all(sentence in said for sentence, said in zip(errors, page.errors, strict=True))
    for name, value in typed.items():
        if name != "promotion":
            assert page.value(name) == value
    assert queries.council_terms().hold_days == 3


def test_a_course_has_terms_of_its_own_and_then_the_councils_again(academy: Any) -> None:
    of = factories.course(title="Court skills", terms={})
    page = academy.get(f"/courses/{of.id}")
    assert "Staff: their manager approves it here" in page.text
    assert "Free to cancel until 3 working days" in page.text
    page = academy.get(page.links()["See all terms of booking"])
    assert "This course goes by the council’s terms" in page.text
    page = academy.get(page.links()["Give it terms of its own"])
    page = academy.submit(page, {"staff_approval": "none", "notice_unit": "calendar_days"})
    assert "This course has terms of its own" in page.text
    assert "Staff: none needed" in page.text
    assert "3 calendar days" in page.text
    rules.change_council_terms(notice_days=9, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now())
    db.session.commit()
    assert (of.terms.notice_days, queries.council_terms().staff_approval) == (3, ApprovalMode.MANAGER)
    page = academy.submit(academy.get(f"/courses/{of.id}/booking"), form="/council")
    assert "This course goes by the council’s terms" in page.text
    assert "9 working days" in page.text
    assert queries.own_terms(of.id) is None


@pytest.mark.parametrize("role", [Role.CONTRACT_MANAGER, Role.TRAINER, Role.BOARD_MEMBER, Role.PRACTITIONER])
def test_only_the_academy_changes_terms(pages: Any, role: Role) -> None:
    of = factories.course()
    pages.sign_in(factories.user(role))
    for path in ("/programmes/booking/edit", f"/courses/{of.id}/booking/edit"):
        pages.get(path, status=403)
    pages.post(f"/courses/{of.id}/booking/council", status=403)
    if role is Role.CONTRACT_MANAGER:
        page = pages.get(f"/courses/{of.id}/booking")
        assert "Change its terms" not in page.text
        assert "Change the terms" not in pages.get("/programmes/booking").text


# --- A new course --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "is_own"),
    [({}, False), ({"staff_approval": "none"}, True), ({"partner_approval": "manager"}, True)],
)
def test_a_new_course_has_its_own_terms_only_when_they_differ(
    academy: Any, typed: dict[str, str], is_own: bool
) -> None:
    programme, basics = factories.programme(), factories.course(title="Basics", components=1)
    page = academy.get(f"/courses/new?programme={programme.id}")
    assert (page.value("staff_approval"), page.value("partner_approval")) == ("manager", "declared")
    values = {"title": "Court skills", "code": "COURT", "components": "Day 1", **typed}
    page = academy.submit(page, {**values, "prerequisites": [str(basics.id)]})
    assert page.h1 == "Court skills"
    assert "Basics" in page.text
    course = db.session.query(Course).filter_by(code="COURT").one()
    assert (queries.own_terms(course.id) is not None) is is_own
    expected = {"staff_approval": "manager", "partner_approval": "declared"} | typed
    assert {name: getattr(course.terms, name).value for name in expected} == expected
    assert course.prerequisites == [basics]


# --- Prerequisites -------------------------------------------------------------------------------------


def test_what_a_course_builds_on_is_ticked_and_a_loop_is_refused(academy: Any) -> None:
    first, second, third = (factories.course(title=title) for title in ("First", "Second", "Third"))
    for course, required in ((second, first), (third, second)):
        page = academy.get(f"/courses/{course.id}/edit")
        assert str(course.id) not in [box["value"] for box in page.soup.select("[name='prerequisites']")]
        page = academy.submit(page, {"prerequisites": [str(required.id)]})
        assert f"Complete first {required.title}" in page.text
    page = academy.submit(academy.get(f"/courses/{first.id}/edit"), {"prerequisites": [str(third.id)]})
    assert page.errors == ["Third builds on First, so First can’t build on it"]
    assert page.value("prerequisites") == str(third.id)
    assert (first.prerequisites, third.prerequisites) == ([], [second])
    page = academy.submit(academy.get(f"/courses/{third.id}/edit"), {"prerequisites": None})
    assert "Complete first Nothing" in page.text
    db.session.expire_all()
    assert third.prerequisites == []


def test_the_booking_page_says_what_a_course_builds_on(pages: Any) -> None:
    basics, court = factories.course(title="Basics"), factories.course(title="Court skills")
    court.prerequisites = [basics]
    run, person = factories.run(court), factories.staff()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/runs/{run.id}/book")
    assert "Builds on Basics" in page.text
    assert "Court skills builds on Basics, which you have not completed. Book Basics first." in page.text
