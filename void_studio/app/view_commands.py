"""What the View menu does."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction

from void_studio.app.connecting import Connect, Say
from void_studio.app.desk import Desk
from void_studio.app.session import Session
from void_studio.app.viewer.compare import Compare
from void_studio.app.viewer.render import MaskView

_TIME_ZOOM = 1.5
_MASK_VIEWS = {
    "mask_overlay": MaskView.OVERLAY,
    "mask_levels": MaskView.LEVELS,
    "mask_matte": MaskView.MATTE,
    "mask_none": MaskView.NONE,
}
_COMPARES = {
    "show_a": Compare.A,
    "show_b": Compare.B,
    "wipe": Compare.WIPE,
    "side_by_side": Compare.SIDE_BY_SIDE,
    "difference": Compare.DIFFERENCE,
    "blend": Compare.BLEND,
}


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
        on("two_to_one", lambda: viewer.zoom_to(2.0))
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
        on("exchange", session.showing.exchange)
        on("wipe_upright", viewer.reset_wipe)
        bar = desk.view_bar
        bar.a_menu.chosen.connect(session.showing.show_a)
        bar.b_menu.chosen.connect(session.showing.show_b)
        bar.gain_changed.connect(viewer.set_gain)
        bar.share_changed.connect(viewer.set_share)

    def _show_side(self, compare: Compare) -> None:
        """Compares in a way; the key of the one that is on leaves it again."""
        if compare is self._viewer.compare and compare not in (Compare.A, Compare.B):
            self._actions["show_a"].trigger()
        else:
            self._viewer.set_compare(compare)

    def _swap(self) -> None:
        if self._session.showing.b is None:
            self._say("There is nothing on B yet", "Choose what B shows, or run the removal")
            return
        shows_b = self._viewer.compare is Compare.B
        self._actions["show_a" if shows_b else "show_b"].trigger()
