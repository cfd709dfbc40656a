"""A removal from request to patches: whole, the same every time, and not to be disturbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.remove.void import tiny
from tests.remove.void.runs import Told, Wall, removed, same
from void_studio.errors import Cancelled, VoidError
from void_studio.progress import CancelToken
from void_studio.remove import warm
from void_studio.remove.composite import apply_patch, grown
from void_studio.remove.protocol import Patch, RemoveRequest
from void_studio.remove.registry import get_remover
from void_studio.remove.void.network import text
from void_studio.remove.void.network.predict import Predictor
from void_studio.remove.void.network.vae import Vae
from void_studio.remove.void.run import denoising, engine


@pytest.fixture(scope="module")
def cold() -> Iterator[None]:
    """Nothing stays loaded behind these tests."""
    yield
    warm.let_go()


@pytest.fixture(autouse=True)
def models(tiny_models: Path, monkeypatch: pytest.MonkeyPatch, cold: None) -> Iterator[None]:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tiny_models))
    monkeypatch.setattr(denoising, "CHECKPOINT_INTERVAL_S", 0.0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


_whole: list[Patch] = []


@pytest.fixture
def whole(models: None, tmp_path_factory: pytest.TempPathFactory) -> list[Patch]:
    """The patches of ``Wall().request()``, undisturbed."""
    if not _whole:
        _whole.extend(removed(Wall().request(), tmp_path_factory.mktemp("whole")))
    return _whole


@pytest.fixture
def at_call(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], Any]], None]:
    """Does something in the n-th call of the network from now on, counted from 0; it may raise, or
    give what the network is to be taken to have said."""

    def use(number: int, act: Callable[[], Any]) -> None:
        real = Predictor.__call__
        calls = 0

        def called(self: Predictor, *given: Tensor) -> Tensor:
            nonlocal calls
            calls += 1
            said = act() if calls - 1 == number else None
            return said if said is not None else real(self, *given)

        monkeypatch.setattr(Predictor, "__call__", called)

    return use


def out_of_memory() -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")


@pytest.mark.parametrize(
    ("count", "size", "deep", "settings"),
    [
        (10, (121, 77), False, {"grain": 1}),
        (1, (64, 64), False, {}),
        (3, (45, 99), True, {"crop": "frame"}),
        (9, (33, 201), False, {"grow": 0, "match_colour": False}),
    ],
)
@pytest.mark.parametrize("remover", ["void-pass1", "void-pass2"])
def test_outside_the_ring_the_plate_is_untouched(
    tmp_path: Path,
    count: int,
    size: tuple[int, int],
    deep: bool,
    settings: dict[str, Any],
    remover: str,
) -> None:
    wall = Wall(count, size, deep)
    request = wall.request(remover, **settings)
    patches = removed(request, tmp_path / "checkpoints")
    assert [patch.index for patch in patches] == list(range(count))
    for patch in patches:
        plate = wall.read(patch.index)
        result = apply_patch(plate, patch)
        assert (result.shape, result.dtype) == (plate.shape, plate.dtype)
        ring = grown(wall.marked(patch.index), request.settings.model_dump()["grow"])
        assert np.array_equal(result[~ring], plate[~ring])
        assert (result != plate)[wall.marked(patch.index)].any()


def test_it_is_the_same_every_time_and_a_seed_is_another(
    tmp_path: Path, whole: list[Patch]
) -> None:
    assert same(removed(Wall().request(), tmp_path / "a"), whole)
    assert not same(removed(Wall().request(seed=7), tmp_path / "b"), whole)


def test_frames_without_a_mask_have_no_patch_and_done_ones_are_left(tmp_path: Path) -> None:
    wall = Wall(8, bare=frozenset({0, 5}))
    whole = removed(wall.request(), tmp_path / "a")
    assert [patch.index for patch in whole] == [1, 2, 3, 4, 6, 7]
    rest = removed(wall.request(done=frozenset({1, 2, 6})), tmp_path / "a")
    assert same(rest, [patch for patch in whole if patch.index in (3, 4, 7)])
    assert removed(wall.request(done=frozenset(range(8))), tmp_path / "a") == []


def test_patches_of_another_key_are_made_again_and_not_mixed(tmp_path: Path) -> None:
    wall = Wall(5)
    whole = removed(wall.request(seed=7), tmp_path / "whole")
    started(wall.request(), tmp_path / "a", 3)
    # Stopped again after two, it does not take for its own what it has not made again.
    started(wall.request(seed=7, done=frozenset({0, 1, 2})), tmp_path / "a", 2)
    again = removed(wall.request(seed=7, done=frozenset({0, 1, 2})), tmp_path / "a")
    assert same(again, whole)


def started(request: RemoveRequest, checkpoints: Path, count: int) -> None:
    """Makes ``count`` patches of a removal and no more."""
    checkpoints.mkdir(exist_ok=True)
    patches = get_remover("void-pass1").remove(request, Told(), CancelToken(), checkpoints)
    for _ in range(count):
        next(patches)


def test_a_vae_that_breaks_down_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Vae, "encode", lambda *_: torch.full((1, 16, 6, 8, 8), torch.nan))
    with pytest.raises(VoidError, match="The VAE gave numbers that are none"):
        removed(Wall(3).request(prompt="of a VAE that breaks down", seed=11), tmp_path)


def test_a_vae_that_breaks_down_in_decoding_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers that are none would be black, or anything, as whole ones."""
    decode = Vae.decode

    def broken(vae: Vae, latents: torch.Tensor) -> Iterator[torch.Tensor]:
        for number, chunk in enumerate(decode(vae, latents)):
            yield chunk.where(torch.tensor(number != 1), torch.nan)

    with monkeypatch.context() as patched:
        patched.setattr(Vae, "decode", broken)
        with pytest.raises(VoidError, match=r"when frame 3 was decoded.*VAE"):
            removed(Wall(12).request(frames=(2, 9)), tmp_path / "a")
    again = removed(Wall(12).request(frames=(2, 9)), tmp_path / "a")
    assert same(again, removed(Wall(12).request(frames=(2, 9)), tmp_path / "b"))


