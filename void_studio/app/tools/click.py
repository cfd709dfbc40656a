"""Click: point at the thing and get its mask; Alt points at what is not part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from void_studio.app.tools.base import Pointer, Tool
from void_studio.shot.document import Prompt

if TYPE_CHECKING:
    from void_studio.app.objects import Objects
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical


class ClickTool(Tool):
    """Adds include and exclude points to the current object, making one where there is none."""

    name = "click"

    def __init__(self, session: Session, objects: Objects) -> None:
        super().__init__(session)
        self._session = session
        self._objects = objects
        session.objects_changed.connect(self.redraw)

    def hint_for(self, modifiers: Qt.KeyboardModifier) -> str:
        return (
            f"Click: point at the object; a new one is {self._session.new_role.value}.  "
            "Alt excludes · Backspace takes the last point back · 1 remove, 2 affected"
        )

    def press(self, pointer: Pointer) -> None:
        shot = self._session.shot
        if shot is None:
            return
        width, height = shot.size
        if 0 <= pointer.x < width and 0 <= pointer.y < height:
            include = not pointer.erases(False)
            prompt = Prompt(frame=self._session.index, x=pointer.x, y=pointer.y, include=include)
            self._objects.click(prompt)

    def double_click(self, pointer: Pointer) -> None:
        """The first click was enough."""

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Backspace:
            return self._objects.take_back_click()
        return False

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        if self._session.shot is None:
            return
        for prompt in self._objects.prompts(self._session.index):
            self._paint_prompt(painter, to_logical(prompt.x, prompt.y), prompt.include)

    def _paint_prompt(self, painter: QPainter, at: QPointF, include: bool) -> None:
        painter.setPen(QPen(QColor(0, 0, 0, 200), 1.5))
        painter.setBrush(QColor(94, 204, 126) if include else QColor(236, 92, 84))
        painter.drawEllipse(at, 6, 6)
        painter.setPen(QPen(QColor(255, 255, 255), 1.6))
        painter.drawLine(at - QPointF(3, 0), at + QPointF(3, 0))
        if include:
            painter.drawLine(at - QPointF(0, 3), at + QPointF(0, 3))
