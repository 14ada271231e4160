"""What a coordinator sees of the organisation: who came in a year, of how many that it states. (MA-10)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit import queries as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, record
from app.core.errors import NotAllowed
from app.core.permissions import Role
from app.figures import queries
from app.figures.queries.organisation import YearOfAttendance
from app.learning.models import Mark, MarkStatus
from app.people import rules as people
from app.people.models import EmploymentType, Organisation, Person, StatedHeadcount
from tests import factories
from tests.pages import Pages

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def school() -> Organisation:
    return factories.organisation("Riverside School")


@pytest.fixture
def coordinator(school: Organisation) -> User:
    return factories.coordinator(school, first_name="Cora", last_name="Ody")


def acting(of: Organisation) -> Actor:
    return factories.actor(Role.COORDINATOR, name="Cora Ody", organisation_ids=frozenset({of.id}))


def attended(person: Person, held_on: date, *, counts: bool = True) -> None:
    """A mark of a session held on a day."""
    run = factories.run(factories.course(components=1), days=[held_on])
    session = run.sessions[0]
    mark = Mark(
        person_id=person.id,
        session_id=session.id,
        version_id=run.version_id,
        component=1,
        status=MarkStatus.ATTENDED if counts else MarkStatus.ABSENT_NO_NOTICE,
        counts=counts,
        held_on=held_on,
    )
    record(mark, by="Tests", now=session.ends_at)
    db.session.flush()


# --- Who came, of how many ----------------------------------------------------------------------------------


def test_ma10_14_of_60_stated_is_23_percent(
    pages: Pages, coordinator: User, school: Organisation, travel_to: Callable[..., None]
) -> None:
    travel_to("2026-11-25")
    for _ in range(14):
        attended(factories.partner(school), date(2026, 5, 12))
    page = pages.sign_in(coordinator).get("/my-organisation")
    assert "14 of our people attended. No staff count is stated for 2026-27" in page.text
    page = pages.get(page.links()["State the staff count"])
    assert page.h1 == "Staff count in 2026-27"
    page = pages.submit(page, {"headcount": "60"})
    assert "14 of our people attended, 23% of the stated 60." in page.text
    assert "The staff count was entered by Cora Ody on 25 November 2026 at 09:00." in page.text


def test_ma05_somebody_is_found_by_name_and_booked_from_today(
    pages: Pages, coordinator: User, school: Organisation
) -> None:
    for name in ("Ann", "Ben"):
        factories.partner(school, first_name=name, last_name="Ames")
    page = pages.sign_in(coordinator).get(pages.sign_in(coordinator).get("/").links()["Book a colleague"])
    assert ("Ann Ames" in page.text, "Ben Ames" in page.text) == (True, True)
    page = pages.get(f"{page.path}?q=ann")
    assert ("Ann Ames" in page.text, "Ben Ames" in page.text) == (True, False)
    assert "Nobody of your organisation is found by that." in pages.get(f"{page.path}?q=zed").text


@pytest.mark.parametrize(
    ("came", "stated", "shown"),
    [(14, 60, "23%"), (0, 60, "0%"), (1, 263, "0.3%"), (262, 263, "99.6%"), (3, 3, "100%"), (3, 2, "150%")],
)
def test_4_5_the_share_is_shown_honestly(came: int, stated: int, shown: str) -> None:
    headcount = StatedHeadcount(headcount=stated)
    year = YearOfAttendance(year=2026, attended=frozenset(range(came)), stated=headcount)
    assert (year.shown, year.is_more_than_stated) == (shown, came > stated)


def test_ma10_who_counts_as_ours(school: Organisation) -> None:
    """Each once, by a mark that counts, of the year, while they belonged to the organisation."""
    hill = factories.organisation("Hill School")
    twice = factories.partner(school)
    attended(twice, date(2026, 4, 1))
    attended(twice, date(2027, 3, 31))
    attended(factories.partner(school), date(2026, 3, 31))  # the year before
    attended(factories.partner(school), date(2027, 4, 1))  # the year after
    attended(factories.partner(school), date(2026, 6, 1), counts=False)
    attended(factories.partner(hill), date(2026, 6, 1))
    moved = factories.person(kind=factories.PersonKind.PARTNER)
    partner = EmploymentType.PARTNER
    factories.spell(moved, employment_type=partner, organisation_id=school.id, last_day=date(2026, 6, 30))
    factories.spell(moved, employment_type=partner, organisation_id=hill.id, first_day=date(2026, 7, 1))
    attended(moved, date(2026, 6, 30))
    year = queries.attendance_of_year(school, 2026, as_at=date(2027, 3, 31))
    assert year.attended == {twice.id, moved.id}
    assert queries.attendance_of_year(school, 2026, as_at=date(2026, 3, 31)).count == 0


def test_ma10_a_number_that_is_stated_again_stays_on_record(school: Organisation) -> None:
    by = acting(school)
    for headcount in (60, 60, 64):
        people.state_headcount(organisation=school, year=2026, headcount=headcount, by=by, now=NOW)
    rows = db.session.execute(
        select(StatedHeadcount.headcount, StatedHeadcount.superseded_by).order_by(StatedHeadcount.id)
    ).all()
    assert [tuple(row) for row in rows] == [(60, "Cora Ody"), (64, None)]
    entries = db.session.scalars(audit.history_of("organisation", school.id)).all()
    assert [one.changes["People"] for one in entries] == [[60, 64], [None, 60]]


@pytest.mark.parametrize(
    ("headcount", "error"),
    [
        ("", "Enter how many people work for your organisation"),
        ("0", "Staff count must be between 1 and 100,000"),
        ("-3", "Staff count must be between 1 and 100,000"),
        ("many", "Staff count must be a whole number, like 16"),
    ],
)
def test_ma10_a_number_that_makes_no_sense_is_not_kept(
    pages: Pages, coordinator: User, headcount: str, error: str
) -> None:
    page = pages.sign_in(coordinator).get(f"/my-organisation/headcount/{queries.year_of(clock.today())}")
    assert pages.submit(page, {"headcount": headcount}).errors == [error]
    assert db.session.scalar(select(func.count(StatedHeadcount.id))) == 0


def test_ma10_nobody_states_a_number_for_another_organisation_or_a_year_to_come(
    pages: Pages, coordinator: User, school: Organisation
) -> None:
    hill = factories.organisation("Hill School")
    with pytest.raises(NotAllowed, match="You can act for your own organisation only"):
        people.state_headcount(organisation=hill, year=2026, headcount=5, by=acting(school), now=NOW)
    pages.sign_in(coordinator)
    for year in (queries.year_of(clock.today()) + 1, 1999):
        pages.get(f"/my-organisation/headcount/{year}", status=404)


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2027, 3, 31), "2026-27"), (date(2027, 4, 1), "2027-28"), (date(2099, 4, 1), "2099-00")],
)
def test_ma10_a_year_begins_on_1_april(day: date, words: str) -> None:
    assert queries.year_words(queries.year_of(day)) == words
