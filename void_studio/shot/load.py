"""Reading the masks and tracks of a shot folder into memory, keeping what cannot be read aside."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from void_studio.errors import VoidError
from void_studio.shot import layout
from void_studio.shot.core import ShotCore
from void_studio.shot.journal import fingerprint
from void_studio.shot.png import read_bounded

# Decoding leaves the interpreter, so a second core helps; more than two would crowd the decoders.
_THREADS = 2


@dataclass(frozen=True)
class _File:
    """One picture to load."""

    path: Path
    index: int
    load: Callable[[int, bytes], None]
    is_mask: bool


def load_frames(
    core: ShotCore, folder: Path, keep_aside: bool, fingerprints: dict[int, str]
) -> list[str]:
    """Fills the masks and tracks of ``core`` from a shot folder.

    Args:
        keep_aside: Whether a damaged file may be renamed (``NAME.damaged``), so that the next save
            of its frame does not lose it.
        fingerprints: Gets what tells one content of each mask file from any other, by plate index.

    Returns:
        One warning for each file that could not be read. A frame whose mask could not keeps what
        is tracked on it, a frame whose track could not keeps what its mask says.
    """
    mask_files = layout.frame_files(layout.masks_folder(folder))
    found = [_File(path, index, core.masks.load_png, True) for index, path in mask_files]
    for item in core.document.objects:
        load = partial(core.tracks.load_png, item.id)
        track_files = layout.frame_files(layout.tracks_folder(folder, item.id))
        found += [_File(path, index, load, False) for index, path in track_files]
    width, height = core.masks.size
    limit = width * height * 2 + 2**20

    def load_one(file: _File) -> str | None:
        if file.index >= core.document.plate.count:
            return f"{file.path} is of a frame that the plate does not have"
        try:
            data = read_bounded(file.path, limit)
            file.load(file.index, data)
            if file.is_mask:
                fingerprints[file.index] = fingerprint(data) or ""
        except VoidError as error:
            if file.is_mask:
                core.masks.outdate([file.index])
            return f"{error} {_put_aside(file.path)}" if keep_aside else str(error)
        return None

    with ThreadPoolExecutor(_THREADS, "load masks") as pool:
        return [warning for warning in pool.map(load_one, found) if warning]


def _put_aside(path: Path) -> str:
    aside = path.with_name(f"{path.name}.damaged")
    with contextlib.suppress(OSError):
        os.replace(path, aside)
        return f"The file is kept as {aside.name}."
    return ""
