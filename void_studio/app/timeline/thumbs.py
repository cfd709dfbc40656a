"""Which thumbnails the timeline holds and which it still wants."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

KEPT = 400
"""Thumbnails held at most; beyond that, those out of sight go first."""


class Thumbnails:
    """Small pictures by frame, made for one size at a time.

    Pictures of an earlier size are shown until their successors come.
    """

    def __init__(self) -> None:
        self._pictures: dict[int, QImage] = {}
        self._current: set[int] = set()
        self._asked: set[int] = set()
        self._size = QSize()

    def clear(self) -> None:
        """Forgets everything, as for another plate."""
        self._pictures.clear()
        self._current.clear()
        self._asked.clear()

    def picture(self, index: int) -> QImage | None:
        return self._pictures.get(index)

    def put(self, index: int, picture: QImage) -> None:
        """Takes what was asked for."""
        self._pictures[index] = picture
        self._current.add(index)

    def wanted(self, indices: Sequence[int], size: QSize) -> list[int]:
        """Those of ``indices`` to ask for now; asking takes the place of what was asked before.

        Empty when all that is missing at this ``size`` is on its way already.
        """
        if size != self._size:
            self._size = size
            self._current.clear()
            self._asked.clear()
        self._drop_all_but(set(indices))
        missing = [index for index in indices if index not in self._current]
        if self._asked.issuperset(missing):
            return []
        self._asked = set(missing)
        return missing

    def _drop_all_but(self, needed: set[int]) -> None:
        if len(self._pictures) <= KEPT:
            return
        for index in [held for held in self._pictures if held not in needed]:
            del self._pictures[index]
        self._current &= needed
