"""Keeps the current frame as the model sees it, worked out off the window's thread."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from void_studio.app.session import Session
from void_studio.app.viewer.model_view import Framing, ModelChoice, ModelSight, small_picture

Pixels = NDArray[np.uint8]

_Made = tuple[Pixels, Pixels, ModelSight]


class ModelSights(QObject):
    """One sight is made at a time, and of those that wait only the latest.

    The picture is that on screen, of whatever resolution; the mask is exact.

    Signals:
        changed: ``sight`` is another.

    Attributes:
        sight: What the model sees of the current frame, or of the one before while that is made.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.sight: ModelSight | None = None
        self._choice: ModelChoice | None = None
        self._source: Pixels | None = None
        self._small: Pixels | None = None
        self._small_of: Framing | None = None
        self._busy = self._again = False
        for signal in (session.frame_changed, session.mask_changed, session.pictures.arrived):
            signal.connect(self._refresh)
        session.shot_changed.connect(self._forget)

    def want(self, choice: ModelChoice | None) -> None:
        """Chooses what is made; None for nothing."""
        if choice != self._choice:
            self._choice = choice
            self._refresh()

    def _forget(self) -> None:
        self._source = self._small = None
        self._set(None)
        self._refresh()

    def _refresh(self, _: object = None) -> None:
        if self._busy:
            self._again = True
            return
        session = self._session
        field = session.field() if self._choice is not None else None
        picture = session.pictures.plate(session.index)
        if self._choice is None or field is None or picture is None:
            return
        self._busy = True
        same = picture is self._source and self._choice.framing == self._small_of
        small = self._small if same else None
        session.background.run(
            "Could not work out what the model sees",
            partial(_make, self._choice, picture, small, field),
            self._done,
            self._give_up,
        )

    def _done(self, made: _Made) -> None:
        self._busy = False
        again, self._again = self._again, False
        if self._session.shot is not None:
            self._source, self._small, sight = made
            self._small_of = sight.choice.framing
            self._set(sight)
        if again:
            self._refresh()

    def _give_up(self, error: object) -> None:
        self._busy = self._again = False
        self._session.failed.emit(error)

    def _set(self, sight: ModelSight | None) -> None:
        if sight is not self.sight:
            self.sight = sight
            self.changed.emit()


def _make(choice: ModelChoice, picture: Pixels, small: Pixels | None, field: Pixels) -> _Made:
    """A sight, with the picture it was made of and that at the model's size; on any thread."""
    if small is None:
        plate = field.shape[1], field.shape[0]
        small = small_picture(picture, choice.framing, plate)
    return picture, small, ModelSight.of(choice, small, field)
