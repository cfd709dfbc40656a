from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.motion import Scene
from void_studio.remove.clean_plate.plan import Coverage, parts_of, small_size
from void_studio.remove.clean_plate.trust import changed, passing

SIZE = (96, 64)
BOX = np.s_[20:40, 30:60]


def covered(box: tuple[slice, slice] | None) -> NDArray[np.uint8]:
    width, height = small_size(SIZE)
    mask = np.zeros((height, width), np.uint8)
    if box is not None:
        mask[box] = 255
    return mask


def coverage(opened: set[int], count: int = 20) -> Coverage:
    scene = Scene(0, count - 1, "static", [np.eye(3)] * count)
    return Coverage(scene, SIZE, {i: covered(BOX) for i in range(count) if i not in opened})


def test_a_matte_that_flickers_shows_no_background() -> None:
    doubtful = passing(coverage({7}), {})
    assert set(doubtful) == {7}
    assert (doubtful[7][BOX] == 255).all()


def test_what_moves_in_a_brief_opening_is_no_background() -> None:
    moving = {i: covered(BOX) for i in range(6, 11)}
    assert set(passing(coverage({6, 7, 8, 9}), moving)) == {6, 7, 8, 9}


def test_what_rests_in_a_brief_opening_is_background() -> None:
    assert not passing(coverage({6, 7, 8, 9}), {})


def test_a_shot_that_begins_or_ends_open_is_trusted() -> None:
    moving = {i: covered(BOX) for i in range(20)}
    assert not passing(coverage({0, 1, 2, 18, 19}), moving)


def test_brightness_is_no_movement() -> None:
    random = np.random.default_rng(0)
    before = random.integers(40, 200, (36, 64)).astype(np.uint8)
    assert not changed(before, (before * 1.1).astype(np.uint8), np.eye(3)).any()
    after = before.copy()
    after[10:20, 20:30] = 255 - after[10:20, 20:30]
    assert changed(before, after, np.eye(3))[12:18, 22:28].mean() > 200


def test_a_clean_plate_is_needed_only_where_no_near_frame_shows() -> None:
    assert not parts_of(coverage({0, 1, 2, 3}, 12), window=12)
    (part,) = parts_of(coverage({0, 1, 2, 3}, 40), window=12)
    assert (part.first, part.last) == (16, 39)
    assert set(part.anchors) & {0, 1, 2, 3}
