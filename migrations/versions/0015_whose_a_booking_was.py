"""whose a booking was before a merge, and marks by the days of each person"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LIVE = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    former_holder = op.create_table(
        "former_holder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_former_holder_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_former_holder_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_holder")),
    )
    op.create_index("ix_former_holder_booking_id", "former_holder", ["booking_id", "until", "id"])
    op.create_index("ix_former_holder_person_id", "former_holder", ["person_id"])
    op.bulk_insert(former_holder, sorted(_known_of_merges(), key=lambda row: row["until"]))
    op.create_index(
        "ix_mark_person_day",
        "mark",
        ["person_id", "held_on", "counts", "status", "session_id", "version_id", "superseded_at"],
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def downgrade() -> None:
    op.drop_index("ix_mark_person_day", "mark")
    op.drop_table("former_holder")


def _known_of_merges() -> Iterator[dict[str, Any]]:
    """What the merges until now tell of it: which bookings each gave away, and its undoing gave back."""
    merge = sa.table(
        "merge",
        sa.column("survivor_id", sa.Integer()),
        sa.column("merged_id", sa.Integer()),
        sa.column("merged_at", sa.DateTime(timezone=True)),
        sa.column("undone_at", sa.DateTime(timezone=True)),
        sa.column("changes", sa.JSON()),
    )
    for one in op.get_bind().execute(sa.select(merge)):
        for booking_id in one.changes.get("moved", {}).get("booking.person_id", []):
            yield {"booking_id": booking_id, "person_id": one.merged_id, "until": one.merged_at}
            if one.undone_at is not None:
                yield {"booking_id": booking_id, "person_id": one.survivor_id, "until": one.undone_at}
