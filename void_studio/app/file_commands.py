"""Opening: which file or folder, asked without stopping the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from void_studio.app.opening import Opened, belongs_to, open_any, shots_folder
from void_studio.app.recents import remember
from void_studio.app.session import Session

OPEN_FILTER = (
    "Clips and images (*.mp4 *.mov *.mkv *.avi *.webm *.mxf *.m4v *.png *.jpg *.jpeg *.tif *.tiff)"
    ";;All files (*)"
)
DEMO_NAME = "ball-and-block"
_LAST_FOLDER = "open/folder"


class FileCommands:
    """What the File menu opens."""

    def __init__(self, session: Session, window: QWidget) -> None:
        """``window`` is the parent of dialogs."""
        self._session = session
        self._window = window

    def ask_open(self) -> None:
        self._ask("Open Clip or Shot", QFileDialog.FileMode.ExistingFile, self.open_path)

    def ask_open_folder(self) -> None:
        title = "Open Shot, Sequence or Image Folder"
        self._ask(title, QFileDialog.FileMode.Directory, self.open_path)

    def open_path(self, path: Path) -> None:
        """Opens a clip, a shot, a sequence folder or a folder of images."""
        QSettings().setValue(_LAST_FOLDER, str(path.parent))
        remember(path)
        if self._is_open(path):
            return
        self._session.opener.open_path(path, look=self._session.shot is None)

    def open_demo(self) -> None:
        """Opens the built-in shot, rendering it the first time."""
        if self._is_open(shots_folder() / DEMO_NAME):
            return
        say, closing = _Opening(self._session.opener.opening.emit), self._session.background.closing

        def work() -> Opened:
            from void_studio.demo.scene import ensure_demo

            return open_any(ensure_demo(shots_folder() / DEMO_NAME, say, closing))

        self._session.opener.open_with("the demo shot", work)

    def _is_open(self, path: Path) -> bool:
        shot = self._session.shot
        return shot is not None and belongs_to(path, shot)

    def ask_relink(self) -> None:
        """Asks where the plate is of the shot that could not be opened without it."""
        lost = self._session.opener.lost
        if lost is not None:
            self._ask(f"Plate of {lost.name}", QFileDialog.FileMode.ExistingFile, self.relink)

    def relink(self, plate: Path) -> None:
        """Opens that shot with this plate; of an image sequence any one image."""
        self._session.opener.relink(plate)

    def show_folder(self) -> None:
        """Opens the shot's folder in the system's file manager."""
        if self._session.shot is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._session.shot.folder)))

    def _ask(
        self, title: str, mode: QFileDialog.FileMode, chosen: Callable[[Path], object]
    ) -> None:
        dialog = QFileDialog(self._window, title)
        dialog.setFileMode(mode)
        if mode is QFileDialog.FileMode.ExistingFile:
            dialog.setNameFilter(OPEN_FILTER)
        folder = QSettings().value(_LAST_FOLDER, "")
        if folder:
            dialog.setDirectory(str(folder))
        dialog.fileSelected.connect(lambda name: chosen(Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()


class _Opening:
    """A Reporter that says in the window how far the demo shot is."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def progress(self, step: int, total: int, message: str = "") -> None:
        self._say(f"the demo shot: {message.lower()} frame {step} of {total}, this once")

    def warning(self, text: str) -> None:
        pass
