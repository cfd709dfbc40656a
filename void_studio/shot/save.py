"""Writing what changed of a shot, each file whole or not at all."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from void_studio import files
from void_studio.errors import VoidError
from void_studio.shot import layout
from void_studio.shot.core import ShotCore
from void_studio.shot.document import ShotDocument, write_document
from void_studio.shot.journal import Journal, Snapshot

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class _Taken:
    """What there is to write, and what it was between two edits.

    Attributes:
        masks: Plate index to the version of its mask.
        tracks: (object id, plate index) to the packed mask.
    """

    document: ShotDocument
    masks: dict[int, int]
    tracks: dict[tuple[str, int], bytes | None]
    history: Snapshot | None


class Saver:
    """Knows what of a shot is not on disk yet, and writes it. Methods are for any thread.

    What could not be written stays pending.
    """

    def __init__(
        self, core: ShotCore, folder: Path, document_saved: bool, journal: Journal | None = None
    ) -> None:
        """Masks and tracks in ``folder`` are taken to be as in ``core``, but for the dirty ones.

        Args:
            journal: Writes the history; None for a shot that has none.
        """
        self._core = core
        self._folder = folder
        self._journal = journal
        self._document: ShotDocument | None = core.document if document_saved else None
        self._masks: set[int] = set()
        self._tracks: set[tuple[str, int]] = set()
        self._writing = False
        self._state = threading.Lock()
        self._saving = threading.Lock()

    @property
    def pending(self) -> bool:
        """Whether anything is not on disk, as a mask or in the history."""
        # Only looks: what a save has in hand must not change under it.
        core = self._core
        with self._state:
            masks = self._masks
            if self._journal is not None and not self._journal.pending:
                # Whatever was finished of a mask under the pen can be made again.
                masks = masks - core.in_hand
            held = bool(masks or self._tracks or self._writing)
            held = held or core.masks.has_dirty or core.tracks.has_dirty
        held = held or core.document is not self._document or bool(core.masks.outdated)
        return held or (self._journal is not None and self._journal.pending)

    @property
    def waiting(self) -> bool:
        """Whether masks were left for later, because they were being edited."""
        with self._state:
            return bool(self._masks)

    def save(self, closing: bool = False) -> int:
        """Writes all that is pending: the history, then the document, then masks, then tracks.

        The history comes first, for it knows how to make the others again when a shot is opened
        that was not closed. A mask that is being edited, or was since the history was taken down,
        is left for the next time: no file holds what the history on disk does not know. Masks whose
        tracked bits are outdated come last, one at a time; they are derived again after a crash.

        Args:
            closing: Writes masks that are being edited, too: there is no next time.

        Returns:
            The number of files written or removed.

        Raises:
            VoidError: a file could not be written; it and what comes after it stay pending.
        """
        with self._saving:
            if not self.pending and not (closing and self.waiting):
                if closing:
                    self._seal()
                return 0
            if not self._folder.is_dir():
                raise VoidError(
                    f"Could not save {self._folder}",
                    "The folder was moved or deleted while the shot was open",
                    "Put it back: the next edit saves what it lacks",
                )
            taken = self._take_down()
            written = self._write_changes(taken, closing)
            for index in self._core.masks.outdated:
                self._core.masks.derive(index)
                written += self._write_changes(self._take_down(), closing)
            if self._core.masks.has_dirty:
                # Whoever looked at an outdated mask meanwhile has brought it up to date.
                written += self._write_changes(self._take_down(), closing)
            if self._journal is not None and taken.history is not None and not self._left_over():
                self._journal.settled(taken.history)
            if closing:
                self._seal()
        return written

    def _seal(self) -> None:
        if self._journal is not None and not self.pending and not self._core.in_hand:
            self._journal.seal()

    def _left_over(self) -> bool:
        with self._state:
            return bool(self._masks or self._tracks)

    def _take_down(self) -> _Taken:
        """What is to be written, between two edits."""
        core = self._core
        with core.history.editing, self._state:
            self._masks |= core.masks.take_dirty()
            self._tracks |= core.tracks.take_dirty()
            return _Taken(
                core.document,
                {index: core.masks.version(index) for index in sorted(self._masks)},
                {key: core.tracks.blob(*key) for key in sorted(self._tracks)},
                self._journal.snapshot() if self._journal is not None else None,
            )

    def _write_changes(self, taken: _Taken, closing: bool) -> int:
        written = 0
        if self._journal is not None and taken.history is not None:
            written += self._journal.write(taken.history)
        written += self._write_document(taken.document)
        for index, version in taken.masks.items():
            with self._in_hand(self._masks, index) as put_back:
                data = self._core.masks.png(index)
                if not closing and not self._as_taken(index, version):
                    put_back()
                    continue
                _write(layout.frame_file(layout.masks_folder(self._folder), index), data)
                if self._journal is not None and taken.history is not None:
                    self._journal.wrote(index, data, taken.history)
                written += 1
        for (object_id, index), blob in taken.tracks.items():
            with self._in_hand(self._tracks, (object_id, index)) as put_back:
                data = self._core.tracks.png(object_id, index)
                if self._core.tracks.blob(object_id, index) is not blob:
                    put_back()
                    continue
                folder = layout.tracks_folder(self._folder, object_id)
                _write(layout.frame_file(folder, index), data)
                written += 1
        return written

    def _as_taken(self, index: int, version: int) -> bool:
        core = self._core
        with core.history.editing:
            return index not in core.in_hand and core.masks.version(index) == version

    @contextmanager
    def _in_hand(self, waiting: set[_Key], key: _Key) -> Iterator[Callable[[], None]]:
        """Takes ``key`` off before its pixels are read, and puts it back if it is not written.

        Yields what puts it back.
        """

        def put_back() -> None:
            with self._state:
                waiting.add(key)

        with self._state:
            waiting.discard(key)
            self._writing = True
        try:
            yield put_back
        except BaseException:
            put_back()
            raise
        finally:
            with self._state:
                self._writing = False

    def _write_document(self, document: ShotDocument) -> int:
        if document is self._document:
            return 0
        write_document(layout.document_path(self._folder), document)
        self._document = document
        return 1


def _write(path: Path, data: bytes | None) -> None:
    """Writes a picture, or removes it (and a folder left empty) where there is none."""
    try:
        if data is None:
            path.unlink(missing_ok=True)
            if path.parent.parent.name == "tracks":
                with contextlib.suppress(OSError):
                    path.parent.rmdir()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.explain(error, f"Could not write {path}") from error
    files.write_atomic(path, data)
