"""The tools, and which of them is in the artist's hand."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from void_studio.app.brush import FrameSpan
from void_studio.app.desk import Desk
from void_studio.app.studio import Studio
from void_studio.app.tools.base import Tool
from void_studio.app.tools.brush import BrushTool
from void_studio.app.tools.click import ClickTool
from void_studio.app.tools.grid import GridTool
from void_studio.app.tools.keys import KeysTool
from void_studio.app.tools.lasso import LassoTool
from void_studio.app.tools.pan import PanTool
from void_studio.app.tools.polygon import PolygonTool
from void_studio.app.tools.rectangle import RectangleTool
from void_studio.app.tools.trajectory import TrajectoryTool
from void_studio.app.tools.wand import WandTool


class Toolbox:
    """One tool of each kind, by the name of the action that takes it."""

    def __init__(self, studio: Studio, desk: Desk, actions: Mapping[str, QAction]) -> None:
        session = studio.session
        self._desk = desk
        self._brush = session.brush
        self._held = Qt.KeyboardModifier.NoModifier
        self._news = ""
        self.tools: dict[str, Tool] = {
            "tool_pan": PanTool(session),
            "tool_click": ClickTool(session, studio.objects),
            "tool_brush": BrushTool(session),
            "tool_eraser": BrushTool(session, erases=True),
            "tool_lasso": LassoTool(session),
            "tool_polygon": PolygonTool(session),
            "tool_rectangle": RectangleTool(session),
            "tool_wand": WandTool(session),
            "tool_grid": GridTool(session),
            "tool_keys": KeysTool(session, studio.shapes, actions),
            "tool_trajectory": TrajectoryTool(session),
        }
        for tool in self.tools.values():
            tool.hint_changed.connect(self._show_hint)
        self._current = self.tools["tool_pan"]
        session.leaving.connect(self.finish_stroke)
        session.brush.changed.connect(self._show_hint)
        session.brush.changed.connect(self._soften)
        studio.shapes.changed.connect(self._show_hint)
        desk.viewer.held.connect(self._hold)
        # The bar is laid out anew for it, which is nothing to do while the view is painted.
        desk.viewer.matte_shown.connect(
            desk.options.show_matte_options, Qt.ConnectionType.QueuedConnection
        )
        desk.viewer.pressed.connect(studio.player.stop)
        desk.options.size_changed.connect(session.brush.set_size)
        desk.options.hardness_changed.connect(session.brush.set_hardness)
        desk.options.through_changed.connect(self._paint_through)

    @property
    def hint(self) -> str:
        """How the tool in hand is used, with the keys that are held; or why it cannot be."""
        return self._news or self._current.hint_for(self._held)

    def tell(self, news: str) -> None:
        """Says something in place of the hint, until it is told that there is nothing to say."""
        self._news = news
        self._show_hint()

    def take(self, name: str) -> None:
        """Puts a tool in the artist's hand."""
        self._current = tool = self.tools[name]
        desk = self._desk
        desk.viewer.set_tool(tool)
        desk.options.show_tool(tool)
        self._show_hint()
        desk.viewer.setFocus()

    def finish_stroke(self) -> None:
        """Ends what is being drawn: the frame or the history is about to change."""
        for tool in self.tools.values():
            tool.finish()

    def _hold(self, modifiers: Qt.KeyboardModifier) -> None:
        self._held = modifiers
        self._show_hint()

    def _show_hint(self) -> None:
        self._desk.hint.setText(self.hint)

    def _soften(self) -> None:
        """Has the matte fall off as the brush would."""
        canvas, brush = self._desk.viewer.canvas, self._brush
        softness = (1 - brush.hardness) * brush.size / 2
        if softness != canvas.softness:
            canvas.softness = softness
            if canvas.shows_matte:
                self._desk.viewer.repaint_view()

    def _paint_through(self, span: FrameSpan) -> None:
        self._brush.set_through(span)
        # Keys are tools again, and not the first letters of a choice.
        self._desk.viewer.setFocus()
