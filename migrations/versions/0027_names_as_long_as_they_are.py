"""room for the names of those who did something, and for the subjects of e-mails, as long as they can be

A first and a last name of 120 letters each are a name of 241, and its e-mailed link is named besides.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

LONGEST = 300
RECORDED = (
    "absence", "charge_decision", "cohort_requirement", "component_mapping", "course_terms", "deliverable_session",
    "equivalence", "mark", "membership", "milestone", "organisation_sector", "past_completion", "population_rule",
    "programme_dates", "session_date", "spell", "stated_figure", "stated_headcount", "target_end", "target_rule",
    "team_service",
)  # fmt: skip
OTHERS = {  # of 200 until now
    "absence_answer": ("answered_by",),
    "approval": ("decided_by",),
    "attendance_file": ("uploaded_by",),
    "audit_entry": ("actor_name",),
    "booking_move": ("by_name",),
    "claim": ("decided_by",),
    "colour_override": ("made_by", "ended_by"),
    "date_proposal": ("proposed_by", "decided_by"),
    "declared_training": ("declared_by", "decided_by"),
    "file_import": ("uploaded_by", "applied_by", "undone_by"),
    "invitation": ("invited_by",),
    "kept_apart": ("said_by",),
    "mark": ("accepted_by",),
    "merge": ("merged_by", "undone_by"),
    "pack": ("issued_by",),
    "partial_acceptance": ("asked_by", "decided_by"),
    "partly_held": ("noted_by", "decided_by"),
    "past_completion": ("approved_by",),
    "published_figure": ("published_by",),
    "register_link": ("made_by", "revoked_by"),
    "registration": ("decided_by",),
    "submission": ("by_name", "undone_by"),
    "user": ("name",),
}
# Each column with its length as it was.
WAS = {
    **{(table, column): 120 for table in RECORDED for column in ("recorded_by", "superseded_by")},
    **{(table, column): 200 for table, columns in OTHERS.items() for column in columns},
    ("role_grant", "granted_by"): 120,
    ("message", "subject"): 300,
}


def upgrade() -> None:
    _alter({where: "TEXT" if where[1] == "subject" else f"VARCHAR({LONGEST})" for where in WAS})


def downgrade() -> None:
    _alter({where: f"VARCHAR({length})" for where, length in WAS.items()})


def _alter(kinds: dict[tuple[str, str], str]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _say_on_sqlite(kinds)
        return
    for (table, column), kind in kinds.items():
        # The cast cuts what is too long on the way back; on the way there it rewrites no row.
        op.execute(f'ALTER TABLE "{table}" ALTER COLUMN {column} TYPE {kind} USING {column}::{kind}')


def _say_on_sqlite(kinds: dict[tuple[str, str], str]) -> None:
    """SQLite keeps a text of any length, so only the words change that tell how the tables were made: to make
    each of these anew, with its triggers and all that points at it, would say no more."""
    bind = op.get_bind()
    made = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table")
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    for (table, column), kind in kinds.items():
        words = bind.execute(made, {"table": table}).scalar_one()
        said, times = re.subn(rf"([\s(,]{column}) (VARCHAR\(\d+\)|TEXT)", rf"\1 {kind}", words)
        assert times == 1, f"{table}.{column} was found {times} times"
        op.execute(
            sa.text("UPDATE sqlite_schema SET sql = :said WHERE type = 'table' AND name = :table").bindparams(
                said=said, table=table
            )
        )
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql(
        f"PRAGMA schema_version = {version + 1}"
    )  # whoever has read the tables reads them anew
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")
