"""One undo history for everything: strokes, tracks, objects, prompts, batch edits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from void_studio.quadmask.bits import Rect

# What a step costs beside its payload: the closures and the objects they hold.
_STEP_OVERHEAD = 1024


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
    """

    name: str
    frames: frozenset[int] = frozenset()
    rect: Rect | None = None
    objects: frozenset[str] = frozenset()
    document: bool = False


@dataclass
class Step:
    """One undoable edit that has been done.

    Attributes:
        name: For the Edit menu, e.g. "Paint affected (frame 1021)".
        undo: Takes the edit back and says what changed.
        redo: Does it again and says what changed.
        bytes: What the step holds in memory. It may grow while the edit runs; see
            ``History.grown``.
    """

    name: str
    undo: Callable[[], Change]
    redo: Callable[[], Change]
    bytes: int = 0


@dataclass
class History:
    """Steps done and undone, the oldest forgotten when they hold more than ``limit_bytes``.

    The newest step is always kept, whatever its size. All methods are for one thread, the one that
    edits.

    Attributes:
        listeners: Called with every Change: edits, undo and redo, and the frames of a running
            track.
        paused: Nothing is undone or redone meanwhile: a stroke is under the pen.
    """

    limit_bytes: int = 48 * 2**20
    listeners: list[Callable[[Change], None]] = field(default_factory=list)
    paused: bool = False
    _done: deque[Step] = field(default_factory=deque)
    _undone: list[Step] = field(default_factory=list)
    _group: list[Change] | None = None

    @property
    def bytes(self) -> int:
        """What all steps hold in memory."""
        return sum(step.bytes + _STEP_OVERHEAD for step in (*self._done, *self._undone))

    @property
    def undo_name(self) -> str | None:
        """The name of the step that ``undo`` would take back, or None."""
        return self._done[-1].name if self._done else None

    @property
    def redo_name(self) -> str | None:
        """The name of the step that ``redo`` would do again, or None."""
        return self._undone[-1].name if self._undone else None

    def push(self, step: Step, change: Change | None = None) -> None:
        """Adds a step that has just been done; what was undone can no longer be redone."""
        self._undone.clear()
        self._done.append(step)
        self.grown()
        if change is not None:
            self.announce(change)

    def grown(self) -> None:
        """Forgets the oldest steps beyond the limit; call it when a step's ``bytes`` changed."""
        if self._group is not None:
            return
        surplus = self.bytes - self.limit_bytes
        while surplus > 0 and len(self._done) > 1:
            surplus -= self._done.popleft().bytes + _STEP_OVERHEAD

    @contextmanager
    def group(self, name: str) -> Iterator[None]:
        """Makes all steps pushed inside one step called ``name``, announced as one change.

        Groups do not nest. If the block raises, what it had done is the step.
        """
        first = len(self._done)
        self._group = []
        try:
            yield
        finally:
            changes, self._group = self._group, None
            steps = [self._done.pop() for _ in range(len(self._done) - first)][::-1]
            if steps:
                self._done.append(_joined(name, steps))
                self.grown()
            if changes:
                self.announce(_union(name, changes))

    def undo(self) -> Change | None:
        """Takes the newest step back; None if there is none."""
        if not self._done or self.paused:
            return None
        step = self._done.pop()
        change = step.undo()
        self._undone.append(step)
        self.announce(change)
        return change

    def redo(self) -> Change | None:
        """Does the step that was last taken back again; None if there is none."""
        if not self._undone or self.paused:
            return None
        step = self._undone.pop()
        change = step.redo()
        self._done.append(step)
        self.announce(change)
        return change

    def clear(self) -> None:
        """Forgets every step."""
        self._done.clear()
        self._undone.clear()

    def announce(self, change: Change) -> None:
        """Tells the listeners of a change, also one that is not a step of its own."""
        if self._group is not None:
            self._group.append(change)
            return
        for listener in tuple(self.listeners):
            listener(change)


def _joined(name: str, steps: Sequence[Step]) -> Step:
    def undo() -> Change:
        return _union(name, [step.undo() for step in reversed(steps)])

    def redo() -> Change:
        return _union(name, [step.redo() for step in steps])

    return Step(name, undo, redo, sum(step.bytes for step in steps))


def _union(name: str, changes: Iterable[Change]) -> Change:
    frames, objects, document = frozenset[int](), frozenset[str](), False
    for change in changes:
        frames |= change.frames
        objects |= change.objects
        document |= change.document
    return Change(name, frames, None, objects, document)
