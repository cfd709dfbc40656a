"""The real worker with its real engines: click, track, paint over, remove, and the power cord."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.hosts.conftest import assert_gone, worker_processes
from tests.worker.clip import COUNT, center, disc, picture
from void_studio.hosts.local import LocalHost
from void_studio.hosts.start import stop_worker
from void_studio.shot.document import Prompt, Role
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import (
    JobState,
    TrackResult,
    adopt_results,
    create_remove_job,
    create_track_job,
    run_job,
)


@pytest.fixture(scope="module")
def real_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("real-home")
    yield home
    processes = worker_processes(home)
    stop_worker(home)
    assert_gone(processes)


@pytest.fixture
def real_host(real_home: Path) -> Iterator[LocalHost]:
    with LocalHost(real_home, idle_s=30) as host:
        yield host


@pytest.fixture
def shot(clip: Path, tmp_path: Path) -> Iterator[Shot]:
    with Shot.create(clip, tmp_path / "roll.void") as shot:
        yield shot


def clicks(frame: int) -> list[Prompt]:
    x, y = center(frame)
    return [
        Prompt(frame=frame, x=x, y=y),
        Prompt(frame=frame, x=x, y=4, include=False),
    ]


def overlap(mask: np.ndarray, truth: np.ndarray) -> float:
    return float((mask & truth).sum() / (mask | truth).sum())


def test_from_click_to_take(real_host: LocalHost, shot: Shot, clip: Path) -> None:
    mask = real_host.segment_click(clip, 3, clicks(3))
    assert overlap(mask, disc(3)) > 0.8

    item = shot.add_object("Ball", Role.REMOVE)
    for prompt in clicks(3):
        shot.add_prompt(item.id, prompt)
    track = create_track_job(shot, [item.id], home=real_host.home)
    real_host.submit(track)
    # As the window does it: every mask is taken in as it is announced.
    edit = shot.begin_track(item.id)
    for event in real_host.follow(track.name):
        if event["type"] == "frame":
            result = TrackResult.of(track, event)
            edit.put(result.index, result.mask(shot.size), result.confidence)
    edit.finish()
    assert real_host.status(track.name).state is JobState.DONE
    assert adopt_results(shot, track).frames == {item.id: 0}, "all of it was taken in"
    assert all(shot.masks.summary(index).remove for index in range(COUNT))

    removal = create_remove_job(shot, home=real_host.home)
    real_host.submit(removal)
    list(real_host.follow(removal.name))
    assert real_host.status(removal.name).state is JobState.DONE
    adopted = adopt_results(shot, removal)
    assert adopted.take is not None
    result_picture = shot.takes.get(adopted.take.number).compose(4, picture(4))
    assert (result_picture != picture(4)).any(axis=2)[disc(4)].mean() > 0.8


@pytest.mark.parametrize("kind", ["track", "remove"])
def test_killed_without_warning_it_ends_the_same(
    real_host: LocalHost, shot: Shot, tmp_path: Path, kind: str
) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    for prompt in clicks(0):
        shot.add_prompt(item.id, prompt)
    shot.apply_track(item.id, {index: (disc(index), 1.0) for index in range(COUNT)})
    if kind == "track":
        folder = create_track_job(shot, [item.id], home=real_host.home)
    else:
        folder = create_remove_job(shot, home=real_host.home)
    straight = shutil.copytree(folder, tmp_path / "straight")
    assert run_job(straight).state is JobState.DONE

    real_host.submit(folder)
    killed = False
    for event in real_host.follow(folder.name):
        if event["type"] == "frame" and not killed:
            # Wherever it is by now: nothing may depend on it.
            killed = True
            processes = worker_processes(real_host.home)
            for process in processes:
                os.kill(process.pid, signal.SIGKILL)
            assert_gone(processes)
    assert killed
    assert real_host.status(folder.name).state is JobState.DONE
    for path in sorted((straight / "outputs").rglob("*.png")):
        again = folder / path.relative_to(straight)
        assert again.read_bytes() == path.read_bytes(), path.name
