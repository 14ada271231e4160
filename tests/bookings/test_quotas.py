"""Places kept for partners or a sector until a day is over (AM-05, MA-04), and what each person sees left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from app.audit.models import AuditEntry
from app.bookings import jobs, queries, rules
from app.bookings.models import Booking, BookingState, Quota
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.people.models import EmploymentType, Person
from app.sessions import rules as sessions
from app.sessions.models import Run, TrainingSession
from tests import factories
from tests.bookings.desk import academy, books, keeps, leaves, partner_of, quotas, sector, states
from tests.pages import Page, Pages

Travel = Callable[..., None]

CONFIRMED, WAITLISTED = BookingState.CONFIRMED, BookingState.WAITLISTED
TO_8_MARCH = date(2022, 3, 8)


@pytest.fixture
def run(travel_to: Travel) -> Run:
    """A run of 16 places on 22 March; today is 1 March."""
    travel_to("2022-03-01")
    of = factories.course(components=2, terms={"closes_days": 1})
    return factories.run(of, days=[date(2022, 3, 22), date(2022, 3, 29)], capacity=16, code="SOS2-07")


def sweep() -> None:
    db.session.commit()
    jobs.sweep(clock.now())


# --- As worked in the domain ---------------------------------------------------------------------------


def test_am05_the_13th_of_staff_waits_while_partners_still_book(run: Run, travel_to: Travel) -> None:
    """16 places, 4 kept for partners until 8 March. At 00:00 on the 9th the 3 unclaimed go to the queue."""
    keeps(run, 4, TO_8_MARCH)
    staff = [books(run) for _ in range(12)]
    waiting = [books(run) for _ in range(5)]
    assert states(*staff) == [CONFIRMED] * 12
    assert states(*waiting) == [WAITLISTED] * 5
    partner = books(run, factories.partner())
    assert partner.state is CONFIRMED
    travel_to("2022-03-08 23:59")
    sweep()
    assert states(*waiting) == [WAITLISTED] * 5
    travel_to("2022-03-09 00:00")
    sweep()
    assert states(*waiting) == [CONFIRMED] * 3 + [WAITLISTED] * 2
    assert queries.capacity_breaches() == []


def test_ma04_a_third_from_health_waits_while_the_polices_place_is_unclaimed(
    run: Run, travel_to: Travel
) -> None:
    for for_sector in ("Health", "Police"):
        keeps(run, 2, TO_8_MARCH, for_sector)
    assert states(*(books(run) for _ in range(12))) == [CONFIRMED] * 12
    health = [books(run, partner_of("Health")) for _ in range(3)]
    police = books(run, partner_of("Police"))
    assert states(*health, police) == [CONFIRMED, CONFIRMED, WAITLISTED, CONFIRMED]
    travel_to("2022-03-09 00:00")
    sweep()
    assert health[2].state is CONFIRMED


def test_a_partner_beyond_the_own_quota_claims_a_place_kept_for_any_partner(run: Run) -> None:
    keeps(run, 1, TO_8_MARCH, "Health")
    keeps(run, 1, TO_8_MARCH)
    assert states(*(books(run) for _ in range(14))) == [CONFIRMED] * 14
    assert states(*(books(run, partner_of("Health")) for _ in range(3))) == [CONFIRMED, CONFIRMED, WAITLISTED]


def test_a_freed_place_that_is_kept_for_partners_passes_staff_over(run: Run) -> None:
    keeps(run, 4, TO_8_MARCH)
    for _ in range(12):
        books(run)
    partners = [books(run, factories.partner()) for _ in range(4)]
    staff_waits, partner_waits = books(run), books(run, factories.partner())
    assert leaves(partners[0]) == [partner_waits]
    assert staff_waits.state is WAITLISTED


# --- Keeping, changing, releasing ----------------------------------------------------------------------


def test_a_sector_has_one_quota_and_every_change_is_kept_and_settles_the_run(run: Run) -> None:
    keeps(run, 4, TO_8_MARCH)
    for _ in range(12):
        books(run)
    first, second, third = books(run), books(run), books(run)
    assert keeps(run, 3, TO_8_MARCH) == [first]
    assert quotas(run) == [("Partners", 3)]
    assert rules.release_quota(run=run, sector_id=None, by=academy(), now=clock.now()) == [second, third]
    assert rules.release_quota(run=run, sector_id=None, by=academy(), now=clock.now()) == []
    entries = db.session.query(AuditEntry).filter_by(verb="run:places kept").order_by(AuditEntry.id)
    assert [entry.changes["Kept for Partners"] for entry in entries] == [
        [None, "4 places until 8 March 2022"],
        ["4 places until 8 March 2022", "3 places until 8 March 2022"],
        ["3 places until 8 March 2022", None],
    ]


@pytest.mark.parametrize(
    ("places", "until", "field", "sentence"),
    [
        (0, TO_8_MARCH, "places", "Places must be 1 or more"),
        (-2, TO_8_MARCH, "places", "Places must be 1 or more"),
        (17, TO_8_MARCH, "places", "Day 1 has 16 places. Keep 16 or fewer"),
        (4, date(2022, 2, 28), "kept_until", "Kept until must be today or later"),
    ],
)
def test_a_quota_that_makes_no_sense_has_its_own_sentence(
    run: Run, places: int, until: date, field: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken) as error:
        keeps(run, places, until)
    assert (error.value.message, error.value.field) == (sentence, field)
    assert quotas(run) == []


def test_all_quotas_together_stay_within_the_smallest_session(run: Run) -> None:
    run.sessions[1].capacity = 6
    keeps(run, 4, TO_8_MARCH, "Health")
    with pytest.raises(RuleBroken) as error:
        keeps(run, 3, TO_8_MARCH, "Police")
    assert error.value.message == "Day 2 has 6 places, of which 4 are kept for others. Keep 2 or fewer"
    keeps(run, 6, TO_8_MARCH, "Health")
    assert quotas(run) == [("Health", 6)]


def test_capacity_cannot_fall_below_what_is_kept(run: Run, travel_to: Travel) -> None:
    keeps(run, 4, TO_8_MARCH)
    session = run.sessions[0]
    with pytest.raises(RuleBroken) as error:
        rules.change_capacity(session=session, capacity=3, by=academy(), now=clock.now())
    assert error.value.message == "4 places are kept for partners. Enter 4 or more, or keep fewer"
    travel_to("2022-03-09")
    rules.change_capacity(session=session, capacity=3, by=academy(), now=clock.now())


def test_what_is_kept_fits_what_a_session_takes_by_now(run: Run) -> None:
    """Somebody else has cut a session since the page of the run was read."""
    sessions, (first, second) = TrainingSession.__table__, run.sessions
    assert (first.capacity, second.capacity) == (16, 16)
    db.session.execute(sessions.update().where(sessions.c.id == second.id).values(capacity=10))
    with pytest.raises(RuleBroken, match=r"^Day 2 has 10 places\. Keep 10 or fewer$"):
        keeps(run, 12, TO_8_MARCH)
    assert queries.capacity_breaches() == []


def test_a_sector_that_does_not_exist_and_a_cancelled_run_keep_nothing(run: Run) -> None:
    how = {"run": run, "places": 1, "kept_until": TO_8_MARCH, "now": clock.now()}
    with pytest.raises(RuleBroken, match="There is no such sector") as error:
        rules.keep_places(sector_id=99999, by=academy(), **how)
    assert error.value.field == "sector"
    with pytest.raises(NotAllowed):
        rules.keep_places(sector_id=None, by=factories.actor(Role.TRAINER), **how)
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Snow")
    with pytest.raises(RuleBroken, match=r"SOS2-07 was cancelled, so no places are kept on it\."):
        rules.keep_places(sector_id=None, by=academy(), **how)


def test_no_places_are_kept_on_a_run_that_has_begun(run: Run, travel_to: Travel, pages: Pages) -> None:
    keeps(run, 1, date(2022, 3, 20), "Health")
    travel_to("2022-03-20 16:00")
    keeps(run, 2, date(2022, 3, 20), "Health")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "Keep places for partners" in pages.get(f"/runs/{run.id}/places").links()
    travel_to("2022-03-22 09:30")
    for for_sector in ("Health", "Police"):
        with pytest.raises(RuleBroken, match=r"^SOS2-07 has begun, so no places are kept on it any more\.$"):
            keeps(run, 3, date(2022, 3, 20), for_sector)
    assert quotas(run) == [("Health", 2)]
    assert "Keep places for partners" not in pages.get(f"/runs/{run.id}/places").links()


# --- What each person sees left ------------------------------------------------------------------------


def test_places_left_are_those_that_this_person_could_have(run: Run, travel_to: Travel) -> None:
    other = factories.run(days=[date(2022, 3, 22), date(2022, 3, 29)], capacity=5)
    keeps(run, 2, TO_8_MARCH, "Health")
    keeps(run, 2, TO_8_MARCH, "Police")
    for _ in range(12):
        books(run)
    books(run, partner_of("Health"))
    staff, health, police = factories.staff(), partner_of("Health"), partner_of("Police")
    school = partner_of("Education")

    def left(person: object) -> list[int]:
        found = queries.places_left_for(person, [run, other], on=clock.today())
        return [found[run.id], found[other.id]]

    assert [left(one) for one in (staff, health, police, school)] == [[0, 5], [1, 5], [2, 5], [0, 5]]

    def offered(person: Person) -> list[int]:
        runs = queries.runs_with_places_for(person, [run.version.course_id], now=clock.now())
        return [one.id for one in db.session.scalars(runs)]

    assert run.id not in offered(staff)
    assert run.id in offered(health)
    travel_to("2022-03-09")
    assert [left(one)[0] for one in (staff, health, police, school)] == [3, 3, 3, 3]


@pytest.fixture
def next_run(run: Run) -> Run:
    """Another run of the course, whose 4 places are all kept for Health."""
    other = factories.run(
        run.version.course, days=[date(2022, 3, 23), date(2022, 3, 30)], capacity=4, code="SOS2-08"
    )
    keeps(other, 4, TO_8_MARCH, "Health")
    return other


@pytest.mark.parametrize("is_one_day", [False, True], ids=["the run", "a day"])
def test_am05_who_is_moved_finds_the_places_that_they_could_have(
    run: Run, next_run: Run, pages: Pages, *, is_one_day: bool
) -> None:
    day = {"session": run.sessions[0], "reason": "Missed it"} if is_one_day else {}
    staff, nurse = (
        rules.book(run=run, person=person, by=academy(), now=clock.now(), **day)
        for person in (factories.staff(), partner_of("Health"))
    )
    when = "Day 1 on Wed 23 Mar 2022" if is_one_day else "from Wed 23 Mar 2022"
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    for booking, left in ((nurse, "4 places"), (staff, "full: waiting list")):
        assert f"SOS2-08, {when} ({left})" in pages.get(f"/bookings/{booking.id}/move").text
    pages.submit(pages.get(f"/bookings/{staff.id}/move"), {"run": str(next_run.id)})
    assert queries.moved_to([staff.id])[staff.id].state is WAITLISTED


def test_am05_a_run_that_ends_goes_to_one_with_places_for_whoever_is_on_it(
    run: Run, next_run: Run, pages: Pages
) -> None:
    later = factories.run(run.version.course, days=[date(2022, 4, 5), date(2022, 4, 6)], code="SOS2-09")
    books(run, partner_of("Health"))
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/{run.id}/cancel")
    assert "SOS2-08, from Wed 23 Mar 2022 (4 places)" in page.text
    assert page.value("run") == str(next_run.id)
    books(run)
    page = pages.get(f"/runs/{run.id}/cancel")
    assert "SOS2-08, from Wed 23 Mar 2022 (full: waiting list)" in page.text
    assert page.value("run") == str(later.id)


def test_am05_the_list_of_the_not_booked_counts_the_places_left_for_those_on_it(
    run: Run, next_run: Run, pages: Pages
) -> None:
    factories.staff(last_name="Oduya"), partner_of("Health", last_name="Bello")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    for search, left in (("Bello", "4 places"), ("Oduya", "full: waiting list"), ("", "full: waiting list")):
        page = pages.get(f"/courses/{run.version.course_id}/not-booked?q={search}")
        assert f"SOS2-08, from Wed 23 Mar 2022 ({left})" in page.text


def test_places_left_of_one_day_are_those_of_the_sector_of_that_day(run: Run) -> None:
    """Whoever changes to a trust between the two days sees as many left as the booking then finds."""
    second = run.sessions[1]
    person = partner_of("Education")
    person.spells[0].last_day = run.sessions[0].held_on
    trust = factories.organisation("Health trust", "Health")
    factories.spell(
        person, first_day=second.held_on, employment_type=EmploymentType.PARTNER, organisation_id=trust.id
    )
    keeps(run, 16, TO_8_MARCH, "Health")
    assert queries.places_left_for(person, [run], on=clock.today()) == {run.id: 0}
    assert queries.seats_left_for(person, [second], on=clock.today()) == {second.id: 16}
    booking = rules.book(run=run, session=second, person=person, by=academy(), now=clock.now(), reason="Test")
    assert (booking.state, booking.sector_id) == (CONFIRMED, sector("Health").id)


def test_a_copied_run_keeps_nothing(run: Run) -> None:
    keeps(run, 4, TO_8_MARCH)
    [copy] = sessions.copy_run(run=run, starts_on=[date(2022, 5, 3)], by=academy(), now=clock.now())
    assert (quotas(run), quotas(copy)) == ([("Partners", 4)], [])
    assert sector("Health").id
    assert db.session.query(Booking).count() == 0


# --- As long as they could still go to the waiting list ------------------------------------------------


@pytest.mark.parametrize(
    ("closes_days", "last"),
    [(1, date(2022, 3, 20)), (3, date(2022, 3, 16)), (0, date(2022, 3, 21))],
    ids=["closes on Monday the 21st", "closes on Thursday the 17th", "closes when it begins"],
)
def test_am05_places_are_kept_until_the_day_before_booking_closes_at_the_latest(
    travel_to: Travel, closes_days: int, last: date
) -> None:
    """Of a run on Tuesday 22 March; what nobody claims goes to the queue while places are still given."""
    travel_to("2022-03-01")
    of = factories.course(components=1, terms={"closes_days": closes_days})
    run = factories.run(of, days=[date(2022, 3, 22)], capacity=1, code="SOS2-07")
    sentence = f"Kept until must be {last.day} March 2022 or earlier, so that the places can still go to the"
    with pytest.raises(RuleBroken, match=sentence) as error:
        keeps(run, 1, last + timedelta(days=1))
    assert error.value.field == "kept_until"
    keeps(run, 1, last)
    waits = books(run)
    travel_to(f"{last} 23:59")
    sweep()
    assert waits.state is WAITLISTED
    travel_to(f"{last + timedelta(days=1)} 00:00")
    sweep()
    assert waits.state is CONFIRMED


def test_am05_on_the_day_on_which_booking_closes_no_places_are_kept(run: Run, travel_to: Travel) -> None:
    travel_to("2022-03-21 09:00")
    with pytest.raises(RuleBroken, match="Booking for SOS2-07 closes too soon for places to be kept"):
        keeps(run, 1, date(2022, 3, 21))


def moved(pages: Pages, run: Run, to: date) -> Page:
    day = {f"held_on-{part}": str(getattr(to, part)) for part in ("day", "month", "year")}
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    return pages.submit(pages.get(f"/runs/{run.id}/sessions/1/edit"), day)


def test_am05_a_run_that_is_moved_keeps_places_no_longer_than_they_could_go_to_the_queue(
    run: Run, pages: Pages, travel_to: Travel
) -> None:
    """Kept until Sunday 20 March on a run of the 22nd, which moves to Tuesday the 15th."""
    keeps(run, 16, date(2022, 3, 20), "Health")
    waits = books(run)
    page = moved(pages, run, date(2022, 3, 15))
    assert "The places for Health are kept until 13 March 2022 only: booking closes sooner." in page.text
    assert "kept for others until the end of 13 March 2022" in pages.get(f"/runs/{run.id}/places").text
    entry = db.session.query(AuditEntry).filter_by(verb="run:places kept").order_by(AuditEntry.id).all()[-1]
    assert entry.changes["Kept for Health"] == [
        "16 places until 20 March 2022",
        "16 places until 13 March 2022",
    ]
    travel_to("2022-03-14 00:00")
    sweep()
    assert waits.state is CONFIRMED


def test_am05_a_run_that_is_moved_so_near_keeps_none_and_they_go_to_the_queue_at_once(
    run: Run, pages: Pages
) -> None:
    keeps(run, 16, date(2022, 3, 20), "Health")
    waits = books(run)
    page = moved(pages, run, date(2022, 3, 2))
    assert "The places for Health are no longer kept: booking closes sooner." in page.text
    assert (quotas(run), waits.state) == ([], CONFIRMED)


def test_am05_a_run_that_is_moved_away_keeps_them_as_long_as_before(run: Run, pages: Pages) -> None:
    keeps(run, 4, TO_8_MARCH)
    assert "booking closes sooner" not in moved(pages, run, date(2022, 3, 23)).text
    assert [one.kept_until for one in db.session.query(Quota)] == [TO_8_MARCH]
