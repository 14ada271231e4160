"""The certificate's page and file, who may see them, and the page where anybody checks a code."""

from __future__ import annotations

import io
import os
import sys
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from app.attendance import jobs, queries, rules
from app.attendance.models import Certificate
from app.core import clock, pdf
from app.core.db import db
from app.core.permissions import Role
from app.core.press import Press, PressFailed
from app.people.models import Person
from tests import factories
from tests.attendance.marking import mark
from tests.pages import Page, Pages

NOW = clock.london_time(date(2022, 3, 18), time(12))


@pytest.fixture(autouse=True)
def _no_checks_before(app: Flask) -> None:
    """The limit on checks counts what other tests did."""
    for limiter in app.extensions["limiter"]:
        limiter.reset()


def certified(person: Person | None = None, *, run_code: str = "SOS2-07", **course: Any) -> Certificate:
    """A certificate of a two-day course, completed on 16 March 2022."""
    person = person or factories.staff(first_name="Joy", last_name="Okafor")
    trainer = factories.trainer(name="Tamsin Rowe")
    run = factories.run(
        factories.course(components=2, **({"title": "Signs of Safety 2-day"} | course)),
        days=[date(2022, 3, 15), date(2022, 3, 16)],
        trainer_id=trainer.id,
        code=run_code,
    )
    for component in (1, 2):
        mark(run, component, person)
    db.session.commit()
    jobs.certificates(NOW)
    return db.session.scalars(queries.standing_certificates_of(person.id)).one()


def withdrawn(certificate: Certificate) -> Certificate:
    rules.withdraw(certificate=certificate, why="A day was corrected.", by=factories.actor(), now=NOW)
    db.session.commit()
    return certificate


def words_of(answer: Page) -> str:
    pdf = PdfReader(io.BytesIO(answer.response.data))
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


# --- The page and the file --------------------------------------------------------------------------------


def test_st10_the_page_says_course_dates_hours_trainer_and_code(pages: Pages) -> None:
    certificate = certified()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=certificate.person))
    page = pages.get(f"/certificate/{certificate.id}")
    for words in (
        "Joy Okafor",
        "Signs of Safety 2-day",
        "on 16 March 2022: 14 hours of training, on 2 days, led by Tamsin Rowe.",
        "Day 1 15 March 2022 7 hours SOS2-07",
        certificate.code,
        "Anybody can check that this certificate is valid: http",
    ):
        assert words in page.text


@pytest.mark.once  # how a PDF is made does not depend on the engine
@pytest.mark.usefixtures("app")
def test_st10_the_file_is_a_tagged_pdf_with_a_title_and_a_language(pages: Pages) -> None:
    certificate = certified()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=certificate.person))
    answer = pages.get(f"/certificate/{certificate.id}/certificate.pdf")
    assert answer.response.headers["Content-Disposition"] == (
        "attachment; filename=certificate-joy-okafor-signs-of-safety-2-day-2022-03-16.pdf"
    )
    pdf = PdfReader(io.BytesIO(answer.response.data))
    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Certificate: Signs of Safety 2-day, Joy Okafor"
    assert len(pdf.pages) == 1
    words = words_of(answer)
    for part in ("Certificate of completion", "Joy Okafor", "Tamsin Rowe", "14 hours", certificate.code):
        assert part in words


@pytest.mark.parametrize(
    ("name", "title", "filename"),
    [
        (
            "Zoë",
            "Kinship care: “what helps”",
            "certificate-zoe-okafor-kinship-care-what-helps-2022-03-16.pdf",
        ),
        ("../..", "\u4e2d\u6587", "certificate-okafor-training-2022-03-16.pdf"),
        ("O'Neil\r\nX: y", "A/B", "certificate-oneil-x-y-okafor-a-b-2022-03-16.pdf"),
    ],
)
def test_a_files_name_is_one_that_every_system_takes(
    pages: Pages, name: str, title: str, filename: str
) -> None:
    certificate = certified(factories.staff(first_name=name, last_name="Okafor"), title=title)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    answer = pages.get(f"/certificate/{certificate.id}/certificate.pdf")
    assert answer.response.headers["Content-Disposition"] == f"attachment; filename={filename}"


