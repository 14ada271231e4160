"""Whom a file of attendance means. (TR-04)"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.attendance.rules import How
from app.core.db import db
from app.sessions.models import TrainingSession
from tests import factories
from tests.attendance.reports import (
    look,
    session_of_the_sample,
    somebody,
    teams,
    trainer_of,
)


@pytest.fixture(autouse=True)
def session(travel_to: Callable[..., None]) -> TrainingSession:
    """The session of the sample's report, the next morning."""
    travel_to("2022-03-16 10:00")
    return session_of_the_sample()


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("SAM ODUYA", "Sam Oduya"),
        ("Oduya, Sam", "Sam Oduya"),
        ("Oduya, Sam (Children’s Services)", "Sam Oduya"),
        ("Samuel Oduya", "Sam Oduya"),
        ("Zoe O'Brien Smith", "Zoë O’Brien-Smith"),
        ("Elsewhere Known", "Elsewhere Known"),
        ("MESUT ÖZIL", "Mesut Özil"),
        ("Ann O'Dea", "Ann O’Dea"),
        ("Sa Oduya", None),
        ("Alex Twin", None),
        ("iPhone", None),
    ],
)
def test_tr04_names_propose_where_one_person_has_them(
    session: TrainingSession, name: str, person: str | None
) -> None:
    zoe = factories.staff(first_name="Zoë", last_name="O’Brien-Smith")
    factories.booking(session.run, zoe)
    for known in ("Elsewhere Known", "Mesut Özil", "Ann O’Dea"):
        somebody(known)
    for number in (1, 2):
        somebody("Alex Twin", email=f"twin{number}@council.example")
    (match,) = look(session, teams(f"{name}|@ 09:30:00|@ 16:30:00|7h|")).matches
    assert (match.person.name if match.person else None) == person
    assert match.needs_a_yes == bool(person)


def test_3_0_a_trainer_is_told_no_names_from_the_directory(session: TrainingSession) -> None:
    somebody("Elsewhere Known")
    trainer = trainer_of(session)
    (match,) = look(session, teams("Elsewhere Known|@ 09:30:00|@ 16:30:00|7h|"), by=trainer).matches
    assert (match.how, match.person) == (How.UNKNOWN, None)


def test_u07_an_address_that_was_merged_leads_to_the_record_that_goes_on(session: TrainingSession) -> None:
    goes_on = somebody("Ann Archer")
    somebody("Ann Archer", email="ann@home.example").merged_into_id = goes_on.id
    db.session.flush()
    (match,) = look(session, teams("Ann|@ 09:30:00|@ 16:30:00|7h|ann@home.example")).matches
    assert (match.how, match.person, match.has_place) == (How.BY_EMAIL, goes_on, False)


def test_the_session_s_own_trainer_is_no_learner(session: TrainingSession) -> None:
    session.trainer = factories.trainer(email="trudy@provider.example")
    db.session.flush()
    (match,) = look(session, teams("Trudy|@ 09:30:00|@ 16:30:00|7h|Trudy@provider.example")).matches
    assert match.how is How.ORGANISER
