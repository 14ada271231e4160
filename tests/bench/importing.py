"""Bringing in 10,000 HR rows, in a process of its own; beside inserting them as they come."""

from __future__ import annotations

import csv
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app

from app import create_app
from app.core import clock
from app.core.db import db
from tests import databases
from tests.bench.results import Bound, Result
from tests.bench.server import PROJECT
from tests.bench.stage import Stage
from tests.bench.workforce import FIRST_NAMES, LAST_NAMES, PRACTITIONERS

ROWS = 10_000
TEAMS = 40
COLUMNS = (
    "employee_number,first_name,last_name,preferred_name,work_email,job_title,role_group,team,service,"
    "line_manager_employee_number,employment_type,start_date,end_date,fte,long_term_absence_from,"
    "long_term_absence_to,career_stage,swe_number"
)


def measure(stage: Stage) -> Iterator[Result]:
    rows = ROWS // 10 if stage.is_quick else ROWS
    file = stage.folder / "hr.csv"
    write_file(file, rows)
    for engine in stage.engines:
        ours: list[dict[str, Any]] = []
        plain: list[dict[str, Any]] = []
        for _ in range(stage.rounds):
            ours.append(_in_a_process(stage, engine, file, "import"))
            plain.append(_in_a_process(stage, engine, file, "insert"))
        what = f"importing {rows:,} HR rows"
        yield _line(what, engine, "s", "seconds", ours, plain, 5)
        yield _line(what, engine, "MB beyond the empty app", "megabytes", ours, plain, 200)


def _line(
    what: str,
    engine: str,
    unit: str,
    key: str,
    ours: list[dict[str, Any]],
    plain: list[dict[str, Any]],
    most: float,
) -> Result:
    found = [statistics.median(one[key] for one in several) for several in (ours, plain)]
    return Result(what, engine, unit, found[0], found[1], Bound(most), detail={"ours": ours})


def write_file(path: Path, rows: int) -> None:
    """An HR file of an invented council: teams with managers, agency staff, leavers, absences."""
    drawn = random.Random(rows)
    today = clock.today()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS.split(","))
        for number in range(rows):
            team = number % TEAMS
            role = "Team Manager" if number < TEAMS else drawn.choice(PRACTITIONERS[:-1])
            began = today - timedelta(days=drawn.randrange(100, 3000))
            left = began + timedelta(days=drawn.randrange(30, 90)) if drawn.random() < 0.05 else ""
            absent = today - timedelta(days=20) if not left and drawn.random() < 0.02 else ""
            writer.writerow([
                f"{number:06d}", drawn.choice(FIRST_NAMES), drawn.choice(LAST_NAMES), "",
                f"staff{number:06d}@council.example", role, role, f"Team {team:02d}", f"Service {team % 5}",
                "" if number < TEAMS else f"{team:06d}",
                "agency" if drawn.random() < 0.05 else "employee",
                began, left, "1.0", absent, "", "", f"SW{number:06d}",
            ])  # fmt: skip


def _in_a_process(stage: Stage, engine: str, file: Path, how: str) -> dict[str, Any]:
    place = stage.empty(engine)
    command = [sys.executable, "-m", "tests.bench.importing", place.url, str(stage.folder), str(file), how]
    done = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
    stage.drop(place)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# --- In the process ------------------------------------------------------------------------------------


def main(url: str, folder: str, file: str, how: str) -> None:
    """Do it once, and print the seconds and the most megabytes beyond those of the application at rest."""
    app = create_app(databases.settings_for(url, Path(folder)))
    work: Callable[[Path], None] = {"import": _import, "insert": _insert}[how]
    with app.app_context():
        db.session.execute(db.text("SELECT 1"))
        db.session.rollback()
        at_rest = _memory_at_rest()
        began = time.perf_counter()
        work(Path(file))
        seconds = time.perf_counter() - began
    megabytes = (_most_memory() - at_rest) / 1024
    print(json.dumps({"seconds": seconds, "megabytes": max(0, megabytes)}))


def _import(file: Path) -> None:
    """`flask import people FILE`, as a whole."""
    done = current_app.test_cli_runner().invoke(args=["import", "people", str(file)])
    assert done.exit_code == 0, done.output


def _insert(file: Path) -> None:
    """The rows of the file as people and spells, in the fewest statements, looked at by nobody."""
    people, spells = [], []
    connection = db.engine.raw_connection()
    mark = "%s" if db.engine.dialect.name == "postgresql" else "?"
    now = clock.now().replace(tzinfo=None).isoformat(" ")
    with file.open(encoding="utf-8", newline="") as opened:
        for number, row in enumerate(csv.DictReader(opened), start=1):
            names = (row["first_name"], row["last_name"], row["work_email"])
            people.append((number, "staff", row["employee_number"], *names, row["swe_number"], now))
            days = (row["start_date"], row["end_date"] or None, row["start_date"])
            spells.append((number, number, *days, row["employment_type"], row["job_title"], now, "x", now))
    cursor = connection.cursor()
    cursor.executemany(
        "INSERT INTO person (id, kind, employee_number, first_name, last_name, email, swe_number, created_at)"
        f" VALUES ({', '.join([mark] * 8)})",
        people,
    )
    cursor.executemany(
        "INSERT INTO spell (id, person_id, first_day, last_day, employed_from, employment_type, job_title,"
        f" recorded_at, recorded_by, entered_at) VALUES ({', '.join([mark] * 10)})",
        spells,
    )
    connection.commit()
    connection.close()


def _memory_at_rest() -> int:
    """The kilobytes that the process holds now; the most that it held is counted from now on."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5", encoding="ascii")
        return _status("VmRSS")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _most_memory() -> int:
    has_status = Path("/proc/self/clear_refs").exists()
    return _status("VmHWM") if has_status else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main(*sys.argv[1:])
