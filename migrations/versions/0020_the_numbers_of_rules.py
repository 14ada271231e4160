"""which version of its target's rule a rule is, as published figures name it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("target_rule", sa.Column("number", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE target_rule SET number = (SELECT count(*) FROM target_rule AS other "
        "WHERE other.target_id = target_rule.target_id AND (other.recorded_at < target_rule.recorded_at "
        "OR (other.recorded_at = target_rule.recorded_at AND other.id <= target_rule.id)))"
    )
    with op.batch_alter_table("target_rule") as table:
        table.alter_column("number", existing_type=sa.Integer(), nullable=False)
        table.create_unique_constraint(op.f("uq_target_rule_target_id_number"), ["target_id", "number"])
        table.create_check_constraint(op.f("ck_target_rule_numbered_from_one"), "number >= 1")


def downgrade() -> None:
    with op.batch_alter_table("target_rule") as table:
        table.drop_constraint(op.f("ck_target_rule_numbered_from_one"), type_="check")
        table.drop_constraint(op.f("uq_target_rule_target_id_number"), type_="unique")
        table.drop_column("number")
