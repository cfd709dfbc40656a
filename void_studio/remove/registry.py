"""Every remover by its name."""

from __future__ import annotations

from void_studio.errors import VoidError
from void_studio.remove.clean_plate import CleanPlate
from void_studio.remove.protocol import Remover
from void_studio.remove.void.remover import PASS_1, PASS_2

WITH_MODELS = frozenset({PASS_1.name, PASS_2.name})
"""The removers that load large models, onto the GPU where there is one."""


def removers() -> dict[str, Remover]:
    """The removers this installation has, by name."""
    known: list[Remover] = [CleanPlate(), PASS_1, PASS_2]
    return {remover.name: remover for remover in known}


def get_remover(name: str) -> Remover:
    """The remover called ``name``.

    Raises:
        VoidError: there is none of that name.
    """
    known = removers()
    if name not in known:
        raise VoidError(f"There is no remover {name}", "", f"Choose one of: {', '.join(known)}")
    return known[name]
