"""The passes as removers: known by name, and plain about what they lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.remove.void.runs import Wall, removed
from void_studio.cli import build_parser
from void_studio.errors import VoidError
from void_studio.remove.registry import WITH_MODELS, get_remover, removers
from void_studio.remove.void import remover
from void_studio.remove.void.settings import Pass1Settings, Pass2Settings


def test_both_passes_are_known() -> None:
    assert get_remover("void-pass1").settings is Pass1Settings
    assert get_remover("void-pass2").settings is Pass2Settings
    assert set(removers()) == {"clean-plate"} | WITH_MODELS


def test_the_command_line_names_every_remover(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["run", "--help"])
    said = capsys.readouterr().out
    assert all(name in said for name in removers())


def test_without_weights_it_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(VoidError) as error:
        removed(Wall(2).request(), tmp_path / "a")
    assert "void-studio weights get" in error.value.remedy


def test_without_torch_it_says_what_to_install(
    tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tiny_models))
    monkeypatch.setattr(remover, "find_spec", lambda name: None if name == "torch" else object())
    with pytest.raises(VoidError, match="cannot run here") as error:
        removed(Wall(2).request(), tmp_path / "a")
    assert "torch" in error.value.why
    assert "pip install" in error.value.remedy


def test_pass_2_needs_a_take(
    tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tiny_models))
    request = replace(Wall(2).request("void-pass2"), earlier=None)
    with pytest.raises(VoidError, match="nothing to start from"):
        removed(request, tmp_path / "a")
