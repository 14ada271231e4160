"""charges for places that were not used"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# One rate for each scope and first day; a course, a sector or both may be left open.
ONE_RATE = (
    ("uq_charge_rate_council", "course_id IS NULL AND sector_id IS NULL", ["is_for_staff", "from_day"]),
    (
        "uq_charge_rate_council_sector",
        "course_id IS NULL AND sector_id IS NOT NULL",
        ["sector_id", "from_day"],
    ),
    (
        "uq_charge_rate_course",
        "course_id IS NOT NULL AND sector_id IS NULL",
        ["course_id", "is_for_staff", "from_day"],
    ),
    (
        "uq_charge_rate_course_sector",
        "course_id IS NOT NULL AND sector_id IS NOT NULL",
        ["course_id", "sector_id", "from_day"],
    ),
)


def upgrade() -> None:
    op.add_column("booking_move", sa.Column("charged_percent", sa.Integer(), nullable=True))
    op.create_table(
        "charge_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("is_for_staff", sa.Boolean(), nullable=False),
        sa.Column("sector_id", sa.Integer(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("half_day", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("full_day", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.CheckConstraint(
            "half_day >= 0 AND full_day >= half_day", name=op.f("ck_charge_rate_a_full_day_costs_more")
        ),
        sa.CheckConstraint(
            "NOT is_for_staff OR sector_id IS NULL", name=op.f("ck_charge_rate_sectors_are_of_partners")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_charge_rate_course_id_course")),
        sa.ForeignKeyConstraint(["sector_id"], ["sector.id"], name=op.f("fk_charge_rate_sector_id_sector")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_rate")),
    )
    op.create_index(op.f("ix_charge_rate_course_id"), "charge_rate", ["course_id"])
    op.create_index(op.f("ix_charge_rate_sector_id"), "charge_rate", ["sector_id"])
    for name, which, columns in ONE_RATE:
        where = sa.text(which)
        op.create_index(name, "charge_rate", columns, unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "charge_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("is_charged", sa.Boolean(), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "is_charged OR reason IS NOT NULL", name=op.f("ck_charge_decision_waived_with_a_reason")
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at", name=op.f("ck_charge_decision_superseded_after_recorded")
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_charge_decision_superseded_at_and_by_together"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_charge_decision_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_charge_decision_session_id_training_session"),
        ),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["leaving_cause.id"], name=op.f("fk_charge_decision_cause_id_leaving_cause")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_decision")),
    )
    for column in ("booking_id", "session_id", "cause_id"):
        op.create_index(op.f(f"ix_charge_decision_{column}"), "charge_decision", [column])
    live = sa.text("superseded_at IS NULL")
    op.create_index(
        "uq_charge_decision_live",
        "charge_decision",
        ["booking_id", "session_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def downgrade() -> None:
    op.drop_table("charge_decision")
    op.drop_table("charge_rate")
    op.drop_column("booking_move", "charged_percent")
