"""names that are taken once: populations, cohorts, programmes, and what figures and packs were made for

Until now only the application looked, and two presses at once could get past it. Where they did:

* of two populations, cohorts or programmes of one name, the later is called by its code besides, "Practitioners
  (practitioners-2)". The audit has the change, and the upgrade says it: choose another name where there is a better.
* figures that were published twice, and packs that were issued twice, stay as they are, since the board has been
  told them. What is compared of the later ones bears a number, "project board (2)", which no page shows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

log = logging.getLogger(__name__)

LONGEST = 200  # of a name, as it is shown
NAMED = {"population": "name", "cohort": "name", "programme": "title"}
TOLD = {
    "published_figure": ("occasion", ("target_id", "as_at", "folded_occasion")),
    "pack": ("meeting", ("folded_meeting", "meets_on", "as_at")),
}
AUDIT = sa.table(
    "audit_entry",
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor_name", sa.String()),
    sa.column("verb", sa.String()),
    sa.column("thing_type", sa.String()),
    sa.column("thing_id", sa.Integer()),
    sa.column("thing_label", sa.String()),
    sa.column("changes", sa.JSON()),
    sa.column("reason", sa.String()),
)


def upgrade() -> None:
    for table, name in NAMED.items():
        op.add_column(table, sa.Column(f"folded_{name}", sa.Text(), nullable=True))
        _tell_apart(table, name)
        _keep_unique(table, f"folded_{name}", (f"folded_{name}",))
    for table, (name, key) in TOLD.items():
        with _thawed(table):
            op.add_column(table, sa.Column(f"folded_{name}", sa.Text(), nullable=True))
            _number_doubles(table, name, [column for column in key if column != f"folded_{name}"])
            _keep_unique(table, f"folded_{name}", key)


def downgrade() -> None:
    for table, (name, key) in TOLD.items():
        with _thawed(table):
            _drop(table, f"folded_{name}", key)
    for table, name in NAMED.items():
        _drop(table, f"folded_{name}", (f"folded_{name}",))


def _folded(name: str) -> str:
    """A name as the application compares it."""
    return " ".join(name.replace("’", "'").split()).casefold()


def _tell_apart(table: str, name: str) -> None:
    """Keep each name as it is compared; the later of two that are one is called by its code besides."""
    known = sa.table(table, *(sa.column(column) for column in ("id", "code", name, f"folded_{name}")))
    taken: set[str] = set()
    for row in op.get_bind().execute(sa.select(known).order_by(known.c.id)).mappings().all():
        called = _free(row[name], row["code"], taken)
        taken.add(_folded(called))
        values = {name: called, f"folded_{name}": _folded(called)}
        op.execute(known.update().where(known.c.id == row["id"]).values(values))
        if called != row[name]:
            _say(table, row["id"], name, row[name], called)


def _free(called: str, code: str, taken: set[str]) -> str:
    """This name or, where it is taken, with the code; in the last resort with a number besides."""
    found, number = called, 1
    while _folded(found) in taken:
        suffix = f" ({code})" if number == 1 else f" ({code}, {number})"
        found, number = called[: LONGEST - len(suffix)] + suffix, number + 1
    return found


def _say(table: str, ident: int, name: str, before: str, after: str) -> None:
    """The audit has what the upgrade renamed, and whoever upgrades reads it."""
    why = f"There was another {table} of this {name}: each has one of its own now"
    entry = {
        "at": sa.func.now(),
        "actor_name": "Takeup",
        "verb": f"{table}:changed",
        "thing_type": table,
        "thing_id": ident,
        "thing_label": after,
        "changes": {name.capitalize(): [before, after]},
        "reason": why,
    }
    op.execute(AUDIT.insert().values(entry))
    log.warning("A %s is called “%s” now: there was another “%s” already.", table, after, before)


def _number_doubles(table: str, name: str, others: list[str]) -> None:
    """Keep each name as it is compared, with a number where the same was told before of the same."""
    told = sa.table(table, *(sa.column(column) for column in ("id", name, f"folded_{name}", *others)))
    taken: set[tuple[Any, ...]] = set()
    for row in op.get_bind().execute(sa.select(told).order_by(told.c.id)).mappings().all():
        about = tuple(row[column] for column in others)
        first = found = _folded(row[name])
        number = 1
        while (*about, found) in taken:
            number += 1
            found = f"{first} ({number})"
        taken.add((*about, found))
        op.execute(told.update().where(told.c.id == row["id"]).values({f"folded_{name}": found}))


def _keep_unique(table: str, column: str, key: tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.alter_column(column, existing_type=sa.Text(), nullable=False)
        batch_op.create_unique_constraint(op.f(f"uq_{table}_{'_'.join(key)}"), list(key))


def _drop(table: str, column: str, key: tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"uq_{table}_{'_'.join(key)}"), type_="unique")
        batch_op.drop_column(column)


@contextmanager
def _thawed(table: str) -> Iterator[None]:
    """What was published is not changed, and triggers see to it; they rest while a column is added that says
    nothing new. SQLite makes the table anew, without them."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    triggers = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    kept = bind.execute(triggers, {"table": table}).all()
    for name, _words in kept:
        op.execute(f"DROP TRIGGER {name}")
    yield
    for _name, words in kept:
        op.execute(words)
