"""How many frames VOID works on: padding, latents and the windows of long clips.

Rules and constants are those of VOID's released loader (``temporal_padding``) and pipeline, commit
66e9c0e. A *latent* stands for 4 frames, the first one for a single frame; the network joins latents
in pairs, so their number must be even.
"""

from __future__ import annotations

RELEASED_WINDOW = 85
"""Frames in one window as released: 22 latents."""

LEAST_WINDOW = 21
"""Fewer than 6 latents leave no room for the overlap of 4."""


def is_window(frames: int) -> bool:
    """Whether ``frames`` give an even number of latents: 5, 13, 21, ... 85, ..."""
    return frames >= 5 and frames % 8 == 5


def latents_of(frames: int) -> int:
    """Latents of ``frames`` pixel frames, which must be 4n + 1."""
    return (frames - 1) // 4 + 1


def padded_length(count: int, window: int = RELEASED_WINDOW, longest: int | None = None) -> int:
    """Frames that a clip of ``count`` is padded (or cut, if ``longest`` is given) to.

    The smallest 4n + 1 that holds it and gives an even number of latents, at least ``window``:
    1 and 85 give 85, 90 gives 93, 100 gives 101.
    """
    fitting = -(-(count - 1) // 4) * 4 + 1
    if latents_of(fitting) % 2:
        fitting += 4
    return max(window, fitting if longest is None else min(fitting, longest))


def padded_indices(count: int, target: int) -> list[int]:
    """Which frame of ``count`` each of ``target`` frames is.

    The whole sequence so far is appended flipped, so that the last frame is repeated at the turn,
    until it is long enough: 0 1 2 2 1 0 0 1 2 ...
    """
    indices = list(range(min(count, target)))
    while len(indices) < target:
        indices += indices[::-1]
    return indices[:target]


def windows_of(latents: int, window: int, overlap: int) -> list[tuple[int, int]]:
    """First and behind-last latent of every window; the last one may be shorter.

    Args:
        latents, window, overlap: In latents.

    Raises:
        ValueError: windows that overlap wholly would never get to the end.
    """
    if latents <= window:
        return [(0, latents)]
    if not 0 <= overlap < window:
        raise ValueError(f"windows of {window} latents cannot overlap by {overlap}")
    found = []
    begin = 0
    while True:
        end = min(begin + window, latents)
        found.append((begin, end))
        if end == latents:
            return found
        begin = end - overlap
