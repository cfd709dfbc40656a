"""The page of a window with nothing open: what can be opened, and what was opened before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QEnterEvent,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.actions import first_key, plain
from void_studio.app.icons import tinted_pixmap
from void_studio.app.keyboard import press_with_space
from void_studio.app.opening import name_of
from void_studio.app.recents import Recent
from void_studio.app.theme import PALETTE, set_variant, ui_font

_OPENERS = ("open", "open_folder", "open_demo")
STEPS = (
    ("click", "Click", "Point at what has to go"),
    ("track-both", "Track", "It is followed through the shot"),
    ("brush", "Paint", "Mark what it touched: shadow, splash, fall"),
    ("remove", "Remove", "Compare before and after, export"),
)
_COLUMNS = 4
_ROWS = 2


class StartPage(QWidget):
    """Lies over the empty viewer.

    Signals:
        chosen: The path of something that was opened before.
        forgotten: A path to take off the list.
    """

    chosen = Signal(object)
    forgotten = Signal(object)

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start-page")
        self.setAccessibleName("Start")
        self._cards: list[_Card] = []
        title = QLabel("Void Studio")
        title.setFont(ui_font(2.2, bold=True))
        claim = QLabel("Take something out of a shot, together with what it did to the scene.")
        set_variant(claim, "dim")
        self._heading = QLabel("Recent")
        set_variant(self._heading, "heading")
        self._grid = QGridLayout()
        self._grid.setSpacing(self._line)
        self._grid.setColumnStretch(_COLUMNS, 1)
        column = QVBoxLayout()
        column.setSpacing(self._line // 2)
        column.addWidget(title)
        column.addWidget(claim)
        column.addSpacing(self._line)
        column.addLayout(self._openers(actions))
        column.addSpacing(self._line * 2)
        column.addWidget(self._heading)
        column.addLayout(self._grid)
        column.addSpacing(self._line * 2)
        self._steps = _steps()
        column.addWidget(self._steps)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addLayout(column)
        across.addStretch(1)
        whole = QVBoxLayout(self)
        whole.addStretch(1)
        whole.addLayout(across)
        whole.addStretch(1)
        self.set_recent([])

    @property
    def _line(self) -> int:
        return self.fontMetrics().height()

    def _openers(self, actions: dict[str, QAction]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._line // 2)
        for name in _OPENERS:
            action = actions[name]
            button = QPushButton(f"{plain(action.text())}   {first_key(action)}".rstrip())
            button.setToolTip(action.statusTip())
            button.clicked.connect(partial(_trigger, action))
            press_with_space(button)
            # As high as the highest of the row.
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
            if name == _OPENERS[0]:
                set_variant(button, "primary")
            row.addWidget(button)
        drop = QLabel("or drop a clip, a shot or a folder here")
        set_variant(drop, "dim")
        row.addSpacing(self._line // 2)
        row.addWidget(drop)
        row.addStretch(1)
        return row

    def set_recent(self, recent: Sequence[Recent]) -> None:
        """Shows what was opened before, the latest first."""
        for card in self._cards:
            self._grid.removeWidget(card)
            card.deleteLater()
        self._cards = [_Card(item) for item in recent[: _COLUMNS * _ROWS]]
        for at, card in enumerate(self._cards):
            card.clicked.connect(partial(self.chosen.emit, card.path))
            card.forgotten.connect(partial(self.forgotten.emit, card.path))
            self._grid.addWidget(card, at // _COLUMNS, at % _COLUMNS)
        self._heading.setVisible(bool(self._cards))
        self._make_room()

    def cards(self) -> list[QAbstractButton]:
        """The buttons of what was opened before."""
        return list(self._cards)

    def _make_room(self) -> None:
        """Leaves out what does not fit: the steps, then the second row."""
        room = self.height()
        line = self._line
        fits_two = room > line * 44
        for at, card in enumerate(self._cards):
            card.setVisible(at < _COLUMNS or fits_two)
        self._steps.setVisible(room > line * (32 if self._cards else 18))

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._make_room()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), PALETTE.colour("canvas"))


def _trigger(action: QAction, _: bool = False) -> None:
    action.trigger()


def _steps() -> QWidget:
    """How it is done, in four pictures."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    side = box.fontMetrics().height()
    row.setSpacing(side * 2)
    for number, (picture, name, text) in enumerate(STEPS, start=1):
        mark = QLabel()
        mark.setPixmap(tinted_pixmap(picture, PALETTE.accent, round(side * 1.6), 2.0))
        heading = QLabel(f"{number}  {name}")
        set_variant(heading, "heading")
        words = QLabel(text)
        set_variant(words, "small")
        column = QVBoxLayout()
        column.setSpacing(2)
        for label in (mark, heading, words):
            column.addWidget(label)
        row.addLayout(column, 1)
    return box


class _Card(QAbstractButton):
    """One thing that was opened before: its picture, its name, what was done with it and when.

    Signals:
        forgotten: It should be taken off the list.
    """

    forgotten = Signal()

    def __init__(self, recent: Recent) -> None:
        super().__init__()
        self.path: Path = recent.path
        self._recent = recent
        self._picture = _image(recent)
        self._facts = recent.facts if recent.found else "not found"
        self._name = name_of(recent.path)
        self.setAccessibleName(", ".join(filter(None, (self._name, self._facts, recent.worked))))
        self.setToolTip(str(recent.path))
        self.setEnabled(recent.found)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        press_with_space(self)

    @property
    def _line(self) -> int:
        return self.fontMetrics().height()

    def sizeHint(self) -> QSize:
        width = self._line * 12
        return QSize(width, width * 9 // 16 + self._line * 4)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction("Take off this List").triggered.connect(
            lambda _=False: self.forgotten.emit()
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        picture = QRectF(1, 1, self.width() - 2, (self.width() - 2) * 9 / 16)
        shape = QPainterPath()
        shape.addRoundedRect(picture, 5, 5)
        painter.fillPath(shape, PALETTE.colour("field"))
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        if self._picture is not None:
            painter.setClipPath(shape)
            painter.drawImage(_covering(self._picture.size(), picture), self._picture)
            painter.setClipping(False)
        else:
            side = self._line * 2
            mark = tinted_pixmap("open", PALETTE.off, side, self.devicePixelRatioF())
            painter.drawPixmap(
                round(picture.center().x() - side / 2), round(picture.center().y() - side / 2), mark
            )
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(PALETTE.colour("accent" if lit else "edge"), 1.5 if lit else 1.0))
        painter.drawPath(shape)
        text = QRect(2, round(picture.bottom()) + self._line // 3, self.width() - 4, self._line)
        painter.setPen(PALETTE.colour("text"))
        self._write(painter, text, self._name)
        painter.setPen(PALETTE.colour("dim"))
        for line in (self._facts, self._recent.worked):
            text.translate(0, round(self._line * 1.15))
            self._write(painter, text, line)

    def _write(self, painter: QPainter, place: QRect, text: str) -> None:
        short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, place.width())
        side = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        side = QStyle.visualAlignment(self.layoutDirection(), side)
        painter.drawText(place, int(side), short)


def _image(recent: Recent) -> QImage | None:
    if recent.poster is None:
        return None
    rgb = np.ascontiguousarray(recent.poster)
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, width * 3, QImage.Format.Format_RGB888).copy()


def _covering(size: QSize, place: QRectF) -> QRectF:
    """Where a picture of ``size`` is drawn to fill ``place``."""
    scale = max(place.width() / size.width(), place.height() / size.height())
    covering = QRectF(0, 0, size.width() * scale, size.height() * scale)
    covering.moveCenter(place.center())
    return covering
