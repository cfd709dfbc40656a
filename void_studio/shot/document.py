"""What a shot is, as data: plate, range, objects with clicks, mask shapes, markers, takes.

Every model is frozen. An edit makes a new document and replaces the old one, so the autosaver can
write one from its own thread and undo can put one back, without locks or copies.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from void_studio import files
from void_studio.errors import VoidError

SCHEMA_VERSION = 2

MAX_SIDE = 16384
MAX_FRAMES = 1_000_000
MAX_POINTS = 2000
MOST_NUMBER = 10**9

Name = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=10_000)]
# Ids become folder names, so they are held to characters that mean nothing to any file system.
ObjectId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
FrameIndex = Annotated[int, Field(ge=0, lt=MAX_FRAMES)]
FrameNumber = Annotated[int, Field(ge=-MOST_NUMBER, le=MOST_NUMBER)]
Confidence = Annotated[float, Field(ge=0, le=1)]
Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]


class Role(StrEnum):
    """What an object is to the removal.

    ``remove`` and ``integral`` (goes along with what is removed) become the *remove* bit of the
    quadmask; ``affected`` and ``artifact`` (shadow, reflection) become the *affected* bit.
    """

    REMOVE = "remove"
    INTEGRAL = "integral"
    AFFECTED = "affected"
    ARTIFACT = "artifact"

    @property
    def removes(self) -> bool:
        """Whether the object's track is the *remove* bit, else it is the *affected* bit."""
        return self in (Role.REMOVE, Role.INTEGRAL)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Prompt(_Frozen):
    """A click: a point in plate pixels on one frame that is part of the object, or is not."""

    frame: FrameIndex
    x: float = Field(ge=-MAX_SIDE, le=2 * MAX_SIDE)
    y: float = Field(ge=-MAX_SIDE, le=2 * MAX_SIDE)
    include: bool = True


class ShotObject(_Frozen):
    """Something clicked, imported or proposed.

    Attributes:
        id: Unique in the shot and never used again; also the name of its folder of tracks.
        confidence: Frame index to how sure the tracker was there, 0 to 1.
        visible: Whether its track counts in the quadmask.
    """

    id: ObjectId
    name: Name
    role: Role
    prompts: tuple[Prompt, ...] = Field(default=(), max_length=100_000)
    confidence: dict[FrameIndex, Confidence] = Field(default_factory=dict)
    visible: bool = True


Coordinate = Annotated[float, Field(ge=-MAX_SIDE, le=2 * MAX_SIDE)]
Polygon = Annotated[
    tuple[tuple[Coordinate, Coordinate], ...], Field(min_length=3, max_length=MAX_POINTS)
]
PlaneName = Literal["remove", "affected", "both"]


class MaskShape(_Frozen):
    """Polygons keyed on frames, whose inside counts as tracked.

    Attributes:
        id: Unique among the shapes and never used again.
        plane: Which fact of the quadmask it says, or both.
        adds: Whether its inside is added to what is tracked, else it is taken away from it.
        interpolated: Whether frames between two keys go from one to the other, else the key before
            holds.
        visible: Whether it counts.
        frames: First and last plate index on which it counts, both included.
        keys: Plate index to the polygon there, plate pixels (x, y).
    """

    id: ObjectId
    name: Name
    plane: PlaneName
    adds: bool = True
    interpolated: bool = True
    visible: bool = True
    frames: tuple[FrameIndex, FrameIndex]
    keys: dict[FrameIndex, Polygon] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.frames[0] > self.frames[1]:
            raise ValueError(f"the frames {self.frames[0]}-{self.frames[1]} are not in order")
        return self

    def says(self, removes: bool) -> bool:
        """Whether it says what is removed, or what is affected."""
        return self.plane in ("remove" if removes else "affected", "both")


class Marker(_Frozen):
    """A frame to come back to, and what it is."""

    frame: FrameIndex
    name: Name = ""


class PlateRef(_Frozen):
    """Where the plate is and what it must look like.

    Attributes:
        path: Absolute path when the shot was last saved.
        relative: Path from the shot folder (with forward slashes) when the plate is near it, so
            that the two can move together.
        content_id: ``PlateInfo.content_id`` of the file.
        size: (width, height) in pixels.
        count: Number of frames.
        rate: Frames per second as a fraction, e.g. "24000/1001".
        first_frame: The number of the frame with index 0, as the plate itself has it.
    """

    path: str = Field(max_length=8192)
    relative: str | None = Field(default=None, max_length=8192)
    content_id: str = Field(max_length=200)
    size: tuple[Side, Side]
    count: int = Field(ge=1, le=MAX_FRAMES)
    rate: str = Field(pattern=r"^[1-9]\d{0,9}(/[1-9]\d{0,9})?$")
    first_frame: FrameNumber = 0

    @property
    def fraction(self) -> Fraction:
        """The frame rate."""
        return Fraction(self.rate)


