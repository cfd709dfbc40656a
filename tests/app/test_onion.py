"""Outlines of the masks of neighbour frames."""

from __future__ import annotations

import numpy as np

from void_studio.app.viewer.onion import AFTER, BEFORE, Onion, Outlines
from void_studio.app.viewer.transform import Box, ViewTransform

SIZE = (60, 40)


def field(left: int) -> np.ndarray:
    values = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    values[10:30, left : left + 15] = 1
    return values


def drawn(onion: Onion, transform: ViewTransform, box: Box) -> np.ndarray:
    region = np.zeros((box.bottom - box.top, box.right - box.left, 4), np.uint8)
    onion.draw(region, box, transform)
    return region


def test_an_outline_goes_around_what_is_marked() -> None:
    outlines = Outlines.of(field(5))
    assert not outlines.affected
    (line,) = outlines.remove
    assert line.min(axis=0).tolist() == [5.5, 10.5]
    assert line.max(axis=0).tolist() == [19.5, 29.5]


def test_planes_and_holes_have_outlines_of_their_own() -> None:
    values = field(5)
    values[15:20, 8:14] = 0
    values[2:6, 40:50] = 2
    outlines = Outlines.of(values)
    assert (len(outlines.remove), len(outlines.affected)) == (2, 1)
    assert Outlines.of(np.zeros((4, 4), np.uint8)).remove == ()


def test_before_and_after_have_tints_of_their_own_and_the_inside_is_free() -> None:
    onion = Onion(((-1, Outlines.of(field(5))), (1, Outlines.of(field(35)))))
    transform = ViewTransform(SIZE, (240, 160), 4.0, 0, 0)
    region = drawn(onion, transform, Box(0, 0, 240, 160))
    row = region[80]
    assert row[22, :3].tolist() == list(BEFORE)
    assert row[142, :3].tolist() == list(AFTER)
    assert not row[50].any()
    assert not row[110].any()


def test_a_further_frame_is_fainter() -> None:
    transform = ViewTransform(SIZE, (240, 160), 4.0, 0, 0)
    strengths = [
        int(drawn(Onion(((away, Outlines.of(field(5))),)), transform, Box(0, 0, 240, 160)).sum())
        for away in (-1, -2, -3)
    ]
    assert strengths == sorted(strengths, reverse=True)
    assert len(set(strengths)) == 3


def test_a_part_of_the_view_shows_what_the_whole_would() -> None:
    onion = Onion(((-1, Outlines.of(field(5))),))
    transform = ViewTransform(SIZE, (240, 160), 4.0, 3, 5)
    whole = drawn(onion, transform, Box(0, 0, 240, 160))
    part = drawn(onion, transform, Box(12, 20, 200, 150))
    assert np.array_equal(part, whole[20:150, 12:200])


def test_a_line_far_longer_than_the_view_is_where_it_should_be() -> None:
    values = np.zeros((4320, 8192), np.uint8)
    values[:, 100:8000] = 1
    transform = ViewTransform((8192, 4320), (200, 100), 64.0, 100 - 100.5 * 64, -100000.0)
    region = drawn(Onion(((1, Outlines.of(values)),)), transform, Box(0, 0, 200, 100))
    assert region[:, 99:101].any(axis=(1, 2)).all()
    assert not region[:, :90].any()
