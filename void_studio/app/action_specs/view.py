"""The View menu: what is on screen and how."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

VIEW: tuple[ActionSpec, ...] = (
    ActionSpec("fit", "&Fit", "View", ("F",), "Show the whole plate", "fit"),
    ActionSpec("one_to_one", "&1:1", "View", ("Ctrl+1",), "One screen pixel for one plate pixel"),
    ActionSpec("zoom_in", "Zoom &In", "View", ("+", "="), "Larger"),
    ActionSpec("zoom_out", "Zoom &Out", "View", ("-",), "Smaller"),
    ActionSpec(
        "timeline_in",
        "&Timeline Closer",
        "View",
        ("Ctrl++", "Ctrl+="),
        "Fewer frames around the playhead",
        separated=True,
    ),
    ActionSpec("timeline_out", "Timeline &Further", "View", ("Ctrl+-",), "More frames"),
    ActionSpec("timeline_all", "&Whole Timeline", "View", ("Ctrl+0",), "Every frame of the plate"),
    ActionSpec(
        "mask_overlay",
        "Mask as &Overlay",
        "View",
        ("Shift+1",),
        "Colours over the plate",
        "overlay",
        "mask",
        separated=True,
    ),
    ActionSpec(
        "mask_levels",
        "Mask as &Levels",
        "View",
        ("Shift+2",),
        "The grey levels that VOID reads: 0, 63, 127, 255",
        exclusive="mask",
    ),
    ActionSpec(
        "mask_matte",
        "Mask as &Matte",
        "View",
        ("Shift+3",),
        "White is what is refilled",
        exclusive="mask",
    ),
    ActionSpec("mask_none", "&No Mask", "View", ("Shift+4",), "The plate alone", exclusive="mask"),
    ActionSpec(
        "show_a",
        "Show &A (Plate)",
        "View",
        (),
        "The plate",
        exclusive="compare",
        separated=True,
        short="A  plate",
    ),
    ActionSpec(
        "show_b", "Show &B (Take)", "View", (), "The take", exclusive="compare", short="B  take"
    ),
    ActionSpec(
        "wipe",
        "&Wipe",
        "View",
        ("W",),
        "Plate left, take right; drag the line",
        "wipe",
        "compare",
        short="Wipe",
    ),
    ActionSpec("swap", "S&wap A and B", "View", ("S",), "Plate or take, at once", "swap"),
)
