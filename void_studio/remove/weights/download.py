"""Fetches weights: goes on where it stopped, says how far it is, and checks what it fetched.

Files go to ``<folder>/<owner>/<name>``, which is where ``places`` looks for them. While a file is
on its way it is called ``.<name>.<checksum>.part`` beside its place; it gets its name when its
checksum is right, so under its name a file is whole.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from void_studio.errors import Cancelled, VoidError
from void_studio.files import explain
from void_studio.process_lock import LockFile
from void_studio.progress import CancelToken, Reporter
from void_studio.remove.weights.catalogue import BASE, Part
from void_studio.remove.weights.checksums import is_whole
from void_studio.remove.weights.hub import Remote, explained, headers, listing
from void_studio.remove.weights.places import folder_of
from void_studio.remove.weights.verify import problems_of

_MB = 10**6
# What is left free for everything else on the disk.
_SPARE_BYTES = 500 * _MB


def fetch(
    part: Part, folder: Path, reporter: Reporter, cancel: CancelToken, mirror: str | None = None
) -> Path:
    """Fetches what of ``part`` is not in ``folder`` yet; returns the folder of its repository.

    Whoever calls has shown the licences.

    Args:
        part: What to fetch.
        folder: A folder of models; made if need be.
        reporter: Is told how many MB of the part are here.
        cancel: Stops it within one piece of 10 MB; what has arrived is used next time.
        mirror: URL of a mirror of the Hub; see ``hub.listing``.

    Raises:
        VoidError: no network, no room, refused, or what arrived is not what it should be.
        Cancelled: it was asked to stop.
    """
    target = folder / part.repository
    files = listing(part, mirror)
    try:
        target.mkdir(parents=True, exist_ok=True)
        with _alone(target, part):
            _fetch_all(files, target, _Told(part, files, reporter), cancel, mirror)
    except OSError as error:
        raise explain(error, f"Could not write to {target}") from error
    beside = folder / BASE.repository
    problems = problems_of(part, target, beside if beside.is_dir() else folder_of(BASE))
    if problems:
        raise VoidError(
            f"What was fetched as {part.name} cannot be used",
            "; ".join(problems),
            "Check the mirror" if mirror else "Update Void Studio",
        )
    return target


@contextlib.contextmanager
def _alone(target: Path, part: Part) -> Iterator[None]:
    """Keeps a second process from fetching into the same folder at the same time."""
    lock = LockFile(target / ".fetching.lock")
    try:
        if lock.granted is False:
            raise VoidError(
                f"{part.name} is being fetched already",
                f"Another process writes to {target}",
                "Wait until it is done",
            )
        lock.sign()
        yield
    finally:
        if lock.granted is False:
            lock.give_up()
        else:
            lock.release()


class _Told:
    """Tells how much of a part is here, in MB."""

    def __init__(self, part: Part, files: Sequence[Remote], reporter: Reporter) -> None:
        self._reporter = reporter
        self._message = f"{part.name}, MB"
        self._total = sum(file.bytes for file in files)
        self._before = 0

    def now(self, of_this_file: int) -> None:
        step, total = (self._before + of_this_file) // _MB, max(1, self._total // _MB)
        self._reporter.progress(min(step, total), total, self._message)

    def is_here(self, file: Remote) -> None:
        self._before += file.bytes
        self.now(0)


def _fetch_all(
    files: Sequence[Remote], target: Path, told: _Told, cancel: CancelToken, mirror: str | None
) -> None:
    missing = []
    for file in files:
        if is_whole(target / file.path, file, cancel):
            told.is_here(file)
        else:
            missing.append(file)
    _check_room(missing, target)
    for file in missing:
        cancel.check()
        _fetch_one(file, target / file.path, told, cancel, mirror)
        told.is_here(file)


def _part_file(path: Path, file: Remote) -> Path:
    return path.with_name(f".{path.name}.{file.checksum[:16]}.part")


def _check_room(files: Sequence[Remote], target: Path) -> None:
    here = (_size_of(_part_file(target / file.path, file)) for file in files)
    needed = sum(file.bytes for file in files) - sum(here)
    free = shutil.disk_usage(target).free
    if files and free < needed + _SPARE_BYTES:
        raise VoidError(
            f"There is no room for {needed / 1e9:.1f} GB in {target}",
            f"{free / 1e9:.1f} GB are free, and {_SPARE_BYTES / 1e9:.1f} GB are to stay free",
            "Free some space, or choose another disk with --to FOLDER",
        )


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _fetch_one(
    file: Remote, path: Path, told: _Told, cancel: CancelToken, mirror: str | None
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arriving = _part_file(path, file)
    for old in path.parent.glob(f".{path.name}.*.part"):
        if old != arriving:
            old.unlink()
    if _size_of(arriving) > file.bytes:
        arriving.unlink()
    _receive(file, arriving, told, cancel, mirror)
    if not is_whole(arriving, file, cancel):
        arriving.unlink()
        raise VoidError(
            f"{path.name} was damaged on its way",
            "Its checksum is not the one that the repository names",
            "Get it again" + ("; if that does not help, check the mirror" if mirror else ""),
        )
    os.replace(arriving, path)


def _receive(
    file: Remote, arriving: Path, told: _Told, cancel: CancelToken, mirror: str | None
) -> None:
    """Fetches what ``arriving`` lacks."""
    from huggingface_hub.file_download import http_get

    with open(arriving, "ab") as stream:
        here = stream.tell()
        told.now(here)
        try:
            http_get(
                file.url,
                cast(BinaryIO, _Watched(stream, told, cancel)),
                resume_size=here,
                headers=headers(mirror),
                expected_size=file.bytes,
                tqdm_class=cast(Any, _NoBar),
            )
            stream.flush()
            os.fsync(stream.fileno())
        except Cancelled:
            raise
        except Exception as error:
            raise explained(error, f"Could not fetch {file.path}", mirror) from error


class _Watched:
    """A file that tells how long it is after every write, and stops when asked to."""

    def __init__(self, stream: IO[bytes], told: _Told, cancel: CancelToken) -> None:
        self._stream = stream
        self._told = told
        self._cancel = cancel

    def write(self, data: bytes) -> int:
        self._cancel.check()
        written = self._stream.write(data)
        self._told.now(self._stream.tell())
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _NoBar(contextlib.nullcontext[Any]):
    """In place of huggingface_hub's own progress, which writes to the terminal and keeps a thread
    even where it is switched off."""

    def __init__(self, **_: object) -> None:
        super().__init__(self)

    def update(self, _: float) -> None:
        pass
