"""A short name for the content of model files, quick to make whatever their size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from void_studio.files import explain

_HEAD_BYTES = 2**20
_BLOCK_BYTES = 64 * 2**10
_BLOCKS = 16


def identity_of(files: Iterable[Path]) -> str:
    """Sixteen hexadecimal digits that stand for the content of ``files``.

    SHA-256 over each file's name, its size, its first MiB (which holds the whole header of a
    safetensors file of this size) and 16 blocks of 64 KiB spread evenly to its end. Where the files
    lie does not count. Two trainings of one model differ in every block, so they are told apart; it
    is no protection against someone who changes a few bytes on purpose.

    Raises:
        VoidError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for path in files:
        try:
            _add(digest, path)
        except OSError as error:
            raise explain(error, f"Could not read {path}") from error
    return digest.hexdigest()[:16]


def _add(digest: hashlib._Hash, path: Path) -> None:
    with open(path, "rb") as stream:
        size = stream.seek(0, 2)
        digest.update(f"{path.name}\0{size}\0".encode("utf-8", "surrogateescape"))
        stream.seek(0)
        digest.update(stream.read(_HEAD_BYTES))
        last = size - _BLOCK_BYTES
        if last <= _HEAD_BYTES:
            digest.update(stream.read())
            return
        for block in range(1, _BLOCKS + 1):
            stream.seek(_HEAD_BYTES + (last - _HEAD_BYTES) * block // _BLOCKS)
            digest.update(stream.read(_BLOCK_BYTES))
