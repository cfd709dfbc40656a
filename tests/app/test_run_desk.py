"""The run in the real window: removers, the scene's description, the plan, and what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.app.conftest import SIZE, Hand, QuietHost, ball_at, shown_window
from void_studio.app import remover_needs, run_desk, run_plan
from void_studio.app.desk import JOBS_TAB
from void_studio.app.panels.fold import Fold
from void_studio.app.panels.run import Needs
from void_studio.app.remover_needs import needs_of
from void_studio.app.remover_rows import remover_rows, take_choices
from void_studio.app.viewer.source import Content, Source
from void_studio.quadmask.bits import Rect
from void_studio.remove.void.memory.modes import GIB, Machine
from void_studio.remove.void.sees import Pass, Shrinking
from void_studio.shot.document import TakeRef

CONFIG = {
    "num_layers": 42,
    "num_attention_heads": 48,
    "attention_head_dim": 64,
    "time_embed_dim": 512,
    "text_embed_dim": 4096,
    "patch_size": 2,
    "patch_size_t": 2,
    "in_channels": 33,
    "out_channels": 16,
    "max_text_seq_length": 226,
}
SMALL = {"size": "64x64", "context": 0.2}
"""The small clip is smaller than any size that the model was trained at."""

CPU = Machine("cpu", "", 64 * GIB, 64 * GIB, 64 * GIB)
GPU = Machine("cuda", "NVIDIA H200", 140 * GIB, 141 * GIB, 64 * GIB)


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Machine]:
    """Weights that are there, on a machine that the last of the list is."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG))
    here = [CPU]
    weights = SimpleNamespace(transformer_config=config)
    monkeypatch.setattr(run_plan, "find_void", lambda which: weights)
    monkeypatch.setattr(run_plan, "machine", lambda: here[-1])
    monkeypatch.setattr(run_desk, "needs_of", lambda remover: Needs())
    return here


def choose(hand: Hand, title: str) -> None:
    combo = only(hand, QComboBox, "Remover")
    for _ in range(combo.count()):
        QTest.keyClick(combo, Qt.Key.Key_Up)
    while combo.currentText() != title:
        QTest.keyClick(combo, Qt.Key.Key_Down)


def only(hand: Hand, kind: type[Any], name: str) -> Any:
    """The widget of that name in the panel, as soon as it is shown."""
    panel, found = hand.window.desk.run_panel, []

    def shown() -> bool:
        named = (w for w in panel.findChildren(kind) if w.accessibleName() == name)
        found[:] = [widget for widget in named if widget.isVisible()]
        return bool(found)

    hand.wait(shown)
    return found[0]


def texts(hand: Hand) -> list[str]:
    panel = hand.window.desk.run_panel
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def mark(hand: Hand) -> None:
    hand.key("C")
    hand.click(*ball_at(0))
    hand.wait(lambda: bool(hand.window.session.flags().any()))


def outlook(hand: Hand) -> run_plan.RunOutlook:
    hand.wait(lambda: hand.window.run_desk.plan.outlook is not None)
    found = hand.window.run_desk.plan.outlook
    assert found is not None
    return found


def test_there_are_three_removers_with_a_sentence_each() -> None:
    rows = remover_rows()
    assert [row.title for row in rows] == ["Clean plate", "VOID Pass 1", "VOID Pass 2"]
    assert all(row.description for row in rows)
    assert [row.described for row in rows] == [False, True, True]
    for row in rows[1:]:
        shown = [setting.key for setting in row.settings if not setting.advanced]
        assert shown[-4:] == ["quality", "steps", "seed", "memory"]
        assert "prompt" not in [setting.key for setting in row.settings]
        assert all(setting.tip for setting in row.settings)


def test_pass_2_offers_the_takes_of_pass_1() -> None:
    names = ("void-pass1", "clean-plate", "void-pass1")
    takes = [
        TakeRef(number=n, remover=name, folder="f", frames=(0, 1))
        for n, name in enumerate(names, 1)
    ]
    assert take_choices(takes) == [
        ("auto", "latest Pass 1 take (003)"),
        (3, "take 003"),
        (1, "take 001"),
    ]
    assert take_choices([]) == [("auto", "no Pass 1 take yet")]


