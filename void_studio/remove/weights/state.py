"""Which weights are here, whole or damaged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from void_studio.errors import VoidError
from void_studio.remove.weights.catalogue import BASE, Part, parts_of
from void_studio.remove.weights.places import files_of, folder_of, own_folder
from void_studio.remove.weights.verify import problems_of


@dataclass(frozen=True)
class PartState:
    """What is known about one part on this machine.

    Attributes:
        part: Which.
        state: ``here`` and whole as far as its headers tell, ``missing``, or ``damaged``, which is
            also what it is when some of its files are missing.
        folder: The folder of its repository where it was found; None if it is missing.
        problems: What is wrong when it is damaged, a sentence each.
        bytes: Size of what was found.
    """

    part: Part
    state: Literal["here", "missing", "damaged"]
    folder: Path | None
    problems: tuple[str, ...]
    bytes: int

    def required(self) -> Path:
        """The folder of a part that is here.

        Raises:
            VoidError: it is not, or damaged, and how to get it.
        """
        if self.folder is not None and self.state == "here":
            return self.folder
        name = self.part.name
        remedy = f"Get them in the window's Run panel, or with: void-studio weights get {name}"
        if self.folder is None:
            why = f"They are neither in {own_folder() / self.part.repository} nor elsewhere"
            raise VoidError(f"Weights are missing: {self.part.title}", why, remedy)
        raise VoidError(
            f"The weights {name} in {self.folder} cannot be used",
            "; ".join(self.problems),
            remedy,
        )


def state_of(remover: str) -> list[PartState]:
    """What the remover called ``remover`` uses; empty where it needs no weights."""
    return states(parts_of(remover))


def states(parts: Iterable[Part]) -> list[PartState]:
    """How each of ``parts`` is; reads configurations and headers only."""
    return [part_state(part) for part in parts]


def part_state(part: Part) -> PartState:
    """How ``part`` is; reads configurations and headers only."""
    folder = folder_of(part)
    if folder is None:
        return PartState(part, "missing", None, (), 0)
    found = files_of(part, folder)
    problems = [f"{pattern}: it is missing" for pattern, paths in found.items() if not paths]
    if not problems:
        problems = problems_of(part, folder, folder_of(BASE))
    size = sum(path.stat().st_size for paths in found.values() for path in paths)
    return PartState(part, "damaged" if problems else "here", folder, tuple(problems), size)
