"""The Playback menu: going through time."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

PLAYBACK: tuple[ActionSpec, ...] = (
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
    ActionSpec(
        "go_to", "&Go to Frame…", "Playback", ("G",), "Type a frame number, +5, -10 or timecode"
    ),
    ActionSpec(
        "previous_edited",
        "Previous &Edited Frame",
        "Playback",
        ("Alt+Left",),
        "Back to where something was painted by hand or keyed",
    ),
    ActionSpec(
        "next_edited",
        "Next E&dited Frame",
        "Playback",
        ("Alt+Right",),
        "On to where something was painted by hand or keyed",
    ),
    ActionSpec(
        "previous_unsure",
        "Previous Unsure Frame",
        "Playback",
        ("Alt+Up",),
        "Back to where the tracker was unsure of the object",
    ),
    ActionSpec(
        "next_unsure",
        "Next &Unsure Frame",
        "Playback",
        ("Alt+Down",),
        "On to where the tracker was unsure of the object",
    ),
    ActionSpec(
        "loop",
        "L&oop",
        "Playback",
        ("Ctrl+L",),
        "What happens at the end: begin again, turn back, or stop",
        "loop",
        separated=True,
    ),
    ActionSpec(
        "every_frame",
        "Every Fra&me",
        "Playback",
        ("Ctrl+Shift+P",),
        "Show every frame however long it takes, instead of keeping time",
        "every-frame",
        checkable=True,
    ),
    ActionSpec(
        "marker",
        "Set or Clear Mar&ker",
        "Playback",
        ("Shift+M",),
        "Mark this frame to come back to, or take the mark away",
        "marker",
        separated=True,
    ),
    ActionSpec(
        "previous_marker",
        "Previous Marker",
        "Playback",
        ("Ctrl+Up", "Ctrl+PgUp"),
        "Back to the marker before",
    ),
    ActionSpec(
        "next_marker",
        "Next Marker",
        "Playback",
        ("Ctrl+Down", "Ctrl+PgDown"),
        "On to the marker after",
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
    ActionSpec(
        "number_from",
        "&Number Frames from…",
        "Playback",
        (),
        "Choose the number of the plate's first frame, e.g. 1001",
    ),
)
