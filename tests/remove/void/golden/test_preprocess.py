"""The released loader: which files it takes, and what it makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from void_studio.errors import VoidError
from void_studio.remove.void.golden.preprocess import Bytes, Loading, choose_masks, load, load_video

SIZE = (16, 24)
VIDEO = np.random.default_rng(1).integers(0, 256, (6, 20, 30, 3), np.uint8)


def plain(value: int, frames: int = 6) -> Bytes:
    return np.full((frames, *SIZE), value, np.uint8)


def with_square(frames: int = 6) -> Bytes:
    mask = plain(0, frames)
    mask[:, 7:9, 11:13] = 255
    return mask


@pytest.mark.parametrize(
    ("names", "quadmask", "trimask", "kind", "chosen"),
    [
        (["quadmask_0.mp4"], True, False, "quadmask", ["quadmask_0.mp4"]),
        (["quadmask_0.mp4"], True, True, "quadmask", ["quadmask_0.mp4"]),
        (["quadmask_0.mp4"], False, True, "trimask", ["quadmask_0.mp4"]),
        (["quadmask_1.mp4", "quadmask_0.mp4"], True, False, "quadmask", ["quadmask_0.mp4"]),
        (["quadmask_0.mp4", "mask.mp4"], True, False, "quadmask", ["mask.mp4"]),
        (["quadmask_0.mp4", "mask_1.mp4"], True, False, "binary", ["mask_1.mp4"]),
        (["mask_1.mp4", "mask_0.mp4"], False, False, "binary", ["mask_0.mp4", "mask_1.mp4"]),
    ],
)
def test_files_are_chosen_as_released(
    names: list[str], quadmask: bool, trimask: bool, kind: str, chosen: list[str]
) -> None:
    found = choose_masks(names, quadmask, trimask)
    assert found.kind == kind
    assert list(found.names) == chosen


@pytest.mark.parametrize(
    ("names", "quadmask"),
    [([], True), (["trimask_quadmask.mp4"], True), (["quadmask_0.mp4"], False)],
)
def test_where_the_loader_exits_it_is_said_why(names: list[str], quadmask: bool) -> None:
    with pytest.raises(VoidError, match="mask"):
        choose_masks(names, quadmask, use_trimask=False)


@pytest.mark.parametrize(
    ("grey", "quad", "tri"),
    [
        (0, 255, 255),
        (31, 255, 255),
        (32, 192, 255),
        (63, 192, 255),
        (64, 192, 127),
        (95, 192, 127),
        (96, 128, 127),
        (191, 128, 127),
        (192, 0, 127),
        (193, 0, 0),
        (255, 0, 0),
    ],
)
def test_greys_are_snapped_and_turned_round(grey: int, quad: int, tri: int) -> None:
    masks = {"quadmask_0.mp4": plain(grey)}
    for wanted, how in (
        (quad, Loading(SIZE, 5, use_quadmask=True)),
        (tri, Loading(SIZE, 5, use_trimask=True)),
    ):
        _, mask = load(VIDEO, masks, how)
        assert np.unique(mask.numpy() * np.float32(255)).tolist() == [wanted]


def test_binary_masks_grow_by_a_square() -> None:
    _, grown = load(VIDEO, {"mask_0.mp4": with_square()}, Loading(SIZE, 5))
    _, as_is = load(VIDEO, {"mask_0.mp4": with_square()}, Loading(SIZE, 5, dilation=0))
    assert int(as_is[0, 0, 0].sum()) == 2 * 2
    assert int(grown[0, 0, 0].sum()) == 12 * 12
    assert bool(grown[0, 0, 0, 2:14, 6:18].all())


def test_binary_masks_that_are_kept_yield_to_those_that_go() -> None:
    masks = {"mask_0.mp4": plain(255), "mask_1.mp4": with_square()}
    how = Loading(SIZE, 5, use_trimask=True, keep_ids=[0], dilation=0)
    _, mask = load(VIDEO, masks, how)
    frame = mask[0, 0, 0].numpy()
    assert (frame == 1).sum() == 4
    assert (frame == 0).sum() == frame.size - 4


def test_the_background_of_a_binary_trimask_is_between() -> None:
    how = Loading(SIZE, 5, use_trimask=True, dilation=0)
    _, mask = load(VIDEO, {"mask_0.mp4": with_square()}, how)
    assert np.unique(mask.numpy() * np.float32(255)).tolist() == [127.0, 255.0]


def test_red_counts_of_coloured_masks() -> None:
    coloured = np.zeros((6, *SIZE, 3), np.uint8)
    coloured[..., 0] = 255
    _, mask = load(VIDEO, {"quadmask_0.mp4": coloured}, Loading(SIZE, 5, use_quadmask=True))
    assert float(mask.max()) == 0.0


def test_clip_and_mask_are_padded_each_on_its_own() -> None:
    how = Loading(SIZE, 21, 61, use_quadmask=True)
    masks = {"quadmask_0.mp4": plain(0, 2)}
    video, mask = load(VIDEO, masks, how)
    assert video.shape == (1, 3, 21, *SIZE)
    assert mask.shape == (1, 1, 21, *SIZE)
    assert bool((video[:, :, 5] == video[:, :, 6]).all())
    assert bool((video[:, :, 0] == video[:, :, 12]).all())


def test_a_clip_is_cut_off_at_the_longest() -> None:
    long = np.repeat(VIDEO, 5, axis=0)
    video = load_video(long, Loading(SIZE, 5, 13))
    assert video.shape[2] == 13
    assert bool((video == load_video(long[:13], Loading(SIZE, 5, 13))).all())
