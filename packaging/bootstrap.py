#!/usr/bin/env python3
"""From a bare machine with Python to a running program, with the standard library alone.

    python packaging/bootstrap.py run      the application on the built-in shot (`make run`)
    python packaging/bootstrap.py test     what is checked before a change lands (`make test`)
    python packaging/bootstrap.py lint     the checks without pytest
    python packaging/bootstrap.py bench    the figures of the program on this machine
    python packaging/bootstrap.py install  only what `run` installs

Each step looks at what is there and does only what is missing. What needs rights it does not have
it prints as one line to copy, and goes on as far as it can.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

# Nothing here may fail on a Python older than this before it has been said.
OLDEST = (3, 11)
NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
HEADLESS_DEMO = ROOT / "build" / "demo"

# What the Qt platform plugin libqxcb.so (PySide6 6.11) and the Qt libraries under it are linked to
# and a wheel does not carry, with the Debian and Ubuntu package that has it.
QT_LIBRARIES: dict[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libzstd.so.1": "libzstd1",
}
SOFTWARE_GL = "libgl1-mesa-dri"  # loaded by libGL at run time, so no probe finds it missing


class Failure(Exception):
    """Something this script cannot mend; its text says what to do."""


def say(text: str) -> None:
    print(f"-- {text}", flush=True)


def stop(text: str) -> NoReturn:
    print(f"\nvoid-studio: {text}", file=sys.stderr, flush=True)
    sys.exit(1)


# --- Python -------------------------------------------------------------------------------------


def continue_with_new_python() -> None:
    """Hands over to a newer Python of this machine when the one that runs is too old."""
    if sys.version_info[:2] >= OLDEST:
        return
    for name in NEWER_NAMES:
        found = shutil.which(name)
        # A version manager may have a stand-in for a Python that it does not have.
        if found and _succeeds([found, "-c", ""]):
            sys.exit(subprocess.call([found, __file__, *sys.argv[1:]]))
    have = ".".join(str(part) for part in sys.version_info[:3])
    raise Failure(
        f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {have} ({sys.executable}).\n"
        f"Install one, or name it: make run PYTHON=/path/to/python3.{OLDEST[1]}"
    )


def venv_program(name: str, venv: Path = VENV) -> Path:
    """The path of a program inside the virtual environment, on any system."""
    if os.name == "nt":
        return venv / "Scripts" / f"{name}.exe"
    return venv / "bin" / name


# --- System packages ----------------------------------------------------------------------------


def missing_libraries(table: Mapping[str, str]) -> list[str]:
    """The packages of those libraries in ``table`` that cannot be loaded, sorted."""
    missing = set()
    for soname, package in table.items():
        try:
            ctypes.CDLL(soname)
        except OSError:
            missing.add(package)
    return sorted(missing)


def missing_packages(tests: bool) -> list[str]:
    """The system packages that real windows (and ``tests``, a virtual display) still need."""
    if not sys.platform.startswith("linux"):
        return []
    packages = missing_libraries(QT_LIBRARIES)
    if "libgl1" in packages:
        packages.append(SOFTWARE_GL)
    if tests and shutil.which("Xvfb") is None:
        packages.append("xvfb")
    return packages


def install_command(packages: Sequence[str], root: bool) -> str:
    """The line that installs ``packages`` on Debian or Ubuntu."""
    sudo = "" if root else "sudo "
    names = " ".join(packages)
    return f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {names}"


def install_packages(packages: Sequence[str]) -> bool:
    """Installs system packages where this user may; otherwise prints the line that does.

    Returns:
        Whether the packages are there now.
    """
    if not packages:
        return True
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    apt = shutil.which("apt-get")
    if root and apt:
        say(f"Installing system packages: {' '.join(packages)}")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for line in (
            [apt, "-qq", "update"],
            [apt, "-qq", "install", "-y", "--no-install-recommends", *packages],
        ):
            done = subprocess.run(
                line, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
            )
            if done.returncode:
                print(done.stdout.decode(errors="replace")[-2000:], flush=True)
                say(f"That did not work ({shlex.join(line)}); going on without them")
                return False
        return True
    if apt:
        say("System packages are missing. This line installs them:")
        print(f"\n    {install_command(packages, root)}\n", flush=True)
    else:
        say("System libraries are missing. Their names on Debian and Ubuntu, for your own system:")
        print(f"\n    {' '.join(packages)}\n", flush=True)
    return False


# --- The virtual environment --------------------------------------------------------------------


def make_venv(venv: Path = VENV) -> None:
    """Makes the virtual environment when there is none that works.

    Raises:
        Failure: this Python cannot make one.
    """
    python = venv_program("python", venv)
    if python.exists():
        if _succeeds([str(python), "-m", "pip", "--version"]):
            return
        say("The virtual environment is broken; making it again")
    if not _can_make_venv():
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not install_packages([package]) or not _can_make_venv():
            raise Failure(
                "this Python cannot make virtual environments.\n"
                f"On Debian and Ubuntu: {install_command([package], root=False)}"
            )
    say(f"Making {venv}")
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)])
    if done.returncode:
        shutil.rmtree(venv, ignore_errors=True)
        raise Failure(f"could not make the virtual environment {venv}; the lines above say why")


def _can_make_venv() -> bool:
    return _succeeds([sys.executable, "-c", "import ensurepip, venv"])


def _succeeds(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


def fingerprint(root: Path, extras: str) -> str:
    """What an installation depends on: the two files that name packages, where, and for whom."""
    digest = hashlib.blake2b(digest_size=16)
    for part in ("pyproject.toml", "constraints.txt"):
        digest.update((root / part).read_bytes())
    digest.update(f"{root}\n{sys.version}\n{extras}".encode())
    return digest.hexdigest()


def is_installed(root: Path, venv: Path, extras: str) -> bool:
    """Whether the last installation into ``venv`` was this one, or the wider one for developers."""
    try:
        done = (venv / "installed.stamp").read_text().strip()
    except OSError:
        return False
    return done in {fingerprint(root, extras), fingerprint(root, "dev")}


def install_python_packages(extras: str = "", root: Path = ROOT, venv: Path = VENV) -> None:
    """Installs the program and its pinned packages, unless nothing changed since the last time.

    Raises:
        Failure: pip could not.
    """
    if is_installed(root, venv, extras):
        return
    what = f"{root}[{extras}]" if extras else str(root)
    say("Installing Python packages" + (f" (with {extras})" if extras else ""))
    pip = [str(venv_program("python", venv)), "-m", "pip", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "install", "--quiet", "-c", str(root / "constraints.txt"), "-e", what]
    )
    if done.returncode:
        raise Failure("pip could not install the packages; the lines above say why")
    (venv / "installed.stamp").write_text(fingerprint(root, extras) + "\n")


# --- Commands -----------------------------------------------------------------------------------


def has_display(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can be shown: on Linux a display must be named, elsewhere there is one."""
    if not platform.startswith("linux"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def prepare(extras: str, tests: bool = False, windows: bool = True) -> bool:
    """Everything that must be there before a command runs.

    Returns:
        Whether the system packages are complete.
    """
    make_venv()
    install_python_packages(extras)
    return install_packages(missing_packages(tests)) if windows else True


def run() -> int:
    """Opens the application on the built-in shot, or does the shot without a window."""
    window = has_display(os.environ)
    prepare("", windows=window)
    program = str(venv_program("void-studio"))
    if window:
        say("Opening the built-in shot")
        return subprocess.call([program, "demo"])
    say(f"There is no display: doing the built-in shot without a window, in {HEADLESS_DEMO}")
    return subprocess.call([program, "demo", "--headless", str(HEADLESS_DEMO)])


def checks() -> list[tuple[str, list[str]]]:
    """What is checked besides the tests: a name and a command each."""
    ruff = str(venv_program("ruff"))
    return [
        ("ruff check", [ruff, "check", "."]),
        ("ruff format", [ruff, "format", "--check", "."]),
        ("mypy", [str(venv_program("mypy"))]),
        ("lint-imports", [str(venv_program("lint-imports"))]),
    ]


def run_all(commands: Sequence[tuple[str, list[str]]]) -> int:
    """Runs every command, whatever the earlier ones said; returns 0 if all of them did."""
    failed = []
    for name, command in commands:
        say(name)
        if subprocess.call(command, cwd=ROOT):
            failed.append(name)
    if failed:
        say(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def lint() -> int:
    """Style, types and layers."""
    prepare("dev", windows=False)
    return run_all(checks())


def test(arguments: Sequence[str]) -> int:
    """Style, types, layers, and the tests with real windows."""
    complete = prepare("dev", tests=True)
    if not complete and not has_display(os.environ):
        raise Failure("the tests open real windows, and this machine can show none.")
    pytest = [str(venv_program("python")), "-m", "pytest", *arguments]
    return run_all([*checks(), ("pytest", pytest)])


def bench() -> int:
    """The figures the program promises, on this machine; without a display, in a virtual one."""
    window = has_display(os.environ)
    if not prepare("", tests=not window) and not window:
        raise Failure("the benchmark opens a real window, and this machine can show none.")
    command = [str(venv_program("void-studio")), "bench"]
    if window:
        return subprocess.call(command)
    screen = ["Xvfb", "-displayfd", "1", "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    with subprocess.Popen(screen, stdout=subprocess.PIPE, text=True) as xvfb:
        try:
            number = xvfb.stdout.readline().strip() if xvfb.stdout else ""
            return subprocess.call(command, env={**os.environ, "DISPLAY": f":{number}"})
        finally:
            xvfb.terminate()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bootstrap", description="Sets up and runs Void Studio.")
    parser.add_argument("command", choices=["install", "run", "test", "lint", "bench"])
    known, rest = parser.parse_known_args(arguments)
    if rest and known.command != "test":
        parser.error(f"unknown arguments: {' '.join(rest)}")
    continue_with_new_python()
    os.environ.pop("PYTHONHOME", None)
    if known.command == "install":
        prepare("")
        return 0
    if known.command == "test":
        return test(rest)
    return {"run": run, "lint": lint, "bench": bench}[known.command]()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        stop(str(failure))
    except KeyboardInterrupt:
        sys.exit(130)
