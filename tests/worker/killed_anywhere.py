"""Runs a job in this process and kills it, as ``kill -9`` would, when it has told its progress N
times. Checkpoints are written after every step."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from void_studio.remove.void.run import denoising
from void_studio.worker.jobs import run_job
from void_studio.worker.report import JobReporter


def main(folder: Path, times: int) -> None:
    import torch

    torch.set_num_threads(1)
    denoising.CHECKPOINT_INTERVAL_S = 0.0
    progress = JobReporter.progress
    left = times

    def progress_and_die(
        self: JobReporter,
        step: int,
        total: int,
        message: str = "",
        left_s: float | None = None,
    ) -> None:
        nonlocal left
        progress(self, step, total, message, left_s)
        left -= 1
        if left == 0:
            self.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    JobReporter.progress = progress_and_die  # type: ignore[method-assign]
    run_job(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
