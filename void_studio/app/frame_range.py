"""Edits of masks made off the window's thread, on one frame or through many, one step each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from void_studio.app.background import Background
from void_studio.app.brush import FrameSpan
from void_studio.app.frame_tasks import Edit, Enough, FrameTask, MadeFrame, make_frame
from void_studio.app.panels.job_rows import JobRow
from void_studio.errors import VoidError
from void_studio.shot.history import Change
from void_studio.shot.shot import Stroke

if TYPE_CHECKING:
    from void_studio.app.session import Session

_ROWS_MS = 200


def frames_of(span: FrameSpan, index: int, limits: tuple[int, int], count: int) -> list[int]:
    """The frames of a span as seen from ``index``, which comes first, then those nearest to it.

    From here on, or up to here, goes to the limits of the shot; outside them to the plate's.

    Args:
        limits: First and last plate index of the shot, both included.
        count: Number of frames of the plate.
    """
    first, last = limits
    frames = {
        FrameSpan.THIS: range(index, index + 1),
        FrameSpan.IN_TO_OUT: range(first, last + 1),
        FrameSpan.WHOLE: range(count),
        FrameSpan.FROM_HERE: range(index, (last if index <= last else count - 1) + 1),
        FrameSpan.UP_TO_HERE: range(first if index >= first else 0, index + 1),
    }[span]
    return sorted({index, *frames}, key=lambda frame: abs(frame - index))


class FrameRange(QObject):
    """Lives on the window's thread; masks are unpacked, edited and packed on others: one frame at
    once, many one after the other on a thread of their own.

    Edits are made in the order they were asked for, those of one frame beside those of many. What
    the artist does meanwhile wins: a frame that he edits after a spread began and before it comes
    there is left as it is, and so is a locked frame. Stopping keeps the frames that are done, which
    one undo takes back.

    Signals:
        rows_changed: The rows for the jobs list changed.
        told: A text that asks for nothing.
    """

    rows_changed = Signal()
    told = Signal(str)
    _made = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._tasks: list[FrameTask] = []
        self._lanes: tuple[deque[FrameTask], deque[FrameTask]] = (deque(), deque())
        self._entered: list[FrameTask] = []
        self._putting: FrameTask | None = None
        self._asked = 0
        # Not polite: a thread that waits for a processor while it runs Python keeps the window
        # waiting, too.
        self._patient = Background(self, 1)
        self._tick = QTimer(self, interval=_ROWS_MS)
        self._tick.timeout.connect(self.rows_changed)
        self._made.connect(self._put, Qt.ConnectionType.QueuedConnection)

    def chosen(self, index: int | None = None) -> list[int]:
        """The frames that the brush goes through from ``index`` on, which comes first.

        Args:
            index: A plate index; the current one if None.

        Returns:
            Plate indices; none without a shot.
        """
        session = self._session
        if session.shot is None:
            return []
        at = session.index if index is None else index
        return frames_of(session.brush.through, at, session.shot.document.range, session.shot.count)

    def where(self, indices: Sequence[int]) -> str:
        """Frames as the Edit menu names them, e.g. "frames 1001–1046"."""
        first, last = self._session.number(min(indices)), self._session.number(max(indices))
        return f"frame {first}" if first == last else f"frames {first}–{last}"

    def edit(self, name: str, edit: Edit) -> None:
        """Edits the frames that the brush goes through, which the step's name says."""
        indices = self.chosen()
        if indices:
            self.spread(f"{name} ({self.where(indices)})", indices, edit)

    def spread(
        self,
        name: str,
        indices: Sequence[int],
        edit: Edit,
        stroke: Stroke | None = None,
        then: Callable[[], object] | None = None,
        release: Callable[[], object] | None = None,
    ) -> str:
        """Edits frames of the open shot, the first of ``indices`` first, as one undo step.

        Args:
            name: For the Edit menu and the jobs list.
            indices: Plate indices.
            stroke: What began it, on another frame: ended here, and undone together with it.
            then: Called when all frames were gone through.
            release: Called on the thread that edits when it comes to its end, for what it held.

        Returns:
            The id of its row.
        """
        shot = self._session.shot
        assert shot is not None
        if not self._tasks:
            shot.history.listeners.append(self._on_change)
            self._tick.start()
        self._asked += 1
        spread = shot.begin_spread(name)
        identity = f"frames-{self._asked}"
        task = FrameTask(identity, shot, edit, spread, list(indices), len(indices))
        task.then, task.release = then, release
        if stroke is not None:
            self._putting = task
            spread.begin_with(stroke)
            self._putting = None
        self._tasks.append(task)
        lane = self._lanes[len(indices) > 1]
        lane.append(task)
        if len(lane) == 1:
            self._run(task)
        return task.id

    @property
    def busy(self) -> bool:
        """Whether anything waits or runs."""
        return bool(self._tasks)

    def rows(self) -> list[JobRow]:
        return [task.row() for task in reversed(self._tasks)]

    def cancel(self, row_id: str, quietly: bool = False) -> bool:
        """Stops one, which keeps what it has done; False if there is none of this id."""
        for task in self._tasks:
            if task.id == row_id:
                if quietly:
                    task.spread.finish()
                self._cancel(task)
                return True
        return False

    def cancel_all(self) -> bool:
        """Stops all of them; False if there was none."""
        tasks = self._tasks.copy()
        for task in reversed(tasks):
            self._cancel(task)
        return bool(tasks)

    def close(self) -> None:
        """Ends the thread; no shot is open any more."""
        self._patient.close()

    def pen_lifted(self) -> None:
        """Goes on with what waited for the frame under the pen."""
        for lane in self._lanes:
            if lane and not lane[0].running:
                self._run(lane[0])

    def _cancel(self, task: FrameTask) -> None:
        task.token.cancel()
        if not task.running:
            if not task.spread.closed:
                self._tell(task)
            self._end(task)

    # -- making ----------------------------------------------------------------------------

    def _run(self, task: FrameTask) -> None:
        if task.spread.closed:
            self._end(task)
            return
        task.running = True

        def work() -> str:
            try:
                for index in task.frames:
                    if task.token.cancelled:
                        break
                    self._made.emit(make_frame(task, index))
            except Enough as enough:
                return str(enough)
            finally:
                if task.release is not None:
                    task.release()
            return ""

        def done(reason: str) -> None:
            if reason:
                self._session.noticed.emit(reason)
                self._end(task)
            else:
                self._settle(task)

        def failed(error: VoidError) -> None:
            self._session.failed.emit(error)
            self._end(task)

        what = f"Could not finish: {task.spread.name}"
        background = self._patient if task.total > 1 else self._session.background
        background.run(what, work, done, failed)

    def _put(self, made: MadeFrame) -> None:
        task, index = made.task, made.index
        if task.spread.closed or task not in self._tasks:
            return
        if self._session.stroke_open and index == self._session.index:
            task.again.append(index)
            return
        if task.shot.is_locked(index):
            task.locked.add(index)
        elif index not in task.left and not made.rect.empty:
            self._putting = task
            put = task.spread.put(index, made.old, made.new, made.rect)
            self._putting = None
            if not put:
                task.again.append(index)
                return
        task.done += 1

    def _settle(self, task: FrameTask) -> None:
        """All frames were gone through once: those that changed meanwhile are made again."""
        if task not in self._tasks:
            return
        stopped = task.token.cancelled or task.spread.closed
        if not task.again or stopped:
            if not task.spread.closed:
                self._tell(task)
            self._end(task)
            if not stopped and task.then is not None:
                task.then()
            return
        task.frames, task.again = task.again, []
        task.running = False
        if not self._session.stroke_open:
            self._run(task)

    def _tell(self, task: FrameTask) -> None:
        """Says what was not done."""
        session, name = self._session, task.spread.name
        if task.token.cancelled and task.done < task.total:
            back = ". Undo takes them back" if task.spread.entered else ""
            self.told.emit(f"{name}: stopped after {task.done} of {task.total} frames{back}")
        for frames, why in ((task.locked, "locked"), (task.left, "edited meanwhile")):
            if frames:
                numbers = ", ".join(str(session.number(index)) for index in sorted(frames)[:8])
                more = ", …" if len(frames) > 8 else ""
                session.noticed.emit(f"{name}: left as it was where {why}, {numbers}{more}")

    def _end(self, task: FrameTask) -> None:
        if task not in self._tasks:
            return
        task.spread.finish()
        self._tasks.remove(task)
        lane = self._lanes[task.total > 1]
        first = lane[0] is task
        lane.remove(task)
        if first and lane:
            self._run(lane[0])
        if not self._tasks:
            task.shot.history.listeners.remove(self._on_change)
            self._entered.clear()
            self._tick.stop()
            self.rows_changed.emit()

    # -- meanwhile -------------------------------------------------------------------------

    def _on_change(self, change: Change) -> None:
        """What is painted on a frame leaves it to the artist, for all spreads begun before.

        Each step of the history can then be undone after those that follow it, and only them.
        """
        if self._putting is not None and self._putting not in self._entered:
            self._entered.append(self._putting)
        painted = not change.document and not change.objects
        for task in self._entered:
            if task is self._putting:
                break
            if task.spread.closed:
                task.token.cancel()
            elif painted:
                task.left |= change.frames & frozenset(task.frames)

    def leave(self) -> None:
        """The shot goes: what is done is kept."""
        for task in self._tasks:
            task.token.cancel()
            task.spread.finish()
        if self._tasks:
            self._tasks[0].shot.history.listeners.remove(self._on_change)
        self._tasks.clear()
        self._entered.clear()
        for lane in self._lanes:
            lane.clear()
        self._tick.stop()
        self.rows_changed.emit()
