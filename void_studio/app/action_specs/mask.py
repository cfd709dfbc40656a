"""The Mask menu: edits of whole frames of the mask.

What the window's menu says follows the chosen level and frames, see ``mask_texts``.
"""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

MASK: tuple[ActionSpec, ...] = (
    ActionSpec(
        "copy_mask",
        "&Copy Mask",
        "Mask",
        ("Ctrl+C",),
        "Copy the chosen level of this frame, also as an image for other programs",
    ),
    ActionSpec(
        "paste_mask",
        "&Paste Mask",
        "Mask",
        ("Ctrl+V",),
        "Paint what was copied on this frame; an image of the plate's size is a mask, too",
    ),
    ActionSpec(
        "paste_through",
        "Paste Mask &through the Range",
        "Mask",
        ("Ctrl+Alt+V",),
        "Paint what was copied on every frame from in to out, or that the brush goes through",
    ),
    ActionSpec(
        "copy_previous",
        "Copy from Pre&vious Frame",
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
        "propagate_backward",
        "Propagate Hand Painting &Backward",
        "Mask",
        ("Ctrl+Alt+Left",),
        "Carry what is painted by hand to the frame before, along with the picture's motion",
    ),
    ActionSpec(
        "propagate_forward",
        "Propagate Hand Painting &Forward",
        "Mask",
        ("Ctrl+Alt+Right",),
        "Carry what is painted by hand to the next frame, along with the picture's motion",
    ),
    ActionSpec(
        "grow",
        "&Grow",
        "Mask",
        ("Ctrl+]",),
        "Move the edge of the chosen level outwards",
        separated=True,
    ),
    ActionSpec("shrink", "&Shrink", "Mask", ("Ctrl+[",), "Move the edge of the level inwards"),
    ActionSpec(
        "smooth", "S&mooth", "Mask", ("Ctrl+Shift+M",), "Round the edge of the chosen level"
    ),
    ActionSpec(
        "fill_holes",
        "Fill &Holes",
        "Mask",
        ("Ctrl+Shift+F",),
        "Set everything that the chosen level surrounds",
    ),
    ActionSpec(
        "remove_specks", "Clear Spec&ks", "Mask", (), "Clear small islands of the chosen level"
    ),
    ActionSpec(
        "mask_amounts",
        "&Amounts…",
        "Mask",
        (),
        "Choose by how much to grow, shrink and smooth, and what a speck is",
    ),
    ActionSpec(
        "invert",
        "&Invert",
        "Mask",
        ("Ctrl+I",),
        "Set the chosen level where it is not set, and clear it where it is",
        separated=True,
    ),
    ActionSpec(
        "to_grid",
        "Snap to G&rid",
        "Mask",
        ("Ctrl+D",),
        "Paint whole VOID cells wherever the chosen level touches them",
    ),
    ActionSpec(
        "affected_to_grid",
        "Snap Affecte&d to Grid",
        "Mask",
        ("Ctrl+Shift+D",),
        "Paint whole VOID cells wherever Affected touches them, whatever level is chosen",
        short="Snap to grid",
    ),
    ActionSpec(
        "clear_frame",
        "C&lear Frame",
        "Mask",
        ("Ctrl+Backspace",),
        "Clear the chosen level",
        separated=True,
    ),
    ActionSpec(
        "back_to_tracked",
        "Back t&o Tracked",
        "Mask",
        ("Ctrl+Shift+Backspace",),
        "Drop hand painting of the chosen level",
    ),
    ActionSpec(
        "lock_frame",
        "Lock Fram&e",
        "Mask",
        ("Shift+F",),
        "Keep the mask as it is, whatever is painted or tracked, until it is unlocked",
        separated=True,
    ),
)
