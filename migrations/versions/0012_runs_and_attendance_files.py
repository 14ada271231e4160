"""files of runs and of attendance"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS_BEFORE = ("people", "completions", "partners", "cohort")
KINDS = (*KINDS_BEFORE, "runs", "attendance")


def upgrade() -> None:
    _change_kinds(KINDS)


def downgrade() -> None:
    op.execute("DELETE FROM file_import WHERE kind IN ('runs', 'attendance')")
    _change_kinds(KINDS_BEFORE)


def _change_kinds(kinds: tuple[str, ...]) -> None:
    """SQLite makes the table anew from a description that leaves the check out."""
    name = op.f("ck_file_import_importkind")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, "file_import", type_="check")
    with op.batch_alter_table("file_import", copy_from=_file_import()) as batch_op:
        batch_op.create_check_constraint(name, f"kind IN ({', '.join(map(repr, kinds))})")


def _file_import() -> sa.Table:
    return sa.Table(
        "file_import",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("filename", sa.String(length=250), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=200), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.String(length=200), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('previewed', 'applied', 'undone')", name="ck_file_import_importstate"),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name="fk_file_import_target_id_target"),
        sa.PrimaryKeyConstraint("id", name="pk_file_import"),
    )
