"""Where things are in a shot folder."""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path

DOCUMENT_NAME = "shot.json"
INDEX_NAME = "index.json"

_FRAME_FILE = re.compile(r"^(\d{6,7})\.png$")


def document_path(folder: Path) -> Path:
    return folder / DOCUMENT_NAME


def masks_folder(folder: Path) -> Path:
    return folder / "masks"


def tracks_folder(folder: Path, object_id: str) -> Path:
    return folder / "tracks" / object_id


def history_folder(folder: Path) -> Path:
    """Undo steps and their index. Without it the shot opens, with nothing to undo."""
    return folder / "history"


def cache_folder(folder: Path) -> Path:
    """Proxies, thumbnails, indices: safe to delete."""
    return folder / "cache"


def frame_file(folder: Path, index: int) -> Path:
    """The picture of a plate index in a folder of masks or tracks."""
    return folder / f"{index:06d}.png"


def frame_files(folder: Path) -> list[tuple[int, Path]]:
    """(plate index, path) of the pictures in a folder of masks or tracks; none if it is absent."""
    if not folder.is_dir():
        return []
    named = ((_FRAME_FILE.match(entry.name), entry) for entry in folder.iterdir())
    return sorted((int(match[1]), entry) for match, entry in named if match)


def remove_leftovers(folder: Path) -> None:
    """Removes what a writer that was killed left unfinished. Only for who holds the lock."""
    for place in ("", "masks/", "tracks/*/", "history/", "takes/", "cache/"):
        for path in folder.glob(f"{place}.void-*"):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    path.unlink()
