"""The history of a shot in its folder, written ahead of the masks that its steps changed.

``history/NNNNNN.step`` holds what a step is, ``history/index.json`` which there are and how many of
them are done. Both are written before the document, the masks and the tracks. The index also lists
the *moves* since all of those were last on disk, and what the files of masks were then: after a
crash they are made again on exactly the masks that lack them. All but masks are set to what a step
says, which may be done twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from void_studio import files
from void_studio.errors import VoidError
from void_studio.shot import layout, step_file
from void_studio.shot.core import ShotCore
from void_studio.shot.history import Misfit, Move, Part, Step
from void_studio.shot.parts import Frames, Painted
from void_studio.shot.png import read_bounded

_VERSION = 1
_STEP_FILE = re.compile(r"^(\d{6,12})\.step$")

_MOST_STEP_BYTES = 2**30

HELD_BYTES = 8 * 2**20
"""What steps that are on disk may hold in memory."""


@dataclass(frozen=True)
class Snapshot:
    """The history between two edits.

    Attributes:
        revision: ``History.revision``.
        steps: Done, then undone in the order in which they would be redone.
        unsaved: Steps that are not on disk as they are, with their parts.
        number: Of the last move.
    """

    revision: int
    steps: tuple[Step, ...]
    position: int
    unsaved: tuple[tuple[Step, list[Part]], ...]
    moves: tuple[Move, ...]
    number: int
    next_id: int


def fingerprint(data: bytes | None) -> str | None:
    """What tells one content of a file from any other; None for no file."""
    return None if data is None else hashlib.blake2b(data, digest_size=12).hexdigest()


class Journal:
    """Reads the history when a shot is opened, and writes it for the saver.

    ``load`` is for the thread that opens the shot, ``read`` for the one that edits it, everything
    else for whoever saves.
    """

    def __init__(self, core: ShotCore, folder: Path, masks: Mapping[int, str]) -> None:
        """``masks`` are the fingerprints of the mask files that are in ``folder``."""
        self._core = core
        self._folder = layout.history_folder(folder)
        self._written: set[int] = set()
        self._indexed: set[int] = set()
        self._revision = core.history.revision
        self._sealed = True
        # Plate index to the fingerprint of its file, and the last move that is in it.
        self._masks: dict[int, tuple[str | None, int]] = {i: (m, 0) for i, m in masks.items()}
        core.history.load = self.read

    def load(self, crashed: bool) -> list[str]:
        """Takes in the history that is on disk, as far as it can be read.

        Args:
            crashed: Whether the last writer ended without closing the shot: what only its history
                knows is made again.

        Returns:
            Warnings.
        """
        self._written = {
            int(match[1])
            for path in (self._folder.iterdir() if self._folder.is_dir() else ())
            if (match := _STEP_FILE.match(path.name))
        }
        history = self._core.history
        history.next_id = max(self._written, default=0) + 1
        path = self._folder / layout.INDEX_NAME
        if not path.is_file():
            return []
        try:
            moves, masks = self._take_in(files.read_json(path))
        except (VoidError, ValueError, TypeError, KeyError) as error:
            return [f"The undo history cannot be read, a new one begins: {error}"]
        here = {index: mask for index, (mask, _) in self._masks.items()}
        if not crashed and here == {index: mask for index, (mask, _) in masks.items() if mask}:
            for step in (*history.done, *history.undone):
                step.earlier = False
        self._masks = {index: (mask, history.next_move - 1) for index, mask in here.items()}
        if crashed:
            self._recover(moves, masks)
            history.moves = list(moves)
        return []

    def read(self, step: Step) -> list[Part]:
        """The parts of a step that is on disk; VoidError if it cannot be read."""
        path = self._path(step.id)
        return step_file.decode(read_bounded(path, _MOST_STEP_BYTES), str(path))

    def snapshot(self) -> Snapshot:
        """What the history is now; call it while holding ``History.editing``."""
        history = self._core.history
        steps = (*history.done, *reversed(history.undone))
        unsaved = []
        for step in steps:
            if not step.saved:
                unsaved.append((step, [part.copy() for part in step.parts or ()]))
                step.saved = True
        return Snapshot(
            history.revision,
            steps,
            len(history.done),
            tuple(unsaved),
            tuple(history.moves),
            history.next_move - 1,
            history.next_id,
        )

    def write(self, snapshot: Snapshot) -> int:
        """Writes the steps that are not on disk, then the index; returns the number of files.

        Raises:
            VoidError: one could not be written; it stays to be saved.
        """
        if snapshot.revision == self._revision:
            return 0
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            self._not_saved(snapshot)
            raise files.explain(error, f"Could not write {self._folder}") from error
        try:
            for step, parts in snapshot.unsaved:
                self._write_step(self._path(step.id), step_file.encode(parts))
                self._written.add(step.id)
            files.write_atomic(self._folder / layout.INDEX_NAME, self._index(snapshot))
        except BaseException:
            self._not_saved(snapshot)
            raise
        self._revision, self._sealed = snapshot.revision, True
        self._indexed = {step.id for step in snapshot.steps}
        self._indexed |= {move.step for move in snapshot.moves}
        self._delete_forgotten()
        self._relieve()
        return len(snapshot.unsaved) + 1

    def wrote(self, index: int, data: bytes | None, snapshot: Snapshot) -> None:
        """Says that the file of a mask is what it was in a snapshot."""
        self._masks[index] = fingerprint(data), snapshot.number
        self._sealed = False

    def settled(self, snapshot: Snapshot) -> None:
        """Says that all that the shot was in a snapshot is on disk."""
        history = self._core.history
        with history.editing:
            history.moves = [move for move in history.moves if move.number > snapshot.number]

    def seal(self) -> None:
        """Says that everything is on disk and that nothing more is written.

        Whoever finds these very files need not ask whether the steps fit them.
        """
        if not self._sealed and self._folder.is_dir():
            files.write_atomic(self._folder / layout.INDEX_NAME, self._index(self.snapshot()))
            self._sealed = True

    @property
    def pending(self) -> bool:
        """Whether the history changed since it was written."""
        return self._core.history.revision != self._revision

    def _plate(self) -> list[int]:
        return [*self._core.masks.size, self._core.masks.count]

    def _path(self, step_id: int) -> Path:
        return self._folder / f"{step_id:06d}.step"

    @staticmethod
    def _write_step(path: Path, data: bytes) -> None:
        # Not forced to the disk one by one, there may be many: after a power cut a checksum tells.
        temporary = path.with_name(f".void-{path.stem}.part")
        try:
            temporary.write_bytes(data)
            temporary.replace(path)
        except OSError as error:
            raise files.explain(error, f"Could not write {path}") from error

    def _index(self, snapshot: Snapshot) -> bytes:
        value = {
            "version": _VERSION,
            "plate": self._plate(),
            "position": snapshot.position,
            "next_id": snapshot.next_id,
            "next_move": snapshot.number + 1,
            "steps": [(step.id, step.name, step.bytes) for step in snapshot.steps],
            "moves": snapshot.moves,
            "masks": self._masks,
        }
        return json.dumps(value, separators=(",", ":")).encode()

    def _take_in(self, value: Any) -> tuple[list[Move], dict[int, tuple[str | None, int]]]:
        if value["version"] != _VERSION:
            raise ValueError(f"it is of version {value['version']}")
        if value["plate"] != self._plate():
            raise ValueError("it is that of another plate")
        steps = [
            Step(str(name), None, int(size), int(step_id), earlier=True, saved=True)
            for step_id, name, size in value["steps"]
        ]
        moves = [Move(int(number), int(step), bool(on)) for number, step, on in value["moves"]]
        masks = {int(i): (mask, int(number)) for i, (mask, number) in value["masks"].items()}
        position = int(value["position"])
        history = self._core.history
        history.restore(steps[:position], steps[position:][::-1])
        history.next_id = max(history.next_id, int(value["next_id"]))
        history.next_move = int(value["next_move"])
        self._indexed = {step.id for step in steps} | {move.step for move in moves}
        self._revision = history.revision
        return moves, masks

    def _recover(self, moves: Sequence[Move], masks: dict[int, tuple[str | None, int]]) -> None:
        """Makes the moves again whose effect may not be on disk."""
        here = {index: mask for index, (mask, _) in self._masks.items()}
        # Files that were written later hold these moves already.
        lacking = {
            index: masks.get(index, (None, 0))[1]
            for index in range(self._core.masks.count)
            if masks.get(index, (None, 0))[0] == here.get(index)
        }
        self._masks.update({i: (here.get(i), number) for i, number in lacking.items() if number})
        for move in moves:
            with contextlib.suppress(VoidError):
                contents = self.read(Step("", None, id=move.step))
                for part in contents if move.forward else contents[::-1]:
                    self._make_again(part, move, lacking)

    def _make_again(self, part: Part, move: Move, lacking: dict[int, int]) -> None:
        core = self._core
        if isinstance(part, Painted):
            for index, diff in part.diffs if move.forward else part.diffs[::-1]:
                if lacking.get(index, move.number) < move.number:
                    self._on_mask(Painted(((index, diff),)), index, move, lacking)
        elif isinstance(part, Frames):
            for index in part.after:
                if lacking.get(index, move.number) < move.number:
                    frame = Frames({index: part.before[index]}, {index: part.after[index]})
                    # A step that grew was moved once for every frame, and holds them all by now.
                    there = part.after if move.forward else part.before
                    if not core.masks.same_paint(index, there[index]):
                        self._on_mask(frame, index, move, lacking)
        else:
            part.apply(core, move.forward, check=False)

    def _on_mask(self, part: Part, index: int, move: Move, lacking: dict[int, int]) -> None:
        try:
            part.apply(self._core, move.forward, check=True)
        except Misfit:
            del lacking[index]

    def _delete_forgotten(self) -> None:
        for step_id in self._written - self._indexed:
            with contextlib.suppress(OSError):
                self._path(step_id).unlink(missing_ok=True)
        self._written &= self._indexed

    def _relieve(self) -> None:
        """Lets the oldest steps be on disk only."""
        history = self._core.history
        with history.editing:
            steps = (*history.done, *reversed(history.undone))
            held = sum(step.bytes for step in steps if step.parts is not None)
            for step in steps:
                if held <= HELD_BYTES:
                    break
                if step.parts is not None and step.saved and not step.running:
                    held -= step.bytes
                    step.parts = None

    @staticmethod
    def _not_saved(snapshot: Snapshot) -> None:
        for step, _ in snapshot.unsaved:
            step.saved = False


def mask_fingerprints(folder: Path) -> dict[int, str]:
    """Plate index to the fingerprint of the mask file in a shot folder."""
    found = {}
    for index, path in layout.frame_files(layout.masks_folder(folder)):
        with contextlib.suppress(OSError):
            found[index] = fingerprint(path.read_bytes()) or ""
    return found
