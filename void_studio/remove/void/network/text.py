"""Turns descriptions into what the transformer reads of them: T5 embeddings, kept on disk.

The text encoder is as large as the transformer and needed for a second, so it is loaded only where
an embedding is not on disk yet, and gone before the function returns.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from void_studio.errors import VoidError
from void_studio.files import explain, read_json, write_atomic
from void_studio.remove.void.kept import digest_of
from void_studio.remove.weights.find import VoidWeights
from void_studio.remove.weights.header import BadFile
from void_studio.remove.weights.identity import identity_of
from void_studio.remove.weights.verify import text_encoder_files

_END, _PADDING = 1, 0
"""Ids of T5's end of sentence and padding."""

_GET_AGAIN = "Get it again with: void-studio weights get base"


def prompt_embeddings(
    texts: Sequence[str],
    weights: VoidWeights,
    device: torch.device,
    dtype: torch.dtype,
    cache: Path,
    warn: Callable[[str], None] | None = None,
) -> dict[str, Tensor]:
    """The embedding of each text, (1, L, D) of ``dtype`` on the CPU.

    L is the transformer's ``max_text_seq_length`` (226): shorter texts are padded, longer ones cut,
    and no attention mask tells which, as VOID was trained and released (void-reference.md, 2). Each
    text is encoded alone, so that its embedding does not depend on the others.

    Args:
        texts: Any, also empty ones.
        weights: Where the encoder and the tokenizer are.
        device: Where the encoder runs, in the precision its file has.
        dtype: Of the result.
        cache: Embeddings are kept in ``cache / "prompts"``, one file each; a damaged one is made
            again.
        warn: Is told, in a sentence, of each text that was cut.

    Raises:
        VoidError: the encoder cannot be read, or gives numbers that are none.
    """
    config = read_json(weights.transformer_config)
    length = int(config.get("max_text_seq_length", 226))
    encoder = _encoder_identity(weights)
    folder = cache / "prompts"
    files = {text: folder / _file_name(text, encoder, length, dtype) for text in texts}
    found = {text: _kept(path, length, dtype) for text, path in files.items()}
    missing = [text for text, embedding in found.items() if embedding is None]
    if missing:
        _make_folder(folder)
        made = _encoded(missing, weights, device, dtype, length)
        for text, (embedding, tokens) in made.items():
            _keep(files[text], embedding, tokens)
            found[text] = embedding, tokens
    whole = {text: kept for text, kept in found.items() if kept is not None}
    if warn is not None:
        for text, (_, tokens) in whole.items():
            if tokens > length:
                warn(_cut(text, tokens, length))
    return {text: embedding for text, (embedding, _) in whole.items()}


def _cut(text: str, tokens: int, length: int) -> str:
    start = text if len(text) <= 40 else f"{text[:40]}…"
    return f"The description {start!r} has {tokens} tokens; what is beyond {length} is not read"


# -- on disk ------------------------------------------------------------------------------


def _encoder_identity(weights: VoidWeights) -> str:
    config = weights.text_encoder / "config.json"
    shards = _shards(weights.text_encoder)
    return identity_of([weights.tokenizer / "spiece.model", config, *shards])


def _shards(folder: Path) -> list[Path]:
    try:
        return text_encoder_files(folder)
    except BadFile as error:
        raise VoidError(f"Could not read {folder}", str(error), _GET_AGAIN) from error


def _file_name(text: str, encoder: str, length: int, dtype: torch.dtype) -> str:
    content = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    key = f"{content} {encoder} {length} {dtype}"
    return f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.safetensors"


def _kept(path: Path, length: int, dtype: torch.dtype) -> tuple[Tensor, int] | None:
    """The embedding in a file and how many tokens its text has; None if there is no whole one."""
    try:
        with safe_open(path, framework="pt") as stream:
            embedding = cast(Tensor, stream.get_tensor("embedding"))
            facts = stream.metadata()
            tokens = int(facts["tokens"])
            whole = digest_of(embedding) == facts["sha256"]
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None
    fits = embedding.ndim == 3 and embedding.shape[:2] == (1, length) and embedding.dtype == dtype
    return (embedding, tokens) if whole and fits else None


