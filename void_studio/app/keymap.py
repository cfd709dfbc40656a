"""Which keys an action has: those of the table, or the ones the artist gave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction, QKeySequence

from void_studio.app.action_table import SPECS, ActionSpec

_GROUP = "keys"
_PORTABLE = QKeySequence.SequenceFormat.PortableText

RESERVED = ("Esc", "Return", "Enter", "Tab", "Shift+Tab", "Backspace", "F10")
"""Keys that tools, fields and menus answer to themselves; no action can have them."""


def portable(key: str) -> str:
    """A key sequence as it is kept, e.g. "Ctrl+K" for "ctrl+k"; empty if it is none."""
    return QKeySequence(key).toString(_PORTABLE)


class Keymap:
    """The keys of every action. What differs from the table is remembered.

    Attributes:
        specs: The actions.
    """

    def __init__(self, specs: Sequence[ActionSpec] = SPECS) -> None:
        self.specs = specs
        self._defaults = {spec.name: _distinct(map(portable, spec.keys)) for spec in specs}
        self._own = self._read()

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of an action in portable form, the first shown."""
        if name in self._own:
            return self._own[name]
        # A key that the artist gave to another action is no longer this one's.
        claimed = {key for keys in self._own.values() for key in keys}
        return tuple(key for key in self._defaults[name] if key not in claimed)

    def is_own(self, name: str) -> bool:
        """Whether an action's keys are not the table's."""
        return self.keys(name) != self._defaults[name]

    @property
    def changed(self) -> bool:
        """Whether any key is not the table's."""
        return bool(self._own)

    def users(self, key: str, besides: str = "") -> list[str]:
        """The names of the actions that have ``key``, without ``besides``."""
        key = portable(key)
        names = (spec.name for spec in self.specs)
        return [name for name in names if name != besides and key in self.keys(name)]

    def set_key(self, name: str, key: str) -> None:
        """Gives an action one key, or none for an empty text, taking it from whoever had it."""
        keys = _distinct([portable(key)])
        for user, held in list(self._own.items()):
            self._keep(user, tuple(other for other in held if other not in keys))
        self._keep(name, keys)
        self._write()

    def reset(self, name: str) -> list[str]:
        """Gives an action the table's keys back, but for those that another was given.

        Returns:
            The keys that it does not get.
        """
        self._own.pop(name, None)
        self._write()
        return [key for key in self._defaults[name] if key not in self.keys(name)]

    def reset_all(self) -> None:
        """Gives every action the table's keys back."""
        self._own.clear()
        self._write()

    def apply(self, actions: Mapping[str, QAction]) -> None:
        """Gives the actions their keys."""
        # Taken away first, so that no two hold the same one for a moment.
        wanted = {name: [QKeySequence(key) for key in self.keys(name)] for name in self._defaults}
        changed = [name for name, keys in wanted.items() if actions[name].shortcuts() != keys]
        for name in changed:
            actions[name].setShortcuts([])
        for name in changed:
            actions[name].setShortcuts(wanted[name])

    def _keep(self, name: str, keys: tuple[str, ...]) -> None:
        if keys == self._defaults[name]:
            self._own.pop(name, None)
        else:
            self._own[name] = keys

    def _read(self) -> dict[str, tuple[str, ...]]:
        settings = QSettings()
        settings.beginGroup(_GROUP)
        own = {}
        for name in settings.childKeys():
            value = settings.value(name)
            if name in self._defaults and isinstance(value, str):
                keys = _distinct(map(portable, value.split("\n")))
                own[name] = keys
        settings.endGroup()
        return {name: keys for name, keys in own.items() if keys != self._defaults[name]}

    def _write(self) -> None:
        settings = QSettings()
        settings.remove(_GROUP)
        settings.beginGroup(_GROUP)
        for name, keys in self._own.items():
            settings.setValue(name, "\n".join(keys))
        settings.endGroup()


def _distinct(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in keys if key))
