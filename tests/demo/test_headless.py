"""The whole job without a window comes near the truth, says so, and leaves what it promises."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from void_studio.demo import headless
from void_studio.demo.contact import ROWS, contact_sheet
from void_studio.demo.headless import DemoResult, run_headless
from void_studio.errors import VoidError
from void_studio.files import read_image
from void_studio.media.plate import open_plate
from void_studio.quadmask.video import probe_quadmask
from void_studio.shot.shot import Shot

SIZE, COUNT = (480, 270), 24


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoResult, list[str]]:
    said: list[str] = []
    result = run_headless(tmp_path_factory.mktemp("demo") / "öut", said.append, SIZE, COUNT)
    return result, said


def test_the_result_is_near_the_truth(run: tuple[DemoResult, list[str]]) -> None:
    result, _ = run
    assert result.psnr_db > 34
    assert result.psnr_db > result.psnr_before_db + 15
    assert result.track_iou > 0.85
    assert result.changed_outside == 0


def test_it_says_the_figure_and_the_paths(run: tuple[DemoResult, list[str]]) -> None:
    result, said = run
    assert f"PSNR inside the mask: {result.psnr_db:.1f} dB" in said
    assert sum(bool(re.fullmatch(r"PSNR inside the mask: \d+\.\d dB", line)) for line in said) == 1
    text = "\n".join(said)
    for path in (result.before, result.after, result.comparison, result.contact_sheet):
        assert str(path) in text


def test_everything_is_there_and_opens(run: tuple[DemoResult, list[str]]) -> None:
    result, _ = run
    for path, size in ((result.before, SIZE), (result.after, SIZE), (result.comparison, None)):
        with open_plate(path) as plate:
            assert plate.info.count == COUNT
            assert size is None or plate.info.size == size
    assert probe_quadmask(result.quadmask).count == COUNT
    assert read_image(result.contact_sheet).ndim == 3
    with Shot.open(result.shot) as shot:
        assert [item.name for item in shot.document.objects] == ["Ball"]
        assert len(shot.document.takes) == 1
        assert not shot.warnings


def test_the_figures_are_json(run: tuple[DemoResult, list[str]]) -> None:
    result, _ = run
    written = json.loads((result.shot.parent / "demo.json").read_text())
    assert written.pop("made_by") == "void-studio demo"
    assert written == json.loads(json.dumps(result.as_dict()))
    assert written["psnr_db"] == result.psnr_db


def test_an_earlier_run_is_replaced_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise VoidError("stopped here")

    monkeypatch.setattr(headless, "write_demo", stop)
    earlier = tmp_path / "earlier"
    for _ in range(2):
        with pytest.raises(VoidError, match="stopped here"):
            run_headless(earlier, print)
        (earlier / "left.txt").touch()
    assert sorted(path.name for path in earlier.iterdir()) == ["demo.json", "left.txt"]

    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "precious.txt").touch()
    with pytest.raises(VoidError, match="not empty"):
        run_headless(foreign, print)
    assert [path.name for path in foreign.iterdir()] == ["precious.txt"]


def test_a_file_in_place_of_the_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VoidError, match="Could not prepare"):
        run_headless(tmp_path / "file", print)


def test_the_contact_sheet_has_a_row_for_each_picture() -> None:
    plain = [np.full((90, 160, 3), value, np.uint8) for value in (40, 120, 200)]
    field = np.zeros((90, 160), np.uint8)
    field[:45] = 1
    sheet = contact_sheet([(1001, plain[0], field, plain[1], plain[2])] * 2)
    centre = sheet[:, sheet.shape[1] // 2 + 100].astype(int)
    assert len(ROWS) == 4
    for value in (40, 120, 200):
        assert (centre == value).all(axis=1).sum() >= 90
    # The upper half of the plate is marked *remove* and tinted red.
    assert ((centre[:, 0] > 120) & (centre[:, 1] < 90)).sum() >= 60
