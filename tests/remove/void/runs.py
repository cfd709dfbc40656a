"""Small removals with VOID: a textured wall with a disc on it, and everything a run tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from tests.remove.scenes import texture
from void_studio.progress import CancelToken
from void_studio.remove.protocol import Patch, Preview, RemoveRequest
from void_studio.remove.registry import get_remover
from void_studio.remove.void.settings import Pass1Settings, Pass2Settings

QUICK: dict[str, Any] = {"size": "64x64", "window": 21, "steps": 4, "grow": 2, "grain": 0}


@dataclass
class Told:
    """A RemovalReporter that remembers."""

    steps: list[tuple[int, int, str]] = field(default_factory=list)
    left_s: list[float | None] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    previews: list[Preview] = field(default_factory=list)
    facts: dict[str, JsonValue] = field(default_factory=dict)

    def progress(
        self, step: int, total: int, message: str = "", left_s: float | None = None
    ) -> None:
        self.steps.append((step, total, message))
        self.left_s.append(left_s)

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    def preview(self, preview: Preview) -> None:
        self.previews.append(preview)

    def record(self, facts: Mapping[str, JsonValue]) -> None:
        self.facts.update(facts)


class Wall:
    """A plate of ``count`` frames; a disc moves over it, and one frame may have no mask."""

    def __init__(
        self,
        count: int = 10,
        size: tuple[int, int] = (121, 77),
        deep: bool = False,
        bare: frozenset[int] = frozenset(),
    ) -> None:
        width, height = size
        self.count, self.size, self._bare = count, size, bare
        wall = texture(width, height)
        self._frames: list[NDArray[Any]] = []
        self._masks: list[NDArray[np.bool_]] = []
        rows, columns = np.ogrid[:height, :width]
        for index in range(count):
            x, y = width * (0.35 + 0.3 * index / max(1, count - 1)), height * 0.5
            disc = np.square(columns - x) + np.square(rows - y) <= (min(size) / 7) ** 2
            frame = wall.copy()
            frame[disc] = (200, 40, 60)
            scaled = np.rint(frame * 257) if deep else np.rint(frame)
            self._frames.append(scaled.astype(np.uint16 if deep else np.uint8))
            self._masks.append(disc)

    def read(self, index: int) -> NDArray[Any]:
        return self._frames[index]

    def levels(self, index: int) -> NDArray[np.uint8] | None:
        if index in self._bare:
            return None
        return np.where(self._masks[index], 0, 255).astype(np.uint8)

    def marked(self, index: int) -> NDArray[np.bool_]:
        return self._masks[index] & (index not in self._bare)

    def earlier(self, index: int) -> NDArray[Any]:
        """As if an earlier take had painted the disc grey."""
        frame = self._frames[index].copy()
        frame[self._masks[index]] = 120
        return frame

    def request(
        self,
        remover: str = "void-pass1",
        done: frozenset[int] = frozenset(),
        frames: tuple[int, int] | None = None,
        **settings: Any,
    ) -> RemoveRequest:
        two = remover == "void-pass2"
        model = Pass2Settings if two else Pass1Settings
        return RemoveRequest(
            plate=self,
            quadmask=self.levels,
            frames=frames or (0, self.count - 1),
            settings=model.model_validate({**QUICK, **settings}),
            done=done,
            earlier=self.earlier if two else None,
        )


def removed(
    request: RemoveRequest,
    folder: Path,
    told: Told | None = None,
    cancel: CancelToken | None = None,
) -> list[Patch]:
    """All patches of a removal whose checkpoints are in ``folder``."""
    folder.mkdir(exist_ok=True)
    name = "void-pass2" if isinstance(request.settings, Pass2Settings) else "void-pass1"
    remover = get_remover(name)
    return list(remover.remove(request, told or Told(), cancel or CancelToken(), folder))


def same(left: list[Patch], right: list[Patch]) -> bool:
    """Whether patches are the same to the bit."""
    return len(left) == len(right) and all(
        (one.index, one.x, one.y) == (other.index, other.x, other.y)
        and one.rgba.dtype == other.rgba.dtype
        and np.array_equal(one.rgba, other.rgba)
        for one, other in zip(left, right, strict=True)
    )
