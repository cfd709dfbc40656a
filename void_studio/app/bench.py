"""Measures this machine against the budgets, in a real window.

Every figure runs from an event that is sent to the window until its pixels are flushed to the
screen: the events that it causes, the painting among them, are all processed inside.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication

from void_studio.app.main import TIMINGS_VARIABLE, make_application
from void_studio.app.scrub_proxy import DELAY_MS
from void_studio.app.window import MainWindow
from void_studio.errors import VoidError

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Row:
    """One figure. ``limit`` is what p95 should not exceed; None where there is no budget."""

    name: str
    unit: str
    median: float
    p95: float
    limit: float | None

    @property
    def line(self) -> str:
        limit = "" if self.limit is None else f"{self.limit:g}"
        met = "" if self.limit is None or self.p95 <= self.limit else "  over"
        return f"{self.name:<44} {self.median:>9.2f} {self.p95:>9.2f} {limit:>8} {self.unit}{met}"


def row_of(name: str, unit: str, samples: list[float], limit: float | None) -> Row:
    """Median and 95th percentile of samples."""
    median, p95 = np.percentile(samples, [50, 95])
    return Row(name, unit, round(float(median), 3), round(float(p95), 3), limit)


def machine() -> str:
    """This machine in one line."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"


class _Paintings(QObject):
    """Counts how often the widget it is installed on is painted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.seen = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.seen += 1
        return False


class Bench:
    """Drives a window as a hand would and times it."""

    def __init__(self, app: QApplication, window: MainWindow) -> None:
        self._app = app
        self.window = window
        self._paintings = _Paintings(window)
        window.viewer.installEventFilter(self._paintings)

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        """Runs the event loop until ``ready``; raises VoidError after a minute."""
        deadline = time.monotonic() + PATIENCE_S
        while not ready():
            if time.monotonic() > deadline:
                raise VoidError("The benchmark got stuck", f"It waited for {what}")
            self._app.processEvents()
            time.sleep(0.001)

    def timed(self, action: Callable[[], object]) -> float:
        """Milliseconds from ``action`` until the picture that it changes has been painted.

        Raises:
            VoidError: nothing was painted for a minute.
        """
        self._app.processEvents()
        self._paintings.seen = 0
        began = time.perf_counter()
        action()
        while not self._paintings.seen:
            self._app.processEvents()
            if time.perf_counter() - began > PATIENCE_S:
                raise VoidError("The benchmark got stuck", "The window was not painted")
        return (time.perf_counter() - began) * 1000

    def open(self, path: Path) -> None:
        session = self.window.session
        self.window.open_path(path)
        self.wait(lambda: session.shot is not None, f"{path} to open")
        self.wait(lambda: session.pictures.plate(session.index) is not None, "the first frame")

    def fill_cache(self, frames: int) -> None:
        """Waits until frames 0 to ``frames`` - 1 can be shown at once."""
        session = self.window.session
        session.set_index(0)
        wanted = set(range(frames))
        self.wait(lambda: wanted <= session.pictures.cached(), "the cache")

    def settle(self) -> None:
        """Waits until what opening set off, such as the scrub proxy, is done."""
        quiet = time.monotonic() + DELAY_MS / 1000 + 0.5
        heavy = self.window.studio.heavy
        self.wait(lambda: time.monotonic() > quiet and heavy.idle, "the scrub proxy")

    def mouse(self, kind: QEvent.Type, x: float, y: float) -> None:
        """Sends a mouse event at a place of the viewer, 0 to 1 across the picture."""
        viewer = self.window.viewer
        down = kind != QEvent.Type.MouseButtonRelease
        local = QPointF(x * viewer.width(), y * viewer.height())
        event = QMouseEvent(
            kind,
            local,
            QPointF(viewer.mapToGlobal(local.toPoint())),
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton if down else Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        self._app.sendEvent(viewer, event)

    def trigger(self, name: str) -> None:
        self.window.actions_by_name[name].trigger()

    # -- figures ------------------------------------------------------------------------------

    def dabs(self, count: int) -> list[float]:
        """A long stroke; each sample is one pen event."""
        self.trigger("tool_brush")
        self.trigger("level_affected")
        self.mouse(QEvent.Type.MouseButtonPress, 0.3, 0.3)
        self._app.processEvents()
        samples = []
        for step in range(count):
            turn = step / 25
            x, y = 0.5 + 0.2 * np.cos(turn), 0.5 + 0.2 * np.sin(turn)
            samples.append(self.timed(partial(self.mouse, QEvent.Type.MouseMove, x, y)))
        self.mouse(QEvent.Type.MouseButtonRelease, 0.5, 0.5)
        self._app.processEvents()
        return samples

    def steps(self, count: int, frames: int) -> list[float]:
        samples = []
        for step in range(count):
            forward = (step // (frames - 1)) % 2 == 0
            name = "next" if forward else "previous"
            samples.append(self.timed(partial(self.trigger, name)))
        return samples

    def undo_redo(self, count: int) -> tuple[list[float], list[float]]:
        undo, redo = [], []
        for _ in range(count):
            undo.append(self.timed(lambda: self.trigger("undo")))
            redo.append(self.timed(lambda: self.trigger("redo")))
        return undo, redo

    def alternate(self, count: int, *names: str) -> list[float]:
        return [
            self.timed(partial(self.trigger, names[step % len(names)])) for step in range(count)
        ]


@contextmanager
def _own_home() -> Iterator[Path]:
    """Shots of a benchmark are kept away from the artist's own."""
    before = os.environ.get("VOID_STUDIO_HOME")
    with tempfile.TemporaryDirectory(prefix="void-bench-") as folder:
        os.environ["VOID_STUDIO_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["VOID_STUDIO_HOME"]
            else:
                os.environ["VOID_STUDIO_HOME"] = before


def measure(clip: Path, say: Callable[[str], None]) -> list[Row]:
    """All figures on ``clip``, in a window of 1600x900."""
    rows = list(_startup_rows(clip))
    app = make_application()
    window = MainWindow()
    window.resize(1600, 900)
    window.show()
    bench = Bench(app, window)
    try:
        began = time.perf_counter()
        bench.open(clip)
        opened = (time.perf_counter() - began) * 1000
        rows.append(Row("open to first frame, window up", "ms", opened, opened, 300))
        say("measuring the window")
        frames = min(window.session.count, 24)
        bench.fill_cache(frames)
        bench.settle()
        gc.collect()
        rows.append(row_of("brush dab, pen event to pixels", "ms", bench.dabs(300), 5))
        rows.append(row_of("step to a cached frame", "ms", bench.steps(200, frames), 12))
        bench.dabs(60)
        undo, redo = bench.undo_redo(50)
        rows.append(row_of("undo a stroke", "ms", undo, 12))
        rows.append(row_of("redo a stroke", "ms", redo, 12))
        switches = bench.alternate(60, "mask_levels", "mask_matte", "mask_overlay")
        rows.append(row_of("change how the mask is shown", "ms", switches, 12))
        zooms = bench.alternate(60, "zoom_in", "zoom_in", "zoom_out", "zoom_out")
        rows.append(row_of("zoom", "ms", zooms, 16))
        memory = psutil.Process().memory_info().rss / 2**20
        rows.append(Row("memory of the application", "MiB", memory, memory, 600))
    finally:
        window.studio.jobs.host.stop()
        window.close()
        app.processEvents()
    return rows


def _startup_rows(clip: Path) -> Iterator[Row]:
    """From the command to the window, and to the first frame, each in a process of its own."""
    window, frame = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory(prefix="void-bench-") as folder:
            timings = Path(folder) / "timings.json"
            environment = {**os.environ, TIMINGS_VARIABLE: str(timings), "VOID_STUDIO_HOME": folder}
            command = [sys.executable, "-m", "void_studio", str(clip)]
            subprocess.run(command, env=environment, check=True, timeout=PATIENCE_S)
            said = json.loads(timings.read_text())
            window.append(said["window_s"])
            frame.append(said["first_frame_s"])
    yield row_of("command to window", "s", window, 1.5)
    yield row_of("command to first frame", "s", frame, 2.0)


def run_bench(clip: Path | None, as_json: bool) -> dict[str, Any]:
    """Prints a table (unless ``as_json``) and returns it: machine and rows.

    Args:
        clip: What to measure on; the demo shot's plate if None.

    Raises:
        VoidError: there is no display, or the clip cannot be opened.
    """
    if QGuiApplication.platformName() == "offscreen":
        raise VoidError("The benchmark needs a real window", "There is no display")

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    with _own_home() as home:
        if clip is None:
            from void_studio.demo.scene import ensure_demo

            say("rendering the demo shot")
            clip = ensure_demo(home / "demo") / "input_video.mp4"
        rows = measure(clip, say)
    if not as_json:
        print(machine())
        print(f"{'':<44} {'median':>9} {'p95':>9} {'limit':>8}")
        for row in rows:
            print(row.line)
    return {"machine": machine(), "clip": str(clip), "rows": [asdict(row) for row in rows]}
