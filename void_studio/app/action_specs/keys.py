"""Mask shapes and trajectories, in the Tools and the Mask menu."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

KEYS_TOOLS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "tool_keys",
        "Mask &Keys",
        "Tools",
        ("H",),
        "Draw shapes that are keyed on frames and move in between",
        "mask-keys",
        "tool",
        separated=True,
    ),
    ActionSpec(
        "tool_trajectory",
        "Tra&jectory",
        "Tools",
        ("Shift+H",),
        "Draw the way an object would go if nothing held it; it becomes affected",
        "trajectory",
        "tool",
    ),
)

KEYS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "key_here",
        "&Key Mask Shape Here",
        "Mask",
        ("Ctrl+K",),
        "Key the mask shape in hand on this frame, or remove the key that is here",
        "key",
        checkable=True,
        separated=True,
        short="Key",
    ),
    ActionSpec(
        "previous_key",
        "Previous Key of Mask Shape",
        "Mask",
        ("Alt+,",),
        "Go to the key before this frame",
        "chevron-left",
    ),
    ActionSpec(
        "next_key",
        "Next Key of Mask Shape",
        "Mask",
        ("Alt+.",),
        "Go to the key after this frame",
        "chevron-right",
    ),
    ActionSpec(
        "hold_shape",
        "&Hold Mask Shape between Keys",
        "Mask",
        ("Shift+K",),
        "Each key holds until the next; else the shape moves from key to key",
        "hold",
        checkable=True,
        short="Hold",
    ),
    ActionSpec(
        "shape_from_here",
        "Mask Shape Counts from Here on",
        "Mask",
        tip="The mask shape in hand counts from this frame on",
        icon="from-here",
    ),
    ActionSpec(
        "shape_up_to_here",
        "Mask Shape Counts up to Here",
        "Mask",
        tip="The mask shape in hand counts up to this frame",
        icon="up-to-here",
    ),
    ActionSpec(
        "shape_everywhere",
        "Mask Shape Counts on Every Frame",
        "Mask",
        tip="The mask shape in hand counts on every frame",
        icon="everywhere",
    ),
)

NEED_SHAPE = tuple(spec.name for spec in KEYS)
"""What needs a mask shape in hand."""
