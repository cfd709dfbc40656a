"""The Help menu: finding out."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

HELP: tuple[ActionSpec, ...] = (
    ActionSpec("shortcuts", "&Keyboard Shortcuts", "Help", ("F1",), "All keys", "keyboard"),
    ActionSpec("about", "&About Void Studio", "Help", (), "Version and licences"),
)
