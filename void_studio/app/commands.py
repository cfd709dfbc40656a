"""What each action of the table does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from void_studio import __version__
from void_studio.app.actions import give_keys
from void_studio.app.desk import Desk
from void_studio.app.file_commands import FileCommands
from void_studio.app.history_menu import HistoryList
from void_studio.app.history_walk import HistoryWalk
from void_studio.app.keymap import Keymap
from void_studio.app.keys_sheet import KeysSheet
from void_studio.app.look_commands import LookCommands
from void_studio.app.mask_commands import MaskCommands
from void_studio.app.messages import Message
from void_studio.app.opening_page import OpeningPage
from void_studio.app.options_bar import LEVEL_ACTIONS
from void_studio.app.playback import Loop
from void_studio.app.recents import remembered
from void_studio.app.run_desk import RunDesk
from void_studio.app.shape_commands import ShapeCommands
from void_studio.app.studio import Studio
from void_studio.app.time_commands import TimeCommands
from void_studio.app.toolbox import Toolbox
from void_studio.app.view_commands import ViewCommands
from void_studio.worker.spec import Direction


class Commands:
    """Connects the actions to those who do the work.

    Attributes:
        files: What is opened.
        time: Going through time.
        masks: Undo, tools, and edits of the mask.
        shapes: The mask shapes and their list.
        view: What is on screen and how.
        look: How it is looked at.
    """

    def __init__(
        self,
        window: QMainWindow,
        actions: dict[str, QAction],
        keymap: Keymap,
        studio: Studio,
        desk: Desk,
        toolbox: Toolbox,
        run_desk: RunDesk,
    ) -> None:
        self._window = window
        self._actions = actions
        self._studio = studio
        self._desk = desk
        self._keymap = keymap
        self._sheet: KeysSheet | None = None
        self._history: HistoryList | None = None
        self._walk = HistoryWalk(studio.session)
        self._toolbox = toolbox
        self._run_desk = run_desk
        self.files = FileCommands(studio.session, window)
        self.time = TimeCommands(studio.session, studio.player, toolbox.finish_stroke)
        self.time.connect(actions, self._on, desk.transport, desk.timeline)
        self.masks = MaskCommands(actions, self._on, studio, toolbox, window)
        self.shapes = ShapeCommands(actions, self._on, studio, desk)
        self.view = ViewCommands(actions, self._on, self._say, studio.session, desk)
        self._page = OpeningPage(
            desk.start_page,
            desk.show_work,
            studio.session,
            studio.heavy,
            self.files.open_path,
            window,
        )
        self.look = LookCommands(actions, self._on, studio, desk)
        self._connect_files()
        self._connect_work()
        self._on("history", self._show_history)
        self._on("shortcuts", self._show_shortcuts)
        self._on("about", self._about)

    def choose_defaults(self) -> None:
        """Takes the tool, level and view that a window begins with."""
        brush = self._studio.session.brush
        brush.restore()
        level = next(name for name, level in LEVEL_ACTIONS.items() if level is brush.level)
        for name in ("tool_click", level, "mask_overlay", "show_a"):
            self._actions[name].trigger()
        self.time.set_loop(Loop.LOOP)

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

    def _connect_work(self) -> None:
        objects = self._studio.objects
        self._on("add_object", self._studio.session.add_object)
        self._on("delete_object", objects.delete_current)
        for direction in Direction:
            self._on(f"track_{direction}", partial(objects.track, direction))
        self._on("run", self._run_desk.run)
        self._on("cancel", self._studio.jobs.cancel_running)

    # -- doing -----------------------------------------------------------------------------

    def _fill_recent(self) -> None:
        menu = self._desk.recent
        menu.clear()
        for path in remembered():
            name = f"{path.parent.name}/{path.name}".replace("&", "&&")
            menu.addAction(name).triggered.connect(partial(self._open_recent, path))
        if menu.isEmpty():
            menu.addAction("Nothing yet").setEnabled(False)

    def _open_recent(self, path: Path, _: bool = False) -> None:
        self.files.open_path(path)

    def _show_history(self) -> None:
        if self._history is None:
            self._history = HistoryList(self._studio.session, self._window)
            self._history.chosen.connect(self._go_to_step)
        self._history.show()
        self._history.raise_()
        self._history.activateWindow()

    def _go_to_step(self, position: int) -> None:
        self._toolbox.finish_stroke()
        self._walk.go_to(position)

    def _show_shortcuts(self) -> None:
        if self._sheet is None:
            self._sheet = KeysSheet(self._keymap, self._actions, self._window)
            self._sheet.changed.connect(lambda: give_keys(self._actions, self._keymap))
        self._sheet.show()
        self._sheet.raise_()
        self._sheet.activateWindow()

    def _about(self) -> None:
        self._say(
            f"Void Studio {__version__}",
            "Apache-2.0. Built on Qt and PySide6 (LGPL-3), FFmpeg through PyAV, OpenCV and NumPy",
        )

    def _say(self, what: str, why: str) -> None:
        self._desk.messages.post(Message("info", what, why))
