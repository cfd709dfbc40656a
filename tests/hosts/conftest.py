"""A home whose worker runs engines that do as they are told, and jobs for it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.patience import PATIENCE_S
from tests.worker.clip import disc, write_clip
from tests.worker.fakes import ROOT, fake_worker
from void_studio.hosts import start
from void_studio.hosts.local import LocalHost
from void_studio.quadmask.bits import field_from_planes
from void_studio.shot.shot import Shot
from void_studio.worker.home import worker_folder
from void_studio.worker.jobs import create_remove_job
from void_studio.worker.locks import lock_owner

MakeJob = Callable[..., Path]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("plates") / "roll")


@pytest.fixture(scope="session")
def masked(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shot]:
    """A shot with a mask on every frame."""
    with Shot.create(clip, tmp_path_factory.mktemp("shots") / "roll.void") as shot:
        for index in range(shot.count):
            shot.masks.set_field(index, field_from_planes(disc(index), disc(index) & False))
        yield shot


@pytest.fixture(scope="module")
def fake_engines() -> Iterator[None]:
    """Workers that are started have the engines of ``tests.worker.fakes``."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(start, "worker_command", fake_worker)
        patched.setenv("PYTHONPATH", str(ROOT))
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of this module's own; its worker is gone at the end, and with it its lanes."""
    home = tmp_path_factory.mktemp("worker-home")
    yield home
    lanes = worker_processes(home)
    start.stop_worker(home)
    assert_gone(lanes)


@pytest.fixture
def host(home: Path, fake_engines: None) -> Iterator[LocalHost]:
    with LocalHost(home, idle_s=30) as host:
        yield host


@pytest.fixture
def make_job(masked: Shot, home: Path) -> MakeJob:
    """Makes a removal that is told what to do: see ``tests.worker.fakes.Told``."""

    def make(**told: Any) -> Path:
        return create_remove_job(masked, "told", told, home=home)

    return make


def worker_process(home: Path) -> psutil.Process:
    owner = lock_owner(worker_folder(home) / "worker.lock")
    assert owner is not None, "no worker runs"
    return psutil.Process(owner.pid)


def worker_processes(home: Path) -> list[psutil.Process]:
    """The worker of a home and its lanes; none if it does not run."""
    owner = lock_owner(worker_folder(home) / "worker.lock")
    if owner is None:
        return []
    with contextlib.suppress(psutil.NoSuchProcess):
        worker = psutil.Process(owner.pid)
        return [worker, *worker.children(recursive=True)]
    return []


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_S)
    alive = [item for item in alive if item.status() != psutil.STATUS_ZOMBIE]
    assert not alive, f"still running: {alive}"


def until(reached: Callable[[], bool], what: str) -> None:
    """Waits for something that another process does."""
    deadline = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.005)
