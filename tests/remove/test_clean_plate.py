from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.remove.scenes import (
    HEIGHT,
    WIDTH,
    Frame,
    Mask,
    Shot,
    across,
    disc,
    resting,
    shot,
    texture,
)
from void_studio.errors import Cancelled, VoidError
from void_studio.progress import CancelToken, Silent
from void_studio.remove.clean_plate import CleanPlate
from void_studio.remove.protocol import Patch


def removed(
    scene: Shot, folder: Path, done: frozenset[int] = frozenset(), **settings: Any
) -> list[Patch]:
    request = scene.request(done, **settings)
    return list(CleanPlate().remove(request, Silent(), CancelToken(), folder))


def same(first: list[Patch], second: list[Patch]) -> bool:
    return [(p.index, p.x, p.y) for p in first] == [(p.index, p.x, p.y) for p in second] and all(
        np.array_equal(a.rgba, b.rgba) for a, b in zip(first, second, strict=True)
    )


@pytest.mark.parametrize("deep", [False, True])
def test_a_still_scene_comes_back_exactly(tmp_path: Path, deep: bool) -> None:
    scene = shot(deep=deep)
    patches = removed(scene, tmp_path)
    assert [p.index for p in patches] == list(range(16))
    for patch in patches:
        assert np.array_equal(scene.result(patch), scene.truth[patch.index])


@pytest.mark.parametrize("deep", [False, True])
def test_outside_the_mask_nothing_changes(tmp_path: Path, deep: bool) -> None:
    scene = shot(noise=5, light=lambda i: 1 + 0.05 * np.sin(i), deep=deep)
    for patch in removed(scene, tmp_path):
        mask = scene.masks[patch.index]
        assert np.array_equal(scene.result(patch)[~mask], scene.plate[patch.index][~mask])


def test_the_grown_ring_changes_only_where_the_object_shows(tmp_path: Path) -> None:
    scene = shot()
    scene.masks = [disc(40 + 160 * i / 15, 50 + 40 * i / 15, 13) for i in range(16)]
    for patch in removed(scene, tmp_path, grow=6):
        exact = across(patch.index, 16)
        result = scene.result(patch)
        assert np.array_equal(result[~exact], scene.truth[patch.index][~exact])
        assert np.abs(result[exact].astype(int) - scene.truth[patch.index][exact]).mean() < 2


def hand_held(index: int) -> NDArray[np.float64]:
    angle, zoom = 0.008 * np.sin(index), 1 + 0.004 * index
    x, y = 2.3 * np.sin(1.3 * index), 1.7 * np.cos(index)
    cosine, sine = zoom * np.cos(angle), zoom * np.sin(angle)
    turn = np.array([[cosine, -sine, x], [sine, cosine, y], [0, 0, 1.0]])
    return turn @ np.array([[1.0, 0, -WIDTH / 2], [0, 1.0, -HEIGHT / 2], [0, 0, 1.0]])


def panned(index: int) -> NDArray[np.float64]:
    return np.array([[1.0, 0, -WIDTH / 2 - 3.4 * index], [0, 1.0, -HEIGHT / 2], [0, 0, 1.0]])


def flicker(index: int) -> float:
    return 1 + 0.08 * float(np.sin(1.7 * index))


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ({"noise": 4.0}, 33),
        ({"light": flicker}, 45),
        ({"camera": panned}, 40),
        ({"camera": hand_held}, 38),
        ({"camera": hand_held, "light": flicker, "noise": 3.0}, 33),
    ],
    ids=["noise", "flicker", "pan", "hand-held", "all"],
)
def test_the_background_comes_back(tmp_path: Path, kind: dict[str, Any], least: float) -> None:
    scene = shot(**kind)
    found = scene.psnr(removed(scene, tmp_path))
    assert found > least
    assert found > scene.inpaint_psnr() + 8


def test_what_moves_behind_the_object_goes_on_moving(tmp_path: Path) -> None:
    thing = texture(90, 60, seed=5)

    def behind(index: int, frame: Frame) -> None:
        left = 10 + 5 * index
        frame[30:90, left : left + 90] = thing

    scene = shot(20, lambda i, n: disc(30 + 9 * i, 62, 12), behind=behind)
    found = scene.psnr(removed(scene, tmp_path))
    assert found > 30
    assert found > scene.inpaint_psnr() + 8


def test_what_only_a_far_frame_shows_is_found(tmp_path: Path) -> None:
    scene = shot(30, lambda i, n: disc(60, 60) if i < 26 else disc(170, 80))
    patches = removed(scene, tmp_path, window=4)
    assert scene.psnr(patches[:20]) > 45


def test_an_invented_background_is_steady(tmp_path: Path) -> None:
    scene = shot(12, resting, noise=3)
    patches = removed(scene, tmp_path)
    results = np.array([scene.result(p)[resting(0, 1)] for p in patches], np.float64)
    # The plate's own grain moves by 3 levels from frame to frame.
    assert results.std(axis=0).mean() < 1.0


def test_an_object_at_the_edge_of_the_picture(tmp_path: Path) -> None:
    scene = shot(16, lambda i, n: disc(-10 + 17 * i, 4, 20))
    assert scene.psnr(removed(scene, tmp_path)) > 50


