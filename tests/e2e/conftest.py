"""The command line as a user meets it: in this process or in one of its own, and what it leaves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.ball import write_clip
from tests.e2e.shots import masked_shot
from tests.hosts.conftest import assert_gone, worker_processes
from void_studio.cli import main
from void_studio.hosts.start import stop_worker

ROOT = Path(__file__).parents[2]


class Ended(NamedTuple):
    """How a command ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on standard output."""
        value = json.loads(self.out)
        assert self.out.count("\n") == 1
        assert isinstance(value, dict)
        return value

    @property
    def error(self) -> str:
        """The one message of a command that failed, as what, why and what to do."""
        assert self.code == 1, self
        messages = [line for line in self.err.splitlines() if line.startswith("void-studio: ")]
        assert len(messages) == 1, self.err
        assert self.err.splitlines()[-1] == messages[0], "the message comes last"
        assert "Traceback" not in self.out + self.err
        assert "nobody foresaw" not in self.err, self.err
        assert set(self.json["error"]) == {"what", "why", "remedy"}
        assert self.json["error"]["what"]
        return messages[0]


Run = Callable[..., Ended]


@pytest.fixture
def void(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with ``--json`` in this process."""

    def run(*words: object) -> Ended:
        capsys.readouterr()
        code = main([*map(str, words), "--json"])
        return Ended(code, *capsys.readouterr())

    return run


def command(*words: object) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-m", "void_studio", *map(str, words)]


def spawn(*words: object, **options: Any) -> Ended:
    """Runs a command with ``--json`` in a process of its own."""
    ended = subprocess.run(
        command(*words, "--json"), capture_output=True, text=True, cwd=ROOT, timeout=120, **options
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def tree(folder: Path) -> dict[str, int]:
    """Everything below a folder, hidden things too, with its size."""
    return {
        str(path.relative_to(folder)): path.lstat().st_size if path.is_file() else -1
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ball rolls over a wall; see ``tests.ball``."""
    return write_clip(tmp_path_factory.mktemp("plates") / "röll.mp4")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of a module's commands; its worker is gone at the end, and with it its lanes."""
    home = tmp_path_factory.mktemp("e2e-home")
    yield home
    processes = worker_processes(home)
    stop_worker(home)
    assert_gone(processes)


@pytest.fixture(autouse=True)
def private_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One worker for all tests of a module."""
    monkeypatch.setenv("VOID_STUDIO_HOME", str(home))
    return home


@pytest.fixture(scope="module")
def taken(clip: Path, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shot with a take, beside its plate ``plate.mp4``. Tests only look at it."""
    folder = tmp_path_factory.mktemp("taken")
    plate = folder / "plate.mp4"
    shutil.copyfile(clip, plate)
    masked_shot(plate, folder / "taken.void")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("VOID_STUDIO_HOME", str(home))
        assert main(["run", str(folder / "taken.void")]) == 0
    return folder / "taken.void"


class SmallDisk(NamedTuple):
    """A file system of its own, mounted in a folder."""

    folder: Path

    def fill(self, leave: int) -> None:
        """Leaves so many bytes free."""
        room = os.statvfs(self.folder)
        (self.folder / "filler").write_bytes(bytes(room.f_bavail * room.f_frsize - leave))

    def empty(self) -> None:
        """Takes ``fill`` back."""
        (self.folder / "filler").unlink()

    def set_read_only(self) -> None:
        mount("-o", "remount,ro", str(self.folder))


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True, timeout=120)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 2 MiB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=2m", "void-studio-test", str(folder))
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"no disk can be mounted here ({error})")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True, timeout=120)
