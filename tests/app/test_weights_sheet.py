"""The window of the weights: what is listed, fetched, stopped, and said when it fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QProgressBar, QPushButton

from tests.app.conftest import Hand
from tests.patience import PATIENCE_S
from void_studio.app import weights_fetcher
from void_studio.app.weights_sheet import WeightsSheet
from void_studio.errors import VoidError
from void_studio.progress import CancelToken, Reporter
from void_studio.remove.weights.catalogue import Part

LEFT = Qt.MouseButton.LeftButton


class Fetches:
    """Stands for the Hub: each fetch waits until it is let go on, or is cancelled."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.go = threading.Event()
        self.error: VoidError | None = None

    def __call__(
        self, part: Part, folder: Path, reporter: Reporter, cancel: CancelToken, mirror: str | None
    ) -> Path:
        self.asked.append((part.name, mirror))
        reporter.progress(2500, 10_000, part.name)
        for _ in range(int(PATIENCE_S / 0.01)):
            cancel.check()
            if self.go.wait(0.01):
                break
        if self.error is not None:
            raise self.error
        return folder


@pytest.fixture
def fetches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Fetches]:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tmp_path / "none"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    made = Fetches()
    monkeypatch.setattr(weights_fetcher, "fetch", made)
    yield made
    made.go.set()


@pytest.fixture
def sheet(fetches: Fetches, hand: Hand) -> WeightsSheet:
    hand.window.run_desk.show_weights()
    made = hand.window.findChild(WeightsSheet)
    assert isinstance(made, WeightsSheet)
    hand.wait(lambda: "32.3 GB are missing" in texts(made))
    return made


def texts(sheet: WeightsSheet) -> str:
    return "\n".join(label.text() for label in sheet.findChildren(QLabel) if label.isVisible())


def button(sheet: WeightsSheet, name: str) -> QPushButton:
    return next(
        b for b in sheet.findChildren(QPushButton) if name in (b.accessibleName(), b.text())
    )


def only(sheet: WeightsSheet, kind: type[Any], name: str) -> Any:
    return next(w for w in sheet.findChildren(kind) if w.accessibleName() == name)


def test_every_part_is_listed_with_its_size_and_licence(sheet: WeightsSheet) -> None:
    said = texts(sheet)
    for words in ("11.1 GB", "about 10.0 GB", "Apache-2.0", "CogVideoX licence", "BSD-3-Clause"):
        assert words in said
    assert said.count("Not here") == 4


def test_a_part_is_fetched_with_progress_and_can_be_stopped(
    sheet: WeightsSheet, fetches: Fetches, hand: Hand
) -> None:
    QTest.keyClicks(only(sheet, QLineEdit, "Mirror"), "https://mirror.example")
    QTest.mouseClick(button(sheet, "Get VOID Pass 1: the transformer"), LEFT)
    bar = only(sheet, QProgressBar, "Progress of fetching")
    hand.wait(lambda: (bar.value(), bar.maximum()) == (2500, 10_000))
    assert "void-pass1: 2.50 of 10.00 GB" in texts(sheet)
    assert fetches.asked == [("void-pass1", "https://mirror.example")]
    QTest.mouseClick(button(sheet, "Cancel"), LEFT)
    hand.wait(lambda: not hand.window.studio.fetcher.under_way)
    assert not bar.isVisible()
    assert "32.3 GB are missing" in texts(sheet)


def test_all_are_fetched_one_after_the_other(
    sheet: WeightsSheet, fetches: Fetches, hand: Hand
) -> None:
    fetches.go.set()
    QTest.mouseClick(button(sheet, "Get All That Is Missing"), LEFT)
    hand.wait(lambda: len(fetches.asked) == 4)
    hand.wait(lambda: not hand.window.studio.fetcher.under_way)
    assert len({name for name, _ in fetches.asked}) == 4


def test_a_failure_is_said_and_ends_it(sheet: WeightsSheet, fetches: Fetches, hand: Hand) -> None:
    fetches.error = VoidError("Could not fetch it", "No network", "Try again")
    fetches.go.set()
    QTest.mouseClick(button(sheet, "Get All That Is Missing"), LEFT)
    hand.wait(lambda: "Could not fetch it" in texts(sheet))
    assert len(fetches.asked) == 1


def test_offline_nothing_is_fetched(sheet: WeightsSheet, hand: Hand) -> None:
    box = sheet.findChildren(QCheckBox)[0]
    box.click()
    assert hand.window.studio.fetcher.offline
    assert not button(sheet, "Get All That Is Missing").isEnabled()
    box.click()
    assert button(sheet, "Get All That Is Missing").isEnabled()