def test_a_single_frame_is_filled(tmp_path: Path) -> None:
    scene = shot(1, resting)
    (patch,) = removed(scene, tmp_path)
    assert np.abs(scene.result(patch)[scene.masks[0]].astype(int) - (200, 40, 60)).mean() > 20


def test_frames_without_a_mask_get_no_patch(tmp_path: Path) -> None:
    scene = shot(10, lambda i, n: across(i, n) if 3 <= i <= 5 else np.zeros((HEIGHT, WIDTH), bool))
    assert [p.index for p in removed(scene, tmp_path)] == [3, 4, 5]


def test_nothing_marked_reads_nothing_but_the_size(tmp_path: Path) -> None:
    scene = shot(6, lambda i, n: np.zeros((HEIGHT, WIDTH), bool))
    assert removed(scene, tmp_path) == []
    assert len(scene.reads) == 1


def everywhere(index: int, count: int) -> Mask:
    return np.ones((HEIGHT, WIDTH), bool)


def test_a_matte_over_everything_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(VoidError, match="no background"):
        removed(shot(4, everywhere), tmp_path)


def test_one_wholly_covered_frame_is_taken_from_the_others(tmp_path: Path) -> None:
    scene = shot(8, lambda i, n: everywhere(i, n) if i == 4 else across(i, n))
    patches = removed(scene, tmp_path)
    assert scene.psnr([patches[4]]) > 40


def test_a_mask_of_another_size_is_an_error(tmp_path: Path) -> None:
    scene = shot(3)
    scene.masks[1] = np.ones((20, 30), bool)
    with pytest.raises(VoidError, match="does not fit the plate"):
        removed(scene, tmp_path)


def test_affected_pixels_are_refilled_too(tmp_path: Path) -> None:
    scene = shot()
    levels = scene.levels

    def affected(index: int) -> NDArray[np.uint8] | None:
        marked = levels(index)
        return None if marked is None else np.where(marked == 0, 127, marked).astype(np.uint8)

    scene.levels = affected  # type: ignore[method-assign]
    assert scene.psnr(removed(scene, tmp_path)) > 60


def moving_shot() -> Shot:
    """One that needs everything: motion, layers, a clean plate and texture."""
    return shot(
        14,
        lambda i, n: disc(40 + 2 * i, 60) | disc(200 - 9 * i, 100, 9),
        camera=panned,
        light=flicker,
        noise=2,
    )


def test_killed_and_continued_it_ends_the_same(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    expected = removed(moving_shot(), whole, window=3, grain=1.0)
    run = CleanPlate().remove(
        moving_shot().request(window=3, grain=1.0), Silent(), CancelToken(), broken
    )
    first = [next(run) for _ in range(6)]
    run.close()
    again = moving_shot()
    rest = removed(again, broken, frozenset(p.index for p in first), window=3, grain=1.0)
    assert same(first + rest, expected)
    # The first pass over the shot was not made again.
    assert 0 not in again.reads[1:]


def test_checkpoints_of_other_settings_are_not_used(tmp_path: Path) -> None:
    scene = moving_shot()
    removed(scene, tmp_path, window=3)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    expected = removed(moving_shot(), fresh, window=2, motion="translation")
    assert same(removed(scene, tmp_path, window=2, motion="translation"), expected)


def test_damaged_checkpoints_are_made_again(tmp_path: Path) -> None:
    expected = removed(moving_shot(), tmp_path, window=3)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert same(removed(moving_shot(), tmp_path, window=3), expected)


def test_it_stops_between_frames_when_asked(tmp_path: Path) -> None:
    cancel = CancelToken()
    run = CleanPlate().remove(shot().request(), Silent(), cancel, tmp_path)
    next(run)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(run)


def test_progress_only_moves_forward(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    class Listener(Silent):
        def progress(self, step: int, total: int, message: str = "") -> None:
            told.append((step, total))
            assert message

    scene = moving_shot()
    list(CleanPlate().remove(scene.request(window=3), Listener(), CancelToken(), tmp_path))
    steps = [step for step, _ in told]
    assert steps == sorted(steps)
    assert len({total for _, total in told}) == 1
    assert steps[-1] == told[0][1]


def test_grain_is_seeded_and_matches_the_plate(tmp_path: Path) -> None:
    scene = shot(12, resting, noise=6)
    results = {}
    for name, settings in {
        "without": {"grain": 0.0},
        "with": {"grain": 1.0},
        "other": {"grain": 1.0, "seed": 4},
    }.items():
        (tmp_path / name).mkdir()
        patches = removed(scene, tmp_path / name, **settings)
        results[name] = np.array([scene.result(p)[resting(0, 1)] for p in patches], np.float64)
    moved = {name: value.std(axis=0).mean() for name, value in results.items()}
    assert moved["without"] < 1.5
    assert 4 < moved["with"] < 8
    assert not np.array_equal(results["with"], results["other"])


@pytest.mark.clips
def test_a_disc_over_a_real_shot(clips: Path, tmp_path: Path) -> None:
    from tests.benchmarks.bench_remove import Case, measure
    from void_studio.remove.clean_plate import CleanPlateSettings

    case = Case("above the duck", "ducky-float", (0.1, 0.2), (0.9, 0.2), last=9)
    row = measure(case, clips, CleanPlateSettings(grow=0))
    assert row["psnr"] >= 32
    assert row["gain"] >= 8
    assert row["changed_outside"] == 0
