"""``void-studio weights``: what is printed, what is asked, and the exit codes."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.remove.void.tiny import VOID_REPOSITORY
from tests.remove.weights.hub import FakeHub
from void_studio.cli import main
from void_studio.hosts.doctor import check_void_packages, check_void_weights
from void_studio.remove.weights.places import own_folder


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_the_list_says_what_is_missing_how_large_and_under_which_licence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["weights", "list", "--json"]) == 0
    parts = {part["name"]: part for part in said(capsys)["parts"]}
    assert set(parts) == {"base", "void-pass1", "void-pass2", "raft"}
    assert parts["void-pass1"]["bytes"] == 11_143_026_048
    assert parts["void-pass1"]["exact"]
    assert not parts["base"]["exact"]
    assert parts["void-pass1"]["licences"][0]["name"] == "Apache-2.0"
    names = [licence["name"] for licence in parts["base"]["licences"]]
    assert names == ["CogVideoX licence", "Apache-2.0"]
    assert {part["state"] for part in parts.values()} == {"missing"}
    assert not any("transformer/diff" in file for file in parts["base"]["files"])


def test_the_list_for_people_says_where_and_how_damaged(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny, own_folder())
    (own_folder() / VOID_REPOSITORY / "void_pass2.safetensors").write_bytes(b"")
    assert main(["weights", "list"]) == 0
    text = capsys.readouterr().out
    assert f"11.1 GB  here     {own_folder() / VOID_REPOSITORY}" in text
    assert "void_pass2.safetensors: it is empty" in text
    assert "about 10.0 GB" in text


def test_get_shows_the_licences_and_fetches_what_a_remover_needs(
    hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["weights", "get", "void-pass1", "--mirror", hub.url, "--accept-licences", "--json"]
    assert main(words) == 0
    written = capsys.readouterr()
    assert "CogVideoX licence, https://" in written.err
    assert "void-pass1, MB" in written.err
    assert [part["name"] for part in json.loads(written.out)["parts"]] == ["base", "void-pass1"]
    hub.asked.clear()
    assert main(words) == 0
    assert "licence" not in capsys.readouterr().err
    assert not hub.asked


def test_get_into_another_folder(
    hub: FakeHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["weights", "get", "base", "void-pass2", "--mirror", hub.url, "--accept-licences"]
    assert main([*words, "--to", str(tmp_path / "disk")]) == 0
    assert (tmp_path / "disk" / VOID_REPOSITORY / "void_pass2.safetensors").is_file()
    assert not own_folder().exists()
    assert f"void-pass2: {tmp_path / 'disk' / VOID_REPOSITORY}" in capsys.readouterr().out


def test_get_mends_what_is_damaged_where_it_is(
    hub: FakeHub, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    shutil.copytree(tiny, models)
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(models))
    (models / VOID_REPOSITORY / "void_pass1.safetensors").write_text("<html>")
    words = ["weights", "get", "void-pass1", "--mirror", hub.url, "--accept-licences"]
    assert main(words) == 0
    assert main(["weights", "verify", "void-pass1"]) == 0
    assert not own_folder().exists()


def test_licences_are_asked_for_on_a_terminal(
    hub: FakeHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["weights", "get", "base", "--mirror", hub.url]
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert main(words) == 1
    assert "[y/N]" in capsys.readouterr().err
    assert not hub.asked
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert main(words) == 0


def test_where_nobody_can_be_asked_licences_must_be_accepted(
    hub: FakeHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["weights", "get", "base", "--mirror", hub.url]) == 2
    assert "--accept-licences" in capsys.readouterr().err
    assert not hub.asked


@pytest.mark.parametrize("by_variable", [True, False])
def test_offline_says_what_to_copy_where(
    by_variable: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["weights", "get", "void-pass1", "--json"]
    if by_variable:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    else:
        words.append("--offline")
    assert main(words) == 1
    remedy = said(capsys)["error"]["remedy"]
    assert f"of {VOID_REPOSITORY} into {own_folder() / VOID_REPOSITORY}" in remedy


def test_offline_is_content_with_what_is_here(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny, own_folder())
    assert main(["weights", "get", "void-pass1", "--offline"]) == 0
    assert str(own_folder() / VOID_REPOSITORY) in capsys.readouterr().out


def test_verify_tells_the_damaged_and_fails(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "verify"]) == 0
    assert main(["weights", "verify", "base"]) == 1
    shutil.copytree(tiny, own_folder())
    assert main(["weights", "verify", "void-pass1", "void-pass2"]) == 0
    path = own_folder() / VOID_REPOSITORY / "void_pass1.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    capsys.readouterr()
    assert main(["weights", "verify", "--json"]) == 1
    facts = said(capsys)
    assert not facts["ok"]
    assert {part["name"]: part["ok"] for part in facts["parts"]} == {
        "base": True,
        "void-pass1": False,
        "void-pass2": True,
        "raft": False,
    }


def test_checksums_find_one_changed_bit(
    hub: FakeHub, tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny, own_folder())
    words = ["weights", "verify", "void-pass1", "--checksums", "--mirror", hub.url]
    assert main(words) == 0
    path = own_folder() / VOID_REPOSITORY / "void_pass1.safetensors"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert main(["weights", "verify", "void-pass1"]) == 0
    assert main(words) == 1
    assert "void_pass1.safetensors: it is not the file" in capsys.readouterr().out


def test_without_the_library_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["weights", "get", "raft", "--accept-licences"]) == 1
    assert "pip install 'void-studio[worker]'" in capsys.readouterr().err


def test_a_name_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "get", "sam9"]) == 2
    assert "Choose: base, void-pass1" in capsys.readouterr().err


def test_the_doctor_says_which_weights_are_here(tiny: Path) -> None:
    check = check_void_weights()
    assert check.ok
    assert "void-pass1 missing" in check.detail
    shutil.copytree(tiny, own_folder())
    (own_folder() / VOID_REPOSITORY / "void_pass1.safetensors").write_bytes(b"")
    check = check_void_weights()
    assert not check.ok
    assert "it is empty" in check.detail
    assert check.remedy == "Run: void-studio weights get void-pass1"


def test_the_doctor_minds_only_half_of_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"torch", "diffusers"}
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if name in here else None)
    assert not check_void_packages().ok
    here.clear()
    assert check_void_packages().ok
