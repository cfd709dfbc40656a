"""Finding a shot's plate again after the shot, the plate or both have moved."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from pydantic import ValidationError

from void_studio.errors import VoidError
from void_studio.media.info import PlateInfo, file_content_id
from void_studio.media.plate import open_plate
from void_studio.media.sequence import is_image
from void_studio.shot.document import PlateRef

# A plate this many folders up or nearer is taken to travel with its shot.
_NEAR = 3


class PlateLost(VoidError):
    """A shot cannot be opened without being relinked: its plate is missing, or another is there.

    Attributes:
        folder: The shot.
    """

    def __init__(self, folder: Path, what: str, why: str, remedy: str) -> None:
        super().__init__(what, why, remedy)
        self.folder = folder


def plate_ref(path: Path, info: PlateInfo, folder: Path) -> PlateRef:
    """The reference a shot in ``folder`` keeps to the plate that was opened by ``path``.

    The path is kept as it was given: one image of a run says which run of a folder is meant.

    Raises:
        VoidError: the path or a fact of the plate cannot be kept in a document.
    """
    path = path.absolute()
    try:
        return PlateRef(
            path=str(path),
            relative=_relative(path, folder.absolute()),
            content_id=info.content_id,
            size=info.size,
            count=info.count,
            rate=str(info.rate),
            first_frame=info.first_frame,
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise VoidError(
            f"A shot cannot be made of {str(path).encode(errors='replace').decode()}",
            f"Its {first['loc'][0]} cannot be kept: {first['msg']}",
            "Rename or convert the plate",
        ) from error


def moved_ref(ref: PlateRef, path: Path, folder: Path) -> PlateRef:
    """The reference to the same plate at another path."""
    path = path.absolute()
    relative = _relative(path, folder.absolute())
    return ref.model_copy(update={"path": str(path), "relative": relative})


def find_plate(ref: PlateRef, folder: Path) -> tuple[Path, bool]:
    """Where the plate is now, and whether its content is what the shot was made for.

    Beside the shot first, then at the absolute path; one with the right content before one without.

    Raises:
        PlateLost: it is in neither place.
    """
    places = [Path(ref.path)]
    if ref.relative is not None:
        places.insert(0, Path(os.path.normpath(folder.absolute() / ref.relative)))
    # os.path asks without raising, whatever the document claims to be a path.
    found = [place for place in places if os.path.exists(place)]  # noqa: PTH110
    for place in found:
        # One that cannot be read is not it; if there is no better one, opening it says why.
        with contextlib.suppress(VoidError):
            if _content_id(place) == ref.content_id:
                return place, True
    if found:
        return found[0], False
    raise PlateLost(
        folder,
        f"The plate of {folder} is missing",
        f"It is not at {' or '.join(str(place) for place in places)}",
        "Put it back there, or relink the shot to where it is now",
    )


def _content_id(path: Path) -> str:
    if path.is_dir() or is_image(path):
        with open_plate(path) as plate:
            return plate.info.content_id
    return file_content_id(path)


def _relative(path: Path, folder: Path) -> str | None:
    try:
        relative = Path(os.path.relpath(path, folder))
    except ValueError:
        return None  # on another drive
    return relative.as_posix() if relative.parts.count("..") <= _NEAR else None
