"""Whether the viewer is drawn by the processor or through OpenGL: what a probe found, kept.

The environment variable VOID_STUDIO_SCREEN (``raster`` or ``opengl``) decides before all else.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QSettings, QTimer

from void_studio import __version__
from void_studio.app.background import Background
from void_studio.app.viewer.viewer import Viewer
from void_studio.progress import CancelToken

Way = Literal["raster", "opengl"]

VARIABLE = "VOID_STUDIO_SCREEN"
DELAY_MS = 20_000
"""The first seconds belong to what the artist opens."""

COMMAND = (sys.executable, "-m", "void_studio.app.screen_probe")

_PATIENCE_S, _LOOK_S = 30.0, 0.2
_KEY = "screen/probe"
_CARDS = Path("/sys/class/drm")


def chosen() -> Way:
    """What to draw with: raster until a probe of this very machine found OpenGL quicker."""
    asked = os.environ.get(VARIABLE, "")
    if asked in ("raster", "opengl"):
        return "opengl" if asked == "opengl" else "raster"
    found = remembered()
    return "opengl" if found is not None and found["opengl_wins"] else "raster"


def cover(viewer: Viewer) -> None:
    """Has the viewer drawn through OpenGL if that is chosen."""
    if chosen() == "opengl":
        # Imported here, for it loads the graphics driver's libraries.
        from void_studio.app.viewer.screen import Screen

        Screen(viewer)


def remembered() -> dict[str, Any] | None:
    """The figures of the probe of this machine as it is now; None if there was none."""
    text = QSettings().value(_KEY, "")
    try:
        found = json.loads(str(text))
    except ValueError:
        return None
    if not isinstance(found, dict) or found.get("machine") != fingerprint():
        return None
    return found if isinstance(found.get("opengl_wins"), bool) else None


def fingerprint() -> str:
    """Changes with what a probe depends on: the program, the system, its graphics cards, the
    display."""
    facts = [__version__, platform.platform(), os.environ.get("DISPLAY", "").partition(":")[0]]
    facts.append(os.environ.get("WAYLAND_DISPLAY", ""))
    for card in sorted(_CARDS.glob("card?/device")):
        for name in ("vendor", "device"):
            try:
                facts.append((card / name).read_text().strip())
            except OSError:
                facts.append("")
    return hashlib.blake2b("\n".join(facts).encode(), digest_size=8).hexdigest()


def probe(cancel: CancelToken) -> dict[str, Any]:
    """Measures in a process of its own; if that crashes or hangs what comes of it is raster.

    Raises:
        Cancelled: ``cancel`` was set.
    """
    until = time.monotonic() + _PATIENCE_S
    with subprocess.Popen(
        COMMAND, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        text = ""
        while process.returncode is None:
            try:
                text, _ = process.communicate(timeout=_LOOK_S)
            except subprocess.TimeoutExpired:
                if cancel.cancelled or time.monotonic() > until:
                    process.kill()
    cancel.check()
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        found = {"driver": "", "opengl_wins": False}
    return {**found, "machine": fingerprint()}


def description() -> str:
    """One line for people: what is used and why."""
    asked = os.environ.get(VARIABLE, "")
    if asked in ("raster", "opengl"):
        return f"{asked}, as {VARIABLE} says"
    found = remembered()
    if found is None:
        return "raster; OpenGL is measured when the window is first open for a while"
    if not found["driver"]:
        return "raster; OpenGL does not work here"
    figures = "a view in {opengl_view:.1f} ms, raster in {raster_view:.1f} ms".format(**found)
    return f"{chosen()}; OpenGL ({found['driver']}) shows {figures}"


class ScreenProbe(QObject):
    """Probes this machine once, in the background, for the next start."""

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._delay = QTimer(self, interval=DELAY_MS, singleShot=True)
        self._delay.timeout.connect(self._run)

    def start(self) -> None:
        """Begins in a while, unless it is known or decided already."""
        if VARIABLE not in os.environ and remembered() is None:
            self._delay.start()

    def _run(self) -> None:
        self._background.run(
            "Could not measure OpenGL",
            lambda: probe(self._background.closing),
            lambda found: QSettings().setValue(_KEY, json.dumps(found)),
        )
