"""Windows to kill: a process that has imported everything, so that each of them starts at once.

Each line read is a home, a shot folder, a seed, and whether the artist waits after every action
until all is saved. A window of its own process opens the shot and says its process id; then its
artist works with mouse and keys as ``script`` says, and tells what they do.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import cv2
import numpy as np

from tests.app.conftest import Hand, QuietHost
from tests.ball import COUNT, SIZE, center
from tests.e2e.artist import Patience
from tests.forking import fork_for_each_line, say
from tests.shot.artist import digest
from void_studio.app.brush import FrameSpan
from void_studio.app.following import TrackedFrame
from void_studio.app.main import make_application
from void_studio.app.settings import use_home
from void_studio.app.window import MainWindow
from void_studio.quadmask.tracks import pack_mask
from void_studio.shot.shot import Shot
from void_studio.worker.results import TrackResult

KEYS = {
    "undo": "Ctrl+Z",
    "redo": "Ctrl+Shift+Z",
    "lock": "Shift+F",
    "marker": "Shift+M",
    "invert": "Ctrl+I",
    "grow": "Ctrl+]",
    "copy": "Ctrl+C",
    "paste": "Ctrl+V",
    "copy from previous": "Ctrl+Left",
    "paste through": "Ctrl+Alt+V",
    "in": "I",
    "out": "O",
}
ACTIONS = [*KEYS, *["stroke"] * 8, *["undo"] * 4, *["redo"] * 2, *["rectangle", "erase"] * 2]
ACTIONS += ["shape", "shape", "click", "track", "track", "spread", "spread"]


def script(seed: int, length: int = 60) -> list[tuple[str, int]]:
    """What an artist does, and a seed for how."""
    chance = random.Random(seed)
    # What tracks is an object, which there must be first.
    return [
        ("click", 0),
        *((chance.choice(ACTIONS), chance.randrange(9999)) for _ in range(length)),
    ]


def steps_of(shot: Shot) -> str:
    """Which steps are done and which are undone, as one word."""
    history = shot.history
    done, undone = ([str(step.id) for step in steps] for steps in (history.done, history.undone))
    return f"{','.join(done)}|{','.join(undone)}"


class Artist:
    """Works in a window with mouse and keys; only tracks come from elsewhere."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.hand = Hand(window, Patience())  # type: ignore[arg-type]
        session = window.session
        self.hand.wait(lambda: session.shot is not None and session.pictures.plate(0) is not None)
        assert session.shot is not None
        self.shot: Shot = session.shot
        self.shot.history.listeners.append(lambda _: say("is", steps_of(self.shot)))

    def work(self, seed: int, waits: bool) -> None:
        for number, (action, chance) in enumerate(script(seed), 1):
            say("begins", number, action)
            self.perform(action, random.Random(chance))
            if waits:
                self.hand.wait(self._settled)
                say("saved", steps_of(self.shot), digest(self.shot))

    def _settled(self) -> bool:
        """Whether nothing is on its way into the shot, or from it to the disk."""
        studio = self.window.studio
        busy = studio.session.frames.rows() or studio.jobs._intake.waiting
        return not (busy or self.shot.unsaved) and studio.background.idle

    def perform(self, action: str, chance: random.Random) -> None:
        hand, brush = self.hand, self.window.session.brush
        if action in KEYS:
            hand.key(KEYS[action])
            return
        if action in ("click", "track"):
            self._object(action, chance)
            return
        for _ in range(chance.randrange(3)):
            hand.key(chance.choice(["Right", "Left", "End"]))
        hand.key(chance.choice("12"))
        if action == "shape":
            hand.key("H")
            for corner in _places(chance, 4):
                hand.click(*corner)
            hand.key("Return")
        else:
            hand.key({"rectangle": "Shift+R", "erase": "E"}.get(action, "B"))
            brush.set_through(FrameSpan.WHOLE if action == "spread" else FrameSpan.THIS)
            hand.drag(*_places(chance, 3))

    def _object(self, action: str, chance: random.Random) -> None:
        items = self.shot.document.objects
        if action == "click" or not items:
            self.hand.key("C")
            self.hand.click(*center(self.window.session.index))
            self.hand.wait(lambda: bool(self.shot.document.objects) or self._on_locked())
            return
        item, radius = items[-1], chance.randint(5, 30)
        for index in range(COUNT):
            mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
            cv2.circle(mask, center(index), radius, 1, -1)
            result = TrackResult(item.id, index, 0.9, Path())
            blob = pack_mask(mask.astype(bool))
            arrived = TrackedFrame(f"job-{radius}", result, SIZE, blob, item.prompts)
            self.window.studio.jobs._following.tracked.emit(arrived)
        # Not until it is over: the frames arrive while the next thing is done.

    def _on_locked(self) -> bool:
        return self.shot.is_locked(self.window.session.index)


def _places(chance: random.Random, count: int) -> list[tuple[float, float]]:
    return [
        (chance.uniform(20, SIZE[0] - 20), chance.uniform(20, SIZE[1] - 20)) for _ in range(count)
    ]


def live(home: str, folder: str, seed: int, waits: bool) -> None:
    """The life of one window."""
    os.environ["VOID_STUDIO_HOME"] = home
    application = make_application()
    # A test before this one may have copied: whoever asks what would wait for the test's process.
    application.clipboard().setText("nothing that can be pasted")
    use_home(home)
    window = MainWindow(QuietHost())
    window.show()
    window.activateWindow()
    Patience().waitUntil(window.isActiveWindow)
    say("lives", os.getpid())
    window.open_path(Path(folder))
    Artist(window).work(seed, waits)
    Patience().waitUntil(lambda: False)


def main(line: str) -> None:
    home, folder, seed, waits = line.split("\t")
    live(home, folder, int(seed), waits == "waits")


if __name__ == "__main__":
    fork_for_each_line(main)
