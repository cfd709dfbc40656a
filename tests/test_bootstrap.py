"""The way from a bare machine to a running program says and does the right thing at each step."""

from __future__ import annotations

import importlib.util
import io
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def bootstrap() -> ModuleType:
    """packaging/bootstrap.py as a module of its own."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "packaging/bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Calls(list[list[str]]):
    """Stands in for a function of subprocess and keeps the commands."""

    def __init__(self, failing: str = "\0") -> None:
        super().__init__()
        self._failing = failing

    def _code(self, command: list[str]) -> int:
        self.append(command)
        return 1 if any(self._failing in part for part in command) else 0

    def call(self, command: list[str], **_: object) -> int:
        return self._code(command)

    def run(self, command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, self._code(command), b"the reason", b"")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about Linux libraries")
def test_the_table_has_every_library_qt_is_linked_to(bootstrap: ModuleType) -> None:
    import PySide6

    qt = Path(PySide6.__file__).parent / "Qt"
    names = ("XcbQpa", "Gui", "Core", "DBus", "Widgets")
    binaries = [qt / "plugins/platforms/libqxcb.so", *(qt / f"lib/libQt6{n}.so.6" for n in names)]
    linked = set()
    for binary in binaries:
        linked |= set(re.findall(rb"\0(lib[\w+.-]+\.so\.\d+)(?=\0)", binary.read_bytes()))
    # On every system that runs Python, or brought by the packages of the table.
    base = (
        r"lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+|z|Qt6\w+|icu\w+|X11|xcb|gthread-2\.0|freetype)\.so"
    )
    needed = {name.decode() for name in linked if not re.match(base, name.decode())}
    optional = {"libudev.so.1", "libSM.so.6", "libICE.so.6", "libvulkan.so.1"}
    assert needed - optional <= set(bootstrap.QT_LIBRARIES)
    assert {"libxcb-icccm.so.4", "libGL.so.1", "libfontconfig.so.1"} <= needed


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about Linux libraries")
def test_the_doctor_looks_for_the_same_libraries(bootstrap: ModuleType) -> None:
    """The bootstrap runs before anything is installed, so each has a table of its own."""
    from void_studio.hosts.doctor import QT_LIBRARIES

    assert bootstrap.QT_LIBRARIES == QT_LIBRARIES


def test_only_libraries_that_cannot_be_loaded_are_missing(bootstrap: ModuleType) -> None:
    table = {"libc.so.6": "libc6", "libnowhere.so.9": "libnowhere9", "libnone.so.1": "libnowhere9"}
    assert bootstrap.missing_libraries(table) == ["libnowhere9"]


def test_without_rights_the_exact_line_is_printed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    calls = Calls()
    monkeypatch.setattr(bootstrap.subprocess, "run", calls.run)
    assert not bootstrap.install_packages(["libxcb-cursor0", "xvfb"])
    line = (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libxcb-cursor0 xvfb"
    )
    assert line in capsys.readouterr().out
    assert not calls


def test_another_linux_is_told_the_names(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    assert not bootstrap.install_packages(["libxcb-cursor0"])
    said = capsys.readouterr().out
    assert "libxcb-cursor0" in said
    assert "apt-get" not in said


@pytest.mark.parametrize(("failing", "done"), [("\0", True), ("update", False), ("xvfb", False)])
def test_root_installs_and_goes_on_when_that_fails(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, failing: str, done: bool
) -> None:
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    calls = Calls(failing)
    monkeypatch.setattr(bootstrap.subprocess, "run", calls.run)
    assert bootstrap.install_packages(["xvfb"]) is done
    assert calls[0][:3] == ["/usr/bin/apt-get", "-qq", "update"]


def test_nothing_is_installed_when_nothing_is_missing(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls()
    monkeypatch.setattr(bootstrap.subprocess, "run", calls.run)
    assert bootstrap.install_packages([])
    assert not calls


def test_packages_are_installed_again_only_when_their_list_changed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("one")
    venv = tmp_path / "venv"
    venv.mkdir()
    calls = Calls()
    monkeypatch.setattr(bootstrap.subprocess, "run", calls.run)

    def installs(extras: str) -> int:
        calls.clear()
        bootstrap.install_python_packages(extras, tmp_path, venv)
        return len(calls)

    assert installs("") == 1
    assert calls[0][-4:] == ["-c", str(tmp_path / "constraints.txt"), "-e", str(tmp_path)]
    assert installs("") == 0
    assert installs("dev") == 1
    assert installs("") == 0, "what developers have is enough to run"
    (tmp_path / "constraints.txt").write_text("two")
    assert installs("dev") == 1


def test_a_failed_installation_is_tried_again(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    monkeypatch.setattr(bootstrap.subprocess, "run", Calls("install").run)
    with pytest.raises(bootstrap.Failure, match="pip"):
        bootstrap.install_python_packages("", tmp_path, tmp_path)
    assert not bootstrap.is_installed(tmp_path, tmp_path, "")


def test_a_python_without_venv_names_the_package(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap.subprocess, "run", Calls("ensurepip").run)
    monkeypatch.setattr(bootstrap, "install_packages", lambda packages: False)
    expected = rf"apt-get install .*python{sys.version_info[0]}\.{sys.version_info[1]}-venv"
    with pytest.raises(bootstrap.Failure, match=expected):
        bootstrap.make_venv(tmp_path / "venv")


def test_a_broken_virtual_environment_is_made_again(bootstrap: ModuleType, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    python = bootstrap.venv_program("python", venv)
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    bootstrap.make_venv(venv)
    assert subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0


def test_an_old_python_is_told_so(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 8, 1))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(bootstrap.Failure, match=r"3\.11 or newer is needed; this is 3\.8\.1"):
        bootstrap.continue_with_new_python()


def test_an_old_python_hands_over_to_a_newer_one(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 8, 1))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/opt/{name}")
    calls = Calls("python3.14")
    monkeypatch.setattr(bootstrap.subprocess, "run", calls.run)
    monkeypatch.setattr(bootstrap.subprocess, "call", calls.call)
    with pytest.raises(SystemExit) as ended:
        bootstrap.continue_with_new_python()
    assert ended.value.code == 0
    assert calls[-1][0] == "/opt/python3.13", "the stand-in for 3.14 does not run"


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_a_display_is_recognised(
    bootstrap: ModuleType, environ: dict[str, str], platform: str, expected: bool
) -> None:
    assert bootstrap.has_display(environ, platform) is expected


@pytest.mark.parametrize("window", [True, False])
def test_run_opens_the_demo_or_does_it_without_a_window(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, window: bool
) -> None:
    calls = Calls()
    monkeypatch.setattr(bootstrap, "has_display", lambda environ: window)
    monkeypatch.setattr(bootstrap, "prepare", lambda extras, windows: True)
    monkeypatch.setattr(bootstrap.subprocess, "call", calls.call)
    assert bootstrap.main(["run"]) == 0
    headless = [] if window else ["--headless", str(bootstrap.HEADLESS_DEMO)]
    assert calls == [[str(bootstrap.venv_program("void-studio")), "demo", *headless]]


def test_every_check_runs_and_one_that_fails_fails_the_whole(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls("mypy")
    monkeypatch.setattr(bootstrap, "prepare", lambda extras, tests=False, windows=True: True)
    monkeypatch.setattr(bootstrap.subprocess, "call", calls.call)
    assert bootstrap.main(["test", "-q", "tests/quadmask"]) == 1
    assert len(calls) == 5
    assert calls[-1][-4:] == ["-m", "pytest", "-q", "tests/quadmask"]
    assert "Failed: mypy" in capsys.readouterr().out


def test_tests_need_windows(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "prepare", lambda extras, tests: False)
    monkeypatch.setattr(bootstrap, "has_display", lambda environ: False)
    with pytest.raises(bootstrap.Failure, match="real windows"):
        bootstrap.test([])


def test_the_benchmark_gets_a_display_of_its_own(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = []

    class Xvfb:
        stdout = io.StringIO("5\n")

        def __init__(self, command: list[str], **_: object) -> None:
            assert command[0] == "Xvfb"

        def __enter__(self) -> Xvfb:
            return self

        def __exit__(self, *_: object) -> None:
            assert ended, "the display would be waited for, for ever"

        def terminate(self) -> None:
            ended.append(True)

    def bench(command: list[str], env: dict[str, str]) -> int:
        assert command[-1] == "bench"
        assert not ended
        return 7 if env["DISPLAY"] == ":5" else 1

    monkeypatch.setattr(bootstrap, "prepare", lambda extras, tests: tests)
    monkeypatch.setattr(bootstrap, "has_display", lambda environ: False)
    monkeypatch.setattr(bootstrap.subprocess, "Popen", Xvfb)
    monkeypatch.setattr(bootstrap.subprocess, "call", bench)
    assert bootstrap.main(["bench"]) == 7
    assert ended
