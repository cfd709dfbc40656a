"""A program that calls Qt for hours does not wear out None."""

from __future__ import annotations

import subprocess
import sys

_SCRIPT = """
import void_studio.app
from PySide6.QtCore import QObject, Signal
class Source(QObject):
    said = Signal(bool)
source = Source()
for _ in range(200_000):
    source.setObjectName("x")
    source.said.emit(True)
    source.parent()
print("alive")
"""


def test_two_hundred_thousand_calls() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr[:400]
