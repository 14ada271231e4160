"""`make test`: installs what the tests need, runs everything on both engines, and prints what passed.

One lane of stages fills the cores, engine after engine, since side by side they only slow each other; beside
it go the stages of one process each, on cores that are idle while tests of the first lane wait. The last
line counts every test; any that was skipped, or expected to fail, or that ran on one engine only, counts as
failed.
"""

from __future__ import annotations

import argparse
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from app.cli.processes import die_with_parent  # noqa: E402 - found only after the line above
from tests import chromium, postgres  # noqa: E402

PYTHON = sys.executable
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
LONGEST = 1800  # a stage that hangs is ended; how long they may take is seen at their end
ENGINES = ("sqlite", "postgresql")
PYTEST = [PYTHON, "-m", "pytest", "--quiet", "--tb=short"]
PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")  # what lays out the text of a PDF


@dataclass
class Stage:
    """One command, and what came of it. Tests tell by a report; others by 0."""

    name: str
    command: list[str]
    tests: bool = False
    longest: float = LONGEST

    process: subprocess.Popen[bytes] | None = None
    output: Path = Path()
    report: Path = Path()
    began: float = 0.0
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0

    def start(self, folder: Path) -> None:
        self.output = folder / f"{self.name}.log"
        self.report = folder / f"{self.name}.xml"
        command = [*self.command, f"--junitxml={self.report}"] if self.tests else self.command
        self.began = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    @property
    def has_ended(self) -> bool:
        assert self.process is not None
        if self.process.poll() is None and time.monotonic() - self.began < self.longest:
            return False
        self.end_group()
        return True

    def end_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def count(self) -> None:
        """Read what came of it. A command that failed without naming a test counts as one failure."""
        assert self.process is not None
        self.seconds = time.monotonic() - self.began
        if self.tests and self.report.exists():
            for suite in ElementTree.parse(self.report).iter("testsuite"):
                number = {
                    name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
                }
                failed = number["failures"] + number["errors"] + number["skipped"]
                self.failed += failed
                self.passed += max(number["tests"] - failed, 0)
        if self.failed == 0 and (self.process.returncode != 0 or (self.tests and self.passed == 0)):
            self.failed = 1

    def show(self) -> None:
        verdict = "failed" if self.failed else "passed"
        counted = f"{self.passed:5} tests" if self.tests else ""
        print(f"{verdict}  {self.seconds:6.1f} s  {self.name:<11} {counted}", flush=True)
        if self.failed:
            print(self.output.read_text(encoding="utf-8", errors="replace"), flush=True)


