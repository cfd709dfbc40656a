"""Keeps the start page in step: whether it is shown, what was opened before, and its pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt

from void_studio.app.background import Background
from void_studio.app.recents import (
    POSTER_BOX,
    Recent,
    forget,
    look_at,
    poster_path,
    remembered,
    write_poster,
)
from void_studio.app.session import Session
from void_studio.app.start_page import StartPage


class OpeningPage(QObject):
    """Shows the page while nothing is open, and keeps a poster of every shot that is."""

    def __init__(
        self,
        page: StartPage,
        show_work: Callable[[bool], object],
        session: Session,
        heavy: Background,
        open_path: Callable[[Path], object],
        parent: QObject,
    ) -> None:
        """``show_work`` is told whether there is something to work on, and the page is hidden."""
        super().__init__(parent)
        self._page = page
        self._show_work = show_work
        self._shown: bool | None = None
        self._session = session
        self._heavy = heavy
        self._opening = False
        self._ticket = 0
        self._poster_of: Path | None = None
        page.chosen.connect(open_path)
        page.forgotten.connect(self._forget)
        session.opener.opening.connect(self._on_opening)
        session.shot_changed.connect(self._refresh)
        session.pictures.arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        self._refresh()

    def _on_opening(self, name: str) -> None:
        self._opening = bool(name)
        self._refresh()

    def _refresh(self) -> None:
        shown = self._session.shot is None and not self._opening
        if shown != self._shown:
            self._shown = shown
            self._show_work(not shown)
        if shown:
            self._look()

    def _look(self) -> None:
        """Looks at what was opened before, on a thread: a disk may be slow, or gone."""
        self._ticket += 1
        ticket, paths = self._ticket, remembered()

        def done(seen: list[Recent]) -> None:
            if ticket == self._ticket:
                self._page.set_recent(seen)

        self._heavy.run("Could not look", lambda: [look_at(path) for path in paths], done)

    def _forget(self, path: Path) -> None:
        forget(path)
        self._look()

    def _on_arrived(self, index: int) -> None:
        """The first picture of a shot on screen becomes its poster."""
        shot = self._session.shot
        if shot is None or shot.read_only or shot.folder == self._poster_of:
            return
        picture = self._session.pictures.plate(index)
        # One that was asked for before the window had its size is too small: another follows.
        if picture is not None and picture.shape[1] >= min(shot.size[0], POSTER_BOX[0]):
            self._poster_of = folder = shot.folder

            def work() -> None:
                if not poster_path(folder).exists():
                    write_poster(folder, picture)

            self._heavy.run("Could not keep a picture of the shot", work)
