"""What the database keeps of certificates, of what is decided, and of ways into a register."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.attendance.models import (
    AttendanceFile,
    Certificate,
    ClaimState,
    DeclaredTraining,
    FileKind,
    PartialAcceptance,
    RegisterLink,
)
from app.core.db import db, record
from app.learning.models import Mark, MarkStatus, MarkWay, Submission
from app.sessions.models import TrainingSession
from tests import factories
from tests.constraints import Changes, checks_of, refused_by

NOW, DAY = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 2)


def _saved(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def _session() -> TrainingSession:
    return factories.run().sessions[0]


def _certificate() -> Certificate:
    whose = {"person_id": factories.staff().id, "course_id": factories.course().id}
    return _saved(Certificate(code="AAAA-1111", completed_on=DAY, days=[], issued_at=NOW, **whose))


def _declared() -> DeclaredTraining:
    whose = {"person_id": factories.staff().id, "course_id": factories.course().id}
    what = {"completed_on": DAY, "provider": "Hillside", "evidence": "A certificate"}
    return _saved(DeclaredTraining(declared_at=NOW, declared_by="Ada", **whose, **what))


def _asked_to_count() -> PartialAcceptance:
    session = _session()
    fact = Mark(
        person_id=factories.staff().id,
        session_id=session.id,
        version_id=session.run.version_id,
        component=session.component_number,
        status=MarkStatus.PARTIAL,
        minutes=150,
        counts=False,
        held_on=DAY,
    )
    mark = _saved(record(fact, by="Tests", now=NOW))
    return _saved(PartialAcceptance(mark_id=mark.id, reason="Ill at noon", asked_at=NOW, asked_by="Pat"))


def _link() -> RegisterLink:
    return _saved(RegisterLink(session_id=_session().id, to_name="Pat", made_at=NOW, made_by="Ada"))


def _file() -> AttendanceFile:
    session_id = _session().id
    taken = _saved(Submission(session_id=session_id, way=MarkWay.FILE, at=NOW, by_name="Pat"))
    return _saved(
        AttendanceFile(
            session_id=session_id,
            kind=FileKind.PLAIN,
            filename="day1.csv",
            content=b"",
            uploaded_at=NOW,
            uploaded_by="Pat",
            taken_at=NOW,
            submission_id=taken.id,
        )
    )


ANSWERED = {"decided_at": NOW, "decided_by": "Ada"}
CASES: list[tuple[str, Any, Changes]] = [
    ("ck_award_withdrawn_at_and_why_together", _certificate, {"withdrawn_at": NOW}),
    ("ck_award_withdrawn_at_and_why_together", _certificate, {"withdrawn_why": "A mark was corrected"}),
    ("uq_award_standing", _certificate, {"code": "BBBB-2222"}),
    ("ck_declared_training_decided_or_not", _declared, {"state": ClaimState.REFUSED}),
    ("ck_declared_training_decided_or_not", _declared, ANSWERED),
    (
        "ck_declared_training_decided_at_and_by_together",
        _declared,
        {"state": ClaimState.REFUSED, "decided_at": NOW},
    ),
    (
        "ck_declared_training_approved_is_a_completion",
        _declared,
        {"state": ClaimState.APPROVED, **ANSWERED},
    ),
    ("ck_partial_acceptance_decided_at_and_how_together", _asked_to_count, ANSWERED),
    (
        "ck_partial_acceptance_decided_at_and_by_together",
        _asked_to_count,
        {"decided_at": NOW, "is_agreed": True},
    ),
    ("ck_register_link_revoked_at_and_by_together", _link, {"revoked_at": NOW}),
    ("ck_register_link_revoked_at_and_by_together", _link, {"revoked_by": "Ada"}),
    ("ck_attendance_file_taken_has_a_time", _file, {"taken_at": None}),
]


@pytest.mark.parametrize(("constraint", "row", "changes"), CASES)
def test_the_database_keeps_what_is_said_of_attendance(constraint: str, row: Any, changes: Changes) -> None:
    refused_by(constraint, row(), changes)


@pytest.mark.once
def test_every_check_has_its_case() -> None:
    assert {name for name, *_ in CASES if name.startswith("ck_")} == checks_of("attendance")
