"""From a model's pictures to patches: what may change, and what it then looks like."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from numpy.typing import NDArray

from void_studio.remove.composite import apply_patch, grown
from void_studio.remove.conform import Plan, marked_box, picture, plan
from void_studio.remove.framing import ring
from void_studio.remove.void.finish.restore import Look, Restorer, Survey
from void_studio.remove.void.settings import VoidSettings

PLATE = (448, 320)
GREY = 120.0
SIGMA = 7.0


def correlated(random: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float32]:
    """Grain of sigma 1, coarser than a pixel, and more alike in the channels than not."""
    noise = random.standard_normal((size[1], size[0], 4)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 0.7)
    mixed = noise[..., :3] + noise[..., 3:]
    return np.asarray(mixed / mixed.std())


@dataclass
class Clip:
    """A grey plate that may have grain, with a round matte, and the plan for it."""

    size: tuple[int, int] = PLATE
    count: int = 6
    dtype: type = np.uint8
    grain: float = 0.0
    settings: VoidSettings = field(default_factory=lambda: VoidSettings(size="224x160"))
    plates: list[NDArray[np.generic]] = field(default_factory=list)
    levels: NDArray[np.uint8] = field(init=False)
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        random = np.random.default_rng(1)
        unit = np.iinfo(self.dtype).max / 255
        width, height = self.size
        shade = np.linspace(-20, 20, width)[None, :, None]
        for _ in range(self.count):
            values = GREY + shade + self.grain * correlated(random, self.size)
            self.plates.append(np.rint(values * unit).astype(self.dtype))
        self.levels = np.full((height, width), 255, np.uint8)
        centre = width // 2, height // 2
        cv2.ellipse(self.levels, centre, (width // 5, height // 5), 0, 0, 360, 0, -1)
        last = self.count - 1
        self.plan = plan(self.size, (0, last), marked_box([self.levels]), self.settings)

    def seen(self) -> list[NDArray[np.float32]]:
        return [picture(self.plan, plate) for plate in self.plates]

    def look(self, made: list[NDArray[np.float32]]) -> Look:
        survey = Survey(self.plan)
        for index, plate in enumerate(self.plates):
            survey.add(index, plate, self.levels, made[index])
        return survey.look()

    def restored(self, made: list[NDArray[np.float32]], index: int = 3) -> NDArray[np.generic]:
        restorer = Restorer(self.plan, self.settings, self.look(made))
        patch = restorer.patch(index, self.plates[index], self.levels, made[index])
        return apply_patch(self.plates[index], patch)

    @property
    def matte(self) -> NDArray[np.bool_]:
        return self.levels != 255


@st.composite
def mattes(draw: st.DrawFn) -> NDArray[np.uint8]:
    """Levels of a small plate with up to three marked rectangles, at least a pixel."""
    width, height = draw(st.integers(70, 160)), draw(st.integers(70, 160))
    levels = np.full((height, width), 255, np.uint8)
    for level in draw(st.lists(st.sampled_from([0, 63, 127]), min_size=1, max_size=3)):
        x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        levels[y : y + draw(st.integers(1, 60)), x : x + draw(st.integers(1, 60))] = level
    return levels


@budget(max_examples=60)
@given(
    mattes(),
    st.sampled_from([np.uint8, np.uint16]),
    st.sampled_from([0, 1, 9, "auto"]),
    st.sampled_from([0, 3, "auto"]),
    st.sampled_from(["64x64", "64x112", "128x80"]),
    st.booleans(),
    st.sampled_from([0, 0, 0, 1]),
)
def test_outside_the_grown_matte_no_pixel_changes(levels, dtype, grow, feather, size, whole, grain):
    height, width = levels.shape
    settings = VoidSettings(
        grow=grow,
        feather=feather,
        size=size,
        context=0.2,
        crop="frame" if whole else "auto",
        grain=grain,
    )
    random = np.random.default_rng(0)
    plate = random.integers(0, np.iinfo(dtype).max, (height, width, 3)).astype(dtype)
    made_for = plan((width, height), (7, 7), marked_box([levels]), settings)
    made = random.random((made_for.size[1], made_for.size[0], 3), np.float32)
    survey = Survey(made_for)
    survey.add(7, plate, levels, made)
    patch = Restorer(made_for, settings, survey.look()).patch(7, plate, levels, made)
    result = apply_patch(plate, patch)
    matte = levels != 255
    outside = ~grown(matte, ring(settings, (width, height)))
    assert np.array_equal(result[outside], plate[outside])
    assert patch.rgba.dtype == dtype
    alpha = np.zeros((height, width), dtype)
    held = np.s_[patch.y : patch.y + patch.rgba.shape[0], patch.x : patch.x + patch.rgba.shape[1]]
    alpha[held] = patch.rgba[..., 3]
    assert (alpha[matte] == np.iinfo(dtype).max).all()
    # Trimmed: something is in its first and last rows and columns.
    edges = (patch.rgba[0], patch.rgba[-1], patch.rgba[:, 0], patch.rgba[:, -1])
    assert all(edge[..., 3].any() for edge in edges)


def test_a_model_that_changes_nothing_at_the_plates_size_gives_the_plate() -> None:
    clip = Clip(size=(336, 240), grain=SIGMA, settings=VoidSettings(size="336x240"))
    assert clip.plan.scale == 1
    assert np.array_equal(clip.restored(clip.seen()), clip.plates[3])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_model_that_changes_nothing_gives_the_plate_but_for_its_grain(dtype) -> None:
    clip = Clip(dtype=dtype, grain=SIGMA)
    assert clip.plan.scale > 1.5
    unit = np.iinfo(dtype).max / 255
    away = clip.restored(clip.seen()).astype(float) / unit - clip.plates[3] / unit
    assert np.abs(away[clip.matte]).max() < 10 * SIGMA
    coarse = cv2.boxFilter(away, -1, (15, 15))
    assert np.abs(coarse[clip.matte]).max() < 0.5 * SIGMA


@pytest.mark.parametrize("cast", [(20, 20, 20), (-20, 0, 12)])
def test_a_cast_is_gone_at_the_seam_and_inside(cast) -> None:
    clip = Clip()
    tinted = [np.float32(seen + np.array(cast) / 255) for seen in clip.seen()]
    away = clip.restored(tinted).astype(float) - clip.plates[3]
    assert np.abs(away).max() < 2
    unmatched = Clip(settings=VoidSettings(size="224x160", match_colour=False))
    away = unmatched.restored(tinted).astype(float) - unmatched.plates[3]
    assert np.abs(away[clip.matte].mean(axis=0) - cast).max() < 1


def test_what_flickers_in_the_measurement_does_not_in_the_result() -> None:
    clip = Clip(count=12)
    random = np.random.default_rng(5)
    seen = clip.seen()
    casts = random.normal(0, 4 / 255, len(seen))
    look = clip.look([np.float32(one + cast) for one, cast in zip(seen, casts, strict=True)])
    added = look.corrections.mean(axis=(1, 2, 3))
    assert np.abs(np.diff(added)).max() < 0.35 * np.abs(np.diff(casts)).max()


def test_a_ring_that_agrees_with_the_model_stays_the_plate() -> None:
    wide = VoidSettings(size="224x160", grow=20, feather=3)
    clip = Clip(settings=wide, grain=2.0)
    changed = (clip.restored(clip.seen()) != clip.plates[3]).any(axis=2)
    assert not changed[~grown(clip.matte, 3)].any()


def test_a_ring_that_still_shows_the_thing_is_refilled() -> None:
    wide = VoidSettings(size="224x160", grow=20, feather=3)
    clip = Clip(settings=wide)
    made = clip.seen()
    shows = grown(clip.matte, 8)
    for plate in clip.plates:
        plate[shows] = (200, 40, 40)
    away = clip.restored(made).astype(float) - Clip().plates[3]
    assert np.abs(away[grown(clip.matte, 7)]).max() < 8


def statistics(values: NDArray[np.generic], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Sigma per channel, correlation with the pixels right and below, and between channels."""
    shade = cv2.GaussianBlur(values.astype(np.float64), (0, 0), 12)
    grain = values - shade
    both = inside & np.roll(inside, -1, 1) & np.roll(inside, -1, 0)
    here = grain[both]
    beside = [np.roll(grain, -1, axis)[both] for axis in (1, 0)]
    lag = [(here * other).mean() / np.square(here).mean() for other in beside]
    return np.array([*here.std(axis=0), *lag, np.corrcoef(here.T)[0, 1]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("smooth", [False, True])
def test_grain_is_as_strong_and_as_coarse_as_the_plates(dtype, smooth) -> None:
    clip = Clip(dtype=dtype, grain=SIGMA)
    made = clip.seen()
    if smooth:
        made = [cv2.GaussianBlur(one, (0, 0), 3) for one in made]
    restored = statistics(clip.restored(made), clip.matte)
    plate = statistics(clip.plates[3], clip.matte)
    assert restored == pytest.approx(plate, rel=0.15)


def test_grain_follows_brightness() -> None:
    clip = Clip()
    random = np.random.default_rng(2)
    width, height = PLATE
    tone = np.where(np.arange(height)[:, None, None] // 40 % 2, 200.0, 60.0)
    tone = np.broadcast_to(tone, (height, width, 3))
    for index in range(clip.count):
        noise = random.standard_normal(tone.shape) * tone / 25
        clip.plates[index] = np.rint(tone + noise).astype(np.uint8)
    clip.plan = plan(PLATE, (0, 5), marked_box([clip.levels]), VoidSettings(crop="frame"))
    made = [np.zeros((*clip.plan.size[::-1], 3), np.float32) for _ in clip.plates]
    grain = clip.look(made).grain
    strength = grain.gain[[3, 12]] * 255 * np.mean(grain.sigma)
    assert strength == pytest.approx([60 / 25, 200 / 25], rel=0.15)


def test_grain_comes_from_anywhere_where_the_crop_has_no_calm_place() -> None:
    clip = Clip(grain=SIGMA)
    clip.levels[:] = 255
    clip.levels[130:190, 200:250] = 0
    settings = VoidSettings(size="64x64", context=0, grow=0)
    clip.plan = plan(PLATE, (0, 5), marked_box([clip.levels]), settings)
    assert clip.plan.crop[2] * clip.plan.crop[3] < 2 * 60 * 60
    sigma = np.multiply(clip.look(clip.seen()).grain.sigma, 255)
    assert sigma == pytest.approx(SIGMA, rel=0.15)


def test_a_plate_without_grain_gets_none() -> None:
    clip = Clip()
    assert max(clip.look(clip.seen()).grain.sigma) * 255 < 0.1
    without = Clip(grain=SIGMA, settings=VoidSettings(size="224x160", grain=0))
    made = [np.full_like(one, GREY / 255) for one in without.seen()]
    assert statistics(without.restored(made), without.matte)[:3].max() < 1


def test_frames_come_out_the_same_in_any_order_and_from_a_kept_look(tmp_path: Path) -> None:
    clip = Clip(grain=SIGMA)
    made = clip.seen()
    look = clip.look(made)
    look.write(tmp_path / "look.npz")
    kept = Look.read(tmp_path / "look.npz")
    assert kept is not None
    assert json.loads(json.dumps(kept.as_facts())) == look.as_facts()

    def patches(look: Look, order: list[int], seed: int = 42) -> dict[int, bytes]:
        settings = clip.settings.model_copy(update={"seed": seed})
        restorer = Restorer(clip.plan, settings, look)
        found = {i: restorer.patch(i, clip.plates[i], clip.levels, made[i]) for i in order}
        return {i: patch.rgba.tobytes() for i, patch in found.items()}

    first = patches(look, [0, 1, 2, 3])
    assert patches(kept, [3, 1]) == {3: first[3], 1: first[1]}
    assert patches(look, [3], seed=7)[3] != first[3]
    assert clip.look(made).corrections.tobytes() == look.corrections.tobytes()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut off"])
def test_a_look_that_is_not_whole_is_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "look.npz").write_bytes(content)
    assert Look.read(tmp_path / "look.npz") is None


def test_a_frame_without_a_matte_has_no_patch() -> None:
    clip = Clip()
    restorer = Restorer(clip.plan, clip.settings, clip.look(clip.seen()))
    with pytest.raises(ValueError, match="frame 2 has no matte"):
        restorer.patch(2, clip.plates[2], np.full_like(clip.levels, 255), clip.seen()[2])


def test_a_clip_whose_whole_crop_is_marked_is_restored() -> None:
    clip = Clip(size=(70, 64), count=2, settings=VoidSettings(size="64x64"))
    clip.levels[:] = 0
    made = clip.seen()
    assert clip.restored(made, 1).shape == (64, 70, 3)
