"""The File menu: what goes in and out."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

FILE: tuple[ActionSpec, ...] = (
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
)
