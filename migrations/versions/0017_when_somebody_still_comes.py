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
    said = "FROM audit_entry WHERE verb = 'booking:reconfirmed' AND thing_type = 'booking'"
    op.execute(
        f"UPDATE booking SET reconfirmed_at = (SELECT max(at) {said} AND thing_id = booking.id) "
        f"WHERE id IN (SELECT thing_id {said})"
    )


def downgrade() -> None:
    op.drop_column("booking", "reconfirmed_at")
