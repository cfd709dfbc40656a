"""Every action and key of the window, in one table that menus, tips and the sheet read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ActionSpec:
    """One action.

    Attributes:
        name: What code calls it.
        text: What the menu says, with its mnemonic.
        group: The menu it is in, and its heading in the shortcuts sheet.
        keys: Key sequences in portable form, the first shown.
        tip: One sentence for the status line and the tool tip.
        icon: Name of an icon in ``resources/icons``.
        exclusive: Name of the group of which one is checked; empty if it is not checkable.
        checkable: Whether it is a switch of its own.
        separated: Whether a line stands above it in the menu.
        short: What a button says; the menu's text if empty.
        swatch: The name of a palette colour shown as its icon.
    """

    name: str
    text: str
    group: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    icon: str = ""
    exclusive: str = ""
    checkable: bool = False
    separated: bool = False
    short: str = ""
    swatch: str = ""


SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("open", "&Open Clip or Shot…", "File", ("Ctrl+O",), "Open a clip or image", "open"),
    ActionSpec(
        "open_folder",
        "Open &Folder…",
        "File",
        ("Ctrl+Shift+O",),
        "Open a shot, a VOID sequence folder or a folder of images",
    ),
    ActionSpec("open_demo", "Open &Demo Shot", "File", (), "Open the built-in shot"),
    ActionSpec(
        "relink",
        "Re&link Plate…",
        "File",
        (),
        "Say where the plate is of the shot that could not be opened without it",
    ),
    ActionSpec(
        "export_result",
        "Export &Result…",
        "File",
        ("Ctrl+E",),
        "Write the take at the plate's size, rate and length",
        "export",
        separated=True,
    ),
    ActionSpec(
        "export_comparison",
        "Export &Comparison…",
        "File",
        ("Ctrl+Shift+E",),
        "Write plate and take side by side as a video",
    ),
    ActionSpec(
        "export_sequence",
        "Export VOID &Sequence Folder…",
        "File",
        (),
        "Write the folder that VOID's own tools read",
    ),
    ActionSpec(
        "export_quadmask", "Export &Quadmask…", "File", (), "Write the four levels as a video"
    ),
    ActionSpec(
        "show_folder", "Show Shot Folder", "File", (), "Open the shot's folder", separated=True
    ),
    ActionSpec("quit", "&Quit", "File", ("Ctrl+Q",), "Close the window; all work is saved"),
    ActionSpec("undo", "&Undo", "Edit", ("Ctrl+Z",), "Take the last edit back", "undo"),
    ActionSpec("redo", "&Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do it again", "redo"),
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
        short="Remove  1",
        swatch="remove",
    ),
    ActionSpec(
        "level_affected",
        "Level: &Affected",
        "Tools",
        ("2",),
        "Tools set affected",
        exclusive="level",
        short="Affected  2",
        swatch="affected",
    ),
    ActionSpec(
        "level_both",
        "Level: &Both",
        "Tools",
        ("3",),
        "Tools set both",
        exclusive="level",
        short="Both  3",
        swatch="both",
    ),
    ActionSpec(
        "level_keep",
        "Level: &Keep",
        "Tools",
        ("4",),
        "Tools clear both; erasing goes back to what was tracked",
        exclusive="level",
        short="Keep  4",
        swatch="keep",
    ),
    ActionSpec(
        "swap_erase",
        "S&wap Paint and Erase",
        "Tools",
        ("X",),
        "Swap adding and clearing",
        checkable=True,
        short="Erase  X",
    ),
    ActionSpec(
        "smaller", "Smaller Brush", "Tools", ("[",), "Make the brush smaller", separated=True
    ),
    ActionSpec("larger", "Larger Brush", "Tools", ("]",), "Make the brush larger"),
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
    ActionSpec("add_object", "&New Object", "Object", ("Ctrl+N",), "Begin another object", "plus"),
    ActionSpec(
        "delete_object",
        "&Delete Object",
        "Object",
        ("Delete",),
        "Delete the object and its track",
        "trash",
    ),
    ActionSpec(
        "track_both",
        "Track &Both Ways",
        "Object",
        ("T",),
        "Follow the object through the shot from its clicks",
        "track-both",
        separated=True,
    ),
    ActionSpec(
        "track_forward",
        "Track &Forward",
        "Object",
        ("Shift+T",),
        "Follow the object from this frame on",
        "track-forward",
    ),
    ActionSpec(
        "track_backward",
        "Track B&ackward",
        "Object",
        ("Ctrl+Shift+T",),
        "Follow the object from this frame back",
        "track-backward",
    ),
    ActionSpec("run", "&Remove", "Run", ("Ctrl+Return",), "Run the removal"),
    ActionSpec(
        "cancel", "&Cancel Running Job", "Run", ("Ctrl+.",), "Stop the running job", "cancel"
    ),
    ActionSpec("play", "&Play", "Playback", ("Space",), "Play or stop", "play"),
    ActionSpec("play_forward", "Play &Forward", "Playback", ("L",), "Play; again for faster"),
    ActionSpec("play_stop", "&Stop", "Playback", ("K",), "Stop"),
    ActionSpec(
        "play_backward", "Play &Backward", "Playback", ("J",), "Play backward; again for faster"
    ),
    ActionSpec(
        "previous",
        "Pre&vious Frame",
        "Playback",
        ("Left",),
        "Step back",
        "step-back",
        separated=True,
    ),
    ActionSpec("next", "&Next Frame", "Playback", ("Right",), "Step on", "step-forward"),
    ActionSpec("back_ten", "Back Ten Frames", "Playback", ("Shift+Left",), "Ten frames back"),
    ActionSpec("on_ten", "On Ten Frames", "Playback", ("Shift+Right",), "Ten frames on"),
    ActionSpec("first", "&First Frame", "Playback", ("Home",), "Go to the first frame", "to-start"),
    ActionSpec("last", "&Last Frame", "Playback", ("End",), "Go to the last frame", "to-end"),
    ActionSpec("go_to", "&Go to Frame…", "Playback", ("G",), "Type a frame number"),
    ActionSpec(
        "loop", "L&oop", "Playback", ("Ctrl+L",), "Begin again at the end", "loop", checkable=True
    ),
    ActionSpec(
        "set_in",
        "Set &In",
        "Playback",
        ("I",),
        "The shot begins at this frame: what is tracked, removed and played",
        separated=True,
    ),
    ActionSpec("set_out", "Set &Out", "Playback", ("O",), "The shot ends at this frame"),
    ActionSpec(
        "clear_range",
        "&Clear Range",
        "Playback",
        ("Ctrl+Shift+X",),
        "The shot is the whole plate again",
    ),
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
    ActionSpec("shortcuts", "&Keyboard Shortcuts", "Help", ("F1",), "All keys", "keyboard"),
    ActionSpec("about", "&About Void Studio", "Help", (), "Version and licences"),
)

MENUS = ("File", "Edit", "Tools", "Mask", "Object", "Run", "Playback", "View", "Help")
