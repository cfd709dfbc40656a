"""The two passes of VOID as removers. Nothing is loaded before one runs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from void_studio.errors import VoidError
from void_studio.progress import CancelToken
from void_studio.remove.protocol import Patch, RemovalReporter, RemoveRequest, RemoverSettings
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import Pass1Settings, Pass2Settings, VoidSettings
from void_studio.remove.weights.find import find_void

_NEEDED = ("torch", "diffusers", "transformers", "safetensors")


class VoidPass1:
    """Imagines the scene without what is removed, from the plate and the quadmask."""

    name = "void-pass1"
    title = "VOID Pass 1: imagines the scene without the object and what it did to it"
    settings: type[RemoverSettings] = Pass1Settings

    def remove(
        self,
        request: RemoveRequest,
        reporter: RemovalReporter,
        cancel: CancelToken,
        checkpoints: Path,
    ) -> Iterator[Patch]:
        """See ``Remover.remove``. The request's settings must be ``Pass1Settings``."""
        if not isinstance(request.settings, Pass1Settings):
            raise TypeError("void-pass1 takes Pass1Settings")
        return _remove(Pass.ONE, request, request.settings, reporter, cancel, checkpoints)


class VoidPass2:
    """Does the removal again along the motion of an earlier take, which steadies it."""

    name = "void-pass2"
    title = "VOID Pass 2: steadies a take of Pass 1 by following its motion"
    settings: type[RemoverSettings] = Pass2Settings

    def remove(
        self,
        request: RemoveRequest,
        reporter: RemovalReporter,
        cancel: CancelToken,
        checkpoints: Path,
    ) -> Iterator[Patch]:
        """See ``Remover.remove``. The request's settings must be ``Pass2Settings``, and it must
        have an earlier take."""
        if not isinstance(request.settings, Pass2Settings):
            raise TypeError("void-pass2 takes Pass2Settings")
        return _remove(Pass.TWO, request, request.settings, reporter, cancel, checkpoints)


def _remove(
    which: Pass,
    request: RemoveRequest,
    settings: VoidSettings,
    reporter: RemovalReporter,
    cancel: CancelToken,
    checkpoints: Path,
) -> Iterator[Patch]:
    weights = find_void(which)
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise VoidError(
            "VOID cannot run here",
            f"Not installed: {', '.join(missing)}",
            'Install them: pip install "void-studio[worker]"',
        )
    from void_studio.remove.void.run.removal import removal

    yield from removal(which, weights, request, settings, reporter, cancel, checkpoints)
