"""At 100 % and at 200 % every word has its room, and Qt has nothing to complain about."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

# Warnings of Python and of Qt's widgets; drivers and the desktop may have their say.
_SAID_BY_US = re.compile(r"^(?!QStandardPaths)Q[A-Z]\w*:|Warning|Traceback|void_studio")

_SCRIPT = """
import sys
from fractions import Fraction
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QAbstractButton, QLabel, QVBoxLayout, QWidget
from void_studio.app.elided_label import ElidedLabel
from void_studio.app.messages import Message, MessageBar
from void_studio.app.panels import *
from void_studio.app.panels.needs_box import Needs
from void_studio.app.weights_fetcher import WeightsFetcher
from void_studio.app.weights_sheet import WeightsSheet
from void_studio.app.actions import build_actions
from void_studio.app.keymap import Keymap
from void_studio.app.keys_sheet import KeysSheet
from void_studio.app.theme import apply_theme
from void_studio.app.timeline import TakeSpan, Timeline, TransportBar

app = QApplication(sys.argv)
apply_theme(app)
window = QWidget()
layout = QVBoxLayout(window)
objects, run, jobs, bar = ObjectsPanel(), RunPanel(), JobsPanel(), MessageBar()
names = "first previous play_backward play next last loop every_frame".split()
transport = TransportBar({name: QAction(name, window) for name in names})
timeline = Timeline()
objects.set_objects([ObjectRow("1", "glass", "remove", "25 points", 0.9, True, 25)])
setting = SettingRow("feather", "Feather", "int", 4, 0, 64)
run.set_removers([RemoverRow("void", "VOID", "Imagines what was behind", (setting,), True)])
run.needs.set_needs(Needs(("VOID Pass 1 · 11.1 GB · Apache-2.0",), "python -m pip install x"))
run.set_summary([("Frames", "1001-1046")])
run.set_progress(0.5, "Frame 12 of 46")
jobs.set_jobs([JobRow("1", "Track", "failed", None, "", "", "The disk is full")])
jobs.set_current("1")
timeline.set_frames(46, 1001, Fraction(24))
timeline.set_takes([TakeSpan("001", 0, 45, 0.5)])
bar.post(Message("error", "What", "Why", "Remedy"))
for widget in (bar, objects, run, jobs, transport, timeline):
    layout.addWidget(widget)
sheet = KeysSheet(Keymap(), build_actions(app))
fetcher = WeightsFetcher()
weights = WeightsSheet(fetcher)
weights.show()
window.resize(700, 1100)
window.show()
sheet.show()
app.processEvents()
image = window.grab().toImage()
assert image.devicePixelRatio() == float(sys.argv[1]), image.devicePixelRatio()
cut = []
for label in (
    label for top in (window, sheet, weights) for label in top.findChildren(QLabel)
):
    if not label.isVisible() or not label.text() or isinstance(label, ElidedLabel):
        continue
    needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
    if label.height() < needed:
        cut.append((label.text(), "height", label.height(), needed))
    if not label.wordWrap() and label.width() < label.sizeHint().width():
        cut.append((label.text(), "width", label.width(), label.sizeHint().width()))
for button in window.findChildren(QAbstractButton):
    least = button.minimumSizeHint()
    if button.isVisible() and (button.width() < least.width() or button.height() < least.height()):
        cut.append((button.accessibleName(), button.size().toTuple(), least.toTuple()))
fetcher.close()
assert not cut, cut
"""


@pytest.mark.parametrize("scale", ["1", "2"])
def test_nothing_is_cut(scale: str, qapp: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, scale],
        env={**os.environ, "QT_SCALE_FACTOR": scale},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if _SAID_BY_US.search(line)]
    assert said == [], done.stderr
