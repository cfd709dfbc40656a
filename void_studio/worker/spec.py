"""What the worker is asked: ``job.json``, written once and never changed, and clicks."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from void_studio.errors import VoidError
from void_studio.files import read_json
from void_studio.segment.protocol import Direction as Direction
from void_studio.shot.document import PlateRef, Prompt

# Ids become names of files and parts of addresses.
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
MAX_PROMPTS = 100_000

DRAFT = " (draft)"
"""What the label of a job ends with whose result is a draft."""

Id = Annotated[str, Field(pattern=ID_PATTERN)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class _Common(_Frozen):
    schema_version: Literal[1] = 1
    id: Id
    created: float
    """Unix seconds."""
    label: str = Field(max_length=400)
    """What the jobs list shows, e.g. "Track Ball"."""
    shot: str
    """The shot folder the results are for."""
    plate: PlateRef
    frames: tuple[int, int]
    """First and last plate index, both included."""

    @model_validator(mode="after")
    def _frames_are_in_the_plate(self) -> Self:
        first, last = self.frames
        if not 0 <= first <= last < self.plate.count:
            raise ValueError(f"frames {first}-{last} are not in a plate of {self.plate.count}")
        return self


class TrackObject(_Frozen):
    """One object to track, with the clicks that say what it is."""

    id: Id
    name: str
    prompts: tuple[Prompt, ...] = Field(max_length=MAX_PROMPTS)


class TrackSpec(_Common):
    """Follow objects through the frames."""

    kind: Literal["track"] = "track"
    segmenter: Id
    direction: Direction
    objects: tuple[TrackObject, ...] = Field(min_length=1, max_length=1000)


class RemoveSpec(_Common):
    """Refill what the quadmasks in ``inputs/masks`` mark."""

    kind: Literal["remove"] = "remove"
    remover: Id
    settings: dict[str, Any] = {}
    models: tuple[str, ...] = Field(default=(), max_length=100)
    """Folders of models that who asked has named: the worker looks there first."""


JobSpec = Annotated[TrackSpec | RemoveSpec, Field(discriminator="kind")]
_ANY: TypeAdapter[TrackSpec | RemoveSpec] = TypeAdapter(JobSpec)


class ClickRequest(_Frozen):
    """Clicks of one object on one frame; without clicks, a request to warm up."""

    plate: str = Field(min_length=1, max_length=8192)
    segmenter: Id = "classical"
    frame: int = Field(default=0, ge=0)
    prompts: tuple[Prompt, ...] = Field(default=(), max_length=MAX_PROMPTS)


def new_job_id(kind: str) -> str:
    """An id that sorts by creation time and is unique on every machine."""
    # To the microsecond, for jobs are made within one second of each other.
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    return f"{moment}-{kind}-{secrets.token_hex(4)}"


def read_spec(folder: Path) -> TrackSpec | RemoveSpec:
    """The spec of the job in ``folder``.

    Raises:
        VoidError: the folder holds no job, or one this version cannot read.
    """
    path = folder / "job.json"
    if not path.is_file():
        raise VoidError(f"{folder} is not a job", "It has no job.json", "Check the path")
    data = read_json(path)
    try:
        return _ANY.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise VoidError(
            f"Could not read the job in {folder}",
            f"{where or 'job.json'}: {first['msg']}",
            "It may come from another version of Void Studio: make the job again",
        ) from error
