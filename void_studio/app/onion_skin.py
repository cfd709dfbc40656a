"""Keeps the outlines of neighbour masks, worked out off the window's thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from void_studio.app.looks import Looks
from void_studio.app.session import Session
from void_studio.app.viewer.onion import Onion, Outlines
from void_studio.shot.shot import Shot

_Known = dict[int, tuple[bytes | None, Outlines]]
"""By frame: its mask as it is packed, and the outlines of that."""


class OnionSkin(QObject):
    """One set is made at a time, and of those that wait only the latest.

    Signals:
        changed: ``onion`` is another.

    Attributes:
        onion: The neighbours of the current frame, or of the one before while they are made.
    """

    changed = Signal()

    def __init__(self, session: Session, looks: Looks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._looks = looks
        self.onion = Onion()
        self._known: _Known = {}
        self._busy = self._again = False
        session.frame_changed.connect(self._refresh)
        session.lanes_changed.connect(self._refresh)
        session.shot_changed.connect(self._forget)
        looks.onion_changed.connect(self._refresh)

    def _forget(self) -> None:
        self._known = {}
        self._set(Onion())
        self._refresh()

    def _refresh(self, _: object = None) -> None:
        if self._busy:
            self._again = True
            return
        shot, index = self._session.shot, self._session.index
        if shot is None or not self._looks.onion:
            self._set(Onion())
            return
        reach = self._looks.neighbours
        frames = [
            frame
            for frame in range(index - reach, index + reach + 1)
            if frame != index and 0 <= frame < shot.count
        ]
        self._busy = True
        self._session.background.run(
            "Could not outline the masks of neighbour frames",
            partial(_outlined, shot, frames, self._known),
            partial(self._done, shot, index),
            self._give_up,
        )

    def _done(self, shot: Shot, index: int, known: _Known) -> None:
        self._busy = False
        again, self._again = self._again, False
        if self._session.shot is shot:
            self._known = known
            frames = ((frame - index, outlines) for frame, (_, outlines) in known.items())
            self._set(Onion(tuple(frames)) if self._looks.onion else Onion())
        if again:
            self._refresh()

    def _give_up(self, error: object) -> None:
        self._busy = self._again = False
        self._session.failed.emit(error)

    def _set(self, onion: Onion) -> None:
        if onion.frames != self.onion.frames:
            self.onion = onion
            self.changed.emit()


def _outlined(shot: Shot, frames: list[int], known: _Known) -> _Known:
    """Outlines of these frames, of which those stay that did not change; on any thread."""
    made: _Known = {}
    for frame in frames:
        blob = shot.masks.blob(frame)
        before = known.get(frame)
        if before is not None and before[0] is blob:
            made[frame] = before
        else:
            made[frame] = (blob, Outlines.of(shot.masks.field(frame)) if blob else Outlines())
    return made
