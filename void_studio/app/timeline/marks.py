"""What can be taken hold of in the timeline: flags of markers, in and out, the scroll bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPolygonF

from void_studio.app.theme import PALETTE
from void_studio.app.timeline.geometry import TimeScale
from void_studio.app.timeline.rows import Row

GRIP = 9.0
"""Width of the in and out handles, in pixels: they stand outside of the range."""

SLACK = 3.0
"""How far beside a handle the pointer still takes it, in pixels."""

_FLAG = 7.0


@dataclass(frozen=True)
class Flag:
    """A marker in its place.

    Attributes:
        index: The plate index it marks.
        x: Where its pole stands.
        text: Its name, as much of it as there is room for.
        words: The box of the name.
        box: All of it.
    """

    index: int
    x: float
    text: str
    words: QRectF
    box: QRectF


def colour(name: str, alpha: float = 1.0) -> QColor:
    """A palette colour with an opacity of 0 to 1."""
    made = PALETTE.colour(name)
    made.setAlphaF(alpha)
    return made


def row_of(rows: Sequence[Row], kind: str) -> Row | None:
    """The first row of a kind."""
    return next((row for row in rows if row.kind == kind), None)


def flags(row: Row, markers: Mapping[int, str], scale: TimeScale, font: QFont) -> Iterator[Flag]:
    """The flags in sight, from left to right; names are cut where the next flag begins."""
    metrics = QFontMetrics(font)
    visible = [index for index in markers if index in scale.visible]
    for which, index in enumerate(visible):
        x = scale.centre_of(index)
        following = visible[which + 1] if which + 1 < len(visible) else None
        end = scale.right if following is None else scale.centre_of(following) - 3
        room = max(0.0, end - x - _FLAG - 4)
        text = metrics.elidedText(markers[index], Qt.TextElideMode.ElideRight, int(room))
        width = min(room, float(metrics.horizontalAdvance(text)))
        words = QRectF(x + _FLAG + 3, row.top, width, row.height)
        box = QRectF(x - 2, row.top, _FLAG + 5 + width, row.height)
        yield Flag(index, x, text, words, box)


def pennant(x: float, row: Row) -> QPolygonF:
    """A flag whose pole stands at ``x``."""
    top, bottom = row.top + 1.0, float(row.bottom)
    middle, low = top + (bottom - top) * 0.34, top + (bottom - top) * 0.68
    corners = (
        (x - 0.75, top),
        (x + _FLAG, middle),
        (x + 0.75, low),
        (x + 0.75, bottom),
        (x - 0.75, bottom),
    )
    return QPolygonF([QPointF(*corner) for corner in corners])


def handles(rows: Sequence[Row], in_out: tuple[int, int], scale: TimeScale) -> dict[str, QRectF]:
    """The boxes of the ``in`` and ``out`` handles, where they are in sight."""
    row = row_of(rows, "cached")
    if row is None:
        return {}
    top, height = row.top - 3.0, row.height + 6.0
    start, stop = scale.x_of(in_out[0]), scale.x_of(in_out[1] + 1)
    boxes = {}
    if scale.left - 1 <= start <= scale.right:
        boxes["in"] = QRectF(start - GRIP, top, GRIP, height)
    if scale.left <= stop <= scale.right + 1:
        boxes["out"] = QRectF(stop, top, GRIP, height)
    return boxes


def paint_handles(
    painter: QPainter, rows: Sequence[Row], in_out: tuple[int, int], scale: TimeScale
) -> None:
    """Two tabs that lean against the range from outside."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for which, box in handles(rows, in_out, scale).items():
        inner, outer = (box.right(), box.left()) if which == "in" else (box.left(), box.right())
        painter.setBrush(colour("icon"))
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(inner, box.top()),
                    QPointF(inner, box.bottom()),
                    QPointF((inner + outer) / 2, box.bottom()),
                    QPointF(outer, box.center().y()),
                    QPointF((inner + outer) / 2, box.top()),
                ]
            )
        )


def scroll_bar(scale: TimeScale, bottom: int, height: int) -> QRectF | None:
    """The box of the scroll bar's handle; None when the whole shot is in sight."""
    if scale.is_whole:
        return None
    start, width = scale.scroll_handle()
    return QRectF(start, bottom - height + 1, width, height - 3)


def paint_scroll_bar(painter: QPainter, scale: TimeScale, bottom: int, height: int) -> None:
    """Which part of the shot this is, when zoomed in."""
    box = scroll_bar(scale, bottom, height)
    if box is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for ink, place in (
        ("field", QRectF(scale.left, box.top(), scale.width, box.height())),
        ("edge", box),
    ):
        painter.setBrush(colour(ink))
        painter.drawRoundedRect(place, box.height() / 2, box.height() / 2)
    painter.setBrush(colour("dim"))
    for x in (box.left() + 4, box.right() - 4):
        painter.drawEllipse(QPointF(x, box.center().y()), 1.4, 1.4)
