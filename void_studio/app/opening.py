"""From what an artist points at to an open shot: a clip, an image, a folder, a sequence, a shot."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_documents_path

from void_studio.errors import VoidError
from void_studio.media.plate import open_plate
from void_studio.media.thumbs import fit
from void_studio.quadmask.video import find_quadmask
from void_studio.shot.document import read_document
from void_studio.shot.locate import find_plate
from void_studio.shot.sequence import import_sequence
from void_studio.shot.shot import Shot


@dataclass(frozen=True)
class Opened:
    """An open shot, and what the artist should know about how it was opened (may be empty)."""

    shot: Shot
    notice: str = ""


@dataclass(frozen=True)
class FirstLook:
    """The first frame, RGB (h, w, 3) uint8, and the plate's size (width, height)."""

    picture: NDArray[np.uint8]
    size: tuple[int, int]


def shots_folder() -> Path:
    """Where shots of opened clips are kept: plates often lie where nothing may be written."""
    home = os.environ.get("VOID_STUDIO_HOME")
    return Path(home) / "shots" if home else user_documents_path() / "Void Studio"


def shot_folder_for(source: Path) -> Path:
    """The folder of the shot that belongs to a clip or folder: the same one every time.

    Two clips of one name in different folders get different shots, so the name ends in a few
    characters made from the whole path.
    """
    source = source.resolve()
    stem = source.stem if source.is_file() else source.name
    mark = hashlib.blake2b(str(source).encode(), digest_size=3).hexdigest()
    # Many file systems end a name at 255 bytes; ".void", the mark and a dash need 12.
    stem = stem.encode()[:200].decode(errors="ignore")
    return shots_folder() / f"{stem}-{mark}.void"


def name_of(source: Path) -> str:
    """What a clip or a folder is called: the clip of a VOID sequence is called as its folder."""
    in_sequence = source.stem == "input_video" and source.parent.name
    return source.parent.name if in_sequence else source.stem


def title_of(shot: Shot) -> str:
    """What a shot is called: as its folder, or as its clip where nobody gave the folder a name."""
    made_here = shot.folder.parent == shots_folder()
    return name_of(shot.plate_path) if made_here else shot.folder.stem


def open_any(path: Path) -> Opened:
    """Opens the shot that ``path`` is, or that belongs to it, making it the first time.

    Raises:
        VoidError: there is nothing there that can be opened, and why.
    """
    if not path.exists():
        raise VoidError(f"There is no file or folder {path}", "", "Check the name")
    if path.name == "shot.json":
        path = path.parent
    if (path / "shot.json").is_file() or path.suffix == ".void":
        return _opened(Shot.open(path))
    folder = shot_folder_for(path)
    if folder.exists():
        return _opened(Shot.open(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and _is_sequence(path):
        shot, report = import_sequence(path, folder)
        notice = ""
        if report.snapped:
            notice = f"{report.snapped:,} pixels of the quadmask were snapped to the nearest level"
        return Opened(shot, notice)
    return _opened(Shot.create(path, folder))


def belongs_to(path: Path, shot: Shot) -> bool:
    """Whether opening ``path`` would open this very shot."""
    path = path.parent if path.name == "shot.json" else path
    return shot.folder.resolve() in (path.resolve(), shot_folder_for(path).resolve())


def open_relinked(folder: Path, plate: Path) -> Opened:
    """Opens a shot with its plate at another path, which it keeps.

    Raises:
        VoidError: the plate does not fit the shot, or one of them cannot be opened.
    """
    return _opened(Shot.open(folder, plate=plate))


def first_look(path: Path, box: tuple[int, int]) -> FirstLook | None:
    """The first frame of what ``path`` will open as, before the rest of it is read.

    Args:
        box: (width, height) in pixels that the picture should fit in.

    Returns:
        None where there is no telling, or nothing that can be shown: opening says why.
    """
    try:
        plate_path = _plate_of(path)
        if plate_path is None:
            return None
        with open_plate(plate_path) as plate:
            return FirstLook(plate.read_rgb8(0, fit(plate.size, box)), plate.size)
    except VoidError:
        return None


def _plate_of(path: Path) -> Path | None:
    if path.is_file():
        return path
    if (path / "shot.json").is_file():
        return find_plate(read_document(path / "shot.json").plate, path)[0]
    folder = shot_folder_for(path)
    if (folder / "shot.json").is_file():
        return _plate_of(folder)
    return next(iter(sorted(path.glob("input_video.*"))), path)


def _opened(shot: Shot) -> Opened:
    return Opened(shot, "\n".join(str(warning) for warning in shot.warnings))


def _is_sequence(folder: Path) -> bool:
    try:
        find_quadmask(folder)
    except VoidError:
        return False
    return True
