"""approvals: the days on which somebody works"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("working_days", sa.String(length=7), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "working_days")
