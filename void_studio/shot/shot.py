"""A shot in its folder: made, opened, saved, closed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from void_studio import files
from void_studio.errors import VoidError
from void_studio.media.plate import Plate, open_plate
from void_studio.shot import layout
from void_studio.shot.core import ShotCore
from void_studio.shot.document import PlateRef, ShotDocument, TakeRef, read_document, write_document
from void_studio.shot.editing import EditableShot
from void_studio.shot.edits import FrameEdits, Stroke, TrackEdit
from void_studio.shot.journal import Journal, mask_fingerprints
from void_studio.shot.load import load_frames
from void_studio.shot.locate import PlateLost, find_plate, moved_ref, plate_ref
from void_studio.shot.lock import ShotLock, holder_of
from void_studio.shot.save import Saver
from void_studio.shot.takes import TakeLibrary

__all__ = ["FrameEdits", "Shot", "Stroke", "TrackEdit"]


class Shot(EditableShot):
    """A shot folder, open. A context manager; leaving it saves and closes.

    Attributes:
        folder: ``NAME.void``.
        plate_path: Where the plate is now.
        read_only: Whether nothing may be written: edits stay in memory.
        takes: The finished results.
        warnings: What was not as it should be when it was opened, for the artist.
    """

    def __init__(
        self,
        folder: Path,
        core: ShotCore,
        plate_path: Path,
        lock: ShotLock | None,
        document_saved: bool,
        journal: Journal,
    ) -> None:
        """For ``create`` and ``open``; ``lock`` is None for a shot that is read only."""
        super().__init__(core)
        self.folder = folder
        self.plate_path = plate_path
        self.read_only = lock is None
        self.warnings: list[str] = []
        self.takes = TakeLibrary(folder, self._adopted, read_only=lock is None)
        self._lock = lock
        self._plate: Plate | None = None
        self._plate_known = threading.Lock()
        self._saver = Saver(core, folder, document_saved, journal)

    @classmethod
    def create(cls, plate_path: Path, folder: Path, frames: tuple[int, int] | None = None) -> Self:
        """Makes a shot of a plate in a new folder.

        Args:
            frames: First and last plate index of the shot, both included; all if None.

        Raises:
            VoidError: the plate cannot be opened, the range is not in it, the folder exists or
                cannot be made. Nothing is left behind.
        """
        files.check_path(folder.absolute())
        with open_plate(plate_path) as plate:
            ref = plate_ref(plate_path, plate.info, folder)
        document = new_document(ref, frames)
        core = ShotCore(document)
        return cls.build(folder, core, plate_path)

    @classmethod
    def build(
        cls,
        folder: Path,
        core: ShotCore,
        plate_path: Path,
        fill: Callable[[Path], None] | None = None,
    ) -> Self:
        """Makes the folder of a shot that is in memory; it appears whole or not at all.

        Args:
            fill: Called with the folder while it is being made, to write more than the document.
        """
        files.check_path(folder.absolute())
        with files.staged_folder(folder) as staged:
            try:
                for name in ("masks", "tracks", "takes"):
                    (staged / name).mkdir()
            except OSError as error:
                raise files.explain(error, f"Could not create {folder}") from error
            if fill is not None:
                fill(staged)
            write_document(layout.document_path(staged), core.document)
        journal = Journal(core, folder, mask_fingerprints(folder))
        return cls(folder, core, plate_path, ShotLock(folder), document_saved=True, journal=journal)

    @classmethod
    def open(cls, folder: Path, read_only: bool = False, plate: Path | None = None) -> Self:
        """Opens a shot.

        A damaged mask does not stop it: see ``warnings``. So does a plate whose content is another.

        Args:
            read_only: Opens it also while another process has it open, and writes nothing.
            plate: Relinks the shot to the plate at this path.

        Raises:
            PlateLost: the plate is missing or does not fit.
            VoidError: the folder is no shot, the document is damaged or of a newer program, or
                another process has the shot open.
        """
        if not os.path.isfile(layout.document_path(folder)):  # noqa: PTH113  (never raises)
            raise VoidError(
                f"{folder} is not a shot",
                f"There is no {layout.DOCUMENT_NAME} in it",
                "Choose a folder that Void Studio made, its name ends in .void",
            )
        lock = None if read_only else ShotLock(folder)
        crashed = lock.crashed if lock is not None else holder_of(folder) is not None
        try:
            return cls._open_locked(folder, lock, crashed, plate)
        except BaseException:
            if lock is not None:
                lock.release()
            raise

    @classmethod
    def _open_locked(
        cls, folder: Path, lock: ShotLock | None, crashed: bool, plate: Path | None
    ) -> Self:
        saved = read_document(layout.document_path(folder))
        document, plate_path, warnings = _with_plate(saved, folder, plate)
        core = ShotCore(document)
        masks: dict[int, str] = {}
        warnings += load_frames(core, folder, lock is not None, masks)
        if crashed and lock is not None:
            layout.remove_leftovers(folder)
        journal = Journal(core, folder, masks)
        warnings += journal.load(crashed)
        if crashed:
            # The last writer may have ended between the files of one edit.
            core.outdate_all(index for index in masks if index < core.masks.count)
        shot = cls(folder, core, plate_path, lock, core.document == saved, journal)
        shot.warnings = warnings + shot._reconcile_takes()
        return shot

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the plate, pixels."""
        return self.document.plate.size

    @property
    def count(self) -> int:
        """Number of frames of the plate; ``document.range`` says which belong to the shot."""
        return self.document.plate.count

    @property
    def rate(self) -> Fraction:
        """Frames per second."""
        return self.document.plate.fraction

    def open_plate(self) -> Plate:
        """The plate, opened anew for the calling thread, which closes it.

        What the first time learns of it is kept: the next cost next to nothing.
        """
        with self._plate_known:
            if self._plate is None:
                cache = layout.cache_folder(self.folder)
                plate = open_plate(self.plate_path, None if self.read_only else cache)
                self._plate = plate.reopen()
                return plate
            return self._plate.reopen()

    @property
    def unsaved(self) -> bool:
        """Whether anything is only in memory."""
        return self._saver.pending

    @property
    def waiting(self) -> bool:
        """Whether masks are left to be saved when they are no longer edited."""
        return self._saver.waiting

    def save(self) -> int:
        """Writes what changed; from any thread. Returns the number of files written.

        Raises:
            VoidError: something could not be written, and stays to be saved; or it is read only.
        """
        if self.read_only:
            raise VoidError(
                f"{self.folder} is open read-only", "", "Close it and open it for writing"
            )
        return self._saver.save()

    def close(self) -> None:
        """Saves what changed and lets others open the shot.

        Raises:
            VoidError: something could not be written; the shot stays open.
        """
        if self._lock is not None:
            self._saver.save(closing=True)
            self._lock.release()
            self._lock = None
            self.read_only = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _adopted(self, ref: TakeRef) -> None:
        self._core.update(
            lambda document: document.model_copy(update={"takes": (*document.takes, ref)})
        )

    def _reconcile_takes(self) -> list[str]:
        """Makes the list of the document what is in the folder, e.g. after a crash."""
        found = tuple(self.takes.list())
        if found != self.document.takes:
            self._core.update(lambda document: document.model_copy(update={"takes": found}))
        return [f"The take {name} cannot be read" for name in self.takes.damaged()]


