"""Small shots with a known truth, for the tests of removers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate import CleanPlateSettings
from void_studio.remove.composite import apply_patch
from void_studio.remove.protocol import Patch, RemoveRequest

WIDTH, HEIGHT = 240, 136
OBJECT = (200, 40, 60)

Frame = NDArray[Any]
Mask = NDArray[np.bool_]


def texture(width: int, height: int, seed: int = 0) -> NDArray[np.float32]:
    """A picture with detail at several sizes, float32 (height, width, 3), 30 to 225."""
    random = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for cell, strength in ((48, 70.0), (16, 40.0), (6, 25.0)):
        small = random.uniform(-1, 1, (height // cell + 3, width // cell + 3, 3))
        total += strength * cv2.resize(
            small.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
    return np.clip(total + 128, 30, 225)


@dataclass
class Shot:
    """Frames with an object in them, the frames without it, and where it is.

    ``read`` makes it a plate; ``reads`` counts them.
    """

    truth: list[Frame]
    plate: list[Frame]
    masks: list[Mask]
    reads: list[int] = field(default_factory=list)

    def read(self, index: int) -> Frame:
        self.reads.append(index)
        return self.plate[index]

    def levels(self, index: int) -> NDArray[np.uint8] | None:
        mask = self.masks[index]
        return np.where(mask, 0, 255).astype(np.uint8) if mask.any() else None

    def request(self, done: frozenset[int] = frozenset(), **settings: Any) -> RemoveRequest:
        return RemoveRequest(
            self,
            self.levels,
            (0, len(self.plate) - 1),
            CleanPlateSettings(**{"grow": 0, **settings}),
            done,
        )

    def result(self, patch: Patch) -> Frame:
        return apply_patch(self.plate[patch.index], patch)

    def psnr(self, patches: list[Patch]) -> float:
        """Inside the masks, over all patches, of full scale."""
        errors = [
            self.result(p)[self.masks[p.index]].astype(np.float64)
            - self.truth[p.index][self.masks[p.index]]
            for p in patches
        ]
        error = max(1e-12, float(np.mean(np.square(np.concatenate(errors)))))
        return float(10 * np.log10(float(np.iinfo(self.plate[0].dtype).max) ** 2 / error))

    def inpaint_psnr(self) -> float:
        errors = []
        for truth, plate, mask in zip(self.truth, self.plate, self.masks, strict=True):
            filled = cv2.inpaint(plate, mask.astype(np.uint8), 5, cv2.INPAINT_TELEA)
            errors.append(filled[mask].astype(np.float64) - truth[mask])
        return float(10 * np.log10(255.0**2 / np.mean(np.square(np.concatenate(errors)))))


def disc(x: float, y: float, radius: float = 16) -> Mask:
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    return np.asarray(np.square(columns - x) + np.square(rows - y) <= radius**2)


def across(index: int, count: int) -> Mask:
    """A disc on its way through the picture."""
    share = index / max(1, count - 1)
    return disc(40 + 160 * share, 50 + 40 * share)


def resting(index: int, count: int) -> Mask:
    return disc(120, 70)


def shot(
    count: int = 16,
    where: Callable[[int, int], Mask] = across,
    camera: Callable[[int], NDArray[np.float64]] | None = None,
    light: Callable[[int], float] | None = None,
    behind: Callable[[int, Frame], None] | None = None,
    noise: float = 0.0,
    deep: bool = False,
) -> Shot:
    """Renders a shot.

    Args:
        camera: From pixels of the scene (twice the picture's size) to those of a frame.
        light: Gain of a frame.
        behind: Paints something into the truth of a frame.
        noise: Sigma in 8-bit levels.
        deep: 16 bits instead of 8.
    """
    scene = texture(2 * WIDTH, 2 * HEIGHT)
    centre = np.array([[1.0, 0, -WIDTH / 2], [0, 1.0, -HEIGHT / 2], [0, 0, 1.0]])
    random = np.random.default_rng(1)
    result = Shot([], [], [])
    for index in range(count):
        motion = centre if camera is None else camera(index)
        frame = cv2.warpPerspective(
            scene, motion, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )
        if behind is not None:
            behind(index, frame)
        if light is not None:
            frame = frame * np.float32(light(index))
        frame = frame + random.normal(0, noise, frame.shape) if noise else frame
        scale = 257.0 if deep else 1.0
        truth = np.rint(np.clip(frame, 0, 255) * scale).astype(np.uint16 if deep else np.uint8)
        mask = where(index, count)
        plate = truth.copy()
        plate[mask] = np.array(OBJECT) * int(scale)
        result.truth.append(truth)
        result.plate.append(plate)
        result.masks.append(mask)
    return result
