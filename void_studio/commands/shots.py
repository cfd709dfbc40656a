"""``new`` and ``import``: shots from clips and from VOID sequence folders; and opening them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from void_studio.commands.outcome import Outcome, frames
from void_studio.commands.progress import Progress
from void_studio.shot.sequence import import_sequence
from void_studio.shot.shot import Shot


def new(options: argparse.Namespace) -> Outcome:
    with Shot.create(options.clip, options.shot, options.frames) as shot:
        first, last = shot.document.range
        return Outcome(
            {"shot": str(shot.folder), "frames": [first, last]},
            f"{shot.folder}: {frames(last - first + 1)} of {options.clip.name}",
        )


def import_(options: argparse.Namespace) -> Outcome:
    say = Progress()
    shot, report = import_sequence(options.folder, options.shot, say)
    with shot:
        if report.snapped:
            say.warning(f"{report.snapped} pixels of the quadmask were snapped to a level")
        for warning in report.warnings:
            say.warning(warning)
        return Outcome(
            {
                "shot": str(shot.folder),
                "quadmask": str(report.quadmask),
                "frames": report.frames,
                "objects": [item.name for item in shot.document.objects],
                "clicks": report.prompts,
                "pixels": report.pixels,
                "snapped": report.snapped,
                "warnings": list(report.warnings),
            },
            f"{shot.folder}: {frames(report.frames)}, {report.prompts} clicks",
        )


@contextmanager
def opened(folder: Path, say: Progress, read_only: bool = False) -> Iterator[Shot]:
    """An open shot, saved and closed at the end; what is not as it should be is said."""
    with Shot.open(folder, read_only) as shot:
        for warning in shot.warnings:
            say.warning(warning)
        yield shot
