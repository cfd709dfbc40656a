"""Errors that nobody foresaw, kept for who will look into them."""

from __future__ import annotations

import traceback
from pathlib import Path

from void_studio.home import home_folder

_MOST_BYTES = 4 * 2**20


def keep(error: BaseException) -> Path | None:
    """Adds where an error happened to ``errors.log``, whose older half goes when it is long.

    Returns:
        The file; None if it cannot be written. Nothing is raised.
    """
    try:
        path = home_folder() / "errors.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.stat().st_size > _MOST_BYTES:
            path.write_bytes(path.read_bytes()[-_MOST_BYTES // 2 :])
        with open(path, "a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.writelines(traceback.format_exception(error))
    except Exception:
        return None
    return path
