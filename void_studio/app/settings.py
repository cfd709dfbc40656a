"""Where the window keeps what it remembers: layout, last folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings


def use_home(home: str | None) -> None:
    """Keeps settings below ``home`` when it is named, for tests and portable installations."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    if home:
        path = str(Path(home).expanduser() / "settings")
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, path)