def lint_stages() -> list[Stage]:
    """What can be said of the code without running it."""
    return [
        Stage("style", [PYTHON, "-m", "ruff", "check", "."]),
        Stage("format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        Stage("floors", [str(Path(PYTHON).parent / "lint-imports"), "--no-logo"]),
        Stage("templates", [PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"]),
        Stage("types", [PYTHON, "-m", "mypy"]),
    ]


def test_lanes(chosen: Sequence[str]) -> list[list[Stage]]:
    """The lint and the engines, and beside them what is tested once."""
    spread = ["-n", str(CORES)] if CORES > 1 else []
    elsewhere = ["tests", "--ignore=tests/browser", "--ignore=tests/starter"]
    busy = [
        Stage(engine, [*PYTEST, *elsewhere, *spread, "-m", "not once", f"--engine={engine}"], tests=True)
        for engine in reversed(ENGINES)
    ]
    beside = [
        Stage("browser", [*PYTEST, "tests/browser"], tests=True),
        Stage("house", [*PYTEST, *elsewhere, "-m", "once"], tests=True),
        Stage("starter", [*PYTEST, "tests/starter"], tests=True),
    ]
    return [_chosen(lane, chosen) for lane in ([*lint_stages(), *busy], beside)]


def _chosen(stages: list[Stage], chosen: Sequence[str]) -> list[Stage]:
    """What `--only` names: a stage, or with "lint" every stage without tests."""
    return [
        stage
        for stage in stages
        if not chosen or stage.name in chosen or ("lint" in chosen and not stage.tests)
    ]


def soak_stages() -> list[Stage]:
    """The races, many times over, one engine after the other."""
    soak = [*PYTEST, "--soak", "tests", "--ignore=tests/browser"]
    found = [Stage(engine, [*soak, "-m", "not once", f"--engine={engine}"], tests=True) for engine in ENGINES]
    found.append(Stage("starter", [*soak, "-m", "once"], tests=True))
    for stage in found:
        stage.longest = 4 * LONGEST
    return found


def install(browser: bool) -> None:
    """Install Chromium, PostgreSQL and Pango when they are not there. Exits with one sentence when that can't
    be."""
    missing = []
    if browser and chromium.program() is None:
        missing.append("chromium")
    if "TEST_DATABASE_URL" not in os.environ and postgres.programs() is None:
        missing.append("postgresql")
    if not _answers([PYTHON, "-c", "import weasyprint"]):  # an OSError where its libraries are missing
        missing += PANGO
    if not missing:
        return
    names = f"{', '.join(missing[:-1])} and {missing[-1]}" if len(missing) > 1 else missing[0]
    words = f"the package{'s' if len(missing) > 1 else ''} {names}"
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if shutil.which("apt-get") is None or (as_root and not _answers([*as_root, "true"])):
        sys.exit(
            f"The tests need {words}, which can’t be installed from here: please install what is missing."
        )
    print(f"Installing {words} with apt.", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "--yes", "--no-install-recommends", *missing],
    ):
        done = subprocess.run(
            [*as_root, *command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(done.stdout[-2000:] + done.stderr[-2000:], file=sys.stderr)
            sys.exit(f"The tests need {words}, and apt could not install what is missing.")


def _answers(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def run(lanes: Sequence[Sequence[Stage]]) -> None:
    """Run each lane's stages one after the other, the lanes beside each other; show each stage at its end."""
    waiting = [list(lane) for lane in lanes]
    running: dict[int, Stage] = {}
    with tempfile.TemporaryDirectory(prefix="takeup-test-") as folder, _children_end() as wait:
        os.environ["TAKEUP_TEST_TEMPLATES"] = folder  # compiled by the first process that needs one
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # so that modules, too, are compiled only once
        try:
            while any(waiting) or running:
                for number, lane in enumerate(waiting):
                    if lane and number not in running:
                        running[number] = lane.pop(0)
                        running[number].start(Path(folder))
                wait()
                for number, stage in list(running.items()):
                    if stage.has_ended:
                        del running[number]
                        stage.count()
                        stage.show()
        finally:
            for stage in running.values():
                stage.end_group()


@contextmanager
def _children_end() -> Iterator[Callable[[], None]]:
    """A function that waits until a child ends, or for some seconds."""
    read_end, write_end = os.pipe()
    for end in (read_end, write_end):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)

    def wait() -> None:
        if select.select([read_end], [], [], 5)[0]:
            os.read(read_end, 4096)

    yield wait
    signal.set_wakeup_fd(-1)


def conclude(stages: list[Stage], seconds: float) -> int:
    """Print the tests per engine and the total; 0 when everything passed."""
    by_name = {stage.name: stage for stage in stages}
    failed = sum(stage.failed for stage in stages)
    if set(ENGINES) <= set(by_name):
        print(f"\n{'engine':<12}{'passed':>8}{'failed':>8}")
        for engine in ENGINES:
            print(f"{engine:<12}{by_name[engine].passed:>8}{by_name[engine].failed:>8}")
        if by_name["sqlite"].passed != by_name["postgresql"].passed and failed == 0:
            print("The engines did not pass the same number of tests.")
            failed = 1
    passed = sum(stage.passed for stage in stages)
    print(f"\n{seconds:.0f} seconds in all\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", action="store_true", help="run the races many times over instead")
    parser.add_argument("--only", action="append", default=[], help="run one stage, or lint; may be repeated")
    chosen = parser.parse_args()
    began = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: sys.exit(1))
    beside_each_other = [soak_stages()] if chosen.soak else test_lanes(chosen.only)
    stages = [stage for lane in beside_each_other for stage in lane]
    needs_database = any(stage.tests for stage in stages)
    if needs_database:
        install(browser=any(stage.name == "browser" for stage in stages))
    try:
        with postgres.server() if needs_database else nullcontext() as url:
            if url:
                os.environ["TEST_DATABASE_URL"] = url
            run(beside_each_other)
    except postgres.NoServer as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        return 130
    return conclude(stages, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
