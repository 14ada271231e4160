"""targets that end"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LIVE = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "target_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("reason IS NOT NULL", name=op.f("ck_target_end_says_why")),
        sa.CheckConstraint(
            "superseded_at > recorded_at", name=op.f("ck_target_end_superseded_after_recorded")
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_target_end_superseded_at_and_by_together"),
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_target_end_target_id_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_end")),
    )
    op.create_index("ix_target_end_target_id", "target_end", ["target_id"])
    op.create_index(
        "uq_target_end_live",
        "target_end",
        ["target_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def downgrade() -> None:
    op.drop_table("target_end")
