"""The job kind ``remove``: from plate and quadmask to the patches of a take."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from void_studio import __version__
from void_studio.errors import VoidError
from void_studio.files import encode_png, write_atomic
from void_studio.media.plate import Plate
from void_studio.quadmask.bits import Bytes
from void_studio.quadmask.png import decode_mask_png
from void_studio.remove.protocol import Picture, RemoveRequest, load_settings
from void_studio.remove.registry import get_remover
from void_studio.shot.png import read_bounded
from void_studio.shot.take import THUMBNAIL_NAME, Take, TakeRecord, patch_path, write_record
from void_studio.worker.earlier import held_take
from void_studio.worker.outputs import DAMAGED, clear_leftovers, finished_frames, open_checked
from void_studio.worker.report import JobCancel, JobReporter
from void_studio.worker.spec import DRAFT, RemoveSpec

_THUMBNAIL_SIDE = 320


def remove(folder: Path, spec: RemoveSpec, reporter: JobReporter, cancel: JobCancel) -> None:
    """Runs the job in ``folder``; a patch that is there is not made again.

    Raises:
        VoidError: the plate is not the one of the spec, or the removal is not possible.
        Cancelled: the job was asked to stop.
    """
    started = time.monotonic()
    remover = get_remover(spec.remover)
    settings = load_settings(remover.settings, spec.settings)
    outputs = folder / "outputs"
    (outputs / "patches").mkdir(parents=True, exist_ok=True)
    (folder / "checkpoints").mkdir(exist_ok=True)
    clear_leftovers(folder)
    corners: dict[int, tuple[int, int]] = {}
    for event in finished_frames(folder):
        with contextlib.suppress(*DAMAGED):
            corners[int(event["index"])] = int(event["x"]), int(event["y"])
    with open_checked(spec.plate) as plate:
        request = RemoveRequest(
            plate=plate,
            quadmask=lambda index: _levels(folder, index, spec.plate.size),
            frames=spec.frames,
            settings=settings,
            done=frozenset(corners),
            earlier=_earlier(folder, plate),
        )
        for patch in remover.remove(request, reporter, cancel, folder / "checkpoints"):
            path = patch_path(outputs, patch.index)
            write_atomic(path, encode_png(patch.rgba))
            corners[patch.index] = (patch.x, patch.y)
            reporter.frame(patch.index, path.relative_to(folder), x=patch.x, y=patch.y)
        settled = settings.model_dump(mode="json")
        record = TakeRecord(
            job_id=spec.id,
            remover=spec.remover,
            engine=f"void-studio {__version__}",
            label=_label(spec, reporter),
            created=spec.created,
            settings=settled,
            seed=settled.get("seed"),
            prompt=settled.get("prompt", ""),
            facts=reporter.facts,
            timings={"last run": round(time.monotonic() - started, 3)},
            content_id=spec.plate.content_id,
            size=spec.plate.size,
            frames=spec.frames,
            patches=dict(sorted(corners.items())),
        )
        _write_thumbnail(Take(outputs, record), plate)
    write_record(outputs, record)


def _label(spec: RemoveSpec, reporter: JobReporter) -> str:
    """What the list of takes shows; what is not exact says so, whatever made it inexact."""
    approximate = reporter.facts.get("approximate") is True and not spec.label.endswith(DRAFT)
    return f"{spec.label} (approximate)"[:200] if approximate else spec.label


def _earlier(folder: Path, plate: Plate) -> Callable[[int], Picture] | None:
    take = held_take(folder)
    return None if take is None else lambda index: take.compose(index, plate.read(index))


def _levels(folder: Path, index: int, size: tuple[int, int]) -> Bytes | None:
    """The quadmask of a frame as the job snapshotted it; None where nothing is marked."""
    path = folder / "inputs" / "masks" / f"{index:06d}.png"
    if not path.exists():
        return None
    data = read_bounded(path, size[0] * size[1] * 2 + 2**20)
    try:
        return decode_mask_png(data, size, path.name)
    except VoidError as error:
        raise VoidError(error.what, error.why, "Make the job again") from error


def _write_thumbnail(take: Take, plate: Plate) -> None:
    frames = sorted(take.record.patches) or [take.record.frames[0]]
    middle = frames[len(frames) // 2]
    width, height = plate.info.size
    scale = min(1.0, _THUMBNAIL_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    picture = take.compose_scaled(middle, plate.read_rgb8(middle, size))
    write_atomic(take.folder / THUMBNAIL_NAME, encode_png(picture))