def _keep(path: Path, embedding: Tensor, tokens: int) -> None:
    facts = {"tokens": str(tokens), "sha256": digest_of(embedding)}
    write_atomic(path, save({"embedding": embedding}, facts))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain(error, f"Could not create {folder}") from error


# -- T5 -----------------------------------------------------------------------------------


def _encoded(
    texts: Sequence[str],
    weights: VoidWeights,
    device: torch.device,
    dtype: torch.dtype,
    length: int,
) -> dict[str, tuple[Tensor, int]]:
    """The embedding and the number of tokens of each text; the encoder is gone afterwards."""
    tokens = tokens_of(texts, weights.tokenizer)
    encoder = load_encoder(weights.text_encoder, device)
    found = {}
    try:
        for text, ids in zip(texts, tokens, strict=True):
            row = torch.tensor([padded(ids, length)], device=device)
            with torch.no_grad():
                embedding = encoder(input_ids=row).last_hidden_state
            found[text] = embedding.to("cpu", dtype).contiguous(), len(ids)
    finally:
        del encoder
        gc.collect()
        if device.type == "cuda":
            torch.cuda.empty_cache()
    if not all(bool(embedding.isfinite().all()) for embedding, _ in found.values()):
        raise VoidError(
            "The text encoder gave numbers that are none",
            f"{weights.text_encoder} is damaged, or {device} computes wrongly",
            "Check it with: void-studio weights verify base",
        )
    return found


def tokens_of(texts: Sequence[str], tokenizer: Path) -> list[list[int]]:
    """The token ids of each text, with T5's end of sentence.

    Raises:
        VoidError: ``spiece.model`` in the folder ``tokenizer`` cannot be read.
    """
    from sentencepiece import SentencePieceProcessor

    path = tokenizer / "spiece.model"
    try:
        pieces = SentencePieceProcessor(model_proto=path.read_bytes())
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    except RuntimeError as error:
        raise VoidError(
            f"Could not read {path}",
            "It is damaged",
            _GET_AGAIN,
        ) from error
    # Half a surrogate pair, which text from outside may hold, is no character.
    clean = [text.encode("utf-8", "replace").decode() for text in texts]
    return [[*cast(list[int], pieces.encode(text)), _END] for text in clean]


def padded(ids: Sequence[int], length: int) -> list[int]:
    """``ids`` at exactly ``length``: cut before the end of sentence, or padded behind it."""
    if len(ids) > length:
        return [*ids[: length - 1], _END]
    return [*ids, *[_PADDING] * (length - len(ids))]


def load_encoder(folder: Path, device: torch.device) -> torch.nn.Module:
    """The T5 encoder in ``folder``, in the precision of its files.

    Weights in float16 run in float32, which holds them exactly: T5's activations exceed float16.

    Raises:
        VoidError: a file is missing or does not hold the encoder its configuration describes.
    """
    from transformers import T5Config, T5EncoderModel

    config = T5Config(**read_json(folder / "config.json"))
    with torch.device("meta"):
        encoder = T5EncoderModel(config)
    tensors: dict[str, Tensor] = {}
    for path in _shards(folder):
        tensors.update(_read(path, device))
    tensors.setdefault("encoder.embed_tokens.weight", tensors["shared.weight"])
    encoder.load_state_dict(tensors, strict=True, assign=True)
    encoder.train(False)
    return cast(torch.nn.Module, encoder)


def _read(path: Path, device: torch.device) -> dict[str, Any]:
    try:
        tensors = load_file(path, device=str(device))
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    except SafetensorError as error:
        raise VoidError(f"Could not read {path}", str(error), _GET_AGAIN) from error
    return {
        name: tensor.float() if tensor.dtype == torch.float16 else tensor
        for name, tensor in tensors.items()
    }
