"""what people need to take part"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_need_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_need_booking_id")),
    )
    _make_joining()
    _make_interest()


def _make_joining() -> None:
    op.create_table(
        "joining_instructions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("is_instead", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(course_id IS NULL) <> (run_id IS NULL)",
            name=op.f("ck_joining_instructions_of_a_course_or_of_a_run"),
        ),
        sa.CheckConstraint(
            "run_id IS NOT NULL OR NOT is_instead",
            name=op.f("ck_joining_instructions_only_a_run_has_its_own_instead"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_joining_instructions_course_id_course")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_joining_instructions_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_instructions")),
        sa.UniqueConstraint("course_id", name=op.f("uq_joining_instructions_course_id")),
        sa.UniqueConstraint("run_id", name=op.f("uq_joining_instructions_run_id")),
    )
    op.create_table(
        "material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(course_id IS NULL) <> (run_id IS NULL)", name=op.f("ck_material_of_a_course_or_of_a_run")
        ),
        sa.CheckConstraint("substr(address, 1, 8) = 'https://'", name=op.f("ck_material_address_is_https")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_material_counted_from_one")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_material_course_id_course")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_material_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
    )
    op.create_index(op.f("ix_material_course_id"), "material", ["course_id"])
    op.create_index(op.f("ix_material_run_id"), "material", ["run_id"])


def _make_interest() -> None:
    op.create_table(
        "interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_interest_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interest_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("course_id", "person_id", name=op.f("uq_interest_course_id_person_id")),
    )
    op.create_index(op.f("ix_interest_person_id"), "interest", ["person_id"])
    op.create_table(
        "told_of_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_told_of_run_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_told_of_run_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_of_run")),
        sa.UniqueConstraint("person_id", "run_id", name=op.f("uq_told_of_run_person_id_run_id")),
    )
    op.create_index(op.f("ix_told_of_run_run_id"), "told_of_run", ["run_id"])


def downgrade() -> None:
    for table in ("told_of_run", "interest", "material", "joining_instructions", "need"):
        op.drop_table(table)
