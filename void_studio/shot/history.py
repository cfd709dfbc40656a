"""One undo history for everything: strokes, tracks, objects, prompts, shapes, batch edits.

A step is data, see ``void_studio.shot.parts``: what was before and after an edit. That is what lets
the history be written to the shot folder and read back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from void_studio.errors import VoidError
from void_studio.quadmask.bits import Rect

if TYPE_CHECKING:
    from void_studio.shot.core import ShotCore

MAX_STEPS = 2000

# What a step costs beside its payload: the objects around it, and its line in the index.
_STEP_OVERHEAD = 1024


class Misfit(Exception):
    """A step does not fit what the shot is now, so it was not applied."""


@dataclass(frozen=True)
class Change:
    """What an edit, an undo or a redo touched, so that views refresh only that.

    Attributes:
        name: The name of the edit.
        frames: Plate indices whose mask changed.
        rect: The changed part of the mask, the same on every one of ``frames``; None for the whole
            frame.
        objects: Ids of objects that were added, removed or changed, or whose track changed.
        document: Whether ``shot.document`` is another one.
        where: The changed part of each of ``frames``, where it is not the same on all.
    """

    name: str
    frames: frozenset[int] = frozenset()
    rect: Rect | None = None
    objects: frozenset[str] = frozenset()
    document: bool = False
    where: Callable[[int], Rect] | None = field(default=None, compare=False)

    def rect_on(self, index: int) -> Rect | None:
        """The part of a frame's mask that changed; None for the whole frame."""
        return self.where(index) if self.where is not None else self.rect


class Part(Protocol):
    """One exchange of a step."""

    @property
    def bytes(self) -> int:
        """What it holds in memory."""

    def apply(self, core: ShotCore, forward: bool, check: bool) -> Change:
        """Makes the shot what it was after the edit, or before it.

        Raises:
            Misfit: ``check`` is set and it does not fit; nothing changed.
        """

    def copy(self) -> Part:
        """What it holds now; it may grow while its edit runs."""


@dataclass(eq=False)
class Step:
    """One undoable edit that has been done.

    Attributes:
        name: For the Edit menu, e.g. "Paint affected (frame 1021)".
        parts: In the order in which they were done. None if they are only on disk.
        bytes: What they hold, in memory or on disk; kept by the history.
        id: Its number in the shot, from 1.
        earlier: Whether it was made before the shot was opened and may not fit what was found.
        moved: Whether it was ever taken back, which ends an edit that still runs.
        saved: Whether it is on disk as it is.
        running: Whether its edit may still put more into it.
        joined: The group's step that took it in.
    """

    name: str
    parts: list[Part] | None
    bytes: int = 0
    id: int = 0
    earlier: bool = False
    moved: bool = False
    saved: bool = False
    running: bool = False
    joined: Step | None = None

    @property
    def outer(self) -> Step:
        """The step that is in the history: itself, or the one that took it in."""
        return self.joined.outer if self.joined is not None else self


class Move(NamedTuple):
    """One change of the position: a step done (also again, or grown) or taken back."""

    number: int
    step: int
    forward: bool


