"""Where the plate is in the view, and the way from one to the other."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize

from void_studio.app.viewer.canvas import Canvas
from void_studio.app.viewer.compare import in_right_pane
from void_studio.app.viewer.transform import Box, ViewTransform


class Place:
    """The plate fitted into the view, zoomed or moved; side by side the same in both halves.

    Positions and distances are logical pixels of the view, unless a transform's are meant: those
    are device pixels of the view, or of a half. Without a plate nothing moves.

    Attributes:
        transform: None without a plate.
        ratio: Device pixels to a logical one.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._size = (1, 1)
        self._fitted = True
        self.transform: ViewTransform | None = None
        self.ratio = 1.0

    # -- moving ----------------------------------------------------------------------------

    def allocate(self, size: QSize, ratio: float) -> None:
        """Takes the view's size in logical pixels, and how many device pixels one of them is."""
        self.ratio = ratio
        self._size = max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio))
        self._canvas.allocate(self._size, ratio)

    def settle(self) -> None:
        """The view, or a half of it, has another size: what was fitted is fitted again."""
        if self.transform is not None and not self._fitted:
            self.transform = self.transform.resized(self._canvas.pane)
        else:
            self.fit()

    def take(self, plate: tuple[int, int] | None) -> None:
        """Fits another plate, (width, height) in pixels, or shows none."""
        self._fitted = True
        self.transform = ViewTransform.fit(plate, self._canvas.pane) if plate else None

    def fit(self) -> None:
        """Shows the whole plate."""
        if self.transform is not None:
            self.take(self.transform.plate)

    def zoom_to(self, zoom: float) -> None:
        """Zooms to ``zoom`` device pixels per plate pixel about the centre of the view or half."""
        if self.transform is not None:
            self._move(self.transform.zoomed_to(zoom, self._middle))

    def zoom_by(self, factor: float) -> None:
        """Zooms about the centre of the view or half."""
        if self.transform is not None:
            self._move(self.transform.zoomed(factor, self._middle))

    def zoom_at(self, factor: float, position: QPointF) -> None:
        """Zooms about a place."""
        if self.transform is not None:
            x, y = self.device(position)
            at = x - self._canvas.offset(self.pane_at(position)), y
            self._move(self.transform.zoomed(factor, at))

    def pan_by(self, distance: QPointF) -> None:
        """Moves the picture."""
        if self.transform is not None:
            self._move(self.transform.panned(*self.device(distance)))

    def _move(self, transform: ViewTransform) -> None:
        self._fitted = False
        self.transform = transform

    @property
    def _middle(self) -> tuple[float, float]:
        width, height = self._canvas.pane
        return width / 2, height / 2

    # -- from one to the other -------------------------------------------------------------

    @property
    def scale(self) -> float:
        """Logical pixels per plate pixel."""
        return (self.transform.zoom if self.transform is not None else 1.0) / self.ratio

    def pane_at(self, position: QPointF) -> bool:
        """Whether a place is in the right half, side by side."""
        return in_right_pane(self._size, self._canvas.shown, self.device(position)[0])

    def device(self, position: QPointF) -> tuple[float, float]:
        """A place in device pixels of the view."""
        return position.x() * self.ratio, position.y() * self.ratio

    def to_plate(self, position: QPointF, right: bool | None = None) -> tuple[float, float] | None:
        """A place in plate pixels; None without a plate.

        Args:
            right: Side by side, whether it is meant in the right half; None for that it is in.
        """
        if self.transform is None:
            return None
        x, y = self.device(position)
        right = self.pane_at(position) if right is None else right
        return self.transform.to_plate(x - self._canvas.offset(right), y)

    def to_logical(self, x: float, y: float) -> QPointF:
        """Where a plate pixel is, in the left half side by side."""
        assert self.transform is not None
        vx, vy = self.transform.to_view(x, y)
        return QPointF(vx / self.ratio, vy / self.ratio)

    def areas(self, box: Box) -> list[QRect]:
        """Where a box of the transform's view is: in each half, side by side."""
        ratio = self.ratio
        size = (box.right - box.left) / ratio, (box.bottom - box.top) / ratio
        return [
            QRectF((box.left + offset) / ratio, box.top / ratio, *size).toAlignedRect()
            for offset in {self._canvas.offset(right) for right in (False, True)}
        ]
