"""Reading the masks and tracks of a shot folder into memory, keeping what cannot be read aside."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from void_studio.errors import VoidError
from void_studio.shot import layout
from void_studio.shot.core import ShotCore
from void_studio.shot.png import read_bounded

# Decoding leaves the interpreter, so a second core helps; more than two would crowd the decoders.
_THREADS = 2


def load_frames(core: ShotCore, folder: Path, keep_aside: bool) -> list[str]:
    """Fills the masks and tracks of ``core`` from a shot folder.

    Args:
        keep_aside: Whether a damaged file may be renamed (``NAME.damaged``), so that the next save
            of its frame does not lose it.

    Returns:
        One warning for each file that could not be read; its frame is as if never edited.
    """
    jobs: list[tuple[Path, Callable[[bytes], None]]] = []
    warnings: list[str] = []

    def plan(frames: Path, load: Callable[[int, bytes], None]) -> None:
        for index, path in layout.frame_files(frames):
            if index < core.document.plate.count:
                jobs.append((path, partial(load, index)))
            else:
                warnings.append(f"{path} is of a frame that the plate does not have")

    plan(layout.masks_folder(folder), core.masks.load_png)
    for item in core.document.objects:
        plan(layout.tracks_folder(folder, item.id), partial(core.tracks.load_png, item.id))
    width, height = core.masks.size
    limit = width * height * 2 + 2**20

    def run(job: tuple[Path, Callable[[bytes], None]]) -> str | None:
        path, load = job
        try:
            load(read_bounded(path, limit))
        except VoidError as error:
            return f"{error} {_put_aside(path)}" if keep_aside else str(error)
        return None

    with ThreadPoolExecutor(_THREADS, "load masks") as pool:
        warnings.extend(warning for warning in pool.map(run, jobs) if warning)
    return warnings


def _put_aside(path: Path) -> str:
    aside = path.with_name(f"{path.name}.damaged")
    with contextlib.suppress(OSError):
        os.replace(path, aside)
        return f"The file is kept as {aside.name}."
    return ""
