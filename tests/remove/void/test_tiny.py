"""The tiny models are the same every time, and are what they stand for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.remove.void.tiny import BASE_REPOSITORY, TEXT_WIDTH, VOID_REPOSITORY, make_models

torch = pytest.importorskip("torch")


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read_json(path: Path) -> Any:
    return json.loads(path.read_text())


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    first = files_of(make_models(tmp_path / "first"))
    again = files_of(make_models(tmp_path / "again"))
    other = files_of(make_models(tmp_path / "other", seed=1))
    assert first == again
    changed = {name for name in first if first[name] != other[name]}
    assert changed == {name for name in first if name.endswith(".safetensors")}
    void = Path(VOID_REPOSITORY)
    assert (
        first[str(void / "void_pass1.safetensors")] != first[str(void / "void_pass2.safetensors")]
    )


def test_it_stays_small(tmp_path: Path) -> None:
    assert sum(map(len, files_of(make_models(tmp_path)).values())) < 4_000_000


def test_void_is_bf16_with_48_channels(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    tensors = load_file(make_models(tmp_path) / VOID_REPOSITORY / "void_pass2.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.bfloat16}
    assert tensors["patch_embed.proj.weight"].shape == (128, 48 * 8)


def test_words_become_embeddings(tmp_path: Path) -> None:
    import sentencepiece
    from safetensors.torch import load_file
    from transformers import T5Config, T5EncoderModel

    base = make_models(tmp_path) / BASE_REPOSITORY
    pieces = sentencepiece.SentencePieceProcessor(str(base / "tokenizer" / "spiece.model"))
    ids = pieces.encode("the empty street")
    assert pieces.decode(ids) == "the empty street"
    assert pieces.unk_id() not in ids

    folder = base / "text_encoder"
    encoder = T5EncoderModel(T5Config(**read_json(folder / "config.json"))).eval()
    tensors = {}
    for file in set(read_json(folder / "model.safetensors.index.json")["weight_map"].values()):
        tensors.update(load_file(folder / file))
    missing, unexpected = encoder.load_state_dict(tensors, strict=False)
    assert (missing, unexpected) == (["encoder.embed_tokens.weight"], [])
    with torch.no_grad():
        found = encoder(torch.tensor([[*ids, pieces.eos_id()]])).last_hidden_state
    assert found.shape == (1, len(ids) + 1, TEXT_WIDTH)
    assert found.isfinite().all()
    assert found.std() > 0.1
