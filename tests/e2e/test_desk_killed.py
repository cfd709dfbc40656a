"""kill -9 of the window at random moments of any work: every shot is consistent and up to date.

``VOID_STUDIO_KILLS`` says how often, ``VOID_STUDIO_KILL_SEED`` where to begin.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.desk_artist import steps_of
from tests.shot.artist import digest, expected_tracked
from void_studio.quadmask.bits import CANONICAL, TRACKED
from void_studio.shot.shot import Shot

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")

KILLS = int(os.environ.get("VOID_STUDIO_KILLS", "25"))
FIRST_SEED = int(os.environ.get("VOID_STUDIO_KILL_SEED", "0"))


class Told:
    """What an artist said until their window was killed.

    Attributes:
        states: Which steps were done and undone, at first and after every change.
        saved: The place in ``states`` of what is known to be on disk.
        digest: A number for all that was made by then; None if nothing was saved.
        action: What was being done in the end.
    """

    def __init__(self, lines: list[list[str]]) -> None:
        self.states = ["|"]
        self.saved = 0
        self.digest: int | None = None
        self.action = ""
        for word, *rest in lines:
            if word == "begins":
                self.action = " ".join(rest)
            elif word == "is":
                self.states.append(rest[0])
            elif word == "saved":
                assert rest[0] == self.states[-1]
                self.saved, self.digest = len(self.states) - 1, int(rest[1])

    def possible(self) -> list[str]:
        """The states that may be found: not older than what was saved, and what comes next."""
        done, undone = (part.split(",") if part else [] for part in self.states[-1].split("|"))
        top = max(
            (int(step) for state in self.states for step in re.findall(r"\d+", state)), default=0
        )
        coming = [([*done, str(top + 1)], [])]
        if done:
            coming.append((done[:-1], [*undone, done[-1]]))
        if undone:
            coming.append(([*done, undone[-1]], undone[:-1]))
        return [*self.states[self.saved :], *(f"{','.join(a)}|{','.join(b)}" for a, b in coming)]


class Windows:
    """See ``tests.e2e.desk_artist``."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "tests.e2e.desk_artist"]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    def kill_one(self, home: Path, folder: Path, seed: int, waits: bool) -> Told:
        """Lets an artist work and kills their window in the middle of it."""
        chance = random.Random(seed)
        process = self._process
        assert process.stdin is not None
        process.stdin.write(f"{home}\t{folder}\t{seed}\t{'waits' if waits else 'hurries'}\n")
        process.stdin.flush()
        word, pid = self._line()
        assert word == "lives"
        last, lines = chance.randint(1, 24), [self._line()]
        try:
            while lines[-1][:2] != ["begins", str(last)]:
                lines.append(self._line())
                assert lines[-1] != ["ended"], "the window ended by itself"
            time.sleep(chance.uniform(0, 0.08))
        finally:
            os.kill(int(pid), signal.SIGKILL)
        while (line := self._line()) != ["ended"]:
            lines.append(line)
        return Told(lines)

    def _line(self) -> list[str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the windows ended by themselves"
        return line.split()

    def close(self) -> None:
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()
            assert self._process.wait(60) == 0


@pytest.fixture(scope="module")
def windows() -> Iterator[Windows]:
    made = Windows()
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + KILLS))
def test_a_window_killed_at_any_moment(
    windows: Windows, clip: Path, tmp_path: Path, seed: int
) -> None:
    folder, waits = tmp_path / "shöt שלום.void", seed % 3 != 0
    with Shot.create(clip, folder) as shot:
        nothing = digest(shot)
    told = windows.kill_one(tmp_path / "home", folder, seed, waits)
    mode = "waits" if waits else "hurries"
    print(f"seed {seed}: {mode}, killed in {told.action} after {len(told.states) - 1} changes")
    with Shot.open(folder) as shot:
        check(shot, told, nothing)
    assert not list(folder.rglob(".void-*"))


def check(shot: Shot, told: Told, nothing: int) -> None:
    notices: list[str] = []
    shot.history.notices.append(notices.append)
    assert shot.warnings == []
    found, steps = digest(shot), steps_of(shot)
    for index in range(shot.count):
        field = shot.masks.field(index)
        assert np.array_equal(CANONICAL[field], field)
        if not shot.is_locked(index):
            assert np.array_equal(field & TRACKED, expected_tracked(shot, index))
    assert steps in told.possible()
    if told.saved == len(told.states) - 1 and steps == told.states[-1] and told.digest is not None:
        assert found == told.digest
    while shot.history.undo():
        pass
    assert notices == []
    assert digest(shot) == nothing
    while steps_of(shot) != steps:
        assert shot.history.redo()
    assert notices == []
    assert (digest(shot), steps_of(shot)) == (found, steps)
