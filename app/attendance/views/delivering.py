"""What was delivered: a trainer's own sessions, and those of a provider's trainers. Numbers alone. (TR-10)"""

from __future__ import annotations

from flask import render_template

from app.attendance import queries
from app.attendance.views.blueprint import bp
from app.commissioning.models import Provider
from app.core import clock
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires


@bp.get("/my-sessions")
@requires(Permission.MARK_REGISTERS)
def my_deliveries() -> str:
    """How many of one's own sessions were delivered, and how many are to come."""
    user_id = current_actor().user_id
    return _shown("What you deliver", queries.deliveries(clock.now(), user_id=user_id), provider=None)


@bp.get("/providers/<int:provider_id>/sessions")
@requires(Permission.SEE_COMMISSIONING)
def provider_deliveries(provider_id: int) -> str:
    """The same of a provider's trainers, for who looks after its contract."""
    provider = get_or_404(Provider, provider_id)
    found = queries.deliveries(clock.now(), provider_id=provider_id)
    return _shown(f"What {provider.name} delivers", found, provider=provider)


def _shown(title: str, found: list[queries.Delivery], *, provider: Provider | None) -> str:
    return render_template(
        "attendance/deliveries.html",
        title=title,
        deliveries=found,
        provider=provider,
        today=clock.today(),
    )
