"""The section of a pack that tells of reach by sector (T08)."""

from __future__ import annotations

from app.board.queries.shape import Column, Section
from app.board.queries.whole import Whole
from app.figures import queries as figures
from app.figures.queries import ReachRow


def reach_by_sector(told: Whole) -> Section:
    """Of each target for reach, how many people of each sector every step has reached; small ones are hidden.

    Nothing of an academy without such a target. Those that count the same people, such as who was invited to
    a course and who attended it, share their rows.
    """
    columns = (
        Column("Target"),
        Column("Sector"),
        *(Column(step, is_number=True) for step in figures.REACH_STEPS.values()),
    )
    alike = figures.counting_alike([line.plan for line in told.lines if line.plan is not None])
    found = figures.reach_by_sector_of(
        [plans[0] for plans in alike], as_at=told.as_at, known_at=told.known_at
    )
    titles = {plans[0].target.id: "; ".join(one.target.title for one in plans) for plans in alike}
    shown = {target_id: figures.suppressed(sectors) for target_id, sectors in found.items()}
    rows = [
        (titles[target_id], one.sector, *_numbers(one))
        for target_id, sectors in shown.items()
        for one in sectors
    ]
    notes = ["Each person once in every step."] if rows else []
    if shown != found:
        notes.append(figures.SECTORS_NOT_SHOWN)
    notes += [f"{titles[one]}: nobody has been reached yet." for one, sectors in found.items() if not sectors]
    return Section("Reach by sector", columns, rows, notes)


def _numbers(row: ReachRow) -> tuple[object, ...]:
    return tuple(row.hiding.label if row.is_hidden else number for number in row.numbers)
