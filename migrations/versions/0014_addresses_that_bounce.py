"""addresses that bounce"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATES_BEFORE = ("queued", "sending", "sent", "failed", "withdrawn")
STATES = (*STATES_BEFORE, "bounced", "suppressed")


def upgrade() -> None:
    _change_messages(STATES)


def downgrade() -> None:
    op.execute(
        "UPDATE message SET state = 'failed', claimed_at = NULL WHERE state IN ('bounced', 'suppressed')"
    )
    _change_messages(STATES_BEFORE)


def _change_messages(states: tuple[str, ...]) -> None:
    """What may become of an e-mail, and to which address many were written.

    SQLite makes the table anew from a description that leaves the check out.
    """
    is_up = states == STATES
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_message_messagestate"), "message", type_="check")
    with op.batch_alter_table("message", copy_from=_message(has_address=not is_up)) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_message_messagestate"), f"state IN ({', '.join(map(repr, states))})"
        )
        if is_up:
            batch_op.create_index("ix_message_to_address", ["to_address"], unique=False)
        else:
            batch_op.drop_index("ix_message_to_address")


def _message(*, has_address: bool) -> sa.Table:
    address = [sa.Index("ix_message_to_address", "to_address")] if has_address else []
    texts = {"key": 200, "kind": 60, "to_address": 254, "to_name": 250, "subject": 300}
    return sa.Table(
        "message",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in texts.items()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("secret", sa.String(length=100), nullable=True),
        sa.Column("about_type", sa.String(length=60), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("useful_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.Column("new_dates", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'sending') = (claimed_at IS NOT NULL)", name="ck_message_sending_is_claimed"
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="ck_message_sent_has_a_time"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("key", name="uq_message_key"),
        sa.Index("ix_message_about", "about_type", "about_id"),
        sa.Index("ix_message_due", "state", "next_try_at"),
        sa.Index("ix_message_kind", "kind"),
        *address,
    )
