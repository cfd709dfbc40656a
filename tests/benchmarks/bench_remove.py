"""How well and how fast the clean-plate remover takes a pasted disc out of real shots.

Run by hand: ``python -m tests.benchmarks.bench_remove [--clips FOLDER] [--case NAME] [--set K=V]``.
Prints one JSON object per case: PSNR inside the exact mask over all frames, the gain over
per-frame ``cv2.inpaint`` (the better of Telea and Navier-Stokes, radius 5), frames per second
with decoding, wall and processor time, peak memory, and changed pixels outside the mask.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.conftest import CLIPS
from void_studio.media.plate import open_plate
from void_studio.progress import CancelToken, Silent
from void_studio.remove.clean_plate import CleanPlate, CleanPlateSettings
from void_studio.remove.composite import apply_patch
from void_studio.remove.protocol import RemoveRequest, parse_settings

Point = tuple[float, float]


@dataclass(frozen=True)
class Case:
    """A disc moving over a clip from ``start`` to ``end``, in shares of its size."""

    name: str
    clip: str
    start: Point
    end: Point
    radius: int = 60
    size: tuple[int, int] | None = None
    textured: bool = True
    wave: float = 0.0
    last: int | None = None


HD = (1280, 720)
CASES = [
    Case("duck, background above", "ducky-float", (0.08, 0.17), (0.93, 0.22)),
    Case(
        "duck, background above, before the press",
        "ducky-float",
        (0.08, 0.17),
        (0.93, 0.22),
        last=9,
    ),
    Case("duck, over the duck", "ducky-float", (0.2, 0.42), (0.7, 0.58)),
    Case("duck, over the water", "ducky-float", (0.5, 0.78), (0.96, 0.83)),
    Case("duck, down the water", "ducky-float", (0.7, 0.5), (0.78, 0.92), textured=False),
    Case("duck, across everything", "ducky-float", (0.06, 0.83), (0.94, 0.2)),
    Case("duck, waves across", "ducky-float", (0.08, 0.5), (0.92, 0.5), wave=0.3),
    Case(
        "duck, waves across, plain",
        "ducky-float",
        (0.08, 0.5),
        (0.92, 0.5),
        wave=0.3,
        textured=False,
    ),
    Case("ball, table", "moving_ball", (0.15, 0.45), (0.75, 0.7), size=HD),
    Case("ball, along the ball", "moving_ball", (0.15, 0.26), (0.8, 0.28), size=HD),
    Case("ball, waves across", "moving_ball", (0.08, 0.5), (0.92, 0.5), size=HD, wave=0.3),
    Case(
        "ball, waves across, plain",
        "moving_ball",
        (0.08, 0.5),
        (0.92, 0.5),
        size=HD,
        wave=0.3,
        textured=False,
    ),
    Case("ball, hardly moving", "moving_ball", (0.4, 0.5), (0.45, 0.52), size=HD),
]


class DiscPlate:
    """A clip with a disc pasted over it, decoded as it is read."""

    def __init__(self, case: Case, clips: Path) -> None:
        self._plate = open_plate(clips / case.clip / "input_video.mp4")
        self.count = self._plate.count if case.last is None else case.last + 1
        self.size = case.size or self._plate.size
        self._case = case
        random = np.random.default_rng(5)
        cells = random.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        side = 2 * case.radius + 3
        self._texture = cv2.resize(cells, (side, side), interpolation=cv2.INTER_CUBIC)
        if not case.textured:
            self._texture[:] = (200, 40, 60)

    def truth(self, index: int) -> NDArray[np.uint8]:
        if self.size == self._plate.size:
            return self._plate.read(index)
        return self._plate.read_rgb8(index, self.size)

    def centre(self, index: int) -> Point:
        share = index / max(1, self.count - 1)
        start, end = self._case.start, self._case.end
        x = start[0] + (end[0] - start[0]) * share
        y = start[1] + (end[1] - start[1]) * share
        y += self._case.wave * math.sin(3 * math.pi * share)
        return x * self.size[0], y * self.size[1]

    def mask(self, index: int) -> NDArray[np.bool_]:
        x, y = self.centre(index)
        rows, columns = np.ogrid[: self.size[1], : self.size[0]]
        inside = np.square(columns + 0.5 - x) + np.square(rows + 0.5 - y)
        return np.asarray(inside <= self._case.radius**2)

    def quadmask(self, index: int) -> NDArray[np.uint8]:
        return np.where(self.mask(index), 0, 255).astype(np.uint8)

    def read(self, index: int) -> NDArray[np.uint8]:
        picture = self.truth(index).copy()
        rows, columns = np.nonzero(self.mask(index))
        x, y = self.centre(index)
        radius = self._case.radius
        picture[rows, columns] = self._texture[
            rows - math.floor(y - radius) + 1, columns - math.floor(x - radius) + 1
        ]
        return picture

    def close(self) -> None:
        self._plate.close()


def psnr(errors: list[NDArray[Any]]) -> float:
    """PSNR of 8-bit errors, pooled over all of them."""
    total = sum(float(np.square(e.astype(np.float64)).sum()) for e in errors)
    return 10 * math.log10(255.0**2 / max(1e-12, total / sum(e.size for e in errors)))


def inpainted(plate: DiscPlate, flag: int) -> Callable[[int], NDArray[np.uint8]]:
    def picture(index: int) -> NDArray[np.uint8]:
        return cv2.inpaint(plate.read(index), plate.mask(index).astype(np.uint8), 5, flag)

    return picture


def errors_inside(
    plate: DiscPlate, picture: Callable[[int], NDArray[np.uint8]]
) -> Iterator[NDArray[np.int16]]:
    for index in range(plate.count):
        mask = plate.mask(index)
        truth = plate.truth(index)[mask].astype(np.int16)
        yield picture(index)[mask].astype(np.int16) - truth


def measure(case: Case, clips: Path, settings: CleanPlateSettings) -> dict[str, Any]:
    plate = DiscPlate(case, clips)
    request = RemoveRequest(plate, plate.quadmask, (0, plate.count - 1), settings)
    with tempfile.TemporaryDirectory() as folder:
        cpu, start = time.process_time(), time.perf_counter()
        patches = list(CleanPlate().remove(request, Silent(), CancelToken(), Path(folder)))
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    outside = 0
    results = {}
    for patch in patches:
        before = plate.read(patch.index)
        after = apply_patch(before, patch)
        mask = plate.mask(patch.index)
        outside += int(np.count_nonzero((before != after).any(axis=2) & ~mask))
        results[patch.index] = after
    ours = list(errors_inside(plate, results.__getitem__))
    telea = psnr(list(errors_inside(plate, inpainted(plate, cv2.INPAINT_TELEA))))
    stokes = psnr(list(errors_inside(plate, inpainted(plate, cv2.INPAINT_NS))))
    worst = min(psnr([e]) for e in ours)
    plate.close()
    return {
        "case": case.name,
        "frames": plate.count,
        "psnr": round(psnr(ours), 1),
        "worst_frame": round(worst, 1),
        "inpaint": round(max(telea, stokes), 1),
        "gain": round(psnr(ours) - max(telea, stokes), 1),
        "fps": round(plate.count / wall, 1),
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "changed_outside": outside,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, default=CLIPS)
    parser.add_argument("--case", default="", help="only cases whose name holds this")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.epilog = "--set grow=0 keeps to the exact mask, whatever the plate"
    options = parser.parse_args()
    settings = parse_settings(CleanPlateSettings, options.set)
    for case in CASES:
        if options.case in case.name:
            print(json.dumps(measure(case, options.clips, settings)), flush=True)


if __name__ == "__main__":
    main()
