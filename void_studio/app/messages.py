"""What went wrong, why, and what to do: said in the window, never in a box that must be closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from void_studio.app.icons import tinted_pixmap
from void_studio.app.parts import icon_button
from void_studio.app.theme import PALETTE, set_variant
from void_studio.errors import VoidError

Level = Literal["error", "warning", "info"]

INFO_MS = 6000
"""How long a message that asks for nothing stays."""


@dataclass(frozen=True)
class Message:
    """One thing to tell the artist.

    Attributes:
        level: ``error`` and ``warning`` stay until dismissed; ``info`` leaves by itself.
        what: One short sentence: what could not be done.
        why: The cause; may be empty.
        remedy: What to do about it; may be empty.
        details: More for a bug report, copied but not shown.
    """

    level: Level
    what: str
    why: str = ""
    remedy: str = ""
    details: str = ""

    @classmethod
    def of(cls, error: VoidError, details: str = "") -> Message:
        """An error as it explains itself."""
        return cls("error", error.what, error.why, error.remedy, details)

    @property
    def text(self) -> str:
        """All of it, for the clipboard."""
        return "\n".join(part for part in (self.what, self.why, self.remedy, self.details) if part)


class MessageBar(QFrame):
    """A strip that shows the newest message, and keeps the others behind it.

    It is hidden while there is nothing to say. A message that is already there is counted
    instead of shown twice. Escape dismisses it while it has the keyboard.

    Signals:
        emptied: The last message was dismissed.
    """

    emptied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages: list[Message] = []
        self._times: dict[Message, int] = {}
        self._at = 0
        self._leave = QTimer(self, singleShot=True, interval=INFO_MS)
        self._leave.timeout.connect(self._drop_infos)

        self._mark = QLabel()
        self._what = _text("heading")
        self._why = _text("dim")
        self._remedy = _text("")
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._what, self._why, self._remedy):
            words.addWidget(label)
        self._older = icon_button("chevron-left", "Older message", self._show_older)
        self._count = QLabel()
        set_variant(self._count, "dim")
        self._newer = icon_button("chevron-right", "Newer message", self._show_newer)
        self._copy = icon_button("copy", "Copy this message and its details", self._copy_text)
        self._close = icon_button("close", "Dismiss (Esc)", self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6)
        layout.setSpacing(8)
        layout.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        for widget in (self._older, self._count, self._newer, self._copy, self._close):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        # In the middle of the buttons beside it, however many lines the message has.
        self._count.setMinimumHeight(self._older.sizeHint().height())
        self.setAccessibleName("Messages")
        self.hide()

    @property
    def messages(self) -> list[Message]:
        """Those not yet dismissed, oldest first."""
        return list(self._messages)

    def post(self, message: Message) -> None:
        """Shows a message in front of any others."""
        self._times[message] = self._times.get(message, 0) + 1
        if message in self._messages:
            self._messages.remove(message)
        self._messages.append(message)
        self._at = len(self._messages) - 1
        self._refresh()

    def post_error(self, error: VoidError, details: str = "") -> None:
        """Shows an error as it explains itself."""
        self.post(Message.of(error, details))

    def dismiss(self) -> None:
        """Takes away the message in front."""
        if self._messages:
            self._forget(self._messages[self._at])

    def clear(self) -> None:
        """Takes away all of them."""
        for message in self.messages:
            self._forget(message)

    def _forget(self, message: Message) -> None:
        self._messages.remove(message)
        del self._times[message]
        self._at = min(self._at, len(self._messages) - 1)
        self._refresh()
        if not self._messages:
            self.emptied.emit()

    def _drop_infos(self) -> None:
        for message in [held for held in self._messages if held.level == "info"]:
            self._forget(message)

    def _show_older(self) -> None:
        self._at = max(0, self._at - 1)
        self._refresh()

    def _show_newer(self) -> None:
        self._at = min(len(self._messages) - 1, self._at + 1)
        self._refresh()

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self._messages[self._at].text)

    def _refresh(self) -> None:
        self.setVisible(bool(self._messages))
        if not self._messages:
            self._leave.stop()
            return
        message = self._messages[self._at]
        set_variant(self, f"message-{message.level}")
        side = self.fontMetrics().height()
        colour = getattr(PALETTE, message.level)
        self._mark.setPixmap(tinted_pixmap(message.level, colour, side, self.devicePixelRatioF()))
        self._mark.setAccessibleName(message.level)
        times = self._times[message]
        self._what.setText(message.what + (f"  (×{times})" if times > 1 else ""))
        for label, text in ((self._why, message.why), (self._remedy, message.remedy)):
            label.setText(text)
            label.setVisible(bool(text))
        several = len(self._messages) > 1
        self._count.setText(f"{self._at + 1} of {len(self._messages)}")
        for widget in (self._older, self._count, self._newer):
            widget.setVisible(several)
        self._older.setEnabled(self._at > 0)
        self._newer.setEnabled(self._at < len(self._messages) - 1)
        if any(held.level == "info" for held in self._messages):
            self._leave.start()

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)


def _text(variant: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if variant:
        set_variant(label, variant)
    return label
