"""The scheduler stops when it is told to, whatever it is at."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import SECRET
from tests.house.source import PROJECT

STOPS_WITHIN = 60  # it starts from nothing, beside other tests
_TOLD_TO_STOP_AS_A_JOB_BEGINS = """
import os, signal
from apscheduler.executors.pool import ThreadPoolExecutor
from app.cli import scheduler
from wsgi import app

submit = ThreadPoolExecutor.submit_job

def told_meanwhile(*job):
    os.kill(os.getpid(), signal.SIGTERM)
    submit(*job)

ThreadPoolExecutor.submit_job = told_meanwhile
scheduler.HEARTBEAT_SECONDS = 1
scheduler.keep_timetable(app)
"""


@pytest.mark.once
def test_it_stops_when_it_is_told_to_in_the_moment_in_which_a_job_begins(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    environment = {
        "DATABASE_URL": new_database(),
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://training.council.example",
        "INSTANCE_DIR": str(tmp_path),
    }
    command = [sys.executable, "-c", _TOLD_TO_STOP_AS_A_JOB_BEGINS]
    ended = subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        timeout=STOPS_WITHIN,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
