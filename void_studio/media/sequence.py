"""A plate in numbered image files."""

from __future__ import annotations

import hashlib
import itertools
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.files import decode_image, explain
from void_studio.media.image_size import image_size
from void_studio.media.info import MAX_COUNT, RGB_TAGS, PlateInfo, check_size, file_content_id
from void_studio.media.plate import Plate

SUFFIXES = {".png": "png", ".tif": "tiff", ".tiff": "tiff", ".jpg": "jpeg", ".jpeg": "jpeg"}
RATE = Fraction(24)  # images carry no rate; film's is the least surprising

_NUMBERED = re.compile(r"^(?P<stem>.*?)(?P<number>\d+)$")


def is_image(path: Path) -> bool:
    """Whether a file is taken for an image of a sequence, by its suffix."""
    return path.suffix.lower() in SUFFIXES


@dataclass(frozen=True)
class _Run:
    """A numbered run of images in one folder: ``files[i]`` has the number ``first + i``."""

    folder: Path
    files: tuple[Path, ...]
    first: int


def open_sequence(path: Path) -> SequencePlate:
    """Opens a folder with one numbered run of images, or the run that one image belongs to.

    Raises:
        VoidError: there are no images, several runs, missing numbers, or the first is unreadable.
    """
    runs = _runs(path if path.is_dir() else path.parent)
    if path.is_dir():
        if not runs:
            raise VoidError(
                f"There are no numbered images in {path}",
                "Images are PNG, TIFF or JPEG files whose names end in a number",
                "Choose a video file, or a folder of images such as plate.0001.png",
            )
        if len(runs) > 1:
            names = ", ".join(sorted(f"{stem}*{suffix}" for stem, suffix in runs)[:4])
            raise VoidError(
                f"There is more than one image sequence in {path}",
                f"It holds {names}",
                "Choose one image of the sequence you want instead of the folder",
            )
        return SequencePlate(_checked(path, next(iter(runs.values()))))
    match = _NUMBERED.match(path.stem)
    run = runs.get((match["stem"], path.suffix.lower())) if match is not None else None
    if run is None:
        return SequencePlate(_Run(path.parent, (path,), 0))
    return SequencePlate(_checked(path.parent, run))


def _runs(folder: Path) -> dict[tuple[str, str], dict[int, Path]]:
    """Files by number, for each name before the number and suffix."""
    runs: dict[tuple[str, str], dict[int, Path]] = {}
    try:
        for file in folder.iterdir():
            match = _NUMBERED.match(file.stem)
            if match is None or not is_image(file) or file.name.startswith("."):
                continue
            run = runs.setdefault((match["stem"], file.suffix.lower()), {})
            number = int(match["number"][-12:])
            if number in run:
                raise VoidError(
                    f"Two images have the number {number}",
                    f"They are {run[number].name} and {file.name} in {folder}",
                    "Move one of them away",
                )
            run[number] = file
    except OSError as error:
        raise explain(error, f"Could not read {folder}") from error
    return runs


def _checked(folder: Path, run: dict[int, Path]) -> _Run:
    if len(run) > MAX_COUNT:
        raise VoidError(f"{folder} holds over {MAX_COUNT:,} images", "", "Use a shorter sequence")
    first, last = min(run), max(run)
    if last - first + 1 != len(run):
        numbers = sorted(run)
        gaps = [
            (before + 1, after - 1)
            for before, after in itertools.pairwise(numbers)
            if after - before > 1
        ]
        shown = ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in gaps[:6])
        raise VoidError(
            f"The image sequence in {folder} has gaps",
            f"Missing: {shown}{' and more' if len(gaps) > 6 else ''}",
            "Add the missing images, or move those after the gap elsewhere",
        )
    return _Run(folder, tuple(run[n] for n in range(first, last + 1)), first)


class SequencePlate(Plate):
    """Frames of a numbered run of images. Alpha is ignored; grey is shown as RGB."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._files = run.files
        self._size = (0, 0)
        data = _bytes(run.files[0])
        self._size = image_size(data, run.files[0])
        check_size(self._size, run.files[0])
        first = decode_image(data, str(run.files[0]))
        self._dtype = first.dtype
        picture = _as_rgb(first, run.files[0])
        self._size = (picture.shape[1], picture.shape[0])
        channels = {2: "gray", 3: "rgb", 4: "rgba"}[3 if first.ndim == 3 else 2]
        bits = first.dtype.itemsize * 8
        self.info = PlateInfo(
            path=run.folder if len(run.files) > 1 else run.files[0],
            kind="sequence",
            size=self._size,
            count=len(run.files),
            rate=RATE,
            first_frame=run.first,
            codec=SUFFIXES[run.files[0].suffix.lower()],
            pixel_format=f"{channels}{bits}",
            depth=bits,
            color=RGB_TAGS,
            rotation=0,
            sample_aspect=Fraction(1),
            vfr=False,
            keyframes=len(run.files),
            longest_gop=1,
            content_id=_content_id(run.files),
        )

    def reopen(self) -> SequencePlate:
        return SequencePlate(self._run)

    def close(self) -> None:
        pass

    def _read(self, index: int) -> NDArray[Any]:
        file = self._files[index]
        data = _bytes(file)
        if image_size(data, file) != self._size:
            raise VoidError(
                f"{file} has another size than the first image of its sequence",
                "",
                "Make all images the same size",
            )
        image = decode_image(data, str(file))
        if image.dtype != self._dtype:
            raise VoidError(
                f"{file} has another bit depth than the first image of its sequence",
                "",
                "Make all images the same depth",
            )
        return _as_rgb(image, file)

    def _read_rgb8(self, index: int, size: tuple[int, int]) -> NDArray[np.uint8]:
        picture = self._read(index)
        if size != self._size:
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        if picture.dtype == np.uint16:
            picture = cv2.convertScaleAbs(picture, alpha=255 / 65535)
        return picture


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise explain(error, f"Could not read {file}") from error


def _as_rgb(image: NDArray[Any], file: Path) -> NDArray[Any]:
    if image.dtype not in (np.uint8, np.uint16):
        raise VoidError(
            f"The samples of {file} are not supported",
            f"They are {image.dtype}; 8 and 16 bit integers are",
            "Convert the sequence to 16-bit PNG or TIFF",
        )
    if image.ndim == 2:
        return cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)
    return np.ascontiguousarray(image[:, :, :3])


def _content_id(files: tuple[Path, ...]) -> str:
    """BLAKE2b of every file's length, and the content of the first, middle and last."""
    digest = hashlib.blake2b(digest_size=16)
    try:
        for file in files:
            digest.update(file.stat().st_size.to_bytes(8, "little"))
    except OSError as error:
        raise explain(error, f"Could not read {file}") from error
    for index in sorted({0, len(files) // 2, len(files) - 1}):
        digest.update(file_content_id(files[index]).encode())
    return digest.hexdigest()
