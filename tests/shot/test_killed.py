"""kill -9 at any moment: the shot opens, whole, and at most the stroke under the pen is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.shot.small import COUNT, disc
from void_studio.quadmask.bits import TRACKED
from void_studio.shot.document import MaskShape, Role
from void_studio.shot.shot import Shot

# The artist: saves run as they do in the window. Before system call number HOLD of saving (counted
# over fsync and replace) the process says so and stays there until it is killed.
ARTIST = """
import os, sys, threading
from pathlib import Path
from tests.shot.small import disc, paint
from void_studio import files
from void_studio.shot.autosave import Autosaver
from void_studio.shot.document import Role
from void_studio.shot.shot import Shot

hold = int(sys.argv[2])
calls = 0

def held(real):
    def call(*args):
        global calls
        calls += 1
        if calls == hold:
            print("held", flush=True)
            threading.Event().wait()
        return real(*args)
    return call

shot = Shot.open(Path(sys.argv[1]))
files.os.fsync, files.os.replace = held(os.fsync), held(os.replace)
saver = Autosaver(shot)
"""

STROKES = (
    ARTIST
    + """
for number in range(1, 1000):
    paint(shot, number % shot.count, disc(number * 7 % 80, number * 5 % 56, 6))
    assert saver.flush(60)
    print(number, flush=True)
"""
)

TRACKS = (
    ARTIST
    + """
item = shot.document.objects[0]
roles = [Role.AFFECTED, Role.REMOVE]
for number in range(1, 1000):
    masks = {i: (disc(number * 7 % 80 + i, 20, 9), 1.0) for i in range(shot.count)}
    shot.apply_track(item.id, masks)
    shot.set_role(item.id, roles[number % 2])
    assert saver.flush(60)
    print(number, flush=True)
"""
)

PEN_DOWN = (
    ARTIST
    + """
from void_studio.quadmask.bits import Plane, Rect, paint_table
from void_studio.quadmask.paint import fill_mask
for number in range(1, 6):
    paint(shot, number, disc(number * 7 % 80, number * 5 % 56, 6))
assert saver.flush(60)
stroke = shot.begin_stroke(0, "Paint")
stroke.touch(Rect(0, 0, *shot.size))
fill_mask(stroke.field, paint_table(Plane.REMOVE, True), disc(40, 20, 9))
print("pen down", flush=True)
threading.Event().wait()
"""
)


@contextmanager
def killed(script: str, folder: Path, hold: int, last: str) -> Iterator[list[str]]:
    """Runs a script until it says ``last``, kills it, and yields all it said."""
    said: list[str] = []
    command = [sys.executable, "-c", script, str(folder), str(hold)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.strip())
            if said[-1] == last:
                break
        process.kill()
        assert process.wait(120) == -signal.SIGKILL
    assert said
    assert said[-1] == last
    yield said


def strokes_until(number: int) -> list[np.ndarray]:
    painted = [np.zeros((56, 80), np.bool_) for _ in range(COUNT)]
    for each in range(1, number + 1):
        painted[each % COUNT] |= disc(each * 7 % 80, each * 5 % 56, 6)
    return painted


def painted_in(shot: Shot) -> list[np.ndarray]:
    return [shot.masks.field(index) == 12 for index in range(COUNT)]


def same(left: list[np.ndarray], right: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.startswith(".void-")]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
# Before the file is flushed, before it takes its name, before its folder is flushed, and later.
@pytest.mark.parametrize("hold", [1, 2, 3, 10, 23, 24])
def test_killed_while_a_stroke_is_saved(shot: Shot, hold: int) -> None:
    shot.close()
    with killed(STROKES, shot.folder, hold, "held") as said:
        saved = len(said) - 1
    with Shot.open(shot.folder) as again:
        assert again.warnings == []
        found = painted_in(again)
        # The stroke that was just finished is there or is not, as a whole.
        assert same(found, strokes_until(saved)) or same(found, strokes_until(saved + 1))
        assert leftovers(shot.folder) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_killed_between_strokes_nothing_is_lost(shot: Shot) -> None:
    shot.close()
    with killed(STROKES, shot.folder, 0, "9"):
        pass
    with Shot.open(shot.folder) as again:
        assert again.warnings == []
        found = painted_in(again)
        later = [same(found, strokes_until(9 + more)) for more in range(200)]
        assert any(later)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_killed_with_the_pen_down_only_that_stroke_is_lost(shot: Shot) -> None:
    shot.close()
    with killed(PEN_DOWN, shot.folder, 0, "pen down"):
        pass
    with Shot.open(shot.folder) as again:
        assert again.warnings == []
        assert same(painted_in(again), strokes_until(5))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
# A track of six frames is a document, six masks and six tracks; three calls each.
@pytest.mark.parametrize("hold", [1, 4, 9, 16, 22, 31, 38, 44, 61])
def test_killed_while_a_track_is_saved(shot: Shot, hold: int) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.close()
    with killed(TRACKS, shot.folder, hold, "held"):
        pass
    with Shot.open(shot.folder) as again:
        assert again.warnings == []
        (found,) = again.document.objects
        assert found.id == item.id
        bit = 1 if found.role is Role.REMOVE else 2
        for index in range(COUNT):
            mask = again.tracks.get(found.id, index)
            expected = 0 if mask is None else mask * np.uint8(bit)
            assert np.array_equal(
                again.masks.field(index) & TRACKED,
                expected + np.zeros_like(again.masks.field(index)),
            )


def test_what_a_killed_writer_left_unfinished_goes(shot: Shot) -> None:
    """Takes and proxies that were being written may be large."""
    folder = shot.folder
    (folder / "takes" / ".void-take" / "patches").mkdir(parents=True)
    (folder / "takes" / ".void-take" / "take.json").write_text("{}")
    (folder / "cache").mkdir(exist_ok=True)
    (folder / "cache" / ".void-proxy.mkv").write_bytes(b"0")
    (folder / "masks" / ".void-1.part").write_bytes(b"0")
    # As if it had been killed: only then does anybody look.
    lock = (folder / "shot.lock").read_bytes()
    shot.close()
    with Shot.open(folder):
        assert len(leftovers(folder)) == 3
    (folder / "shot.lock").write_bytes(lock)
    with Shot.open(folder) as again:
        assert again.warnings == []
        assert leftovers(folder) == []


def test_killed_after_a_shape_was_undone_its_mask_goes_too(shot: Shot) -> None:
    """As if the writer had been killed between the document and the masks of the undo."""
    folder = shot.folder
    triangle = ((5.0, 5.0), (60.0, 8.0), (20.0, 45.0))
    shape = MaskShape(id="a", name="A", plane="remove", frames=(0, 2), keys={0: triangle})
    shot.put_shape(shape, "Draw shape")
    shot.save()
    masks = {path: path.read_bytes() for path in (folder / "masks").iterdir()}
    assert masks
    shot.history.undo()
    shot.save()
    lock = (folder / "shot.lock").read_bytes()
    shot.close()
    for path, data in masks.items():
        path.write_bytes(data)
    (folder / "shot.lock").write_bytes(lock)
    with Shot.open(folder) as again:
        assert again.document.shapes == ()
        assert not any(again.masks.field(index).any() for index in range(again.count))