class TakeRef(_Frozen):
    """One line of the takes list; the whole record is in the take's folder.

    Attributes:
        folder: Name of the folder below ``takes/``.
        created: Seconds since 1970, UTC.
        frames: First and last plate index, both included.
    """

    number: int = Field(ge=1, le=10**9)
    remover: Name
    folder: Name
    label: Name = ""
    created: float = 0.0
    frames: tuple[FrameIndex, FrameIndex]


class ShotDocument(_Frozen):
    """Everything of ``shot.json``.

    Attributes:
        range: First and last plate index that belong to the shot, both included.
        scene_prompt: What the scene looks like without the object ("bg" of a VOID sequence folder).
        settings: The last used settings of removers and segmenters, by name.
        shapes: In the order in which they are applied.
        locked: Frames whose mask does not change, in order.
        markers: In order of their frames, one a frame.
        numbered_from: The number artists give plate index 0; None for the one the plate has.
    """

    schema_version: int = SCHEMA_VERSION
    plate: PlateRef
    range: tuple[FrameIndex, FrameIndex]
    objects: tuple[ShotObject, ...] = Field(default=(), max_length=10_000)
    scene_prompt: Text = ""
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    takes: tuple[TakeRef, ...] = Field(default=(), max_length=100_000)
    shapes: tuple[MaskShape, ...] = Field(default=(), max_length=10_000)
    locked: tuple[FrameIndex, ...] = ()
    markers: tuple[Marker, ...] = ()
    numbered_from: FrameNumber | None = None

    @property
    def first_number(self) -> int:
        """The number that artists give plate index 0."""
        return self.plate.first_frame if self.numbered_from is None else self.numbered_from

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        first, last = self.range
        if not first <= last < self.plate.count:
            raise ValueError(
                f"the range {first}-{last} is not inside the plate's {self.plate.count} frames"
            )
        if len({item.id for item in self.objects}) != len(self.objects):
            raise ValueError("two objects have the same id")
        if len({shape.id for shape in self.shapes}) != len(self.shapes):
            raise ValueError("two mask shapes have the same id")
        if list(self.locked) != sorted(set(self.locked)):
            raise ValueError("the locked frames are not in order")
        marked = [marker.frame for marker in self.markers]
        if marked != sorted(set(marked)):
            raise ValueError("the markers are not in order")
        return self

    def object(self, object_id: str) -> ShotObject | None:
        """The object with this id, or None."""
        return next((item for item in self.objects if item.id == object_id), None)

    def shape(self, shape_id: str) -> MaskShape | None:
        """The mask shape with this id, or None."""
        return next((shape for shape in self.shapes if shape.id == shape_id), None)

    def with_object(self, item: ShotObject) -> ShotDocument:
        """This document with the object of the same id replaced."""
        objects = tuple(item if old.id == item.id else old for old in self.objects)
        return self.model_copy(update={"objects": objects})


def _with_mask_desk(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 has mask shapes, locked frames and markers."""
    return {**data, "shapes": [], "locked": [], "markers": [], "numbered_from": None}


# From each old version to the next. A version that is left behind gets a function here and a golden
# file in the tests.
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _with_mask_desk}


def read_document(path: Path) -> ShotDocument:
    """Reads ``shot.json``, upgrading an older version.

    Raises:
        VoidError: the file is missing, damaged, or of a newer program.
    """
    data = files.read_json(path)
    version = data.get("schema_version") if isinstance(data, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise VoidError(f"Could not read {path}", "It is not the document of a shot")
    if version > SCHEMA_VERSION:
        raise VoidError(
            f"Could not open {path.parent}",
            f"It is of document version {version}, and this program knows up to {SCHEMA_VERSION}",
            "Update Void Studio",
        )
    try:
        while version < SCHEMA_VERSION:
            data = UPGRADES[version](data)
            version += 1
            data["schema_version"] = version
        return ShotDocument.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise VoidError(
            f"Could not read {path}", f"{where or 'document'}: {first['msg']}"
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise VoidError(f"Could not read {path}", f"It could not be upgraded ({error})") from error


def write_document(path: Path, document: ShotDocument) -> None:
    """Writes ``shot.json`` atomically. Raises VoidError if it cannot."""
    files.write_atomic(path, (document.model_dump_json(indent=1) + "\n").encode())
