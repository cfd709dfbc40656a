"""How a part of the window says what an action does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Connect(Protocol):
    """Has ``slot`` called whenever the action called ``name`` is triggered."""

    def __call__(self, name: str, slot: Callable[[], object], /) -> None: ...


class Say(Protocol):
    """Shows a message in the bar over the picture: what is so, and why."""

    def __call__(self, what: str, why: str, /) -> None: ...
