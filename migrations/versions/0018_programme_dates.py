"""the dates of programmes as facts, with what they were"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

LIVE = sa.text("superseded_at IS NULL")
CHECK = "ck_programme_deadline_not_before_start"


def upgrade() -> None:
    op.create_table(
        "programme_dates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "deadline >= starts_on", name=op.f("ck_programme_dates_deadline_not_before_start")
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at", name=op.f("ck_programme_dates_superseded_after_recorded")
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_programme_dates_superseded_at_and_by_together"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_programme_dates_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_dates")),
    )
    op.create_index(op.f("ix_programme_dates_programme_id"), "programme_dates", ["programme_id"])
    op.create_index(
        "uq_programme_dates_live",
        "programme_dates",
        ["programme_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.execute(
        "INSERT INTO programme_dates "
        "(programme_id, starts_on, deadline, recorded_at, recorded_by, entered_at) "
        "SELECT id, starts_on, deadline, created_at, 'Takeup', created_at FROM programme"
    )
    with op.batch_alter_table("programme") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.drop_column("starts_on")
        table.drop_column("deadline")


def downgrade() -> None:
    with op.batch_alter_table("programme") as table:
        table.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("deadline", sa.Date(), nullable=True))
        table.create_check_constraint(op.f(CHECK), "deadline >= starts_on")
    known = "FROM programme_dates WHERE programme_id = programme.id AND superseded_at IS NULL"
    op.execute(
        f"UPDATE programme SET starts_on = (SELECT starts_on {known}), deadline = (SELECT deadline {known})"
    )
    op.drop_table("programme_dates")
