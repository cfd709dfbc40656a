"""Finds the weights a remover runs with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from void_studio.errors import VoidError
from void_studio.remove.void.sees import Pass
from void_studio.remove.weights.catalogue import BASE, PASS_1, PASS_2, Part
from void_studio.remove.weights.identity import identity_of
from void_studio.remove.weights.places import files_of, folder_of, own_folder


@dataclass(frozen=True)
class VoidWeights:
    """The files of one VOID pass.

    Attributes:
        checkpoint: VOID's own transformer, a safetensors file.
        transformer_config: ``config.json`` of the base transformer.
        vae: Folder of the VAE.
        scheduler: Folder of the scheduler's configuration.
        text_encoder: Folder of the T5 encoder.
        tokenizer: Folder that holds ``spiece.model``.
        identity: Stands for the content of all of them; see ``identity_of``.
    """

    checkpoint: Path
    transformer_config: Path
    vae: Path
    scheduler: Path
    text_encoder: Path
    tokenizer: Path
    identity: str


def find_void(which: Pass) -> VoidWeights:
    """The weights of a pass.

    Raises:
        VoidError: some are missing, and how to get them.
    """
    part = PASS_1 if which is Pass.ONE else PASS_2
    void, base = _complete(part), _complete(BASE)
    checkpoint = void / part.files[0]
    files = [path for found in files_of(BASE, base).values() for path in found]
    return VoidWeights(
        checkpoint=checkpoint,
        transformer_config=base / "transformer" / "config.json",
        vae=base / "vae",
        scheduler=base / "scheduler",
        text_encoder=base / "text_encoder",
        tokenizer=base / "tokenizer",
        identity=identity_of([checkpoint, *files]),
    )


def _complete(part: Part) -> Path:
    """The folder that holds all of ``part``; raises VoidError where there is none."""
    folder = folder_of(part)
    remedy = f"Get them with: void-studio weights get {part.name}"
    if folder is None:
        raise VoidError(
            f"The weights {part.name} are not here",
            f"{own_folder() / part.repository} does not hold them, nor does another known folder",
            remedy,
        )
    missing = [pattern for pattern, found in files_of(part, folder).items() if not found]
    if missing:
        raise VoidError(
            f"The weights {part.name} are not complete",
            f"{folder} lacks {', '.join(missing)}",
            remedy,
        )
    return folder
