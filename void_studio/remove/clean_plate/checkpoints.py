"""What a removal computed once, kept so that a killed run continues where it was."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.files import encode_png, read_image, read_json, write_atomic, write_json
from void_studio.remove.protocol import Picture

VERSION = 1


class Checkpoints:
    """Named values and pictures in a folder, valid for one request only.

    Every file is whole or absent. What was made for other frames or settings is not read.
    """

    def __init__(self, folder: Path, key: dict[str, Any]) -> None:
        self._folder = folder
        self._key = {"version": VERSION, **key}

    def load(self, name: str) -> dict[str, Any] | None:
        path = self._folder / f"{name}.json"
        if not path.exists():
            return None
        try:
            held = read_json(path)
        except VoidError:
            # Written by a disk that lied: compute it again.
            return None
        if not isinstance(held, dict) or held.get("key") != self._key:
            return None
        value = held.get("value")
        return value if isinstance(value, dict) else None

    def save(self, name: str, value: dict[str, Any]) -> None:
        write_json(self._folder / f"{name}.json", {"key": self._key, "value": value})

    def load_array(self, name: str) -> NDArray[Any] | None:
        """An array saved under this key; None if it is not there."""
        path = self._folder / f"{name}.npy"
        if self.load(name) is None or not path.exists():
            return None
        try:
            return np.asarray(np.load(path, allow_pickle=False))
        except (OSError, ValueError, EOFError):
            return None

    def save_array(self, name: str, array: NDArray[Any]) -> None:
        """The array first, then the note that makes it valid."""
        stream = io.BytesIO()
        np.save(stream, array, allow_pickle=False)
        write_atomic(self._folder / f"{name}.npy", stream.getvalue())
        self.save(name, {})

    def load_picture(self, name: str) -> Picture | None:
        """A picture saved under this key; None if it is not there."""
        path = self._folder / f"{name}.png"
        if self.load(name) is None or not path.exists():
            return None
        try:
            return read_image(path)
        except VoidError:
            return None

    def save_picture(self, name: str, picture: Picture) -> None:
        """The picture first, then the note that makes it valid."""
        write_atomic(self._folder / f"{name}.png", encode_png(picture))
        self.save(name, {})
