"""What is said of a take: the remover, whether it is a draft, and how it was made."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.app.conftest import COUNT, SIZE, Hand
from void_studio.app.take_notes import facts_of
from void_studio.files import encode_png
from void_studio.shot.take import TakeRecord, write_record


def record(content_id: str) -> TakeRecord:
    return TakeRecord(
        remover="void-pass1",
        content_id=content_id,
        frames=(0, COUNT - 1),
        size=SIZE,
        settings={"quality": "draft"},
        seed=42,
        prompt="An <empty> table.",
        patches={0: (4, 6)},
        facts={
            "plan": {
                "crop": [8, 9, 120, 90],
                "size": [608, 416],
                "padded": 85,
                "windows": [[0, 22]],
            },
            "steps": 12,
            "guidance": 1.0,
            "mask_levels": 3,
            "memory": "streamed",
            "weights": "0123456789abcdef",
            "seconds": {"Denoising": 12.46},
        },
    )


def test_the_facts_are_read_out() -> None:
    lines = dict(facts_of(record("c")))
    assert lines["Quality"] == "draft (approximate)"
    assert lines["Crop"] == "120×90 at 8, 9"
    assert lines["Model size"] == "608×416"
    assert lines["Frames of the model"] == "85 in 1 window"
    assert (lines["Steps"], lines["Guidance"], lines["Seed"]) == ("12", "1", "42")
    assert (lines["Memory"], lines["Weights"]) == ("streamed", "0123456789abcdef")
    assert lines["Denoising"] == "12.5 s"


def test_facts_of_another_version_do_no_harm() -> None:
    odd = record("c").model_copy(update={"facts": {"plan": [1], "seconds": 3, "steps": {"a": [1]}}})
    assert dict(facts_of(odd))["Steps"] == "a 1"


def test_a_draft_is_called_one_wherever_takes_are_listed(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    shot = window.session.shot
    assert shot is not None
    (tmp_path / "patches").mkdir()
    patch = np.full((5, 5, 4), 255, np.uint8)
    (tmp_path / "patches" / "000000.png").write_bytes(encode_png(patch))
    write_record(tmp_path, record(shot.document.plate.content_id))
    window.session.set_take(shot.takes.adopt(tmp_path).number)
    menu, draft = window.desk.view_bar.b_menu, "VOID Pass 1 · draft (approximate)"
    hand.wait(lambda: any(draft in action.text() for action in menu.actions()))
    tips = [action.toolTip() for action in menu.actions() if draft in action.text()]
    assert all("An &lt;empty&gt; table." in tip and "Seed: 42" in tip for tip in tips)
