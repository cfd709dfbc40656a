"""The viewer painted through OpenGL, where a probe found that to be quicker on this machine.

It is laid over the viewer, sees no input, and paints with the viewer's own code, so that the
picture is the same.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtOpenGLWidgets import QOpenGLWidget

from void_studio.app.viewer.viewer import Viewer


class Screen(QOpenGLWidget):
    """Covers a viewer and paints what it shows."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._viewer = viewer
        self._region = QRegion()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # What was painted stays, so that a dab costs what the rectangle under it does.
        self.setUpdateBehavior(QOpenGLWidget.UpdateBehavior.PartialUpdate)
        self.setGeometry(viewer.rect())
        self.lower()
        viewer.installEventFilter(self)
        viewer.surface = self

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._viewer.rect())
        return False

    def resizeGL(self, width: int, height: int) -> None:
        # Nothing that was painted is kept.
        self._region = QRegion(self.rect())

    def paintEvent(self, event: QPaintEvent) -> None:
        self._region = self._region.united(event.region())
        super().paintEvent(event)

    def paintGL(self) -> None:
        region, self._region = self._region, QRegion()
        if region.isEmpty():
            region = QRegion(self.rect())
        painter = QPainter(self)
        painter.setClipRegion(region)
        self._viewer.paint_view(painter, region)
        painter.end()