def test_a_range_within_the_plate(tmp_path: Path) -> None:
    patches = removed(Wall(12).request(frames=(4, 9)), tmp_path / "a")
    assert [patch.index for patch in patches] == [4, 5, 6, 7, 8, 9]


def test_what_it_tells(tmp_path: Path) -> None:
    told = Told()
    removed(Wall(24).request("void-pass2", steps=3), tmp_path / "a", told)
    steps = [step for step, _, _ in told.steps]
    assert steps == sorted(steps)
    assert told.steps[-1][0] == told.steps[-1][1]
    assert "Denoising 2/3" in [message for _, _, message in told.steps]
    last = told.previews[-1]
    assert last.starts == (0, 1, 5, 9, 13, 17, 21)
    assert (last.pictures.shape, last.pictures.dtype) == ((7, 8, 8, 3), np.uint8)
    plan = told.facts["plan"]
    assert isinstance(plan, dict)
    assert list(last.box) == plan["crop"]
    assert plan["padded"] == 29
    expected = {"memory": "resident", "flow": "DIS", "noise": "unit", "mask_levels": 2}
    assert expected.items() <= told.facts.items()
    assert told.facts["approximate"] is False
    assert told.warnings == []


def test_what_is_large_is_gone_at_the_end_and_the_facts_are_not(tmp_path: Path) -> None:
    wall, folder, told = Wall(4), tmp_path / "a", Told()
    removed(wall.request("void-pass2"), folder, told)
    assert {path.name for path in folder.iterdir()} == {
        *("mode.safetensors", "noise.safetensors", "look.safetensors", "look.npz"),
        "patches.safetensors",
    }
    # Killed before its take was written, it has nothing left to do but to say how it was made.
    again = Told()
    assert removed(wall.request("void-pass2", done=frozenset(range(4))), folder, again) == []
    measured = {"seconds", "peak_ram_bytes"}
    assert {key: told.facts[key] for key in told.facts.keys() - measured} == {
        key: again.facts[key] for key in again.facts.keys() - measured
    }


def test_nothing_marked_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(VoidError, match="nothing to remove"):
        removed(Wall(3, bare=frozenset(range(3))).request(), tmp_path / "a")


class _Stop(BaseException):
    """As if the process had been killed."""


class Dying(Told):
    """Stops everything when a stage has told its progress ``times`` times."""

    def __init__(self, stage: str, times: int) -> None:
        super().__init__()
        self._stage, self._left = stage, times

    def progress(
        self, step: int, total: int, message: str = "", left_s: float | None = None
    ) -> None:
        super().progress(step, total, message, left_s)
        if message.startswith(f"{self._stage} "):
            self._left -= 1
            if self._left == 0:
                raise _Stop


MOMENTS = (
    ("Following the motion", 3),
    ("Following the motion", 14),
    ("Reading the plate", 4),
    ("Encoding", 1),
    ("Encoding", 6),
    ("Denoising", 2),
    ("Denoising", 2),
    ("Decoding", 1),
    ("Matching", 5),
    ("Compositing", 1),
    ("Compositing", 3),
)


