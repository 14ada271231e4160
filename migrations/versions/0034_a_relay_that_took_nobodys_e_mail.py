"""whether a relay took nobody's e-mail is a fact of the message, and is not read in the words of its problem"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

CHECK = "ck_message_carrier_failed_with_a_problem"


def upgrade() -> None:
    column = sa.Column("carrier_failed", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("message", column)
    op.execute(
        "UPDATE message SET carrier_failed = (1 = 1) WHERE problem LIKE '%(SMTP_PORT) could not be used%' "
        "OR problem LIKE 'The folder %, in INSTANCE_DIR, can’t be written in%'"
    )
    with op.batch_alter_table("message") as table:
        table.alter_column("carrier_failed", existing_type=sa.Boolean(), server_default=None)
        table.create_check_constraint(op.f(CHECK), "problem IS NOT NULL OR NOT carrier_failed")


def downgrade() -> None:
    with op.batch_alter_table("message") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.drop_column("carrier_failed")
