"""Embeddings of descriptions: what T5 gives, kept on disk, and the encoder gone."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
import torch
from transformers import T5EncoderModel
from transformers.utils.logging import disable_progress_bar, enable_progress_bar

from tests.remove.void.tiny import SENTENCES, TEXT_LENGTH, TEXT_WIDTH, make_models
from void_studio.errors import VoidError
from void_studio.remove.void.network import text as room
from void_studio.remove.void.network.text import padded, prompt_embeddings, tokens_of
from void_studio.remove.void.sees import Pass
from void_studio.remove.weights.find import VoidWeights, find_void

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_models(tmp_path_factory.mktemp("models"))


@pytest.fixture
def weights(models: Path, monkeypatch: pytest.MonkeyPatch) -> VoidWeights:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(models))
    return find_void(Pass.ONE)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[weakref.ref[torch.nn.Module]]:
    """Every encoder that is loaded during the test."""
    seen: list[weakref.ref[torch.nn.Module]] = []
    load = room.load_encoder

    def watched(folder: Path, device: torch.device) -> torch.nn.Module:
        encoder = load(folder, device)
        seen.append(weakref.ref(encoder))
        return encoder

    monkeypatch.setattr(room, "load_encoder", watched)
    return seen


def embed(texts: list[str], weights: VoidWeights, cache: Path) -> dict[str, torch.Tensor]:
    return prompt_embeddings(texts, weights, CPU, torch.bfloat16, cache)


def test_an_embedding_is_what_transformers_gives_without_a_mask(
    weights: VoidWeights, tmp_path: Path
) -> None:
    found = embed([SENTENCES[0]], weights, tmp_path)[SENTENCES[0]]
    ids = padded(tokens_of([SENTENCES[0]], weights.tokenizer)[0], TEXT_LENGTH)
    disable_progress_bar()
    encoder = T5EncoderModel.from_pretrained(weights.text_encoder, dtype="auto")
    enable_progress_bar()
    with torch.no_grad():
        expected = encoder(input_ids=torch.tensor([ids])).last_hidden_state
    assert found.shape == (1, TEXT_LENGTH, TEXT_WIDTH)
    assert found.dtype == torch.bfloat16
    assert torch.equal(found, expected)


def test_ids_end_with_the_end_of_sentence_and_are_padded_with_zeros(weights: VoidWeights) -> None:
    (ids,) = tokens_of(["A clean plate"], weights.tokenizer)
    assert ids[-1] == 1
    assert padded(ids, 40) == [*ids, *[0] * (40 - len(ids))]
    assert tokens_of([""], weights.tokenizer) == [[1]]


def test_what_is_too_long_is_cut_before_the_end_of_sentence() -> None:
    assert padded([5, 6, 7, 8, 1], 3) == [5, 6, 1]
    assert padded([5, 6, 1], 3) == [5, 6, 1]


def test_a_known_text_loads_no_encoder_and_gives_the_same(
    weights: VoidWeights, tmp_path: Path, loaded: list[weakref.ref[torch.nn.Module]]
) -> None:
    first = embed(["one", ""], weights, tmp_path)
    assert len(loaded) == 1
    again = embed(["", "one"], weights, tmp_path)
    assert len(loaded) == 1
    assert all(torch.equal(first[text], again[text]) for text in first)


def test_the_encoder_is_gone_afterwards(
    weights: VoidWeights, tmp_path: Path, loaded: list[weakref.ref[torch.nn.Module]]
) -> None:
    gc.collect()
    embed(["one"], weights, tmp_path)
    assert [encoder() for encoder in loaded] == [None]


def test_an_embedding_does_not_depend_on_the_texts_beside_it(
    weights: VoidWeights, tmp_path: Path
) -> None:
    together = embed(["one", SENTENCES[1]], weights, tmp_path / "a")
    alone = embed(["one"], weights, tmp_path / "b")
    assert torch.equal(together["one"], alone["one"])


def test_a_damaged_file_is_made_again(
    weights: VoidWeights, tmp_path: Path, loaded: list[weakref.ref[torch.nn.Module]]
) -> None:
    first = embed(["one"], weights, tmp_path)
    (path,) = (tmp_path / "prompts").iterdir()
    whole = path.read_bytes()
    changed = whole[:-1] + bytes([whole[-1] ^ 1])
    for damaged in (b"", whole[:-8], changed, b"not a safetensors file"):
        path.write_bytes(damaged)
        assert torch.equal(embed(["one"], weights, tmp_path)["one"], first["one"])
        before = len(loaded)
        assert torch.equal(embed(["one"], weights, tmp_path)["one"], first["one"])
        assert len(loaded) == before
    assert len(loaded) == 5


def test_each_precision_and_each_encoder_has_its_own(
    weights: VoidWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed(["one"], weights, tmp_path)
    wide = prompt_embeddings(["one"], weights, CPU, torch.float32, tmp_path)
    assert wide["one"].dtype == torch.float32
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(make_models(tmp_path / "other", seed=1)))
    other = embed(["one"], find_void(Pass.ONE), tmp_path)
    assert not torch.equal(other["one"].float(), wide["one"])
    assert len(list((tmp_path / "prompts").iterdir())) == 3


def test_both_passes_share_their_embeddings(
    weights: VoidWeights, tmp_path: Path, loaded: list[weakref.ref[torch.nn.Module]]
) -> None:
    embed(["one"], weights, tmp_path)
    embed(["one"], find_void(Pass.TWO), tmp_path)
    assert len(loaded) == 1


def test_a_text_that_was_cut_is_told_of_also_when_it_is_known(
    weights: VoidWeights, tmp_path: Path
) -> None:
    for _ in range(2):
        said: list[str] = []
        long = "Water runs down the glass. " * 10
        prompt_embeddings([long, "one"], weights, CPU, torch.bfloat16, tmp_path, said.append)
        assert len(said) == 1
        assert f"beyond {TEXT_LENGTH}" in said[0]


def test_half_a_surrogate_pair_is_no_obstacle(weights: VoidWeights, tmp_path: Path) -> None:
    assert set(embed(["a\ud800b"], weights, tmp_path)) == {"a\ud800b"}


def test_a_tokenizer_that_is_none_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "spiece.model").write_bytes(b"\nno protobuf of sentencepiece")
    with pytest.raises(VoidError) as caught:
        tokens_of(["one"], tmp_path)
    assert "weights get base" in caught.value.remedy


def test_numbers_that_are_none_are_an_error_and_not_kept(
    weights: VoidWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = room.load_encoder

    def broken(folder: Path, device: torch.device) -> torch.nn.Module:
        encoder = load(folder, device)
        next(iter(encoder.parameters())).data.fill_(float("nan"))
        return encoder

    monkeypatch.setattr(room, "load_encoder", broken)
    with pytest.raises(VoidError, match="numbers that are none"):
        embed(["one"], weights, tmp_path)
    assert not list((tmp_path / "prompts").iterdir())
