"""Finds the weights a remover runs with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from void_studio.remove.void.sees import Pass
from void_studio.remove.weights.catalogue import BASE, PASS_1, PASS_2, RAFT
from void_studio.remove.weights.identity import identity_of
from void_studio.remove.weights.places import files_of
from void_studio.remove.weights.state import part_state


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
    """The weights of a pass, checked by their sizes and headers.

    Raises:
        VoidError: some are missing or damaged, exactly how, and how to get them.
    """
    part = PASS_1 if which is Pass.ONE else PASS_2
    base = part_state(BASE).required()
    checkpoint = part_state(part).required() / part.files[0]
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


def find_raft() -> Path | None:
    """The weights of RAFT (``raft_large``, C_T_SKHT_V2) where they are whole, else None.

    Besides the folders of models, what torchvision fetched for itself counts.
    """
    state = part_state(RAFT)
    if state.folder is not None and state.state == "here":
        return state.folder / RAFT.files[0]
    return None
