"""The clicks of a VOID sequence folder: ``segmentation_info.json`` and the prompts of a shot."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from void_studio import files
from void_studio.errors import VoidError
from void_studio.shot.document import PlateRef, Prompt, ShotDocument

INFO_NAME = "segmentation_info.json"

# VOID's own files know only included points; readers of them pass over this one.
_INCLUDED, _EXCLUDED = "points_by_frame", "excluded_points_by_frame"
_MAX_POINTS = 100_000


def read_clicks(folder: Path, plate: PlateRef, warnings: list[str]) -> list[Prompt]:
    """The clicks of a sequence folder, if it has any; what cannot be read becomes a warning."""
    path = folder / INFO_NAME
    if not path.is_file():
        return []
    try:
        return read_click_file(path, plate, warnings)
    except VoidError as error:
        warnings.append(str(error))
        return []


def read_click_file(path: Path, plate: PlateRef, warnings: list[str]) -> list[Prompt]:
    """The clicks of a file such as ``segmentation_info.json``; those off the plate are left out.

    Raises:
        VoidError: the file cannot be read or does not hold clicks as VOID writes them.
    """
    said = files.read_json(path)
    try:
        points = chain(
            _points(said.get(_INCLUDED, {}), True), _points(said.get(_EXCLUDED, {}), False)
        )
        prompts = list(islice(points, _MAX_POINTS))
        if next(points, None) is not None:
            warnings.append(f"{path} holds too many clicks: the first {_MAX_POINTS} are used")
    except (AttributeError, TypeError, ValueError, ValidationError) as error:
        raise VoidError(
            f"Could not read {path}",
            "It does not hold clicks as VOID writes them",
            f'It needs {{"{_INCLUDED}": {{"FRAME": [[X, Y], ...]}}}}',
        ) from error
    inside = [
        prompt
        for prompt in prompts
        if prompt.frame < plate.count
        and 0 <= prompt.x < plate.size[0]
        and 0 <= prompt.y < plate.size[1]
    ]
    if len(inside) < len(prompts):
        warnings.append(f"{len(prompts) - len(inside)} clicks of {path} are not on the plate")
    return inside


def clicks_of(document: ShotDocument) -> dict[str, Any] | None:
    """The content of ``segmentation_info.json`` for the shot's range, or None without clicks.

    Frames count from the first of the range.
    """
    first, last = document.range
    points: dict[bool, dict[int, list[list[int]]]] = {True: {}, False: {}}
    for item in document.objects:
        if not item.role.removes:
            continue
        for prompt in item.prompts:
            if first <= prompt.frame <= last:
                frame = points[prompt.include].setdefault(prompt.frame - first, [])
                frame.append([round(prompt.x), round(prompt.y)])
    if not points[True] and not points[False]:
        return None
    clicked = sorted(points[True])
    info: dict[str, Any] = {
        "total_frames": last + 1 - first,
        "frame_width": document.plate.size[0],
        "frame_height": document.plate.size[1],
        "fps": float(document.plate.fraction),
        "num_points": sum(map(len, points[True].values())),
        _INCLUDED: {str(frame): points[True][frame] for frame in clicked},
        "primary_frames": clicked,
        "first_appears_frame": clicked[0] if clicked else 0,
    }
    if points[False]:
        info[_EXCLUDED] = {str(frame): points[False][frame] for frame in sorted(points[False])}
    return info


def _points(frames: dict[str, list[list[float]]], include: bool) -> Iterator[Prompt]:
    for frame, points in frames.items():
        for x, y in points:
            yield Prompt(frame=int(frame), x=x, y=y, include=include)
