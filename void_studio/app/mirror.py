"""The mirror: keeps what the desk shows in step with the session, the jobs and the player."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from void_studio.app.action_specs.keys import NEED_SHAPE
from void_studio.app.action_table import SPECS
from void_studio.app.actions import first_key, plain, set_tip
from void_studio.app.desk import JOBS_TAB, Desk
from void_studio.app.looking import Looking
from void_studio.app.messages import Message
from void_studio.app.opening import FirstLook, title_of
from void_studio.app.pictures import served_as
from void_studio.app.studio import Studio
from void_studio.app.timeline_feed import TimelineFeed
from void_studio.app.timeline_lanes import unsure_frames
from void_studio.app.toolbox import Toolbox
from void_studio.errors import VoidError
from void_studio.media.cache import Picture
from void_studio.shot.locate import PlateLost
from void_studio.shot.shot import Shot

NEEDS_SHOT = ("Mask", "Object", "Run", "Playback")
"""Menus with nothing to do while no shot is open."""

NEED_B = ("show_b", "wipe", "side_by_side", "difference", "blend", "exchange", "wipe_upright")
"""What needs something on B."""

NEED_SHOT = ("export_sequence", "export_quadmask", "show_folder")


class Mirror(QObject):
    """Listens to the studio and refreshes only what a signal is about."""

    def __init__(
        self,
        window: QMainWindow,
        actions: dict[str, QAction],
        studio: Studio,
        desk: Desk,
        toolbox: Toolbox,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._studio = studio
        self._desk = desk
        self._toolbox = toolbox
        self._session = studio.session
        self._feed = TimelineFeed(studio, desk.timeline, self)
        actions["relink"].setEnabled(False)
        self._looking = Looking(actions, studio, desk, self)
        self._listen_to_session()
        self._listen_to_work()
        self._listen_to_player()

    def close(self) -> None:
        """Stops making thumbnails."""
        self._feed.close()

    # -- listening -------------------------------------------------------------------------

    def _listen_to_session(self) -> None:
        session, desk = self._session, self._desk
        session.opener.opening.connect(self._on_opening)
        session.opener.previewed.connect(self._on_previewed)
        session.opener.lost_changed.connect(self._actions["relink"].setEnabled)
        session.shot_changed.connect(self._on_shot_changed)
        session.frame_changed.connect(self._on_frame_changed)
        session.range_changed.connect(desk.timeline.set_range)
        session.numbering_changed.connect(self._on_numbering)
        session.range_changed.connect(self._studio.player.set_range)
        session.mask_changed.connect(desk.viewer.mask_changed)
        session.history_changed.connect(self._refresh_history)
        session.objects_changed.connect(self._refresh_objects)
        session.takes_changed.connect(self._refresh_takes)
        self._studio.notes.changed.connect(self._refresh_notes)
        session.brush.changed.connect(self._refresh_brush)
        session.saved_changed.connect(desk.saved.setText)
        session.failed.connect(self._on_failed)
        session.refused.connect(self._on_refused)
        session.noticed.connect(lambda text: desk.messages.post(Message("warning", text)))
        session.pictures.arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        desk.viewer.zoom_changed.connect(desk.view_bar.set_zoom)

    def _listen_to_work(self) -> None:
        studio = self._studio
        studio.jobs.rows_changed.connect(self._refresh_jobs)
        studio.jobs.take_made.connect(self._on_take_made)
        studio.jobs.tracked.connect(self._on_tracked)
        studio.exports.rows_changed.connect(self._refresh_jobs)
        self._session.frames.rows_changed.connect(self._refresh_jobs)
        self._session.frames.told.connect(
            lambda text: self._desk.messages.post(Message("info", text))
        )
        studio.exports.exported.connect(
            lambda path: self._desk.messages.post(Message("info", "Exported", path))
        )

    def _listen_to_player(self) -> None:
        player = self._studio.player
        player.playing_changed.connect(self._desk.transport.set_playing)
        player.measured.connect(self._on_measured)
        self._desk.timeline.scrub_finished.connect(self._on_scrub_finished)

    def _on_failed(self, error: VoidError) -> None:
        if isinstance(error, PlateLost):
            where = plain(self._actions["relink"].text())
            error = VoidError(error.what, error.why, f"{error.remedy}: File > {where}")
        self._desk.messages.post_error(error)

    def _on_refused(self, index: int) -> None:
        what = f"Frame {self._session.number(index)} is locked"
        how = first_key(self._actions["lock_frame"]) or "Mask > Unlock Frame"
        self._desk.messages.post(Message("info", what, "Its mask stays as it is", f"{how} unlocks"))

    # -- the picture -----------------------------------------------------------------------

    def _on_opening(self, name: str) -> None:
        desk, news = self._desk, f"Opening {name}…" if name else ""
        desk.viewer.set_message(news)
        self._toolbox.tell(news)
        if not name and self._session.shot is None:
            desk.viewer.set_plate_size(None)

    def _on_previewed(self, look: FirstLook) -> None:
        self._desk.viewer.set_plate_size(look.size)
        self._desk.viewer.set_frame(look.picture, None, None)

    def _on_shot_changed(self) -> None:
        shot, desk, player = self._session.shot, self._desk, self._studio.player
        player.stop()
        self.refresh()
        if shot is None:
            desk.viewer.set_plate_size(None)
            return
        player.set_plate(shot.count, shot.rate, self._can_show)
        player.set_range(*shot.document.range)
        desk.transport.set_frames(shot.document.first_number, shot.rate)
        desk.transport.set_current(self._session.index)
        desk.viewer.set_plate_size(shot.size)
        self._show_frame()

    def _on_numbering(self, first: int) -> None:
        shot, desk = self._session.shot, self._desk
        if shot is not None:
            desk.timeline.set_first_number(first)
            desk.transport.set_frames(first, shot.rate)
            desk.transport.set_current(self._session.index)

    def _can_show(self, index: int) -> bool:
        return self._session.pictures.ready(index, self._desk.viewer.sources_on_screen)

    def _on_frame_changed(self, index: int) -> None:
        self._toolbox.finish_stroke()
        self._desk.timeline.set_current(index)
        self._desk.transport.set_current(index)
        self._show_frame()

    def _show_frame(self) -> None:
        self._desk.viewer.set_frame(*self._pictures(), self._session.field())

    def _on_arrived(self, index: int) -> None:
        if index == self._session.index or self._desk.timeline.scrubbing:
            self._desk.viewer.set_pictures(*self._pictures())

    def _pictures(self) -> tuple[Picture | None, Picture | None]:
        """What A and B show of the current frame, as far as it is in memory.

        Under a hand that scrubs it is the nearest frame that is.
        """
        session = self._session
        a, b = session.showing.sources
        index, pictures = session.index, session.pictures
        find = pictures.nearest if self._desk.timeline.scrubbing else pictures.picture
        picture = find(a, index)
        # Where both show one plate or take, a picture that comes meanwhile is for both or neither.
        same = b is not None and served_as(b) == served_as(a)
        return picture, picture if same else find(b, index)

    def _on_scrub_finished(self) -> None:
        """What stood in for a picture goes; it comes when it is decoded."""
        if self._session.shot is not None:
            self._desk.viewer.set_pictures(*self._pictures())

    def _on_measured(self, rate: float, dropped: int) -> None:
        self._desk.transport.set_speed(rate)
        self._desk.transport.set_dropped(dropped)

    def _on_take_made(self, number: int) -> None:
        self._desk.messages.post(
            Message(
                "info",
                f"Take {number:03d} is ready",
                "",
                "W wipes, S switches between plate and take",
            )
        )

    def _on_tracked(self, object_id: str) -> None:
        shot = self._session.shot
        item = shot.document.object(object_id) if shot is not None else None
        if shot is None or item is None:
            return
        count = unsure_frames(item, shot.count).size
        how = first_key(self._actions["next_unsure"]) or "Playback > Next Unsure Frame"
        look = (
            f"The tracker was unsure in {count} place{'s' if count > 1 else ''}: {how} goes there"
        )
        remedy = look if count else "Play it, then paint what it touches as affected"
        self._desk.messages.post(Message("info", f"{item.name} is tracked", "", remedy))

    # -- everything else -------------------------------------------------------------------

    def refresh(self) -> None:
        """Shows everything anew: another shot is open, or none."""
        shot = self._session.shot
        name = title_of(shot) if shot else ""
        self._window.setWindowTitle(f"{name} – Void Studio" if name else "Void Studio")
        self._desk.plate_facts.setText(_facts(shot) if shot else "")
        for spec in SPECS:
            needed = spec.group in NEEDS_SHOT or spec.name in NEED_SHOT
            if needed and spec.name not in NEED_SHAPE:
                self._actions[spec.name].setEnabled(shot is not None)
        self._refresh_history()
        self._refresh_objects()
        self._refresh_takes()
        self._refresh_brush()
        self._refresh_jobs()
        self._feed.refresh()

    def _refresh_history(self) -> None:
        history = self._session.shot.history if self._session.shot else None
        last = history.undo_name if history else None
        self._desk.step.setText(f"undo: {last}" if last else "")
        for name, verb, step in (
            ("undo", "Undo", history.undo_name if history else None),
            ("redo", "Redo", history.redo_name if history else None),
        ):
            action = self._actions[name]
            action.setEnabled(step is not None)
            action.setText(f"&{verb} {step.replace('&', '&&')}" if step else f"&{verb}")
            set_tip(action, verb, escape(step) if step else f"Nothing to {verb.lower()}")

    def _refresh_objects(self) -> None:
        panel = self._desk.objects_panel
        panel.set_objects(self._studio.objects.rows())
        current = self._session.current_object()
        panel.set_current(current.id if current else "")

    def _refresh_takes(self) -> None:
        shot, desk = self._session.shot, self._desk
        takes = shot.document.takes if shot else ()
        a, b = self._session.showing.sources
        notes = self._studio.notes
        desk.view_bar.set_takes(
            [(take.number, notes.title(take), notes.tip(take.number)) for take in takes]
        )
        desk.view_bar.set_sources(a, b)
        desk.viewer.set_sources(a, b)
        for name in ("export_result", "export_comparison"):
            self._actions[name].setEnabled(bool(takes))
        for name in NEED_B:
            self._actions[name].setEnabled(shot is not None and b is not None)
        if b is None:
            self._actions["show_a"].trigger()
        if shot is not None:
            self._show_frame()

    def _refresh_notes(self) -> None:
        """More is known of the takes."""
        self._refresh_takes()
        self._feed.refresh_takes()

    def _refresh_brush(self) -> None:
        brush = self._session.brush
        self._desk.options.set_size(brush.size)
        self._desk.options.set_hardness(brush.hardness)
        self._desk.options.set_through(brush.through)
        self._actions["pressure"].setChecked(brush.pressure)

    def _refresh_jobs(self) -> None:
        desk = self._desk
        rows = [
            *self._session.frames.rows(),
            *self._studio.exports.rows(),
            *self._studio.jobs.rows(),
        ]
        desk.jobs_panel.set_jobs(rows)
        running = sum(row.state in ("running", "queued") for row in rows)
        desk.tabs.setTabText(JOBS_TAB, f"Jobs {running}" if running else "Jobs")
        desk.objects_panel.set_objects(self._studio.objects.rows())


def _facts(shot: Shot) -> str:
    """The plate in one line."""
    width, height = shot.size
    rate = f"{float(shot.rate):.3f}".rstrip("0").rstrip(".")
    return f"{shot.plate_path.name}  ·  {width}×{height}  ·  {rate} fps  ·  {shot.count} frames"
