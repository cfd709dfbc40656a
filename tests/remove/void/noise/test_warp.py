"""Noise along the motion of a picture: equal to the released warp, white, and in its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from tests.conftest import CLIPS
from void_studio.errors import Cancelled
from void_studio.remove.void.lengths import padded_indices, padded_length
from void_studio.remove.void.noise.released import (
    cropped,
    frames_as_released,
    held_size,
    noise_of_video,
    released_noise,
    resampled,
    resized,
)
from void_studio.remove.void.noise.unit import joined, sources_of, warped_noise
from void_studio.remove.void.noise.warp import (
    Plan,
    WarpState,
    latent_noise,
    resized_flow,
    warp_step,
)

GOLDEN = CLIPS.parent / "golden"
Bytes = NDArray[np.uint8]


@pytest.fixture
def golden() -> Path:
    if not GOLDEN.is_dir():
        pytest.skip(f"what the released program made is not here ({GOLDEN})")
    return GOLDEN


def case(golden: Path, name: str) -> dict[str, Any]:
    """What the manifest says of a case."""
    cases = json.loads((golden / "manifest.json").read_text())["cases"]
    [found] = [entry for entry in cases if entry["name"] == name]
    return dict(found)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def constant(x: float, y: float, size: tuple[int, int]) -> Tensor:
    return torch.tensor([x, y], dtype=torch.float32).view(2, 1, 1).expand(2, *size)


def swept(kind: str, size: tuple[int, int], speed: float) -> Tensor:
    """A flow of ``speed`` pixels at the edges."""
    y, x = torch.meshgrid(*(torch.linspace(-speed, speed, side) for side in size), indexing="ij")
    flows = {
        "zero": constant(0, 0, size),
        "shift": constant(speed, -speed / 3, size),
        "far": constant(-9 * size[1], 0, size),
        "zoom_in": torch.stack([x, y]),
        "zoom_out": -torch.stack([x, y]),
        "rotate": torch.stack([-y, x]),
        "random": torch.randn(2, *size, generator=seeded(9)) * speed,
    }
    return flows[kind]


KINDS = ("zero", "shift", "far", "zoom_in", "zoom_out", "rotate", "random")


class Given:
    """A flow that is told, one per pair of frames, the last for all that come after."""

    name = "given"

    def __init__(self, *flows: Tensor) -> None:
        self._flows = list(flows)

    def __call__(self, before: Bytes, after: Bytes) -> Tensor:
        return self._flows.pop(0) if len(self._flows) > 1 else self._flows[0]


def blank(count: int, size: tuple[int, int]) -> Iterator[Bytes]:
    for _ in range(count):
        yield np.zeros((*size, 3), np.uint8)


def correlation(one: Tensor, other: Tensor) -> float:
    return float(torch.corrcoef(torch.stack([one.flatten(), other.flatten()]))[0, 1])


def test_steps_are_those_of_the_released_warp(golden: Path) -> None:
    stored = load_file(golden / "noise" / "warp_steps.safetensors")
    for kind, params in case(golden, "noise/warp_steps")["params"].items():
        state = WarpState(
            stored[f"{kind}.initial_noise"], torch.ones_like(stored[f"{kind}.state0.weight"])
        )
        drawn = WarpState.drawn(*state.noise.shape, generator := seeded(params["torch_seed"]))
        for step in range(params["steps"]):
            flow = stored[f"{kind}.flow{step}"]
            state = warp_step(state, flow, stored[f"{kind}.foreign{step}"])
            drawn = warp_step(drawn, flow, generator)
            for ours in (state, drawn):
                for name in ("noise", "weight"):
                    wanted = stored[f"{kind}.state{step}.{name}"]
                    torch.testing.assert_close(getattr(ours, name), wanted, rtol=0, atol=1e-5)


def test_a_video_is_that_of_the_released_warp(golden: Path) -> None:
    about = case(golden, "noise/warp_video")
    with np.load(golden / "noise" / "warp_video.npz") as stored:
        flows, wanted = torch.from_numpy(stored["flows"]), stored["noises"].astype(np.float32)
    height, width = about["params"]["warper_hw"]
    noises = list(
        noise_of_video(
            flows,
            seeded(about["params"]["torch_seed"]),
            (height, width),
            channels=wanted.shape[-1],
            downscale=height // wanted.shape[1],
        )
    )
    assert {noise.dtype for noise in noises} == {torch.float16}
    ours = torch.stack(noises).float().numpy()
    first = about["tol"]["first_two_frames"]
    np.testing.assert_allclose(ours[:2], wanted[:2], rtol=0, atol=first)
    np.testing.assert_allclose(ours, wanted, rtol=0, atol=0.2)
    for one, other in zip(ours, wanted, strict=True):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.995


def test_frames_are_made_ready_as_released(golden: Path) -> None:
    params = case(golden, "noise/warp_frames")["params"]
    with np.load(golden / "noise" / "warp_frames.npz") as stored:
        for name, about in params.items():
            frames, crops, halves = (stored[f"{name}.{part}"] for part in ("in", "crop", "half"))
            size = crops.shape[1:3]
            assert held_size(tuple(about["in_hw"]), size) == tuple(about["held_hw"])
            for frame, crop, half in zip(frames, crops, halves, strict=True):
                np.testing.assert_array_equal(cropped(frame, size), crop)
                np.testing.assert_array_equal(resized(crop, half.shape[:2]), half)
            ready = list(frames_as_released(frames, len(frames), size))
            np.testing.assert_array_equal(ready, halves)


def test_frames_are_resampled_as_released(golden: Path) -> None:
    lists = json.loads((golden / "noise" / "warp_frames.json").read_text())["resize_list"]
    for count, wanted in lists.items():
        assert resampled(int(count), len(wanted)) == wanted


@pytest.mark.parametrize("by_value", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_warped_noise_stays_white(kind: str, by_value: bool) -> None:
    state = WarpState.drawn(8, 192, 256, generator := seeded())
    flow = swept(kind, (24, 32), 0.7)
    for _ in range(4):
        state = warp_step(state, flow, generator, by_value)
    noise = state.noise
    assert abs(noise.mean()) < 0.01
    assert abs(noise.std() - 1) < 0.01
    assert abs(correlation(noise[..., 1:], noise[..., :-1])) < 0.01
    assert abs(correlation(noise[..., 1:, :], noise[..., :-1, :])) < 0.01
    assert abs(correlation(noise[0], noise[1])) < 0.02
    assert abs(latent_noise(noise, 16).std() - 1) < 0.08
    assert state.weight.min() > 0
    assert state.weight.mean() == pytest.approx(1, abs=1e-2)


def test_no_motion_changes_nothing() -> None:
    state = WarpState.drawn(2, 8, 12, seeded())
    still = warp_step(state, constant(0, 0, (2, 3)), seeded(1))
    assert torch.equal(still.noise, state.noise)


@given(st.integers(-5, 5), st.integers(-3, 3))
def test_whole_cells_are_moved_whole(x: int, y: int) -> None:
    state = WarpState.drawn(2, 8, 12, seeded())
    moved = warp_step(state, constant(x, y, (8, 12)), seeded(1)).noise
    wanted = torch.roll(state.noise, (y, x), dims=(1, 2))
    # Cells that leave stay where they are, and mix with what arrives there.
    inner = (slice(None), slice(abs(y), 8 - abs(y)), slice(abs(x), 12 - abs(x)))
    torch.testing.assert_close(moved[inner], wanted[inner], rtol=0, atol=1e-5)


@given(st.integers(1, 9), st.integers(1, 9), st.floats(0, 20), st.integers(0, 99))
def test_any_flow_on_any_grid_gives_finite_noise(
    height: int, width: int, speed: float, seed: int
) -> None:
    generator = seeded(seed)
    state = WarpState.drawn(2, height, width, generator)
    flow = torch.randn(2, height, width, generator=generator) * speed
    for _ in range(3):
        state = warp_step(state, flow, generator)
    assert state.noise.isfinite().all()
    assert (state.weight > 0).all()


def test_what_is_carried_is_averaged_where_it_arrives() -> None:
    flow = torch.zeros(2, 1, 4)
    flow[0, 0] = torch.tensor([1.0, 0.0, 0.0, 5.0])
    values = torch.tensor([[[2.0, 4.0, 7.0, 9.0]]])
    # The first joins the second, the last leaves.
    assert Plan.of(flow).carried(values).tolist() == [[[0.0, 3.0, 7.0, 0.0]]]


def test_a_flow_is_measured_in_the_pixels_of_its_size() -> None:
    flow = resized_flow(constant(1, 2, (3, 4)), (6, 16))
    torch.testing.assert_close(flow, constant(4, 4, (6, 16)))


def test_two_flows_in_a_row_are_joined_where_the_first_leads() -> None:
    second = torch.zeros(2, 4, 6)
    second[1, :, 3] = 1.0
    path = joined(constant(2, 0, (4, 6)), second)
    assert path[0].eq(2).all()
    assert path[1, :, 1].tolist() == pytest.approx([1.0] * 4, abs=1e-5)
    assert path[1, :, 3].tolist() == pytest.approx([0.0] * 4, abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_unit_noise_is_of_unit_variance_and_white(kind: str) -> None:
    size = (192, 256)
    noise = warped_noise(blank(13, size), 13, 4, Given(swept(kind, size, 2.0)), 5)[0]
    assert noise.shape == (4, 16, 24, 32)
    assert noise.dtype == torch.float32
    for latent in noise:
        assert abs(latent.mean()) < 0.04
        assert abs(latent.std() - 1) < 0.03
        assert abs(correlation(latent[..., 1:], latent[..., :-1])) < 0.04
        assert abs(correlation(latent[..., 1:, :], latent[..., :-1, :])) < 0.04
        between = torch.corrcoef(latent.flatten(1)) - torch.eye(16)
        assert between.abs().max() < 0.15


def test_unit_noise_rests_with_the_picture() -> None:
    size = (32, 48)
    noise = warped_noise(blank(21, size), 21, 6, Given(constant(0, 0, size)), 1)[0]
    for latent in noise:
        torch.testing.assert_close(latent, noise[0], rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("x", "y", "latents", "right", "down"),
    [(2.0, 0.0, 4, 3, 0), (-4.0, 2.0, 3, -4, 2), (0.25, 0.0, 9, 1, 0), (0.0, -0.1, 21, 0, -1)],
)
def test_unit_noise_moves_with_the_picture_however_slow(
    x: float, y: float, latents: int, right: int, down: int
) -> None:
    size, count = (96, 112), 4 * latents - 3
    noise = warped_noise(blank(count, size), count, latents, Given(constant(x, y, size)), 1)[0]
    inner = (slice(None), slice(4, -4), slice(4, -4))
    moved = torch.roll(noise[0], (down, right), dims=(1, 2))[inner]
    torch.testing.assert_close(noise[-1][inner], moved, rtol=0, atol=1e-3)


def test_unit_noise_turns_with_the_picture() -> None:
    """A picture that turns there and back has the noise it began with, where it stayed in sight."""
    size = (96, 96)
    there = [swept("rotate", size, 2.0)] * 8
    back = [-flow for flow in there]
    noise = warped_noise(blank(17, size), 17, 5, Given(*there, *back), 1)[0]
    inner = (slice(None), slice(3, -3), slice(3, -3))
    assert correlation(noise[-1][inner], noise[0][inner]) > 0.8
    assert correlation(noise[2][inner], noise[0][inner]) < 0.6


@given(st.integers(1, 400), st.sampled_from([21, 85, 93]))
def test_every_latent_takes_its_noise_from_the_last_of_its_frames(count: int, window: int) -> None:
    padded = padded_length(count, window)
    latents = (padded - 1) // 4 + 1
    frames = padded_indices(count, padded)
    assert sources_of(count, latents) == [frames[4 * latent] for latent in range(latents)]


@pytest.mark.parametrize(("count", "latents"), [(1, 1), (1, 22), (2, 6), (5, 2), (23, 6), (40, 3)])
def test_unit_noise_of_any_length_repeats_with_the_frames(count: int, latents: int) -> None:
    size = (16, 24)
    frames = blank(count, size)
    noise = warped_noise(frames, count, latents, Given(constant(3, 1, size)), 7)[0]
    assert noise.shape == (latents, 16, 2, 3)
    sources = sources_of(count, latents)
    assert count - len(list(frames)) == max(sources) + 1, "read only as far as needed"
    for latent, source in enumerate(sources):
        assert torch.equal(noise[latent], noise[sources.index(source)])


def test_unit_noise_is_that_of_its_seed() -> None:
    size = (16, 24)
    first, again, other = (
        warped_noise(blank(9, size), 9, 3, Given(constant(3, 1, size)), seed) for seed in (7, 7, 8)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_clip_that_ends_early_is_an_error() -> None:
    with pytest.raises(ValueError, match="ended"):
        warped_noise(blank(8, (16, 16)), 9, 3, Given(constant(0, 0, (16, 16))), 0)


def stop_after(calls: int) -> Iterator[None]:
    for _ in range(calls):
        yield
    raise Cancelled


def test_unit_noise_stops_when_asked() -> None:
    frames, asked = blank(9, (16, 16)), stop_after(3)
    with pytest.raises(Cancelled):
        warped_noise(frames, 9, 3, Given(constant(0, 0, (16, 16))), 0, check=lambda: next(asked))
    assert len(list(frames)) == 5


def test_released_noise_is_as_a_released_file() -> None:
    """At a fifteenth of the released size, which takes minutes."""
    asked: list[None] = []
    flow = Given(constant(0, 0, (16, 24)))
    noise = released_noise(
        list(blank(5, (30, 40))), flow, 3, size=(32, 48), check=lambda: asked.append(None)
    )
    assert noise.shape == (72, 4, 6, 16)
    assert noise.dtype == np.float16
    assert len(asked) == 71
    assert abs(noise.astype(np.float32).std() - 1) < 0.1
