"""Fields of motion: (H, W, 2) float32, in pixels, where a pixel was in another picture."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

Field = NDArray[np.float32]
Plane = NDArray[np.float32]

_AFFINE_SAMPLES = 50.0  # weight from which a motion's change over space can be told
_STIFFNESS = 1e-3  # doubts a change that hardly any spread of samples shows


class Window(NamedTuple):
    """A rectangle of a picture, ends excluded, pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def shape(self) -> tuple[int, int]:
        return self.bottom - self.top, self.right - self.left


def window_around(mask: NDArray[np.bool_], margin: int) -> Window | None:
    """The mask's bounding box grown by ``margin`` inside the picture; None for an empty mask."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return None
    columns = np.flatnonzero(mask.any(axis=0))
    height, width = mask.shape
    return Window(
        max(0, int(columns[0]) - margin),
        max(0, int(rows[0]) - margin),
        min(width, int(columns[-1]) + 1 + margin),
        min(height, int(rows[-1]) + 1 + margin),
    )


def positions(window: Window) -> Field:
    """The (x, y) of every pixel of a window, in the picture's coordinates."""
    here = np.empty((*window.shape, 2), np.float32)
    here[..., 0] = np.arange(window.left, window.right)
    here[..., 1] = np.arange(window.top, window.bottom)[:, None]
    return here


def look_up(picture: NDArray[Any], where: Field) -> NDArray[np.float32]:
    """The picture's values at ``where``, bilinear; the nearest edge value beyond the edge."""
    across, down = where[..., 0], where[..., 1]
    found = cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def is_inside(where: Field, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which positions lie in a picture of that shape."""
    x, y = where[..., 0], where[..., 1]
    inside: NDArray[np.bool_] = (
        (x >= -0.5) & (x <= shape[1] - 0.5) & (y >= -0.5) & (y <= shape[0] - 0.5)
    )
    return inside


def length(field: Field) -> Plane:
    """The length of every vector."""
    return np.asarray(cv2.magnitude(field[..., 0], field[..., 1]), np.float32)


def extrapolate(field: Field, weight: Plane) -> Field:
    """Keeps a field where its weight is high and continues it smoothly where it is low.

    Averages are pulled from fine to coarse and pushed back where the finer level knows nothing
    (Gortler et al., "The Lumigraph", 1996).
    """
    weight = weight.astype(np.float32)
    levels: list[tuple[MatLike, MatLike]] = [(field * weight[..., None], weight)]
    while min(levels[-1][1].shape) >= 4:
        sums, weights = levels[-1]
        levels.append((cv2.pyrDown(sums), cv2.pyrDown(weights)))
    sums, weights = levels[-1]
    total = sums.sum(axis=(0, 1)) / (weights.sum() + 1e-9)
    result: Field = np.broadcast_to(total.astype(np.float32), sums.shape)
    doubt = 0.05  # the weight of what the coarser level says
    for sums, weights in reversed(levels):
        height, width = weights.shape
        coarse = cv2.resize(result, (width, height), interpolation=cv2.INTER_LINEAR)
        blended = (sums + doubt * coarse) / (weights + doubt)[..., None]
        result = np.asarray(blended, np.float32)
    return result


def continued(field: Field, weight: Plane) -> Field:
    """As ``extrapolate``, for a motion that may turn and grow: on as it changes, not as it is.

    What is known is first explained by one affine motion; only the rest is extrapolated.
    """
    step = max(1, round(max(weight.shape) / 120))  # 120 samples across tell six numbers well
    weights = weight[::step, ::step].ravel()
    if weights.sum() < _AFFINE_SAMPLES:
        return extrapolate(field, weight)
    height, width = weight.shape
    x = (np.arange(width, dtype=np.float32) - width / 2) / max(width, height)
    y = (np.arange(height, dtype=np.float32) - height / 2) / max(width, height)
    across, down = (plane[::step, ::step].ravel() for plane in np.meshgrid(x, y))
    terms = np.stack([np.ones_like(across), across, down], axis=1)
    samples = field[::step, ::step].reshape(-1, 2)
    numbers = _weighted_fit(terms, samples, weights)
    off = np.sqrt(np.square(samples - terms @ numbers).sum(axis=1))
    numbers = _weighted_fit(terms, samples, weights / (1 + off * off))  # again, without strays
    whole = numbers[0] + x[None, :, None] * numbers[1] + y[:, None, None] * numbers[2]
    return np.asarray(whole + extrapolate(field - whole, weight), np.float32)


def _weighted_fit(
    terms: NDArray[np.float32], samples: NDArray[np.float32], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    weighted = terms * weights[:, None]
    still = np.diag([0, _STIFFNESS, _STIFFNESS]) * weights.sum()
    numbers = np.linalg.solve(weighted.T @ terms + still, weighted.T @ samples)
    return np.asarray(numbers, np.float32)


def relative_area(field: Field) -> Plane:
    """How much area a position in this picture has in the other one (1 the same, 0 squashed).

    The determinant of the mapping's Jacobian, of a slightly smoothed field.
    """
    smooth = cv2.blur(field, (5, 5))
    along_x = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    along_y = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    area: Plane = (1 + along_x[..., 0]) * (1 + along_y[..., 1]) - along_x[..., 1] * along_y[..., 0]
    return area
