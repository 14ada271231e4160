"""partners register, coordinators act for their organisation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROLES_BEFORE = (
    "academy_manager",
    "practitioner",
    "line_manager",
    "partner",
    "trainer",
    "board_member",
    "dfe_adviser",
    "contract_manager",
    "administrator",
)
ROLES = (*ROLES_BEFORE[:4], "coordinator", *ROLES_BEFORE[4:])
STATES = ("unverified", "waiting", "accepted", "refused")


def upgrade() -> None:
    _allow_roles(ROLES)
    _create_stated_headcounts()
    op.create_table(
        "approved_domain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("domain = lower(domain)", name=op.f("ck_approved_domain_domain_in_lower_case")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_approved_domain_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approved_domain")),
        sa.UniqueConstraint("domain", name=op.f("uq_approved_domain_domain")),
    )
    op.create_index(op.f("ix_approved_domain_organisation_id"), "approved_domain", ["organisation_id"])
    _create_registrations()
    _create_claims()


def _create_stated_headcounts() -> None:
    op.create_table(
        "stated_headcount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("headcount >= 1", name=op.f("ck_stated_headcount_somebody_works_there")),
        sa.CheckConstraint(
            "year BETWEEN 2000 AND 2199", name=op.f("ck_stated_headcount_year_of_four_figures")
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at", name=op.f("ck_stated_headcount_superseded_after_recorded")
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_stated_headcount_superseded_at_and_by_together"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_stated_headcount_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_headcount")),
    )
    op.create_index(op.f("ix_stated_headcount_organisation_id"), "stated_headcount", ["organisation_id"])
    op.create_index(
        "uq_stated_headcount_live",
        "stated_headcount",
        ["organisation_id", "year"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def _create_registrations() -> None:
    op.create_table(
        "registration",
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
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("job_title", sa.String(length=120), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        *_asked("registration"),
        sa.CheckConstraint(
            "kind IN ('partner', 'panel_member')", name=op.f("ck_registration_staff_do_not_register")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_registration_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_registration_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    for column in ("email", "organisation_id", "state", "user_id"):
        op.create_index(op.f(f"ix_registration_{column}"), "registration", [column])


def _create_claims() -> None:
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("old_email", sa.String(length=254), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("other_person_id", sa.Integer(), nullable=True),
        *_asked("claim"),
        sa.CheckConstraint(
            "other_person_id IS NULL OR person_id IS NOT NULL", name=op.f("ck_claim_two_records_are_merged")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_claim_person_id_person")),
        sa.ForeignKeyConstraint(
            ["other_person_id"], ["person.id"], name=op.f("fk_claim_other_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    for column in ("email", "other_person_id", "person_id", "state"):
        op.create_index(op.f(f"ix_claim_{column}"), "claim", [column])


def _asked(table: str) -> tuple[sa.Column | sa.CheckConstraint, ...]:
    """What registrations and claims have in common."""
    return (
        sa.Column("first_name", sa.String(length=120), nullable=False),
        sa.Column("last_name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("organisation_name", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="askedstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f(f"ck_{table}_email_in_lower_case")),
        sa.CheckConstraint(
            "(state = 'unverified') = (verified_at IS NULL)", name=op.f(f"ck_{table}_verified_at_a_time")
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)",
            name=op.f(f"ck_{table}_decided_at_a_time"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f(f"ck_{table}_decided_at_and_by_together")
        ),
    )


def _allow_roles(roles: tuple[str, ...]) -> None:
    """SQLite makes the table anew from a description that leaves this check out."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_role_grant_role"), "role_grant", type_="check")
    table = sa.Table(
        "role_grant",
        sa.MetaData(),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_role_grant_user_id_user"),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_role_grant"),
    )
    with op.batch_alter_table("role_grant", copy_from=table) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_role_grant_role"), f"role IN ({', '.join(repr(role) for role in roles)})"
        )


def downgrade() -> None:
    op.drop_table("claim")
    op.drop_table("registration")
    op.drop_table("approved_domain")
    op.drop_table("stated_headcount")
    op.execute(
        "DELETE FROM role_grant WHERE role = 'coordinator' "
        "AND user_id IN (SELECT user_id FROM role_grant WHERE role = 'partner')"
    )
    op.execute("UPDATE role_grant SET role = 'partner' WHERE role = 'coordinator'")
    _allow_roles(ROLES_BEFORE)
