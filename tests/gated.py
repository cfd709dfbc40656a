"""The program, its worker and its lanes as they are, but for jobs that stand still while told to.

While there is a file ``hold`` in the home, a job waits once it has as many results as the file
says; it goes on when the file is gone or the job is asked to stop. So a test can look, stop or kill
in the middle of a job, however fast or slow the machine is.

``python -m tests.gated command ...`` is ``void-studio ...``; ``worker`` and ``lane`` are its own.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_S
from void_studio.hosts import start
from void_studio.worker import report
from void_studio.worker.events import EventLog
from void_studio.worker.folders import cancel_asked
from void_studio.worker.jobs import list_jobs
from void_studio.worker.status import job_status

ROOT = Path(__file__).parents[1]
POLL_S = 0.005


class Hold:
    """Jobs of a home stand still at so many results."""

    def __init__(self, home: Path, results: int) -> None:
        self._home = home
        self._file = home / "hold"
        self._results = results

    def wait(self) -> str:
        """Until the latest job stands still; returns its id."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            jobs = list_jobs(self._home)
            if jobs and jobs[0].frames >= self._results:
                return jobs[0].id
            assert time.monotonic() < deadline, "no job came so far"
            time.sleep(POLL_S)

    def release(self) -> None:
        self._file.unlink(missing_ok=True)


@contextmanager
def held(home: Path, results: int = 3) -> Iterator[Hold]:
    """Holds the jobs of ``home``, whose worker is one of these, until released or left."""
    (home / "hold").write_text(str(results))
    hold = Hold(home, results)
    try:
        yield hold
    finally:
        hold.release()


@contextmanager
def gated_workers() -> Iterator[None]:
    """Workers that are started from this process are of this kind."""
    import pytest  # which no lane needs

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(start, "worker_command", lambda: program("worker"))
        patched.setenv("PYTHONPATH", str(ROOT))
        yield


def program(*words: str) -> list[str]:
    """A command line of this module."""
    return [sys.executable, "-m", "tests.gated", *words]


def stand_still_when_told() -> None:
    """Changes this process: its jobs heed ``hold``, and a request to stop at once."""
    add = EventLog.add

    def add_and_wait(log: EventLog, kind: str, **fields: Any) -> None:
        add(log, kind, **fields)
        folder = log._path.parent
        while kind == "frame" and _is_held(folder) and not cancel_asked(folder):
            time.sleep(POLL_S)

    EventLog.add = add_and_wait  # type: ignore[method-assign]
    report.CANCEL_POLL_S = 0.0


def _is_held(folder: Path) -> bool:
    try:
        results = int((folder.parents[1] / "hold").read_text())
    except FileNotFoundError:
        return False
    return job_status(folder).frames >= results


def _main(what: str, words: list[str]) -> int:
    if what == "worker":
        from void_studio.worker import __main__ as worker

        worker.lane_command = lambda kind: program("lane", kind)
        return worker.main(words)
    stand_still_when_told()
    if what == "lane":
        from void_studio.worker import lane

        return lane.main(words)
    from void_studio.cli import main

    os.environ["PYTHONPATH"] = str(ROOT)
    start.worker_command = lambda: program("worker")
    return main(words)


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2:]))
