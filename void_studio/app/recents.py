"""What was opened before: the list that is remembered, and what there is to see of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSettings

from void_studio import files
from void_studio.app.opening import shot_folder_for
from void_studio.errors import VoidError
from void_studio.shot.document import ShotDocument, read_document
from void_studio.shot.layout import cache_folder, document_path

_KEY, MOST = "open/recent", 12
POSTER_BOX = (480, 270)
"""The largest poster, pixels."""
_POSTER_LIMIT = 4 * 2**20


@dataclass(frozen=True)
class Recent:
    """Something that was opened before.

    Attributes:
        path: What was opened: a clip, a folder or a shot.
        found: Whether it is still there.
        facts: One line about its shot: objects and takes, or frames.
        poster: Its first picture, RGB (h, w, 3) uint8, or None.
        worked: How long ago it was last worked on, in words; may be empty.
    """

    path: Path
    found: bool
    facts: str = ""
    poster: NDArray[np.uint8] | None = None
    worked: str = ""


def remembered() -> list[Path]:
    """What was opened before, the latest first. It may be gone by now."""
    # A list of one comes back as a text.
    kept = QSettings().value(_KEY, [])
    names = kept if isinstance(kept, list) else [kept] if isinstance(kept, str) else []
    return [Path(name) for name in names]


def remember(path: Path) -> None:
    """Puts a path at the head of the list."""
    path = path.absolute()
    _keep([path, *(other for other in remembered() if other != path)])


def forget(path: Path) -> None:
    """Takes a path off the list."""
    _keep([other for other in remembered() if other != path])


def _keep(paths: Sequence[Path]) -> None:
    QSettings().setValue(_KEY, [str(path) for path in paths[:MOST]])


def look_at(path: Path) -> Recent:
    """Reads what there is to see of a path. It may take long: on a thread."""
    if not path.exists():
        return Recent(path, found=False)
    if path.name == "shot.json":
        path = path.parent
    folder = path if document_path(path).is_file() else shot_folder_for(path)
    try:
        document = read_document(document_path(folder))
        worked = document_path(folder).stat().st_mtime
    except (VoidError, OSError):
        return Recent(path, found=True)
    when = ago(datetime.now().timestamp() - worked)
    return Recent(path, True, _facts(document), _read_poster(folder), when)


def write_poster(folder: Path, picture: NDArray[np.uint8]) -> None:
    """Keeps a picture of a shot in its folder, for the start page.

    Args:
        picture: RGB (h, w, 3) uint8, any size.
    """
    height, width = picture.shape[:2]
    scale = min(1.0, POSTER_BOX[0] / width, POSTER_BOX[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    data = files.encode_png(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    files.write_atomic(poster_path(folder), data)


def poster_path(folder: Path) -> Path:
    return cache_folder(folder) / "poster.png"


def _read_poster(folder: Path) -> NDArray[np.uint8] | None:
    path = poster_path(folder)
    try:
        if path.stat().st_size > _POSTER_LIMIT:
            return None
        picture = files.read_image(path)
    except (VoidError, OSError):
        return None
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        return None
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _facts(document: ShotDocument) -> str:
    parts = []
    for count, name in ((len(document.objects), "object"), (len(document.takes), "take")):
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    if not parts:
        first, last = document.range
        parts.append(f"{last - first + 1} frames")
    return "  ·  ".join(parts)


def ago(seconds: float) -> str:
    """How long ago, in words."""
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = math.floor(seconds / size)
        if count >= 1:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
