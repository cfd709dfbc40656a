"""Where models may lie: folders of the user, the folder of this program, the Hugging Face cache.

A folder of models holds one folder per repository, ``<models>/<owner>/<name>/<file>``. The folders
in ``$VOID_STUDIO_MODELS`` come first, then ``<home>/models``, then the cache that huggingface_hub
keeps, where a repository is ``models--<owner>--<name>/snapshots/<commit>``, then torchvision's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from void_studio.home import home_folder
from void_studio.remove.weights.catalogue import RAFT, Part

_COMMIT = re.compile(r"[0-9a-f]{5,64}")

_asked: list[Path] = []  # by who asked for the work that is being done, see ``looking_first_in``


def own_folder() -> Path:
    """Where this program puts what it fetches; it may not exist yet."""
    return home_folder() / "models"


def model_folders() -> list[Path]:
    """Folders of models in the order they are looked through; they may not exist."""
    return list(dict.fromkeys([*_asked, *named_folders(), own_folder()]))


def named_folders() -> list[Path]:
    """The folders in ``$VOID_STUDIO_MODELS``; they may not exist."""
    named = os.environ.get("VOID_STUDIO_MODELS", "").split(os.pathsep)
    return [Path(name).expanduser().absolute() for name in named if name]


@contextmanager
def looking_first_in(folders: Iterable[Path]) -> Iterator[None]:
    """Meanwhile this process looks in ``folders`` before all others.

    A worker outlives the program that started it and has that one's environment; the next program
    may name other folders of models.
    """
    before = _asked[:]
    _asked[:] = folders
    try:
        yield
    finally:
        _asked[:] = before


def folder_to_mend(part: Part) -> Path:
    """The folder of models into which ``part`` is to be fetched so that it is found there: the one
    that holds some of it already, else the program's own.
    """
    found = folder_of(part)
    for folder in model_folders():
        if found == folder / part.repository:
            return folder
    return own_folder()


def folders_of(repository: str) -> Iterator[Path]:
    """Folders that are there and may hold the files of ``repository``, the first choice first."""
    for folder in model_folders():
        if (folder / repository).is_dir():
            yield folder / repository
    yield from _snapshots(hub_cache() / f"models--{repository.replace('/', '--')}")
    if repository == RAFT.repository:
        yield _torch_cache()


def hub_cache() -> Path:
    """The cache of huggingface_hub, by the variables that it reads; it may not exist."""
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if os.environ.get(variable):
            return _expanded(os.environ[variable])
    if os.environ.get("HF_HOME"):
        return _expanded(os.environ["HF_HOME"]) / "hub"
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return _expanded(cache) / "huggingface" / "hub"


def _torch_cache() -> Path:
    """Where torchvision keeps what it fetched."""
    if os.environ.get("TORCH_HOME"):
        return _expanded(os.environ["TORCH_HOME"]) / "hub" / "checkpoints"
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return _expanded(cache) / "torch" / "hub" / "checkpoints"


def _expanded(name: str) -> Path:
    return Path(os.path.expandvars(name)).expanduser().absolute()


def _snapshots(repository: Path) -> Iterator[Path]:
    """The snapshots of one repository in the cache: the one that ``main`` names, then the rest."""
    try:
        snapshots = sorted(repository.joinpath("snapshots").iterdir())
    except OSError:
        return
    main = _main_commit(repository)
    yield from sorted(snapshots, key=lambda folder: folder.name != main)


def _main_commit(repository: Path) -> str:
    try:
        with open(repository / "refs" / "main", "rb") as stream:
            commit = stream.read(64).decode("ascii", "replace").strip()
    except OSError:
        return ""
    return commit if _COMMIT.fullmatch(commit) else ""


def files_of(part: Part, folder: Path) -> dict[str, list[Path]]:
    """The files that are in ``folder`` for each pattern of ``part``, sorted by name."""
    return {
        pattern: sorted(path for path in folder.glob(pattern) if path.is_file())
        for pattern in part.files
    }


def folder_of(part: Part) -> Path | None:
    """The first folder that holds a file of each kind; else one that holds some; else None."""
    some = None
    for folder in folders_of(part.repository):
        found = files_of(part, folder)
        if all(found.values()):
            return folder
        if some is None and any(found.values()):
            some = folder
    return some
