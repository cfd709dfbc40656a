from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from void_studio.errors import VoidError
from void_studio.shot import document as module
from void_studio.shot.document import (
    SCHEMA_VERSION,
    Marker,
    Prompt,
    Role,
    ShotDocument,
    read_document,
    write_document,
)

GOLDEN = Path(__file__).parent / "golden"


def golden(version: int) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((GOLDEN / f"shot-v{version}.json").read_bytes())
    return value


def written(folder: Path, value: object) -> Path:
    path = folder / "shot.json"
    path.write_text(json.dumps(value))
    return path


def test_every_old_version_has_a_golden_file_and_an_upgrade() -> None:
    assert {path.name for path in GOLDEN.glob("shot-*.json")} == {
        f"shot-v{version}.json" for version in range(1, SCHEMA_VERSION + 1)
    }
    assert set(module.UPGRADES) == set(range(1, SCHEMA_VERSION))


def test_golden_version_1_means_what_it_meant() -> None:
    document = read_document(GOLDEN / "shot-v1.json")
    assert document.plate.fraction == Fraction(24000, 1001)
    assert document.plate.size == (4096, 2160)
    assert document.plate.first_frame == 1001
    assert document.range == (12, 211)
    glass, reflection = document.objects
    assert glass.role is Role.REMOVE
    assert glass.prompts[1] == Prompt(frame=40, x=12.0, y=7.25, include=False)
    assert glass.confidence == {12: 1.0, 13: 0.875}
    assert reflection.name == "Réflexion 反射"
    assert not reflection.visible
    assert not reflection.role.removes
    assert document.settings["clean-plate"] == {
        "grow": 3,
        "feather": 1.5,
        "steady": True,
        "engine": None,
    }
    assert document.takes[0].frames == (12, 211)


def test_version_2_adds_what_the_mask_desk_draws() -> None:
    old, document = (read_document(GOLDEN / f"shot-v{version}.json") for version in (1, 2))
    assert (old.shapes, old.locked, old.markers) == ((), (), ())
    (shape,) = document.shapes
    assert document.shape("shape-0badcafe") is shape
    assert not shape.adds
    assert shape.keys[48][0] == (30.0, 20.5)
    assert document.locked == (20, 21)
    assert document.markers == (Marker(frame=12), Marker(frame=100, name="Lands"))
    assert document.first_number == 86400
    kept = {"shapes": (), "locked": (), "markers": (), "numbered_from": None}
    assert document.model_copy(update=kept) == old


def test_written_documents_read_back_equal(tmp_path: Path) -> None:
    document = read_document(GOLDEN / f"shot-v{SCHEMA_VERSION}.json")
    path = tmp_path / "shot.json"
    write_document(path, document)
    assert read_document(path) == document
    assert json.loads(path.read_bytes()) == golden(SCHEMA_VERSION)


def test_an_old_version_is_upgraded_step_by_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rename(data: dict[str, Any]) -> dict[str, Any]:
        data["scene_prompt"] = data.pop("old_name")
        return data

    monkeypatch.setattr(module, "SCHEMA_VERSION", 3)
    monkeypatch.setitem(module.UPGRADES, 1, rename)
    monkeypatch.setitem(module.UPGRADES, 2, lambda data: data | {"range": [0, 0]})
    old = golden(1)
    old["old_name"] = old.pop("scene_prompt")
    document = read_document(written(tmp_path, old))
    assert document.scene_prompt == "A lime falls on the table."
    assert document.range == (0, 0)
    assert document.schema_version == 3


def test_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = written(tmp_path, golden(1) | {"schema_version": SCHEMA_VERSION + 1})
    with pytest.raises(VoidError) as caught:
        read_document(path)
    assert f"version {SCHEMA_VERSION + 1}" in caught.value.why
    assert caught.value.remedy == "Update Void Studio"


@pytest.mark.parametrize(
    "changed",
    [
        {"schema_version": "1"},
        {"schema_version": True},
        {"schema_version": 0},
        {"range": [5, 2]},
        {"range": [0, 240]},
        {"plate": None},
        {"plate": golden(1)["plate"] | {"size": [0, 10]}},
        {"plate": golden(1)["plate"] | {"size": [10**9, 10**9]}},
        {"plate": golden(1)["plate"] | {"count": 10**12}},
        {"plate": golden(1)["plate"] | {"rate": "24/0"}},
        {"plate": golden(1)["plate"] | {"rate": "fast"}},
        {"objects": [golden(1)["objects"][0] | {"id": "../../etc"}]},
        {"objects": [golden(1)["objects"][0] | {"id": "a/b"}]},
        {"objects": [golden(1)["objects"][0] | {"confidence": {"1": "nan"}}]},
        {"objects": [golden(1)["objects"][0] | {"role": "keep"}]},
        {"objects": [golden(1)["objects"][0]] * 2},
        {"objects": 7},
        {"shapes": [golden(2)["shapes"][0]] * 2},
        {"shapes": [golden(2)["shapes"][0] | {"plane": "keep"}]},
        {"shapes": [golden(2)["shapes"][0] | {"frames": [9, 8]}]},
        {"shapes": [golden(2)["shapes"][0] | {"keys": {"3": [[1, 2], [3, 4]]}}]},
        {"shapes": [golden(2)["shapes"][0] | {"keys": {"3": [[1, 2], [3, 4], [5, 1e9]]}}]},
        {"locked": [3, 2]},
        {"locked": [-1]},
        {"markers": [{"frame": 3}, {"frame": 3}]},
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    path = written(tmp_path, golden(2) | changed)
    with pytest.raises(VoidError) as caught:
        read_document(path)
    assert str(path) in caught.value.what
    assert caught.value.why


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"{}", b'"shot"'])
def test_garbage_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "shot.json"
    path.write_bytes(data)
    with pytest.raises(VoidError, match="Could not read"):
        read_document(path)


def test_documents_cannot_be_changed_in_place() -> None:
    document = ShotDocument.model_validate(golden(1))
    with pytest.raises(ValueError, match="frozen"):
        document.scene_prompt = "other"  # type: ignore[misc]
