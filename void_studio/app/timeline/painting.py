"""How the rows of the timeline look. Everything here paints; where things stand is geometry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QImage, QPainter, QPolygonF

from void_studio.app.theme import plane_colour
from void_studio.app.timeline import geometry, marks, pixels
from void_studio.app.timeline.contents import UNSURE, Contents, words_of
from void_studio.app.timeline.geometry import TimeScale
from void_studio.app.timeline.marks import colour
from void_studio.app.timeline.rows import Row

_DOT = 2.8


@dataclass(frozen=True)
class Frame:
    """What painting one row needs besides its contents.

    Attributes:
        scale: Where frames stand.
        ratio: Device pixels to one device-independent pixel.
        small: The font of labels and numbers.
        picture: The thumbnail to show for a frame, if there is one.
        thumb_width: Width of a whole thumbnail.
    """

    scale: TimeScale
    ratio: float
    small: QFont
    picture: Callable[[int], QImage | None]
    thumb_width: float


def paint_row(painter: QPainter, row: Row, contents: Contents, frame: Frame) -> None:
    """Paints one row: its label, and what it shows along the axis."""
    _label(painter, row, frame)
    area = QRectF(frame.scale.left, row.top, frame.scale.width, row.height)
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    _PAINTERS[row.kind](painter, row, area, contents, frame)
    painter.restore()


def paint_outside(painter: QPainter, area: QRectF, contents: Contents, scale: TimeScale) -> None:
    """Dims what is before the in point and after the out point."""
    first, last = contents.in_out
    shade, edge = colour("window", 0.68), colour("text", 0.55)
    start, stop = scale.x_of(first), scale.x_of(last + 1)
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    if first > 0:
        painter.fillRect(QRectF(area.left(), area.top(), start - area.left(), area.height()), shade)
        painter.fillRect(QRectF(start, area.top(), 1, area.height()), edge)
    if last < contents.count - 1:
        painter.fillRect(QRectF(stop, area.top(), area.right() - stop, area.height()), shade)
        painter.fillRect(QRectF(stop - 1, area.top(), 1, area.height()), edge)
    painter.restore()


def paint_playhead(
    painter: QPainter, x: float, head: QRectF, cover: QRectF, bottom: int, text: str, font: QFont
) -> None:
    """The amber line through every row, and the frame's number where the ruler is.

    Args:
        x: Where the line stands.
        head: The box of the number.
        cover: What of the ruler is hidden, so that no cut number shows beside it.
        bottom: Where the line ends.
    """
    painter.fillRect(cover, colour("window"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    amber = colour("accent")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(amber)
    painter.drawRoundedRect(head, 3, 3)
    painter.fillRect(QRectF(x - 0.75, head.bottom() - 1, 1.5, bottom - head.bottom() + 1), amber)
    painter.setPen(colour("on_accent"))
    painter.setFont(font)
    painter.drawText(head, Qt.AlignmentFlag.AlignCenter, text)


def _label(painter: QPainter, row: Row, frame: Frame) -> None:
    if not row.name:
        return
    painter.setFont(frame.small)
    painter.setPen(colour("dim"))
    width = int(frame.scale.left) - 20
    text = QFontMetrics(frame.small).elidedText(row.name, Qt.TextElideMode.ElideRight, width)
    # Taller than the row, so that letters of a low lane are whole.
    area = QRect(12, row.top - 4, width, row.height + 8)
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def ruler_boxes(
    scale: TimeScale, first_number: int, row: Row, font: QFont
) -> list[tuple[int, str, QRectF]]:
    """The ruler's numbers: (frame, text, box), each centred on its frame but inside the axis."""
    metrics = QFontMetrics(font)
    longest = metrics.horizontalAdvance(str(first_number + scale.count))
    spacing = max(longest + metrics.averageCharWidth() * 5, metrics.height() * 4)
    boxes = []
    for index in geometry.ruler_labels(scale, first_number, spacing):
        text = str(first_number + index)
        width = metrics.horizontalAdvance(text)
        x = scale.centre_of(index) - width / 2
        x = min(max(x, scale.left), scale.right - width)
        boxes.append((index, text, QRectF(x, row.top, width, metrics.height())))
    return boxes


