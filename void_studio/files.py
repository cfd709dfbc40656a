"""Files that are either whole or absent: staged writes, bounded reads, images at any path.

cv2's own file calls break on non-ASCII paths, so images go through bytes.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError


def _umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value


# Read once: asking means setting it, which other threads would notice.
_UMASK = _umask()

# What cannot be decoded is explained once, by us; OpenCV would add lines of its own.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

MAX_JSON_BYTES = 64 * 2**20


def explain(error: OSError, what: str) -> VoidError:
    """An OSError as a VoidError with a remedy for the causes an artist can do something about."""
    remedies = {
        "ENOSPC": "Free some space or choose another disk",
        "EDQUOT": "Free some of your quota or choose another disk",
        "EACCES": "Check the permissions or choose another folder",
        "EPERM": "Check the permissions or choose another folder",
        "EROFS": "The disk is read-only: choose another folder",
        "ENOENT": "Check the path",
        "ENAMETOOLONG": "Choose a shorter name",
    }
    name = errno.errorcode.get(error.errno or 0, "")
    return VoidError(what, error.strerror or str(error), remedies.get(name, ""))


def _temporary_beside(path: Path) -> Path:
    # A fixed short name keeps within NAME_MAX whatever the length of the final name.
    handle, name = tempfile.mkstemp(prefix=".void-", suffix=".part", dir=path.parent)
    os.close(handle)
    return Path(name)


def _sync_folder(folder: Path) -> None:
    """Forces the names in ``folder`` to the disk, where that can be asked.

    Some network shares refuse it. By now the file is there under its name, so nothing has failed.
    """
    if os.name == "posix":
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def check_path(path: Path) -> None:
    """Refuses a path that no document can hold.

    Raises:
        VoidError: it is not UTF-8.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise VoidError(
            f"Void Studio cannot work with {str(path).encode(errors='replace').decode()}",
            "Some characters of the path are not UTF-8",
            "Rename the file or folder, or choose another place",
        ) from error


def write_atomic(path: Path, data: bytes) -> None:
    """Writes ``data`` so that ``path`` holds either its old content or all of the new.

    Raises:
        VoidError: the disk is full, the folder is missing or read-only, and so on.
    """
    temporary = None
    try:
        temporary = _temporary_beside(path)
        with open(temporary, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_UMASK)
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise explain(error, f"Could not write {path}") from error


def write_json(path: Path, value: Any) -> None:
    """Writes ``value`` as indented JSON, atomically.

    Raises:
        VoidError: it cannot be written, or holds text that is not UTF-8.
    """
    try:
        data = (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError as error:
        raise VoidError(
            f"Could not write {path}",
            "Some characters of a name or path are not UTF-8",
            "Rename what has them",
        ) from error
    write_atomic(path, data)


def read_json(path: Path) -> Any:
    """Reads a JSON file of at most 64 MiB.

    Raises:
        VoidError: the file is missing, too large, or not JSON.
    """
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise VoidError(f"Could not read {path}", "It is too large to be what it claims to be")
        return json.loads(path.read_bytes())
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    except RecursionError as error:
        raise VoidError(f"Could not read {path}", "It is nested too deeply") from error
    except ValueError as error:
        raise VoidError(f"Could not read {path}", f"It is not valid JSON ({error})") from error


@contextmanager
def staged_file(path: Path) -> Iterator[Path]:
    """Yields a temporary sibling to write to; renamed to ``path`` on success, removed otherwise.

    The temporary file keeps the suffix of ``path``, for writers that choose a format by it.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".void-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise explain(error, f"Could not write {path}") from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_UMASK)
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise explain(error, f"Could not write {path}") from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def staged_folder(path: Path) -> Iterator[Path]:
    """Yields a temporary sibling folder; renamed to ``path`` on success, removed otherwise.

    Raises:
        VoidError: ``path`` already exists, or its parent cannot be written.
    """
    # os.path asks without raising, also for a name that is too long.
    if os.path.exists(path):  # noqa: PTH110
        raise VoidError(f"{path} already exists", "", "Choose another name; nothing is overwritten")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".void-", dir=path.parent))
        temporary.chmod(0o777 & ~_UMASK)
    except OSError as error:
        raise explain(error, f"Could not create {path}") from error
    try:
        yield temporary
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise explain(error, f"Could not create {path}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def encode_png(image: NDArray[Any], level: int = 1) -> bytes:
    """``image`` as PNG bytes.

    Args:
        image: (H, W) or (H, W, 3) RGB or (H, W, 4) RGBA, uint8 or uint16.
        level: zlib level, 0 to 9.
    """
    options = [cv2.IMWRITE_PNG_COMPRESSION, level]
    if image.ndim == 3:
        code = cv2.COLOR_RGBA2BGRA if image.shape[2] == 4 else cv2.COLOR_RGB2BGR
        image = cv2.cvtColor(image, code)
    else:
        # Grey pictures are masks: filters gain nothing on flat areas and take five times as long.
        options += [cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]
    done, data = cv2.imencode(".png", image, options)
    if not done:
        raise VoidError("Could not encode a PNG image", f"Its shape is {image.shape}")
    return data.tobytes()


def decode_image(data: bytes, name: str = "image") -> NDArray[Any]:
    """The picture in ``data`` as stored: (H, W), RGB (H, W, 3) or RGBA (H, W, 4); uint8 or uint16.

    Raises:
        VoidError: ``data`` is not a picture that can be read.
    """
    image = None
    if data:
        try:
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        except cv2.error:
            image = None
    if image is None:
        raise VoidError(f"Could not read {name}", "It is empty, damaged or not an image")
    if image.ndim == 3:
        code = cv2.COLOR_BGRA2RGBA if image.shape[2] == 4 else cv2.COLOR_BGR2RGB
        image = cv2.cvtColor(image, code)
    return image


def read_image(path: Path) -> NDArray[Any]:
    """The picture in a file; see ``decode_image``."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    return decode_image(data, str(path))
