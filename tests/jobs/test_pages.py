"""The jobs page and /healthz."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextvars import Context
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app import create_app
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.core.tally import Tally
from app.jobs import rules
from app.jobs.jobs import A_MINUTE, TIMETABLE, Job
from app.jobs.models import JobRun, Outcome
from tests import factories
from tests.databases import settings_for


def test_administrator_sees_the_timetable_and_runs_a_job(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.get("/jobs")
    assert "Scheduler never started" in page.text
    page = pages.submit(page, form="/joining/run")
    assert "0 done, 0 no longer needed, 0 failed" in page.text


def test_recent_work_is_named_as_in_the_timetable(pages: Any) -> None:
    for job in ("few_booked", "of_old"):
        run_id = rules.claim(job=job, slot="1", now=clock.now())
        assert run_id is not None
        rules.finish(run_id=run_id, tally=Tally(done=1), now=clock.now())
    db.session.commit()
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    recent = pages.get("/jobs").soup.find_all("table")[1].text
    assert "Tell the academy of runs with too few people" in recent
    assert "few_booked" not in recent
    assert "of_old" in recent


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", "2 runs"),
        ("job=few_booked", "1 run"),
        ("outcome=failed", "1 run"),
        ("job=few_booked&outcome=failed", "No runs"),
        ("outcome=perhaps", "2 runs"),
    ],
)
def test_sa04_recent_work_is_narrowed_by_job_and_outcome(pages: Any, search: str, found: str) -> None:
    for job, tally in {"few_booked": Tally(done=1), "joining": Tally(failed=1)}.items():
        run_id = rules.claim(job=job, slot="1", now=clock.now())
        assert run_id is not None
        rules.finish(run_id=run_id, tally=tally, now=clock.now())
    db.session.commit()
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.get(f"/jobs?{search}")
    assert found in page.text
    words = [one.get_text() for one in page.soup.select("#filter-job option")]
    assert "Tell the academy of runs with too few people" in words


@pytest.fixture
def add_job(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[datetime], Tally]], None]:
    """A function that puts one more job into the timetable."""

    def add(function: Callable[[datetime], Tally]) -> None:
        monkeypatch.setitem(TIMETABLE, "slow", Job("slow", "Something slow", A_MINUTE, function))

    return add


def run_it(pages: Any) -> tuple[Any, JobRun]:
    """What the page says that runs the job, and the run that the audit names."""
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.submit(pages.get("/jobs"), form="/slow/run")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "job:run by hand")).one()
    return page, db.session.get_one(JobRun, entry.thing_id)


def test_the_audit_names_the_run_by_hand_and_not_the_schedulers(pages: Any, add_job: Any) -> None:
    def scheduled_meanwhile(now: datetime) -> Tally:
        assert rules.claim(job="slow", slot="1", now=now) is not None
        return Tally(done=2)

    add_job(scheduled_meanwhile)
    page, run = run_it(pages)
    assert "Something slow: 2 done" in page.text
    assert (run.slot[:7], run.done) == ("by hand", 2)


LIMIT = {"sqlite": "SELECT 0", "postgresql": "SHOW statement_timeout"}  # SQLite has none


def test_a_job_that_is_run_by_hand_may_take_its_time(pages: Any, add_job: Any, engine_name: str) -> None:
    """As when the timetable runs it, though a page’s own statements end after a minute."""
    limits = []

    def look(_now: datetime) -> Tally:
        limits.append(str(db.session.scalar(text(LIMIT[engine_name]))))
        return Tally(done=1)

    add_job(look)
    run_it(pages)
    assert limits == ["0"]


def test_a_job_that_stops_on_an_error_leaves_a_failed_run_that_says_why(pages: Any, add_job: Any) -> None:
    def stop(_now: datetime) -> Tally:
        raise ValueError("The disk is full")

    add_job(stop)
    page, run = run_it(pages)
    assert "0 done, 0 no longer needed, 1 failed. ValueError: The disk is full" in page.text
    assert (run.outcome, run.failed, run.problem) == (Outcome.FAILED, 1, "ValueError: The disk is full")
    assert run.ended_at is not None


def test_unknown_job_is_a_page_that_says_so(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.post("/jobs/nonesuch/run", status=404)
    assert "There is no job “nonesuch”" in page.text


def test_healthz_tells_what_is_wrong(client: Any) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"status": "failed", "database": "ok", "migrations": "ok", "scheduler": "failed"}


def test_healthz_is_ok_while_the_scheduler_lives(client: Any) -> None:
    rules.beat(scheduler="one", now=clock.now())
    db.session.commit()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")


def test_u17_the_administrator_is_told_of_two_schedulers_and_a_monitor_is_not(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    for name, told in (("a, process 1", False), ("b, process 2", False), ("a, process 1", True)):
        rules.beat(scheduler=name, now=clock.now())
        db.session.commit()
        said = "2 schedulers are running on this database: a, process 1; b, process 2."
        assert (said in pages.get("/jobs").text) == told
    assert pages.get("/healthz").response.json["status"] == "ok"


def test_healthz_sees_a_database_without_migrations(databases: Any, tmp_path: Path) -> None:
    url = databases.empty(f"healthz_{uuid4().hex[:6]}")
    elsewhere = create_app(settings_for(url, tmp_path))
    answer = Context().run(elsewhere.test_client().get, "/healthz")
    assert (answer.status_code, answer.json["database"], answer.json["migrations"]) == (503, "ok", "failed")
    with elsewhere.app_context():
        db.engine.dispose()
    databases.drop(url)


def test_run_command_prints_json_and_nothing_else(run_command: Any) -> None:
    result = run_command("jobs", "run", "deliver", "--json")
    assert result.exit_code == 0
    assert result.stdout == '{"job": "deliver", "done": 0, "skipped": 0, "failed": 0}\n'


def test_list_command_prints_json_and_nothing_else(run_command: Any) -> None:
    listed = json.loads(run_command("jobs", "list", "--json").stdout)
    assert [one["job"] for one in listed] == list(TIMETABLE)
    assert listed[-1] == {"job": "deliver", "every_seconds": 5, "title": "Send the e-mails that wait"}


def test_run_command_refuses_in_json_too(run_command: Any) -> None:
    result = run_command("jobs", "run", "nonesuch", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"error": result.stderr.strip()}


def test_run_command_names_the_jobs_there_are(run_command: Any) -> None:
    result = run_command("jobs", "run", "nonesuch")
    assert result.exit_code == 1
    known = ", ".join(sorted(TIMETABLE))
    assert result.stderr == f"There is no job “nonesuch”. The jobs are {known}.\n"
    assert {"deliver", "joining", "leavers", "marks", "places", "registers"} <= set(TIMETABLE)
    assert result.stdout == ""
