"""Opens shots off the window's thread; the last one asked for wins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from void_studio.app.background import Background
from void_studio.app.leaving import Leaving
from void_studio.app.opening import FirstLook, Opened, first_look, open_any, open_relinked
from void_studio.errors import VoidError
from void_studio.shot.locate import PlateLost

PREVIEW_BOX = (1280, 720)


class Opener(QObject):
    """Lives on the window's thread.

    Attributes:
        lost: The folder of the shot that could not be opened because its plate is elsewhere.

    Signals:
        opening: A path is being opened (its name), or has been (empty).
        previewed: The FirstLook of the shot that is being opened.
        opened: An Opened.
        lost_changed: Whether there is a shot that waits for its plate.
        failed: A VoidError.
    """

    opening = Signal(str)
    previewed = Signal(object)
    opened = Signal(object)
    lost_changed = Signal(bool)
    failed = Signal(object)

    def __init__(
        self, background: Background, leaving: Leaving, parent: QObject | None = None
    ) -> None:
        """``leaving`` is what is being closed; it may be the shot that is opened again."""
        super().__init__(parent)
        self._background = background
        self._leaving = leaving
        self._ticket = 0
        self.lost: Path | None = None

    def open_path(self, path: Path, look: bool) -> None:
        """Opens a clip, folder or shot.

        Args:
            look: Whether its first frame is wanted meanwhile: reading a long shot takes seconds.
        """
        self.open_with(path.name, lambda: open_any(path))
        if look:
            ticket = self._ticket

            def done(seen: FirstLook | None) -> None:
                if seen is not None and ticket == self._ticket:
                    self.previewed.emit(seen)

            self._background.run(
                "Could not look", lambda: first_look(path, PREVIEW_BOX), done, self.failed.emit
            )

    def relink(self, plate: Path) -> None:
        """Opens the shot that waits for its plate with the one at this path."""
        folder = self.lost
        if folder is not None:
            self.open_with(folder.name, lambda: open_relinked(folder, plate))

    def open_with(self, name: str, work: Callable[[], Opened]) -> None:
        """Opens the shot that ``work`` makes on a thread."""
        self._ticket += 1
        ticket = self._ticket
        self.opening.emit(name)

        def open_after_leaving() -> Opened:
            self._leaving.wait()
            return work()

        def done(opened: Opened) -> None:
            if ticket != self._ticket:
                self._leaving.close(f"Could not close {name}", opened.shot.close)
                return
            self._end(None)
            self.opened.emit(opened)

        def failed(error: VoidError) -> None:
            if ticket == self._ticket:
                self._end(error.folder if isinstance(error, PlateLost) else self.lost)
                self.failed.emit(error)

        self._background.run(f"Could not open {name}", open_after_leaving, done, failed)

    def _end(self, lost: Path | None) -> None:
        self._ticket += 1
        self.lost = lost
        self.lost_changed.emit(lost is not None)
        self.opening.emit("")
