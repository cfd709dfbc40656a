"""What A and B show of the open shot: the artist's choice, as far as the shot has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from void_studio.app.viewer.source import MASKED_PLATE, RUNNING, Content, Source


class Showing(QObject):
    """Two sources. B is None until there is a take or the artist chooses something for it.

    Signals:
        changed: A or B shows something else.

    Attributes:
        a, b: The sources.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.a: Source = MASKED_PLATE
        self.b: Source | None = None
        self._before: dict[bool, Source | None] = {}

    @property
    def sources(self) -> tuple[Source, Source | None]:
        return self.a, self.b

    @property
    def takes(self) -> tuple[int, ...]:
        """The numbers of the takes that are shown: none, one or two."""
        shown = [source.take for source in (self.b, self.a) if source is not None]
        return tuple(dict.fromkeys(number for number in shown if number is not None))

    def show_a(self, source: Source) -> None:
        """Chooses what A shows."""
        self._set(source, self.b)

    def show_b(self, source: Source) -> None:
        """Chooses what B shows."""
        self._set(self.a, source)

    def show_take(self, number: int | None) -> None:
        """Shows a take as B, with the mask if the take before it was shown so; None for nothing."""
        self._set(self.a, None if number is None else _as_take(self.b, number))

    @property
    def runs(self) -> bool:
        """Whether what runs is shown."""
        return any(_runs(source) for source in self.sources)

    def show_running(self, on_b: bool) -> None:
        """Shows what runs, until ``end_running``."""
        self._before[on_b] = self.b if on_b else self.a
        self._set(*((self.a, RUNNING) if on_b else (RUNNING, self.b)))

    def end_running(self) -> None:
        """Shows what was there before what runs was shown."""
        a = (self._before.get(False) or MASKED_PLATE) if _runs(self.a) else self.a
        b = self._before.get(True) if _runs(self.b) else self.b
        self._before.clear()
        self._set(a, b)

    def exchange(self) -> None:
        """What A showed, B shows, and the other way round; nothing happens without B."""
        if self.b is not None:
            self._set(self.b, self.a)

    def suit(self, takes: Sequence[int]) -> None:
        """Another shot is open, with takes of these numbers: keeps what it has too.

        A take, or what runs, gives way to the shot's newest take on B, and to the plate on A.
        """
        a, b = self.a, self.b
        self._before.clear()
        if a.take is not None or _runs(a):
            a = MASKED_PLATE
        if b is None or b.take is not None or _runs(b):
            b = _as_take(b, takes[-1]) if takes else None
        self._set(a, b)

    def _set(self, a: Source, b: Source | None) -> None:
        if (a, b) != self.sources:
            self.a, self.b = a, b
            self.changed.emit()


def _as_take(before: Source | None, number: int) -> Source:
    if before is None or before.content is not Content.TAKE:
        return Source.of_take(number)
    return replace(before, take=number)


def _runs(source: Source | None) -> bool:
    return source is not None and source.content is Content.RUNNING
