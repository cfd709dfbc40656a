"""Writing what changed of a shot, each file whole or not at all."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from void_studio import files
from void_studio.errors import VoidError
from void_studio.shot import layout
from void_studio.shot.core import ShotCore
from void_studio.shot.document import ShotDocument, write_document

_Key = TypeVar("_Key")


class Saver:
    """Knows what of a shot is not on disk yet, and writes it. Methods are for any thread.

    What could not be written stays pending.
    """

    def __init__(self, core: ShotCore, folder: Path, document_saved: bool) -> None:
        """Masks and tracks in ``folder`` are taken to be as in ``core``, but for the dirty ones."""
        self._core = core
        self._folder = folder
        self._document: ShotDocument | None = core.document if document_saved else None
        self._masks: set[int] = set()
        self._tracks: set[tuple[str, int]] = set()
        self._writing = False
        self._state = threading.Lock()
        self._saving = threading.Lock()

    @property
    def pending(self) -> bool:
        """Whether anything is not on disk."""
        # Only looks: what a save has in hand must not change under it.
        core = self._core
        with self._state:
            held = bool(self._masks or self._tracks or self._writing)
            held = held or core.masks.has_dirty or core.tracks.has_dirty
        return held or core.document is not self._document or bool(core.masks.outdated)

    def save(self) -> int:
        """Writes all that is pending: the document, then masks, then tracks.

        Masks whose tracked bits are outdated come last, one at a time. Every order is safe, for
        tracked bits are derived again when a shot is opened that was not closed; this one loses
        the least if the program is killed meanwhile.

        Returns:
            The number of files written or removed.

        Raises:
            VoidError: a file could not be written; it and what comes after it stay pending.
        """
        with self._saving:
            if not self.pending:
                return 0
            if not self._folder.is_dir():
                raise VoidError(
                    f"Could not save {self._folder}",
                    "The folder was moved or deleted while the shot was open",
                    "Put it back: the next edit saves what it lacks",
                )
            written = self._write_changes()
            for index in self._core.masks.outdated:
                self._core.masks.derive(index)
                written += self._write_changes()
        return written

    def _write_changes(self) -> int:
        masks, tracks = self._collect()
        written = self._write_document()
        for index in masks:
            path = layout.frame_file(layout.masks_folder(self._folder), index)
            with self._in_hand(self._masks, index):
                _write(path, self._core.masks.png(index))
        for object_id, index in tracks:
            path = layout.frame_file(layout.tracks_folder(self._folder, object_id), index)
            with self._in_hand(self._tracks, (object_id, index)):
                _write(path, self._core.tracks.png(object_id, index))
        return written + len(masks) + len(tracks)

    def _collect(self) -> tuple[list[int], list[tuple[str, int]]]:
        # Taken before the pixels are read, so an edit meanwhile makes its frame pending again.
        with self._state:
            self._masks |= self._core.masks.take_dirty()
            self._tracks |= self._core.tracks.take_dirty()
            return sorted(self._masks), sorted(self._tracks)

    @contextmanager
    def _in_hand(self, waiting: set[_Key], key: _Key) -> Iterator[None]:
        """Takes ``key`` off before its pixels are read, and puts it back if it is not written."""
        with self._state:
            waiting.discard(key)
            self._writing = True
        try:
            yield
        except BaseException:
            with self._state:
                waiting.add(key)
            raise
        finally:
            with self._state:
                self._writing = False

    def _write_document(self) -> int:
        document = self._core.document
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
