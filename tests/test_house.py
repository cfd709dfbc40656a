"""The promises of the house that no single room can keep."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODELS = ("torch", "torchvision", "diffusers", "transformers", "sam2", "google.genai")
BELOW_THE_WINDOW = ("quadmask", "media", "shot", "segment", "remove", "worker", "hosts", "demo")

# Spelled so that this file does not contain what it forbids.
FORBIDDEN_TEXT = {
    "a package registry": re.compile(r"pypi\.|pythonhosted|registry\.npmjs|/simple/|artifactory"),
    "a path of one machine": re.compile(r"/work/(?!\w*\.)|/home/\w+/|/Users/\w+/|/root/"),
}


def modules_loaded_by(statement: str) -> set[str]:
    """The names in ``sys.modules`` after a fresh interpreter ran ``statement``."""
    program = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def every_module_of(package: str) -> str:
    """A statement that imports all modules below ``void_studio.package``."""
    return (
        f"import importlib, pkgutil, void_studio.{package} as room\n"
        "for found in pkgutil.walk_packages(room.__path__, room.__name__ + '.'):\n"
        "    if not found.name.endswith('__main__'): importlib.import_module(found.name)"
    )


@pytest.mark.parametrize("statement", ["import void_studio.cli", every_module_of("app")])
def test_the_application_loads_no_model_library(statement: str) -> None:
    assert modules_loaded_by(statement).isdisjoint(MODELS)


@pytest.mark.parametrize("room", BELOW_THE_WINDOW)
def test_nothing_below_the_window_loads_qt(room: str) -> None:
    loaded = modules_loaded_by(every_module_of(room))
    assert f"void_studio.{room}" in loaded
    assert not {name for name in loaded if name.split(".")[0] == "PySide6"}


def test_the_command_line_starts_without_qt() -> None:
    assert "PySide6" not in modules_loaded_by("import void_studio.cli")


def test_no_tracked_text_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is not a checkout")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if not path.is_file() or path == Path(__file__):
            continue
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for what, pattern in FORBIDDEN_TEXT.items():
            found = pattern.search(data.decode("utf-8", errors="replace"))
            assert found is None, f"{name} names {what}: {found.group() if found else ''}"
