"""an e-mail that waits has its words: those of one that is over may be deleted"""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

CHECK = "ck_message_waits_with_its_words"


def upgrade() -> None:
    with op.batch_alter_table("message") as table:
        table.create_check_constraint(
            op.f(CHECK), "state NOT IN ('queued', 'sending', 'suppressed') OR text <> ''"
        )


def downgrade() -> None:
    with op.batch_alter_table("message") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