def new_document(ref: PlateRef, frames: tuple[int, int] | None) -> ShotDocument:
    """The document of a new shot. Raises VoidError if ``frames`` are not in the plate."""
    try:
        return ShotDocument(plate=ref, range=frames or (0, ref.count - 1))
    except ValidationError as error:
        raise VoidError(
            f"The shot cannot have the frames {frames[0]}-{frames[1]}" if frames else "No frames",
            f"The plate has frames 0-{ref.count - 1}",
        ) from error


def _with_plate(
    saved: ShotDocument, folder: Path, plate: Path | None
) -> tuple[ShotDocument, Path, list[str]]:
    """The document with its plate where it is now, that path, and warnings."""
    if plate is None:
        path, same = find_plate(saved.plate, folder)
        if same:
            moved = moved_ref(saved.plate, path, folder)
            return saved.model_copy(update={"plate": moved}), path, []
    else:
        path = plate
    with open_plate(path) as opened:
        ref = plate_ref(path, opened.info, folder)
    if ref.size != saved.plate.size or ref.count <= saved.range[1]:
        size, count = saved.plate.size, saved.plate.count
        raise PlateLost(
            folder,
            f"{path} is not the plate of {folder}",
            f"It has {ref.count} frames of {ref.size[0]}x{ref.size[1]}, "
            f"the shot was made for {count} of {size[0]}x{size[1]}",
            "Put the plate back, or relink the shot to the right one",
        )
    warnings = []
    if plate is None:
        warnings.append(
            f"The plate {path} is not the file this shot was made for: its content changed. "
            "Masks and takes may not fit it."
        )
    return saved.model_copy(update={"plate": ref}), path, warnings
