"""Padding and windows: laws for every length."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from void_studio.remove.void.lengths import (
    RELEASED_WINDOW,
    is_window,
    latents_of,
    padded_indices,
    padded_length,
    windows_of,
)

WINDOWS = st.integers(0, 24).map(lambda n: 8 * n + 5)


@pytest.mark.parametrize(
    ("count", "padded"),
    [(1, 85), (20, 85), (85, 85), (86, 93), (90, 93), (94, 101), (100, 101), (197, 197)],
)
def test_clips_are_padded_as_released(count: int, padded: int) -> None:
    assert padded_length(count, longest=197) == padded


def test_a_long_clip_is_only_cut_if_that_is_wanted() -> None:
    assert padded_length(250, longest=197) == 197
    assert padded_length(250) == 253


def test_every_clip_gets_an_even_number_of_latents() -> None:
    for count in range(1, 401):
        padded = padded_length(count)
        assert padded >= max(count, RELEASED_WINDOW)
        assert padded % 4 == 1
        assert latents_of(padded) % 2 == 0
        assert padded == RELEASED_WINDOW or padded - count < 8


@given(st.integers(1, 500), WINDOWS)
def test_windows_are_what_lengths_come_out_as(count: int, window: int) -> None:
    assert is_window(padded_length(count, window))


@given(st.integers(1, 60), st.integers(1, 400))
def test_padding_runs_to_and_fro(count: int, target: int) -> None:
    indices = padded_indices(count, target)
    assert len(indices) == target
    assert indices[:count] == list(range(min(count, target)))
    there_and_back = [*range(count), *reversed(range(count))]
    assert indices == [there_and_back[place % (2 * count)] for place in range(target)]


@given(st.integers(1, 120), st.integers(1, 40), st.integers(0, 39))
def test_windows_cover_every_latent(latents: int, window: int, overlap: int) -> None:
    if latents > window and overlap >= window:
        with pytest.raises(ValueError, match="cannot overlap"):
            windows_of(latents, window, overlap)
        return
    found = windows_of(latents, window, overlap)
    assert found[0][0] == 0
    assert found[-1][1] == latents
    assert all(0 < end - begin <= window for begin, end in found)
    for (_, end), (begin, next_end) in pairwise(found):
        assert end - begin == overlap
        assert next_end > end


@given(st.integers(11, 60).map(lambda half: 2 * half))
def test_windows_of_even_clips_are_even(latents: int) -> None:
    assert all((end - begin) % 2 == 0 for begin, end in windows_of(latents, 22, 4))
