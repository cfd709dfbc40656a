"""The Mask menu: edits of whole frames of the mask."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

MASK: tuple[ActionSpec, ...] = (
    ActionSpec("grow", "&Grow", "Mask", ("Ctrl+]",), "Grow the chosen level by 2 pixels"),
    ActionSpec("shrink", "&Shrink", "Mask", ("Ctrl+[",), "Shrink the chosen level by 2 pixels"),
    ActionSpec(
        "copy_previous",
        "Copy from &Previous Frame",
        "Mask",
        ("Ctrl+Left",),
        "Paint the chosen level as it is on the frame before",
        separated=True,
    ),
    ActionSpec(
        "copy_next",
        "Copy from &Next Frame",
        "Mask",
        ("Ctrl+Right",),
        "Paint the chosen level as it is on the frame after",
    ),
    ActionSpec(
        "to_grid",
        "Snap to &Grid",
        "Mask",
        ("Ctrl+D",),
        "Paint whole VOID cells wherever the chosen level touches them",
    ),
    ActionSpec(
        "clear_frame",
        "&Clear Frame",
        "Mask",
        ("Ctrl+Backspace",),
        "Clear the chosen level on this frame",
        separated=True,
    ),
    ActionSpec(
        "back_to_tracked",
        "&Back to Tracked",
        "Mask",
        ("Ctrl+Shift+Backspace",),
        "Drop hand painting of the chosen level on this frame",
    ),
)
