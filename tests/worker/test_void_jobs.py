"""A VOID job killed by lot and run again is the same bit for bit; what is inexact says so."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.remove.void.tiny import make_models
from tests.worker.test_kill import ROOT, outputs
from void_studio.remove import warm
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import JobState, adopt_results, create_remove_job, job_status, run_job
from void_studio.worker.report import JobReporter

KILLS = 3


def kill_after(folder: Path, times: int) -> bool:
    """Whether the job, in a process of its own, was killed before it was done."""
    command = [sys.executable, "-m", "tests.worker.killed_anywhere", str(folder), str(times)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=240, check=False)
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
    return ended.returncode != 0


@pytest.mark.parametrize("seed", [1])
def test_killed_by_lot_and_continued(
    masked: Shot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(make_models(tmp_path / "models")))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    chosen = {"size": "64x64", "window": 21, "steps": 5}
    folder = create_remove_job(masked, "void-pass1", chosen)
    straight = shutil.copytree(folder, tmp_path / "straight")
    told: list[str] = []
    progress = JobReporter.progress

    def counted(
        self: JobReporter, step: int, total: int, message: str = "", left_s: float | None = None
    ) -> None:
        told.append(message)
        progress(self, step, total, message, left_s)

    monkeypatch.setattr(JobReporter, "progress", counted)
    assert run_job(straight).state is JobState.DONE
    lot = random.Random(seed)
    killed = [kill_after(folder, lot.randrange(1, len(told) * 2 // 3)) for _ in range(KILLS)]
    assert any(killed)
    assert job_status(folder).state in (JobState.INTERRUPTED, JobState.DONE)
    assert run_job(folder).state is JobState.DONE
    torch.set_num_threads(threads)
    warm.let_go()
    left, right = outputs(folder), outputs(straight)
    left.pop("take.json")
    right.pop("take.json")
    assert left == right
    assert len(left) > 10


@pytest.mark.parametrize(
    ("settings", "label"),
    [
        ({"quality": "draft"}, "Remove with VOID Pass 1 (draft)"),
        ({"memory": "int8"}, "Remove with VOID Pass 1 (approximate)"),
    ],
)
def test_what_is_not_exact_says_so(
    masked: Shot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    label: str,
) -> None:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(make_models(tmp_path / "models")))
    chosen = {"size": "64x64", "window": 21, "steps": 1, **settings}
    folder = create_remove_job(masked, "void-pass1", chosen, frames=(0, 1))
    assert run_job(folder).state is JobState.DONE
    warm.let_go()
    take = adopt_results(masked, folder).take
    assert take is not None
    assert take.label == label


def test_weights_are_looked_for_where_who_asked_named_them(
    masked: Shot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that runs already has the environment of the program that started it."""
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(make_models(tmp_path / "models")))
    chosen = {"size": "64x64", "window": 21, "steps": 1}
    folder = create_remove_job(masked, "void-pass1", chosen, frames=(0, 1))
    monkeypatch.delenv("VOID_STUDIO_MODELS")
    assert run_job(folder).state is JobState.DONE
    warm.let_go()
