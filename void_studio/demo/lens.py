"""From light to code values: the softness and falloff of the lens, the tone curve, the noise."""

from __future__ import annotations

import cv2
import numpy as np

from void_studio.demo.camera import Floats

EXPOSURE = 0.50
SOFTNESS = 0.55 / 1280  # standard deviation of the lens blur, as a share of the width
VIGNETTE = 0.34  # light lost in the corners
SHARED_NOISE, CHANNEL_NOISE = 1.1, 0.55  # standard deviations in code values of 255
ROAM = 128  # pixels by which the noise of two frames may be shifted


class Lens:
    """A lens for pictures of one size (width, height)."""

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        ratio = height / width
        x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
        y = ((np.arange(height, dtype=np.float32) + 0.5) / height - 0.5) * ratio
        off_axis = (x[None] ** 2 + y[:, None] ** 2) / (0.25 + 0.25 * ratio**2)
        share = (EXPOSURE * (1 - VIGNETTE * off_axis**1.5)).astype(np.float32)
        self._exposure = cv2.merge([share] * 3)
        self._blur = SOFTNESS * width

    def soften(self, picture: Floats) -> Floats:
        """``picture`` (H, W) or (H, W, 3) as sharp as the lens draws it."""
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), self._blur), np.float32)

    def develop(self, light: Floats, where: tuple[slice, slice] | None = None) -> Floats:
        """Linear light (H, W, 3), softened, as display code values: 0 to 255, not rounded.

        The tone curve is Narkowicz's fit of the ACES reference transform, with a gamma of 2.2.

        Args:
            light: The whole picture.
            where: The part to develop; only that part is returned.
        """
        whole = (slice(None), slice(None))
        seen = light[where or whole] * self._exposure[where or whole]
        toned = seen * (2.51 * seen + 0.03) / (seen * (2.43 * seen + 0.59) + 0.14)
        return np.asarray(cv2.pow(np.clip(toned, 0, 1), 1 / 2.2) * 255, np.float32)


class Sensor:
    """The noise of a sensor: one large field of it, from which every frame takes another part."""

    def __init__(self, size: tuple[int, int], rng: np.random.Generator) -> None:
        self._size = size
        self._rng = rng
        shape = (size[1] + ROAM, size[0] + ROAM)
        shared = rng.standard_normal((*shape, 1), np.float32) * np.float32(SHARED_NOISE)
        channels = rng.standard_normal((*shape, 3), np.float32) * np.float32(CHANNEL_NOISE)
        self._field = shared + channels

    def noise(self) -> Floats:
        """The noise (H, W, 3) of the next frame, in code values."""
        width, height = self._size
        x, y = self._rng.integers(0, ROAM, 2)
        return self._field[y : y + height, x : x + width]
