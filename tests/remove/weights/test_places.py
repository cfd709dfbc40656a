"""Where weights are looked for, and in which order; and their identity."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.remove.void.tiny import BASE_REPOSITORY, VOID_REPOSITORY, make_models
from tests.remove.weights.hub import COMMIT
from void_studio.errors import VoidError
from void_studio.remove.void.sees import Pass
from void_studio.remove.weights.catalogue import BASE, PASS_1
from void_studio.remove.weights.find import find_void
from void_studio.remove.weights.identity import identity_of
from void_studio.remove.weights.places import (
    folder_of,
    folder_to_mend,
    hub_cache,
    looking_first_in,
    own_folder,
)

OTHER = "f" * 40


def cached(cache: Path, models: Path, commit: str = COMMIT) -> None:
    """Puts models into a cache of the Hub as huggingface_hub does: snapshots of links to blobs."""
    for repository in (VOID_REPOSITORY, BASE_REPOSITORY):
        root = cache / f"models--{repository.replace('/', '--')}"
        blobs = root / "blobs"
        blobs.mkdir(parents=True, exist_ok=True)
        for path in (models / repository).rglob("*"):
            if path.is_file():
                name = path.relative_to(models / repository)
                blob = blobs / f"{commit}-{'-'.join(name.parts)}"
                shutil.copy(path, blob)
                link = root / "snapshots" / commit / name
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(os.path.relpath(blob, link.parent))
        (root / "refs").mkdir(exist_ok=True)
        (root / "refs" / "main").write_text(commit)


def test_nothing_anywhere_is_an_error_that_says_how_to_get_it() -> None:
    with pytest.raises(VoidError) as caught:
        find_void(Pass.ONE)
    assert str(own_folder()) in caught.value.why
    assert "void-studio weights get base" in caught.value.remedy


def test_weights_in_the_home_are_found(tiny: Path) -> None:
    shutil.copytree(tiny, own_folder())
    weights = find_void(Pass.TWO)
    assert weights.checkpoint == own_folder() / VOID_REPOSITORY / "void_pass2.safetensors"
    base = own_folder() / BASE_REPOSITORY
    assert weights.transformer_config == base / "transformer" / "config.json"
    assert (weights.vae, weights.scheduler) == (base / "vae", base / "scheduler")
    assert (weights.text_encoder, weights.tokenizer) == (base / "text_encoder", base / "tokenizer")


def test_named_folders_come_before_the_home_in_their_order(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        shutil.copytree(tiny, tmp_path / name)
    shutil.copytree(tiny, own_folder())
    named = os.pathsep.join(map(str, (tmp_path / "absent", tmp_path / "two", tmp_path / "one")))
    monkeypatch.setenv("VOID_STUDIO_MODELS", named)
    assert folder_of(PASS_1) == tmp_path / "two" / VOID_REPOSITORY


def test_a_folder_that_lacks_files_gives_way_to_a_complete_one(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny, tmp_path / "partial")
    (tmp_path / "partial" / BASE_REPOSITORY / "vae" / "config.json").unlink()
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tmp_path / "partial"))
    assert folder_of(BASE) == tmp_path / "partial" / BASE_REPOSITORY
    assert folder_to_mend(BASE) == tmp_path / "partial"
    shutil.copytree(tiny, own_folder())
    assert folder_of(BASE) == own_folder() / BASE_REPOSITORY


@pytest.mark.parametrize("variable", ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME"])
def test_the_cache_of_the_hub_is_found(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "cache"))
    cached(hub_cache(), tiny)
    assert find_void(Pass.ONE).checkpoint.is_relative_to(tmp_path / "cache")
    # What is damaged there is fetched into the home, which comes before it.
    assert folder_to_mend(PASS_1) == own_folder()


def test_of_two_snapshots_the_one_that_main_names_counts(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    cached(tmp_path, tiny, COMMIT)
    cached(tmp_path, tiny, OTHER)
    assert COMMIT < OTHER
    assert OTHER in str(find_void(Pass.ONE).checkpoint)


def test_identity_is_of_content_not_of_place(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {}
    for name, models in (("here", tiny), ("there", tmp_path / "there")):
        if not models.exists():
            shutil.copytree(tiny, models)
        monkeypatch.setenv("VOID_STUDIO_MODELS", str(models))
        found[name] = find_void(Pass.ONE).identity
        assert found[name] != find_void(Pass.TWO).identity
    assert found["here"] == found["there"]
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(make_models(tmp_path / "other", seed=1)))
    assert find_void(Pass.ONE).identity != found["here"]


def test_identity_sees_the_end_of_a_large_file_and_reads_little_of_it(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with open(path, "wb") as stream:
        stream.truncate(8 * 2**30)
    before = identity_of([path])
    with open(path, "r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"x")
    assert identity_of([path]) != before


def test_identity_of_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(VoidError, match="Could not read"):
        identity_of([tmp_path / "absent"])


def test_who_asks_for_work_names_folders_that_come_first(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("asked", "named"):
        shutil.copytree(tiny, tmp_path / name)
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tmp_path / "named"))
    with looking_first_in([tmp_path / "asked"]):
        assert folder_of(PASS_1) == tmp_path / "asked" / VOID_REPOSITORY
    assert folder_of(PASS_1) == tmp_path / "named" / VOID_REPOSITORY
