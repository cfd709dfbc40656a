"""kill -9 of the window: nothing is lost but the stroke under the pen, and jobs go on."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ball import COUNT, center, disc, write_clip
from tests.e2e.artist import checksum
from tests.e2e.conftest import ROOT, Run
from tests.gated import gated_workers, held
from tests.hosts.conftest import assert_gone, worker_processes
from void_studio.app.opening import shot_folder_for
from void_studio.hosts.local import LocalHost
from void_studio.shot.document import Role
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import pending_jobs
from void_studio.worker.status import JobState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")


class Window:
    """The application in a process of its own, and what its artist said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[list[str]] = []

    def wait_for(self, *words: object) -> list[str]:
        """Reads until a line begins with ``words``; returns the words of that line."""
        start = [part for word in words for part in str(word).split()]
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.split())
            if self.said[-1][: len(start)] == start:
                return self.said[-1]
        raise AssertionError(f"it ended without saying {start}: {self.said[-9:]}")

    def latest(self, word: str) -> int:
        """The number of the last line that begins with ``word``; 0 if there is none."""
        return max([0, *(int(said[1]) for said in self.said if said[0] == word)])

    def strokes(self) -> list[tuple[int, int, str]]:
        """Number, frame, and the checksum of the frame's mask after it, of all that were drawn."""
        return [(int(s[1]), int(s[2]), s[3]) for s in self.said if s[0] == "drawn"]

    def kill(self) -> None:
        """As the power cord does; what it said until then is read."""
        self.process.kill()
        assert self.process.stdout is not None
        self.said += [line.split() for line in self.process.stdout.read().splitlines()]
        assert self.process.wait(120) == -signal.SIGKILL


@contextmanager
def window(what: str, path: Path) -> Iterator[Window]:
    """The application on ``path``; see ``tests.e2e.artist`` for what its artist can do."""
    words = [sys.executable, "-m", "tests.e2e.artist", what, str(path)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    watchdog = threading.Timer(240, process.kill)
    watchdog.start()
    try:
        with process:
            yield Window(process)
            process.kill()
    finally:
        watchdog.cancel()
        watchdog.join()


@pytest.fixture(scope="module", autouse=True)
def gated_worker() -> Iterator[None]:
    with gated_workers():
        yield


@pytest.fixture
def own_clip(clip: Path, tmp_path: Path) -> Path:
    """A clip that no other test has a shot of."""
    path = tmp_path / "own.mp4"
    shutil.copyfile(clip, path)
    return path


def checksum_of_nothing(shot: Shot) -> str:
    return f"{zlib.crc32(bytes(shot.size[0] * shot.size[1])):08x}"


def checksums(shot: Shot) -> list[str]:
    return [checksum(shot, index) for index in range(shot.count)]


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".void-*")]


@pytest.mark.parametrize("last", ["drawn 1", "finished 5", "saved 6", "drawn 11", "finished 12"])
def test_killed_while_painting(own_clip: Path, last: str) -> None:
    with window("paint", own_clip) as app:
        app.wait_for(last)
        app.kill()
    saved = app.latest("saved")
    assert saved >= (app.latest("finished") - 1) // 3 * 3
    with Shot.open(shot_folder_for(own_clip)) as shot:
        assert shot.warnings == []
        assert leftovers(shot.folder) == []
        # Frame by frame: what was said to be saved is there, and later strokes as a whole or not.
        for frame in range(COUNT):
            expected = [checksum_of_nothing(shot)]
            for number, index, drawn in app.strokes():
                if index == frame:
                    expected = [drawn] if number <= saved else [*expected, drawn]
            assert checksum(shot, frame) in expected, (frame, saved, app.said)


def test_killed_with_the_pen_down(own_clip: Path) -> None:
    with window("paint_and_hold", own_clip) as app:
        app.wait_for("held")
        app.kill()
    with Shot.open(shot_folder_for(own_clip)) as shot:
        assert shot.warnings == []
        *before, last, under_the_pen = app.strokes()
        for _, frame, drawn in before:
            assert checksum(shot, frame) == drawn
        # What was painted of the last stroke may be there, if its frame was just being saved.
        assert last[1] == under_the_pen[1]
        assert checksum(shot, last[1]) in (last[2], under_the_pen[2])


def test_killed_while_a_track_arrives(own_clip: Path, home: Path) -> None:
    """The worker goes on; the window takes in what it made when it is opened again."""
    with held(home, 3), window("track", own_clip) as app:
        job = app.wait_for("tracking")[1]
        app.kill()
    with LocalHost(home) as host:
        for _ in host.follow(job):
            pass
        assert host.status(job).state is JobState.DONE
    folder = shot_folder_for(own_clip)
    with Shot.open(folder) as shot:
        (item,) = shot.document.objects
        assert item.prompts, "the click is there"
        assert [path.name for path in pending_jobs(shot, home)] == [job]
    with window("look", own_clip) as app:
        seen = app.wait_for("seen")[1:]
        assert app.process.wait(120) == 0
    with Shot.open(folder) as shot:
        assert checksums(shot) == seen
        assert len(shot.object(item.id).confidence) == COUNT
        for index in range(COUNT):
            x, y = center(index)
            assert shot.masks.field(index)[y, x] & 1
        assert pending_jobs(shot, home) == []


def test_killed_with_its_worker_during_a_removal(void: Run, tmp_path: Path, home: Path) -> None:
    """The power cord: the job is interrupted, goes on where it was, and its take is adopted."""
    count = 20
    clip = write_clip(tmp_path / "long.mp4", count)
    with Shot.create(clip, tmp_path / "long.void") as shot:
        item = shot.add_object("Ball", Role.REMOVE)
        shot.apply_track(item.id, {index: (disc(index, count), 1.0) for index in range(count)})
        before = checksums(shot)
    with held(home, 3), window("remove", shot.folder) as app:
        job = app.wait_for("removing")[1]
        app.kill()
        # The window would start another worker, so it goes first.
        processes = worker_processes(home)
        for process in processes:
            process.kill()
        assert_gone(processes)
    (status,) = (item for item in void("job", "list").json["jobs"] if item["id"] == job)
    assert status["state"] == "interrupted"
    again = void("job", "run", status["folder"])
    assert (again.code, again.json["state"], again.json["adopted"]) == (0, "done", True), again.err
    with Shot.open(shot.folder) as opened:
        assert checksums(opened) == before
        assert [take.number for take in opened.document.takes] == [1]
        assert pending_jobs(opened, home) == []
