"""Whether a file is, to the last bit, the one that its repository names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from void_studio.progress import CancelToken
from void_studio.remove.weights.catalogue import Part
from void_studio.remove.weights.hub import Remote, listing

_READ_BYTES = 4 * 2**20


def is_whole(path: Path, file: Remote, cancel: CancelToken) -> bool:
    """Whether ``path`` holds exactly ``file``; reads it whole if its size is right.

    Raises:
        OSError: it is there and cannot be read.
        Cancelled: it was asked to stop.
    """
    try:
        if path.stat().st_size != file.bytes:
            return False
        return _checksum(path, file, cancel) == file.checksum
    except FileNotFoundError:
        return False


def altered(part: Part, folder: Path, cancel: CancelToken, mirror: str | None) -> list[str]:
    """The files of ``part`` in ``folder`` that are not those of the repository now.

    Raises:
        VoidError: the repository cannot be asked.
        OSError: a file cannot be read.
        Cancelled: it was asked to stop.
    """
    files = listing(part, mirror)
    return [file.path for file in files if not is_whole(folder / file.path, file, cancel)]


def _checksum(path: Path, file: Remote, cancel: CancelToken) -> str:
    if len(file.checksum) == 64:
        digest = hashlib.sha256()
    else:
        # How git names a file: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
        digest = hashlib.sha1(b"blob %d\0" % file.bytes, usedforsecurity=False)
    with open(path, "rb") as stream:
        while block := stream.read(_READ_BYTES):
            cancel.check()
            digest.update(block)
    return digest.hexdigest()
