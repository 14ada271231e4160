"""registers, completions and certificates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Both engines take a constraint with its new column; what has a default there has one in the models, too.
ADDED = {
    "course": {"accreditation": "VARCHAR(120)"},
    "course_terms": {
        "minimum_percent": "INTEGER DEFAULT 80 NOT NULL CONSTRAINT ck_course_terms_minimum_is_a_share "
        "CHECK (minimum_percent BETWEEN 1 AND 100)",
        "lateness_minutes": "INTEGER DEFAULT 15 NOT NULL CONSTRAINT ck_course_terms_lateness_in_reason "
        "CHECK (lateness_minutes BETWEEN 0 AND 240)",
        "is_in_order": "BOOLEAN DEFAULT false NOT NULL",
        "validity_months": "INTEGER CONSTRAINT ck_course_terms_valid_for_a_month_or_more "
        "CHECK (validity_months >= 1)",
    },
    "mark": {
        "submission_id": "INTEGER CONSTRAINT fk_mark_submission_id_submission REFERENCES submission (id)",
        "accepted_by": "VARCHAR(200) CONSTRAINT ck_mark_only_part_is_accepted "
        "CHECK (accepted_by IS NULL OR status = 'partial')",
    },
    "past_completion": {
        "kind": "VARCHAR(40) DEFAULT 'legacy' NOT NULL CONSTRAINT ck_past_completion_pastkind "
        "CHECK (kind IN ('legacy', 'prior_learning', 'elsewhere'))",
        "approved_by": "VARCHAR(200) "
        "CONSTRAINT ck_past_completion_approved_unless_from_before_the_registers "
        "CHECK ((kind = 'legacy') = (approved_by IS NULL))",
    },
}


NO_SHOW = "status = 'absent_no_notice' AND superseded_at IS NULL"


def upgrade() -> None:
    _create_tables()
    for table, columns in ADDED.items():
        for name, definition in columns.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {definition}")
    op.add_column("run", sa.Column("contacts_shown_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_mark_submission_id"), "mark", ["submission_id"])
    op.create_index(
        "ix_mark_no_show",
        "mark",
        ["person_id", "held_on"],
        sqlite_where=sa.text(NO_SHOW),
        postgresql_where=sa.text(NO_SHOW),
    )


def downgrade() -> None:
    op.drop_index("ix_mark_no_show", table_name="mark")
    op.drop_index(op.f("ix_mark_submission_id"), table_name="mark")
    op.drop_column("run", "contacts_shown_at")
    for table, columns in ADDED.items():
        for name in reversed(columns):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    for table in reversed(TABLES):
        op.drop_table(table)


TABLES = (
    "trainer_unable",
    "accreditation",
    "award",
    "equivalence",
    "reflection",
    "component_mapping",
    "declared_training",
    "date_proposal",
    "partly_held",
    "register_link",
    "submission",
    "attendance_file",
    "absence_answer",
    "partial_acceptance",
)


def _create_tables() -> None:
    op.create_table(
        "trainer_unable",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_trainer_unable_session_id_training_session"),
        ),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer.id"], name=op.f("fk_trainer_unable_trainer_id_trainer")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_trainer_unable")),
    )
    op.create_index(op.f("ix_trainer_unable_trainer_id"), "trainer_unable", ["trainer_id"], unique=False)
    op.create_table(
        "accreditation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer.id"], name=op.f("fk_accreditation_trainer_id_trainer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accreditation")),
        sa.UniqueConstraint("trainer_id", "name", name=op.f("uq_accreditation_trainer_id_name")),
    )
    op.create_index(op.f("ix_accreditation_expires_on"), "accreditation", ["expires_on"], unique=False)
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_why IS NULL)",
            name=op.f("ck_award_withdrawn_at_and_why_together"),
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_award_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_award_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("code", name=op.f("uq_award_code")),
    )
    op.create_index(op.f("ix_award_course_id"), "award", ["course_id"], unique=False)
    op.create_index(op.f("ix_award_person_id"), "award", ["person_id"], unique=False)
    op.create_index(
        "uq_award_standing",
        "award",
        ["person_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "equivalence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("satisfied_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_equivalence_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint(
            "course_id <> satisfied_by_id", name=op.f("ck_equivalence_no_course_satisfies_itself")
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at", name=op.f("ck_equivalence_superseded_after_recorded")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_equivalence_course_id_course")),
        sa.ForeignKeyConstraint(
            ["satisfied_by_id"], ["course.id"], name=op.f("fk_equivalence_satisfied_by_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equivalence")),
    )
    op.create_index(op.f("ix_equivalence_satisfied_by_id"), "equivalence", ["satisfied_by_id"], unique=False)
    op.create_index(
        "uq_equivalence_live",
        "equivalence",
        ["course_id", "satisfied_by_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "reflection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("learnt", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_reflection_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reflection_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection")),
    )
    op.create_index(op.f("ix_reflection_course_id"), "reflection", ["course_id"], unique=False)
    op.create_index(op.f("ix_reflection_person_id"), "reflection", ["person_id"], unique=False)
    op.create_table(
        "component_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_component_id", sa.Integer(), nullable=False),
        sa.Column("to_component_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_component_mapping_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint(
            "from_component_id <> to_component_id",
            name=op.f("ck_component_mapping_no_component_counts_for_itself"),
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at", name=op.f("ck_component_mapping_superseded_after_recorded")
        ),
        sa.ForeignKeyConstraint(
            ["from_component_id"],
            ["component.id"],
            name=op.f("fk_component_mapping_from_component_id_component"),
        ),
        sa.ForeignKeyConstraint(
            ["to_component_id"], ["component.id"], name=op.f("fk_component_mapping_to_component_id_component")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_component_mapping")),
    )
    op.create_index(
        op.f("ix_component_mapping_to_component_id"), "component_mapping", ["to_component_id"], unique=False
    )
    op.create_index(
        "uq_component_mapping_live",
        "component_mapping",
        ["from_component_id", "to_component_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "declared_training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column(
            "precision",
            sa.Enum(
                "exact",
                "on_or_before",
                name="dateprecision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "approved",
                "refused",
                name="claimstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("past_completion_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (past_completion_id IS NOT NULL)",
            name=op.f("ck_declared_training_approved_is_a_completion"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_declared_training_decided_or_not")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_declared_training_decided_at_and_by_together"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_declared_training_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["past_completion_id"],
            ["past_completion.id"],
            name=op.f("fk_declared_training_past_completion_id_past_completion"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_declared_training_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_training")),
        sa.UniqueConstraint("past_completion_id", name=op.f("uq_declared_training_past_completion_id")),
    )
    op.create_index(op.f("ix_declared_training_course_id"), "declared_training", ["course_id"], unique=False)
    op.create_index(op.f("ix_declared_training_person_id"), "declared_training", ["person_id"], unique=False)
    op.create_table(
        "date_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "declined",
                "withdrawn",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(length=200), nullable=False),
        sa.Column("proposed_by_user_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_date_proposal_decided_or_not")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_date_proposal_decided_at_and_by_together"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_date_proposal_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["proposed_by_user_id"], ["user.id"], name=op.f("fk_date_proposal_proposed_by_user_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name=op.f("fk_date_proposal_session_id_training_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_proposal")),
    )
    op.create_index(
        op.f("ix_date_proposal_proposed_by_user_id"), "date_proposal", ["proposed_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_date_proposal_session_id"), "date_proposal", ["session_id"], unique=False)
    op.create_index(
        "uq_date_proposal_open",
        "date_proposal",
        ["session_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "partly_held",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(length=200), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "open",
                "counts",
                "again",
                name="helddecision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(decision = 'open') = (decided_at IS NULL)", name=op.f("ck_partly_held_decided_or_not")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_partly_held_decided_at_and_by_together"),
        ),
        sa.CheckConstraint("minutes >= 1", name=op.f("ck_partly_held_a_minute_or_more")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name=op.f("fk_partly_held_session_id_training_session")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_partly_held")),
    )
    op.create_table(
        "register_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("to_email", sa.String(length=254), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)",
            name=op.f("ck_register_link_revoked_at_and_by_together"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name=op.f("fk_register_link_session_id_training_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_link")),
    )
    op.create_index(op.f("ix_register_link_session_id"), "register_link", ["session_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "register",
                "link",
                "check_in",
                "teams_report",
                "file",
                "at_the_door",
                "import",
                "correction",
                name="markway",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_submission_undone_at_and_by_together")
        ),
        sa.ForeignKeyConstraint(["by_user_id"], ["user.id"], name=op.f("fk_submission_by_user_id_user")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name=op.f("fk_submission_session_id_training_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index(op.f("ix_submission_by_user_id"), "submission", ["by_user_id"], unique=False)
    op.create_index(op.f("ix_submission_session_id"), "submission", ["session_id"], unique=False)
    op.create_table(
        "attendance_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("teams", "plain", name="filekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("filename", sa.String(length=250), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=200), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "submission_id IS NULL OR taken_at IS NOT NULL", name=op.f("ck_attendance_file_taken_has_a_time")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_attendance_file_session_id_training_session"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_attendance_file_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_file")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_attendance_file_submission_id")),
    )
    op.create_index(op.f("ix_attendance_file_session_id"), "attendance_file", ["session_id"], unique=False)
    op.create_index(op.f("ix_attendance_file_uploaded_at"), "attendance_file", ["uploaded_at"], unique=False)
    op.create_table(
        "absence_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["leaving_cause.id"], name=op.f("fk_absence_answer_cause_id_leaving_cause")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_absence_answer_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_absence_answer_session_id_training_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_answer")),
        sa.UniqueConstraint("person_id", "session_id", name=op.f("uq_absence_answer_person_id_session_id")),
    )
    op.create_index(op.f("ix_absence_answer_cause_id"), "absence_answer", ["cause_id"], unique=False)
    op.create_index(op.f("ix_absence_answer_session_id"), "absence_answer", ["session_id"], unique=False)
    op.create_table(
        "partial_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("is_agreed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_partial_acceptance_decided_at_and_by_together"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (is_agreed IS NULL)",
            name=op.f("ck_partial_acceptance_decided_at_and_how_together"),
        ),
        sa.ForeignKeyConstraint(["mark_id"], ["mark.id"], name=op.f("fk_partial_acceptance_mark_id_mark")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partial_acceptance")),
        sa.UniqueConstraint("mark_id", name=op.f("uq_partial_acceptance_mark_id")),
    )
