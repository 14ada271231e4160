"""merges of two records of one person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

STANDS = sa.text("undone_at IS NULL")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE person ADD COLUMN merged_into_id INTEGER "
        "CONSTRAINT fk_person_merged_into_id_person REFERENCES person (id) "
        "CONSTRAINT ck_person_not_merged_into_itself CHECK (merged_into_id <> id)"
    )
    op.create_index("ix_person_merged_into_id", "person", ["merged_into_id"])
    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survivor_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by", sa.String(length=200), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.CheckConstraint("survivor_id <> merged_id", name=op.f("ck_merge_two_records")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_merge_undone_at_and_by_together")
        ),
        sa.ForeignKeyConstraint(["survivor_id"], ["person.id"], name=op.f("fk_merge_survivor_id_person")),
        sa.ForeignKeyConstraint(["merged_id"], ["person.id"], name=op.f("fk_merge_merged_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index("ix_merge_survivor_id", "merge", ["survivor_id"])
    op.create_index("ix_merge_merged_id", "merge", ["merged_id"])
    op.create_index(
        "uq_merge_stands", "merge", ["merged_id"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
    )
    op.create_table(
        "kept_apart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_kept_apart_each_pair_once")),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_kept_apart_first_id_person")),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_kept_apart_second_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_apart")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_kept_apart_first_id_second_id")),
    )
    op.create_index("ix_kept_apart_second_id", "kept_apart", ["second_id"])


def downgrade() -> None:
    op.drop_index("ix_kept_apart_second_id", table_name="kept_apart")
    op.drop_table("kept_apart")
    op.drop_index("uq_merge_stands", table_name="merge")
    op.drop_index("ix_merge_merged_id", table_name="merge")
    op.drop_index("ix_merge_survivor_id", table_name="merge")
    op.drop_table("merge")
    op.drop_index("ix_person_merged_into_id", table_name="person")
    op.execute("ALTER TABLE person DROP COLUMN merged_into_id")
