"""The two passes of VOID as removers. Nothing is loaded before one runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from void_studio.errors import VoidError
from void_studio.progress import CancelToken
from void_studio.remove.protocol import Patch, RemovalReporter, RemoveRequest, RemoverSettings
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import Pass1Settings, Pass2Settings, VoidSettings
from void_studio.remove.weights.find import find_void

_NEEDED = ("torch", "diffusers", "transformers", "safetensors")


@dataclass
class VoidRemover:
    """A pass of VOID; see ``Remover``."""

    which: Pass
    name: str
    title: str
    settings: type[RemoverSettings]

    def remove(
        self,
        request: RemoveRequest,
        reporter: RemovalReporter,
        cancel: CancelToken,
        checkpoints: Path,
    ) -> Iterator[Patch]:
        """See ``Remover.remove``. The request's settings must be of the pass; for Pass 2 it must
        have an earlier take."""
        settings = request.settings
        if not isinstance(settings, VoidSettings) or not isinstance(settings, self.settings):
            raise TypeError(f"{self.name} takes {self.settings.__name__}")
        weights = find_void(self.which)
        missing = [name for name in _NEEDED if find_spec(name) is None]
        if missing:
            raise VoidError(
                "VOID cannot run here",
                f"Not installed: {', '.join(missing)}",
                'Install them: pip install "void-studio[worker]"',
            )
        from void_studio.remove.void.run.removal import removal

        yield from removal(self.which, weights, request, settings, reporter, cancel, checkpoints)


PASS_1 = VoidRemover(
    Pass.ONE,
    "void-pass1",
    "VOID Pass 1: imagines the scene without the object and what it did to it",
    Pass1Settings,
)

PASS_2 = VoidRemover(
    Pass.TWO,
    "void-pass2",
    "VOID Pass 2: steadies a take of Pass 1 by following its motion",
    Pass2Settings,
)
