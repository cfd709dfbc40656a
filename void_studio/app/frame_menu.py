"""The menu of one frame of the timeline."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from void_studio.app.timeline import Timeline


class FrameCommands(Protocol):
    """What can be done with a frame, by its plate index."""

    def number(self, index: int) -> int: ...
    def is_marked(self, index: int) -> bool: ...
    def is_locked(self, index: int) -> bool: ...
    def go(self, index: int) -> None: ...
    def set_in(self, index: int) -> None: ...
    def set_out(self, index: int) -> None: ...
    def clear_range(self) -> None: ...
    def toggle_marker(self, index: int) -> None: ...
    def toggle_lock(self, index: int) -> None: ...


class FrameMenu:
    """Opens a menu where the timeline was asked for one."""

    def __init__(
        self, commands: FrameCommands, actions: dict[str, QAction], timeline: Timeline
    ) -> None:
        self._commands = commands
        self._actions = actions
        self._timeline = timeline

    def open(self, index: int, place: QPoint) -> None:
        """Shows what can be done with frame ``index``, at a place of the screen."""
        menu = self._filled(index)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _filled(self, index: int) -> QMenu:
        do, menu = self._commands, QMenu(self._timeline)
        menu.setObjectName("frame-menu")
        menu.addAction(f"&Go to {do.number(index)}", lambda: do.go(index))
        menu.addSeparator()
        menu.addAction("Set &In Here", lambda: do.set_in(index))
        menu.addAction("Set &Out Here", lambda: do.set_out(index))
        menu.addAction("Clear &Range", do.clear_range)
        menu.addSeparator()
        if do.is_marked(index):
            menu.addAction("&Name Marker…", lambda: self._timeline.name_marker(index))
            menu.addAction("Clear &Marker", lambda: do.toggle_marker(index))
        else:
            menu.addAction("Set &Marker", lambda: do.toggle_marker(index))
        menu.addSeparator()
        locks = "Un&lock Frame" if do.is_locked(index) else "&Lock Frame"
        menu.addAction(locks, lambda: do.toggle_lock(index))
        clear = self._actions["clear_frame"]
        menu.addAction(clear.text(), lambda: self._clear(index)).setToolTip(clear.toolTip())
        return menu

    def _clear(self, index: int) -> None:
        """Clears the frame where it can be seen."""
        self._commands.go(index)
        self._actions["clear_frame"].trigger()
