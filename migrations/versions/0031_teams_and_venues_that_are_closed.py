"""until when a team, an organisation, a venue and a trainer are used"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

CLOSED = ("team", "organisation", "venue", "trainer")


def upgrade() -> None:
    for table in CLOSED:
        op.add_column(table, sa.Column("last_day", sa.Date(), nullable=True))


def downgrade() -> None:
    for table in CLOSED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("last_day")
