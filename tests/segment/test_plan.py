"""What is tracked from where, and what is read and kept for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.segment.scenes import Scene, disc
from void_studio.progress import CancelToken
from void_studio.segment.classical.marks import Marks
from void_studio.segment.classical.reader import frames_in_order
from void_studio.segment.classical.spans import Span, spans
from void_studio.segment.protocol import Direction


class TestSpans:
    def test_between_before_and_after(self) -> None:
        assert spans([3, 7], (0, 9)) == [
            Span(0, 2, None, 3),
            Span(4, 6, 3, 7),
            Span(8, 9, 7, None),
        ]

    def test_directions(self) -> None:
        assert spans([3, 7], (0, 9), Direction.FORWARD) == [
            Span(4, 6, 3, None),
            Span(8, 9, 7, None),
        ]
        assert spans([3, 7], (0, 9), Direction.BACKWARD) == [
            Span(0, 2, None, 3),
            Span(4, 6, None, 7),
        ]

    @given(st.sets(st.integers(0, 30), min_size=1), st.integers(0, 30), st.integers(0, 30))
    def test_every_frame_once(self, marked: set[int], one: int, other: int) -> None:
        first, last = min(one, other), max(one, other)
        covered = [
            index
            for span in spans(sorted(marked), (first, last))
            for index in range(span.first, span.last + 1)
        ]
        assert covered == [index for index in range(first, last + 1) if index not in marked]


class TestReader:
    def test_forwards_one_at_a_time(self) -> None:
        scene = Scene(lambda _: (10, 10), count=9)
        frames = frames_in_order(scene, 2, 8, scene.size, CancelToken())
        assert next(frames)[0] == 2
        assert scene.reads == [2]
        assert [index for index, _ in frames] == [3, 4, 5, 6, 7, 8]

    def test_backwards_in_runs_read_forwards(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("void_studio.segment.classical.reader._RUN_FRAMES", 3)
        scene = Scene(lambda index: (10 * index, 10), count=9)
        frames = list(frames_in_order(scene, 7, 1, scene.size, CancelToken()))
        assert [index for index, _ in frames] == [7, 6, 5, 4, 3, 2, 1]
        assert scene.reads == [5, 6, 7, 2, 3, 4, 1]
        assert np.array_equal(frames[2][1], scene.read_rgb8(5))

    def test_runs_are_short_when_frames_are_large(self) -> None:
        scene = Scene(lambda _: (10, 10), count=100, size=(8, 8))
        frames = frames_in_order(scene, 99, 0, (8192, 4320), CancelToken())
        scene.read_rgb8 = lambda index, size: scene.reads.append(index)  # type: ignore[method-assign, return-value, misc]
        next(frames)
        assert len(scene.reads) == 2


def test_marks_are_kept_exactly() -> None:
    marks = Marks()
    mask = disc((33, 17), 10, 8, 5)
    marks.set(4, mask)
    copied = marks.copy()
    marks.discard(4)
    assert not marks
    assert list(copied) == [4]
    assert np.array_equal(copied[4], mask)
