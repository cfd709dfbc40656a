"""A process that makes artists to kill: it has imported everything, so each one starts at once.

Each line read is a folder, a seed, and whether the artist waits for every edit to be saved. The
artist, a process of its own, says its process id, then the number of every edit it has made.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from pathlib import Path

import cv2

from tests.shot.artist import Artist, script
from void_studio.shot.autosave import Autosaver
from void_studio.shot.shot import Shot


def say(word: object) -> None:
    os.write(1, f"{word}\n".encode())


def work(folder: Path, seed: int, waits: bool) -> None:
    say(os.getpid())
    artist = Artist(Shot.open(folder))
    saver = Autosaver(artist.shot)
    for number, action in enumerate(script(seed), 1):
        artist.perform(*action)
        say(number)
        if waits:
            saver.flush(60)
    threading.Event().wait()


def main() -> None:
    cv2.setNumThreads(1)
    for line in sys.stdin:
        folder, seed, waits = line.rstrip("\n").rsplit(" ", 2)
        child = os.fork()
        if child == 0:
            try:
                work(Path(folder), int(seed), waits == "waits")
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
