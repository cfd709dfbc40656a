"""The command line: what it accepts, how it ends, and what it prints."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from void_studio import __version__, cli
from void_studio.cli import COMMANDS, main
from void_studio.commands import plates
from void_studio.commands.outcome import Outcome
from void_studio.commands.progress import Progress
from void_studio.commands.values import Point, object_name, point, setting, span
from void_studio.errors import Cancelled, VoidError

ROOT = Path(__file__).parents[1]

Capture = pytest.CaptureFixture[str]


def fails_with(error: BaseException) -> Callable[[argparse.Namespace], Outcome]:
    def command(options: argparse.Namespace) -> Outcome:
        raise error

    return command


def run_in_process(*words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "void_studio", *words]
    return subprocess.run(command, cwd=ROOT, timeout=120, **options)  # type: ignore[call-overload, no-any-return]


# -- what it accepts ----------------------------------------------------------------------


def test_points() -> None:
    assert point("640,360@0") == Point(0, 640, 360, True)
    assert point("0.5,10.25@3") == Point(3, 0.5, 10.25, True)
    assert point("1,2@3:exclude") == Point(3, 1, 2, False)
    for text in ("", "1,2", "1@2", "a,b@0", "1,2@-1", "-1,2@0", "1,2@0:no", "nan,1@0", "1,2@1.5"):
        with pytest.raises(argparse.ArgumentTypeError, match="640,360@0"):
            point(text)
    with pytest.raises(argparse.ArgumentTypeError):
        point(f"1,2@{'9' * 5000}")


def test_spans() -> None:
    assert span("0-45") == (0, 45)
    assert span("7") == (7, 7)
    for text in ("", "-3", "3-", "a-b", "5-3", "1-2-3", "1" * 5000):
        with pytest.raises(argparse.ArgumentTypeError):
            span(text)


def test_settings() -> None:
    assert setting("feather=3=4") == "feather=3=4"
    for text in ("", "feather", "=3", " =3"):
        with pytest.raises(argparse.ArgumentTypeError):
            setting(text)


def test_names() -> None:
    assert object_name(" Bäll 映画 🎬 ") == "Bäll 映画 🎬"
    for text in ("", "  ", "a\nb", "a\0", "\udce9", "x" * 201):
        with pytest.raises(argparse.ArgumentTypeError):
            object_name(text)


@pytest.mark.parametrize(
    "words",
    [
        ["new", "a.mp4"],
        ["new", "-o", "b.void"],
        ["new", "a.mp4", "-o", "b.void", "--frames", "9-3"],
        ["new", "a.mp4", "b.mp4", "-o", "c.void"],
        ["import", "folder"],
        ["info"],
        ["track", "a.void"],
        ["track", "a.void", "--object", ""],
        ["track", "a.void", "--object", "Ball", "--role", "hero"],
        ["track", "a.void", "--object", "Ball", "--point", "1;2"],
        ["track", "a.void", "--object", "Ball", "--segmenter", "sam2"],
        ["run"],
        ["run", "a.void", "--remover", "void-pass9"],
        ["run", "a.void", "--set", "feather"],
        ["run", "a.void", "--set", "nonsense=1"],
        ["run", "a.void", "--set", "feather=x"],
        ["run", "a.void", "--host", "gpu"],
        ["export", "a.void"],
        ["export", "a.void", "--take", "x", "-o", "b.mp4"],
        ["export", "a.void", "--take", "1"],
        ["export", "a.void", "--quadmask", "m.mp4", "-o", "b.mp4"],
        ["export", "a.void", "--quadmask", "m.mp4", "--sequence", "folder"],
        ["job"],
        ["job", "jump"],
        ["job", "run"],
        ["job", "cancel"],
        ["doctor", "now"],
        ["demo", "--headless"],
        ["a.mp4", "b.mp4"],
        ["--nonsense"],
        ["info", "a.mp4", "--jso"],
        # Those of later work exist only when they work.
        ["reason", "a.void"],
        ["host", "list"],
        ["weights", "fetch"],
    ],
)
def test_wrong_usage(words: list[str], capsys: Capture) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1].startswith("void-studio: ")
    assert "Traceback" not in said.err
    assert main([*words, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["what"]


def test_help_names_every_command(capsys: Capture) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    listed = [line.split()[0] for line in out.splitlines() if line.startswith("    ")]
    assert [word for word in listed if word in COMMANDS] == list(COMMANDS)
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        assert f"void-studio {name}" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"void-studio {__version__}\n"


def test_json_may_come_first(capsys: Capture) -> None:
    assert main(["--json", "job", "list"]) == 0
    assert json.loads(capsys.readouterr().out) == {"jobs": []}


# -- how it ends --------------------------------------------------------------------------


def test_no_jobs(capsys: Capture) -> None:
    assert main(["job", "list"]) == 0
    assert capsys.readouterr().out == "no jobs\n"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (VoidError("It broke", "It fell", "Mend it"), "It broke. It fell. Mend it."),
        (KeyboardInterrupt(), "Stopped. It was interrupted."),
        (Cancelled(), "Stopped. It was interrupted."),
        (MemoryError(), "There is not enough memory. Close other programs and try again."),
        (
            OSError(28, "No space left on device", "/a/b"),
            "Could not use /a/b. No space left on device. Free some space or choose another disk.",
        ),
    ],
)
def test_every_failure_is_one_message(
    error: BaseException, message: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plates, "info", fails_with(error))
    assert main(["info", "a.mp4"]) == 1
    assert capsys.readouterr() == ("", f"void-studio: {message}\n")
    assert main(["info", "a.mp4", "--json"]) == 1
    said = capsys.readouterr()
    assert said.err == f"void-studio: {message}\n"
    assert said.out.count("\n") == 1
    assert set(json.loads(said.out)["error"]) == {"what", "why", "remedy"}


def test_what_nobody_foresaw_is_kept_for_who_looks_into_it(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, private_home: Path
) -> None:
    monkeypatch.setattr(plates, "info", fails_with(ZeroDivisionError("by nought")))
    assert main(["info", "a.mp4"]) == 1
    said = capsys.readouterr().err
    log = private_home / "errors.log"
    assert "ZeroDivisionError: by nought" in said
    assert "Traceback" not in said
    assert str(log) in said
    assert "Traceback" in log.read_text()
    # Where it cannot be kept either, that is no second failure.
    log.unlink()
    log.mkdir()
    assert main(["info", "a.mp4"]) == 1
    assert "Please report it." in capsys.readouterr().err


def test_a_path_that_is_not_there_opens_no_window(capsys: Capture) -> None:
    assert main(["nothing.mp4"]) == 1
    assert "There is no file or folder nothing.mp4" in capsys.readouterr().err
    assert main(["x" * 5000]) == 1
    assert "There is no file or folder" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="a display is part of other systems")
@pytest.mark.parametrize("words", [[], ["demo"], ["bench"]])
def test_without_a_display_nothing_crashes(
    words: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(words) == 1
    assert "no window can be shown" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_nobody_reads_on() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = run_in_process("job", "list", "--json", stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
def test_nowhere_to_print() -> None:
    with open("/dev/full", "wb") as full:
        ended = run_in_process("job", "list", stdout=full, stderr=subprocess.PIPE)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[0].startswith(b"void-studio: ")
    assert b"Traceback" not in ended.stderr


def test_names_that_standard_output_cannot_show(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "caf\udce9 映画"
    monkeypatch.setattr(plates, "info", lambda options: Outcome({"path": name}, name))
    assert main(["info", "a"]) == 0
    assert capsys.readouterr().out == "caf\\udce9 映画\n"
    assert main(["info", "a", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": name}
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ended = run_in_process("映画.mp4", env=environment, capture_output=True)
    assert ended.returncode == 1
    assert b"There is no file or folder" in ended.stderr


# -- what it prints -----------------------------------------------------------------------


def test_progress_says_every_tenth(capsys: Capture) -> None:
    say = Progress()
    say.progress(0, 0, "Waiting")
    for step in range(41):
        say.progress(step, 40, "Tracking")
    say.progress(0, 10, "Writing")
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[:3] == ["Tracking 0/40", "Tracking 4/40", "Tracking 8/40"]
    assert lines[-2:] == ["Tracking 40/40", "Writing 0/10"]
    assert len(lines) == 12


def test_progress_on_a_terminal_is_one_line(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    say = Progress()
    say.progress(1, 2, "Tracking")
    say.warning("mind the gap")
    say.progress(2, 2, "Tracking")
    erase = "\r\x1b[K"
    assert capsys.readouterr().err == (
        f"{erase}Tracking 1/2{erase}warning: mind the gap\n{erase}Tracking 2/2\n"
    )


# -- how quickly --------------------------------------------------------------------------


def loaded_by(*words: str) -> set[str]:
    """The packages that are loaded after a command."""
    program = (
        "import sys\nfrom void_studio.cli import main\nmain(sys.argv[1:])\n"
        "print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert ended.returncode == 0
    return set(ended.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["track", "--help"]])
def test_what_needs_nothing_loads_nothing(words: list[str]) -> None:
    assert loaded_by(*words).isdisjoint({"numpy", "cv2", "av", "pydantic", "httpx", "PySide6"})


def test_no_command_but_windows_loads_qt() -> None:
    everything = (
        "import importlib, pkgutil, sys, void_studio.commands as room\n"
        "for found in pkgutil.iter_modules(room.__path__, room.__name__ + '.'):\n"
        "    importlib.import_module(found.name)\n"
        "print('PySide6' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", everything], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert ended.stdout == "False\n", ended.stderr


def test_every_command_has_its_function() -> None:
    parser = cli.build_parser()
    found = set()
    queue = [parser]
    while queue:
        for action in queue.pop()._actions:
            if isinstance(action, argparse._SubParsersAction):
                queue += action.choices.values()
                found |= {sub.get_default("command") for sub in action.choices.values()}
    for name in filter(None, {*found, "programs:application"}):
        module, function = name.split(":")
        imported = __import__(f"void_studio.commands.{module}", fromlist=[function])
        assert callable(getattr(imported, function))
