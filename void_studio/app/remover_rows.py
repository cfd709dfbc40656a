"""The removers as the run panel offers them, with their settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from void_studio.app.panels.run import RemoverRow, SettingRow
from void_studio.app.panels.settings_form import AUTO, Choice, Kind
from void_studio.remove.framing import TRAINED_SIZES
from void_studio.remove.protocol import Remover
from void_studio.remove.registry import removers
from void_studio.remove.void.settings import VoidSettings
from void_studio.shot.document import TakeRef

PASS_1, PASS_2 = "void-pass1", "void-pass2"

_TITLES = {
    "clean-plate": "Clean plate",
    PASS_1: "VOID Pass 1",
    PASS_2: "VOID Pass 2",
}
_DESCRIPTIONS = {
    "clean-plate": (
        "Takes what was behind from other frames, and texture where none shows it. "
        "Needs no weights; imagines nothing."
    ),
    PASS_1: (
        "Imagines the scene without the object and without what it did: "
        "what it pushed, shaded or mirrored. May make things up."
    ),
    PASS_2: (
        "Makes a Pass 1 take again along its own motion, where shapes bend or drift. "
        "It is no sharper, and takes longer."
    ),
}
_KINDS: dict[str, Kind] = {"integer": "int", "number": "float", "boolean": "bool"}

_LABELS = {"take": "From take"}
"""Where the name of a setting alone would not say what it is."""

_SHOWN = ("take", "quality", "steps", "seed", "memory")
"""The settings of VOID that are not folded away, in this order."""

_WINDOW_STEP = 8
"""From one length of a window to the next: the latents must be even in number."""


def remover_rows() -> list[RemoverRow]:
    """Every remover there is."""
    return [_row(remover) for remover in removers().values()]


def take_choices(takes: Iterable[TakeRef]) -> list[Choice]:
    """What Pass 2 can start from: the latest take of Pass 1, or one of them by its number."""
    numbers = [take.number for take in takes if take.remover == PASS_1]
    latest = f"latest Pass 1 take ({numbers[-1]:03d})" if numbers else "no Pass 1 take yet"
    return [(AUTO, latest), *((number, f"take {number:03d}") for number in reversed(numbers))]


def is_void(name: str) -> bool:
    """Whether the remover called ``name`` is a pass of VOID."""
    return name in (PASS_1, PASS_2)


def title_of(name: str) -> str:
    """What an artist calls the remover called ``name``."""
    return _TITLES.get(name, _heading(name))


def _row(remover: Remover) -> RemoverRow:
    properties = remover.settings.model_json_schema()["properties"]
    model = issubclass(remover.settings, VoidSettings)
    if model:
        # The description is the shot's own, and has a field of its own.
        shown = [name for name in _SHOWN if name in properties]
        rest = [name for name in properties if name not in (*shown, "prompt")]
        rows = [_setting(name, properties[name], name in rest) for name in (*shown, *rest)]
    else:
        rows = [_setting(name, schema, False) for name, schema in properties.items()]
    return RemoverRow(
        name=remover.name,
        title=title_of(remover.name),
        description=_DESCRIPTIONS.get(remover.name, remover.title),
        settings=tuple(rows),
        described=model,
    )


def _heading(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()


def _setting(name: str, schema: dict[str, Any], advanced: bool) -> SettingRow:
    """A settings row from its JSON schema: one type, or a number that "auto" may stand for."""
    kinds = schema.get("anyOf", [schema])
    numbers = {**schema, **kinds[0]}
    choices = tuple(str(choice) for choice in schema.get("enum", ()))
    if name == "size":
        choices = (AUTO, *(f"{width}x{height}" for width, height in TRAINED_SIZES))
    listed = bool(choices) or name == "take"
    return SettingRow(
        key=name,
        label=_LABELS.get(name, _heading(name)),
        kind="choice" if listed else _KINDS[numbers["type"]],
        default=schema["default"],
        minimum=numbers.get("minimum", 0),
        maximum=numbers.get("maximum", 1_000_000),
        choices=choices or ((AUTO,) if listed else ()),
        tip=" ".join(schema.get("description", "").replace("``", "").split()),
        automatic=len(kinds) > 1,
        step=_WINDOW_STEP if name == "window" and advanced else 1,
        advanced=advanced,
    )
