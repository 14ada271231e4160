"""the service of a team and the sector of an organisation as facts, with what they were"""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LIVE = sa.text("superseded_at IS NULL")
ALWAYS = sa.bindparam("always", date(1900, 1, 1), type_=sa.Date())
# What stands now is read as known at any time: nothing else was ever known.
KNOWN_ALWAYS = sa.bindparam(
    "known_always", datetime(1900, 1, 1, tzinfo=UTC), type_=sa.DateTime(timezone=True)
)
OVERLAP = "ex_team_service_no_overlap"


def upgrade() -> None:
    _add_fact(
        "team_service",
        "team",
        "service",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_team_service_last_day_not_before_first")),
    )
    _add_fact("organisation_sector", "organisation", "sector")
    _forbid_overlapping_times()
    known = "recorded_at, recorded_by, entered_at"
    op.execute(
        sa.text(
            f"INSERT INTO team_service (team_id, service_id, first_day, {known}) "
            "SELECT id, service_id, :always, :known_always, 'Takeup', CURRENT_TIMESTAMP FROM team"
        ).bindparams(ALWAYS, KNOWN_ALWAYS)
    )
    op.execute(
        sa.text(
            f"INSERT INTO organisation_sector (organisation_id, sector_id, {known}) "
            "SELECT id, sector_id, :known_always, 'Takeup', CURRENT_TIMESTAMP FROM organisation"
        ).bindparams(KNOWN_ALWAYS)
    )
    with op.batch_alter_table("team") as table:
        table.drop_constraint(op.f("uq_team_service_id_name"), type_="unique")
    _drop_column("team", "service")
    _drop_column("organisation", "sector")


def downgrade() -> None:
    _give_back("team", "service", "team_service", "superseded_at IS NULL AND last_day IS NULL")
    _give_back("organisation", "sector", "organisation_sector", "superseded_at IS NULL")
    with op.batch_alter_table("team") as table:
        table.create_unique_constraint(op.f("uq_team_service_id_name"), ["service_id", "name"])
    op.drop_table("organisation_sector")
    op.drop_table("team_service")


def _add_fact(fact: str, whose: str, what: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        fact,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(f"{whose}_id", sa.Integer(), nullable=False),
        sa.Column(f"{what}_id", sa.Integer(), nullable=False),
        *more,
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f(f"ck_{fact}_superseded_after_recorded")),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f(f"ck_{fact}_superseded_at_and_by_together"),
        ),
        sa.ForeignKeyConstraint([f"{whose}_id"], [f"{whose}.id"], name=op.f(f"fk_{fact}_{whose}_id_{whose}")),
        sa.ForeignKeyConstraint([f"{what}_id"], [f"{what}.id"], name=op.f(f"fk_{fact}_{what}_id_{what}")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{fact}")),
    )
    op.create_index(op.f(f"ix_{fact}_{whose}_id"), fact, [f"{whose}_id"])
    op.create_index(op.f(f"ix_{fact}_{what}_id"), fact, [f"{what}_id"])
    key = [f"{whose}_id", *(["first_day"] if more else [])]
    op.create_index(f"uq_{fact}_live", fact, key, unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


def _forbid_overlapping_times() -> None:
    """No team is in two services on one day, as known now: the database itself refuses it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"ALTER TABLE team_service ADD CONSTRAINT {OVERLAP} EXCLUDE USING gist ("
            "int4range(team_id, team_id, '[]') WITH &&, daterange(first_day, last_day, '[]') WITH &&"
            ") WHERE (superseded_at IS NULL)"
        )
        return
    for event in ("INSERT", "UPDATE OF team_id, first_day, last_day, superseded_at"):
        op.execute(
            f"CREATE TRIGGER {OVERLAP}_{event[:6].lower()} BEFORE {event} ON team_service "
            "WHEN NEW.superseded_at IS NULL AND EXISTS (SELECT 1 FROM team_service s "
            "WHERE s.team_id = NEW.team_id AND s.id IS NOT NEW.id AND s.superseded_at IS NULL "
            "AND s.first_day <= coalesce(NEW.last_day, '9999-12-31') "
            "AND NEW.first_day <= coalesce(s.last_day, '9999-12-31')) "
            f"BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {OVERLAP}'); END"
        )


def _drop_column(whose: str, what: str) -> None:
    op.drop_index(op.f(f"ix_{whose}_{what}_id"), table_name=whose)
    with op.batch_alter_table(whose) as table:
        table.drop_constraint(op.f(f"fk_{whose}_{what}_id_{what}"), type_="foreignkey")
        table.drop_column(f"{what}_id")


def _give_back(whose: str, what: str, fact: str, is_now: str) -> None:
    with op.batch_alter_table(whose) as table:
        table.add_column(sa.Column(f"{what}_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f(f"fk_{whose}_{what}_id_{what}"), what, [f"{what}_id"], ["id"])
    op.execute(
        f"UPDATE {whose} SET {what}_id = "
        f"(SELECT {what}_id FROM {fact} WHERE {whose}_id = {whose}.id AND {is_now})"
    )
    with op.batch_alter_table(whose) as table:
        table.alter_column(f"{what}_id", existing_type=sa.Integer(), nullable=False)
    op.create_index(op.f(f"ix_{whose}_{what}_id"), whose, [f"{what}_id"])
