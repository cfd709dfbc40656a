"""Going many steps back or forth in the history without holding up the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from void_studio.shot.shot import Shot

if TYPE_CHECKING:
    from void_studio.app.session import Session

TURN_S = 0.02
"""How long it undoes before the event loop has its turn."""


class HistoryWalk(QObject):
    """Undoes or redoes until the history is where it was asked to be: the latest request wins.

    An edit, or any undo or redo beside it, ends the walk where it is.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._shot: Shot | None = None
        self._goal = 0
        self._revision = 0
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._go_on)

    def go_to(self, position: int) -> None:
        """Makes the first ``position`` steps done and all others undone."""
        self._shot, self._goal = self._session.shot, position
        if self._shot is not None:
            self._revision = self._shot.history.revision
            self._go_on()

    def _go_on(self) -> None:
        shot = self._shot
        if shot is None or shot is not self._session.shot:
            return
        if self._session.stroke_open or shot.history.revision != self._revision:
            return
        change = shot.history.toward(self._goal, TURN_S)
        if change is not None:
            self._session.keep_in_sight(change)
            self._revision = shot.history.revision
            self._turn.start()
