"""changes by the academy or the provider"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("new_dates", sa.Text(), nullable=True))
    op.add_column("run", sa.Column("goes_ahead_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "run",
        sa.Column("is_cancelled_by_provider", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "training_session", sa.Column("revisions", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("training_session", "revisions")
    op.drop_column("run", "is_cancelled_by_provider")
    op.drop_column("run", "goes_ahead_at")
    op.drop_column("message", "new_dates")
