"""The runner of recorded results: every case agrees, and what is broken is told."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.remove.void.conftest import GOLDEN
from void_studio.remove.void.golden.__main__ import main
from void_studio.remove.void.golden.cases_model import scheduler_parts
from void_studio.remove.void.golden.folder import Folder
from void_studio.remove.void.golden.runner import verdict
from void_studio.remove.void.golden.tolerance import Tolerance


def cases() -> list[object]:
    """Names of all recorded cases; whole passes take seconds."""
    if not (GOLDEN / "manifest.json").is_file():
        return []
    found = Folder.opened(GOLDEN).entries
    return [
        pytest.param(name, marks=pytest.mark.slow) if "scheduler" in entry["params"] else name
        for name, entry in found.items()
    ]


@pytest.fixture(scope="module")
def opened() -> Folder:
    """One for all cases, so that its models are read once."""
    if not GOLDEN.is_dir():
        pytest.skip(f"the results of the released code are not here ({GOLDEN})")
    return Folder.opened(GOLDEN)


@pytest.mark.parametrize("name", cases())
def test_every_recorded_case_agrees(opened: Folder, name: str) -> None:
    found = verdict(opened.case(name))
    assert found.state == ("skip" if name.startswith("reasoner/") else "ok"), found.line()


EMPTY = '{"cases": [], "models": {"path": "models"}}'
TWICE = '{"cases": [{"name": "a"}, {"name": "a"}], "models": {"path": "models"}}'
SMALL = "preprocess/pipeline_quantise"
PADDING = "preprocess/temporal_padding"


@pytest.fixture
def copy(golden: Path, tmp_path: Path) -> Path:
    """A folder of two small cases that may be broken."""
    manifest = json.loads((golden / "manifest.json").read_text())
    manifest["cases"] = [case for case in manifest["cases"] if case["name"] in (SMALL, PADDING)]
    for case in manifest["cases"]:
        for file in case["files"]:
            target = tmp_path / file["path"]
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(golden / file["path"], target)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def change(folder: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    """Edits the manifest's entry of the case ``SMALL``."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    edit(next(case for case in manifest["cases"] if case["name"] == SMALL))
    path.write_text(json.dumps(manifest))


def rehash(folder: Path) -> None:
    """Makes the manifest tell the hash of what the file of ``SMALL`` holds now."""

    def edit(case: dict[str, Any]) -> None:
        for file in case["files"]:
            data = (folder / file["path"]).read_bytes()
            file["sha256_16"] = hashlib.sha256(data).hexdigest()[:16]

    change(folder, edit)


def lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    status = main([str(folder)])
    return status, capsys.readouterr().out.splitlines()


def small_file(folder: Path) -> Path:
    return folder / f"{SMALL}.safetensors"


