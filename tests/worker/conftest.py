"""A shot of the small clip, with one clicked object and its exact mask painted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker.clip import COUNT, center, disc, write_clip
from void_studio.quadmask.bits import field_from_planes
from void_studio.shot.document import Prompt, Role
from void_studio.shot.shot import Shot


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("plates") / "roll")


@pytest.fixture
def shot(clip: Path, tmp_path: Path) -> Iterator[Shot]:
    with Shot.create(clip, tmp_path / "roll.void") as shot:
        item = shot.add_object("Ball", Role.REMOVE)
        x, y = center(0)
        shot.add_prompt(item.id, Prompt(frame=0, x=x, y=y))
        shot.add_prompt(item.id, Prompt(frame=0, x=x, y=4, include=False))
        yield shot


@pytest.fixture
def masked(shot: Shot) -> Shot:
    """The shot with the disc marked as *remove* on every frame."""
    for index in range(COUNT):
        mask = disc(index)
        shot.masks.set_field(index, field_from_planes(mask, mask & False))
    return shot
