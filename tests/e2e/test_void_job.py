"""VOID by the command line, through a worker, with tiny random weights: Pass 1, then Pass 2."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.conftest import Run
from tests.hosts.conftest import worker_processes
from tests.remove.void.tiny import make_models
from tests.worker.clip import COUNT, HEIGHT, WIDTH, disc, picture, write_clip
from void_studio.hosts.start import stop_worker
from void_studio.quadmask.bits import field_from_planes
from void_studio.shot.shot import Shot
from void_studio.worker.events import read_events

QUICK = ["--set", "size=64x64", "window=21", "steps=3"]


@pytest.fixture
def shot(tmp_path: Path, private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(make_models(tmp_path / "models")))
    # The worker's lanes are small enough for one thread, and others may run beside them.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    folder = tmp_path / "roll.void"
    with Shot.create(write_clip(tmp_path / "clip"), folder) as made:
        made.set_scene_prompt("A bare wall.")
        for index in range(COUNT):
            made.masks.set_field(index, field_from_planes(disc(index), disc(index) & False))
    yield folder
    stop_worker(private_home)


def test_pass_1_then_pass_2(void: Run, shot: Path, private_home: Path) -> None:
    planned = void("run", shot, "--remover", "void-pass1", "--plan", *QUICK)
    assert planned.code == 0
    assert planned.json["steps"] == 3

    first = void("run", shot, "--remover", "void-pass1", *QUICK)
    assert (first.code, first.json["take"], first.json["frames"]) == (0, 1, COUNT)
    assert "Model size: 64×64" in first.err
    lanes = worker_processes(private_home)
    second = void("run", shot, "--remover", "void-pass2", *QUICK)
    assert (second.code, second.json["take"]) == (0, 2)
    # The process that has the models is the one that goes on.
    assert worker_processes(private_home) == lanes

    with Shot.open(shot, read_only=True) as opened:
        for number, remover in ((1, "void-pass1"), (2, "void-pass2")):
            take = opened.takes.get(number)
            assert (take.record.remover, take.record.prompt) == (remover, "A bare wall.")
            assert take.record.seed == 42
            assert take.record.facts["plan"] == planned.json["plan"]
            for index in range(COUNT):
                result = take.compose(index, picture(index))
                assert result.shape == (HEIGHT, WIDTH, 3)
                assert np.array_equal(result[~disc(index)], picture(index)[~disc(index)])
        assert opened.takes.get(2).record.settings["take"] == 1
    job = private_home / "jobs" / second.json["job"]
    previews = [event for event in read_events(job / "events.jsonl") if event["type"] == "preview"]
    assert previews
    assert json.loads((job / "job.json").read_text())["settings"]["prompt"] == "A bare wall."


def test_a_failure_ends_with_its_reason(
    void: Run, shot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Run VOID Pass 1 first" in void("run", shot, "--remover", "void-pass2", *QUICK).error
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(shot))
    monkeypatch.setenv("HF_HUB_CACHE", str(shot))
    assert "weights get" in void("run", shot, "--remover", "void-pass1", *QUICK).error
