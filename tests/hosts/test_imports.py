"""What is imported when: window and command line pay for no server, the worker for no Qt."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVER = {"starlette", "uvicorn", "httpx", "anyio", "h11", "httpcore"}


def loaded_by(statement: str) -> set[str]:
    """Top-level names in ``sys.modules`` after a fresh interpreter ran ``statement``."""
    program = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    command = [sys.executable, "-c", program]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "void_studio.hosts.local",
        "void_studio.hosts.doctor",
        "void_studio.worker.jobs",
        "void_studio.worker.lane",
    ],
)
def test_no_server_is_loaded_before_it_is_needed(module: str) -> None:
    assert loaded_by(f"import {module}").isdisjoint(SERVER | {"PySide6", "torch"})


def test_the_service_loads_no_decoder() -> None:
    statement = "import void_studio.worker.__main__, void_studio.worker.service"
    assert loaded_by(statement).isdisjoint({"av", "PySide6", "httpx", "torch"})
