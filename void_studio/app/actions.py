"""The actions of the table as Qt has them, and what their texts and keys say."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from void_studio.app.action_table import SPECS, ActionSpec
from void_studio.app.icons import icon, swatch


def conflicts(specs: tuple[ActionSpec, ...] = SPECS) -> dict[str, list[str]]:
    """Keys that more than one action asks for, with the names of those actions."""
    users: dict[str, list[str]] = {}
    for spec in specs:
        for key in spec.keys:
            portable = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
            users.setdefault(portable, []).append(spec.name)
    return {key: names for key, names in users.items() if len(names) > 1}


def plain(text: str) -> str:
    """A menu text without its mnemonic and ellipsis."""
    return text.replace("&", "").rstrip("…")


def keys_text(action: QAction) -> str:
    """The keys of an action as people read them, e.g. "Ctrl+Y  or  Ctrl+Shift+Z"."""
    native = QKeySequence.SequenceFormat.NativeText
    return "  or  ".join(key.toString(native) for key in action.shortcuts())


def build_actions(parent: QObject) -> dict[str, QAction]:
    """A QAction for every entry of the table, by name, children of ``parent``."""
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for spec in SPECS:
        action = QAction(spec.text, parent)
        action.setObjectName(spec.name)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        keys = keys_text(action)
        name = plain(spec.text)
        action.setToolTip(f"<b>{name}</b>  {keys}<br>{spec.tip}" if keys else spec.tip or name)
        action.setStatusTip(spec.tip)
        if spec.short:
            action.setIconText(spec.short)
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
    return actions
