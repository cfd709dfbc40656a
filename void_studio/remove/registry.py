"""Every remover by its name."""

from __future__ import annotations

from void_studio.errors import VoidError
from void_studio.remove.clean_plate import CleanPlate
from void_studio.remove.protocol import Remover


def removers() -> dict[str, Remover]:
    """The removers this installation has, by name."""
    clean_plate = CleanPlate()
    return {clean_plate.name: clean_plate}


def get_remover(name: str) -> Remover:
    """The remover called ``name``.

    Raises:
        VoidError: there is none of that name.
    """
    known = removers()
    if name not in known:
        raise VoidError(f"There is no remover {name}", "", f"Choose one of: {', '.join(known)}")
    return known[name]
