"""The tools, and which of them is in the artist's hand."""

from __future__ import annotations

from void_studio.app.desk import Desk
from void_studio.app.studio import Studio
from void_studio.app.tools.base import Tool
from void_studio.app.tools.brush import BrushTool
from void_studio.app.tools.click import ClickTool
from void_studio.app.tools.grid import GridTool
from void_studio.app.tools.pan import PanTool
from void_studio.app.tools.polygon import PolygonTool


class Toolbox:
    """One tool of each kind, by the name of the action that takes it."""

    def __init__(self, studio: Studio, desk: Desk) -> None:
        session = studio.session
        self._desk = desk
        self.tools: dict[str, Tool] = {
            "tool_pan": PanTool(session),
            "tool_click": ClickTool(session, studio.objects),
            "tool_brush": BrushTool(session),
            "tool_eraser": BrushTool(session, erases=True),
            "tool_polygon": PolygonTool(session),
            "tool_grid": GridTool(session),
        }
        self._current = self.tools["tool_pan"]
        session.leaving.connect(self.finish_stroke)

    @property
    def hint(self) -> str:
        """How the tool in hand is used."""
        return self._current.hint

    def take(self, name: str) -> None:
        """Puts a tool in the artist's hand."""
        self._current = tool = self.tools[name]
        desk = self._desk
        desk.viewer.set_tool(tool)
        desk.hint.setText(tool.hint)
        desk.options.set_brush_enabled(tool.name in ("brush", "eraser"))
        desk.viewer.setFocus()

    def finish_stroke(self) -> None:
        """Ends what is being drawn: the frame or the history is about to change."""
        for tool in self.tools.values():
            tool.finish()
