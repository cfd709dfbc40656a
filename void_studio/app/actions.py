"""The actions of the table as Qt has them, and what their texts and keys say."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from void_studio.app.action_table import SPECS, ActionSpec
from void_studio.app.icons import icon, swatch
from void_studio.app.keymap import Keymap, portable


def conflicts(specs: tuple[ActionSpec, ...] = SPECS) -> dict[str, list[str]]:
    """Keys that more than one action asks for, with the names of those actions."""
    users: dict[str, list[str]] = {}
    for spec in specs:
        for key in spec.keys:
            users.setdefault(portable(key), []).append(spec.name)
    return {key: names for key, names in users.items() if len(names) > 1}


def plain(text: str) -> str:
    """A menu text without its mnemonic and ellipsis."""
    return text.replace("&", "").rstrip("…")


def keys_text(action: QAction) -> str:
    """The keys of an action as people read them, e.g. "Ctrl+Y  or  Ctrl+Shift+Z"."""
    native = QKeySequence.SequenceFormat.NativeText
    return "  or  ".join(key.toString(native) for key in action.shortcuts())


def first_key(action: QAction) -> str:
    """The key that a button shows; empty if there is none."""
    keys = action.shortcuts()
    return keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""


def build_actions(parent: QObject, keymap: Keymap | None = None) -> dict[str, QAction]:
    """A QAction for every entry of the table, by name, children of ``parent``."""
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for spec in SPECS:
        action = QAction(spec.text, parent)
        action.setObjectName(spec.name)
        action.setStatusTip(spec.tip)
        if spec.icon:
            action.setIcon(icon(spec.icon))
        elif spec.swatch:
            action.setIcon(swatch(spec.swatch))
        if spec.exclusive:
            action.setCheckable(True)
            group = groups.setdefault(spec.exclusive, QActionGroup(parent))
            group.addAction(action)
        elif spec.checkable:
            action.setCheckable(True)
        actions[spec.name] = action
    give_keys(actions, keymap or Keymap())
    return actions


def give_keys(actions: dict[str, QAction], keymap: Keymap) -> None:
    """Gives the actions their keys, and tool tips that name them."""
    keymap.apply(actions)
    for spec in SPECS:
        action = actions[spec.name]
        set_tip(action, plain(spec.text), spec.tip)
        if spec.short:
            key = first_key(action) if spec.shows_key else ""
            action.setIconText(f"{spec.short}  {key}".rstrip())


def set_tip(action: QAction, name: str, tip: str) -> None:
    """Says in the tool tip what an action is called, its keys, and what it does."""
    keys = keys_text(action)
    action.setToolTip(f"<b>{name}</b>  {keys}<br>{tip}" if keys else tip or name)
