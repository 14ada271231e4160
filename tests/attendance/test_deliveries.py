"""How many sessions were delivered, how many are scheduled, and how long is left. (TR-10)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from app.attendance import queries
from app.bookings import rules as bookings
from app.core import clock
from app.core.permissions import Role
from app.learning.models import MarkStatus
from tests import factories
from tests.attendance.marking import mark
from tests.pages import Pages


def test_tr10_delivered_scheduled_and_days_left(pages: Pages, travel_to: Callable[..., None]) -> None:
    travel_to("2022-02-01")
    user, provider = factories.user(Role.TRAINER), factories.provider()
    trainer = factories.trainer(user, provider_id=provider.id)
    programme = factories.programme(title="Signs of Safety", deadline=date(2022, 3, 31))
    course = factories.course(components=1, programme_id=programme.id)

    def run(day: int, month: int = 3, trainer_id: int = trainer.id):
        return factories.run(course, days=[date(2022, month, day)], trainer_id=trainer_id)

    person = factories.staff()
    run(1)
    not_held = run(2)
    factories.booking(not_held, person)
    run(3)  # it goes on while we look
    run(10)
    cancelled = run(11)
    bookings.cancel_run(
        run=cancelled, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now(), reason="Too few"
    )
    run(1, trainer_id=factories.trainer(provider_id=provider.id).id)
    run(1, trainer_id=factories.trainer().id)
    mark(not_held, 1, person, status=MarkStatus.NOT_HELD)
    travel_to("2022-03-03 12:00")
    assert queries.deliveries(clock.now(), user_id=user.id) == [
        queries.Delivery("Signs of Safety", delivered=1, scheduled=2, deadline=date(2022, 3, 31))
    ]
    (of_all,) = queries.deliveries(clock.now(), provider_id=provider.id)
    assert (of_all.delivered, of_all.scheduled) == (2, 2)
    pages.sign_in(user)
    page = pages.get(pages.get("/runs").links()["What you deliver"])
    assert "Signs of Safety 1 2 31 March 2022 28 days left" in page.text
    pages.get(f"/providers/{provider.id}/sessions", status=403)
    pages.sign_in(factories.user(Role.CONTRACT_MANAGER))
    page = pages.get(pages.get(f"/providers/{provider.id}").links()["Sessions delivered"])
    assert "Signs of Safety 2 2" in page.text
