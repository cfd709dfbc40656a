"""One undo step over many frames, each put in when it is ready."""

from __future__ import annotations

from void_studio.quadmask.bits import Rect
from void_studio.shot.core import ShotCore
from void_studio.shot.edits import Stroke
from void_studio.shot.history import Change, Step
from void_studio.shot.parts import Frames


class Spread:
    """An edit that goes through many frames, made off the editing thread.

    It is in the history from its first frame on: undoing it while it runs closes it. Frames are
    exchanged packed, so that putting them in and undoing all of them takes next to no time.

    Attributes:
        name: For the Edit menu.
        entered: Whether it is in the history.
        closed: Whether it takes no more frames: finished or undone.
    """

    def __init__(self, core: ShotCore, name: str) -> None:
        self.name = name
        self.entered = False
        self._core = core
        self._ended = False
        self._part = Frames()
        self._step = Step(name, [self._part], running=True)

    @property
    def closed(self) -> bool:
        return self._ended or self._step.outer.moved

    def begin_with(self, stroke: Stroke) -> None:
        """Ends a stroke, which becomes one step with what is put in from now on."""
        with self._core.history.group(self.name):
            if stroke.finish() is not None:
                self._enter()

    def put(self, index: int, old: bytes | None, new: bytes | None, rect: Rect) -> bool:
        """Takes one frame in; False if it is not ``old`` any more, or just brought up to date.

        Args:
            old: The frame as ``MaskStore.take_copy`` gave it.
            new: What it becomes, from ``MaskStore.packed``.
            rect: The part that changes.
        """
        history = self._core.history
        with history.editing:
            if not self._core.masks.replace(index, old, new):
                return False
            self._part.before.setdefault(index, old)
            self._part.after[index] = new
            if self.entered:
                history.grown(self._step)
            else:
                self._enter()
        history.announce(Change(self.name, frozenset({index}), rect))
        return True

    def finish(self) -> None:
        """Ends the edit; what was put in stays as one undo step."""
        self._ended = True
        self._step.outer.running = False

    def _enter(self) -> None:
        self.entered = True
        self._core.history.push(self._step)
