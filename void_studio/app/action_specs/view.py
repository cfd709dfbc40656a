"""The View menu: what is on screen and how."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

VIEW: tuple[ActionSpec, ...] = (
    ActionSpec("fit", "&Fit", "View", ("F",), "Show the whole plate", "fit"),
    ActionSpec("one_to_one", "&1:1", "View", ("Ctrl+1",), "One screen pixel for one plate pixel"),
    ActionSpec("two_to_one", "&2:1", "View", ("Ctrl+2",), "Four screen pixels for a plate pixel"),
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
        "show_a", "Show &A", "View", (), "Only A", exclusive="compare", separated=True, short="A"
    ),
    ActionSpec("show_b", "Show &B", "View", (), "Only B", exclusive="compare", short="B"),
    ActionSpec(
        "wipe",
        "&Wipe",
        "View",
        ("W",),
        "A on one side of a line, B on the other: drag its middle, turn its ring",
        "wipe",
        "compare",
        short="Wipe",
    ),
    ActionSpec(
        "side_by_side",
        "Side b&y Side",
        "View",
        ("Y",),
        "A left and B right, both at the same place and zoom",
        "side-by-side",
        "compare",
        short="Side by side",
    ),
    ActionSpec(
        "difference",
        "&Difference",
        "View",
        ("Shift+Y",),
        "What A and B differ by, as many times as the bar says",
        "difference",
        "compare",
        short="Difference",
    ),
    ActionSpec(
        "blend",
        "B&lend",
        "View",
        ("Shift+B",),
        "A fading into B, as far as the bar says",
        "blend",
        "compare",
        short="Blend",
    ),
    ActionSpec(
        "swap", "S&witch to A or B", "View", ("S",), "Only A, or only B if A is shown", "swap"
    ),
    ActionSpec(
        "exchange",
        "E&xchange A and B",
        "View",
        ("Shift+S",),
        "A shows what B showed, and B what A showed",
    ),
    ActionSpec(
        "wipe_upright",
        "Wipe &Upright",
        "View",
        ("Shift+W",),
        "The wipe's line upright again, in the middle of what is seen",
    ),
)
