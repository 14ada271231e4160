"""how many replied to a score that was published, so that few are told from its number and not from a sentence"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLE = "published_figure"
CHECKS = {
    "replies_of_one_or_more": "replies >= 1",
    "replies_of_a_score": "replies IS NULL OR score IS NOT NULL",
}


def upgrade() -> None:
    with _thawed():
        op.add_column(TABLE, sa.Column("replies", sa.Integer(), nullable=True))
        # The latest that a document stated by its day, as it was known when it was published.
        op.execute(
            "UPDATE published_figure SET replies = (SELECT stated.replies FROM stated_figure AS stated "
            "WHERE stated.target_id = published_figure.target_id AND stated.score IS NOT NULL "
            "AND stated.as_at <= published_figure.as_at AND stated.recorded_at <= published_figure.known_at "
            "AND (stated.superseded_at IS NULL OR stated.superseded_at > published_figure.known_at) "
            "ORDER BY stated.as_at DESC LIMIT 1) WHERE score IS NOT NULL"
        )
        with op.batch_alter_table(TABLE) as batch_op:
            for name, words in CHECKS.items():
                batch_op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), words)


def downgrade() -> None:
    with _thawed(), op.batch_alter_table(TABLE) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), type_="check")
        batch_op.drop_column("replies")


@contextmanager
def _thawed() -> Iterator[None]:
    """What was published is not changed, and triggers see to it; they rest while a column is added that says
    nothing new. SQLite makes the table anew, without them."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        yield
        op.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")
        return
    triggers = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    kept = bind.execute(triggers, {"table": TABLE}).all()
    for name, _words in kept:
        op.execute(f"DROP TRIGGER {name}")
    yield
    for _name, words in kept:
        op.execute(words)