@dataclass
class History:
    """Steps done and undone, the oldest forgotten when they hold more than ``limit_bytes``.

    The newest step is always kept, whatever its size. All methods are for one thread, the one that
    edits; whoever holds ``editing`` sees it and the shot between two edits.

    Attributes:
        core: What the steps are applied to.
        listeners: Called with every Change: edits, undo and redo, and the frames of a running
            track.
        notices: Called with a text when steps had to be dropped.
        paused: Nothing is undone or redone meanwhile: a stroke is under the pen.
        load: Reads the parts of a step that is only on disk; VoidError if it cannot.
        moves: What was done and taken back since it was last said to be on disk; recorded only if
            ``load`` is set.
        next_id: The id of the next step.
        next_move: The number of the next move.
        revision: Another number after every change of the steps or the position.
    """

    core: ShotCore
    limit_bytes: int = 48 * 2**20
    listeners: list[Callable[[Change], None]] = field(default_factory=list)
    notices: list[Callable[[str], None]] = field(default_factory=list)
    paused: bool = False
    editing: threading.RLock = field(default_factory=threading.RLock)
    load: Callable[[Step], list[Part]] | None = None
    moves: list[Move] = field(default_factory=list)
    next_id: int = 1
    next_move: int = 1
    revision: int = 0
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    _bytes: int = 0
    _group: list[Change] | None = None
    _grouped: list[Step] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        """What all steps hold, in memory or on disk."""
        return self._bytes + (len(self.done) + len(self.undone)) * _STEP_OVERHEAD

    @property
    def undo_name(self) -> str | None:
        """The name of the step that ``undo`` would take back, or None."""
        return self.done[-1].name if self.done else None

    @property
    def redo_name(self) -> str | None:
        """The name of the step that ``redo`` would do again, or None."""
        return self.undone[-1].name if self.undone else None

    @property
    def position(self) -> int:
        """How many of ``steps`` are done."""
        return len(self.done)

    def steps(self) -> list[str]:
        """The names of all steps, the oldest first; those from ``position`` on are undone."""
        return [step.name for step in self.done] + [step.name for step in reversed(self.undone)]

    def restore(self, done: Sequence[Step], undone: Sequence[Step]) -> None:
        """Takes in the steps of an earlier session; of ``undone`` the last is redone first."""
        self.done, self.undone = list(done), list(undone)
        self._bytes = sum(step.bytes for step in (*done, *undone))

    def push(self, step: Step, change: Change | None = None) -> None:
        """Adds a step that has just been done; what was undone can no longer be redone."""
        if self._group is not None:
            self._grouped.append(step)
        else:
            with self.editing:
                self._forget(self.undone, len(self.undone))
                step.id, self.next_id = self.next_id, self.next_id + 1
                self.done.append(step)
                self._record(step, True)
                self._count(step)
        if change is not None:
            self.announce(change)

    def newest(self, name: str) -> Step | None:
        """The step that was done last, if it is called ``name`` and nothing was undone since."""
        if self.undone or not self.done or self._group is not None:
            return None
        step = self.done[-1]
        return step if step.name == name and not step.moved and not step.earlier else None

    def grown(self, step: Step) -> None:
        """Says that an edit that runs put more into its step."""
        step = step.outer
        if step.id:
            with self.editing:
                step.saved = False
                self._record(step, True)
                self._count(step)

    @contextmanager
    def group(self, name: str) -> Iterator[None]:
        """Makes all steps pushed inside one step called ``name``, announced as one change.

        Groups do not nest. If the block raises, what it had done is the step.
        """
        self._group = []
        try:
            with self.editing:
                try:
                    yield
                finally:
                    changes, self._group = self._group, None
                    steps, self._grouped = self._grouped, []
                    if steps:
                        joined = Step(name, [part for step in steps for part in step.parts or ()])
                        joined.running = any(step.running for step in steps)
                        for step in steps:
                            step.joined = joined
                        self.push(joined)
        finally:
            if changes:
                self.announce(union(name, changes))

    def undo(self) -> Change | None:
        """Takes the newest step back; None if there is none, or it did not fit."""
        return self._toggle(False)

    def redo(self) -> Change | None:
        """Does the step that was last taken back again; None as for ``undo``."""
        return self._toggle(True)

    def toward(self, position: int, seconds: float) -> Change | None:
        """Undoes or redoes, one step at least, until ``position`` or until the time is up.

        Returns:
            All of it as one change, as it was announced; None when there is nothing more to do.
        """
        end = time.monotonic() + seconds
        changes: list[Change] = []
        with self.group("History"):
            while self.position != position:
                change = self.undo() if self.position > position else self.redo()
                if change is None:
                    break
                changes.append(change)
                if time.monotonic() >= end:
                    break
        return union("History", changes) if changes else None

    def clear(self) -> None:
        """Forgets every step."""
        with self.editing:
            self._forget(self.done, len(self.done))
            self._forget(self.undone, len(self.undone))

    def announce(self, change: Change) -> None:
        """Tells the listeners of a change, also one that is not a step of its own."""
        if self._group is not None:
            self._group.append(change)
            return
        for listener in tuple(self.listeners):
            listener(change)

    def _toggle(self, forward: bool) -> Change | None:
        steps, others = (self.undone, self.done) if forward else (self.done, self.undone)
        if not steps or self.paused:
            return None
        step = steps[-1]
        step.moved = True
        with self.editing:
            try:
                change = self._apply(step, forward)
            except (Misfit, VoidError):
                count = len(steps)
                self._forget(steps, count)
                change = None
            else:
                others.append(steps.pop())
                self._record(step, forward)
        if change is None:
            verb, rest = ("done again", "later") if forward else ("taken back", "earlier")
            more = f", and {count - 1} {rest} step{'s' if count > 2 else ''}" if count > 1 else ""
            for notice in tuple(self.notices):
                notice(
                    f"“{step.name}”{more} cannot be {verb}: the files of the shot were changed "
                    "or cut short since. The masks stay as they are"
                )
            self.announce(Change(""))
            return None
        self.announce(change)
        return change

    def _apply(self, step: Step, forward: bool) -> Change:
        parts = step.parts
        if parts is None:
            if self.load is None:
                raise Misfit
            parts = self.load(step)
        ordered = parts if forward else parts[::-1]
        changes: list[Change] = []
        for at, part in enumerate(ordered):
            try:
                changes += [part.apply(self.core, forward, step.earlier)]
            except Misfit:
                for done in reversed(ordered[:at]):
                    done.apply(self.core, not forward, check=False)
                raise
        return union(step.name, changes)

    def _record(self, step: Step, forward: bool) -> None:
        self.revision += 1
        if self.load is not None:
            self.moves.append(Move(self.next_move, step.id, forward))
            self.next_move += 1

    def _count(self, step: Step) -> None:
        """Counts the bytes of a step anew, and forgets the oldest ones beyond the limits."""
        size = sum(part.bytes for part in step.parts or ())
        self._bytes += size - step.bytes
        step.bytes = size
        surplus = self.bytes - self.limit_bytes
        count = max(0, len(self.done) - MAX_STEPS)
        surplus -= sum(old.bytes + _STEP_OVERHEAD for old in self.done[:count])
        while surplus > 0 and count < len(self.done) - 1:
            surplus -= self.done[count].bytes + _STEP_OVERHEAD
            count += 1
        self._forget(self.done, count)

    def _forget(self, steps: list[Step], count: int) -> None:
        """Drops the first steps of a list."""
        if count:
            self.revision += 1
            self._bytes -= sum(step.bytes for step in steps[:count])
            del steps[:count]


def union(name: str, changes: Iterable[Change]) -> Change:
    """Changes made together, as one."""
    changes = list(changes)
    if len(changes) == 1:
        return replace(changes[0], name=name)
    frames, objects, document = frozenset[int](), frozenset[str](), False
    for change in changes:
        frames |= change.frames
        objects |= change.objects
        document |= change.document
    return Change(name, frames, None, objects, document)
