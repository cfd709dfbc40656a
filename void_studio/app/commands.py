"""What each action of the table does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from void_studio import __version__
from void_studio.app.action_table import SPECS
from void_studio.app.actions import keys_text, plain
from void_studio.app.desk import Desk
from void_studio.app.file_commands import FileCommands
from void_studio.app.messages import Message
from void_studio.app.options_bar import LEVEL_ACTIONS
from void_studio.app.run_facts import reason_not_to_run
from void_studio.app.shortcuts_sheet import ShortcutsSheet
from void_studio.app.studio import Studio
from void_studio.app.time_commands import TimeCommands
from void_studio.app.toolbox import Toolbox
from void_studio.app.viewer.render import MaskView
from void_studio.app.viewer.viewer import Compare
from void_studio.worker.spec import Direction

_TIME_ZOOM = 1.5
_MASK_VIEWS = {
    "mask_overlay": MaskView.OVERLAY,
    "mask_levels": MaskView.LEVELS,
    "mask_matte": MaskView.MATTE,
    "mask_none": MaskView.NONE,
}

_COMPARES = {"show_a": Compare.A, "show_b": Compare.B, "wipe": Compare.WIPE}


class Commands:
    """Connects the actions to those who do the work.

    Attributes:
        files: What is opened.
        time: Going through time.
    """

    def __init__(
        self,
        window: QMainWindow,
        actions: dict[str, QAction],
        studio: Studio,
        desk: Desk,
        toolbox: Toolbox,
    ) -> None:
        self._window = window
        self._actions = actions
        self._studio = studio
        self._desk = desk
        self._toolbox = toolbox
        self._sheet: ShortcutsSheet | None = None
        self.files = FileCommands(studio.session, window)
        self.time = TimeCommands(studio.session, studio.player, toolbox.finish_stroke)
        self._connect_files()
        self._connect_masks()
        self._connect_work()
        self._connect_time()
        self._connect_view()
        self._on("shortcuts", self._show_shortcuts)
        self._on("about", self._about)

    def choose_defaults(self) -> None:
        """Takes the tool, level and view that a window begins with."""
        for name in ("tool_click", "level_remove", "mask_overlay", "show_a"):
            self._actions[name].trigger()
        self._actions["loop"].setChecked(True)

    # -- connecting ------------------------------------------------------------------------

    def _on(self, name: str, slot: Callable[[], object]) -> None:
        self._actions[name].triggered.connect(lambda _=False: slot())

    def _connect_files(self) -> None:
        exports, window = self._studio.exports, self._window
        self._on("open", self.files.ask_open)
        self._on("open_folder", self.files.ask_open_folder)
        self._on("relink", self.files.ask_relink)
        self._on("open_demo", self.files.open_demo)
        self._on("export_result", lambda: exports.ask_result(window))
        self._on("export_comparison", lambda: exports.ask_comparison(window))
        self._on("export_sequence", lambda: exports.ask_sequence(window))
        self._on("export_quadmask", lambda: exports.ask_quadmask(window))
        self._on("show_folder", self.files.show_folder)
        self._on("quit", window.close)
        self._desk.recent.aboutToShow.connect(self._fill_recent)

    def _connect_masks(self) -> None:
        session, edits = self._studio.session, self._studio.edits
        self._on("undo", self._undo)
        self._on("redo", self._redo)
        for name in self._toolbox.tools:
            self._on(name, partial(self._toolbox.take, name))
        self._on("smaller", lambda: session.brush.scale(1 / 1.2))
        self._on("larger", lambda: session.brush.scale(1.2))
        for name, level in LEVEL_ACTIONS.items():
            self._on(name, partial(session.brush.set_level, level))
        self._actions["swap_erase"].toggled.connect(session.brush.set_swapped)
        self._on("grow", lambda: edits.grow(2))
        self._on("shrink", lambda: edits.shrink(2))
        self._on("copy_previous", lambda: edits.copy_from(-1))
        self._on("copy_next", lambda: edits.copy_from(1))
        self._on("to_grid", edits.snap_to_grid)
        self._on("clear_frame", edits.clear)
        self._on("back_to_tracked", edits.back_to_tracked)

    def _connect_work(self) -> None:
        objects = self._studio.objects
        self._on("add_object", self._studio.session.add_object)
        self._on("delete_object", objects.delete_current)
        for direction in Direction:
            self._on(f"track_{direction}", partial(objects.track, direction))
        self._on("run", self._run)
        self._on("cancel", self._studio.jobs.cancel_running)

    def _connect_time(self) -> None:
        time = self.time
        self._on("play", time.toggle_play)
        self._on("play_forward", lambda: time.shuttle(1))
        self._on("play_backward", lambda: time.shuttle(-1))
        self._on("play_stop", self._studio.player.stop)
        self._on("previous", lambda: time.step(-1))
        self._on("next", lambda: time.step(1))
        self._on("back_ten", lambda: time.step(-10))
        self._on("on_ten", lambda: time.step(10))
        self._on("first", lambda: time.go(0))
        self._on("last", time.go_to_last)
        self._on("go_to", self._desk.transport.edit_frame)
        self._on("set_in", time.set_in)
        self._on("set_out", time.set_out)
        self._on("clear_range", time.clear_range)
        self._actions["loop"].toggled.connect(time.set_loop)

    def _connect_view(self) -> None:
        viewer = self._desk.viewer
        self._on("fit", viewer.fit)
        self._on("one_to_one", lambda: viewer.zoom_to(1.0))
        self._on("zoom_in", lambda: viewer.zoom_by(1.25))
        self._on("zoom_out", lambda: viewer.zoom_by(0.8))
        timeline = self._desk.timeline
        self._on("timeline_in", lambda: timeline.zoom_at_playhead(_TIME_ZOOM))
        self._on("timeline_out", lambda: timeline.zoom_at_playhead(1 / _TIME_ZOOM))
        self._on("timeline_all", timeline.show_all)
        for name, view in _MASK_VIEWS.items():
            self._on(name, partial(viewer.set_mask_view, view))
        for name, compare in _COMPARES.items():
            self._on(name, partial(self._show_side, compare))
        self._on("swap", self._swap)

    # -- doing -----------------------------------------------------------------------------

    def _undo(self) -> None:
        self._toolbox.finish_stroke()
        self._studio.session.undo()

    def _redo(self) -> None:
        self._toolbox.finish_stroke()
        self._studio.session.redo()

    def _run(self) -> None:
        session, jobs, panel = self._studio.session, self._studio.jobs, self._desk.run_panel
        reason = reason_not_to_run(session.shot, session.flags(), jobs.removing)
        if reason is None:
            jobs.run_removal(panel.remover, panel.settings)
        else:
            self._say("There is nothing to run", reason)

    def _fill_recent(self) -> None:
        menu = self._desk.recent
        menu.clear()
        for path in self.files.recent():
            name = f"{path.parent.name}/{path.name}".replace("&", "&&")
            menu.addAction(name).triggered.connect(partial(self._open_recent, path))
        if menu.isEmpty():
            menu.addAction("Nothing yet").setEnabled(False)

    def _open_recent(self, path: Path, _: bool = False) -> None:
        self.files.open_path(path)

    def _show_side(self, compare: Compare) -> None:
        """Shows A, B or the wipe; the key of the wipe also leaves it."""
        if compare is Compare.WIPE and self._desk.viewer.compare is Compare.WIPE:
            self._actions["show_a"].trigger()
        else:
            self._desk.viewer.set_compare(compare)

    def _swap(self) -> None:
        if self._studio.session.take is None:
            self._say("There is no take to compare with yet", "Run the removal first")
            return
        shows_b = self._desk.viewer.compare is Compare.B
        self._actions["show_a" if shows_b else "show_b"].trigger()

    def _show_shortcuts(self) -> None:
        if self._sheet is None:
            self._sheet = ShortcutsSheet(self._window)
            self._sheet.set_shortcuts(
                (spec.group, plain(spec.text), keys_text(self._actions[spec.name]))
                for spec in SPECS
                if spec.keys
            )
        self._sheet.show()
        self._sheet.raise_()

    def _about(self) -> None:
        self._say(
            f"Void Studio {__version__}",
            "Apache-2.0. Built on Qt and PySide6 (LGPL-3), FFmpeg through PyAV, OpenCV and NumPy",
        )

    def _say(self, what: str, why: str) -> None:
        self._desk.messages.post(Message("info", what, why))
