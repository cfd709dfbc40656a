"""What one action of the window is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ActionSpec:
    """One action.

    Attributes:
        name: What code calls it.
        text: What the menu says, with its mnemonic.
        group: The menu it is in, and its heading in the shortcuts sheet.
        keys: Key sequences in portable form, the first shown.
        tip: One sentence for the status line and the tool tip.
        icon: Name of an icon in ``resources/icons``.
        exclusive: Name of the group of which one is checked; empty if it is not checkable.
        checkable: Whether it is a switch of its own.
        separated: Whether a line stands above it in the menu.
        short: What a button says; the menu's text if empty.
        shows_key: Whether the button says the key after ``short``.
        swatch: The name of a palette colour shown as its icon.
    """

    name: str
    text: str
    group: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    icon: str = ""
    exclusive: str = ""
    checkable: bool = False
    separated: bool = False
    short: str = ""
    shows_key: bool = False
    swatch: str = ""