def _ruler(painter: QPainter, row: Row, area: QRectF, contents: Contents, frame: Frame) -> None:
    painter.setFont(frame.small)
    for index, text, box in ruler_boxes(frame.scale, contents.first_number, row, frame.small):
        painter.setPen(colour("dim"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        centre = frame.scale.centre_of(index)
        painter.fillRect(QRectF(centre - 0.5, row.bottom - 3, 1, 3), colour("off"))


def _cached(painter: QPainter, row: Row, area: QRectF, contents: Contents, frame: Frame) -> None:
    painter.fillRect(area, colour("field"))
    half = row.height / 2
    plate = QRectF(area.left(), row.top, area.width(), half)
    take = QRectF(area.left(), row.top + half, area.width(), half)
    if not contents.result_cached.any():
        plate = area
    for place, states, ink in (
        (plate, contents.cached, "cached"),
        (take, contents.result_cached, "confidence"),
    ):
        shown = geometry.columns(states, frame.scale, frame.ratio, gap=False)
        pixels.draw_states(painter, place, shown, colour(ink))


def _plate(painter: QPainter, row: Row, area: QRectF, contents: Contents, frame: Frame) -> None:
    painter.fillRect(area, colour("field"))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for index, x, width in geometry.thumb_slots(frame.scale, frame.thumb_width):
        picture = frame.picture(index)
        if picture is None or picture.isNull():
            continue
        slot = QRectF(x, row.top, width, row.height)
        target, source = _fitted(picture, slot, frame.thumb_width)
        painter.drawImage(target, picture, source)
        painter.fillRect(QRectF(x, row.top, 1, row.height), colour("line"))


def _fitted(picture: QImage, slot: QRectF, thumb_width: float) -> tuple[QRectF, QRectF]:
    """Where a thumbnail goes and what of it: cut to its slot, never stretched."""
    width = min(slot.width(), thumb_width)
    source = QRectF(picture.rect())
    if slot.width() > thumb_width * 1.4:
        return QRectF(slot.left(), slot.top(), width, slot.height()), source
    ratio = slot.width() / slot.height()
    if source.width() / source.height() > ratio:
        cut = source.height() * ratio
        source = QRectF((source.width() - cut) / 2, 0, cut, source.height())
    else:
        cut = source.width() / ratio
        source = QRectF(0, (source.height() - cut) / 2, source.width(), cut)
    return slot, source


def _markers(painter: QPainter, row: Row, area: QRectF, contents: Contents, frame: Frame) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(frame.small)
    ink = colour("info")
    for flag in marks.flags(row, contents.markers, frame.scale, frame.small):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPolygon(marks.pennant(flag.x, row))
        painter.setPen(colour("text"))
        painter.drawText(flag.words, Qt.AlignmentFlag.AlignVCenter, flag.text)


def _lane(painter: QPainter, row: Row, area: QRectF, contents: Contents, frame: Frame) -> None:
    painter.fillRect(area, colour("field"))
    lane, visible = contents.lanes[row.which], frame.scale.visible
    marked = np.flatnonzero(lane.states[visible.start : visible.stop]) + visible.start
    if lane.style == "diamonds" and marked.size * row.height < area.width() * 2:
        _diamonds(painter, row, marked, plane_colour(lane.colour_role), frame)
        return
    shown = geometry.columns(lane.states, frame.scale, frame.ratio, gap=lane.style == "bar")
    pixels.draw_states(painter, area, shown, plane_colour(lane.colour_role))
    if lane.style == "hatched":
        painter.fillRect(area, QBrush(colour("field"), Qt.BrushStyle.BDiagPattern))


def _diamonds(
    painter: QPainter, row: Row, frames: NDArray[np.intp], ink: QColor, frame: Frame
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    radius, y = row.height / 2 - 0.5, row.top + row.height / 2
    for index in frames:
        x = frame.scale.centre_of(int(index))
        corners = ((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _confidence(
    painter: QPainter, row: Row, area: QRectF, contents: Contents, frame: Frame
) -> None:
    painter.fillRect(area, colour("field"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    margin = 3.0

    def y_of(value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance from the top of the row, for values of 0 to 1."""
        shown: NDArray[np.float64] = margin + (row.height - 2 * margin) * (1 - np.clip(value, 0, 1))
        return shown

    unsure = row.top + float(y_of(np.array(UNSURE)))
    painter.fillRect(QRectF(area.left(), unsure, area.width(), 1), colour("edge", 0.6))
    low, high = geometry.curve(contents.confidence, frame.scale, frame.ratio)
    pixels.draw_curve(
        painter,
        area,
        y_of(high) * frame.ratio,
        y_of(low) * frame.ratio,
        round(row.height * frame.ratio),
        1.3 * frame.ratio,
        colour("confidence"),
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("warning"))
    visible = frame.scale.visible
    unsure_at = geometry.dips(contents.confidence[visible.start : visible.stop], UNSURE)
    for index in geometry.apart(frame.scale, unsure_at + visible.start, 2 * _DOT):
        y = row.top + float(y_of(contents.confidence[index]))
        painter.drawEllipse(QPointF(frame.scale.centre_of(int(index)), y), _DOT, _DOT)


def _takes(painter: QPainter, row: Row, area: QRectF, contents: Contents, frame: Frame) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(frame.small)
    metrics = QFontMetrics(frame.small)
    for span, place in zip(contents.takes, contents.take_rows(), strict=True):
        if place != row.which:
            continue
        start, stop = frame.scale.x_of(span.first), frame.scale.x_of(span.last + 1)
        box = QRectF(start, row.top, max(2.0, stop - start - 1), row.height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("take" if span.shown or span.running is not None else "raised"))
        painter.drawRoundedRect(box, 3, 3)
        if span.running is not None:
            painter.fillRect(QRectF(start, box.bottom() - 2, box.width(), 2), colour("field"))
            done = box.width() * min(max(span.running, 0.0), 1.0)
            painter.fillRect(QRectF(start, box.bottom() - 2, done, 2), colour("accent"))
        text_area = box.intersected(area).adjusted(8, 0, -6, 0)
        words = words_of(span)
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(text_area.width()))
        painter.setPen(colour("text" if span.shown or span.running is not None else "dim"))
        painter.drawText(text_area, Qt.AlignmentFlag.AlignVCenter, text)


_PAINTERS: dict[str, Callable[[QPainter, Row, QRectF, Contents, Frame], None]] = {
    "ruler": _ruler,
    "markers": _markers,
    "cached": _cached,
    "plate": _plate,
    "lane": _lane,
    "confidence": _confidence,
    "takes": _takes,
}
