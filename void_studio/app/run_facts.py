"""What the run panel shows: the removers with their settings, and what a run would work on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from void_studio.app.panels.run import RemoverRow, SettingRow
from void_studio.app.panels.settings_form import Kind
from void_studio.quadmask.store import HAS_AFFECTED, HAS_REMOVE
from void_studio.remove.registry import removers
from void_studio.shot.shot import Shot

Flags = NDArray[np.uint8]

_KINDS: dict[str, Kind] = {"integer": "int", "number": "float", "boolean": "bool"}


def remover_rows() -> list[RemoverRow]:
    """Every remover there is."""
    return [
        RemoverRow(
            name=remover.name,
            title=_heading(remover.name),
            description=remover.title,
            settings=tuple(
                _setting(name, schema)
                for name, schema in remover.settings.model_json_schema()["properties"].items()
            ),
        )
        for remover in removers().values()
    ]


def summary(shot: Shot | None, flags: Flags) -> list[tuple[str, str]]:
    """What a run would work on, as (label, value); ``flags`` as ``MaskStore.summaries``."""
    if shot is None:
        return []
    first, last = shot.document.range
    width, height = shot.size
    number = shot.document.first_number
    return [
        ("Frames", f"{first + number}–{last + number}"),
        ("With a mask", f"{_marked(shot, flags)} of {last - first + 1}"),
        ("Plate", f"{width}×{height}"),
        ("On", "this machine"),
    ]


def reason_not_to_run(shot: Shot | None, flags: Flags, running: bool) -> str | None:
    """Why the removal cannot run now, or None if it can; ``running``: one of this shot runs."""
    if shot is None:
        return "Open a clip first"
    if running:
        return "A removal of this shot is running"
    if not _marked(shot, flags):
        return "Click an object or paint what is to go first"
    return None


def _marked(shot: Shot, flags: Flags) -> int:
    """On how many frames of the range there is something to remove or affected."""
    first, last = shot.document.range
    return int(np.count_nonzero(flags[first : last + 1] & (HAS_REMOVE | HAS_AFFECTED)))


def _heading(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()


def _setting(name: str, schema: dict[str, Any]) -> SettingRow:
    """A settings row from its JSON schema: one type, or a number that "auto" may stand for."""
    kinds = schema.get("anyOf", [schema])
    numbers = {**schema, **kinds[0]}
    choices = tuple(str(choice) for choice in schema.get("enum", ()))
    return SettingRow(
        key=name,
        label=_heading(name),
        kind="choice" if choices else _KINDS[numbers["type"]],
        default=schema["default"],
        minimum=numbers.get("minimum", 0),
        maximum=numbers.get("maximum", 1_000_000),
        choices=choices,
        tip=" ".join(schema.get("description", "").replace("``", "").split()),
        automatic=len(kinds) > 1,
    )
