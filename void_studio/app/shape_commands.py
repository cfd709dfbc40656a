"""What the actions and the list of mask shapes do, and what they say of the shape in hand."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction

from void_studio.app.action_specs.keys import NEED_SHAPE
from void_studio.app.connecting import Connect
from void_studio.app.desk import Desk
from void_studio.app.studio import Studio


class ShapeCommands:
    """Connects the actions and the panel, and keeps both in step with the shapes."""

    def __init__(
        self, actions: dict[str, QAction], on: Connect, studio: Studio, desk: Desk
    ) -> None:
        self._actions = actions
        self._studio = studio
        self._desk = desk
        shapes, panel = studio.shapes, desk.shapes_panel
        for name, deed in (
            ("key_here", shapes.toggle_key),
            ("hold_shape", shapes.toggle_hold),
            ("shape_from_here", shapes.count_from_here),
            ("shape_up_to_here", shapes.count_up_to_here),
            ("shape_everywhere", shapes.count_everywhere),
        ):
            on(name, deed)
            # A switch that was refused must not stay as it was pressed.
            on(name, self.refresh)
        on("previous_key", partial(self._go, -1))
        on("next_key", partial(self._go, 1))
        panel.chosen.connect(shapes.choose)
        panel.taken.connect(actions["tool_keys"].trigger)
        panel.renamed.connect(shapes.rename)
        panel.visibility_changed.connect(shapes.set_visible)
        panel.delete_requested.connect(shapes.delete)
        shapes.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Shows the shapes, and what the one in hand is on this frame."""
        shapes, actions = self._studio.shapes, self._actions
        self._desk.shapes_panel.set_shapes(shapes.rows(), shapes.current_id)
        shape = shapes.current
        actions["key_here"].setChecked(shapes.keyed)
        actions["hold_shape"].setChecked(shape is not None and not shape.interpolated)
        for name in NEED_SHAPE:
            actions[name].setEnabled(shape is not None)
        for name, step in (("previous_key", -1), ("next_key", 1)):
            actions[name].setEnabled(shapes.next_key(step) is not None)

    def _go(self, step: int) -> None:
        frame = self._studio.shapes.next_key(step)
        if frame is not None:
            self._studio.player.stop()
            self._studio.session.set_index(frame)
