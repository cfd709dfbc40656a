"""Proxies hold the same frames as their plate, and go to whoever asks for small pictures."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.media.clips import Recipe, make_clip, read_barcode
from void_studio.errors import Cancelled, VoidError
from void_studio.media.plate import open_plate
from void_studio.media.proxy import (
    build_proxy,
    needs_proxy,
    open_proxied,
    proxy_path,
    proxy_size,
)
from void_studio.media.thumbs import fit, thumbnails
from void_studio.progress import CancelToken

SMALL = (96, 64)
RECIPE = Recipe(size=(192, 128), gop=250, rate=Fraction(24000, 1001))


class Heard:
    """A Reporter that remembers."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.warnings: list[str] = []

    def progress(self, step: int, total: int, message: str = "") -> None:
        self.steps.append((step, total))

    def warning(self, text: str) -> None:
        self.warnings.append(text)


def test_small_pictures_come_from_the_proxy_and_are_the_same_frames(tmp_path: Path) -> None:
    plate = open_plate(make_clip(tmp_path / "clip.mp4", RECIPE))
    path = proxy_path(tmp_path, plate.info)
    heard = Heard()
    build_proxy(plate, path, SMALL, reporter=heard)
    assert heard.steps == [(n, 40) for n in range(1, 41)]
    assert not heard.warnings
    with open_plate(path) as proxy:
        assert proxy.info.longest_gop == 1
        assert proxy.info.rate == RECIPE.rate
    proxied = open_proxied(plate, path)
    try:
        assert (proxied.count, proxied.size) == (40, (192, 128))
        for index in np.random.default_rng(0).permutation(40).tolist():
            small = proxied.read_rgb8(index, SMALL)
            assert read_barcode(small) == index
            assert small.shape == (64, 96, 3)
        assert abs(small.astype(int) - plate.read_rgb8(index, SMALL)).mean() < 3
        assert abs((small.astype(int) - plate.read_rgb8(index, SMALL)).mean()) < 0.5
        assert np.array_equal(proxied.read_rgb8(7), plate.read_rgb8(7))
    finally:
        proxied.close()


def test_a_cancelled_proxy_leaves_nothing_behind(tmp_path: Path) -> None:
    cancel = CancelToken()

    class CancelsSoon(Heard):
        def progress(self, step: int, total: int, message: str = "") -> None:
            if step == 5:
                cancel.cancel()

    folder = tmp_path / "cache"
    folder.mkdir()
    with open_plate(make_clip(tmp_path / "clip.mp4", RECIPE)) as plate, pytest.raises(Cancelled):
        build_proxy(plate, folder / "proxy.mov", SMALL, cancel, CancelsSoon())
    assert list(folder.iterdir()) == []


def test_a_damaged_frame_keeps_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_plate(make_clip(tmp_path / "clip.mp4", RECIPE)) as plate:
        read = plate.read_rgb8

        def damaged(index: int, size: tuple[int, int] | None = None) -> np.ndarray:
            if index in (0, 20):
                raise VoidError(f"Frame {index} is damaged")
            return read(index, size)

        monkeypatch.setattr(plate, "read_rgb8", damaged)
        heard = Heard()
        build_proxy(plate, tmp_path / "proxy.mov", SMALL, reporter=heard)
    assert len(heard.warnings) == 2
    with open_plate(tmp_path / "proxy.mov") as proxy:
        numbers = [read_barcode(picture) for picture in proxy.frames()]
    assert numbers == [0, *range(1, 20), 19, *range(21, 40)]


def test_the_proxy_of_another_plate_is_refused(tmp_path: Path) -> None:
    with (
        open_plate(make_clip(tmp_path / "a.mp4", RECIPE)) as plate,
        open_plate(make_clip(tmp_path / "b.mp4", replace(RECIPE, count=7))) as other,
    ):
        build_proxy(other, tmp_path / "proxy.mov", SMALL)
        with pytest.raises(VoidError, match="not a proxy"):
            open_proxied(plate, tmp_path / "proxy.mov")


def test_only_large_long_gop_plates_need_one(tmp_path: Path) -> None:
    with open_plate(make_clip(tmp_path / "clip.mp4", Recipe())) as plate:
        info = plate.info
    assert not needs_proxy(info)
    assert needs_proxy(replace(info, size=(3840, 2160), longest_gop=12))
    assert needs_proxy(replace(info, size=(1920, 1080), longest_gop=250))
    assert not needs_proxy(replace(info, size=(1920, 1080), longest_gop=12))
    assert not needs_proxy(replace(info, size=(8192, 8192), longest_gop=1))
    assert proxy_size(replace(info, size=(3840, 2160))) == (1280, 720)
    assert proxy_size(replace(info, size=(1080, 1920))) == (720, 1280)
    assert proxy_size(replace(info, size=(401, 301))) == (400, 300)


def test_thumbnails_come_in_order_and_skip_what_cannot_be_read(tmp_path: Path) -> None:
    with open_plate(make_clip(tmp_path / "clip.mp4", RECIPE)) as plate:
        made = list(thumbnails(plate, [30, 2, 30, 99, 11], (100, 50)))
    assert [index for index, _ in made] == [2, 11, 30]
    assert all(picture.shape == (50, 75, 3) for _, picture in made)
    assert [read_barcode(picture) for _, picture in made] == [2, 11, 30]
    assert fit((40, 30), (100, 100)) == (40, 30)
