"""What is told of a removal before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remove.void import tiny
from tests.worker.clip import disc, write_clip
from void_studio.quadmask.bits import field_from_planes
from void_studio.remove.conform import plan
from void_studio.remove.void.forecast import forecast, steps_of
from void_studio.remove.void.memory.modes import GIB, Machine
from void_studio.remove.void.outlook import outlook
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import Pass1Settings, Pass2Settings
from void_studio.shot.shot import Shot


@pytest.fixture
def shot(tmp_path: Path) -> Iterator[Shot]:
    with Shot.create(write_clip(tmp_path / "clip"), tmp_path / "roll.void") as shot:
        shot.masks.set_field(3, field_from_planes(disc(3), disc(3) & False))
        yield shot


def config(models: Path) -> Path:
    return models / tiny.BASE_REPOSITORY / "transformer" / "config.json"


def test_steps_are_as_released_unless_said_otherwise() -> None:
    assert steps_of(Pass.ONE, Pass1Settings()) == 30
    assert steps_of(Pass.TWO, Pass2Settings()) == 50
    assert steps_of(Pass.ONE, Pass1Settings(quality="draft")) < 30
    assert steps_of(Pass.ONE, Pass1Settings(quality="draft", steps=40)) == 40


def test_the_mode_is_the_first_that_fits_or_the_smallest(tiny_models: Path) -> None:
    made = plan((640, 360), (0, 84), (100, 100, 50, 50), Pass1Settings())

    def found(free: int, wanted: str = "auto") -> str:
        machine = Machine("cuda", "H200", free, free, 64 * GIB)
        told = forecast(Pass.ONE, Pass1Settings(), made, config(tiny_models), machine)
        return told.chosen(wanted).mode

    assert found(100 * GIB) == "resident"
    assert found(100 * GIB, "int8") == "int8"
    assert found(1) == "streamed"


def test_an_outlook_says_plan_memory_and_steps(
    shot: Shot, tiny_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tiny_models))
    found = outlook(shot, Pass2Settings(quality="draft", size="64x64"))
    lines = dict(found.lines(1001))
    assert lines["Frames"].startswith("1001")
    assert "approximate" in lines["Steps"]
    assert "guidance 6" in lines["Steps"]
    assert "GiB" in lines["Memory"]
    assert found.as_facts()["steps"] == found.steps
    assert found.missing is None


def test_without_weights_there_is_a_plan_all_the_same(
    shot: Shot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    found = outlook(shot, Pass1Settings())
    assert found.estimate is None
    assert found.missing is not None
    assert "not here" in dict(found.lines())["Memory"]
    assert found.as_facts()["plan"] == found.plan.as_facts()
