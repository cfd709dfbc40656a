"""Shots and sequence folders of the small clip."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from tests.ball import COUNT, RATE, SIZE, center, disc
from void_studio.quadmask.bits import field_from_planes
from void_studio.quadmask.levels import levels_from_field
from void_studio.quadmask.video import write_quadmask
from void_studio.shot.document import Prompt, Role
from void_studio.shot.shot import Shot

POINT = "{},{}@0".format(*center(0))


def masked_shot(clip: Path, folder: Path) -> Path:
    """A shot whose ball is tracked; closed."""
    with Shot.create(clip, folder) as shot:
        item = shot.add_object("Ball", Role.REMOVE)
        x, y = center(0)
        shot.set_prompts(item.id, [Prompt(frame=0, x=x, y=y)])
        shot.apply_track(item.id, {index: (disc(index), 1.0) for index in range(COUNT)})
    return folder


def sequence(clip: Path, folder: Path) -> Path:
    """A VOID sequence folder of the clip."""
    folder.mkdir()
    shutil.copyfile(clip, folder / "input_video.mp4")
    write_mask(folder / "quadmask_0.mp4")
    (folder / "prompt.json").write_text('{"bg": "a wall"}')
    return folder


def write_mask(path: Path, count: int = COUNT, size: tuple[int, int] = SIZE) -> None:
    width, height = size
    none = np.zeros((height, width), bool)
    remove = none.copy()
    remove[20:60, 30:90] = True
    levels = levels_from_field(field_from_planes(remove, none))
    write_quadmask(path, [levels] * count, size, RATE)
