"""figures that a board can trust"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS_BEFORE = ("coverage", "cohort", "people_trained")
KINDS = (*KINDS_BEFORE, "deliverable", "reach", "score")
EMPLOYMENT = ("employee", "agency", "contracted", "partner", "panel_member")
ENTRIES_BEFORE = ("role_group_id", "service_id", "team_id", "sector_id", "employment_type")
ENTRIES = (*ENTRIES_BEFORE, "career_stage")

# Each with its promise, which a row that is there already keeps.
COLUMNS = {
    "population_rule": {
        "started_from": "DATE",
        "started_to": "DATE CONSTRAINT ck_population_rule_started_in_order CHECK (started_to >= started_from)",
    },
    "run": {
        "cancelled_at": "{instant} CONSTRAINT ck_run_only_cancelled_has_a_time "
        "CHECK (cancelled_at IS NULL OR state = 'cancelled')",
    },
    "target_rule": {
        "minimum_score": "NUMERIC(3, 1) CONSTRAINT ck_target_rule_score_on_the_scale "
        "CHECK (minimum_score BETWEEN 1 AND 10)",
        "unit": "VARCHAR(120)",
        "planning_absence": "NUMERIC(5, 2) CONSTRAINT ck_target_rule_somebody_comes "
        "CHECK (planning_absence >= 0 AND planning_absence < 100)",
        "score_margin": "NUMERIC(3, 1) CONSTRAINT ck_target_rule_margin_in_reason "
        "CHECK (score_margin BETWEEN 0 AND 5)",
    },
}
REGISTER = ["session_id", "person_id", "status", "superseded_at", "recorded_at"]
FROZEN = ("published_figure", "published_person", "pack", "pack_figure", "pack_file")


def upgrade() -> None:
    _add_columns()
    _change_targets(KINDS_BEFORE, KINDS)
    _change_population_items(ENTRIES_BEFORE, ENTRIES)
    _create_tables()
    _index_registers("ix_mark_session_id", "ix_mark_register", REGISTER)
    _freeze()


def downgrade() -> None:
    _thaw()
    _index_registers("ix_mark_register", "ix_mark_session_id", ["session_id"])
    for table in ("pack_file", "pack_figure", "pack", "published_person", "published_figure"):
        op.drop_table(table)
    for table in ("colour_override", "milestone", "stated_figure", "deliverable_session"):
        op.drop_table(table)
    op.execute("DELETE FROM population_item WHERE career_stage IS NOT NULL")
    _change_population_items(ENTRIES, ENTRIES_BEFORE)
    op.execute(f"DELETE FROM target_rule WHERE target_id IN (SELECT id FROM target WHERE {_new_kinds()})")
    op.execute(f"DELETE FROM target WHERE {_new_kinds()}")
    _change_targets(KINDS, KINDS_BEFORE)
    _drop_columns()


def _drop_columns() -> None:
    """With their checks: where 0020 has made a table anew on SQLite these stand apart from their columns."""
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch_op:
            for name, words in reversed(columns.items()):
                if check := re.search(r"CONSTRAINT (\w+)", words):
                    batch_op.drop_constraint(op.f(check[1]), type_="check")
                batch_op.drop_column(name)


def _add_columns() -> None:
    """With their checks in one breath: SQLite makes no table anew for it."""
    instant = "TIMESTAMP WITH TIME ZONE" if _is_postgresql() else "DATETIME"
    for table, columns in COLUMNS.items():
        for name, words in columns.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {words.format(instant=instant)}")
    op.execute(
        "UPDATE run SET cancelled_at = (SELECT max(at) FROM audit_entry WHERE verb = 'run:cancelled' "
        "AND thing_type = 'run' AND thing_id = run.id) WHERE state = 'cancelled'"
    )


def _index_registers(before: str, after: str, columns: list[str]) -> None:
    """Attendance rates read all of what registers say: they find it in the index."""
    op.drop_index(before, table_name="mark")
    op.create_index(after, "mark", columns)


def _change_targets(kinds_before: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    """Which kinds there are, and what each needs. SQLite makes the table anew without the checks before."""
    is_up = kinds == KINDS
    _drop_checks("target", ["targetkind", *_target_checks(kinds_before)])
    with op.batch_alter_table("target", copy_from=_target(has_step=not is_up)) as batch_op:
        if is_up:
            batch_op.add_column(sa.Column("reach_step", sa.String(length=40), nullable=True))
            steps = "reach_step IN ('offered', 'invited', 'booked', 'attended')"
            batch_op.create_check_constraint(op.f("ck_target_reachstep"), steps)
        else:
            batch_op.drop_column("reach_step")
        batch_op.create_check_constraint(op.f("ck_target_targetkind"), _one_of("kind", kinds))
        for name, words in _target_checks(kinds).items():
            batch_op.create_check_constraint(op.f(f"ck_target_{name}"), words)


def _target_checks(kinds: tuple[str, ...]) -> dict[str, str]:
    of_a_cohort = {"cohort_target_has_a_cohort": "(kind = 'cohort') = (cohort_id IS NOT NULL)"}
    if kinds == KINDS_BEFORE:
        coverage = "(kind = 'coverage') = (population_id IS NOT NULL)"
        return {"coverage_has_a_population": coverage, **of_a_cohort}
    return {
        "coverage_has_a_population": "kind <> 'coverage' OR population_id IS NOT NULL",
        "only_stocks_and_reach_have_one": "kind IN ('coverage', 'reach') OR population_id IS NULL",
        **of_a_cohort,
        "reach_has_a_step": "(kind = 'reach') = (reach_step IS NOT NULL)",
    }


def _target(*, has_step: bool) -> sa.Table:
    step = [sa.Column("reach_step", sa.String(length=40), nullable=True)] if has_step else []
    return sa.Table(
        "target",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("population_id", sa.Integer(), nullable=True),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *step,
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_target_cohort_id_cohort"),
        sa.ForeignKeyConstraint(
            ["population_id"], ["population.id"], name="fk_target_population_id_population"
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_target_programme_id_programme"),
        sa.PrimaryKeyConstraint("id", name="pk_target"),
        sa.UniqueConstraint("code", name="uq_target_code"),
        sa.Index("ix_target_programme_id", "programme_id"),
    )


def _change_population_items(entries_before: tuple[str, ...], entries: tuple[str, ...]) -> None:
    """Exactly one entry, of those that there are."""
    is_up = entries == ENTRIES
    _drop_checks("population_item", ["exactly_one_entry"])
    with op.batch_alter_table("population_item", copy_from=_population_item(has_stage=not is_up)) as batch_op:
        if is_up:
            batch_op.add_column(sa.Column("career_stage", sa.String(length=60), nullable=True))
        else:
            batch_op.drop_column("career_stage")
        counted = " + ".join(f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)" for name in entries)
        batch_op.create_check_constraint(op.f("ck_population_item_exactly_one_entry"), f"{counted} = 1")


def _population_item(*, has_stage: bool) -> sa.Table:
    stage = [sa.Column("career_stage", sa.String(length=60), nullable=True)] if has_stage else []
    kept_check = sa.CheckConstraint(
        _one_of("employment_type", EMPLOYMENT), name="ck_population_item_employmenttype"
    )
    parents = {
        "role_group_id": "role_group",
        "rule_id": "population_rule",
        "sector_id": "sector",
        "service_id": "service",
        "team_id": "team",
    }
    return sa.Table(
        "population_item",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("role_group_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("sector_id", sa.Integer(), nullable=True),
        sa.Column("employment_type", sa.String(length=40), nullable=True),
        *stage,
        kept_check,
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_population_item_{column}_{table}")
            for column, table in parents.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_population_item"),
        sa.Index("ix_population_item_rule_id", "rule_id"),
    )


def _freeze() -> None:
    """What was published stays: no change and no removal but a person’s identifier, which is dropped."""
    if _is_postgresql():
        op.execute(
            "CREATE FUNCTION refuse_to_change_what_was_published() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'What was published is not changed.' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table in FROZEN:
        for event in ("UPDATE", "DELETE"):
            _forbid(table, event, _but(table, event))


def _but(table: str, event: str) -> str | None:
    """When an event is refused, if not always."""
    if (table, event) != ("published_person", "UPDATE"):
        return None
    same = " AND ".join(f"NEW.{name} = OLD.{name}" for name in ("id", "figure_id", "is_complete"))
    return f"NOT (NEW.person_id IS NULL AND {same})"


def _forbid(table: str, event: str, when: str | None) -> None:
    name = f"frozen_{table}_{event.lower()}"
    condition = f"WHEN ({when}) " if when else ""
    if _is_postgresql():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition}"
            "EXECUTE FUNCTION refuse_to_change_what_was_published()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition}"
            "BEGIN SELECT RAISE(ABORT, 'What was published is not changed.'); END"
        )


def _thaw() -> None:
    """PostgreSQL keeps the function apart from the tables, whose triggers go with them."""
    if not _is_postgresql():
        return
    for table in FROZEN:
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER frozen_{table}_{event} ON {table}")
    op.execute("DROP FUNCTION refuse_to_change_what_was_published()")


def _drop_checks(table: str, names: list[str]) -> None:
    """SQLite makes the table anew from a description that leaves these checks out."""
    if _is_postgresql():
        for name in names:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(map(repr, values))})"


def _new_kinds() -> str:
    return _one_of("kind", KINDS[len(KINDS_BEFORE) :])


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _create_tables() -> None:
    op.create_table(
        "pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting", sa.String(length=200), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
    )
    op.create_table(
        "pack_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Integer(), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "pdf", "xlsx", "csv", name="format", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_pack_file_pack_id_pack")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_file")),
        sa.UniqueConstraint("pack_id", "format", name=op.f("uq_pack_file_pack_id_format")),
    )
    op.create_table(
        "colour_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column(
            "colour",
            sa.Enum(
                "no_data",
                "met",
                "missed",
                "green",
                "amber",
                "red",
                name="colour",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "colour IN ('green', 'amber', 'red')", name=op.f("ck_colour_override_a_colour_of_a_forecast")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)",
            name=op.f("ck_colour_override_ended_at_and_by_together"),
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 30", name=op.f("ck_colour_override_at_most_thirty_days")),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_colour_override_target_id_target")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_colour_override")),
    )
    with op.batch_alter_table("colour_override", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_colour_override_target_id"), ["target_id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("minimum_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("minimum_count", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(minimum_percent IS NULL) <> (minimum_count IS NULL)",
            name=op.f("ck_milestone_a_share_or_a_number"),
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_milestone_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint("minimum_count >= 1", name=op.f("ck_milestone_count_of_one_or_more")),
        sa.CheckConstraint(
            "minimum_percent > 0 AND minimum_percent <= 100", name=op.f("ck_milestone_percent_up_to_100")
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at", name=op.f("ck_milestone_superseded_after_recorded")
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_milestone_target_id_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_target_id"), ["target_id"], unique=False)
        batch_op.create_index(
            "uq_milestone_live",
            ["target_id", "due_on"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "published_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("required", sa.Integer(), nullable=True),
        sa.Column("score", sa.Numeric(precision=3, scale=1), nullable=True),
        sa.Column("shown", sa.String(length=60), nullable=False),
        sa.Column("rule_number", sa.Integer(), nullable=False),
        sa.Column("rule_words", sa.Text(), nullable=False),
        sa.Column("scope_words", sa.Text(), nullable=False),
        sa.Column(
            "colour",
            sa.Enum(
                "no_data",
                "met",
                "missed",
                "green",
                "amber",
                "red",
                name="colour",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("colour_reason", sa.Text(), nullable=False),
        sa.Column("occasion", sa.String(length=200), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("numerator <= denominator", name=op.f("ck_published_figure_part_of_the_whole")),
        sa.CheckConstraint("numerator >= 0", name=op.f("ck_published_figure_numerator_not_negative")),
        sa.CheckConstraint("rule_number >= 1", name=op.f("ck_published_figure_rules_counted_from_one")),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_published_figure_target_id_target")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_figure")),
    )
    with op.batch_alter_table("published_figure", schema=None) as batch_op:
        batch_op.create_index(
            "ix_published_figure_target_id", ["target_id", "as_at", "published_at"], unique=False
        )

    op.create_table(
        "stated_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("is_day_assumed", sa.Boolean(), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("score", sa.Numeric(precision=3, scale=1), nullable=True),
        sa.Column("replies", sa.Integer(), nullable=True),
        sa.Column("is_approximate", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=250), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(numerator IS NULL) <> (score IS NULL)", name=op.f("ck_stated_figure_a_number_or_a_score")
        ),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_stated_figure_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint("denominator >= 1", name=op.f("ck_stated_figure_denominator_of_one_or_more")),
        sa.CheckConstraint(
            "denominator IS NULL OR numerator IS NOT NULL", name=op.f("ck_stated_figure_whole_of_a_number")
        ),
        sa.CheckConstraint("numerator <= denominator", name=op.f("ck_stated_figure_part_of_the_whole")),
        sa.CheckConstraint("numerator >= 0", name=op.f("ck_stated_figure_numerator_not_negative")),
        sa.CheckConstraint("replies >= 1", name=op.f("ck_stated_figure_replies_of_one_or_more")),
        sa.CheckConstraint(
            "replies IS NULL OR score IS NOT NULL", name=op.f("ck_stated_figure_replies_of_a_score")
        ),
        sa.CheckConstraint("score BETWEEN 1 AND 10", name=op.f("ck_stated_figure_score_on_the_scale")),
        sa.CheckConstraint(
            "superseded_at > recorded_at", name=op.f("ck_stated_figure_superseded_after_recorded")
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_stated_figure_target_id_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_figure")),
    )
    with op.batch_alter_table("stated_figure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stated_figure_target_id"), ["target_id"], unique=False)
        batch_op.create_index(
            "uq_stated_figure_live",
            ["target_id", "as_at"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "pack_figure",
        sa.Column("pack_id", sa.Integer(), nullable=False),
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["published_figure.id"], name=op.f("fk_pack_figure_figure_id_published_figure")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_pack_figure_pack_id_pack")),
        sa.PrimaryKeyConstraint("pack_id", "figure_id", name=op.f("pk_pack_figure")),
    )
    with op.batch_alter_table("pack_figure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pack_figure_figure_id"), ["figure_id"], unique=False)

    op.create_table(
        "published_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["figure_id"],
            ["published_figure.id"],
            name=op.f("fk_published_person_figure_id_published_figure"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_person")),
    )
    with op.batch_alter_table("published_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_published_person_person_id"), ["person_id"], unique=False)
        batch_op.create_index("uq_published_person_figure_id", ["figure_id", "person_id"], unique=True)

    op.create_table(
        "deliverable_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_by IS NULL)",
            name=op.f("ck_deliverable_session_superseded_at_and_by_together"),
        ),
        sa.CheckConstraint(
            "superseded_at > recorded_at", name=op.f("ck_deliverable_session_superseded_after_recorded")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_deliverable_session_session_id_training_session"),
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_deliverable_session_target_id_target")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable_session")),
    )
    with op.batch_alter_table("deliverable_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliverable_session_session_id"), ["session_id"], unique=False)
        batch_op.create_index(
            "uq_deliverable_session_live",
            ["target_id", "session_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
