"""what was said of somebody where their mark is another, and a certificate for each completion"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# Both engines take a constraint with its new column.
ADDED = {
    "said_status": "VARCHAR(40) CONSTRAINT ck_mark_said_status CHECK (said_status IN ('attended', "
    "'attended_late', 'partial', 'absent_apologies', 'absent_no_notice', 'not_recorded', 'not_held')) "
    "CONSTRAINT ck_mark_said_of_who_was_there CHECK (said_status IS NULL OR (said_status IN ('attended', "
    "'attended_late', 'partial') AND status IN ('attended', 'attended_late', 'partial')))",
    "said_minutes": "INTEGER CONSTRAINT ck_mark_said_minutes_of_a_part CHECK (said_minutes IS NULL OR "
    "(said_minutes >= 0 AND said_status IS NOT NULL AND said_status IN ('attended_late', 'partial')))",
}
STANDS = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    for name, definition in ADDED.items():
        op.execute(f"ALTER TABLE mark ADD COLUMN {name} {definition}")
    # Who had all the minutes of a session that was broken off was there until then, as far as is known.
    op.execute(
        "UPDATE mark SET said_status = 'attended' WHERE status = 'partial' AND superseded_at IS NULL "
        "AND minutes = (SELECT minutes FROM partly_held WHERE partly_held.session_id = mark.session_id)"
    )
    _certify_each("person_id", "course_id", "completed_on")


def downgrade() -> None:
    # As before, the first of several completions alone is certified.
    op.execute(
        "UPDATE award SET withdrawn_at = CURRENT_TIMESTAMP, withdrawn_why = 'The first certificate stands.' "
        "WHERE withdrawn_at IS NULL AND EXISTS (SELECT 1 FROM award AS first WHERE first.withdrawn_at IS NULL "
        "AND first.person_id = award.person_id AND first.course_id = award.course_id "
        "AND first.completed_on < award.completed_on)"
    )
    _certify_each("person_id", "course_id")
    for name in reversed(ADDED):
        op.execute(f"ALTER TABLE mark DROP COLUMN {name}")


def _certify_each(*columns: str) -> None:
    op.drop_index("uq_award_standing", table_name="award")
    op.create_index(
        "uq_award_standing", "award", list(columns), unique=True, sqlite_where=STANDS, postgresql_where=STANDS
    )
