"""The Object menu: what is clicked and tracked."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

OBJECT: tuple[ActionSpec, ...] = (
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
)
