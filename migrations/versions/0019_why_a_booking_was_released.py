"""why a booking was released, as a cause and not by its words"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

WORDS = {
    "left": "Left before the training",
    "not_answered": "The request was not answered in time",
    "not_reconfirmed": "Not reconfirmed in time",
    "merged": "Two records of one person were merged: the other booking stays",
}
CHECKS = {
    "ck_booking_move_releasecause": f"released_for IN ({', '.join(repr(cause) for cause in WORDS)})",
    "ck_booking_move_only_released_for": "released_for IS NULL OR to_state = 'released'",
}


def upgrade() -> None:
    with op.batch_alter_table("booking_move") as table:
        table.add_column(sa.Column("released_for", sa.String(length=40), nullable=True))
        for name, words in CHECKS.items():
            table.create_check_constraint(op.f(name), words)
    move = sa.table("booking_move", *(sa.column(name) for name in ("to_state", "reason", "released_for")))
    for cause, words in WORDS.items():
        said = (move.c.to_state == "released", move.c.reason == words)
        op.execute(move.update().where(*said).values(released_for=cause))


def downgrade() -> None:
    with op.batch_alter_table("booking_move") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(name), type_="check")
        table.drop_column("released_for")
