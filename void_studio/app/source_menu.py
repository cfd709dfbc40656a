"""The menu of what a side of the viewer can show."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from void_studio.app.elided_label import literal
from void_studio.app.viewer.source import MASKED_PLATE, PLATE, RUNNING, Content, Source

_ALWAYS = (
    PLATE,
    MASKED_PLATE,
    Source(Content.LEVELS),
    Source(Content.MATTE),
    Source(Content.MODEL),
)


class SourceMenu(QMenu):
    """Plate, mask and takes, of which one is checked.

    Signals:
        chosen: The Source of the entry that was chosen.
    """

    chosen = Signal(object)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._actions: dict[Source, QAction] = {}
        self._group = QActionGroup(self)
        self._group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        self._group.triggered.connect(lambda action: self.chosen.emit(action.data()))
        self._shown: Source | None = None
        self._takes: Sequence[tuple[int, str, str]] = ()
        self._running = False
        self.setToolTipsVisible(True)
        self._fill()

    def set_takes(self, takes: Sequence[tuple[int, str, str]]) -> None:
        """Lists takes, newest first, as (number, what made it, all that is known of it)."""
        if takes != self._takes:
            self._takes = takes
            self._fill()

    def set_running(self, running: bool) -> None:
        """Whether there is something that runs and can be shown."""
        if running != self._running:
            self._running = running
            self._fill()

    def _fill(self) -> None:
        for action in self._group.actions():
            self._group.removeAction(action)
        self.clear()
        self._actions.clear()
        for source in _ALWAYS:
            self._add(source, source.label)
        if self._running:
            self.addSeparator()
            self._add(RUNNING, RUNNING.label)
        for number, maker, tip in reversed(self._takes):
            self.addSeparator()
            for source in (Source.of_take(number), Source.of_take(number, masked=True)):
                self._add(source, f"{source.label}   {maker}").setToolTip(literal(tip or maker))
        self.set_shown(self._shown)

    def set_shown(self, source: Source | None) -> None:
        """Checks what is shown; nothing for None."""
        self._shown = source
        for listed, action in self._actions.items():
            action.setChecked(listed == source)

    def _add(self, source: Source, text: str) -> QAction:
        action = self.addAction(text[:1].upper() + text[1:])
        action.setCheckable(True)
        action.setData(source)
        self._group.addAction(action)
        self._actions[source] = action
        return action
