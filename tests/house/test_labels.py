"""What an administrator reads is words: each verb, kind of e-mail and job that the code names has its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product

import pytest

from app.accounts.models import RequestState
from app.audit.models import DONE, THINGS
from app.bookings.models import BookingState
from app.bookings.rules.messages import MessageKind
from app.core.db import Model
from app.jobs.jobs import JOBS
from app.outbox.models import KINDS
from app.sessions.models import ProposalState
from tests.house.source import furniture_of, modules, strings

pytestmark = pytest.mark.once

_VERB = re.compile(r"[a-z][a-z -]*:[a-z][a-z _-]*[a-z]")

# Verbs and kinds that the code makes of two parts.
_ANSWERS = (RequestState.ACCEPTED, RequestState.REFUSED)
MADE_VERBS = {
    *(f"booking:{state}" for state in BookingState),
    *(f"approval:{answer}" for answer in ("approved", "declined")),
    *(f"{asked}:{answer}" for asked, answer in product(("claim", "registration"), _ANSWERS)),
    *(f"run:date {state}" for state in ProposalState),
    *(f"{listed}:added" for listed in ("service", "role group", "sector", "organisation")),
    *(f"{listed}:renamed" for listed in ("service", "role group", "sector", "organisation")),
    *(
        f"{closed}:last day {done}"
        for closed, done in product(("organisation", "team", "trainer", "venue"), ("recorded", "taken back"))
    ),
    *(f"{of}:joining instructions {done}" for of, done in product(("run", "course"), ("changed", "removed"))),
    *(
        f"{of}:material {done}"
        for of, done in product(("run", "course"), ("added", "changed", "moved up", "removed"))
    ),
}
MADE_KINDS = {
    *(f"booking_{kind}" for kind in MessageKind),
    *(f"booking_{what}" for what in ("manager_told", "colleague_gave_up", "session_changed", "carried_over")),
    *(f"booking_{what}" for what in ("run_joined", "reconfirm")),
    *(f"approval_{what}" for what in ("asked", "reminder", "expired", "withdrawn")),
    *(f"absence_{what}" for what in ("told", "asked")),
    *(f"claim_{answer}" for answer in _ANSWERS),
    *(f"certificate_{event}" for event in ("issued", "withdrawn", "restored")),
    *("claim_confirm", "registration_confirm", "missing_component", "trainer_days", "trainer_days_over"),
}


def _verbs() -> Iterator[str]:
    """The verbs that rules and pages name as a whole."""
    for path, tree in modules().items():
        if furniture_of(path) in {"rules", "views"}:
            yield from (text for text in strings(tree) if _VERB.fullmatch(text))


def _kinds() -> Iterator[str]:
    """The kinds of e-mail that rules name as a whole."""
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("enqueue"):
                kind = next(word.value for word in node.keywords if word.arg == "kind")
                if isinstance(kind, ast.Constant):
                    yield str(kind.value)


def test_every_verb_of_the_audit_has_its_words() -> None:
    """Give a new one its words in app/audit/models.py; take away those of one that is recorded no longer."""
    assert set(DONE) == {*_verbs(), *MADE_VERBS}


def test_every_kind_of_e_mail_has_its_words() -> None:
    """Give a new one its words in app/outbox/models.py; take away those of one that is written no longer."""
    assert set(KINDS) == {*_kinds(), *MADE_KINDS}


def test_every_thing_with_words_of_its_own_is_a_table() -> None:
    assert set(THINGS) <= set(Model.metadata.tables)


@pytest.mark.parametrize(
    "words",
    [DONE, KINDS, THINGS, {job.name: job.title for job in JOBS}],
    ids=["verbs", "kinds", "things", "jobs"],
)
def test_no_two_are_called_alike(words: dict[str, str]) -> None:
    """Whoever chooses one of a list by its words knows which it is."""
    assert len(set(words.values())) == len(words)
    assert not [label for label in words.values() if re.search(r"[:_]", label) or not label[0].isupper()]
