"""the order in which the outbox shows its e-mails, however many there are"""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_message_written", "message", ["created_at", "id"], unique=False)
    op.create_index("ix_message_written_in_state", "message", ["state", "created_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_message_written_in_state", table_name="message")
    op.drop_index("ix_message_written", table_name="message")
