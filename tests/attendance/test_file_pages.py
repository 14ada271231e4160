"""The pages of files of attendance: upload, preview, the press that takes it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.attendance.models import AttendanceFile
from app.core.db import db
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus
from app.sessions.models import TrainingSession
from tests import factories
from tests.attendance.marking import mark
from tests.attendance.reports import SAMPLE, known, known_as, session_of_the_sample
from tests.pages import Page, Pages


@pytest.fixture(autouse=True)
def session(travel_to: Callable[..., None]) -> TrainingSession:
    """The session of the sample's report, the next morning."""
    travel_to("2022-03-16 10:00")
    return session_of_the_sample()


@pytest.fixture
def academy(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def give(pages: Pages, session_id: int, content: bytes = SAMPLE) -> Page:
    page = pages.get(f"/sessions/{session_id}/attendance-files")
    return pages.submit(page, {"file": (io.BytesIO(content), "report.csv")})


def test_tr04_a_report_is_looked_at_decided_and_taken(academy: Pages, session: TrainingSession) -> None:
    session_id, kit = session.id, known_as("Kit")
    assert "From a file" in academy.get(f"/sessions/{session_id}/register").text
    page = give(academy, session_id)
    assert page.h1 == "report.csv"
    assert "Nothing is marked yet" in page.text
    assert (
        "report with 18 people: 14 found by e-mail address, 2 to confirm, 1 unknown, 1 left out. "
        "2 with a place are not in it."
    ) in page.text
    assert "Neil Owen 150 minutes Attended in part (150 minutes), too short to count" in page.text
    assert "Yes, Aaron Harris (external) is Aaron Harris Attended in part (400 minutes)" in page.text
    assert "Who is Guest?" in page.text
    assert "Left out as organiser or trainer: Trainer One." in page.text
    assert "Kit Crane Sam Oduya" in page.text
    assert known() == {}
    page = academy.submit(page, {"yes-15": "y", "person-17": str(kit.id)}, form="take")
    assert "The file is taken in: 16 marks changed." in page.text
    assert "Aaron Harris" in known()
    assert known()["Kit Crane"] == ("partial", 372, True)
    assert "Gareth Henderson" not in known()
    assert "Taken in" in academy.get(f"/sessions/{session_id}/attendance-files").text


def test_am12_what_would_be_replaced_is_said(academy: Pages, session: TrainingSession) -> None:
    mark(session.run, 1, known_as("Brandon"), status=MarkStatus.ABSENT_APOLOGIES)
    db.session.commit()
    page = give(academy, session.id)
    assert "The register says otherwise" in page.text
    assert "Brandon Wells Absent, apologies, Command line Attended" in page.text
    academy.submit(page, {"replaces": "y"}, form="take")
    assert known()["Brandon Wells"] == ("attended", None, True)


def test_an_answer_that_is_wrong_comes_back_with_what_was_typed(
    academy: Pages, session: TrainingSession
) -> None:
    page = give(academy, session.id)
    page = academy.submit(page, {"yes-15": "y", "other-17": "000999"}, form="take")
    assert "There is nobody with the address or number 000999" in page.text
    assert page.soup.select_one("#other-17")["value"] == "000999"
    assert page.soup.select_one("#yes-15").has_attr("checked")
    assert known() == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04" + b"\0" * 99, "This is a spreadsheet, not a CSV file"),
        (
            SAMPLE.replace(b"1\x005\x00/\x002\x002", b"1\x006\x00/\x002\x002"),
            "This is the report of another day",
        ),
        (b"Dear all,\nhere is the list.\n", "This file has no list of participants"),
        (b"", "The file is empty"),
    ],
)
def test_a_file_that_is_none_is_a_sentence_and_nothing_is_kept(
    academy: Pages, session: TrainingSession, content: bytes, words: str
) -> None:
    assert words in give(academy, session.id, content).text
    assert db.session.scalar(select(func.count(AttendanceFile.id))) == 0


def test_a_file_is_thrown_away(academy: Pages, session: TrainingSession) -> None:
    page = academy.submit(give(academy, session.id), form="/discard")
    assert "Nothing was marked." in page.text
    assert db.session.scalar(select(func.count(AttendanceFile.id))) == 0


def test_a_file_whose_session_was_moved_since_is_said(academy: Pages, session: TrainingSession) -> None:
    page = give(academy, session.id)
    dated = session.dated
    dated.held_on = dated.held_on.replace(day=14)
    db.session.commit()
    again = academy.get(f"/attendance-files/{db.session.scalars(select(AttendanceFile.id)).one()}")
    assert page.h1 != again.h1
    assert "This is the report of another day" in again.text


def test_tr04_columns_that_nothing_is_read_from_are_named(academy: Pages, session: TrainingSession) -> None:
    page = give(academy, session.id, b"name,minutes,Team,Rating\nKit Crane,400,North,5\n")
    assert "Not read: team and rating." in page.text
    assert "Not read" not in give(academy, session.id, b"name,minutes\nKit Crane,400\n").text


def test_tr04_a_list_of_a_trainers_own_is_told_which_columns_it_has(
    academy: Pages, session: TrainingSession
) -> None:
    page = give(academy, session.id, b"email,team\nkit.crane@council.example,North\n")
    assert "A list of your own has the columns email, name, minutes and status." in page.text


def test_a_plain_list_has_a_template(academy: Pages) -> None:
    page = academy.get("/attendance-files/template.csv")
    assert (page.response.mimetype, page.html) == ("text/csv", "\ufeffemail,name,minutes,status\r\n")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ACADEMY_MANAGER}))
def test_3_0_only_the_academy_and_the_run_s_own_trainer_take_files(
    pages: Pages, session: TrainingSession, role: Role
) -> None:
    session_id = session.id
    academy = pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    give(academy, session_id)
    file_id = db.session.scalars(select(AttendanceFile.id)).one()
    pages.sign_in(factories.user(role))
    for path in (f"/sessions/{session_id}/attendance-files", f"/attendance-files/{file_id}"):
        assert "Brandon" not in pages.get(path, status=403).text
        pages.post(path, status=403)
    pages.post(f"/attendance-files/{file_id}/discard", status=403)
    assert db.session.scalar(select(func.count(Mark.id))) == 0


def test_tr04_the_run_s_own_trainer_takes_a_report(pages: Pages, session: TrainingSession) -> None:
    user = factories.user(Role.TRAINER)
    session.trainer = factories.trainer(user)
    db.session.commit()
    pages.sign_in(user)
    page = pages.submit(give(pages, session.id), form="take")
    assert "14 marks changed" in page.text