def test_pass_2_wants_a_take_of_pass_1_first(hand: Hand, machines: list[Machine]) -> None:
    mark(hand)
    choose(hand, "VOID Pass 2")
    hand.wait(lambda: "Run Pass 1 first" in texts(hand))
    assert not only(hand, QPushButton, "Remove").isEnabled()
    choose(hand, "VOID Pass 1")
    hand.wait(lambda: only(hand, QPushButton, "Remove").isEnabled())


def test_the_description_is_the_shots_and_can_be_undone(
    hand: Hand, machines: list[Machine]
) -> None:
    shot = hand.window.session.shot
    assert shot is not None
    choose(hand, "VOID Pass 1")
    field = only(hand, QPlainTextEdit, "Scene without it")
    field.setFocus()
    QTest.keyClicks(field, "An empty table.")
    assert shot.document.scene_prompt == "", "not with every letter"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert shot.document.scene_prompt == "An empty table."
    assert hand.window.viewer.isVisible()
    shot.history.undo()
    assert field.toPlainText() == shot.document.scene_prompt == ""
    shot.history.redo()
    assert field.toPlainText() == "An empty table."


def test_what_is_typed_is_part_of_the_run(
    hand: Hand, machines: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(hand)
    choose(hand, "VOID Pass 1")
    hand.wait(lambda: only(hand, QPushButton, "Remove").isEnabled())
    shot, asked = hand.window.session.shot, []
    assert shot is not None

    def run(remover: str, settings: dict[str, Any]) -> None:
        asked.append((remover, settings["quality"], shot.document.scene_prompt))

    monkeypatch.setattr(hand.window.studio.jobs, "run_removal", run)
    QTest.keyClicks(only(hand, QPlainTextEdit, "Scene without it"), "A table.")
    hand.key("Ctrl+Return")
    assert asked == [("void-pass1", "reference", "A table.")]


def test_the_remover_is_the_one_that_was_chosen_last(
    hand: Hand, private_home: Path, qtbot: QtBot
) -> None:
    choose(hand, "VOID Pass 1")
    for again in shown_window(qtbot, private_home, QuietHost()):
        assert again.desk.run_panel.remover == "void-pass1"


@pytest.mark.parametrize("title", ["Clean plate", "VOID Pass 1", "VOID Pass 2"])
def test_a_narrow_panel_cuts_nothing_off(hand: Hand, title: str) -> None:
    choose(hand, title)
    panel = hand.window.desk.run_panel
    for fold in panel.findChildren(Fold):
        fold.set_open(True)
    page = panel.findChild(QScrollArea)
    assert page is not None
    bar = page.verticalScrollBar().sizeHint().width()
    least = hand.window.desk.tabs.minimumWidth()
    assert page.widget().minimumSizeHint().width() + bar <= least


def test_the_plan_is_shown_and_follows_mask_settings_and_machine(
    hand: Hand, machines: list[Machine]
) -> None:
    mark(hand)
    choose(hand, "VOID Pass 1")
    first = outlook(hand)
    lines = dict(first.lines)
    assert lines["Time"] == "hours, without a GPU"
    assert lines["Levels"].startswith("3")
    assert lines["Steps"] == "30"
    hand.wait(lambda: lines["Crop"] in texts(hand))

    machines.append(GPU)
    only(hand, QComboBox, "Quality").setFocus()
    QTest.keyClick(only(hand, QComboBox, "Quality"), Qt.Key.Key_Down)
    hand.wait(lambda: dict(outlook(hand).lines)["Steps"] == "12, draft (approximate)")
    assert dict(outlook(hand).lines)["Time"].startswith("about ")
    assert "H200" in dict(outlook(hand).lines)["On"]

    hand.window.session.shot.set_range(0, 5)  # type: ignore[union-attr]
    hand.wait(lambda: outlook(hand).plan.frames == (0, 5))
    hand.window.session.shot.set_range(2, 5)  # type: ignore[union-attr]
    hand.wait(lambda: hand.window.run_desk.plan.outlook is None)


def test_the_plan_follows_the_mask(hand: Hand, machines: list[Machine]) -> None:
    mark(hand)
    plan = hand.window.run_desk.plan
    plan.want("void-pass1", SMALL)
    before = outlook(hand).plan.crop
    hand.key("B")
    hand.drag((20, 20), (120, 150))
    hand.wait(lambda: outlook(hand).plan.crop != before)
    hand.window.session.undo()
    hand.wait(lambda: outlook(hand).plan.crop == before)


def test_the_crop_is_drawn_while_void_is_chosen_and_wanted(
    hand: Hand, machines: list[Machine]
) -> None:
    mark(hand)
    canvas, looks = hand.window.viewer.canvas, hand.window.studio.looks
    assert canvas.crop is None
    hand.window.run_desk.plan.want("void-pass1", SMALL)
    made = outlook(hand)
    assert not made.plan.whole_frame
    assert canvas.crop == (Rect(*made.plan.crop), "crop, seen at 64×64")
    looks.set_crop(False)
    assert canvas.crop is None
    looks.set_crop(True)
    assert canvas.crop is not None
    hand.window.desk.tabs.setCurrentIndex(JOBS_TAB)
    assert canvas.crop is None, "the run panel is out of sight"
    hand.window.desk.tabs.setCurrentIndex(0)
    assert canvas.crop is not None
    hand.window.run_desk.plan.want("clean-plate", {})
    hand.wait(lambda: hand.window.run_desk.plan.outlook is None)
    assert canvas.crop is None


def test_the_model_is_seen_as_the_run_would_have_it(hand: Hand, machines: list[Machine]) -> None:
    mark(hand)
    hand.window.run_desk.plan.want("void-pass1", SMALL)
    made = outlook(hand)
    model = hand.window.studio.looks.model
    assert (model.which, model.shrinking) == (Pass.ONE, Shrinking.PER_PLANE)
    assert (model.framing.crop, model.framing.size) == (made.plan.crop, made.plan.size)
    hand.key("M")
    assert hand.window.session.showing.a == Source(Content.MODEL)
    sights = hand.window.studio.sights
    hand.wait(lambda: sights.sight is not None)
    assert sights.sight is not None
    assert sights.sight.picture.shape == (made.plan.size[1], made.plan.size[0], 3)
    assert sights.sight.words(SIZE).startswith("Pass 1 receives")


def test_without_weights_the_panel_says_what_is_missing(
    hand: Hand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tmp_path / "none"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(remover_needs, "find_spec", lambda name: None)
    mark(hand)
    choose(hand, "VOID Pass 1")
    hand.wait(lambda: "Install PyTorch first" in texts(hand))
    lines = "\n".join(texts(hand))
    assert "VOID Pass 1 · 11.1 GB · Apache-2.0" in lines
    assert "CogVideoX licence" in lines
    hand.wait(lambda: only(hand, QWidget, "Copy the command").isVisible())
    only(hand, QWidget, "Copy the command").click()
    assert 'pip install "void-studio[worker]"' in QGuiApplication.clipboard().text()
    hand.key("Ctrl+Return")
    assert not hand.window.studio.jobs.rows()
    choose(hand, "Clean plate")
    assert only(hand, QPushButton, "Remove").isEnabled()


def test_clean_plate_needs_nothing() -> None:
    assert needs_of("clean-plate") == Needs()
    assert Needs().reason is None
    assert Needs(weights=("x",)).reason == "Get the weights first"


def test_what_is_folded_is_built_when_it_is_opened_and_kept(
    hand: Hand, machines: list[Machine]
) -> None:
    choose(hand, "VOID Pass 1")
    panel = hand.window.desk.run_panel
    assert panel.settings["window"] == 85
    shown = [w for w in panel.findChildren(QSpinBox) if w.isVisible()]
    assert "Window" not in [w.accessibleName() for w in shown]
    fold = only(hand, QWidget, "Advanced")
    QTest.mouseClick(fold, Qt.MouseButton.LeftButton)
    window = only(hand, QSpinBox, "Window")
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Down)
    assert panel.settings["window"] == 77
    window.setValue(80)
    assert panel.settings["window"] == 77, "the nearest that is allowed"
    choose(hand, "VOID Pass 2")
    assert only(hand, QSpinBox, "Window").value() == 85, "it stays open"
    choose(hand, "VOID Pass 1")
    assert panel.settings["window"] == 77
