"""Feeds the timeline: lanes, cached frames, confidence, thumbnails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from void_studio.app.job_list import progress_of
from void_studio.app.studio import Studio
from void_studio.app.timeline.rows import TAKE_ROWS, TakeSpan
from void_studio.app.timeline.timeline import Timeline
from void_studio.app.timeline_lanes import confidence, counted, lanes
from void_studio.errors import Cancelled
from void_studio.media.thumbs import thumbnails
from void_studio.progress import CancelToken

Thumbs = Iterator[tuple[int, NDArray[np.uint8]]]


def to_image(rgb: NDArray[np.uint8]) -> QImage:
    """A QImage that owns a copy of (H, W, 3) RGB uint8."""
    rgb = np.ascontiguousarray(rgb)
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, width * 3, QImage.Format.Format_RGB888).copy()


class TimelineFeed(QObject):
    """Keeps a Timeline up to date with a Session."""

    _made = Signal(CancelToken, int, QImage)

    def __init__(self, studio: Studio, timeline: Timeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session = studio.session
        self._timeline = timeline
        self._background = studio.heavy
        self._jobs = jobs = studio.jobs
        self._notes = studio.notes
        self._thumbs = CancelToken()
        self._flags = np.zeros(0, np.uint8)
        session.lanes_changed.connect(self.refresh_lanes)
        session.objects_changed.connect(self.refresh_objects)
        session.takes_changed.connect(self.refresh_takes)
        session.pictures.cached_changed.connect(self.refresh_cached)
        jobs.rows_changed.connect(self.refresh_takes)
        timeline.thumbnails_wanted.connect(self._make_thumbnails)
        self._made.connect(self._show_thumbnail, Qt.ConnectionType.QueuedConnection)

    def refresh(self) -> None:
        """Shows the session's shot, or nothing."""
        self._thumbs.cancel()
        shot = self._session.shot
        if shot is None:
            return
        first, aspect = shot.document.first_number, shot.size[0] / shot.size[1]
        self._timeline.set_frames(shot.count, first, shot.rate, aspect)
        self._timeline.set_range(*shot.document.range)
        self._timeline.set_current(self._session.index)
        self.refresh_lanes()
        self.refresh_objects()
        self.refresh_takes()
        self.refresh_cached()

    def refresh_lanes(self) -> None:
        if self._session.shot is not None:
            self._flags = self._session.flags()
            self._show_lanes()

    def _show_lanes(self) -> None:
        """With what the masks held when they were last summed up: that takes a while."""
        shot = self._session.shot
        if shot is not None:
            item = self._session.current_object()
            self._timeline.set_lanes(lanes(shot.document, self._flags, item))

    def refresh_objects(self) -> None:
        shot = self._session.shot
        if shot is not None:
            item = self._session.current_object()
            self._timeline.set_confidence(confidence(item, shot.count))
            self._timeline.set_markers({m.frame: m.name for m in shot.document.markers})
            self._show_lanes()

    def refresh_takes(self) -> None:
        shot = self._session.shot
        if shot is None:
            return
        takes = shot.document.takes
        spans = [
            TakeSpan(
                f"{take.number:03d}  {self._notes.title(take)}",
                *take.frames,
                shown=take.number in self._session.showing.takes,
            )
            for take in takes
        ]
        if len(spans) > TAKE_ROWS:
            spans.sort(key=lambda span: span.shown)  # the last have their row for certain
        job = self._jobs.removal()
        if job is not None:
            number = max((take.number for take in takes), default=0) + 1
            done, _ = progress_of(job)
            label = f"{number:03d}  {job.message or 'waiting'}"
            spans.append(TakeSpan(label, *shot.document.range, running=done))
        self._timeline.set_takes(spans)

    def refresh_cached(self) -> None:
        shot = self._session.shot
        if shot is not None:
            pictures = self._session.pictures
            self._timeline.set_cached(counted(pictures.cached(), shot.count))
            self._timeline.set_result_cached(counted(pictures.takes_cached(), shot.count))

    def close(self) -> None:
        """Stops making thumbnails."""
        self._thumbs.cancel()

    def _make_thumbnails(self, indices: list[int], size: QSize) -> None:
        """Makes them on a thread, from pictures in memory where there are; the latest wins."""
        shot = self._session.shot
        if shot is None:
            return
        self._thumbs.cancel()
        self._thumbs = token = CancelToken()
        box = max(1, size.width()), max(1, size.height())
        pictures = self._session.pictures
        held = {i: picture for i in indices if (picture := pictures.plate(i)) is not None}
        missing = [index for index in indices if index not in held]

        def shrink() -> Thumbs:
            for index in sorted(held):
                small = cv2.resize(held.pop(index), box, interpolation=cv2.INTER_AREA)
                yield index, np.asarray(small, np.uint8)

        def decode() -> Thumbs:
            with shot.open_plate() as plate:
                yield from thumbnails(plate, missing, box)

        if held:
            self._collect(shrink, token)
        if missing:
            self._collect(decode, token)

    def _collect(self, make: Callable[[], Thumbs], token: CancelToken) -> None:
        """Runs ``make`` on a thread and gives the timeline each picture as it is made."""

        def work() -> None:
            for index, rgb in make():
                if token.cancelled:
                    raise Cancelled
                self._made.emit(token, index, to_image(rgb))

        failed = self._session.failed.emit
        self._background.run("Could not make thumbnails", work, failed=failed)

    def _show_thumbnail(self, token: CancelToken, index: int, image: QImage) -> None:
        if not token.cancelled:
            self._timeline.set_thumbnail(index, image)
