"""The takes of a shot: listed, adopted from finished jobs, and shown like a plate."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from void_studio import files
from void_studio.errors import VoidError
from void_studio.shot.document import TakeRef
from void_studio.shot.png import RGBA, read_png_header
from void_studio.shot.take import (
    THUMBNAIL_NAME,
    Take,
    TakeRecord,
    patch_path,
    read_record,
    write_record,
)

_FOLDER = re.compile(r"^(\d{3,9})-[A-Za-z0-9._-]{1,64}$")
_COUNTER = "last-number.json"
_MAX_THUMBNAIL_BYTES = 16 * 2**20


class TakeLibrary:
    """The folder ``takes/`` of a shot. What is in the folder is the truth; methods may be called
    from any thread.

    Attributes:
        folder: ``NAME.void/takes``.
    """

    def __init__(
        self,
        shot_folder: Path,
        on_adopted: Callable[[TakeRef], None] | None = None,
        read_only: bool = False,
    ) -> None:
        """``on_adopted`` is called with every new take, on the thread that adopts."""
        self.folder = shot_folder / "takes"
        self._on_adopted = on_adopted
        self._read_only = read_only
        self._lock = threading.Lock()

    def list(self) -> Sequence[TakeRef]:
        """All readable takes by number."""
        refs = []
        for number, folder in self._folders():
            try:
                record = read_record(folder)
            except VoidError:
                continue
            if record.number == number:
                refs.append(record.ref(folder.name))
        return refs

    def damaged(self) -> Sequence[str]:
        """Names of folders that look like takes and cannot be read."""
        readable = {ref.folder for ref in self.list()}
        return [folder.name for _, folder in self._folders() if folder.name not in readable]

    def get(self, number: int) -> Take:
        """The take with this number. Raises VoidError if there is none or it cannot be read."""
        for found, folder in self._folders():
            if found == number:
                return Take.open(folder)
        known = ", ".join(str(other) for other, _ in self._folders())
        raise VoidError(
            f"There is no take {number}",
            f"This shot has: {known}" if known else "This shot has no take yet",
            "" if known else "Run a removal first",
        )

    def adopt(self, outputs: Path) -> TakeRef:
        """Makes the outputs of a finished job the next take.

        The outputs are ``take.json`` (a TakeRecord), ``patches/000012.png`` for each of its
        patches, and maybe ``thumbnail.png``. They are copied, checked, and appear as one whole
        folder or not at all. Adopting the outputs of a job again returns the take they became. A
        number is used once, even if its take is removed.

        Raises:
            VoidError: the outputs are incomplete or not what they claim to be, or the shot folder
                cannot be written.
        """
        if self._read_only:
            raise VoidError(f"{self.folder.parent} is open read-only", "", "Open it for writing")
        record = read_record(outputs)
        with self._lock:
            if record.job_id:
                for ref in self.list():
                    if self.get(ref.number).record.job_id == record.job_id:
                        return ref
            ref = self._adopt_new(outputs, record)
        if self._on_adopted is not None:
            self._on_adopted(ref)
        return ref

    def _folders(self) -> Sequence[tuple[int, Path]]:
        try:
            entries = tuple(self.folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise files.explain(error, f"Could not read {self.folder}") from error
        matches = ((_FOLDER.match(entry.name), entry) for entry in entries)
        return sorted((int(match[1]), entry) for match, entry in matches if match)

    def _adopt_new(self, outputs: Path, record: TakeRecord) -> TakeRef:
        number = self._next_number()
        name = f"{number:03d}-{re.sub(r'[^A-Za-z0-9._-]', '-', record.remover)[:64] or 'take'}"
        record = record.model_copy(update={"number": number})
        with files.staged_folder(self.folder / name) as staged:
            _copy_take(outputs, staged, record)
            # Last, so that a take that could not be copied uses up no number.
            files.write_json(self.folder / _COUNTER, number)
        return record.ref(name)

    def _next_number(self) -> int:
        counter = self.folder / _COUNTER
        try:
            self.folder.mkdir(exist_ok=True)
            said = files.read_json(counter) if counter.exists() else 0
        except OSError as error:
            raise files.explain(error, f"Could not write {self.folder}") from error
        except VoidError:
            said = 0
        last = said if isinstance(said, int) and 0 <= said < 10**9 else 0
        return max([last, *(found for found, _ in self._folders())]) + 1


def _copy_take(outputs: Path, staged: Path, record: TakeRecord) -> None:
    """Copies what the record names and nothing else; outputs may come from another machine."""
    if (outputs / "patches").is_symlink():
        raise VoidError(f"Could not adopt {outputs}", "Its patches are a link, not a folder")
    try:
        (staged / "patches").mkdir()
    except OSError as error:
        raise files.explain(error, f"Could not write {staged.parent}") from error
    width, height = record.size
    for index, (x, y) in record.patches.items():
        source = patch_path(outputs, index)
        header = read_png_header(source)
        if (
            header.color_type != RGBA
            or min(x, y) < 0
            or x + header.width > width
            or y + header.height > height
        ):
            raise VoidError(
                f"Could not adopt {outputs}",
                f"{source.name} is not an RGBA picture that lies on the plate",
                "Run the job again",
            )
        _copy(source, patch_path(staged, index))
    thumbnail = outputs / THUMBNAIL_NAME
    if thumbnail.is_file() and thumbnail.stat().st_size <= _MAX_THUMBNAIL_BYTES:
        _copy(thumbnail, staged / THUMBNAIL_NAME)
    write_record(staged, record)


def _copy(source: Path, target: Path) -> None:
    try:
        if source.is_symlink():
            raise VoidError(f"Could not adopt {source}", "It is a link, not a file")
        shutil.copyfile(source, target)
        with open(target, "rb+") as stream:
            os.fsync(stream.fileno())
    except OSError as error:
        raise files.explain(error, f"Could not copy {source} to {target.parent}") from error


class PlateSource(Protocol):
    """Where pictures come from: a plate, its proxy, or both."""

    @property
    def count(self) -> int: ...

    @property
    def size(self) -> tuple[int, int]: ...

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]: ...

    def close(self) -> None: ...


class TakeSource:
    """A take over its plate, read like a plate: what a FrameServer needs to show it.

    Attributes:
        count: Frames of the plate.
        size: (width, height) of the plate.
    """

    def __init__(self, plate: PlateSource, take: Take) -> None:
        """Owns ``plate`` from now on and closes it."""
        self._plate = plate
        self._take = take
        self.count = plate.count
        self.size = plate.size

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """The result as (h, w, 3) uint8, scaled to ``size`` (width, height) where given."""
        return self._take.compose_scaled(index, self._plate.read_rgb8(index, size))

    def close(self) -> None:
        self._plate.close()

    def rest(self) -> None:
        """Releases what the plate can do without until the next read."""
        _call(self._plate, "rest")

    def interrupt(self) -> None:
        """Makes the read in progress, or the next, raise Cancelled where the plate can."""
        _call(self._plate, "interrupt")


def _call(source: PlateSource, name: str) -> None:
    method = getattr(source, name, None)
    if method is not None:
        method()
