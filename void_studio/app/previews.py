"""Shows what a removal looks like while it runs, and lets the take have its place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from void_studio.app.jobs import Jobs
from void_studio.app.running import RunningPreview
from void_studio.app.session import Session


class Previews(QObject):
    """Chooses "running" for a side once a run, unless the artist has shown something else since.

    Signals:
        changed: ``latest`` is another.

    Attributes:
        latest: The newest preview of the open shot's removal; None while there is none.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        shows_a: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """``shows_a`` tells whether only A is on screen."""
        super().__init__(parent)
        self.latest: RunningPreview | None = None
        self._session = session
        self._shows_a = shows_a
        self._offered = ""  # the job that was shown by itself
        jobs.previewed.connect(self._take)
        jobs.removal_ended.connect(self.end)
        session.shot_changed.connect(self.end)

    def end(self) -> bool:
        """Nothing runs any more: what was there before is shown again.

        Returns:
            Whether what ran was on screen as A alone.
        """
        showing = self._session.showing
        alone = self._shows_a() and showing.runs and self.latest is not None
        self._offered = ""
        self._set(None)
        showing.end_running()
        return alone

    def _take(self, preview: RunningPreview) -> None:
        self._set(preview)
        # A side that a tool draws on is not taken from under the pen.
        if self._offered != preview.job_id and not self._session.stroke_open:
            self._offered = preview.job_id
            self._session.showing.show_running(on_b=not self._shows_a())

    def _set(self, preview: RunningPreview | None) -> None:
        if preview is not self.latest:
            self.latest = preview
            self._session.pictures.set_preview(preview)
            self.changed.emit()