def test_an_untouched_copy_agrees(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = lines(copy, capsys)
    assert status == 0
    assert told == [f"ok   {PADDING} 0 (exact)", f"ok   {SMALL} 0 (exact)"]


def test_one_changed_value_is_a_miss(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = bytearray(small_file(copy).read_bytes())
    data[-1] ^= 1
    small_file(copy).write_bytes(data)
    rehash(copy)
    status, told = lines(copy, capsys)
    assert status == 1
    assert told[0].startswith("ok ")
    assert re.match(rf"MISS {SMALL} \S+ \(exact\) use_trimask_\w+", told[1])


def test_a_file_cut_off_is_a_miss(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small_file(copy).write_bytes(small_file(copy).read_bytes()[:-100])
    rehash(copy)
    status, told = lines(copy, capsys)
    assert status == 1
    assert told[1].startswith(f"MISS {SMALL} SafetensorError")


def test_a_file_that_is_not_the_listed_one_is_a_miss(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small_file(copy).write_bytes(small_file(copy).read_bytes() + b" ")
    status, told = lines(copy, capsys)
    assert status == 1
    assert "is not the file of the manifest" in told[1]


def test_a_missing_file_is_a_miss(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small_file(copy).unlink()
    status, told = lines(copy, capsys)
    assert status == 1
    assert told[1].startswith(f"MISS {SMALL} FileNotFoundError")


def test_a_file_outside_the_folder_is_not_read(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(copy, lambda case: case["files"][0].update(path="../elsewhere.safetensors"))
    status, told = lines(copy, capsys)
    assert status == 1
    assert "outside the folder" in told[1]


@pytest.mark.parametrize("name", ["preprocess/new", "reason/er", "pipeline/new"])
def test_a_case_nobody_knows_is_a_miss(
    copy: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    change(copy, lambda case: case.update(name=name))
    status, told = lines(copy, capsys)
    assert status == 1
    assert told[1].startswith(f"MISS {name} ")


def test_an_array_that_is_not_compared_is_a_miss(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from safetensors.torch import load_file, save_file

    arrays = load_file(small_file(copy))
    save_file({**arrays, "another": torch.zeros(2)}, small_file(copy))
    change(
        copy,
        lambda case: case["files"][0]["tensors"].update(another={"shape": [2], "dtype": "float32"}),
    )
    rehash(copy)
    status, told = lines(copy, capsys)
    assert status == 1
    assert told[1].endswith("not compared: another")


def test_a_case_without_records_is_a_miss(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(copy, lambda case: case.update(name="preprocess/mask_modes", what="window 5", files=[]))
    status, told = lines(copy, capsys)
    assert status == 1
    assert told[1].startswith("MISS preprocess/mask_modes ")


def test_a_tolerance_nobody_understands_is_a_miss(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(copy, lambda case: case.update(tol="about right"))
    status, told = lines(copy, capsys)
    assert status == 1
    assert "about right" in told[1]


@pytest.mark.parametrize(
    "content", [None, "{", "[]", '{"cases": 1}', '{"cases": [{}]}', EMPTY, TWICE]
)
def test_a_folder_without_records_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    assert main([str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--help"]])
def test_wrong_usage_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: ")


@pytest.mark.parametrize(
    ("written", "difference", "within"),
    [
        (None, 0.0, True),
        (None, 1e-9, False),
        ("exact expected", 1e-9, False),
        (1e-4, 0.9e-4, True),
        (1e-4, 1.1e-4, False),
        ("2e-3 over all steps (abs)", 1.9e-3, True),
        ("2e-3 over all steps (abs)", 2.1e-3, False),
        ("<= 0.2 abs: because", 0.19, True),
        ("<= 0.2 abs: because", 0.21, False),
    ],
)
def test_tolerances_are_read(written: object, difference: float, within: bool) -> None:
    wanted = torch.zeros(3, dtype=torch.float64)
    found = Tolerance.parsed(written).measure(wanted + difference, wanted)
    assert found.within == within
    assert found.difference == pytest.approx(difference)


def test_neighbours_of_half_precision_are_counted() -> None:
    tolerance = Tolerance.parsed("1 bf16 ulp at most; mostly exact")
    wanted = torch.tensor([1.0, -1.0, 0.0, 300.0], dtype=torch.bfloat16)
    bits = wanted.view(torch.int16)
    assert tolerance.measure((bits + 1).view(torch.bfloat16), wanted).within
    assert not tolerance.measure((bits + 2).view(torch.bfloat16), wanted).within
    assert tolerance.measure(torch.tensor([-0.0]), torch.tensor([0.0])).difference == 0


def test_frames_must_correlate_where_that_is_said() -> None:
    tolerance = Tolerance.parsed("<= 0.2 abs and correlation per frame > 0.995: because")
    wanted = torch.from_numpy(np.linspace(0, 1, 200).reshape(2, 100))
    assert tolerance.measure(wanted + 0.1, wanted).within
    shaken = wanted.clone()
    shaken[1] += 0.19 * (-1.0) ** torch.arange(100)
    assert not tolerance.measure(shaken, wanted).within


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_never_within(value: float) -> None:
    found = Tolerance.parsed(1.0).measure(torch.tensor([0.0, value]), torch.zeros(2))
    assert not found.within
    assert found.difference == float("inf")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("ddim.step30.bf16", ("ddim", "", "step30.bf16")),
        ("cog_shift3.alphas_cumprod", ("cog", "3", "alphas_cumprod")),
        ("cog_shift1.5.step7.fp32", ("cog", "1.5", "step7.fp32")),
    ],
)
def test_names_of_schedules_may_have_any_shift(name: str, parts: tuple[str, str, str]) -> None:
    assert scheduler_parts(name) == parts
