"""services, role groups, sectors and organisations are told apart as names are compared

Until now the database told "St Mary's School" from "St Mary’s School". Of two that are one name, the later is called
"St Mary’s School (2)". The audit has the change, and the upgrade says it: where the two are one in fact, put right
what belongs to the later, and choose its name.
"""

from __future__ import annotations

import logging

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

log = logging.getLogger(__name__)

LISTS = {
    "service": (120, "service"),
    "role_group": (120, "role group"),
    "sector": (60, "sector"),
    "organisation": (200, "organisation"),
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
    for table, (longest, words) in LISTS.items():
        op.add_column(table, sa.Column("folded_name", sa.Text(), nullable=True))
        _tell_apart(table, longest, words)
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("folded_name", existing_type=sa.Text(), nullable=False)
            batch_op.drop_constraint(op.f(f"uq_{table}_name"), type_="unique")
            batch_op.create_unique_constraint(op.f(f"uq_{table}_folded_name"), ["folded_name"])


def downgrade() -> None:
    for table in LISTS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"uq_{table}_folded_name"), type_="unique")
            batch_op.create_unique_constraint(op.f(f"uq_{table}_name"), ["name"])
            batch_op.drop_column("folded_name")


def _folded(name: str) -> str:
    """A name as the application compares it."""
    return " ".join(name.replace("’", "'").split()).casefold()


def _tell_apart(table: str, longest: int, words: str) -> None:
    """Keep each name as it is compared; the later of two that are one bears a number besides."""
    known = sa.table(table, sa.column("id"), sa.column("name"), sa.column("folded_name"))
    rows = op.get_bind().execute(sa.select(known).order_by(known.c.id)).mappings().all()
    names = {_folded(row["name"]) for row in rows}
    taken: set[str] = set()
    for row in rows:
        called, number = row["name"], 1
        while _folded(called) in (taken if number == 1 else taken | names):
            number += 1
            suffix = f" ({number})"
            called = row["name"][: longest - len(suffix)] + suffix
        taken.add(_folded(called))
        values = {"name": called, "folded_name": _folded(called)}
        op.execute(known.update().where(known.c.id == row["id"]).values(values))
        if called != row["name"]:
            _say(table, words, row["id"], row["name"], called)


def _say(table: str, words: str, ident: int, before: str, after: str) -> None:
    """The audit has what the upgrade renamed, and whoever upgrades reads it."""
    entry = {
        "at": sa.func.now(),
        "actor_name": "Takeup",
        "verb": f"{words}:{'edited' if table == 'organisation' else 'renamed'}",
        "thing_type": table,
        "thing_id": ident,
        "thing_label": after,
        "changes": {"Name": [before, after]},
        "reason": f"There was another {words} of this name: each has one of its own now",
    }
    op.execute(AUDIT.insert().values(entry))
    log.warning("The %s “%s” is called “%s” now: there was another already.", words, before, after)
