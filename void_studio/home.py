"""Where this user's own files are: jobs, the worker's files, models."""

from __future__ import annotations

import os
from pathlib import Path


def home_folder() -> Path:
    """``$VOID_STUDIO_HOME``, else the user's data folder of this platform; it may not exist yet."""
    named = os.environ.get("VOID_STUDIO_HOME")
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("void-studio", appauthor=False))