@pytest.mark.once  # how a PDF is made does not depend on the engine
@pytest.mark.usefixtures("app")
def test_what_people_and_courses_are_called_is_text_and_no_page(pages: Pages) -> None:
    person = factories.staff(first_name="<b>Joy</b>", last_name="<img src='file:///etc/hostname'>")
    certificate = certified(person, title="<script>alert(1)</script>")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "<script>alert(1)" not in pages.get(f"/certificate/{certificate.id}").html
    assert "<b>Joy</b>" in words_of(pages.get(f"/certificate/{certificate.id}/certificate.pdf"))


def test_the_councils_name_logo_and_colour_are_on_it(app: Flask, pages: Pages, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>')
    certificate = certified()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    plain = pages.get(f"/certificate/{certificate.id}/certificate.pdf")
    was = app.config["SETTINGS"]
    app.config["SETTINGS"] = was.model_copy(update={"council_logo": logo})
    try:
        branded = pages.get(f"/certificate/{certificate.id}/certificate.pdf")
    finally:
        app.config["SETTINGS"] = was
    assert app.config["COUNCIL"].name in words_of(plain)
    assert branded.response.data != plain.response.data


def test_a_long_course_goes_on_to_a_second_sheet(pages: Pages) -> None:
    certificate = certified()
    certificate.days = [certificate.days[0] | {"title": f"Day {number}"} for number in range(1, 31)]
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    words = words_of(pages.get(f"/certificate/{certificate.id}/certificate.pdf"))
    assert "Day 30" in words


@pytest.mark.once  # the press does not depend on the engine
@pytest.mark.usefixtures("app")
def test_without_pango_the_page_says_which_package_is_missing(
    pages: Pages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "weasyprint.py").write_text('raise OSError("cannot load library libpango-1.0-0")')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(pdf, "press", Press())
    certificate = certified()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=certificate.person))
    page = pages.get(f"/certificate/{certificate.id}/certificate.pdf")
    assert "the package Pango is missing" in page.text
    assert page.path == f"/certificate/{certificate.id}"
    pdf.press.stop()


