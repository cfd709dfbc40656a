"""How the rows of the timeline look. Everything here paints; where things stand is geometry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QPolygonF

from void_studio.app.theme import PALETTE
from void_studio.app.timeline import geometry, pixels
from void_studio.app.timeline.geometry import TimeScale
from void_studio.app.timeline.rows import TAKE_ROWS, Lane, Row, TakeSpan

UNSURE = 0.5
"""A tracker's confidence below which a frame is marked."""


@dataclass
class Contents:
    """Everything the rows show; arrays are ``(count,)``."""

    count: int
    first_number: int
    rate: Fraction
    in_out: tuple[int, int]
    cached: NDArray[np.uint8]
    result_cached: NDArray[np.uint8]
    clicks: NDArray[np.uint8]
    confidence: NDArray[np.float64]
    lanes: list[Lane] = field(default_factory=list)
    takes: list[TakeSpan] = field(default_factory=list)

    @classmethod
    def empty(
        cls, count: int = 0, first_number: int = 0, rate: Fraction = Fraction(24)
    ) -> Contents:
        """A shot of which nothing is known yet."""
        nothing = np.zeros(count, np.uint8)
        return cls(
            count,
            first_number,
            rate,
            (0, max(0, count - 1)),
            nothing,
            nothing,
            nothing,
            np.full(count, np.nan),
        )


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


def colour(name: str, alpha: float = 1.0) -> QColor:
    """A palette colour with an opacity of 0 to 1."""
    made = PALETTE.colour(name)
    made.setAlphaF(alpha)
    return made


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


def paint_extent(painter: QPainter, area: QRectF, scale: TimeScale) -> None:
    """When zoomed in: a bar along the bottom that says which part of the shot this is."""
    if scale.is_whole:
        return
    start = scale.left + scale.width * scale.first / scale.count
    width = max(8.0, scale.width * scale.shown / scale.count)
    top = area.bottom() - 3
    painter.fillRect(QRectF(scale.left, top, scale.width, 2), colour("field"))
    painter.fillRect(QRectF(start, top, width, 2), colour("dim"))


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


def _lane(painter: QPainter, row: Row, area: QRectF, contents: Contents, frame: Frame) -> None:
    painter.fillRect(area, colour("field"))
    lane = contents.lanes[row.lane]
    shown = geometry.columns(lane.states, frame.scale, frame.ratio)
    pixels.draw_states(painter, area, shown, colour(lane.colour_role))


def _clicks(painter: QPainter, row: Row, area: QRectF, contents: Contents, frame: Frame) -> None:
    painter.fillRect(area, colour("field"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("accent"))
    radius = row.height / 2 - 0.5
    visible = frame.scale.visible
    shown = contents.clicks[visible.start : visible.stop]
    for index in np.flatnonzero(shown) + visible.start:
        x, y = frame.scale.centre_of(int(index)), row.top + row.height / 2
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, y - radius),
                    QPointF(x + radius, y),
                    QPointF(x, y + radius),
                    QPointF(x - radius, y),
                ]
            )
        )


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
    for index in geometry.dips(contents.confidence, UNSURE):
        if index in visible:
            y = row.top + float(y_of(contents.confidence[index]))
            painter.drawEllipse(QPointF(frame.scale.centre_of(index), y), 2.8, 2.8)


def _takes(painter: QPainter, row: Row, area: QRectF, contents: Contents, frame: Frame) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(frame.small)
    metrics = QFontMetrics(frame.small)
    rows = take_rows(contents.takes)
    if not contents.takes:
        painter.fillRect(area, colour("field"))
    for span, place in zip(contents.takes, rows, strict=True):
        if place != row.lane:
            continue
        start, stop = frame.scale.x_of(span.first), frame.scale.x_of(span.last + 1)
        box = QRectF(start, row.top, max(2.0, stop - start - 1), row.height)
        painter.setPen(QPen(colour("accent"), 1) if span.running else Qt.PenStyle.NoPen)
        painter.setBrush(colour("take"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        text_area = box.intersected(area).adjusted(8, 0, -6, 0)
        words = f"{span.label}   running" if span.running else span.label
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(text_area.width()))
        painter.setPen(colour("text"))
        painter.drawText(text_area, Qt.AlignmentFlag.AlignVCenter, text)


def take_rows(takes: Iterable[TakeSpan]) -> list[int]:
    """The row of each take; the newest is always in the first."""
    return geometry.pack([(take.first, take.last) for take in takes], TAKE_ROWS)


_PAINTERS: dict[str, Callable[[QPainter, Row, QRectF, Contents, Frame], None]] = {
    "ruler": _ruler,
    "cached": _cached,
    "plate": _plate,
    "lane": _lane,
    "clicks": _clicks,
    "confidence": _confidence,
    "takes": _takes,
}
