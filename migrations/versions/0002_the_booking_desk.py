"""the booking desk"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES_BEFORE = ("confirmed", "waitlisted", "cancelled", "cancelled_by_academy")
STATES = (
    "requested",
    "confirmed",
    "waitlisted",
    "offered",
    "declined",
    "cancelled",
    "cancelled_late",
    "cancelled_by_academy",
    "cancelled_by_provider",
    "released",
    "substituted",
)
ADDED = {
    "held_until": sa.DateTime(timezone=True),
    "has_priority": sa.Boolean(),
    "sector_id": sa.Integer(),
    "lapses": sa.Integer(),
    "reconfirm_by": sa.DateTime(timezone=True),
    "override_reason": sa.String(length=500),
    "replaces_id": sa.Integer(),
}
TERMS = {
    "staff_approval": "manager",
    "partner_approval": "declared",
    "reminder_days": 2,
    "hold_days": 3,
    "promotion": "offer",
    "offer_days": 2,
    "offer_hours": 4,
    "closes_days": 1,
    "notice_days": 3,
    "notice_unit": "working_days",
    "early_notice_days": None,
    "late_percent": 100,
    "early_percent": 50,
    "has_charges": False,
    "reconfirm_days": 5,
    "cover_percent": 30,
    "has_catch_up": True,
}
CAUSES = (
    ("Sickness", False),
    ("Family emergency", False),
    ("Bereavement", False),
    ("Work pressure or a crisis at work", True),
    ("Annual leave", True),
    ("Forgot", True),
    ("No longer needs it", True),
    ("Other", True),
)


def upgrade() -> None:
    op.create_table(
        "leaving_cause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_charged", sa.Boolean(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaving_cause")),
        sa.UniqueConstraint("name", name=op.f("uq_leaving_cause_name")),
    )
    op.create_table(
        "deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("deputy_id <> manager_id", name=op.f("ck_deputy_nobody_deputises_for_themselves")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_deputy_last_day_not_before_first")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_deputy_deputy_id_person")),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_deputy_manager_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deputy_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index("ix_deputy_manager_id", ["manager_id", "first_day"], unique=False)

    op.create_table(
        "booking_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_council", sa.Boolean(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column(
            "staff_approval",
            sa.Enum(
                "manager",
                "declared",
                "none",
                name="staff_approval",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "partner_approval",
            sa.Enum(
                "manager",
                "declared",
                "none",
                name="partner_approval",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reminder_days", sa.Integer(), nullable=False),
        sa.Column("hold_days", sa.Integer(), nullable=False),
        sa.Column(
            "promotion",
            sa.Enum(
                "confirm", "offer", name="promotion", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("offer_days", sa.Integer(), nullable=False),
        sa.Column("offer_hours", sa.Integer(), nullable=False),
        sa.Column("closes_days", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column(
            "notice_unit",
            sa.Enum(
                "working_days",
                "calendar_days",
                name="noticeunit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("early_notice_days", sa.Integer(), nullable=True),
        sa.Column("late_percent", sa.Integer(), nullable=False),
        sa.Column("early_percent", sa.Integer(), nullable=False),
        sa.Column("has_charges", sa.Boolean(), nullable=False),
        sa.Column("reconfirm_days", sa.Integer(), nullable=False),
        sa.Column("cover_percent", sa.Integer(), nullable=False),
        sa.Column("has_catch_up", sa.Boolean(), nullable=False),
        sa.CheckConstraint("closes_days BETWEEN 0 AND 60", name=op.f("ck_booking_terms_closes_in_time")),
        sa.CheckConstraint("cover_percent BETWEEN 1 AND 100", name=op.f("ck_booking_terms_cover_is_a_share")),
        sa.CheckConstraint(
            "early_notice_days > notice_days", name=op.f("ck_booking_terms_early_notice_is_longer")
        ),
        sa.CheckConstraint(
            "hold_days >= reminder_days", name=op.f("ck_booking_terms_held_until_the_reminder_or_longer")
        ),
        sa.CheckConstraint(
            "is_council = (course_id IS NULL)", name=op.f("ck_booking_terms_of_the_council_or_of_a_course")
        ),
        sa.CheckConstraint(
            "late_percent BETWEEN 0 AND 100 AND early_percent BETWEEN 0 AND late_percent",
            name=op.f("ck_booking_terms_later_costs_more"),
        ),
        sa.CheckConstraint("notice_days BETWEEN 0 AND 90", name=op.f("ck_booking_terms_notice_in_reason")),
        sa.CheckConstraint(
            "offer_days >= 1 AND offer_hours BETWEEN 1 AND 40",
            name=op.f("ck_booking_terms_offers_have_a_life"),
        ),
        sa.CheckConstraint("reconfirm_days >= 1", name=op.f("ck_booking_terms_a_day_or_more_to_reconfirm")),
        sa.CheckConstraint("reminder_days >= 1", name=op.f("ck_booking_terms_reminder_after_a_day_or_more")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_booking_terms_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_terms")),
        sa.UniqueConstraint("course_id", name=op.f("uq_booking_terms_course_id")),
    )
    with op.batch_alter_table("booking_terms", schema=None) as batch_op:
        batch_op.create_index(
            "uq_booking_terms_council",
            ["is_council"],
            unique=True,
            sqlite_where=sa.text("is_council"),
            postgresql_where=sa.text("is_council"),
        )

    op.create_table(
        "course_prerequisite",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("required_course_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "course_id <> required_course_id", name=op.f("ck_course_prerequisite_no_course_requires_itself")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_prerequisite_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["required_course_id"],
            ["course.id"],
            name=op.f("fk_course_prerequisite_required_course_id_course"),
        ),
        sa.PrimaryKeyConstraint("course_id", "required_course_id", name=op.f("pk_course_prerequisite")),
    )
    op.create_table(
        "quota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("sector_id", sa.Integer(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.CheckConstraint("places >= 1", name=op.f("ck_quota_a_place_or_more")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_quota_run_id_run")),
        sa.ForeignKeyConstraint(["sector_id"], ["sector.id"], name=op.f("fk_quota_sector_id_sector")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.UniqueConstraint("run_id", "sector_id", name=op.f("uq_quota_run_id_sector_id")),
    )
    with op.batch_alter_table("quota", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quota_sector_id"), ["sector_id"], unique=False)
        batch_op.create_index(
            "uq_quota_any_sector",
            ["run_id"],
            unique=True,
            sqlite_where=sa.text("sector_id IS NULL"),
            postgresql_where=sa.text("sector_id IS NULL"),
        )

    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_approved", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("declared_name", sa.String(length=200), nullable=True),
        sa.Column("declared_email", sa.String(length=254), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_approval_decided_at_and_by_together")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (is_approved IS NULL)",
            name=op.f("ck_approval_decided_at_and_how_together"),
        ),
        sa.CheckConstraint(
            "(declared_name IS NULL) = (declared_email IS NULL)",
            name=op.f("ck_approval_declared_name_and_email_together"),
        ),
        sa.CheckConstraint(
            "declared_name IS NULL OR is_approved", name=op.f("ck_approval_declared_is_approved")
        ),
        sa.ForeignKeyConstraint(["approver_id"], ["person.id"], name=op.f("fk_approval_approver_id_person")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_approval_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_approval_booking_id")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_approver_id"), ["approver_id"], unique=False)

    _change_bookings()
    _change_moves()
    _enter_what_every_council_has()


def _change_bookings() -> None:
    _drop_state_check("booking", "ck_booking_bookingstate")
    with op.batch_alter_table("booking", copy_from=_booking_before()) as batch_op:
        batch_op.add_column(sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("has_priority", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("sector_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("lapses", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reconfirm_by", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("override_reason", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_booking_bookingstate"), _one_of("state", STATES))
        batch_op.create_check_constraint(
            op.f("ck_booking_held_for_a_time_or_not"),
            "(state IN ('requested', 'offered')) = (held_until IS NOT NULL)",
        )
        batch_op.create_check_constraint(
            op.f("ck_booking_only_places_are_reconfirmed"), "reconfirm_by IS NULL OR state = 'confirmed'"
        )
        batch_op.create_check_constraint(op.f("ck_booking_lapses_not_negative"), "lapses >= 0")
        batch_op.create_foreign_key(op.f("fk_booking_sector_id_sector"), "sector", ["sector_id"], ["id"])
        batch_op.create_foreign_key(
            op.f("fk_booking_replaces_id_booking"), "booking", ["replaces_id"], ["id"]
        )
    op.create_index("ix_booking_held_until", "booking", ["held_until"])
    op.create_index(op.f("ix_booking_reconfirm_by"), "booking", ["reconfirm_by"])
    op.create_index(op.f("ix_booking_replaces_id"), "booking", ["replaces_id"])
    op.create_index(op.f("ix_booking_sector_id"), "booking", ["sector_id"])
    _index_open_bookings("state IN ('requested', 'confirmed', 'waitlisted', 'offered')")
    op.execute(
        "UPDATE booking SET sector_id = (SELECT organisation.sector_id FROM spell "
        "JOIN organisation ON organisation.id = spell.organisation_id "
        "WHERE spell.person_id = booking.person_id AND spell.superseded_at IS NULL "
        "ORDER BY spell.first_day DESC LIMIT 1)"
    )


def _change_moves() -> None:
    for column in ("from_state", "to_state"):
        _drop_state_check("booking_move", f"ck_booking_move_{column}")
    with op.batch_alter_table("booking_move", copy_from=_booking_move_before()) as batch_op:
        batch_op.add_column(sa.Column("cause_id", sa.Integer(), nullable=True))
        for column in ("from_state", "to_state"):
            batch_op.create_check_constraint(op.f(f"ck_booking_move_{column}"), _one_of(column, STATES))
        batch_op.create_foreign_key(
            op.f("fk_booking_move_cause_id_leaving_cause"), "leaving_cause", ["cause_id"], ["id"]
        )
    op.create_index(op.f("ix_booking_move_cause_id"), "booking_move", ["cause_id"])


def _enter_what_every_council_has() -> None:
    """The council's terms are the defaults; courses that are there go on as they were booked before."""
    terms = sa.table("booking_terms", *(sa.column(name) for name in ("is_council", "course_id", *TERMS)))
    op.bulk_insert(terms, [{"is_council": True, "course_id": None, **TERMS}])
    as_before = {
        **TERMS,
        "staff_approval": "none",
        "partner_approval": "none",
        "promotion": "confirm",
        "closes_days": 0,
    }
    courses = op.get_bind().execute(sa.text("SELECT id FROM course ORDER BY id")).scalars().all()
    op.bulk_insert(terms, [{"is_council": False, "course_id": one, **as_before} for one in courses])
    causes = sa.table("leaving_cause", sa.column("name"), sa.column("is_charged"), sa.column("is_offered"))
    op.bulk_insert(
        causes,
        [{"name": name, "is_charged": is_charged, "is_offered": True} for name, is_charged in CAUSES],
    )


