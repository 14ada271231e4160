"""Places kept for partners: how many of a session's free seats somebody may not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select

from app.bookings.models import Quota


def quotas_of(run_id: int, *, on: date | None = None) -> Select[tuple[Quota]]:
    """The quotas of a run; with `on`, those that still keep places on that day."""
    statement = select(Quota).where(Quota.run_id == run_id).order_by(Quota.kept_until, Quota.id)
    return statement if on is None else statement.where(Quota.kept_until >= on)


def kept_for_others(quotas: Sequence[Quota], taken: Counter[int | None], sector_id: int | None) -> int:
    """How many free seats of a session are kept for people who are not from this sector (None: staff).

    `taken` counts the seats held from each sector. A sector's own quota is claimed first; who comes beyond
    it, and partners of sectors without one, claim the places kept for partners of any sector.

    Capacity 16 with 4 kept for partners: 12 staff leave 4 kept from the 13th, and 0 from a partner (AM-05).
    Kept are 2 for Health and 1 for the Police, with 2 from Health there: 1 is kept from a third (MA-04).
    """
    kept, beyond = 0, Counter({sector: seats for sector, seats in taken.items() if sector is not None})
    for quota in quotas:
        if quota.sector_id is not None:
            claimed = min(quota.places, beyond[quota.sector_id])
            beyond[quota.sector_id] -= claimed
            if quota.sector_id != sector_id:
                kept += quota.places - claimed
    for quota in quotas:
        if quota.sector_id is None and sector_id is None:
            kept += max(0, quota.places - beyond.total())
    return kept
