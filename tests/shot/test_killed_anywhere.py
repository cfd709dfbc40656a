"""kill -9 at random moments of any work: what is found was there, and its history undoes it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.shot.artist import Artist, digest, expected_tracked, script
from tests.shot.small import COUNT, write_plate
from void_studio.quadmask.bits import CANONICAL, TRACKED
from void_studio.shot.history import Change
from void_studio.shot.shot import Shot

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")

KILLS = int(os.environ.get("VOID_STUDIO_KILLS", "50"))
GROUP = 10
FIRST_SEED = int(os.environ.get("VOID_STUDIO_KILL_SEED", "0"))


class Nursery:
    """See ``tests.shot.nursery``."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.shot.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def kill_one(self, folder: Path, seed: int, waits: bool) -> int:
        """Lets an artist work, kills it, and returns the number of the last edit it told of."""
        chance = random.Random(seed)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{folder} {seed} {'waits' if waits else 'hurries'}\n")
        process.stdin.flush()
        pid = int(process.stdout.readline())
        last = chance.randint(1, 30)
        told = 0
        try:
            while told < last:
                told = int(process.stdout.readline())
            time.sleep(chance.uniform(0, 0.012))
        finally:
            os.kill(pid, signal.SIGKILL)
        while (word := process.stdout.readline().strip()) != "ended":
            told = int(word)
        return told

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(60) == 0
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


def states_of_script(plate: Path, folder: Path, seed: int) -> list[list[list[int]]]:
    """For every number of edits, from none on: the states that undo goes back through.

    An edit that comes frame by frame has several; the last is that of the whole edit.
    """
    artist = Artist(Shot.create(plate, folder))
    history = artist.shot.history
    states = [digest(artist.shot)]
    before, top, found = 0, history.next_id, [[states]]

    def changed(change: Change) -> None:
        below = before + 1 if history.next_id != top else history.position
        found[-1].append([*states[:below], digest(artist.shot)])

    history.listeners.append(changed)
    for action in script(seed):
        before, top = history.position, history.next_id
        found.append([])
        artist.perform(*action)
        if history.next_id != top:
            states = [*states[: before + 1], digest(artist.shot)]
        found[-1].append(states[: history.position + 1])
    artist.shot.close()
    return found


@pytest.mark.parametrize("group", range(-(-KILLS // GROUP)))
def test_killed_at_any_moment(nursery: Nursery, tmp_path: Path, group: int) -> None:
    plate = write_plate(tmp_path / "plate")
    for number in range(GROUP):
        seed = FIRST_SEED + group * GROUP + number
        waits = seed % 3 != 0
        folder = tmp_path / f"{seed}.void"
        Shot.create(plate, folder).close()
        told = nursery.kill_one(folder, seed, waits)
        stacks = states_of_script(plate, tmp_path / f"{seed}-all.void", seed)
        print(f"seed {seed}: killed after {told} edits, {'waits' if waits else 'hurries'}")
        check(folder, stacks, told, waits)


def check(folder: Path, stacks: list[list[list[int]]], told: int, waits: bool) -> None:
    with Shot.open(folder) as shot:
        notices: list[str] = []
        shot.history.notices.append(notices.append)
        assert shot.warnings == []
        found = digest(shot)
        # Every edit but the last was saved before the next began, if the artist waited for it.
        last = told - 1 if waits else 0
        possible = [stacks[max(0, last)][-1:], *stacks[max(0, last) + 1 : told + 2]]
        fitting = [stack for each in possible for stack in each if stack[-1] == found]
        assert fitting, "it is in a state that it never was in, or too old"
        for index in range(COUNT):
            field = shot.masks.field(index)
            assert np.array_equal(CANONICAL[field], field)
            if not shot.is_locked(index):
                assert np.array_equal(field & TRACKED, expected_tracked(shot, index))
        seen = [found]
        while shot.history.undo():
            seen.append(digest(shot))
        assert notices == []
        assert seen[::-1] in fitting
        while shot.history.redo():
            pass
        assert notices == []
    assert not list(folder.rglob(".void-*"))
