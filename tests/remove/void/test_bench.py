"""The bench runs the real stages, and refuses kindly what would take days."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from void_studio.remove.void import bench, bench_run
from void_studio.remove.void.bench import main
from void_studio.remove.void.bench_models import Models, random_models
from void_studio.remove.void.bench_run import Measured, Task, measure
from void_studio.remove.void.memory.costs import parameters_of
from void_studio.remove.void.network import compile as compiling

TINY = ["--tiny", "--size", "64x64", "--frames", "13", "--steps", "2"]
EXACT = ["--modes", "resident,streamed"]


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


def test_it_prints_one_json_object_with_every_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TINY, *EXACT, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["torch"] == torch.__version__
    assert found["chip"]
    assert (found["size"], found["frames"], found["steps"]) == ([64, 64], 13, 2)
    assert [each["mode"] for each in found["modes"]] == ["resident", "streamed"]
    for each in found["modes"]:
        stages = each["encode_s"] + each["denoise_s"] + each["decode_s"]
        assert each["total_s"] == pytest.approx(stages, abs=1e-3)
        assert 0 < 2 * each["step_s"] <= each["denoise_s"] + 1e-3
        assert each["peak_bytes"] > 10e6
        assert not each["compiled"]


def test_it_prints_a_row_for_every_mode(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TINY, "--modes", "resident"]) == 0
    heading, columns, row = capsys.readouterr().out.splitlines()
    assert "2 layers, 64x64, 13 frames, 2 steps" in heading
    assert columns.split()[0] == "mode"
    assert row.split()[0] == "resident"


@pytest.mark.parametrize(("asked", "frames"), [(1, 5), (13, 13), (14, 21), (93, 93)])
def test_clips_are_rounded_up_to_what_the_network_takes(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    asked: int,
    frames: int,
) -> None:
    monkeypatch.setattr(bench, "measure", lambda task, mode: Measured(mode))
    assert main(["--tiny", "--frames", str(asked), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["frames"] == frames


def test_the_full_size_is_refused_without_a_gpu(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--random-weights"]) == 1
    said = capsys.readouterr().err
    assert "without a CUDA GPU" in said
    assert "21 GiB" in said
    assert "TFLOP" in said
    assert "--tiny" in said


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--size", "65x64"], "is no size"),
        (["--size", "large"], "is no size"),
        (["--modes", "resident,quick"], "no memory mode quick"),
        (["--frames", "0"], "1 or more"),
        (["--steps", "1001"], "1 or more"),
    ],
)
def test_what_makes_no_sense_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    assert main(["--tiny", *arguments]) == 1
    assert why in capsys.readouterr().err


def test_without_random_weights_it_takes_those_that_are_there(
    tiny_models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tiny_models))
    asked = ["--size", "64x64", "--frames", "5", "--steps", "1", "--modes", "resident", "--json"]
    assert main(asked) == 0
    assert not json.loads(capsys.readouterr().out)["random_weights"]


@pytest.mark.parametrize(("extra", "compiled"), [([], True), (["--no-compile"], False)])
def test_it_says_whether_blocks_were_compiled(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    extra: list[str],
    compiled: bool,
) -> None:
    monkeypatch.setattr(compiling, "BACKEND", "eager")
    monkeypatch.setattr(bench_run, "compiles_on", lambda device: True)
    assert main([*TINY, "--modes", "resident", "--json", *extra]) == 0
    assert json.loads(capsys.readouterr().out)["modes"][0]["compiled"] is compiled


def test_the_full_model_has_the_released_number_of_parameters() -> None:
    assert parameters_of(random_models(tiny=False, layers=None).transformer) == 5_571_462_784
    assert random_models(tiny=False, layers=1).transformer["num_layers"] == 1


def test_a_mode_that_memory_is_not_enough_for_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Models, "open_transformer", full)
    task = Task(
        random_models(tiny=True, layers=None),
        device=torch.device("cpu"),
        dtype=torch.float32,
        size=(64, 64),
        frames=5,
        window=22,
        steps=1,
        compiled=True,
    )
    assert measure(task, "resident").note == "out of memory"
