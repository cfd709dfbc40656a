"""Intake: what jobs have made becomes part of the open shot."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from void_studio.app.background import Background
from void_studio.app.following import TrackedFrame
from void_studio.app.session import Session
from void_studio.errors import VoidError
from void_studio.shot.edits import TrackEdit
from void_studio.shot.shot import Shot
from void_studio.worker.results import is_news, mark_adopted
from void_studio.worker.status import JobState, JobStatus

_PEN_DOWN_MS = 50
"""How often it is asked whether the stroke, during which nothing is taken in, has ended."""


def is_of(shot: Shot | None, status: JobStatus) -> bool:
    """Whether a job was made for this shot."""
    return shot is not None and Path(status.shot) == shot.folder.absolute()


class Intake(QObject):
    """Takes tracks in frame by frame, one a turn of the event loop, and takes when they are whole.

    Signals:
        take_made: A removal of the open shot became the take of this number.
        not_taken: A removal of the open shot has ended, and there is no take of it.
        tracked: The object of this id has been tracked to the end.
    """

    take_made = Signal(int)
    not_taken = Signal()
    tracked = Signal(str)

    def __init__(
        self,
        session: Session,
        background: Background,
        status_of: Callable[[str], JobStatus | None],
        parent: QObject | None = None,
    ) -> None:
        """``status_of`` tells the status of a job id, None if it is not known."""
        super().__init__(parent)
        self._session = session
        self._background = background
        self._status_of = status_of
        self._arrivals: deque[TrackedFrame] = deque()
        self._edits: dict[tuple[str, str], TrackEdit] = {}
        self._ended: list[JobStatus] = []
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._take_in)

    @property
    def waiting(self) -> bool:
        """Whether anything that arrived is not taken in yet."""
        return self._turn.isActive()

    def add(self, frame: TrackedFrame) -> None:
        """A frame of a track arrived."""
        self._arrivals.append(frame)
        self._turn.start()

    def job_ended(self, status: JobStatus) -> None:
        """Takes in what is left of a job, whose frames have all arrived."""
        if status.kind == "track":
            # Also one that changed nothing is settled: else it came back after its like is undone.
            if is_of(self._session.shot, status):
                self._ended.append(status)
            self._turn.start()
        elif status.state is JobState.DONE:
            self._adopt_take(status)
        elif is_of(self._session.shot, status):
            self.not_taken.emit()

    def forget(self) -> None:
        """Drops what was for the last shot; its jobs are picked up when it is opened again."""
        self._arrivals.clear()
        self._turn.stop()
        for edit in self._edits.values():
            edit.finish()
        self._edits.clear()
        self._ended.clear()

    def _take_in(self) -> None:
        """Takes one arrived frame into the shot, then ends the edits of jobs that have ended."""
        pen_down = self._session.stroke_open
        self._turn.setInterval(_PEN_DOWN_MS if pen_down else 0)
        if pen_down:
            return
        if self._arrivals:
            frame = self._arrivals.popleft()
            status = self._status_of(frame.job_id)
            if status is None or is_of(self._session.shot, status):
                self._put(frame)
            return
        self._turn.stop()
        ended, self._ended = self._ended, []
        for status in ended:
            for key in [key for key in self._edits if key[0] == status.id]:
                self._edits.pop(key).finish()
            self._settle(status)
            if status.state is JobState.DONE:
                for object_id in status.objects:
                    self.tracked.emit(object_id)

    def _put(self, frame: TrackedFrame) -> None:
        shot = self._session.shot
        result = frame.result
        if shot is None or frame.size != shot.size:
            return
        if not is_news(shot, result, frame.blob, frame.prompts):
            return
        key = frame.job_id, result.object_id
        if key not in self._edits:
            self._edits[key] = shot.begin_track(result.object_id)
        self._edits[key].put_packed(result.index, frame.blob, result.confidence)

    def _adopt_take(self, status: JobStatus) -> None:
        shot = self._session.shot
        if shot is None or not is_of(shot, status):
            return

        def done(number: int) -> None:
            if self._session.shot is shot:
                self.take_made.emit(number)
                self._settle(status)

        def failed(error: VoidError) -> None:
            self._session.failed.emit(error)
            self.not_taken.emit()

        self._background.run(
            "Could not take in the result",
            lambda: shot.takes.adopt(status.folder / "outputs").number,
            done,
            failed,
        )

    def _settle(self, status: JobStatus) -> None:
        """Remembers, once it is saved, that the shot has what the job made."""
        session = self._session

        def work() -> None:
            if session.flush():
                mark_adopted(status.folder)

        self._background.run("Could not save", work, None, session.failed.emit)
