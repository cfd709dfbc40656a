"""Small plates and shots to work on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shot.small import write_plate
from void_studio.shot.shot import Shot


@pytest.fixture
def plate(tmp_path: Path) -> Path:
    return write_plate(tmp_path / "plates" / "diner")


@pytest.fixture
def shot(plate: Path, tmp_path: Path) -> Iterator[Shot]:
    """A new shot of the small plate, with nothing in it."""
    made = Shot.create(plate, tmp_path / "diner.void")
    yield made
    made.close()
