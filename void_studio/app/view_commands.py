"""What the View menu does."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction

from void_studio.app.connecting import Connect, Say
from void_studio.app.desk import Desk
from void_studio.app.session import Session
from void_studio.app.viewer.render import MaskView
from void_studio.app.viewer.viewer import Compare

_TIME_ZOOM = 1.5
_MASK_VIEWS = {
    "mask_overlay": MaskView.OVERLAY,
    "mask_levels": MaskView.LEVELS,
    "mask_matte": MaskView.MATTE,
    "mask_none": MaskView.NONE,
}
_COMPARES = {"show_a": Compare.A, "show_b": Compare.B, "wipe": Compare.WIPE}


class ViewCommands:
    """Zoom, how the mask is shown, and what is compared."""

    def __init__(
        self, actions: dict[str, QAction], on: Connect, say: Say, session: Session, desk: Desk
    ) -> None:
        self._actions = actions
        self._say = say
        self._session = session
        self._viewer = viewer = desk.viewer
        timeline = desk.timeline
        on("fit", viewer.fit)
        on("one_to_one", lambda: viewer.zoom_to(1.0))
        on("zoom_in", lambda: viewer.zoom_by(1.25))
        on("zoom_out", lambda: viewer.zoom_by(0.8))
        on("timeline_in", lambda: timeline.zoom_at_playhead(_TIME_ZOOM))
        on("timeline_out", lambda: timeline.zoom_at_playhead(1 / _TIME_ZOOM))
        on("timeline_all", timeline.show_all)
        for name, view in _MASK_VIEWS.items():
            on(name, partial(viewer.set_mask_view, view))
        for name, compare in _COMPARES.items():
            on(name, partial(self._show_side, compare))
        on("swap", self._swap)

    def _show_side(self, compare: Compare) -> None:
        """Shows A, B or the wipe; the key of the wipe also leaves it."""
        if compare is Compare.WIPE and self._viewer.compare is Compare.WIPE:
            self._actions["show_a"].trigger()
        else:
            self._viewer.set_compare(compare)

    def _swap(self) -> None:
        if self._session.take is None:
            self._say("There is no take to compare with yet", "Run the removal first")
            return
        shows_b = self._viewer.compare is Compare.B
        self._actions["show_a" if shows_b else "show_b"].trigger()
