"""What the Hugging Face Hub, or a mirror of it, holds of a part; and its refusals explained."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from void_studio.errors import VoidError
from void_studio.files import explain
from void_studio.remove.weights.catalogue import RAFT, RAFT_SHA256, Part

_RAFT_URL = f"https://download.pytorch.org/models/{RAFT.files[0]}"
_ANSWER_S = 20.0


@dataclass(frozen=True)
class Remote:
    """One file that can be fetched.

    Attributes:
        path: Within its repository.
        bytes: Its size.
        checksum: SHA-256 (64 digits) of its content, or of a small file the SHA-1 that git names
            it by (40 digits); hexadecimal.
        url: Where it is.
    """

    path: str
    bytes: int
    checksum: str
    url: str


def is_offline() -> bool:
    """Whether ``$HF_HUB_OFFLINE`` forbids the network."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")


def require_library() -> None:
    """Raises VoidError where huggingface_hub, which everything is fetched with, is missing."""
    if importlib.util.find_spec("huggingface_hub") is None:
        raise VoidError(
            "Weights cannot be fetched",
            "The package huggingface_hub is not installed",
            "Run: pip install 'void-studio[worker]'",
        )


def listing(part: Part, mirror: str | None) -> list[Remote]:
    """The files of ``part`` as they are now.

    Args:
        part: What to look up.
        mirror: URL of a mirror of the Hub; None for ``$HF_ENDPOINT``, else the Hub itself. The
            token of a log-in to the Hub is never sent to ``mirror``.

    Raises:
        VoidError: there is no network, or the Hub refuses, or lacks a file.
    """
    require_library()
    if part is RAFT:
        return [Remote(RAFT.files[0], RAFT.bytes, RAFT_SHA256, _RAFT_URL)]
    import huggingface_hub

    try:
        api = huggingface_hub.HfApi(endpoint=mirror, token=_token(mirror))
        info = api.model_info(part.repository, files_metadata=True, timeout=_ANSWER_S)
        found = [
            _remote(part.repository, file, info.sha or "main", mirror)
            for file in info.siblings or ()
            if part.has(file.rfilename)
        ]
    except Exception as error:
        raise explained(error, f"Could not look up {part.repository}", mirror) from error
    lacking = [name for name in part.files if not any(_matches(name, file) for file in found)]
    if lacking:
        raise VoidError(
            f"{part.repository} does not hold all of {part.name}",
            f"It lacks {', '.join(lacking)}",
            "Check the mirror" if mirror else "The repository was changed: update Void Studio",
        )
    return found


def _matches(pattern: str, file: Remote) -> bool:
    return PurePosixPath(file.path).match(pattern)


def _token(mirror: str | None) -> bool | None:
    return False if mirror else None


def _remote(repository: str, file: Any, commit: str, mirror: str | None) -> Remote:
    from huggingface_hub import hf_hub_url

    path = PurePosixPath(file.rfilename)
    if path.is_absolute() or ".." in path.parts or "\\" in file.rfilename:
        raise ValueError(f"it lists a file {file.rfilename!r}")
    checksum = file.lfs.sha256 if file.lfs else file.blob_id
    if not isinstance(file.size, int) or len(checksum or "") not in (40, 64):
        raise ValueError(f"it does not say the size and checksum of {file.rfilename}")
    url = hf_hub_url(repository, file.rfilename, revision=commit, endpoint=mirror)
    return Remote(file.rfilename, file.size, checksum, url)


def headers(mirror: str | None) -> dict[str, str]:
    """What a request for a file carries; uncompressed, so that it can go on where it stopped."""
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    said = build_hf_headers(token=_token(mirror), library_name="void-studio")
    return {**said, "Accept-Encoding": "identity"}


# -- refusals -----------------------------------------------------------------------------


def explained(error: Exception, what: str, mirror: str | None) -> VoidError:
    """Any failure of a request as a VoidError with a remedy."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    if isinstance(error, VoidError):
        return error
    if isinstance(error, OfflineModeIsEnabled):
        return VoidError(what, "HF_HUB_OFFLINE forbids the network", "Unset it and try again")
    if isinstance(error, HfHubHTTPError):
        return _refused(what, error.response.status_code, mirror)
    if _is_of_the_network(error):
        where = mirror or "The Hugging Face Hub"
        remedy = "Check the address of the mirror" if mirror else _NO_NETWORK
        return VoidError(what, f"{where} does not answer ({_short(error)})", remedy)
    if isinstance(error, OSError) and error.errno:
        return explain(error, what)
    if isinstance(error, (ValueError, KeyError, TypeError, AttributeError, HFValidationError)):
        remedy = "Check the address of the mirror" if mirror else "Try again later"
        return VoidError(what, f"The answer is not that of a Hub: {_short(error)}", remedy)
    return VoidError(what, _short(error), "Try again: it goes on where it stopped")


_NO_NETWORK = (
    "Check the network; behind a firewall name a mirror (Mirror in the window, --mirror on the "
    "command line), or copy the files from another machine (docs/weights.md)"
)


def _refused(what: str, status: int, mirror: str | None) -> VoidError:
    if status in (401, 403):
        why = f"Access was refused ({status}): it may ask for a log-in or for accepting its terms"
        return VoidError(what, why, "Accept its terms on its page, then run: hf auth login")
    if status == 404:
        remedy = "Check the address of the mirror" if mirror else "Update Void Studio"
        return VoidError(what, "It is not there (404)", remedy)
    return VoidError(what, f"The server answered {status}", "Try again later")


def _is_of_the_network(error: Exception) -> bool:
    """Which HTTP library huggingface_hub uses depends on its version; all are called httpx."""
    library = type(error).__module__.partition(".")[0]
    return library.startswith(("httpx", "httpcore")) or isinstance(error, ConnectionError)


def _short(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300]
