"""What the outbox shows is found quickly, however much has been sent."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.core.db import db
from app.outbox import queries
from app.outbox.models import MessageState


@pytest.mark.parametrize("state", [None, MessageState.SENT])
def test_sa05_the_newest_e_mails_are_found_without_sorting_all(
    database: None, engine_name: str, state: MessageState | None
) -> None:
    """Of 100,000 e-mails the database would carry every word through the sort: two seconds."""
    asked = queries.messages(state=state).compile(db.engine, compile_kwargs={"literal_binds": True})
    if engine_name == "postgresql":
        db.session.execute(text("SET LOCAL enable_sort = off"))  # of a few rows it is the quicker way
        plan = db.session.scalars(text(f"EXPLAIN {asked} LIMIT 25")).all()
    else:
        plan = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {asked} LIMIT 25"))]
    assert "ix_message_written" in " ".join(plan)
    assert not any(word in " ".join(plan) for word in ("Sort", "TEMP B-TREE"))
