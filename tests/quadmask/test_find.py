"""Which file of a folder is its quadmask."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.quadmask.find import natural_key
from void_studio.quadmask.video import find_quadmask


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["input_video.mp4", "quadmask_0.mp4"], "quadmask_0.mp4"),
        (["trimask_quadmask.mp4", "quadmask_0.mp4", "mask.mp4"], "quadmask_0.mp4"),
        (["mask_a.mp4", "trimask_quadmask.mp4"], "trimask_quadmask.mp4"),
        (["quadmask_10.mp4", "quadmask_2.mp4"], "quadmask_2.mp4"),
        (["mask.mov", "unmasked.mp4"], "mask.mov"),
        (["quadmask.mkv", "mask.mp4"], "quadmask.mkv"),
        (["QUADMASK_0.MP4", "mask.mp4"], "QUADMASK_0.MP4"),
        (["quadmask_0.txt", "mask.avi", ".quadmask_0.mp4"], "mask.avi"),
        (["quadmask_1/0001.png", "mask.mp4"], "quadmask_1"),
        (["quadmask_1/0001.png", "quadmask_2.mp4"], "quadmask_2.mp4"),
        (["quadmask_1/notes.txt", "mask/1.png"], "mask"),
    ],
)
def test_the_best_name_wins(names: list[str], chosen: str, tmp_path: Path) -> None:
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_png(np.zeros((2, 2), np.uint8)))
    assert find_quadmask(tmp_path) == tmp_path / chosen


@pytest.mark.parametrize("names", [[], ["input_video.mp4", "prompt.json"]])
def test_a_folder_without_one_is_explained(names: list[str], tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(VoidError, match="There is no quadmask in"):
        find_quadmask(tmp_path)


def test_a_missing_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(VoidError, match="No such file"):
        find_quadmask(tmp_path / "nowhere")


def test_names_sort_as_people_sort_them() -> None:
    names = ["b", "a10", "a2", "A1", "7", "a", "²"]
    ordered = sorted((Path(name) for name in names), key=natural_key)
    assert [path.name for path in ordered] == ["7", "a", "A1", "a2", "a10", "b", "²"]
