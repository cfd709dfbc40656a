"""The Edit menu: taking back and doing again, step by step or far."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

EDIT: tuple[ActionSpec, ...] = (
    ActionSpec("undo", "&Undo", "Edit", ("Ctrl+Z",), "Take the last edit back", "undo"),
    ActionSpec("redo", "&Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do it again", "redo"),
    ActionSpec(
        "history",
        "&History",
        "Edit",
        ("Ctrl+Alt+Z",),
        "List every step, and go back or forth to any of them",
        "history",
        separated=True,
    ),
)
