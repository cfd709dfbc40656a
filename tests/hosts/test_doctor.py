"""The doctor finds what is there, and knows a remedy for what is not."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from void_studio.hosts import doctor
from void_studio.hosts.start import stop_worker
from void_studio.worker.address import find_worker
from void_studio.worker.home import worker_folder


def test_this_machine_is_examined_and_the_worker_leaves_no_trace(
    private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**11))
    loaded = set(sys.modules)
    checks = {check.name: check for check in doctor.examine()}
    for name in ("Python", "Packages", "Home", "Encoders", "Worker", "GPU (optional)"):
        assert checks[name].ok, checks[name]
    assert "starts and answers" in checks["Worker"].detail
    assert find_worker(worker_folder(private_home)) is None
    assert "torch" not in set(sys.modules) - loaded
    stop_worker(private_home)


def test_missing_libraries_come_with_the_line_that_installs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setitem(doctor.QT_LIBRARIES, "libnone-such.so.7", "libnone-such7")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    check = doctor.check_qt_libraries()
    assert not check.ok
    assert check.remedy.startswith("Run: apt-get install -y --no-install-recommends ")
    assert check.remedy.endswith(" libnone-such7")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "sudo apt-get" in doctor.check_qt_libraries().remedy


def test_a_display_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7")
    assert doctor.check_display().detail == "DISPLAY=:7"
    monkeypatch.delenv("DISPLAY")
    assert not doctor.check_display().ok
    assert "--headless" in doctor.check_display().remedy


def test_packages_and_encoders_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("numpy", "none_such"))
    assert "none_such" in doctor.check_packages().detail
    monkeypatch.setattr(doctor, "ENCODERS", ("libx264", "none_such"))
    check = doctor.check_encoders()
    assert (check.ok, check.detail) == (False, "missing: none_such")


def test_a_home_that_cannot_hold_jobs_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    checks = {check.name: check for check in doctor.examine(blocked)}
    assert not checks["Home"].ok
    assert checks["Home"].remedy
    assert not checks["Worker"].ok
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**6))
    check = doctor.check_home(tmp_path)
    assert not check.ok
    assert "0.0 GB free" in check.detail


def test_too_little_memory_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    little = SimpleNamespace(available=10**9, total=2 * 10**9)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: little)
    assert not doctor.check_memory().ok
    assert doctor.check_memory().detail == "1.0 of 2.0 GB available"


def test_gpus_are_asked_of_nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'Some GPU, 24576 MiB, 570.1'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert "Some GPU, 24576 MiB" in doctor.check_gpu().detail
    program.write_text("#!/bin/sh\nexit 9\n")
    assert "does not answer" in doctor.check_gpu().detail
    monkeypatch.setenv("PATH", "")
    check = doctor.check_gpu()
    assert (check.ok, check.detail) == (True, "no NVIDIA GPU")


def test_a_check_that_breaks_is_a_line_of_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> doctor.Check:
        raise RuntimeError("unplugged")

    monkeypatch.setattr(doctor, "check_cores", broken)
    monkeypatch.setattr(doctor, "check_worker", lambda home: doctor.Check("Worker", True, ""))
    checks = {check.name: check for check in doctor.examine()}
    assert not checks["Cores"].ok
    assert "unplugged" in checks["Cores"].detail
