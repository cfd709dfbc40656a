"""The open shot as the window sees it: the current frame, its pictures, edits by tools."""

from __future__ import annotations

import gc
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from void_studio.app.background import Background
from void_studio.app.brush import Brush
from void_studio.app.frame_range import FrameRange
from void_studio.app.leaving import Leaving
from void_studio.app.mask_ahead import MaskAhead
from void_studio.app.opener import Opener
from void_studio.app.opening import Opened, title_of
from void_studio.app.pictures import RUNNING, Pictures
from void_studio.app.plate_on_screen import OpenSource
from void_studio.app.scrub_proxy import ScrubProxy
from void_studio.app.showing import Showing
from void_studio.app.tools.level import PaintLevel
from void_studio.errors import VoidError
from void_studio.quadmask.bits import Rect
from void_studio.shot.autosave import Autosaver
from void_studio.shot.document import Role, ShotObject
from void_studio.shot.history import Change
from void_studio.shot.shot import Shot, Stroke
from void_studio.threads import Begin

Again = Callable[[NDArray[np.uint8]], object]

LANES_MS = 80
"""Summing up a long shot takes 20 ms, so it is not done for every frame that a track brings."""


class Session(QObject):
    """One open shot, or none. Lives on the window's thread.

    Signals:
        leaving: The shot is about to be let go of: finish what is being drawn.
        shot_changed: Another shot is open, or none.
        frame_changed: The current frame's index.
        mask_changed: The current frame's mask changed: a Rect in plate pixels, or None for all.
        lanes_changed: Which frames carry remove, affected or hand paint may have changed.
        range_changed: The first and last frame of the shot.
        numbering_changed: The number of plate index 0.
        objects_changed: Objects, their clicks, or which is current.
        history_changed: What can be undone and redone.
        takes_changed: The list of takes, or what A and B show.
        saved_changed: "saved", "saving…" or "not saved".
        failed: A VoidError for the message bar.
        noticed: A text for the message bar.
        refused: A frame that is locked was to be edited: its index.
    """

    leaving = Signal()
    shot_changed = Signal()
    frame_changed = Signal(int)
    mask_changed = Signal(object)
    lanes_changed = Signal()
    range_changed = Signal(int, int)
    numbering_changed = Signal(int)
    objects_changed = Signal()
    history_changed = Signal()
    takes_changed = Signal()
    saved_changed = Signal(str)
    failed = Signal(object)
    noticed = Signal(str)
    refused = Signal(int)
    _saved = Signal(int)
    _save_failed = Signal(object)

    def __init__(
        self,
        background: Background,
        heavy: Background,
        begin: Begin,
        parent: QObject | None = None,
    ) -> None:
        """``background`` is for what the artist waits for, ``heavy`` for what takes long.

        ``begin`` has the threads that live as long as a shot is open.
        """
        super().__init__(parent)
        self.background = background
        self._leaving = Leaving(self.failed.emit, begin)
        self.opener = Opener(background, self._leaving, self)
        self.opener.opened.connect(self._adopt)
        self.opener.failed.connect(self.failed)
        self.pictures = Pictures(self._leaving, begin, self)
        self._begin = begin
        self.pictures.failed.connect(self.failed)
        self.shot: Shot | None = None
        self.index = 0
        self.brush = Brush(self)
        self.frames = FrameRange(self)
        self._object_id = ""
        self._range = (0, 0)
        self._first_number = 0
        self.showing = Showing(self)
        self.showing.changed.connect(self._on_showing)
        self._autosaver: Autosaver | None = None
        self._stroke: Stroke | None = None
        self._stroke_name = ""
        self._saved.connect(lambda _: self.saved_changed.emit("saved"))
        self._save_failed.connect(self._on_save_failed)
        self._ahead = MaskAhead(background, self.failed.emit)
        self._proxy = ScrubProxy(heavy, self._serve_through, self.failed.emit, self)
        self._flags: NDArray[np.uint8] | None = None
        self._lanes = QTimer(self, interval=LANES_MS, singleShot=True)
        self._lanes.timeout.connect(self.lanes_changed)
        # Painted frames whose tracks changed are summed up anew by the autosaver.
        self._saved.connect(lambda _: self._masks_changed())

    # -- opening and closing ---------------------------------------------------------------

    def _adopt(self, opened: Opened) -> None:
        trouble = self.save_trouble()
        if trouble is not None:
            self._leaving.close("Could not close the shot", opened.shot.close)
            self.failed.emit(trouble)
            return
        self._leave_shot()
        shot = opened.shot
        self.showing.suit([take.number for take in shot.document.takes])
        self.shot = shot
        self._flags = None
        self._range = shot.document.range
        self._first_number = shot.document.first_number
        self.index = self._range[0]
        self._object_id = shot.document.objects[0].id if shot.document.objects else ""
        self._autosaver = Autosaver(
            shot, self._saved.emit, self._save_failed.emit, begin=self._begin
        )
        shot.history.listeners.append(self._on_change)
        shot.history.notices.append(self.noticed.emit)
        self.pictures.open(shot, self.showing.takes)
        self.pictures.want(self.index)
        self.shot_changed.emit()
        self.brush.suit(shot.size)
        self.saved_changed.emit("saved")
        self._proxy.start(shot)
        if opened.notice:
            self.noticed.emit(opened.notice)

    def _serve_through(self, shot: Shot, open_source: OpenSource) -> None:
        if self.shot is shot:
            self.pictures.replace_plate(shot, open_source)

    def close_shot(self) -> None:
        """Saves and lets go of the shot, and waits until that is done."""
        self._leave_shot()
        self._leaving.wait()

    def _leave_shot(self) -> None:
        """Saves and lets go of the shot, off the window's thread."""
        self.leaving.emit()
        self.frames.leave()
        shot, saver = self.shot, self._autosaver
        self.shot = self._autosaver = None
        self._proxy.stop()
        self.pictures.close()
        if shot is not None:
            shot.history.listeners.remove(self._on_change)
            shot.history.notices.clear()
            closers = [saver.close] if saver is not None else []
            # What is left of it in cycles goes then, and not when the window is busy.
            self._leaving.close(f"Could not close {shot.folder}", *closers, shot.close, gc.collect)

    # -- frames ----------------------------------------------------------------------------

    @property
    def count(self) -> int:
        return self.shot.count if self.shot else 0

    def set_index(
        self, index: int, direction: int = 0, loop: tuple[int, int] | None = None
    ) -> None:
        """Goes to a frame, as near as the plate has it; see ``Pictures.want``."""
        if self.shot is None:
            return
        index = min(max(index, 0), self.shot.count - 1)
        self.pictures.want(index, direction, loop)
        if index != self.index:
            self._ahead.moved(self.shot, self.index, index)
            self.index = index
            self.frame_changed.emit(index)

    def number(self, index: int) -> int:
        """The number artists give a frame."""
        return index + (self.shot.document.first_number if self.shot else 0)

    def field(self) -> NDArray[np.uint8] | None:
        """The current frame's mask field, which edits change in place; None without a shot."""
        return self.shot.masks.field(self.index) if self.shot else None

    def flags(self) -> NDArray[np.uint8]:
        """What every frame holds, as ``MaskStore.summaries``: uint8 (count,)."""
        if self._flags is None:
            self._flags = self.shot.masks.summaries() if self.shot else np.zeros(0, np.uint8)
        return self._flags

    # -- painting --------------------------------------------------------------------------

    def refuses(self, index: int) -> bool:
        """Whether a frame is locked and cannot be edited; the artist is told."""
        locked = self.shot is not None and self.shot.is_locked(index)
        if locked:
            self.refused.emit(index)
        return locked

    def begin_stroke(self, name: str) -> Stroke | None:
        """Begins one undoable edit of the current frame's mask.

        None if the frame cannot be edited, e.g. because it is locked; the artist is told why.
        """
        assert self.shot is not None
        if self.refuses(self.index):
            return None
        try:
            self._stroke = self.shot.begin_stroke(self.index, name)
        except VoidError as error:
            self.failed.emit(error)
            return None
        self._stroke_name = name
        return self._stroke

    @property
    def stroke_open(self) -> bool:
        """Whether the pen is down."""
        return self._stroke is not None

    def mask_edited(self, rect: Rect) -> None:
        """Shows what a stroke in progress changed."""
        self.mask_changed.emit(rect)

    def end_stroke(self, stroke: Stroke, again: Again | None = None) -> None:
        """Ends the edit: it becomes one step of the history.

        Args:
            again: Repeats the edit in place on the field of another frame, on any thread: it goes
                through the frames that the brush goes through.
        """
        self._stroke = None
        frames = self.frames.chosen(stroke.index)
        others = [index for index in frames if index != stroke.index]
        if again is not None and others:
            name = f"{self._stroke_name} ({self.frames.where(frames)})"
            self.frames.spread(name, others, lambda _, field: again(field), stroke)
        else:
            stroke.finish()
        self.frames.pen_lifted()

    def undo(self) -> None:
        self._step(lambda shot: shot.history.undo())

    def redo(self) -> None:
        self._step(lambda shot: shot.history.redo())

    def _step(self, step: Callable[[Shot], Change | None]) -> None:
        if self.shot is None or self._stroke is not None:
            return
        change = step(self.shot)
        if change is not None:
            self.keep_in_sight(change)

    def keep_in_sight(self, change: Change) -> None:
        """Goes to the nearest frame that was undone or redone: nothing is undone out of sight."""
        if change.frames and self.index not in change.frames:
            self.set_index(min(change.frames, key=lambda frame: abs(frame - self.index)))

    def _on_change(self, change: Change) -> None:
        self.saved_changed.emit("saving…")
        if self.index in change.frames and self._stroke is None:
            # Brings the frame that is on screen up to date, in place.
            self.field()
            self.mask_changed.emit(change.rect_on(self.index))
        if change.frames:
            self._masks_changed()
        if change.objects or change.document:
            self._keep_current_object()
            self._note_range()
            self.objects_changed.emit()
        self.history_changed.emit()

    def _masks_changed(self) -> None:
        self._flags = None
        if not self._lanes.isActive():
            self._lanes.start()

    def _note_range(self) -> None:
        assert self.shot is not None
        if self.shot.document.range != self._range:
            self._range = self.shot.document.range
            self.range_changed.emit(*self._range)
        if self.shot.document.first_number != self._first_number:
            self._first_number = self.shot.document.first_number
            self.numbering_changed.emit(self._first_number)

    def _on_save_failed(self, error: VoidError) -> None:
        self.saved_changed.emit("not saved")
        self.failed.emit(error)

    def save_trouble(self) -> VoidError | None:
        """Why the shot that is open is not on disk; None if it is, or is being written."""
        error = self._autosaver.error if self._autosaver is not None else None
        if error is None or self.shot is None:
            return None
        return VoidError(
            f"{title_of(self.shot)} is not saved",
            str(error),
            "It is tried again by itself; what is not on disk is still here",
        )

    def flush(self, timeout: float = 10.0) -> bool:
        """Waits until everything is on disk, on any thread; False if it could not be saved."""
        saver = self._autosaver
        return saver is not None and saver.flush(timeout)

    # -- objects ---------------------------------------------------------------------------

    def current_object(self) -> ShotObject | None:
        return self.shot.document.object(self._object_id) if self.shot else None

    def set_current_object(self, object_id: str) -> None:
        if object_id != self._object_id:
            self._object_id = object_id
            self.objects_changed.emit()

    def _keep_current_object(self) -> None:
        assert self.shot is not None
        if self.shot.document.object(self._object_id) is None:
            objects = self.shot.document.objects
            self._object_id = objects[-1].id if objects else ""

    @property
    def new_role(self) -> Role:
        """What a new object is: what the level that is chosen would paint."""
        return Role.AFFECTED if self.brush.level is PaintLevel.AFFECTED else Role.REMOVE

    def add_object(self) -> ShotObject | None:
        """Adds an object with a free name and makes it current."""
        if self.shot is None:
            return None
        names = {item.name for item in self.shot.document.objects}
        number = next(n for n in range(1, len(names) + 2) if f"Object {n}" not in names)
        item = self.shot.add_object(f"Object {number}", self.new_role)
        self.set_current_object(item.id)
        return item

    # -- takes -----------------------------------------------------------------------------

    @property
    def take(self) -> int | None:
        """The number of the take that is compared: that on B, or on A, or else the newest."""
        if self.showing.takes:
            return self.showing.takes[0]
        takes = self.shot.document.takes if self.shot else ()
        return takes[-1].number if takes else None

    def set_take(self, number: int | None) -> None:
        """Shows another take as B, or nothing."""
        if self.shot is not None:
            self.showing.show_take(number)

    def _on_showing(self) -> None:
        if self.shot is not None:
            running = (RUNNING,) if self.showing.runs else ()
            self.pictures.show_takes(self.shot, (*self.showing.takes, *running))
            self.pictures.want(self.index)
            self.takes_changed.emit()
