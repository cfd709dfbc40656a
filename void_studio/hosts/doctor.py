"""Everything a run needs on this machine, checked; each line with what to do about it."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from void_studio.errors import VoidError
from void_studio.home import home_folder

PACKAGES = (
    "PySide6.QtWidgets",
    "av",
    "numpy",
    "cv2",
    "zstandard",
    "pydantic",
    "starlette",
    "uvicorn",
    "httpx",
    "platformdirs",
    "psutil",
)
VOID_PACKAGES = (
    "torch",
    "diffusers",
    "transformers",
    "safetensors",
    "sentencepiece",
    "huggingface_hub",
)
ENCODERS = ("libx264", "prores_ks", "ffv1", "mjpeg")

# What Qt's xcb plugin loads that no wheel brings, and the Debian packages they are in.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libzstd.so.1": "libzstd1",
}

MIN_FREE_BYTES = 2 * 10**9
MIN_MEMORY_BYTES = 4 * 10**9
_GPU_QUERY_S = 5.0


@dataclass(frozen=True)
class Check:
    """One line of the doctor's report.

    Attributes:
        name: What was looked at.
        ok: Whether it is as a run needs it. What is optional and absent is ok.
        detail: What was found.
        remedy: What to do about it; read it only when it is not ok.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(home: Path | None = None) -> list[Check]:
    """All checks in the order of their dependence. Starts the worker of ``home``, then ends it
    again if it did not run before. Never raises: what fails is a line of the report.
    """
    checks: dict[str, Callable[[], Check]] = {
        "Python": check_python,
        "Packages": check_packages,
        "Qt libraries": check_qt_libraries,
        "Display": check_display,
        "Home": lambda: check_home(home),
        "Memory": check_memory,
        "Cores": check_cores,
        "Encoders": check_encoders,
        "Worker": lambda: check_worker(home),
        "GPU (optional)": check_gpu,
        "VOID packages (optional)": check_void_packages,
        "VOID weights (optional)": check_void_weights,
    }
    return [_safely(name, check) for name, check in checks.items()]


def check_python() -> Check:
    version = platform.python_version()
    return Check(
        "Python",
        sys.version_info >= (3, 11),
        version,
        "Install Python 3.11 or later, then: make run",
    )


def check_packages() -> Check:
    missing = []
    for name in PACKAGES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            missing.append(f"{name} ({error})")
    detail = f"cannot be imported: {'; '.join(missing)}" if missing else "all import"
    return Check("Packages", not missing, detail, "Run: make run, which installs what is missing")


def check_qt_libraries() -> Check:
    """Whether the libraries that Qt needs for windows can be loaded."""
    if sys.platform != "linux":
        return Check("Qt libraries", True, "part of the system")
    missing = [package for library, package in QT_LIBRARIES.items() if not _loads(library)]
    remedy = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if not missing:
        return Check("Qt libraries", True, f"all {len(QT_LIBRARIES)} load")
    if os.geteuid() != 0:
        remedy = f"sudo {remedy}"
    return Check("Qt libraries", False, f"missing: {', '.join(missing)}", f"Run: {remedy}")


def check_display() -> Check:
    if sys.platform != "linux":
        return Check("Display", True, "part of the system")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        if os.environ.get(name):
            return Check("Display", True, f"{name}={os.environ[name]}")
    return Check(
        "Display",
        False,
        "none: no window can be shown",
        "Log in to a desktop or use ssh -X; without a window: void-studio demo --headless DIR",
    )


def check_home(home: Path | None = None) -> Check:
    """Whether jobs can be written where they go, and how much room there is."""
    from void_studio.worker.home import jobs_folder

    folder = home or home_folder()
    jobs = jobs_folder(folder)
    try:
        with tempfile.TemporaryFile(dir=jobs) as stream:
            stream.write(b"void")
    except OSError as error:
        return Check(
            "Home",
            False,
            f"{folder} cannot be written ({error.strerror})",
            "Check its permissions, or set VOID_STUDIO_HOME to another folder",
        )
    free = shutil.disk_usage(jobs).free
    return Check(
        "Home",
        free >= MIN_FREE_BYTES,
        f"{folder}, {free / 1e9:.1f} GB free",
        f"Free some space: a job of a long 4K shot needs up to {MIN_FREE_BYTES / 1e9:.0f} GB",
    )


def check_memory() -> Check:
    import psutil

    memory = psutil.virtual_memory()
    return Check(
        "Memory",
        memory.available >= MIN_MEMORY_BYTES,
        f"{memory.available / 1e9:.1f} of {memory.total / 1e9:.1f} GB available",
        "Close other programs: 4K shots need up to 4 GB",
    )


def check_cores() -> Check:
    count = len(os.sched_getaffinity(0)) if sys.platform == "linux" else (os.cpu_count() or 1)
    return Check("Cores", count >= 2, str(count), "With one core, playback and jobs will be slow")


def check_encoders() -> Check:
    """Whether what writes exports and proxies is there."""
    import av.codec

    missing = []
    for name in ENCODERS:
        try:
            av.codec.Codec(name, "w")
        except ValueError:
            missing.append(name)
    detail = f"missing: {', '.join(missing)}" if missing else ", ".join(ENCODERS)
    return Check("Encoders", not missing, detail, "Install the av wheel from PyPI: pip install av")


def check_worker(home: Path | None = None) -> Check:
    """Whether the worker starts and answers."""
    from void_studio.hosts.local import LocalHost
    from void_studio.worker.address import find_worker
    from void_studio.worker.home import worker_folder

    with LocalHost(home) as host:
        ran = find_worker(worker_folder(host.home)) is not None
        try:
            host.start()
            address = find_worker(worker_folder(host.home))
            where = f"127.0.0.1:{address.port}" if address else "gone again"
            detail = f"{'runs' if ran else 'starts'} and answers on {where}"
            return Check("Worker", True, detail)
        finally:
            if not ran:
                host.stop()


def check_gpu() -> Check:
    """What there is for VOID to run on; clean-plate needs none of it."""
    return Check("GPU (optional)", True, _gpus() or "no NVIDIA GPU")


def check_void_packages() -> Check:
    """Whether VOID can be run: all of its packages are here, or none is, which is fine too.

    They are looked for, never imported: that takes seconds and a gigabyte.
    """
    missing = [name for name in VOID_PACKAGES if importlib.util.find_spec(name) is None]
    install = "pip install 'void-studio[worker]'"
    detail = f"missing: {', '.join(missing)}; get them with: {install}" if missing else "all here"
    some = 0 < len(missing) < len(VOID_PACKAGES)
    return Check("VOID packages (optional)", not some, detail, f"Run: {install}")


def check_void_weights() -> Check:
    """Which model weights are here; damaged ones are the only fault."""
    from void_studio.remove.weights.catalogue import PARTS
    from void_studio.remove.weights.state import states

    known = states(PARTS.values())
    said = [f"{state.part.name} {state.state}" for state in known]
    said += [f"{state.folder}: {problem}" for state in known for problem in state.problems]
    damaged = [state.part.name for state in known if state.state == "damaged"]
    remedy = f"Run: void-studio weights get {' '.join(damaged)}"
    return Check("VOID weights (optional)", not damaged, "; ".join(said), remedy)


def _gpus() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        answer = subprocess.run(
            [program, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=_GPU_QUERY_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "nvidia-smi does not answer"
    return "; ".join(answer.stdout.split("\n")).strip("; ")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _safely(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except VoidError as error:
        return Check(name, False, f"{error.what}. {error.why}".strip(), error.remedy)
    except Exception as error:
        return Check(name, False, f"{type(error).__name__}: {error}", "Please report this")
