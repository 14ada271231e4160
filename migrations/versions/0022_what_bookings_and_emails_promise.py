"""what bookings and e-mails promise: a day of the run, one replacement, a share, a secret forgotten"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CHECKS = {
    "message": ("secret_is_forgotten", "state NOT IN ('sent', 'withdrawn') OR secret IS NULL"),
    "booking_move": ("charged_percent_is_a_share", "charged_percent BETWEEN 0 AND 100"),
}
A_SESSION = "fk_booking_session_id_training_session"
OF_THE_RUN = "fk_booking_session_id_run_id_training_session"
IN_FULL = "uq_training_session_id_run_id"
REPLACED = "ix_booking_replaces_id"


def upgrade() -> None:
    op.execute("UPDATE message SET secret = NULL WHERE state IN ('sent', 'withdrawn')")
    for name, (check, words) in CHECKS.items():
        with op.batch_alter_table(name) as table:
            table.create_check_constraint(op.f(f"ck_{name}_{check}"), words)
    op.create_index(IN_FULL, "training_session", ["id", "run_id"], unique=True)
    with op.batch_alter_table("booking") as table:
        table.drop_constraint(op.f(A_SESSION), type_="foreignkey")
        table.create_foreign_key(
            op.f(OF_THE_RUN), "training_session", ["session_id", "run_id"], ["id", "run_id"]
        )
        table.drop_index(REPLACED)
        table.create_index(REPLACED, ["replaces_id"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("booking") as table:
        table.drop_index(REPLACED)
        table.create_index(REPLACED, ["replaces_id"], unique=False)
        table.drop_constraint(op.f(OF_THE_RUN), type_="foreignkey")
        table.create_foreign_key(op.f(A_SESSION), "training_session", ["session_id"], ["id"])
    op.drop_index(IN_FULL, "training_session")
    for name, (check, _) in CHECKS.items():
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"ck_{name}_{check}"), type_="check")
