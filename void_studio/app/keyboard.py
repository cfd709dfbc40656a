"""Keys that a control must keep although the window uses them too."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton


def press_with_space(button: QAbstractButton) -> None:
    """Lets Space press a button that was reached with Tab, although Space plays the shot.

    A click with the mouse does not give the button the keyboard, so that Space still plays after
    it.
    """
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.installEventFilter(_SpacePresses(button))


class _SpacePresses(QObject):
    """Claims Space before the window's shortcuts see it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Space
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)
