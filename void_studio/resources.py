"""Where the icons, shaders and theme are, in a checkout and in an installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource(name: str) -> Path:
    """The path of a file below ``resources/``, e.g. ``icons/brush.svg``."""
    installed = _PACKAGE / "_resources"
    return (installed if installed.is_dir() else _PACKAGE.parent / "resources") / name
