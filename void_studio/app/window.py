"""The window: owns the parts, hands what the hand does to them, and takes drops and closing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow

from void_studio.app.actions import build_actions
from void_studio.app.commands import Commands
from void_studio.app.desk import Desk
from void_studio.app.keymap import Keymap
from void_studio.app.mirror import Mirror
from void_studio.app.run_desk import RunDesk
from void_studio.app.studio import Studio
from void_studio.app.toolbox import Toolbox
from void_studio.errors import VoidError
from void_studio.hosts.local import LocalHost

CLOSE_PATIENCE_S = 3.0
"""How long closing waits for the last edits to be on disk before it looks for trouble."""


class MainWindow(QMainWindow):
    """Void Studio's one window.

    Attributes:
        studio: What it works with: the shot, jobs, exports, the player.
        desk: Its widgets.
        toolbox: The tools.
        run_desk: What runs, and what would.
        commands: What the actions do.
        actions_by_name: The actions of the table.
    """

    def __init__(self, host: LocalHost | None = None) -> None:
        """``host`` is where jobs run and clicks become masks: this machine if None."""
        super().__init__()
        self.setObjectName("main-window")
        self.setAcceptDrops(True)
        self.studio = Studio(host or LocalHost(), self)
        self.session = self.studio.session
        keymap = Keymap()
        self.actions_by_name = build_actions(self, keymap)
        self.addActions(list(self.actions_by_name.values()))
        self.desk = Desk(self, self.actions_by_name)
        self.viewer = self.desk.viewer
        self.toolbox = Toolbox(self.studio, self.desk, self.actions_by_name)
        self.run_desk = RunDesk(self, self.actions_by_name, self.studio, self.desk)
        self.commands = Commands(
            self,
            self.actions_by_name,
            keymap,
            self.studio,
            self.desk,
            self.toolbox,
            self.run_desk,
        )
        self._mirror = Mirror(self, self.actions_by_name, self.studio, self.desk, self.toolbox)
        self._connect_viewer()
        self._connect_time()
        self._connect_panels()
        self.commands.choose_defaults()
        self.desk.restore()
        self.studio.looks.restore()
        self._mirror.refresh()
        self._warned = False

    def open_path(self, path: Path) -> None:
        """Opens a clip, a shot, a sequence folder or a folder of images."""
        self.commands.files.open_path(path)

    def open_demo(self) -> None:
        """Opens the built-in shot."""
        self.commands.files.open_demo()

    # -- what the hand does on the widgets -------------------------------------------------

    def _connect_viewer(self) -> None:
        session, desk = self.session, self.desk
        desk.viewer.picture_divisor_changed.connect(session.pictures.set_divisor)

    def _connect_time(self) -> None:
        session, player, desk = self.session, self.studio.player, self.desk
        player.advanced.connect(
            lambda index: session.set_index(index, player.direction, player.looped)
        )
        player.starved.connect(
            lambda index: session.pictures.want(index, player.direction, player.looped)
        )
        desk.transport.frame_entered.connect(self.commands.time.go_to_number)
        desk.timeline.scrub_started.connect(self.commands.time.halt)
        desk.timeline.scrubbed.connect(session.set_index)

    def _connect_panels(self) -> None:
        jobs, objects, desk = self.studio.jobs, self.studio.objects, self.desk
        panel = desk.objects_panel
        panel.current_changed.connect(self.session.set_current_object)
        panel.renamed.connect(objects.rename)
        panel.role_changed.connect(objects.set_role)
        panel.visibility_changed.connect(objects.set_visible)
        panel.delete_requested.connect(objects.delete)
        panel.add_requested.connect(self.actions_by_name["add_object"].trigger)
        panel.track_requested.connect(objects.track)
        desk.jobs_panel.cancel_requested.connect(self._cancel_row)
        desk.jobs_panel.rerun_requested.connect(jobs.rerun)
        desk.jobs_panel.reveal_requested.connect(jobs.reveal)
        desk.jobs_panel.clear_requested.connect(self._clear_rows)

    def _cancel_row(self, row_id: str) -> None:
        if not self.session.frames.cancel(row_id) and not self.studio.exports.cancel(row_id):
            self.studio.jobs.cancel(row_id)

    def _clear_rows(self) -> None:
        self.studio.exports.clear()
        self.studio.jobs.clear()

    # -- window events ---------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self.session.frames.cancel_all():
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.open_path(Path(url.toLocalFile()))
                event.acceptProposedAction()
                return

    def _may_close(self) -> bool:
        """Whether all is on disk, or the artist was told that it is not and closes again."""
        if self.session.shot is None or self._warned or self.session.flush(CLOSE_PATIENCE_S):
            return True
        trouble = self.session.save_trouble()
        if trouble is None:
            return True
        self._warned = True
        remedy = "Mend it and close again; closing now gives up what is not saved"
        self.session.failed.emit(VoidError(trouble.what, trouble.why, remedy))
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        self.toolbox.finish_stroke()
        # Saving may take a moment: nobody has to look at it.
        self.hide()
        if not self._may_close():
            self.show()
            event.ignore()
            return
        self.desk.remember()
        self.session.brush.remember()
        self.studio.looks.remember()
        self._mirror.close()
        self.studio.close()
        super().closeEvent(event)
