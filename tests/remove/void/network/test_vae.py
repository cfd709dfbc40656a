"""The autoencoder in chunks: lengths, streams, and the numbers of the released code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from tests.remove.void.tiny import BASE_REPOSITORY
from void_studio.errors import VoidError
from void_studio.files import read_json
from void_studio.remove.void.network.transformer import known_settings, load_strict
from void_studio.remove.void.network.vae import (
    Vae,
    channels_last,
    decode_lengths,
    empty_vae,
    encode_lengths,
    load_vae,
    rechunked,
)


@pytest.fixture(scope="module")
def folder(tiny_models: Path) -> Path:
    return tiny_models / BASE_REPOSITORY / "vae"


@pytest.fixture(scope="module")
def vae(folder: Path) -> Vae:
    return load_vae(folder, torch.float32, "cpu")


def stock(folder: Path, dtype: torch.dtype) -> torch.nn.Module:
    from diffusers import AutoencoderKLCogVideoX

    config = read_json(folder / "config.json")
    settings = known_settings(config, AutoencoderKLCogVideoX.__init__, folder)
    made = empty_vae(settings)
    load_strict(made, folder / "diffusion_pytorch_model.safetensors", dtype, "cpu")
    return made


def latents(count: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    drawn = torch.randn(1, 16, 12, 2, 3, generator=torch.Generator().manual_seed(3))
    return drawn[:, :, :count].to(dtype)


def clip(frames: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    drawn = torch.rand(1, 3, 33, 16, 24, generator=torch.Generator().manual_seed(4)) * 2 - 1
    return drawn[:, :, :frames].to(dtype)


def decoded(vae: Vae, given: torch.Tensor) -> torch.Tensor:
    return torch.cat(list(vae.decode(given)), dim=2)


@pytest.mark.parametrize("count", range(1, 13))
def test_latents_give_one_frame_and_four_for_each_further_one(vae: Vae, count: int) -> None:
    parts = list(vae.decode(latents(count)))
    assert sum(part.shape[2] for part in parts) == 4 * count - 3
    assert max(part.shape[2] for part in parts) <= 8
    assert {part.shape[3:] for part in parts} == {(16, 24)}


def test_nothing_is_decoded_before_it_is_asked_for(folder: Path) -> None:
    made = stock(folder, torch.float32)
    lengths: list[int] = []
    made.decoder.register_forward_pre_hook(lambda _, given: lengths.append(given[0].shape[2]))
    parts = Vae(made).decode(latents(12))
    assert lengths == []
    next(parts)
    next(parts)
    assert lengths == [1, 2]


def test_moving_it_says_nothing(
    vae: Vae, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    vae.to("cpu")
    assert (vae.device.type, vae.dtype) == ("cpu", torch.float32)
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_what_was_decoded_does_not_depend_on_what_follows(vae: Vae) -> None:
    longest = decoded(vae, latents(11))
    for count in (1, 3, 7):
        assert torch.equal(decoded(vae, latents(count)), longest[:, :, : 4 * count - 3])


def test_two_decodings_at_once_do_not_disturb_each_other(vae: Vae) -> None:
    one, two = vae.decode(latents(6)), vae.decode(latents(6).flip(2))
    mixed = [torch.cat(parts, dim=2) for parts in zip(*zip(one, two, strict=True), strict=True)]
    assert torch.equal(mixed[0], decoded(vae, latents(6)))
    assert torch.equal(mixed[1], decoded(vae, latents(6).flip(2)))


@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)])
def test_an_odd_count_is_the_stock_decoder_fed_with_one_and_then_pairs(
    folder: Path, dtype: torch.dtype, most: float
) -> None:
    decoder, cache, parts = stock(folder, dtype).decoder, None, []
    given = latents(7, dtype)
    with torch.no_grad():
        for chunk in (given[:, :, :1], *given[:, :, 1:].split(2, dim=2)):
            part, cache = decoder(chunk, conv_cache=cache)
            parts.append(part)
    found = decoded(load_vae(folder, dtype, "cpu"), given)
    assert found.dtype == dtype
    # One rounding apart at most: where the norms' convolutions run decides how they add up.
    assert (found - torch.cat(parts, dim=2)).abs().max() <= most


def test_diffusers_itself_is_left_as_it_is(vae: Vae, folder: Path) -> None:
    with torch.no_grad():
        assert stock(folder, torch.float32).decode(latents(4)).sample.shape[2] == 16
    assert decoded(vae, latents(4)).shape[2] == 13


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("frames", [1, 5, 13, 21, 29, 33])
def test_encoding_is_stock_encoding(folder: Path, frames: int, dtype: torch.dtype) -> None:
    given = clip(frames, dtype)
    with torch.no_grad():
        mode = stock(folder, dtype).encode(given).latent_dist.mode()
    found = load_vae(folder, dtype, "cpu").encode([given], frames)
    assert torch.equal(found, mode)
    assert found.shape == (1, 16, (frames - 1) // 4 + 1, 2, 3)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8).filter(lambda cuts: 0 < sum(cuts) < 34))
def test_it_does_not_matter_how_the_frames_come(cuts: list[int]) -> None:
    frames = sum(cuts)
    lengths = encode_lengths(frames)
    parts = list(rechunked(clip(frames).split(cuts, dim=2), lengths))
    assert [part.shape[2] for part in parts] == lengths
    assert torch.equal(torch.cat(parts, dim=2), clip(frames))


def test_frames_one_by_one_are_encoded_as_all_at_once(vae: Vae) -> None:
    whole = vae.encode([clip(21)], 21)
    assert torch.equal(vae.encode(clip(21).split(1, dim=2), 21), whole)
    assert torch.equal(vae.encode(iter(clip(21).double().split(5, dim=2)), 21), whole)


def test_no_more_frames_are_asked_for_than_a_chunk_needs(vae: Vae) -> None:
    asked = 0

    def frames() -> object:
        nonlocal asked
        for frame in clip(29).split(1, dim=2):
            asked += 1
            yield frame

    parts = rechunked(frames(), encode_lengths(29))
    next(parts)
    assert asked == 13


@pytest.mark.parametrize("there", [20, 22])
def test_a_clip_of_another_length_is_refused(vae: Vae, there: int) -> None:
    with pytest.raises(ValueError, match=r"(fewer|more) frames"):
        vae.encode(clip(there).split(3, dim=2), 21)


def test_lengths_are_those_of_the_released_code() -> None:
    assert encode_lengths(85) == [13, *[8] * 9]
    assert encode_lengths(197) == [13, *[8] * 23]
    assert decode_lengths(22) == [1, *[2] * 10, 1]
    assert decode_lengths(1) == [1]


def test_gradients_are_as_they_were_between_the_parts(vae: Vae) -> None:
    for part in vae.decode(latents(3)):
        assert torch.is_grad_enabled()
        assert not part.requires_grad


def test_channels_last_changes_the_layout_only(folder: Path) -> None:
    made = stock(folder, torch.float32)
    channels_last(made)
    assert made.encoder.conv_in.conv.weight.is_contiguous(memory_format=torch.channels_last_3d)
    found = Vae(made).encode([clip(5)], 5)
    with torch.no_grad():
        mode = stock(folder, torch.float32).encode(clip(5)).latent_dist.mode()
    assert torch.allclose(found, mode, rtol=0, atol=1e-5)


def test_layouts_of_the_weights_do_not_change_what_is_decoded(folder: Path, vae: Vae) -> None:
    made = stock(folder, torch.float32)
    channels_last(made)
    assert torch.allclose(decoded(Vae(made), latents(4)), decoded(vae, latents(4)), atol=1e-5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_frames_from_main_memory_are_encoded_as_those_on_the_gpu(folder: Path) -> None:
    found = load_vae(folder, torch.bfloat16, "cuda")
    video = clip(21)
    from_host = found.encode(iter(video.split(3, dim=2)), 21)
    assert torch.equal(from_host, found.encode([video.cuda()], 21))


def test_scaling_is_the_configs(vae: Vae) -> None:
    assert vae.scaling == 0.7


def test_a_config_that_makes_no_vae_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"block_out_channels": 3}))
    with pytest.raises(VoidError, match="No VAE"):
        load_vae(tmp_path, torch.float32, "cpu")


def test_it_is_what_the_released_code_made(golden: Path) -> None:
    vae = load_vae(golden / "models" / "vae", torch.float32, "cpu")
    there = load_file(golden / "model" / "vae.safetensors")
    for case in [name[:-3] for name in there if name.endswith(".in")]:
        given = there[f"{case}.in"]
        if case.startswith("enc"):
            found, expected = vae.encode([given], given.shape[2]), there[f"{case}.mode"]
        else:
            found, expected = decoded(vae, given), there[f"{case}.out"]
        assert torch.allclose(found, expected, rtol=0, atol=2e-5), case


def test_lengths_of_every_clip_are_the_released_codes(golden: Path, vae: Vae) -> None:
    there = json.loads((golden / "model" / "vae_encode_lengths.json").read_text())
    found = {frames: vae.encode([clip(int(frames))], int(frames)).shape[2] for frames in there}
    assert found == there
