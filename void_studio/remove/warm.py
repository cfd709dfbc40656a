"""What removers keep loaded in this process between two removals, and how it is let go of."""

from __future__ import annotations

from collections.abc import Callable

_kept: dict[str, Callable[[], None]] = {}


def keep(name: str, release: Callable[[], None]) -> None:
    """Says that something is loaded under ``name``; ``release`` lets go of it."""
    _kept[name] = release


def forget(name: str) -> None:
    """Says that nothing is loaded under ``name`` any more."""
    _kept.pop(name, None)


def is_warm() -> bool:
    """Whether anything is loaded that the next removal would have to load again."""
    return bool(_kept)


def let_go() -> None:
    """Lets go of everything."""
    while _kept:
        _kept.popitem()[1]()
