"""What a file calls the services, teams and role groups that it brings names nobody: the board reads them.

(3.0)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.core.db import db
from app.exchange.files import HrRow
from app.exchange.rules.known import table_label
from app.exchange.rules.plans import Plan
from app.exchange.rules.stops import NAMES
from app.people.queries import Named, everybody_named, named_in


def check_lists_name_nobody(
    plan: Plan, made: Collection[tuple[int, str, str]], rows: Iterable[HrRow]
) -> None:
    """Refuse what a file makes (line, list, name) under the name of somebody known or in the file."""
    if not made:
        return
    everybody = [Named(*row) for row in db.session.execute(everybody_named())]
    everybody += [
        Named(row.first_name, row.preferred_name, row.last_name, row.work_email, row.employee_number)
        for row in rows
        if row.is_right_in(*NAMES)
    ]
    if named_in("; ".join(name for _, _, name in made), everybody) is None:
        return  # looked at together, as there may be a hundred teams and thousands of people
    for line, table, name in made:
        if somebody := named_in(name, everybody):
            kind = table_label(table).lower()
            reason = f"The board reads what a {kind} is called, and this names {somebody}: rename it."
            plan.refuse(line, table, reason)
