"""when somebody said that they still come"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("booking", sa.Column("reconfirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE booking SET reconfirmed_at = (SELECT max(at) FROM audit_entry "
        "WHERE verb = 'booking:reconfirmed' AND thing_type = 'booking' AND thing_id = booking.id)"
    )


def downgrade() -> None:
    op.drop_column("booking", "reconfirmed_at")
