"""The Tools menu: what the hand holds, and what it sets."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

TOOLS: tuple[ActionSpec, ...] = (
    ActionSpec("tool_pan", "&Pan", "Tools", ("V",), "Drag the picture", "hand", "tool"),
    ActionSpec(
        "tool_click",
        "&Click",
        "Tools",
        ("C",),
        "Point at an object to get its mask; Alt excludes",
        "click",
        "tool",
    ),
    ActionSpec("tool_brush", "&Brush", "Tools", ("B",), "Paint the chosen level", "brush", "tool"),
    ActionSpec(
        "tool_eraser", "&Eraser", "Tools", ("E",), "Clear the chosen level", "eraser", "tool"
    ),
    ActionSpec(
        "tool_polygon",
        "P&olygon",
        "Tools",
        ("P",),
        "Fill a polygon with the chosen level",
        "polygon",
        "tool",
    ),
    ActionSpec(
        "tool_grid", "&Grid Cells", "Tools", ("D",), "Set cells of the VOID grid", "grid", "tool"
    ),
    ActionSpec(
        "level_remove",
        "Level: &Remove",
        "Tools",
        ("1",),
        "Tools set remove",
        exclusive="level",
        separated=True,
        short="Remove",
        shows_key=True,
        swatch="remove",
    ),
    ActionSpec(
        "level_affected",
        "Level: &Affected",
        "Tools",
        ("2",),
        "Tools set affected",
        exclusive="level",
        short="Affected",
        shows_key=True,
        swatch="affected",
    ),
    ActionSpec(
        "level_both",
        "Level: &Both",
        "Tools",
        ("3",),
        "Tools set both",
        exclusive="level",
        short="Both",
        shows_key=True,
        swatch="both",
    ),
    ActionSpec(
        "level_keep",
        "Level: &Keep",
        "Tools",
        ("4",),
        "Tools clear both; erasing goes back to what was tracked",
        exclusive="level",
        short="Keep",
        shows_key=True,
        swatch="keep",
    ),
    ActionSpec(
        "swap_erase",
        "S&wap Paint and Erase",
        "Tools",
        ("X",),
        "Swap adding and clearing",
        checkable=True,
        short="Erase",
        shows_key=True,
    ),
    ActionSpec(
        "smaller", "Smaller Brush", "Tools", ("[",), "Make the brush smaller", separated=True
    ),
    ActionSpec("larger", "Larger Brush", "Tools", ("]",), "Make the brush larger"),
)
