"""VOID sequence folders in and out: ``input_video.mp4``, a quadmask, ``prompt.json``, clicks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from void_studio import files
from void_studio.errors import VoidError
from void_studio.media.plate import open_plate
from void_studio.media.writer import write_video
from void_studio.progress import CancelToken, Reporter, Silent
from void_studio.quadmask.bits import LEVEL_KEEP, TRACKED_AFFECTED, TRACKED_REMOVE
from void_studio.quadmask.levels import field_from_levels, levels_from_field
from void_studio.quadmask.video import find_quadmask, probe_quadmask, read_quadmask, write_quadmask
from void_studio.shot.clicks import INFO_NAME, clicks_of, read_clicks
from void_studio.shot.core import ShotCore
from void_studio.shot.document import PlateRef, Role, ShotDocument, ShotObject
from void_studio.shot.locate import plate_ref
from void_studio.shot.save import Saver
from void_studio.shot.shot import Shot

PLATE_NAME = "input_video.mp4"
QUADMASK_NAME = "quadmask_0.mp4"
PROMPT_NAME = "prompt.json"

_REMOVE_ID, _AFFECTED_ID = "quadmask-remove", "quadmask-affected"


@dataclass(frozen=True)
class ImportReport:
    """What a sequence folder held.

    Attributes:
        quadmask: The file or folder that was read as the mask.
        frames: Number of frames.
        pixels: Number of mask pixels, all frames together.
        snapped: How many of them had a grey that is none of the four levels and were set to the
            nearest.
        prompts: Number of clicks.
        warnings: What could not be read and was left out.
    """

    quadmask: Path
    frames: int
    pixels: int
    snapped: int
    prompts: int
    warnings: tuple[str, ...] = ()


def import_sequence(
    folder: Path,
    shot_folder: Path,
    reporter: Reporter | None = None,
    cancel: CancelToken | None = None,
) -> tuple[Shot, ImportReport]:
    """Makes a shot of a VOID sequence folder. The folder is not changed.

    Its mask becomes the tracks of two objects, one that is removed and one that is affected, so
    that it stays apart from what artists paint. Clicks become those of the first.

    Raises:
        VoidError: there is no plate or no mask, one cannot be read, the mask has another size or
            length than the plate, or the shot folder exists or cannot be written. Nothing is left.
        Cancelled: the token was set; nothing is left.
    """
    plate_path = _find_plate(folder)
    mask_path = find_quadmask(folder)
    with open_plate(plate_path) as plate:
        ref = plate_ref(plate_path, plate.info, shot_folder)
    _check_mask(mask_path, plate_path, ref)
    warnings: list[str] = []
    prompts = read_clicks(folder, ref, warnings)
    removed = ShotObject(
        id=_REMOVE_ID, name="quadmask remove", role=Role.REMOVE, prompts=tuple(prompts)
    )
    affected = ShotObject(id=_AFFECTED_ID, name="quadmask affected", role=Role.AFFECTED)
    core = ShotCore(
        ShotDocument(
            plate=ref,
            range=(0, ref.count - 1),
            objects=(removed, affected),
            scene_prompt=_read_prompt(folder, warnings),
        )
    )
    snapped = 0

    def fill(staged: Path) -> None:
        nonlocal snapped
        saver = Saver(core, staged, document_saved=True)
        snapped = _read_masks(core, mask_path, saver, reporter or Silent(), cancel or CancelToken())

    shot = Shot.build(shot_folder, core, plate_path, fill)
    pixels = ref.size[0] * ref.size[1] * ref.count
    return shot, ImportReport(mask_path, ref.count, pixels, snapped, len(prompts), tuple(warnings))


def export_sequence(
    shot: Shot,
    folder: Path,
    reporter: Reporter | None = None,
    cancel: CancelToken | None = None,
) -> None:
    """Writes the shot's range as a VOID sequence folder, which must not exist yet.

    A plate that is an .mp4 file and used whole is copied as it is, any other is encoded.

    Raises:
        VoidError: the plate cannot be read, or the folder exists or cannot be written.
        Cancelled: the token was set. Either way nothing is left behind.
    """
    reporter, cancel = reporter or Silent(), cancel or CancelToken()
    with files.staged_folder(folder) as staged:
        _write_plate(shot, staged / PLATE_NAME, reporter, cancel)
        export_quadmask(shot, staged / QUADMASK_NAME, reporter, cancel)
        files.write_json(staged / PROMPT_NAME, {"bg": shot.document.scene_prompt})
        clicks = clicks_of(shot.document)
        if clicks is not None:
            files.write_json(staged / INFO_NAME, clicks)


def export_quadmask(
    shot: Shot,
    file: Path,
    reporter: Reporter | None = None,
    cancel: CancelToken | None = None,
) -> None:
    """Writes the quadmask of the shot's range as a video that reads back exactly.

    Raises:
        VoidError: the file cannot be written, or is the plate.
        Cancelled: the token was set; nothing is left behind.
    """
    # Unlike Path.exists, this does not mind names that are too long.
    if os.path.exists(file) and file.samefile(shot.plate_path):  # noqa: PTH110
        raise VoidError(f"Could not write {file}", "It is the plate itself", "Choose another name")
    write_quadmask(file, _levels(shot, reporter or Silent(), cancel), shot.size, shot.rate)


def _levels(
    shot: Shot, reporter: Reporter, cancel: CancelToken | None
) -> Iterator[NDArray[np.uint8]]:
    first, last = shot.document.range
    keep = np.full((shot.size[1], shot.size[0]), LEVEL_KEEP, np.uint8)
    for index in range(first, last + 1):
        if cancel is not None:
            cancel.check()
        empty = not any(shot.masks.summary(index))
        yield keep if empty else levels_from_field(shot.masks.field(index))
        reporter.progress(index + 1 - first, last + 1 - first, "Writing the quadmask")


def _write_plate(shot: Shot, path: Path, reporter: Reporter, cancel: CancelToken) -> None:
    first, last = shot.document.range
    source = shot.plate_path
    if source.suffix.lower() == path.suffix and last + 1 - first == shot.count:
        try:
            shutil.copyfile(source, path)
        except OSError as error:
            raise files.explain(error, f"Could not copy {source} to {path}") from error
        return
    with shot.open_plate() as plate:

        def frames() -> Iterator[NDArray[np.uint8] | NDArray[np.uint16]]:
            for step, picture in enumerate(plate.frames(first, last + 1)):
                cancel.check()
                yield picture
                reporter.progress(step + 1, last + 1 - first, "Writing the plate")

        write_video(path, frames(), plate.info)


def _find_plate(folder: Path) -> Path:
    for path in (folder / PLATE_NAME, *sorted(folder.glob("input_video.*"))):
        if path.is_file():
            return path
    raise VoidError(
        f"{folder} is not a VOID sequence folder",
        f"There is no {PLATE_NAME} in it",
        f"Choose a folder with {PLATE_NAME} and {QUADMASK_NAME}",
    )


def _check_mask(mask_path: Path, plate_path: Path, ref: PlateRef) -> None:
    mask = probe_quadmask(mask_path)
    if mask.size != ref.size or mask.count != ref.count:
        raise VoidError(
            f"{mask_path} does not fit {plate_path}",
            f"The mask has {mask.count} frames of {mask.size[0]}x{mask.size[1]} pixels, the plate "
            f"{ref.count} of {ref.size[0]}x{ref.size[1]}",
            "Export the mask again from this plate",
        )


def _read_masks(
    core: ShotCore, path: Path, saver: Saver, reporter: Reporter, cancel: CancelToken
) -> int:
    """Fills tracks and masks and writes them; returns the number of snapped pixels."""
    count = core.masks.count
    snapped = read = 0
    # Writing takes as long as decoding, so one goes on beside the other.
    with ThreadPoolExecutor(1, "write masks") as writer:
        saving = writer.submit(saver.save)
        for levels, report in read_quadmask(path):
            cancel.check()
            if read == count:
                raise _other_length(path, count)
            _set_frame(core, read, field_from_levels(levels))
            snapped += report.snapped
            read += 1
            if saving.done():
                saving.result()
                saving = writer.submit(saver.save)
            reporter.progress(read, count, "Reading the quadmask")
        saving.result()
    if read != count:
        raise _other_length(path, count)
    saver.save()
    return snapped


def _set_frame(core: ShotCore, index: int, field: NDArray[np.uint8]) -> None:
    for object_id, bit in ((_REMOVE_ID, TRACKED_REMOVE), (_AFFECTED_ID, TRACKED_AFFECTED)):
        plane = (field & bit).astype(np.bool_)
        if plane.any():
            core.tracks.set(object_id, index, plane)
    core.masks.set_field(index, field)


def _other_length(path: Path, count: int) -> VoidError:
    return VoidError(
        f"{path} does not fit its plate",
        f"The plate has {count} frames, the mask has another number",
        "Export the mask again from this plate",
    )


def _read_prompt(folder: Path, warnings: list[str]) -> str:
    path = folder / PROMPT_NAME
    if not path.is_file():
        return ""
    try:
        said = files.read_json(path)
    except VoidError as error:
        warnings.append(str(error))
        return ""
    text = said.get("bg") if isinstance(said, dict) else None
    if not isinstance(text, str):
        warnings.append(f'{path} does not say what the scene looks like: it has no "bg"')
        return ""
    return text[:10_000]
