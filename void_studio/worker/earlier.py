"""The take that a removal starts from, held in its job as it was when the job was made."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from void_studio.errors import VoidError
from void_studio.files import explain
from void_studio.shot.shot import Shot
from void_studio.shot.take import Take, patch_path, write_record

TAKE_FOLDER = Path("inputs") / "take"

_STARTS_FROM = "void-pass1"


def chosen_take(shot: Shot, chosen: Any, frames: tuple[int, int]) -> Take:
    """The take of a shot that a removal of ``frames`` (first, last) starts from.

    Args:
        chosen: Its number, or "auto" for the latest of VOID Pass 1.

    Raises:
        VoidError: there is none, or it has other frames or another plate.
    """
    if chosen == "auto":
        numbers = [ref.number for ref in shot.takes.list() if ref.remover == _STARTS_FROM]
        if not numbers:
            raise VoidError(
                "VOID Pass 2 has nothing to start from",
                "This shot has no take of VOID Pass 1",
                "Run VOID Pass 1 first, or choose a take",
            )
        chosen = numbers[-1]
    take = shot.takes.get(int(chosen))
    first, last = take.record.frames
    if take.record.content_id != shot.document.plate.content_id:
        raise VoidError(f"Take {take.number} does not fit this shot", "It is of another plate")
    if not first <= frames[0] <= frames[1] <= last:
        raise VoidError(
            f"Take {take.number} does not cover the shot",
            f"It has frames {shot.number(first)}-{shot.number(last)}, wanted are "
            f"{shot.number(frames[0])}-{shot.number(frames[1])}",
            "Run VOID Pass 1 again, or choose another take",
        )
    return take


def hold_take(take: Take, frames: tuple[int, int], job: Path) -> None:
    """Puts a take's record and its patches of ``frames`` into the job folder ``job``.

    Takes never change, so that a second name for the same file holds as well as a copy.

    Raises:
        VoidError: the job folder cannot be written, or the take not be read.
    """
    folder = job / TAKE_FOLDER
    first, last = frames
    corners = {at: xy for at, xy in take.record.patches.items() if first <= at <= last}
    try:
        (folder / "patches").mkdir(parents=True)
        for index in corners:
            _link_or_copy(patch_path(take.folder, index), patch_path(folder, index))
    except OSError as error:
        raise explain(error, f"Could not copy take {take.number} into {job}") from error
    write_record(folder, take.record.model_copy(update={"patches": corners}))


def held_take(job: Path) -> Take | None:
    """The take that the job in ``job`` starts from; None if it starts from the plate.

    Raises:
        VoidError: it cannot be read.
    """
    folder = job / TAKE_FOLDER
    return Take.open(folder) if folder.is_dir() else None


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Another disk, or one that knows no second names.
        shutil.copyfile(source, target)
