"""Which file of a folder is its quadmask."""

from __future__ import annotations

import re
from pathlib import Path

from void_studio.errors import VoidError
from void_studio.files import explain

VIDEO_SUFFIXES = {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi"}
# VOID reads quadmask_0.mp4 first; its mask reasoner leaves trimask_* and mask* beside it.
_NAMES = ("quadmask_", "trimask_", "quadmask", "mask")


def natural_key(path: Path) -> tuple[tuple[int, int | str], ...]:
    """Sorts names as people do: numbers in them by value."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts)


def png_frames(folder: Path) -> list[Path]:
    """The PNG files of a folder in the order of their numbers."""
    return sorted(
        (entry for entry in folder.iterdir() if entry.suffix.lower() == ".png"), key=natural_key
    )


def find_quadmask(folder: Path) -> Path:
    """The quadmask of a VOID sequence folder: a video, or a folder of PNGs.

    ``quadmask_*`` is preferred to ``trimask_*``, that to ``quadmask*`` and ``mask*``, a video to a
    folder, and then the first by name.

    Raises:
        VoidError: the folder cannot be read or holds none.
    """
    try:
        entries = sorted(folder.iterdir(), key=natural_key)
        videos = [e for e in entries if e.suffix.lower() in VIDEO_SUFFIXES and e.is_file()]
        folders = [e for e in entries if e.is_dir() and png_frames(e)]
    except OSError as error:
        raise explain(error, f"Could not look for a mask in {folder}") from error
    for prefix in _NAMES:
        for entry in (*videos, *folders):
            if entry.name.lower().startswith(prefix):
                return entry
    raise VoidError(
        f"There is no quadmask in {folder}",
        "None of its videos is named quadmask_*, trimask_* or mask*",
        "Choose a VOID sequence folder, or open the clip itself to begin a new shot",
    )
