"""Pan: the viewer itself drags the picture while this tool is in hand."""

from __future__ import annotations

from PySide6.QtCore import Qt

from void_studio.app.tools.base import Tool


class PanTool(Tool):
    """Dragging pans, a double click fits."""

    name = "pan"
    hint = "Pan: drag the picture, double click to fit.  The middle button pans with every tool"
    cursor = Qt.CursorShape.OpenHandCursor