@pytest.mark.parametrize("remover", ["void-pass1", "void-pass2"])
def test_stopped_anywhere_and_run_again_it_is_the_same(
    tmp_path: Path, remover: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = Wall(10)
    whole = removed(wall.request(remover), tmp_path / "whole")
    # So that neither descriptions nor noise are known already.
    monkeypatch.setenv("VOID_STUDIO_HOME", str(tmp_path / "home"))
    folder = tmp_path / "stopped"
    folder.mkdir()
    patches: dict[int, Patch] = {}

    def go_on(told: Told) -> None:
        request = wall.request(remover, done=frozenset(patches))
        for patch in get_remover(remover).remove(request, told, CancelToken(), folder):
            patches[patch.index] = patch

    for stage, times in MOMENTS:
        if remover == "void-pass2" or stage != "Following the motion":
            with pytest.raises(_Stop):
                go_on(Dying(stage, times))
    assert 0 < len(patches) < 10
    go_on(Told())
    assert same([patches[index] for index in sorted(patches)], whole)


@pytest.mark.parametrize("number", [0, 2, 3])
def test_memory_that_runs_out_in_a_step_is_got_round(
    tmp_path: Path,
    whole: list[Patch],
    at_call: Callable[[int, Callable[[], Any]], None],
    number: int,
) -> None:
    at_call(number, out_of_memory)
    told = Told()
    assert same(removed(Wall().request(), tmp_path / "short", told), whole)
    assert told.facts["memory"] == "streamed"
    falls = told.facts["memory_falls"]
    assert isinstance(falls, list)
    assert len(falls) == 1
    assert len(told.warnings) == 1
    assert "Memory ran out" in told.warnings[0]
    # From where it was: what had been done was not done again.
    counted = [message for _, _, message in told.steps if message.startswith("Denoising ")]
    assert counted.count(f"Denoising {number}/4") <= 2


def test_memory_that_runs_out_at_loading_is_got_round(
    tmp_path: Path, whole: list[Patch], monkeypatch: pytest.MonkeyPatch
) -> None:
    warm.let_go()
    real, modes = engine.open_transformer, []

    def opened(config: Any, checkpoint: Any, mode: Any, *rest: Any) -> Any:
        modes.append(mode)
        if mode == "resident":
            out_of_memory()
        return real(config, checkpoint, mode, *rest)

    monkeypatch.setattr(engine, "open_transformer", opened)
    told = Told()
    assert same(removed(Wall().request(), tmp_path / "short", told), whole)
    assert modes == ["resident", "streamed"]
    assert told.facts["memory"] == "streamed"


def test_the_text_encoder_gets_the_room_of_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed(Wall(3).request(), tmp_path / "a")
    assert warm.is_warm()
    real, tried = text.load_encoder, []

    def loaded(*given: Any) -> Any:
        tried.append(warm.is_warm())
        if len(tried) < 3:
            out_of_memory()
        return real(*given)

    monkeypatch.setattr(text, "load_encoder", loaded)
    told = Told()
    removed(Wall(3).request(prompt="An empty street."), tmp_path / "b", told)
    assert tried == [True, False, False]
    assert told.facts["memory"] == "resident"


def test_without_memory_in_any_mode_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Predictor, "__call__", lambda *_: out_of_memory())
    with pytest.raises(VoidError, match="not enough memory"):
        removed(Wall().request(), tmp_path / "a")


def test_numbers_that_break_down_name_the_step(
    tmp_path: Path, whole: list[Patch], at_call: Callable[[int, Callable[[], Any]], None]
) -> None:
    at_call(2, lambda: torch.full((1, 6, 16, 8, 8), torch.nan))
    with pytest.raises(VoidError, match="step 3 of 4"):
        removed(Wall().request(), tmp_path / "a")
    # What was good before is kept, and what was not is not.
    assert same(removed(Wall().request(), tmp_path / "a"), whole)


@pytest.mark.parametrize("broken", [False, True])
def test_looked_at_one_step_late_it_is_the_same(
    tmp_path: Path,
    whole: list[Patch],
    at_call: Callable[[int, Callable[[], Any]], None],
    monkeypatch: pytest.MonkeyPatch,
    broken: bool,
) -> None:
    """As on a GPU, whose work is queued."""
    monkeypatch.setattr(denoising, "looks_late", lambda _: True)
    told = Told()
    if broken:
        at_call(1, lambda: torch.full((1, 6, 16, 8, 8), torch.inf))
        with pytest.raises(VoidError, match="step 2 of 4"):
            removed(Wall().request(), tmp_path / "a", told)
    assert same(removed(Wall().request(), tmp_path / "a", told), whole)
    assert "Denoising 4/4" in [message for _, _, message in told.steps]


def test_cancelling_is_heard_within_one_call_of_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, calls = CancelToken(), []
    real = Predictor.__call__

    def called(self: Predictor, *given: Tensor) -> Tensor:
        calls.append(1)
        if len(calls) == 3:
            token.cancel()
        return real(self, *given)

    monkeypatch.setattr(Predictor, "__call__", called)
    with pytest.raises(Cancelled):
        # Two windows: the third call is in the middle of the second step.
        removed(Wall(24).request(), tmp_path / "a", cancel=token)
    assert len(calls) == 3


def test_a_draft_is_labelled_and_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tiny.TRANSFORMER, "num_layers", 5)
    models = tiny.make_models(tmp_path / "models")
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(models))
    wall = Wall(6)
    chosen = {"quality": "draft", "steps": 7}
    told = Told()
    whole = removed(wall.request(**chosen), tmp_path / "whole", told)
    assert told.facts["approximate"] is True
    assert "draft" in told.warnings[0]
    exact = removed(wall.request(steps=7), tmp_path / "exact")
    assert not same(whole, exact)

    # Steps 0 to 2, 4 and 6 are full: after step 3 of 7 a run goes on at the fourth.
    for done in (1, 3, 4, 6):
        folder = tmp_path / f"stopped{done}"
        with pytest.raises(_Stop):
            removed(wall.request(**chosen), folder, Dying("Denoising", 1 + done))
        assert same(removed(wall.request(**chosen), folder), whole)
