"""`python -m tests.bench`: takes the measures, prints them as a table and writes bench-results.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from app.config import Settings
from app.core import clock, garbage
from tests import postgres
from tests.bench import (
    board,
    booking,
    certificates,
    completion,
    demonstration,
    desk,
    figures,
    importing,
    people,
    race,
    registers,
    reports,
    writers,
)
from tests.bench.results import Result, as_table
from tests.bench.stage import Stage

ENGINES = ("sqlite", "postgresql")
MEASURES: dict[str, Callable[[Stage], Iterator[Result]]] = {
    "import": importing.measure,
    "board": board.measure,
    "figures": figures.measure,
    "people": people.measure,
    "completion": completion.measure,
    "registers": registers.measure,
    "reports": reports.measure,
    "race": race.measure,
    "booking": booking.measure,
    "desk": desk.measure,
    "certificates": certificates.measure,
    "writers": writers.measure,
    "pages": demonstration.measure_pages,
    "memory": demonstration.measure_memory,
    "start": demonstration.measure_start,
    "growth": figures.measure_growth,
}


def main(arguments: Sequence[str]) -> int:
    """0 when everything could be measured, whatever came out; 1 when something could not."""
    chosen = _parser().parse_args(arguments)
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)
    engines = list(ENGINES) if chosen.engine == "both" else [chosen.engine]
    results: list[Result] = []
    failed: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="takeup-bench-")))
        if "postgresql" in engines:
            try:
                os.environ["TEST_DATABASE_URL"] = stack.enter_context(postgres.server(is_durable=True))
            except postgres.NoServer as error:
                print(error, file=sys.stderr)
                return 1
        stage = Stage(folder, engines=engines, is_quick=chosen.quick)
        stack.callback(stage.close)
        garbage.collect_in_between_only()  # as where the application is served
        for name in chosen.only or MEASURES:
            failed += _take(name, stage, results)
    print(f"\n{as_table(results)}")
    _write(chosen.output, chosen.quick, results, failed)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=MEASURES, help="take this measure (may be repeated)"
    )
    parser.add_argument("--engine", choices=[*ENGINES, "both"], default="both", help="on which database")
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the academy, two rounds: to see that it works"
    )
    parser.add_argument(
        "--output", type=Path, default=Path("bench-results.json"), help="the JSON file to write"
    )
    return parser


def _take(name: str, stage: Stage, results: list[Result]) -> list[str]:
    """Take one measure, showing each line as it comes; its name again when it could not be taken."""
    began = time.perf_counter()
    try:
        for result in MEASURES[name](stage):
            results.append(result)
            print(as_table([result]).splitlines()[-1], flush=True)
    except Exception:  # the other measures are still worth having
        traceback.print_exc()
        print(f"{name}: could not be measured", file=sys.stderr)
        return [name]
    finally:
        print(f"[{name}: {time.perf_counter() - began:.0f} s]", file=sys.stderr)
    return []


def _write(path: Path, is_quick: bool, results: Sequence[Result], failed: Sequence[str]) -> None:
    found = {
        "taken_at": clock.now().isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "quick": is_quick,
        "results": [result.as_json() for result in results],
        "could_not_be_measured": list(failed),
    }
    path.write_text(json.dumps(found, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
