"""What every remover is asked and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from void_studio.errors import VoidError
from void_studio.progress import CancelToken, Reporter

Picture = NDArray[Any]
"""RGB, (H, W, 3), or RGBA where said so; uint8, or uint16 full scale."""


class PlateFrames(Protocol):
    """The frames of a plate as a remover sees them; ``void_studio.media`` plates satisfy it."""

    def read(self, index: int) -> Picture:
        """Frame ``index`` as native RGB, (H, W, 3), uint8 or uint16 full scale."""


class RemoverSettings(BaseModel):
    """Base of every remover's settings: frozen, and refusing names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


@dataclass(frozen=True)
class RemoveRequest:
    """One removal.

    Attributes:
        plate: The frames; used from one thread only.
        quadmask: The quadmask of a plate index as levels, uint8 (H, W): 0 remove, 63 both,
            127 affected, 255 keep; None where nothing is marked on that frame.
        frames: First and last plate index, both included.
        settings: The remover's own settings; see ``parse_settings``.
        done: Plate indices whose patches exist already and are not to be made again.
        earlier: The picture of a plate index in the take that this removal starts from, as
            ``plate.read`` gives it; None where it starts from the plate alone.
    """

    plate: PlateFrames
    quadmask: Callable[[int], NDArray[np.uint8] | None]
    frames: tuple[int, int]
    settings: RemoverSettings
    done: frozenset[int] = field(default=frozenset())
    earlier: Callable[[int], Picture] | None = None


@dataclass(frozen=True)
class Patch:
    """What replaces a rectangle of one frame; see ``composite.apply_patch``.

    Attributes:
        index: The plate index.
        x, y: The top left corner on the plate, pixels.
        rgba: (h, w, 4) straight alpha in the plate's own dtype. Alpha 0 leaves the plate as it is,
            full alpha (255 or 65535) replaces it exactly.
    """

    index: int
    x: int
    y: int
    rgba: Picture


@dataclass(frozen=True)
class Preview:
    """What a removal looks like so far, coarsely.

    Attributes:
        pictures: RGB uint8 (n, h, w, 3), of any size; each fills ``box``.
        starts: n plate indices, ascending: picture i holds from ``starts[i]`` until the next.
        box: (x, y, width, height) on the plate, pixels.
    """

    pictures: NDArray[np.uint8]
    starts: tuple[int, ...]
    box: tuple[int, int, int, int]


class RemovalReporter(Reporter, Protocol):
    """What a removal tells its owner, beyond progress; every method returns quickly."""

    def progress(
        self, step: int, total: int, message: str = "", left_s: float | None = None
    ) -> None:
        """As ``Reporter.progress``. ``left_s`` is how many seconds are left, told by a remover that
        knows it better than the steps so far say: infinite while that cannot be said at all."""

    def preview(self, preview: Preview) -> None:
        """What the result looks like at this point; the latest one counts."""

    def record(self, facts: Mapping[str, JsonValue]) -> None:
        """Facts for the record of the take: weights, crop, memory mode, and so on. A fact told
        again replaces the one before."""


class Remover(Protocol):
    """An engine that refills what a quadmask marks.

    Attributes:
        name: The name used in takes and on the command line, e.g. ``clean-plate``.
        title: One line for an artist, saying what it does and does not do.
        settings: The model its settings are validated with.
    """

    name: str
    title: str
    settings: type[RemoverSettings]

    def remove(
        self,
        request: RemoveRequest,
        reporter: RemovalReporter,
        cancel: CancelToken,
        checkpoints: Path,
    ) -> Iterator[Patch]:
        """Yields one patch per frame with a matte, in frame order; none for frames without.

        The same request gives the same patches. What is expensive and computed once is kept in the
        existing folder ``checkpoints``, so that a run that was killed continues there, with the
        frames it had delivered in ``request.done``, and ends with the same patches.

        Raises:
            VoidError: the removal is not possible, and why.
            Cancelled: the cancel token was set; checked before every frame and stage.
        """


SettingsType = TypeVar("SettingsType", bound=RemoverSettings)


def parse_settings(model: type[SettingsType], pairs: Iterable[str]) -> SettingsType:
    """Settings from ``KEY=VALUE`` strings, e.g. of ``--set`` on the command line.

    Raises:
        VoidError: a string without ``=``, an unknown or repeated key, or a value out of range.
    """
    values: dict[str, str] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        key = key.strip().replace("-", "_")
        if not separator or not key:
            raise VoidError(
                f"Could not read the setting {pair!r}", "It is not KEY=VALUE", _known(model)
            )
        if key in values:
            raise VoidError(f"The setting {key} is given twice", "", "Give it once")
        values[key] = value.strip()
    return load_settings(model, values)


def load_settings(model: type[SettingsType], values: dict[str, Any]) -> SettingsType:
    """Settings from a dictionary, e.g. of a job file; raises VoidError as ``parse_settings``."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        if first["type"] == "extra_forbidden":
            raise VoidError(f"There is no setting {name}", "", _known(model)) from error
        raise VoidError(
            f"The setting {name} cannot be {first['input']!r}", first["msg"], _known(model)
        ) from error


def _known(model: type[RemoverSettings]) -> str:
    names = ", ".join(f"{key}={entry.default}" for key, entry in model.model_fields.items())
    return f"Settings and their defaults: {names}" if names else "It takes no settings"
