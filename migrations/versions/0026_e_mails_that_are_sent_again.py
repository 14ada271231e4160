"""when an e-mail went back into the queue, beside when it was written"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("requeued_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """What was queued again counts from then: it was what `created_at` said before."""
    op.execute("UPDATE message SET created_at = requeued_at WHERE requeued_at IS NOT NULL")
    with op.batch_alter_table("message") as table:
        table.drop_column("requeued_at")
