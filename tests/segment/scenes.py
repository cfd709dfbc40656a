"""Small scenes with a known truth: a textured disc over a textured ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Place = Callable[[int], tuple[float, float]]


def texture(seed: int, size: tuple[int, int], colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Soft blotches of about 5 pixels around a colour."""
    width, height = size
    noise = np.random.default_rng(seed).normal(0, 1, (height, width, 3)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 2.5)
    noise *= 22 / noise.std()
    return np.clip(noise + np.array(colour, np.float32), 0, 255).astype(np.uint8)


@dataclass
class Scene:
    """A FrameSource that draws its frames when they are asked for.

    Attributes:
        place: The disc's centre on each frame.
        post: Left and right of an upright post in front of the disc, pixels; None for none.
        reads: The indices read, in order.
    """

    place: Place
    count: int = 16
    size: tuple[int, int] = (320, 200)
    radius: int = 30
    post: tuple[int, int] | None = None
    reads: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ground = texture(1, self.size, (90, 120, 90))
        side = 2 * self.radius + 1
        self._disc = texture(2, (side, side), (190, 90, 70))
        self._post = texture(3, self.size, (70, 70, 150))

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        assert 0 <= index < self.count
        self.reads.append(index)
        picture = self._ground.copy()
        across, down = (round(value) for value in self.place(index))
        mask = self._whole(index)
        rows, columns = np.nonzero(mask)
        disc_rows = rows - down + self.radius
        disc_columns = columns - across + self.radius
        picture[rows, columns] = self._disc[disc_rows, disc_columns]
        if self.post:
            picture[:, slice(*self.post)] = self._post[:, slice(*self.post)]
        noise = np.random.default_rng(100 + index).normal(0, 2, picture.shape)
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
        if size is None or size == self.size:
            return picture
        return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)

    def _whole(self, index: int) -> NDArray[np.bool_]:
        across, down = (round(value) for value in self.place(index))
        x, y = np.arange(self.size[0]), np.arange(self.size[1])
        return (x[None, :] - across) ** 2 + (y[:, None] - down) ** 2 <= self.radius**2

    def truth(self, index: int) -> NDArray[np.bool_]:
        """What is seen of the disc."""
        mask = self._whole(index)
        if self.post:
            mask[:, slice(*self.post)] = False
        return mask


def overlap(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Intersection over union; 1 where both are empty."""
    union = int((found | truth).sum())
    return float((found & truth).sum() / union) if union else 1.0


def disc(size: tuple[int, int], x: float, y: float, radius: float) -> NDArray[np.bool_]:
    """A mask of ``size`` (width, height) with one disc."""
    across, down = np.arange(size[0]), np.arange(size[1])
    mask: NDArray[np.bool_] = (across[None, :] - x) ** 2 + (down[:, None] - y) ** 2 <= radius**2
    return mask
