"""how many a document says that a cohort has, as a fact, with what it said before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

LIVE = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "stated_size",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("is_approximate", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=300), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=300), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("members >= 1", name=op.f("ck_stated_size_members_of_one_or_more")),
        sa.CheckConstraint(
            "superseded_at > recorded_at", name=op.f("ck_stated_size_superseded_after_recorded")
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_stated_size_superseded_at_and_by_together"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_stated_size_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_size")),
    )
    op.create_index(op.f("ix_stated_size_cohort_id"), "stated_size", ["cohort_id"])
    op.create_index(
        "uq_stated_size_live",
        "stated_size",
        ["cohort_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    # Nothing tells when a number was typed: it is taken as stated since the cohort was made.
    op.execute(
        "INSERT INTO stated_size (cohort_id, members, is_approximate, recorded_at, recorded_by, entered_at) "
        "SELECT id, stated_members, is_stated_approximately, created_at, 'Takeup', CURRENT_TIMESTAMP "
        "FROM cohort WHERE stated_members IS NOT NULL"
    )
    with op.batch_alter_table("cohort") as table:
        table.drop_constraint(op.f("ck_cohort_stated_members_of_one_or_more"), type_="check")
        table.drop_constraint(op.f("ck_cohort_approximate_only_when_stated"), type_="check")
        table.drop_column("stated_members")
        table.drop_column("is_stated_approximately")


def downgrade() -> None:
    with op.batch_alter_table("cohort") as table:
        table.add_column(sa.Column("stated_members", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("is_stated_approximately", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    now = "FROM stated_size WHERE cohort_id = cohort.id AND superseded_at IS NULL"
    op.execute(
        f"UPDATE cohort SET stated_members = (SELECT members {now}), "
        f"is_stated_approximately = (SELECT is_approximate {now}) WHERE EXISTS (SELECT 1 {now})"
    )
    with op.batch_alter_table("cohort") as table:
        table.alter_column("is_stated_approximately", existing_type=sa.Boolean(), server_default=None)
        table.create_check_constraint(op.f("ck_cohort_stated_members_of_one_or_more"), "stated_members >= 1")
        table.create_check_constraint(
            op.f("ck_cohort_approximate_only_when_stated"),
            "stated_members IS NOT NULL OR NOT is_stated_approximately",
        )
    op.drop_table("stated_size")
