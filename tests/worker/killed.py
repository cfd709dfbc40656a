"""Runs a job in this process and kills it, as ``kill -9`` would, after its N-th frame event."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from void_studio.worker.events import EventLog
from void_studio.worker.jobs import run_job


def main(folder: Path, frames: int) -> None:
    add = EventLog.add
    left = frames

    def add_and_die(log: EventLog, kind: str, **fields: Any) -> None:
        nonlocal left
        add(log, kind, **fields)
        if kind == "frame":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    EventLog.add = add_and_die  # type: ignore[method-assign]
    run_job(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
