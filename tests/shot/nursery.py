"""A process that makes artists to kill: it has imported everything, so each one starts at once.

Each line read is a folder, a seed, and whether the artist waits for every edit to be saved. The
artist, a process of its own, says its process id, then the number of every edit it has made.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import cv2

from tests.forking import fork_for_each_line, say
from tests.shot.artist import Artist, script
from void_studio.shot.autosave import Autosaver
from void_studio.shot.shot import Shot


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


def main(line: str) -> None:
    folder, seed, waits = line.rsplit(" ", 2)
    work(Path(folder), int(seed), waits == "waits")


if __name__ == "__main__":
    cv2.setNumThreads(1)
    fork_for_each_line(main)
