"""The scrub proxy of a plate that is slow to jump in: made in the background, then served."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from void_studio.app.background import Background
from void_studio.app.plate_on_screen import OpenSource
from void_studio.errors import VoidError
from void_studio.media.proxy import (
    build_proxy,
    needs_proxy,
    open_proxied,
    proxy_path,
    proxy_size,
)
from void_studio.progress import CancelToken
from void_studio.shot.layout import cache_folder
from void_studio.shot.shot import Shot

DELAY_MS = 4000
"""The first seconds belong to what the artist looks at."""


class ScrubProxy(QObject):
    """Makes the proxy of one shot at a time."""

    def __init__(
        self,
        background: Background,
        ready: Callable[[Shot, OpenSource], object],
        failed: Callable[[VoidError], object],
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            ready: Told the shot and how to open its plate through the proxy.
            failed: Told why it could not be made.
        """
        super().__init__(parent)
        self._background = background
        self._ready = ready
        self._failed = failed
        self._shot: Shot | None = None
        self._token = CancelToken()
        self._delay = QTimer(self, interval=DELAY_MS, singleShot=True)
        self._delay.timeout.connect(self._make)

    def start(self, shot: Shot) -> None:
        """Begins in a while, if the plate needs one."""
        self._shot = shot
        self._delay.start()

    def stop(self) -> None:
        """Makes no more; half a proxy is removed."""
        self._delay.stop()
        self._token.cancel()
        self._shot = None

    def _make(self) -> None:
        shot = self._shot
        if shot is None:
            return
        self._token = token = CancelToken()

        def work() -> Path | None:
            with shot.open_plate() as plate:
                if not needs_proxy(plate.info):
                    return None
                path = proxy_path(cache_folder(shot.folder), plate.info)
                if not path.exists():
                    path.parent.mkdir(exist_ok=True)
                    build_proxy(plate, path, proxy_size(plate.info), token)
                return path

        def done(path: Path | None) -> None:
            if path is not None and self._shot is shot:
                self._ready(shot, lambda: open_proxied(shot.open_plate(), path))

        self._background.run("Could not make the scrub proxy", work, done, self._failed)
