"""Children to kill: a process that has imported everything forks one for every line it reads."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable


def say(*words: object) -> None:
    """One line on standard output, whole even from a process that is killed right after."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def fork_for_each_line(live: Callable[[str], object]) -> None:
    """Has a child ``live`` for every line, one at a time, and says when it has ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                live(line.rstrip("\n"))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        os.waitpid(child, 0)
        say("ended")