def _drop_state_check(table: str, name: str) -> None:
    """SQLite makes the table anew from a description that leaves this check out."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(name), table, type_="check")


def _one_of(column: str, states: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(state) for state in states)})"


def _index_open_bookings(is_open: str) -> None:
    """One open booking for each person and run, or session."""
    for name, column, which in (
        ("uq_booking_open_run", "run_id", "session_id IS NULL"),
        ("uq_booking_open_session", "session_id", "session_id IS NOT NULL"),
    ):
        op.drop_index(name, table_name="booking")
        where = sa.text(f"{is_open} AND {which}")
        op.create_index(
            name, "booking", [column, "person_id"], unique=True, sqlite_where=where, postgresql_where=where
        )


def _booking_before(*more: sa.Column | sa.CheckConstraint | sa.ForeignKeyConstraint) -> sa.Table:
    """The table of bookings without the check of its states: from it SQLite makes the table anew."""
    table = sa.Table(
        "booking",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *more,
        sa.CheckConstraint(
            "state <> 'confirmed' OR confirmed_at IS NOT NULL", name="ck_booking_confirmed_has_a_time"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_booking_person_id_person"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_booking_run_id_run"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name="fk_booking_session_id_training_session"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_booking"),
        sa.UniqueConstraint("reference", name="uq_booking_reference"),
    )
    sa.Index("ix_booking_person_id", table.c.person_id)
    sa.Index("ix_booking_queue", table.c.run_id, table.c.state, table.c.queued_at, table.c.id)
    sa.Index("ix_booking_session_id", table.c.session_id)
    sa.Index("uq_booking_open_run", table.c.run_id, table.c.person_id)
    sa.Index("uq_booking_open_session", table.c.session_id, table.c.person_id)
    return table


def _booking_move_before(*more: sa.Column | sa.ForeignKeyConstraint) -> sa.Table:
    table = sa.Table(
        "booking_move",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        *more,
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name="fk_booking_move_booking_id_booking"),
        sa.PrimaryKeyConstraint("id", name="pk_booking_move"),
    )
    sa.Index("ix_booking_move_booking_id", table.c.booking_id)
    return table


def downgrade() -> None:
    _take_states_back()
    _take_moves_back()
    _take_bookings_back()
    _drop_tables()


def _take_states_back() -> None:
    """States that there were not before become the nearest that there were."""
    for states, nearest in (
        (("requested", "offered"), "waitlisted"),
        (("declined", "cancelled_late", "substituted"), "cancelled"),
        (("cancelled_by_provider", "released"), "cancelled_by_academy"),
    ):
        where = _one_of("state", states)
        op.execute(
            "UPDATE seat SET released_at = taken_at WHERE released_at IS NULL "
            f"AND booking_id IN (SELECT id FROM booking WHERE {where})"
        )
        op.execute(f"UPDATE booking SET held_until = NULL, state = '{nearest}' WHERE {where}")
        for column in ("from_state", "to_state"):
            op.execute(f"UPDATE booking_move SET {column} = '{nearest}' WHERE {_one_of(column, states)}")


def _take_moves_back() -> None:
    op.drop_index(op.f("ix_booking_move_cause_id"), table_name="booking_move")
    for column in ("from_state", "to_state"):
        _drop_state_check("booking_move", f"ck_booking_move_{column}")
    cause = sa.Column("cause_id", sa.Integer(), nullable=True)
    fk_cause = sa.ForeignKeyConstraint(
        ["cause_id"], ["leaving_cause.id"], name="fk_booking_move_cause_id_leaving_cause"
    )
    with op.batch_alter_table("booking_move", copy_from=_booking_move_before(cause, fk_cause)) as batch_op:
        batch_op.drop_constraint(op.f("fk_booking_move_cause_id_leaving_cause"), type_="foreignkey")
        batch_op.drop_column("cause_id")
        for column in ("from_state", "to_state"):
            batch_op.create_check_constraint(
                op.f(f"ck_booking_move_{column}"), _one_of(column, STATES_BEFORE)
            )


def _take_bookings_back() -> None:
    for name in ("held_until", "reconfirm_by", "replaces_id", "sector_id"):
        op.drop_index(f"ix_booking_{name}", table_name="booking")
    _drop_state_check("booking", "ck_booking_bookingstate")
    if op.get_bind().dialect.name == "postgresql":
        for name in ("held_for_a_time_or_not", "only_places_are_reconfirmed", "lapses_not_negative"):
            op.drop_constraint(op.f(f"ck_booking_{name}"), "booking", type_="check")
    fks = {"sector_id": "sector", "replaces_id": "booking"}
    with op.batch_alter_table(
        "booking",
        copy_from=_booking_before(
            *(sa.Column(name, type_, nullable=True) for name, type_ in ADDED.items()),
            *(
                sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_booking_{name}_{table}")
                for name, table in fks.items()
            ),
        ),
    ) as batch_op:
        for name, table in fks.items():
            batch_op.drop_constraint(op.f(f"fk_booking_{name}_{table}"), type_="foreignkey")
        for name in ADDED:
            batch_op.drop_column(name)
        batch_op.create_check_constraint(op.f("ck_booking_bookingstate"), _one_of("state", STATES_BEFORE))
    _index_open_bookings("state IN ('confirmed', 'waitlisted')")


def _drop_tables() -> None:
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_approval_approver_id"))

    op.drop_table("approval")
    with op.batch_alter_table("quota", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_quota_any_sector",
            sqlite_where=sa.text("sector_id IS NULL"),
            postgresql_where=sa.text("sector_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_quota_sector_id"))

    op.drop_table("quota")
    op.drop_table("course_prerequisite")
    with op.batch_alter_table("booking_terms", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_booking_terms_council",
            sqlite_where=sa.text("is_council"),
            postgresql_where=sa.text("is_council"),
        )

    op.drop_table("booking_terms")
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.drop_index("ix_deputy_manager_id")
        batch_op.drop_index(batch_op.f("ix_deputy_deputy_id"))

    op.drop_table("deputy")
    op.drop_table("leaving_cause")
