"""A line of text that gives way: shortened with an ellipsis instead of being cut or pushing."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget


def literal(text: str) -> str:
    """What an artist wrote, as a tool tip that does not take it for markup."""
    return f"<span>{escape(text)}</span>" if "<" in text else text


class ElidedLabel(QLabel):
    """A QLabel that may be narrower than its text; the whole text is then its tool tip."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        if text != self.text():
            super().setText(text)
            self.setToolTip(literal(text))

    def minimumSizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.averageCharWidth() * 4, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        area = self.contentsRect()
        text = QFontMetrics(self.font()).elidedText(
            " ".join(self.text().split()), Qt.TextElideMode.ElideRight, area.width()
        )
        flags = QStyle.visualAlignment(self.layoutDirection(), self.alignment())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area, int(flags | Qt.AlignmentFlag.AlignVCenter), text)
