"""What holds for every tool that paints, whatever is drawn with it on whatever mask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from tests.app.tools.sheet import ALT, NONE, SHIFT, SIZE, Sheet, at
from void_studio.app.tools.brush import BrushTool
from void_studio.app.tools.grid import GridTool
from void_studio.app.tools.lasso import LassoTool
from void_studio.app.tools.level import PaintLevel
from void_studio.app.tools.painting import PaintTool
from void_studio.app.tools.polygon import PolygonTool
from void_studio.app.tools.rectangle import RectangleTool
from void_studio.app.tools.wand import WandTool
from void_studio.quadmask.bits import (
    CANONICAL,
    EFFECTIVE,
    LEVELS,
    TRACKED,
    Plane,
    plane_mask,
)

pytestmark = pytest.mark.usefixtures("qapp")

TOOLS: dict[str, Callable[[Any], PaintTool]] = {
    "brush": BrushTool,
    "eraser": lambda session: BrushTool(session, erases=True),
    "lasso": LassoTool,
    "polygon": PolygonTool,
    "rectangle": RectangleTool,
    "grid": GridTool,
    "wand": WandTool,
}
PLACES = st.tuples(st.integers(-20, SIZE[0] + 20), st.integers(-20, SIZE[1] + 20)).map(
    lambda place: (place[0] + 0.5, place[1] + 0.5)
)
PATHS = st.lists(PLACES, min_size=1, max_size=6)
SEEDS = st.integers(0, 2**16)
KEYS = st.sampled_from([NONE, ALT, SHIFT])


def any_field(seed: int) -> np.ndarray:
    """A mask with everything in it, in blocks."""
    blocks = np.random.default_rng(seed).integers(0, 64, (SIZE[1] // 8, SIZE[0] // 8), np.uint8)
    return CANONICAL[np.kron(blocks, np.ones((8, 8), np.uint8))]


def any_picture(seed: int) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(0, 256, (SIZE[1] // 8, SIZE[0] // 8, 3), np.uint8)
    return np.kron(blocks, np.ones((8, 8, 1), np.uint8))


def draw(tool: PaintTool, path: list[tuple[float, float]], keys: Any, pressure: float) -> None:
    """One use of the tool along a path."""
    if isinstance(tool, PolygonTool):
        for place in path:
            tool.press(at(place, keys))
            tool.release(at(place, keys))
        tool.double_click(at(path[-1], keys))
        return
    tool.hover(at(path[0], keys))
    tool.press(at(path[0], keys, pressure=pressure))
    for step, place in enumerate(path[1:]):
        tool.move(at(place, keys, pressure=pressure if step % 2 else 1.0))
    tool.release(at(path[-1], keys, pressure=0.0))


@pytest.mark.parametrize("name", TOOLS)
@settings(max_examples=40)
@given(
    seed=SEEDS,
    path=PATHS,
    keys=KEYS,
    level=st.sampled_from(PaintLevel),
    size=st.integers(1, 40),
    pressure=st.floats(0, 1),
    swapped=st.booleans(),
)
def test_a_tool_keeps_the_laws_of_the_mask(
    qapp: QApplication,
    name: str,
    seed: int,
    path: list[tuple[float, float]],
    keys: Any,
    level: PaintLevel,
    size: int,
    pressure: float,
    swapped: bool,
) -> None:
    before = any_field(seed)
    sheet = Sheet(before.copy(), any_picture(seed))
    sheet.brush.set_size(size)
    sheet.brush.set_level(level)
    sheet.brush.set_swapped(swapped)
    draw(TOOLS[name](sheet), path, keys, pressure)
    after = sheet.field
    changed = after != before

    # Only what is painted changes, and of that only the planes of the level.
    touched = np.bitwise_or.reduce((after ^ before).ravel())
    assert not touched & TRACKED
    for plane in set(Plane) - set(level.planes):
        assert not touched & (plane.is_painted_bit | plane.painted_bit)
        assert np.array_equal(plane_mask(after, plane), plane_mask(before, plane))

    # A level is never written: it follows from the two facts.
    assert np.array_equal(CANONICAL[after], after)
    remove, affected = (plane_mask(after, plane) for plane in (Plane.REMOVE, Plane.AFFECTED))
    derived = np.select([remove & affected, remove, affected], [63, 0, 127], 255)
    assert np.array_equal(LEVELS[after], derived)

    # The screen is told of everything that changed.
    told = np.zeros_like(changed)
    for rect in sheet.edited:
        told[rect.slices] = True
    assert not (changed & ~told).any()

    # The same on another frame gives the same there, and one undo restores every bit.
    assert len(sheet.again) <= 1
    if sheet.again:
        other = before.copy()
        sheet.again[0](other)
        assert np.array_equal(other, after)
    assert len(sheet.diffs) == int(changed.any())
    for diff in sheet.diffs:
        diff.apply(after)
        assert np.array_equal(after, before)


@pytest.mark.parametrize("name", TOOLS)
def test_erasing_takes_away_what_painting_set(qapp: QApplication, name: str) -> None:
    path = [(10.5, 10.5), (60.5, 12.5), (50.5, 60.5)]
    sheet = Sheet(np.zeros((SIZE[1], SIZE[0]), np.uint8))
    sheet.brush.set_size(9)
    sheet.brush.set_level(PaintLevel.AFFECTED)
    tool = TOOLS[name](sheet)
    paints, erases = (ALT, NONE) if name == "eraser" else (NONE, ALT)
    draw(tool, path, paints, 1.0)
    assert (EFFECTIVE[sheet.field] == 2).any()
    draw(tool, path, erases, 1.0)
    assert not EFFECTIVE[sheet.field].any()


@pytest.mark.parametrize("name", TOOLS)
@pytest.mark.parametrize("keys", [NONE, SHIFT])
def test_a_locked_frame_stays_and_the_press_says_so(
    qapp: QApplication, name: str, keys: Any
) -> None:
    sheet = Sheet(any_field(3), any_picture(3))
    sheet.locked = True
    before = sheet.field.copy()
    tool = TOOLS[name](sheet)
    tool.press(at((10.5, 10.5), keys))
    assert sheet.refused == 1
    tool.move(at((40.5, 30.5), keys))
    tool.release(at((40.5, 30.5), keys))
    assert sheet.refused == 1
    draw(tool, [(10.5, 10.5), (60.5, 12.5), (50.5, 60.5)], keys, 1.0)
    assert np.array_equal(sheet.field, before)
    assert not sheet.again


@pytest.mark.parametrize("name", TOOLS)
@pytest.mark.parametrize("keys", [NONE, SHIFT])
def test_another_frame_in_the_middle_ends_it(qapp: QApplication, name: str, keys: Any) -> None:
    sheet = Sheet(any_field(4), any_picture(4))
    tool = TOOLS[name](sheet)
    tool.hover(at((10.5, 10.5), keys))
    tool.press(at((10.5, 10.5), keys))
    tool.move(at((40.5, 30.5), keys))
    sheet.index = 1
    tool.finish()
    steps, before = len(sheet.again), sheet.field.copy()
    tool.move(at((60.5, 50.5), keys))
    tool.release(at((70.5, 60.5), keys))
    assert np.array_equal(sheet.field, before)
    assert len(sheet.again) == steps
    tool.leave()
    assert not tool.marks()
