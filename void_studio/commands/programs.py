"""The application, ``demo``, ``bench`` and ``doctor``."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from void_studio.commands.outcome import Outcome
from void_studio.errors import VoidError
from void_studio.hosts.doctor import Check, check_display, check_qt_libraries, examine


def application(options: argparse.Namespace) -> Outcome:
    path: Path | None = options.path
    if path is not None and not os.path.lexists(path):
        raise VoidError(f"There is no file or folder {path}", "", "Check the name")
    _check_windows()
    from void_studio.app.main import run

    return Outcome(code=run(path))


def demo(options: argparse.Namespace) -> Outcome:
    if options.headless is None:
        _check_windows()
        from void_studio.app.main import run

        return Outcome(code=run(demo=True))
    from void_studio.demo.headless import run_headless

    def say(text: str) -> None:
        print(text, file=sys.stderr if options.json else sys.stdout, flush=True)

    return Outcome(run_headless(options.headless, say).as_dict())


def bench(options: argparse.Namespace) -> Outcome:
    _check_windows()
    from void_studio.app.bench import run_bench

    facts: dict[str, Any] = run_bench(options.clip, as_json=options.json)
    return Outcome(facts)


def doctor(options: argparse.Namespace) -> Outcome:
    checks = [*examine(), _check_screen()]
    lines = []
    for check in checks:
        lines.append(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.detail}")
        if not check.ok and check.remedy:
            lines.append(f"      {check.remedy}")
    healthy = all(check.ok for check in checks)
    facts = {"ok": healthy, "checks": [asdict(check) for check in checks]}
    return Outcome(facts, "\n".join(lines), 0 if healthy else 1)


def _check_screen() -> Check:
    """What the viewer is drawn with. Always healthy: without OpenGL there is raster."""
    try:
        from void_studio.app.main import name_application
        from void_studio.app.screen_choice import description

        name_application()
        return Check("Viewer", True, description())
    except ImportError as error:
        return Check("Viewer", True, f"not known without Qt ({error})")


def _check_windows() -> None:
    """Raises VoidError where Qt would end the process because it can show no window."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return
    checks = [check_display()]
    if not os.environ.get("WAYLAND_DISPLAY"):
        checks.append(check_qt_libraries())
    for check in checks:
        if not check.ok:
            why = f"{check.name}: {check.detail}"
            raise VoidError("The window cannot be shown", why, check.remedy)
