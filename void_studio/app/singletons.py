"""Keeps None, True and False alive under a Qt binding that takes references it does not own."""

from __future__ import annotations

import ctypes
import sys

from PySide6 import __version_info__

SPARE = 1 << 40


def keep_singletons() -> None:
    """Gives None, True and False references to spare, where they are counted and taken.

    PySide6 6.12.0 takes one reference of None with every call that returns nothing (``setPen``,
    ``update``, ...), and of True with every emitted signal. Since Python 3.12 these objects are
    immortal (PEP 683); on Python 3.11 the program ends after some thousand calls with
    "Fatal Python error: none_dealloc". 6.11.3 counts rightly.
    """
    if sys.version_info < (3, 12) and __version_info__[:2] == (6, 12):
        for singleton in (None, True, False):
            ctypes.c_ssize_t.from_address(id(singleton)).value += SPARE
