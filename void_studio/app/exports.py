"""Exports: where to, then written on a thread with progress and cancel, listed beside the jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from void_studio.app.background import Background
from void_studio.app.opening import name_of
from void_studio.app.panels.jobs import JobRow
from void_studio.app.session import Session
from void_studio.errors import Cancelled, VoidError
from void_studio.progress import CancelToken, Reporter
from void_studio.shot.deliver import deliver_comparison, deliver_take
from void_studio.shot.sequence import export_quadmask, export_sequence

Export = Callable[[Path, Reporter, CancelToken], object]

VIDEO_FILTER = "H.264 in MP4 (*.mp4);;ProRes in QuickTime (*.mov)"
IMAGES_FILTER = "Folder of PNG images (*)"
SEQUENCE_FILTER = "VOID sequence folder (*)"
_FOLDERS = (IMAGES_FILTER, SEQUENCE_FILTER)
_VIDEO_SUFFIXES = (".mp4", ".m4v", ".mkv", ".mov")
_LAST_FOLDER = "export/folder"


@dataclass
class _Task:
    """One export: its row, and the reporter that its thread calls."""

    id: str
    label: str
    path: Path
    token: CancelToken = field(default_factory=CancelToken)
    state: str = "running"
    step: int = 0
    total: int = 0
    error: VoidError | None = None

    def progress(self, step: int, total: int, message: str = "") -> None:
        self.step, self.total = step, total

    def warning(self, text: str) -> None:
        pass

    def row(self) -> JobRow:
        return JobRow(
            id=self.id,
            label=self.label,
            state=self.state,
            fraction=self.step / self.total if self.total else None,
            message=str(self.path),
            eta="",
            error=str(self.error) if self.error else "",
        )


class Exports(QObject):
    """Everything that is written out of a shot.

    Signals:
        rows_changed: The rows for the jobs list changed.
        exported: A path that was written.
    """

    rows_changed = Signal()
    exported = Signal(str)

    def __init__(
        self, session: Session, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._background = background
        self._tasks: list[_Task] = []
        self._made = 0
        self._tick = QTimer(self, interval=200)
        self._tick.timeout.connect(self.rows_changed)

    # -- asking where to -------------------------------------------------------------------

    def ask_result(self, parent: QWidget) -> None:
        number = self._session.take
        if self._session.shot is None or number is None:
            self._needs_take()
            return
        name = f"{name_of(self._session.shot.plate_path)}_take{number:03d}.mp4"
        self._ask(
            parent,
            "Export Result",
            name,
            f"{VIDEO_FILTER};;{IMAGES_FILTER}",
            lambda path: self.result(number, path),
        )

    def ask_comparison(self, parent: QWidget) -> None:
        number = self._session.take
        if self._session.shot is None or number is None:
            self._needs_take()
            return
        name = f"{name_of(self._session.shot.plate_path)}_take{number:03d}_compare.mp4"
        self._ask(
            parent,
            "Export Comparison",
            name,
            VIDEO_FILTER,
            lambda path: self.comparison(number, path),
        )

    def ask_sequence(self, parent: QWidget) -> None:
        if self._session.shot is not None:
            name = f"{name_of(self._session.shot.plate_path)}_void"
            self._ask(parent, "Export VOID Sequence Folder", name, SEQUENCE_FILTER, self.sequence)

    def ask_quadmask(self, parent: QWidget) -> None:
        if self._session.shot is not None:
            name = f"{name_of(self._session.shot.plate_path)}_quadmask.mp4"
            self._ask(parent, "Export Quadmask", name, "Lossless MP4 (*.mp4)", self.quadmask)

    def _needs_take(self) -> None:
        self._session.noticed.emit("There is no take to export yet: run the removal first")

    def _ask(
        self,
        parent: QWidget,
        title: str,
        name: str,
        filters: str,
        chosen: Callable[[Path], None],
    ) -> None:
        dialog = QFileDialog(parent, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(filters.split(";;"))
        folder = QSettings().value(_LAST_FOLDER, "")
        if folder:
            dialog.setDirectory(str(folder))
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def accept(text: str) -> None:
            path = Path(text)
            QSettings().setValue(_LAST_FOLDER, str(path.parent))
            wanted = dialog.selectedNameFilter()
            film = path.suffix.lower() in _VIDEO_SUFFIXES
            if wanted in _FOLDERS:
                path = path.with_suffix("") if film else path
            elif not film:
                path = path.with_name(path.name + (".mov" if "*.mov" in wanted else ".mp4"))
            chosen(path)

        dialog.fileSelected.connect(accept)
        # Not modal: playing and painting go on behind it.
        dialog.show()

    # -- exporting -------------------------------------------------------------------------

    def result(self, number: int, path: Path) -> None:
        """Writes a take."""
        shot = self._session.shot
        if shot is not None:
            self._start(
                f"Export take {number:03d}",
                path,
                lambda to, say, token: deliver_take(shot, number, to, say, token),
            )

    def comparison(self, number: int, path: Path) -> None:
        """Writes plate and take side by side."""
        shot = self._session.shot
        if shot is not None:
            self._start(
                "Export comparison",
                path,
                lambda to, say, token: deliver_comparison(shot, number, to, say, token),
            )

    def sequence(self, path: Path) -> None:
        """Writes a VOID sequence folder."""
        shot = self._session.shot
        if shot is not None:
            self._start(
                "Export VOID sequence",
                path,
                lambda to, say, token: export_sequence(shot, to, say, token),
            )

    def quadmask(self, path: Path) -> None:
        """Writes the quadmask video."""
        shot = self._session.shot
        if shot is not None:
            self._start(
                "Export quadmask",
                path,
                lambda to, say, token: export_quadmask(shot, to, say, token),
            )

    def _start(self, label: str, path: Path, export: Export) -> None:
        self._made += 1
        task = _Task(f"export-{self._made}", label, path)
        self._tasks.insert(0, task)
        self._tick.start()

        def work() -> None:
            try:
                export(path, task, task.token)
            except Cancelled:
                task.state = "cancelled"

        def done(_: None) -> None:
            if task.state == "running":
                task.state = "done"
                self.exported.emit(str(path))
            self._settle()

        def failed(error: VoidError) -> None:
            task.state, task.error = "failed", error
            self._session.failed.emit(error)
            self._settle()

        self._background.run(f"Could not write {path}", work, done, failed)
        self.rows_changed.emit()

    def _settle(self) -> None:
        if not any(task.state == "running" for task in self._tasks):
            self._tick.stop()
        self.rows_changed.emit()

    # -- list ------------------------------------------------------------------------------

    def rows(self) -> list[JobRow]:
        return [task.row() for task in self._tasks]

    def cancel(self, row_id: str) -> bool:
        """Asks an export to stop; False if the row is not an export."""
        for task in self._tasks:
            if task.id == row_id:
                task.token.cancel()
                return True
        return False

    def clear(self) -> None:
        """Forgets exports that have ended."""
        self._tasks = [task for task in self._tasks if task.state == "running"]
        self.rows_changed.emit()

    def close(self) -> None:
        """Stops what runs; half-written files are removed by the writers."""
        for task in self._tasks:
            task.token.cancel()
        self._tick.stop()
