"""The demo clears what it made itself, and measures what lies outside the mask by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from void_studio.demo import headless
from void_studio.demo.headless import run_headless
from void_studio.errors import VoidError


@pytest.fixture(autouse=True)
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run stops when the folder is cleared."""

    def stop(*_: object) -> None:
        raise VoidError("stopped here")

    monkeypatch.setattr(headless, "write_demo", stop)


@pytest.mark.parametrize("text", ["{}", '{"made_by": "me"}', "[]", "not JSON"])
def test_a_report_of_somebody_else_protects_its_folder(tmp_path: Path, text: str) -> None:
    (tmp_path / "demo.json").write_text(text)
    (tmp_path / "before.mp4").touch()
    with pytest.raises(VoidError, match="not empty"):
        run_headless(tmp_path, print)
    assert (tmp_path / "demo.json").read_text() == text
    assert (tmp_path / "before.mp4").exists()


def test_only_what_a_run_makes_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with pytest.raises(VoidError, match="stopped here"):
        run_headless(folder, print)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious.txt").touch()
    (folder / "demo.void").mkdir()
    (folder / "demo.void" / "shot.json").touch()
    (folder / "after.mp4").touch()
    (folder / "jobs").symlink_to(elsewhere)
    (folder / "notes.txt").touch()
    with pytest.raises(VoidError, match="stopped here"):
        run_headless(folder, print)
    assert sorted(path.name for path in folder.iterdir()) == ["demo.json", "notes.txt"]
    assert (elsewhere / "precious.txt").exists()


def test_a_pixel_beyond_the_ring_is_counted_and_one_within_is_not() -> None:
    plate = np.full((40, 60, 3), 90, np.uint8)
    field = np.zeros((40, 60), np.uint8)
    field[10:20, 10:20] = 1
    exact = np.zeros((40, 60), np.uint8)
    result = plate.copy()
    result[15, 22] = 91  # three pixels from the mask
    result[15, 23] = 91  # four
    result[12, 12] = 0
    measure = headless._Measure()
    measure.add(plate, result, plate, exact, field)
    measure.add_outside(plate, result, field, 3)
    assert measure.figures()["changed_outside"] == 1
    measure.add_outside(plate, result, np.zeros_like(field), 3)
    assert measure.figures()["changed_outside"] == 4
