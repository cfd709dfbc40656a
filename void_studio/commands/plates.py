"""``info``: what a plate is."""

from __future__ import annotations

import argparse
from typing import Any

from void_studio.commands.outcome import Outcome
from void_studio.media.plate import open_plate


def info(options: argparse.Namespace) -> Outcome:
    # Of a VOID sequence folder the plate is meant.
    plates = sorted(options.clip.glob("input_video.*")) if options.clip.is_dir() else []
    with open_plate(plates[0] if plates else options.clip) as plate:
        known = plate.info
    facts: dict[str, Any] = {
        "path": str(known.path),
        "kind": known.kind,
        "width": known.size[0],
        "height": known.size[1],
        "frames": known.count,
        "rate": str(known.rate),
        "first_frame": known.first_frame,
        "codec": known.codec,
        "pixel_format": known.pixel_format,
        "depth": known.depth,
        "colour": known.color.label,
        "rotation": known.rotation,
        "pixel_aspect": str(known.sample_aspect),
        "variable_rate": known.vfr,
        "keyframes": known.keyframes,
        "longest_gop": known.longest_gop,
        "content_id": known.content_id,
    }
    lines = (f"{name.replace('_', ' '):>14}  {value}" for name, value in facts.items())
    return Outcome(facts, "\n".join(lines))
