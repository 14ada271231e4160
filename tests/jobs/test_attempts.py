"""What the scheduler logs of a job that failed."""

from __future__ import annotations

from sqlalchemy import create_engine
from structlog.testing import capture_logs

from app.cli.scheduler import attempt

NOWHERE = "postgresql+psycopg://me:pw@127.0.0.1:1/takeup"


def test_a_database_that_is_away_is_a_line_each_time_and_names_the_job() -> None:
    with capture_logs() as logged:
        attempt("deliver", create_engine(NOWHERE).connect)
    (line,) = logged
    assert line["job"] == "deliver"
    assert "exc_info" not in line
    assert "refused" in line["reason"]
    assert "\n" not in line["reason"]


def test_any_other_fault_is_logged_with_the_way_to_it() -> None:
    def broken() -> None:
        raise KeyError("run")

    with capture_logs() as logged:
        attempt("deliver", broken)
    (line,) = logged
    assert line["job"] == "deliver"
    assert isinstance(line["exc_info"], KeyError)
