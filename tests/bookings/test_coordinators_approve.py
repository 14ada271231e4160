"""A coordinator decides for their own organisation where the course wants an approval. (3.0, MA-05)"""

from __future__ import annotations

from typing import Any

import pytest

from app.bookings import rules
from app.bookings.models import BookingState
from app.core import clock
from app.core.errors import NotAllowed
from app.core.permissions import Role
from app.programmes.models import ApprovalMode
from tests import factories


def test_ma05_a_coordinator_is_asked_and_approves_for_their_own_organisation(pages: Any) -> None:
    school = factories.organisation()
    coordinator, colleague = factories.partner(school), factories.partner(school)
    account = factories.user(Role.COORDINATOR, of=coordinator)
    run = factories.run(factories.course(terms={"partner_approval": ApprovalMode.MANAGER}))
    own = factories.actor(Role.PARTNER, of=colleague)
    booking = rules.book(run=run, person=colleague, by=own, now=clock.now())
    assert (booking.state, booking.approval.approver) == (BookingState.REQUESTED, coordinator)
    elsewhere = factories.partner(factories.organisation("Ward 4", "Health"))
    with pytest.raises(NotAllowed):
        rules.approve(booking=booking, by=factories.actor(Role.COORDINATOR, of=elsewhere), now=clock.now())
    pages.sign_in(account)
    assert "1 request" in pages.get("/").text
    assert colleague.name in pages.get("/requests").text
    page = pages.get(f"/bookings/{booking.id}/request")
    pages.post(page.path, {"answer": "approve"})
    assert booking.state is BookingState.CONFIRMED


def test_without_a_coordinator_the_academy_is_asked() -> None:
    partner = factories.partner()
    run = factories.run(factories.course(terms={"partner_approval": ApprovalMode.MANAGER}))
    by = factories.actor(Role.PARTNER, of=partner)
    booking = rules.book(run=run, person=partner, by=by, now=clock.now())
    assert booking.approval.approver is None
