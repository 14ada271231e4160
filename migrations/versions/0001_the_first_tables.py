"""the first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("verb", sa.String(length=80), nullable=False),
        sa.Column("thing_type", sa.String(length=60), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("thing_label", sa.String(length=300), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_entry_thing", ["thing_type", "thing_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_verb"), ["verb"], unique=False)

    op.create_table(
        "cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("stated_members", sa.Integer(), nullable=True),
        sa.Column("is_stated_approximately", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stated_members >= 1", name=op.f("ck_cohort_stated_members_of_one_or_more")),
        sa.CheckConstraint(
            "stated_members IS NOT NULL OR NOT is_stated_approximately",
            name=op.f("ck_cohort_approximate_only_when_stated"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("code", name=op.f("uq_cohort_code")),
    )
    op.create_table(
        "demonstration",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_demonstration_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demonstration")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_heartbeat_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column("slot", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "running",
                "done",
                "failed",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
    )
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_run_started_at"), ["started_at"], unique=False)
        batch_op.create_index("uq_job_run_slot", ["job", "slot"], unique=True)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("to_name", sa.String(length=250), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("secret", sa.String(length=100), nullable=True),
        sa.Column("about_type", sa.String(length=60), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "failed",
                "withdrawn",
                name="messagestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("useful_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(state = 'sending') = (claimed_at IS NOT NULL)",
            name=op.f("ck_message_sending_is_claimed"),
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)",
            name=op.f("ck_message_sent_has_a_time"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_about", ["about_type", "about_id"], unique=False)
        batch_op.create_index("ix_message_due", ["state", "next_try_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_kind"), ["kind"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "staff",
                "partner",
                "panel_member",
                name="personkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("employee_number", sa.String(length=40), nullable=True),
        sa.Column("first_name", sa.String(length=120), nullable=False),
        sa.Column("last_name", sa.String(length=120), nullable=False),
        sa.Column("preferred_name", sa.String(length=120), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("swe_number", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind = 'staff' OR employee_number IS NULL",
            name=op.f("ck_person_only_staff_have_numbers"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_in_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("employee_number", name=op.f("uq_person_employee_number")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_name", ["last_name", "first_name"], unique=False)

    op.create_table(
        "population",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population")),
        sa.UniqueConstraint("code", name=op.f("uq_population_code")),
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("name", name=op.f("uq_provider_name")),
    )
    op.create_table(
        "role_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_group")),
        sa.UniqueConstraint("name", name=op.f("uq_role_group_name")),
    )
    op.create_table(
        "sector",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sector")),
        sa.UniqueConstraint("name", name=op.f("uq_sector_name")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("name", name=op.f("uq_service_name")),
    )
    op.create_table(
        "venue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("name", name=op.f("uq_venue_name")),
    )
    op.create_table(
        "wrong_password",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_password")),
    )
    with op.batch_alter_table("wrong_password", schema=None) as batch_op:
        batch_op.create_index("ix_wrong_password_email_at", ["email", "at"], unique=False)

    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_absence_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absence_last_day_not_before_first")),
        sa.CheckConstraint(
            "superseded_at > recorded_at",
            name=op.f("ck_absence_superseded_after_recorded"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_absence_live",
            ["person_id", "first_day"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column("left_cause", sa.String(length=60), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(left_on IS NULL) = (left_cause IS NULL)",
            name=op.f("ck_membership_leaving_has_a_cause"),
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_membership_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint("left_on >= joined_on", name=op.f("ck_membership_left_not_before_joined")),
        sa.CheckConstraint(
            "superseded_at > recorded_at",
            name=op.f("ck_membership_superseded_after_recorded"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_membership_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_membership_live",
            ["cohort_id", "person_id", "joined_on"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sector_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sector_id"], ["sector.id"], name=op.f("fk_organisation_sector_id_sector")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_sector_id"), ["sector_id"], unique=False)

    op.create_table(
        "population_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("population_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_population_rule_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at",
            name=op.f("ck_population_rule_superseded_after_recorded"),
        ),
        sa.ForeignKeyConstraint(
            ["population_id"],
            ["population.id"],
            name=op.f("fk_population_rule_population_id_population"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population_rule")),
    )
    with op.batch_alter_table("population_rule", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_population_rule_population_id"),
            ["population_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_population_rule_live",
            ["population_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("deadline >= starts_on", name=op.f("ck_programme_deadline_not_before_start")),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["provider.id"],
            name=op.f("fk_programme_provider_id_provider"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
    )
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_programme_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "provider_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["provider.id"],
            name=op.f("fk_provider_alias_provider_id_provider"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_alias")),
        sa.UniqueConstraint("name", name=op.f("uq_provider_alias_name")),
    )
    with op.batch_alter_table("provider_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_alias_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_team_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("service_id", "name", name=op.f("uq_team_service_id_name")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_service_id"), ["service_id"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("demonstration_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_email_in_lower_case")),
        sa.ForeignKeyConstraint(
            ["demonstration_id"],
            ["demonstration.id"],
            name=op.f("fk_user_demonstration_id_demonstration"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
        sa.UniqueConstraint("person_id", name=op.f("uq_user_person_id")),
    )
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("default_capacity", sa.Integer(), nullable=False),
        sa.Column("minimum_places", sa.Integer(), nullable=False),
        sa.Column("is_for_panel_members", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "default_capacity >= minimum_places",
            name=op.f("ck_course_capacity_not_below_minimum"),
        ),
        sa.CheckConstraint("minimum_places >= 1", name=op.f("ck_course_at_least_one_place")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_course_programme_id_programme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("code", name=op.f("uq_course_code")),
    )
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "password_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "invitation",
                "reset",
                name="linkpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_password_link_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_password_link_token_digest")),
    )
    with op.batch_alter_table("password_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "population_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("role_group_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("sector_id", sa.Integer(), nullable=True),
        sa.Column(
            "employment_type",
            sa.Enum(
                "employee",
                "agency",
                "contracted",
                "partner",
                "panel_member",
                name="employmenttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(CASE WHEN role_group_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN service_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN team_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN sector_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN employment_type IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_population_item_exactly_one_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["role_group_id"],
            ["role_group.id"],
            name=op.f("fk_population_item_role_group_id_role_group"),
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["population_rule.id"],
            name=op.f("fk_population_item_rule_id_population_rule"),
        ),
        sa.ForeignKeyConstraint(
            ["sector_id"],
            ["sector.id"],
            name=op.f("fk_population_item_sector_id_sector"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_population_item_service_id_service"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_population_item_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population_item")),
    )
    with op.batch_alter_table("population_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_population_item_rule_id"), ["rule_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "academy_manager",
                "practitioner",
                "line_manager",
                "partner",
                "trainer",
                "board_member",
                "dfe_adviser",
                "contract_manager",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_role_grant_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_role_grant")),
    )
    op.create_table(
        "spell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("employed_from", sa.Date(), nullable=False),
        sa.Column(
            "employment_type",
            sa.Enum(
                "employee",
                "agency",
                "contracted",
                "partner",
                "panel_member",
                name="employmenttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("job_title", sa.String(length=120), nullable=True),
        sa.Column("role_group_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("fte", sa.Numeric(precision=4, scale=3), nullable=True),
        sa.Column("career_stage", sa.String(length=60), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(employment_type = 'partner') = (organisation_id IS NOT NULL)",
            name=op.f("ck_spell_partners_have_organisations"),
        ),
        sa.CheckConstraint(
            "employment_type IN ('employee', 'agency', 'contracted') OR team_id IS NULL",
            name=op.f("ck_spell_only_staff_have_teams"),
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_spell_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint("employed_from <= first_day", name=op.f("ck_spell_employed_before_spell")),
        sa.CheckConstraint("fte > 0 AND fte <= 1", name=op.f("ck_spell_fte_of_one_or_less")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_spell_last_day_not_before_first")),
        sa.CheckConstraint("manager_id <> person_id", name=op.f("ck_spell_nobody_manages_themselves")),
        sa.CheckConstraint(
            "superseded_at > recorded_at",
            name=op.f("ck_spell_superseded_after_recorded"),
        ),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_spell_manager_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_spell_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_spell_person_id_person")),
        sa.ForeignKeyConstraint(
            ["role_group_id"],
            ["role_group.id"],
            name=op.f("fk_spell_role_group_id_role_group"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_spell_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spell")),
    )
    with op.batch_alter_table("spell", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spell_manager_id"), ["manager_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_spell_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_spell_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_spell_role_group_id"), ["role_group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_spell_team_id"), ["team_id"], unique=False)
        batch_op.create_index(
            "uq_spell_live",
            ["person_id", "first_day"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "coverage",
                "cohort",
                "people_trained",
                name="targetkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("population_id", sa.Integer(), nullable=True),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'cohort') = (cohort_id IS NOT NULL)",
            name=op.f("ck_target_cohort_target_has_a_cohort"),
        ),
        sa.CheckConstraint(
            "(kind = 'coverage') = (population_id IS NOT NULL)",
            name=op.f("ck_target_coverage_has_a_population"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_target_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["population_id"],
            ["population.id"],
            name=op.f("fk_target_population_id_population"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_target_programme_id_programme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("code", name=op.f("uq_target_code")),
    )
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "trainer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_trainer_email_in_lower_case")),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["provider.id"],
            name=op.f("fk_trainer_provider_id_provider"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_trainer_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer")),
        sa.UniqueConstraint("email", name=op.f("uq_trainer_email")),
        sa.UniqueConstraint("user_id", name=op.f("uq_trainer_user_id")),
    )
    with op.batch_alter_table("trainer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trainer_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "cohort_requirement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_cohort_requirement_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at",
            name=op.f("ck_cohort_requirement_superseded_after_recorded"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohort.id"],
            name=op.f("fk_cohort_requirement_cohort_id_cohort"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
            name=op.f("fk_cohort_requirement_course_id_course"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_requirement")),
    )
    with op.batch_alter_table("cohort_requirement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohort_requirement_course_id"), ["course_id"], unique=False)
        batch_op.create_index(
            "uq_cohort_requirement_live",
            ["cohort_id", "cause", "course_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "course_role_group",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("role_group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
            name=op.f("fk_course_role_group_course_id_course"),
        ),
        sa.ForeignKeyConstraint(
            ["role_group_id"],
            ["role_group.id"],
            name=op.f("fk_course_role_group_role_group_id_role_group"),
        ),
        sa.PrimaryKeyConstraint("course_id", "role_group_id", name=op.f("pk_course_role_group")),
    )
    op.create_table(
        "course_sector",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("sector_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_sector_course_id_course")),
        sa.ForeignKeyConstraint(["sector_id"], ["sector.id"], name=op.f("fk_course_sector_sector_id_sector")),
        sa.PrimaryKeyConstraint("course_id", "sector_id", name=op.f("pk_course_sector")),
    )
    op.create_table(
        "course_service",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
            name=op.f("fk_course_service_course_id_course"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_course_service_service_id_service"),
        ),
        sa.PrimaryKeyConstraint("course_id", "service_id", name=op.f("pk_course_service")),
    )
    op.create_table(
        "course_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("catch_up_months", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_course_terms_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint(
            "catch_up_months >= 1",
            name=op.f("ck_course_terms_window_of_a_month_or_more"),
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at",
            name=op.f("ck_course_terms_superseded_after_recorded"),
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_terms_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_terms")),
    )
    with op.batch_alter_table("course_terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_terms_course_id"), ["course_id"], unique=False)
        batch_op.create_index(
            "uq_course_terms_live",
            ["course_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "course_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["course.id"],
            name=op.f("fk_course_version_course_id_course"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_version")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_version_course_id_number")),
    )
    op.create_table(
        "file_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "people",
                "completions",
                "partners",
                "cohort",
                name="importkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "previewed",
                "applied",
                "undone",
                name="importstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
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
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_file_import_target_id_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_import")),
    )
    op.create_table(
        "target_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("minimum_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("minimum_count", sa.Integer(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_target_rule_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint("minimum_count >= 1", name=op.f("ck_target_rule_count_of_one_or_more")),
        sa.CheckConstraint(
            "minimum_percent > 0 AND minimum_percent <= 100",
            name=op.f("ck_target_rule_percent_up_to_100"),
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at",
            name=op.f("ck_target_rule_superseded_after_recorded"),
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_target_rule_course_id_course")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_target_rule_target_id_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_rule")),
    )
    with op.batch_alter_table("target_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_rule_target_id"), ["target_id"], unique=False)
        batch_op.create_index(
            "uq_target_rule_live",
            ["target_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "component",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_component_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_version.id"],
            name=op.f("fk_component_version_id_course_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_component")),
        sa.UniqueConstraint("version_id", "number", name=op.f("uq_component_version_id_number")),
    )
    op.create_table(
        "past_completion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
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
        sa.Column("source", sa.String(length=250), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_past_completion_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at",
            name=op.f("ck_past_completion_superseded_after_recorded"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_past_completion_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_version.id"],
            name=op.f("fk_past_completion_version_id_course_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_completion")),
    )
    with op.batch_alter_table("past_completion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_past_completion_version_id"), ["version_id"], unique=False)
        batch_op.create_index(
            "uq_past_completion_live",
            ["person_id", "version_id", "completed_on"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "scheduled",
                "cancelled",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("minimum_places", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minimum_places >= 1", name=op.f("ck_run_at_least_one_place")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_version.id"],
            name=op.f("fk_run_version_id_course_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("code", name=op.f("uq_run_code")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_version_id"), ["version_id"], unique=False)

    op.create_table(
        "training_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("component_number", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "virtual",
                "in_person",
                "hybrid",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("trainer_id", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_training_session_at_least_one_place")),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name=op.f("fk_training_session_component_id_component"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_training_session_run_id_run")),
        sa.ForeignKeyConstraint(
            ["trainer_id"],
            ["trainer.id"],
            name=op.f("fk_training_session_trainer_id_trainer"),
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_training_session_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_session")),
        sa.UniqueConstraint(
            "run_id",
            "component_id",
            name=op.f("uq_training_session_run_id_component_id"),
        ),
        sa.UniqueConstraint(
            "run_id",
            "component_number",
            name=op.f("uq_training_session_run_id_component_number"),
        ),
    )
    with op.batch_alter_table("training_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_session_component_id"),
            ["component_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_training_session_trainer_id"), ["trainer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_session_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "confirmed",
                "waitlisted",
                "cancelled",
                "cancelled_by_academy",
                name="bookingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'confirmed' OR confirmed_at IS NOT NULL",
            name=op.f("ck_booking_confirmed_has_a_time"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_booking_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_booking_run_id_run")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_booking_session_id_training_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("reference", name=op.f("uq_booking_reference")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_booking_queue", ["run_id", "state", "queued_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_session_id"), ["session_id"], unique=False)
        batch_op.create_index(
            "uq_booking_open_run",
            ["run_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('confirmed', 'waitlisted') AND session_id IS NULL"),
            postgresql_where=sa.text("state IN ('confirmed', 'waitlisted') AND session_id IS NULL"),
        )
        batch_op.create_index(
            "uq_booking_open_session",
            ["session_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('confirmed', 'waitlisted') AND session_id IS NOT NULL"),
            postgresql_where=sa.text("state IN ('confirmed', 'waitlisted') AND session_id IS NOT NULL"),
        )

    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "attended",
                "attended_late",
                "partial",
                "absent_apologies",
                "absent_no_notice",
                "not_recorded",
                "not_held",
                name="markstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "NOT counts OR status IN ('attended', 'attended_late', 'partial')",
            name=op.f("ck_mark_only_attendance_counts"),
        ),
        sa.CheckConstraint(
            "status <> 'partial' OR minutes IS NOT NULL",
            name=op.f("ck_mark_partial_has_minutes"),
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_mark_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_mark_minutes_not_negative")),
        sa.CheckConstraint("opens_on <= held_on", name=op.f("ck_mark_opens_before_held")),
        sa.CheckConstraint(
            "superseded_at > recorded_at",
            name=op.f("ck_mark_superseded_after_recorded"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mark_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_mark_session_id_training_session"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "component"],
            ["component.version_id", "component.number"],
            name=op.f("fk_mark_version_id_component_component"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
    )
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mark_completion",
            [
                "version_id",
                "person_id",
                "held_on",
                "component",
                "opens_on",
                "counts",
                "superseded_at",
                "recorded_at",
            ],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_mark_session_id"), ["session_id"], unique=False)
        batch_op.create_index(
            "uq_mark_live",
            ["person_id", "session_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "session_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_session_date_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_session_date_ends_after_start")),
        sa.CheckConstraint(
            "superseded_at > recorded_at",
            name=op.f("ck_session_date_superseded_after_recorded"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_session_date_session_id_training_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_date")),
    )
    with op.batch_alter_table("session_date", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_date_held_on"), ["held_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_date_session_id"), ["session_id"], unique=False)
        batch_op.create_index("ix_session_date_starts_at", ["starts_at", "ends_at"], unique=False)
        batch_op.create_index(
            "uq_session_date_live",
            ["session_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "booking_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "confirmed",
                "waitlisted",
                "cancelled",
                "cancelled_by_academy",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "confirmed",
                "waitlisted",
                "cancelled",
                "cancelled_by_academy",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_move_booking_id_booking"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_move")),
    )
    with op.batch_alter_table("booking_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_move_booking_id"), ["booking_id"], unique=False)

    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_seat_numbered_from_one")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_seat_booking_id_booking")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_seat_session_id_training_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(
            "uq_seat_booking_live",
            ["booking_id", "session_id"],
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.create_index(
            "uq_seat_number_live",
            ["session_id", "number"],
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )

    _enter_sectors()
    _forbid_overlapping_spells()


def downgrade() -> None:
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_seat_number_live",
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_seat_booking_live",
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_seat_booking_id"))

    op.drop_table("seat")
    with op.batch_alter_table("booking_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_move_booking_id"))

    op.drop_table("booking_move")
    with op.batch_alter_table("session_date", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_session_date_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index("ix_session_date_starts_at")
        batch_op.drop_index(batch_op.f("ix_session_date_session_id"))
        batch_op.drop_index(batch_op.f("ix_session_date_held_on"))

    op.drop_table("session_date")
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_mark_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_mark_session_id"))
        batch_op.drop_index("ix_mark_completion")

    op.drop_table("mark")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_booking_open_session",
            sqlite_where=sa.text("state IN ('confirmed', 'waitlisted') AND session_id IS NOT NULL"),
            postgresql_where=sa.text("state IN ('confirmed', 'waitlisted') AND session_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_booking_open_run",
            sqlite_where=sa.text("state IN ('confirmed', 'waitlisted') AND session_id IS NULL"),
            postgresql_where=sa.text("state IN ('confirmed', 'waitlisted') AND session_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_booking_session_id"))
        batch_op.drop_index("ix_booking_queue")
        batch_op.drop_index(batch_op.f("ix_booking_person_id"))

    op.drop_table("booking")
    with op.batch_alter_table("training_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_session_venue_id"))
        batch_op.drop_index(batch_op.f("ix_training_session_trainer_id"))
        batch_op.drop_index(batch_op.f("ix_training_session_component_id"))

    op.drop_table("training_session")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_version_id"))

    op.drop_table("run")
    with op.batch_alter_table("past_completion", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_past_completion_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_past_completion_version_id"))

    op.drop_table("past_completion")
    op.drop_table("component")
    with op.batch_alter_table("target_rule", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_target_rule_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_target_rule_target_id"))

    op.drop_table("target_rule")
    op.drop_table("file_import")
    op.drop_table("course_version")
    with op.batch_alter_table("course_terms", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_course_terms_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_course_terms_course_id"))

    op.drop_table("course_terms")
    op.drop_table("course_service")
    op.drop_table("course_sector")
    op.drop_table("course_role_group")
    with op.batch_alter_table("cohort_requirement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cohort_requirement_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_cohort_requirement_course_id"))

    op.drop_table("cohort_requirement")
    with op.batch_alter_table("trainer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trainer_provider_id"))

    op.drop_table("trainer")
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_target_programme_id"))

    op.drop_table("target")
    with op.batch_alter_table("spell", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_spell_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_spell_team_id"))
        batch_op.drop_index(batch_op.f("ix_spell_role_group_id"))
        batch_op.drop_index(batch_op.f("ix_spell_person_id"))
        batch_op.drop_index(batch_op.f("ix_spell_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_spell_manager_id"))

    op.drop_table("spell")
    op.drop_table("role_grant")
    with op.batch_alter_table("population_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_population_item_rule_id"))

    op.drop_table("population_item")
    with op.batch_alter_table("password_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_password_link_user_id"))

    op.drop_table("password_link")
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_programme_id"))

    op.drop_table("course")
    op.drop_table("user")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_service_id"))

    op.drop_table("team")
    with op.batch_alter_table("provider_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provider_alias_provider_id"))

    op.drop_table("provider_alias")
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_programme_provider_id"))

    op.drop_table("programme")
    with op.batch_alter_table("population_rule", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_population_rule_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_population_rule_population_id"))

    op.drop_table("population_rule")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_sector_id"))

    op.drop_table("organisation")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_person_id"))
        batch_op.drop_index(batch_op.f("ix_membership_cohort_id"))

    op.drop_table("membership")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_absence_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_absence_person_id"))

    op.drop_table("absence")
    with op.batch_alter_table("wrong_password", schema=None) as batch_op:
        batch_op.drop_index("ix_wrong_password_email_at")

    op.drop_table("wrong_password")
    op.drop_table("venue")
    op.drop_table("service")
    op.drop_table("sector")
    op.drop_table("role_group")
    op.drop_table("provider")
    op.drop_table("population")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_name")

    op.drop_table("person")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_kind"))
        batch_op.drop_index("ix_message_due")
        batch_op.drop_index("ix_message_about")

    op.drop_table("message")
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.drop_index("uq_job_run_slot")
        batch_op.drop_index(batch_op.f("ix_job_run_started_at"))

    op.drop_table("job_run")
    op.drop_table("heartbeat")
    op.drop_table("demonstration")
    op.drop_table("cohort")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_verb"))
        batch_op.drop_index("ix_audit_entry_thing")
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))

    op.drop_table("audit_entry")


SECTORS = ("Health", "Education", "Police", "Housing", "Other")


def _enter_sectors() -> None:
    """The sectors that partners come from; the list can grow (A06)."""
    sector = sa.table("sector", sa.column("name", sa.String))
    op.bulk_insert(sector, [{"name": name} for name in SECTORS])


def _forbid_overlapping_spells() -> None:
    """Nobody is in two places on one day, as known now: the database itself refuses it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE spell ADD CONSTRAINT ex_spell_no_overlap EXCLUDE USING gist ("
            "int4range(person_id, person_id, '[]') WITH &&, daterange(first_day, last_day, '[]') WITH &&"
            ") WHERE (superseded_at IS NULL)"
        )
        return
    for event in ("INSERT", "UPDATE OF person_id, first_day, last_day, superseded_at"):
        op.execute(
            f"CREATE TRIGGER ex_spell_no_overlap_{event[:6].lower()} BEFORE {event} ON spell "
            "WHEN NEW.superseded_at IS NULL AND EXISTS (SELECT 1 FROM spell s WHERE s.person_id = NEW.person_id "
            "AND s.id IS NOT NEW.id AND s.superseded_at IS NULL "
            "AND s.first_day <= coalesce(NEW.last_day, '9999-12-31') "
            "AND NEW.first_day <= coalesce(s.last_day, '9999-12-31')) "
            "BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: ex_spell_no_overlap'); END"
        )
