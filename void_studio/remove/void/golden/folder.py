"""A folder of records: its manifest, and the arrays of a case."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from void_studio.errors import VoidError
from void_studio.files import read_json
from void_studio.remove.void.golden.tolerance import EXACT, Tolerance

MAX_FILE_BYTES = 8 * 2**30


@dataclass(frozen=True, eq=False)
class Folder:
    """Records of what the released code computed, and the small models it computed with."""

    path: Path
    entries: Mapping[str, Mapping[str, Any]]
    models: Path

    @classmethod
    def opened(cls, path: Path) -> Folder:
        """Reads the manifest.

        Raises:
            VoidError: it is not there, or not such a manifest.
        """
        manifest = read_json(path / "manifest.json")
        try:
            entries = {str(entry["name"]): dict(entry) for entry in manifest["cases"]}
            models = _below(path, str(manifest["models"]["path"]))
            if len(entries) != len(manifest["cases"]) or not entries:
                raise ValueError("it has no cases, or several of one name")
        except (KeyError, TypeError, ValueError) as error:
            raise VoidError(
                f"{path} holds no records to compare with", f"Its manifest is odd: {error!r}"
            ) from error
        return cls(path, entries, models)

    def cases(self) -> Iterator[Case]:
        """Every case, in the manifest's order."""
        for name in self.entries:
            yield self.case(name)

    def case(self, name: str) -> Case:
        """The case of that name; KeyError where there is none."""
        return Case(self, name, self.entries[name])


class Case:
    """One entry of the manifest with its arrays, which are read when they are first asked for.

    It remembers which of them were looked at, so that none is passed over unnoticed.

    Attributes:
        name, what: As in the manifest.
        params: The entry's parameters.
    """

    def __init__(self, folder: Folder, name: str, entry: Mapping[str, Any]) -> None:
        self.folder = folder
        self.name = name
        self.what = str(entry.get("what", ""))
        self.params: Mapping[str, Any] = entry.get("params") or {}
        self._tolerance: Any = entry.get("tol")
        self._files: list[Mapping[str, Any]] = list(entry.get("files") or [])
        self._arrays: dict[str, Tensor] | None = None
        self._document: Any = None
        self._unseen: set[str] = set()

    def read(self) -> None:
        """Reads all files of the case.

        Raises:
            ValueError: a file that is not what the manifest says.
            OSError: it cannot be read.
        """
        self._arrays = {}
        for entry in self._files:
            path = _below(self.folder.path, str(entry["path"]))
            _check_hash(path, str(entry["sha256_16"]))
            if path.suffix == ".json":
                self._document = read_json(path)
                self._unseen.add(path.name)
                continue
            found = _arrays_of(path)
            _check_shapes(path, found, entry.get("tensors") or entry.get("arrays") or {})
            self._arrays |= found
        self._unseen |= self._arrays.keys()

    @property
    def arrays(self) -> Mapping[str, Tensor]:
        """All arrays; looking here is not counted."""
        if self._arrays is None:
            self.read()
        return self._arrays or {}

    def array(self, name: str) -> Tensor:
        """One array; KeyError where there is none."""
        found = self.arrays[name]
        self._unseen.discard(name)
        return found

    def document(self) -> Any:
        """The contents of the case's JSON file."""
        self.arrays  # noqa: B018 - reads the files
        self._unseen = {name for name in self._unseen if not name.endswith(".json")}
        return self._document

    @property
    def unseen(self) -> list[str]:
        """What no one has looked at yet."""
        return sorted(self._unseen)

    def tolerance(self, kind: str) -> Tolerance:
        """What the manifest allows for a kind of array; what it says nothing about must be equal.

        Raises:
            ValueError: it says what nobody understands.
        """
        if not isinstance(self._tolerance, Mapping):
            return Tolerance.parsed(self._tolerance)
        if kind in self._tolerance:
            return Tolerance.parsed(self._tolerance[kind])
        return Tolerance.parsed(self._tolerance["all"]) if "all" in self._tolerance else EXACT

    def said(self, pattern: str) -> str:
        """What the first group of ``pattern`` finds in the description.

        Raises:
            ValueError: nothing.
        """
        found = re.search(pattern, self.what)
        if found is None:
            raise ValueError(f"the description does not say {pattern!r}")
        return found[1]


def _below(folder: Path, relative: str) -> Path:
    path = Path(relative)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{relative} lies outside the folder")
    return folder / path


def _check_hash(path: Path, wanted: str) -> None:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ValueError(f"{path.name} is too large to be what it claims to be")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if not wanted or not found.startswith(wanted):
        what = f"{found[: len(wanted)]}, not {wanted}"
        raise ValueError(f"{path.name} is not the file of the manifest ({what})")


def _arrays_of(path: Path) -> dict[str, Tensor]:
    if path.suffix == ".safetensors":
        return load_file(path)
    with np.load(path, allow_pickle=False) as stored:
        return {name: torch.from_numpy(stored[name]) for name in stored.files}


def _check_shapes(
    path: Path, found: Mapping[str, Tensor], listed: Mapping[str, Mapping[str, Any]]
) -> None:
    if found.keys() != listed.keys():
        odd = ", ".join(sorted(found.keys() ^ listed.keys()))
        raise ValueError(f"{path.name} and the manifest differ in {odd}")
    for name, tensor in found.items():
        shape, kind = list(tensor.shape), str(tensor.dtype).removeprefix("torch.")
        if shape != listed[name]["shape"] or kind != listed[name]["dtype"]:
            raise ValueError(f"{name} of {path.name} is {kind} {shape}, and not as listed")
