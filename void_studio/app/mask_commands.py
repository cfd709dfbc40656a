"""What the Edit, Tools and Mask menus do."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction

from void_studio.app.connecting import Connect
from void_studio.app.options_bar import LEVEL_ACTIONS
from void_studio.app.studio import Studio
from void_studio.app.toolbox import Toolbox


class MaskCommands:
    """Undo, tools, levels, the brush, and edits of whole frames."""

    def __init__(
        self, actions: dict[str, QAction], on: Connect, studio: Studio, toolbox: Toolbox
    ) -> None:
        self._session = studio.session
        self._toolbox = toolbox
        brush, edits = studio.session.brush, studio.edits
        on("undo", self._undo)
        on("redo", self._redo)
        for name in toolbox.tools:
            on(name, partial(toolbox.take, name))
        on("smaller", lambda: brush.scale(1 / 1.2))
        on("larger", lambda: brush.scale(1.2))
        for name, level in LEVEL_ACTIONS.items():
            on(name, partial(brush.set_level, level))
        actions["swap_erase"].toggled.connect(brush.set_swapped)
        on("grow", lambda: edits.grow(2))
        on("shrink", lambda: edits.shrink(2))
        on("copy_previous", lambda: edits.copy_from(-1))
        on("copy_next", lambda: edits.copy_from(1))
        on("to_grid", edits.snap_to_grid)
        on("clear_frame", edits.clear)
        on("back_to_tracked", edits.back_to_tracked)

    def _undo(self) -> None:
        self._toolbox.finish_stroke()
        self._session.undo()

    def _redo(self) -> None:
        self._toolbox.finish_stroke()
        self._session.redo()