@pytest.mark.once  # the press does not depend on the engine
@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("problem", ["raise SystemExit(1)", 'raise OSError("No space left on device")'])
def test_a_press_that_fails_otherwise_says_to_try_again(
    pages: Pages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, problem: str
) -> None:
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint" / "__init__.py").write_text(f"def HTML(**given):\n    {problem}\n")
    (tmp_path / "weasyprint" / "urls.py").write_text("URLFetcher = dict\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(pdf, "press", Press())
    certificate = certified()
    pages.sign_in(factories.user(Role.PRACTITIONER, of=certificate.person))
    page = pages.get(f"/certificate/{certificate.id}/certificate.pdf")
    assert "The PDF could not be made just now." in page.text


@pytest.mark.once  # the press does not depend on the engine
def test_a_press_that_has_ended_is_started_anew() -> None:
    press = Press()
    assert press.pdf("<p>One</p>").startswith(b"%PDF")
    assert press._process is not None
    press._process.kill()
    assert press.pdf("<p>Two</p>").startswith(b"%PDF")
    press.stop()


@pytest.mark.once  # the press does not depend on the engine
def test_a_press_that_begins_early_is_ready_when_the_page_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What makes PDFs is loaded before there is a page, once for each process."""
    os.mkfifo(tmp_path / "loaded")
    (tmp_path / "weasyprint.py").write_text(f"open({str(tmp_path / 'loaded')!r}, 'w').write('Loaded')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    press = Press()
    press.begin()
    assert (tmp_path / "loaded").read_text() == "Loaded"
    first = press._process
    assert first is not None
    press.begin()
    assert press._process is first
    first.kill()
    first.wait()
    press.begin()
    assert press._process is not first
    assert (tmp_path / "loaded").read_text() == "Loaded"
    press.stop()


@pytest.mark.once  # the press does not depend on the engine
def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever asks next has a press again, and does not wait behind it for ever."""
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint" / "__init__.py").write_text(
        "import threading\ndef HTML(**given):\n    threading.Event().wait()\n"
    )
    (tmp_path / "weasyprint" / "urls.py").write_text("URLFetcher = dict\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    press = Press(most_seconds=0.1)
    with pytest.raises(PressFailed, match="took too long"):
        press.pdf("<p>One</p>")
    assert press._process is None


@pytest.mark.once  # the press does not depend on the engine
def test_no_web_worker_loads_what_makes_pdfs() -> None:
    """40 MB in each thread: neither at the start nor when a PDF is made."""
    pdf.press.pdf("<p>One</p>")
    assert "weasyprint" not in sys.modules


# --- Who may see one ---------------------------------------------------------------------------------------


def test_3_0_a_certificate_is_seen_by_the_person_the_manager_and_the_academy(pages: Pages) -> None:
    manager = factories.staff()
    certificate = certified(factories.staff(first_name="Joy", last_name="Okafor", manager_id=manager.id))
    for user, status in [
        (factories.user(Role.PRACTITIONER, of=certificate.person), 200),
        (factories.user(Role.LINE_MANAGER, of=manager), 200),
        (factories.user(Role.ACADEMY_MANAGER), 200),
        (factories.user(Role.LINE_MANAGER, of=factories.staff()), 403),
        (factories.user(Role.PRACTITIONER, of=factories.staff()), 403),
        (factories.user(Role.COORDINATOR, of=factories.partner()), 403),
        (factories.user(Role.TRAINER), 403),
        (factories.user(Role.BOARD_MEMBER), 403),
        (factories.user(Role.DFE_ADVISER), 403),
        (factories.user(Role.CONTRACT_MANAGER), 403),
        (factories.user(Role.ADMINISTRATOR), 403),
    ]:
        pages.sign_in(user)
        page = pages.get(f"/certificate/{certificate.id}", status=status)
        assert ("Okafor" in page.text) is (status == 200)
        pages.get(f"/certificate/{certificate.id}/certificate.pdf", status=status)


def test_ma09_the_link_of_ones_own_opens_page_and_file(pages: Pages) -> None:
    certificate = certified(factories.partner(first_name="Jo", last_name="Bell"))
    secret = rules.secret_for(certificate)
    page = pages.get(f"/my-certificate/{secret}")
    assert "Jo Bell" in page.text
    assert page.response.headers["X-Robots-Tag"] == "noindex"
    assert "Jo Bell" in words_of(pages.get(page.links()["Save as PDF"]))


@pytest.mark.parametrize("end", ["", "/certificate.pdf"])
def test_ma09_a_link_in_an_old_mailbox_opens_no_certificate(pages: Pages, end: str) -> None:
    certificate = certified(factories.partner(email="jo@riverside.example"))
    path = f"/my-certificate/{rules.secret_for(certificate)}{end}"
    pages.get(path, check=False)
    certificate.person.email = "jo.bell@hill.example"
    assert "sent to another e-mail address" in pages.get(path, status=404).text


def test_ma09_who_has_an_account_by_now_signs_in(pages: Pages) -> None:
    certificate = certified(factories.partner())
    path = f"/my-certificate/{rules.secret_for(certificate)}"
    factories.user(Role.PARTNER, of=certificate.person, password="set")
    assert "You have an account by now. Sign in" in pages.get(path, status=404).text


@pytest.mark.parametrize("secret", ["x", "WzEsMV0.forged", "%00"])
def test_a_link_that_is_forged_opens_nothing(pages: Pages, secret: str) -> None:
    certified()
    pages.get(f"/my-certificate/{secret}", status=404)
    pages.get(f"/my-certificate/{secret}/certificate.pdf", status=404)


def test_ma09_a_link_runs_out_after_a_year(pages: Pages, travel_to: Any) -> None:
    travel_to("2022-03-18")
    secret = rules.secret_for(certified())
    travel_to("2023-03-17")
    pages.get(f"/my-certificate/{secret}")
    travel_to("2023-03-20")
    page = pages.get(f"/my-certificate/{secret}", status=404)
    assert "it worked for 365 days" in page.text


def test_am12_one_that_was_withdrawn_says_so_and_has_no_file(pages: Pages) -> None:
    certificate = withdrawn(certified())
    pages.sign_in(factories.user(Role.PRACTITIONER, of=certificate.person))
    page = pages.get(f"/certificate/{certificate.id}")
    assert "This certificate was withdrawn on 18 March 2022 at 12:00. A day was corrected." in page.text
    assert "Certificate of completion" not in page.text
    page = pages.get(f"/certificate/{certificate.id}/certificate.pdf", status=404)
    assert "was withdrawn" in page.text


# --- Checking a code ----------------------------------------------------------------------------------------


def check(pages: Pages, code: str) -> Page:
    return pages.submit(pages.get("/certificates"), {"code": code})


def test_st10_anybody_checks_a_code_and_learns_nothing_else(pages: Pages) -> None:
    certificate = certified()
    found = check(pages, certificate.code.replace("-", " ").lower())
    assert f"A certificate with this code stands. Code: {certificate.code}" in found.text
    never = check(pages, "0000-0000-0000")
    assert "There is no certificate with this code. Code: 0000-0000-0000" in never.text
    withdrawn(certificate)
    gone = check(pages, certificate.code)
    assert "The certificate with this code was withdrawn." in gone.text
    for page in (found, never, gone):
        for secret in ("Okafor", "Signs of Safety", "2022", "Rowe", "SOS2", "corrected"):
            assert secret not in page.text


def test_an_address_with_a_code_fills_the_field_and_a_press_checks(pages: Pages) -> None:
    certificate = certified()
    page = pages.get(f"/certificates/{certificate.code}")
    assert page.value("code") == certificate.code
    assert "stands. Code" not in page.text
    page = pages.submit(page)
    assert "A certificate with this code stands." in page.text


@pytest.mark.parametrize("code", ["", "short", "7K2M-9QXD-41TV-7K2M", "<script>", "x" * 41])
def test_what_can_be_no_code_comes_back_with_a_sentence(pages: Pages, code: str) -> None:
    page = check(pages, code)
    assert len(page.errors) == 1
    assert page.value("code") == code


def test_checking_is_limited(pages: Pages) -> None:
    for _ in range(60):
        pages.post("/certificates", {"code": "0000-0000-0000"})
    pages.post("/certificates", {"code": "0000-0000-0000"}, status=429)


# --- The academy's list -------------------------------------------------------------------------------------


def test_st10_the_academy_finds_every_certificate_by_name_code_course_and_state(pages: Pages) -> None:
    standing = certified()
    ann = factories.staff(first_name="Ann", last_name="O’Brien")
    gone = withdrawn(certified(ann, run_code="COURT-1", title="Court skills"))
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(pages.get("/people").links()["Certificates"])
    assert "2 certificates" in page.text
    assert "Withdrawn on 18 March 2022" in page.text
    for query, expected in {
        "q=o'brien": gone,
        f"q={standing.code.lower().replace('-', ' ')}": standing,
        f"course={gone.course_id}": gone,
        "state=withdrawn": gone,
        "state=stands": standing,
    }.items():
        found = pages.get(f"/issued-certificates?{query}")
        assert [one.code in found.text for one in (standing, gone)] == [
            one is expected for one in (standing, gone)
        ]
    assert "No certificate is like this." in pages.get("/issued-certificates?q=nobody").text
    for role in (Role.TRAINER, Role.PARTNER, Role.LINE_MANAGER, Role.BOARD_MEMBER, Role.CONTRACT_MANAGER):
        pages.sign_in(factories.user(role)).get("/issued-certificates", status=403)
