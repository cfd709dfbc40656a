"""Tracks a clip from its recorded clicks and prints how well and how fast, as JSON.

    python -m tests.benchmarks.bench_track ../shared/clips/lime [--sheet sheet.png]

The clip is a VOID sequence folder; the truth is the *remove* part of its quadmask. ``--point
X,Y@FRAME`` gives clicks for a folder that has none recorded.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.files import encode_png, write_atomic
from void_studio.media.plate import Plate, open_plate
from void_studio.quadmask.video import find_quadmask, read_quadmask
from void_studio.segment.protocol import TrackedFrame
from void_studio.segment.registry import get_segmenter
from void_studio.shot.document import Prompt

Mask = NDArray[np.bool_]


def recorded_clicks(folder: Path) -> list[Prompt]:
    """The clicks of ``segmentation_info.json``."""
    info = json.loads((folder / "segmentation_info.json").read_text("utf-8"))
    return [
        Prompt(frame=int(frame), x=x, y=y)
        for frame, points in info["points_by_frame"].items()
        for x, y in points
    ]


def parsed_click(text: str) -> Prompt:
    place, frame = text.split("@")
    x, y = place.split(",")
    return Prompt(frame=int(frame), x=float(x), y=float(y))


def true_masks(folder: Path) -> list[NDArray[np.uint8]]:
    """The *remove* part of every quadmask frame, packed to bits."""
    return [np.packbits(levels <= 63) for levels, _ in read_quadmask(find_quadmask(folder))]


def overlap(found: Mask, packed_truth: NDArray[np.uint8]) -> float:
    """Intersection over union; 1 where both are empty."""
    truth = np.unpackbits(packed_truth, count=found.size).reshape(found.shape).astype(bool)
    union = int((found | truth).sum())
    return float((found & truth).sum() / union) if union else 1.0


def track_clip(
    folder: Path, prompts: list[Prompt], sheet: Path | None = None, last: int | None = None
) -> dict[str, object]:
    """Clicks and tracks; times exclude reading the truth."""
    truth = true_masks(folder)
    overlaps: dict[int, float] = {}
    confidences: dict[int, float] = {}
    cells: dict[int, NDArray[np.uint8]] = {}
    started, cpu = time.perf_counter(), time.process_time()
    scoring = 0.0
    with open_plate(folder / "input_video.mp4") as plate:
        session = get_segmenter("classical").open(plate)
        for frame in sorted({prompt.frame for prompt in prompts}):
            session.set_prompts("0", frame, [p for p in prompts if p.frame == frame])
        clicked = time.perf_counter() - started
        end = plate.count - 1 if last is None else last
        for tracked in session.track("0", (0, end)):
            pause = time.process_time()
            overlaps[tracked.index] = overlap(tracked.mask, truth[tracked.index])
            confidences[tracked.index] = tracked.confidence
            if sheet:
                cells[tracked.index] = _cell(tracked, overlaps[tracked.index])
            scoring += time.process_time() - pause
        session.close()
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
        if sheet:
            write_atomic(sheet, encode_png(_contact_sheet(plate, cells)))
    return {
        "clip": folder.name,
        "frames": len(overlaps),
        "mean_iou": round(float(np.mean(list(overlaps.values()))), 4),
        "worst_iou": round(min(overlaps.values()), 4),
        "click_s": round(clicked, 2),
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu - scoring, 2),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "iou": [round(overlaps[index], 3) for index in sorted(overlaps)],
        "confidence": [round(confidences[index], 2) for index in sorted(confidences)],
    }


def _cell(tracked: TrackedFrame, score: float) -> NDArray[np.uint8]:
    """The mask, small; the picture is added when all is done."""
    height, width = tracked.mask.shape
    small = (480, max(1, round(480 * height / width)))
    cell = cv2.resize(tracked.mask.astype(np.uint8) * 255, small, interpolation=cv2.INTER_AREA)
    cv2.putText(cell, f"{score:.2f}", (400, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 200, 1)
    return cell


def _contact_sheet(plate: Plate, cells: dict[int, NDArray[np.uint8]]) -> NDArray[np.uint8]:
    chosen = sorted(cells)[:: max(1, len(cells) // 20)]
    pictures = []
    for index in chosen:
        cell = cells[index]
        rgb = plate.read_rgb8(index, (cell.shape[1], cell.shape[0]))
        outlines, _ = cv2.findContours(
            (cell > 127).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
        )
        rgb = np.ascontiguousarray(rgb)
        cv2.drawContours(rgb, outlines, -1, (255, 0, 0), 1)
        cv2.putText(rgb, str(index), (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 0), 2)
        pictures.append(rgb)
    while len(pictures) % 4:
        pictures.append(np.zeros_like(pictures[0]))
    return np.vstack([np.hstack(pictures[k : k + 4]) for k in range(0, len(pictures), 4)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--point", action="append", default=[], metavar="X,Y@FRAME")
    parser.add_argument("--sheet", type=Path, help="where a contact sheet PNG is written")
    options = parser.parse_args()
    prompts = [parsed_click(text) for text in options.point] or recorded_clicks(options.folder)
    print(json.dumps(track_clip(options.folder, prompts, options.sheet)))


if __name__ == "__main__":
    main()
