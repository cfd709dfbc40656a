"""What the frames of a shot carry, as lanes."""

from __future__ import annotations

import numpy as np
import pytest

from void_studio.app.timeline import Lane
from void_studio.app.timeline_lanes import confidence, counted, edited_frames, lanes
from void_studio.quadmask.store import HAS_AFFECTED, HAS_PAINTED, HAS_REMOVE
from void_studio.shot.document import (
    MaskShape,
    PlateRef,
    Prompt,
    Role,
    ShotDocument,
    ShotObject,
)

COUNT = 10
TRIANGLE = ((0.0, 0.0), (9.0, 0.0), (0.0, 9.0))


@pytest.fixture
def document() -> ShotDocument:
    plate = PlateRef(path="a.mp4", content_id="1", size=(32, 18), count=COUNT, rate="24")
    shape = MaskShape(
        id="k", name="k", plane="remove", frames=(0, 9), keys={2: TRIANGLE, 7: TRIANGLE}
    )
    other = shape.model_copy(update={"id": "l", "keys": {7: TRIANGLE}})
    return ShotDocument(plate=plate, range=(0, 9), shapes=(shape, other), locked=(3, 4))


@pytest.fixture
def item() -> ShotObject:
    clicks = tuple(Prompt(frame=frame, x=1, y=1) for frame in (5, 5, 6))
    return ShotObject(
        id="glass",
        name="glass",
        role=Role.REMOVE,
        prompts=clicks,
        confidence={1: 0.5, 8: 0.25},
    )


def flags() -> np.ndarray:
    made = np.zeros(COUNT, np.uint8)
    made[:4] |= HAS_REMOVE
    made[2:6] |= HAS_AFFECTED
    made[[1, 9]] |= HAS_PAINTED
    return made


def _lane(made: list[Lane], name: str) -> Lane:
    return next(lane for lane in made if lane.name == name)


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("remove", [0, 1, 2, 3]),
        ("affected", [2, 3, 4, 5]),
        ("painted", [1, 9]),
        ("keys", [2, 7]),
        ("clicks", [5, 6]),
        ("locked", [3, 4]),
    ],
)
def test_a_lane_is_where_the_shot_has_it(
    document: ShotDocument, item: ShotObject, name: str, frames: list[int]
) -> None:
    made = lanes(document, flags(), item)
    assert np.flatnonzero(_lane(made, name).states).tolist() == frames


def test_lanes_say_what_they_are(document: ShotDocument, item: ShotObject) -> None:
    made = lanes(document, flags(), item)
    keys, clicks, painted = (_lane(made, name) for name in ("keys", "clicks", "painted"))
    assert keys.say(int(keys.states[7])) == "2 mask keys"
    assert keys.say(int(keys.states[2])) == "1 mask key"
    assert clicks.say(int(clicks.states[5])) == "2 clicks on glass"
    assert clicks.say(0) == "no click on glass"
    assert painted.say(0) == "not painted by hand"


def test_without_an_object_there_are_no_clicks(document: ShotDocument) -> None:
    made = lanes(document, flags(), None)
    assert not _lane(made, "clicks").states.any()
    assert np.isnan(confidence(None, COUNT)).all()


def test_confidence_is_where_the_tracker_has_been(item: ShotObject) -> None:
    values = confidence(item, COUNT)
    assert values[1] == 0.5
    assert values[8] == 0.25
    assert np.isnan(values).sum() == COUNT - 2
    assert np.isnan(confidence(item, 5)).sum() == 4, "a shorter plate has fewer"


def test_edited_frames_are_painted_or_keyed(document: ShotDocument) -> None:
    assert edited_frames(document, flags()).tolist() == [1, 2, 7, 9]


def test_frames_are_counted_up_to_what_fits() -> None:
    assert counted([1, 1, 3, 12], 4).tolist() == [0, 2, 0, 1]
    assert counted([0] * 300, 1).tolist() == [255]
    assert counted([], 2).tolist() == [0, 0]
