"""Masks follow their objects."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.segment.scenes import Scene, overlap, texture
from void_studio.errors import Cancelled, VoidError
from void_studio.progress import CancelToken
from void_studio.segment.protocol import Direction, SegmentSession, TrackedFrame
from void_studio.segment.registry import get_segmenter
from void_studio.shot.document import Prompt


def clicked(scene: Scene, *frames: int) -> SegmentSession:
    """A session with the disc's centre clicked on some frames."""
    session = get_segmenter().open(scene)
    for frame in frames:
        x, y = scene.place(frame)
        session.set_prompts("disc", frame, [Prompt(frame=frame, x=x, y=y)])
    return session


def tracked(
    session: SegmentSession, last: int, first: int = 0, direction: Direction = Direction.BOTH
) -> dict[int, TrackedFrame]:
    frames = list(session.track("disc", (first, last), direction))
    assert len({frame.index for frame in frames}) == len(frames)
    return {frame.index: frame for frame in frames}


def test_a_moving_object_is_followed_both_ways() -> None:
    scene = Scene(lambda index: (60 + 12 * index, 90 + 3 * index), count=14)
    frames = tracked(clicked(scene, 6), 13)
    assert sorted(frames) == list(range(14))
    for index, frame in frames.items():
        assert overlap(frame.mask, scene.truth(index)) > 0.93, index
        assert frame.confidence > 0.8, index
    assert frames[6].confidence == 1.0


def test_an_object_faster_than_flow_is_followed() -> None:
    scene = Scene(lambda index: (40 + 40 * index, 100), count=6, radius=20)
    frames = tracked(clicked(scene, 0), 5)
    assert min(overlap(frames[index].mask, scene.truth(index)) for index in frames) > 0.9


def test_the_camera_may_move() -> None:
    scene = Panned(lambda index: (60 + 8 * index, 100), count=8)
    frames = tracked(clicked(scene, 0), 7)
    assert min(overlap(frames[index].mask, scene.truth(index)) for index in frames) > 0.93


class Panned(Scene):
    """The ground moves left by 12 pixels a frame."""

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        wide = texture(5, (self.size[0] + 200, self.size[1]), (90, 120, 90))
        self._ground = wide[:, 12 * index : 12 * index + self.size[0]]
        return super().read_rgb8(index, size)


def test_an_object_may_come_nearer() -> None:
    scene = Nearing(lambda _: (150, 100), count=10)
    frames = tracked(clicked(scene, 0), 9)
    assert min(overlap(frames[index].mask, scene.truth(index)) for index in frames) > 0.9


class Nearing(Scene):
    """The disc grows by two pixels a frame."""

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        self.radius = 24 + 2 * index
        side = 2 * self.radius + 1
        near = cv2.resize(texture(2, (61, 61), (190, 90, 70)), (side, side))
        self._disc = np.asarray(near, np.uint8)
        return super().read_rgb8(index, size)

    def truth(self, index: int) -> NDArray[np.bool_]:
        self.radius = 24 + 2 * index
        return super().truth(index)


def test_an_object_that_leaves_is_gone() -> None:
    scene = Scene(lambda index: (220 + 16 * index, 100), count=13)
    frames = tracked(clicked(scene, 0), 12)
    for index, frame in frames.items():
        if scene.truth(index).sum() > 1000 or not scene.truth(index).any():
            assert overlap(frame.mask, scene.truth(index)) > 0.9, index
    assert not frames[12].mask.any()


def test_before_it_entered_there_is_nothing() -> None:
    scene = Scene(lambda index: (-120 + 20 * index, 100), count=12)
    frames = tracked(clicked(scene, 10), 11)
    assert not frames[0].mask.any()
    assert not frames[3].mask.any()
    assert overlap(frames[8].mask, scene.truth(8)) > 0.9


def test_a_partly_hidden_object_comes_out_whole() -> None:
    scene = Scene(lambda index: (60 + 12 * index, 100), count=16, post=(140, 170))
    frames = tracked(clicked(scene, 0), 15)
    hidden = frames[8]
    assert overlap(hidden.mask, scene.truth(8)) > 0.7
    assert hidden.confidence < frames[2].confidence - 0.2
    assert overlap(frames[15].mask, scene.truth(15)) > 0.93


def test_a_hidden_object_is_lost_and_found_again() -> None:
    scene = Scene(lambda index: (60 + 12 * index, 100), count=19, post=(130, 205))
    frames = tracked(clicked(scene, 0), 18)
    assert not frames[9].mask.any()
    assert frames[9].confidence < 0.2
    assert overlap(frames[18].mask, scene.truth(18)) > 0.93
    assert frames[18].confidence > 0.7


def test_confidence_drops_when_the_shot_cuts() -> None:
    class Cut(Scene):
        def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> np.ndarray:
            picture = super().read_rgb8(index, size)
            return picture if index < 4 else np.ascontiguousarray(255 - picture[:, ::-1])

    scene = Cut(lambda index: (100 + 4 * index, 100), count=8)
    frames = tracked(clicked(scene, 0), 7)
    assert frames[3].confidence > 0.8
    assert max(frames[index].confidence for index in (4, 5, 6, 7)) < 0.5


def test_two_marked_frames_are_joined() -> None:
    scene = Scene(lambda index: (60 + 12 * index, 100), count=18, post=(140, 195))
    frames = tracked(clicked(scene, 0, 17), 17)
    assert sorted(frames) == list(range(18))
    for index in (*range(8), *range(13, 18)):
        assert overlap(frames[index].mask, scene.truth(index)) > 0.9, index


def test_a_painted_mask_leads_the_track() -> None:
    scene = Scene(lambda index: (100 + 8 * index, 100), count=6)
    session = clicked(scene, 0)
    half = scene.truth(5)
    half[:100] = False
    session.set_mask("disc", 5, half)
    frames = tracked(session, 5)
    assert np.array_equal(frames[5].mask, half)
    assert overlap(frames[4].mask, half) > overlap(frames[1].mask, half)


def test_marked_as_absent_is_absent() -> None:
    scene = Scene(lambda index: (100 + 8 * index, 100), count=5)
    session = clicked(scene, 0)
    session.set_mask("disc", 4, np.zeros((200, 320), bool))
    frames = tracked(session, 4)
    assert not frames[4].mask.any()
    assert overlap(frames[2].mask, scene.truth(2)) > 0.9


def test_directions_and_ranges() -> None:
    scene = Scene(lambda index: (80 + 6 * index, 100), count=12)
    session = clicked(scene, 5)
    assert sorted(tracked(session, 11, direction=Direction.FORWARD)) == list(range(5, 12))
    assert sorted(tracked(session, 11, direction=Direction.BACKWARD)) == list(range(6))
    beyond = tracked(session, 10, first=8)
    assert sorted(beyond) == [8, 9, 10]
    assert overlap(beyond[10].mask, scene.truth(10)) > 0.93


def test_frames_come_as_they_are_ready() -> None:
    scene = Scene(lambda index: (80 + 6 * index, 100), count=12)
    frames = clicked(scene, 0).track("disc", (0, 11))
    scene.reads.clear()
    assert next(frames).index == 0
    assert next(frames).index == 1
    assert max(scene.reads) <= 3


def test_cancel_stops_between_frames() -> None:
    scene = Scene(lambda index: (80 + 6 * index, 100), count=12)
    cancel = CancelToken()
    frames = clicked(scene, 0).track("disc", (0, 11), cancel=cancel)
    next(frames)
    next(frames)
    cancel.cancel()
    scene.reads.clear()
    with pytest.raises(Cancelled):
        next(frames)
    assert not scene.reads


def test_objects_do_not_mix() -> None:
    scene = Scene(lambda index: (80 + 6 * index, 100), count=3)
    session = clicked(scene, 0)
    session.set_mask("other", 0, np.zeros((200, 320), bool))
    assert tracked(session, 2)[2].mask.any()
    session.forget("disc")
    with pytest.raises(VoidError, match="clicked"):
        session.track("disc", (0, 2))
    session.close()


def test_forgetting_a_frame_leaves_the_others() -> None:
    scene = Scene(lambda index: (80 + 6 * index, 100), count=3)
    session = clicked(scene, 0, 2)
    session.forget("disc", 2)
    assert tracked(session, 2)[2].confidence < 1.0


@pytest.mark.parametrize(
    ("frames", "why"), [((0, 3), "no frame 3"), ((-1, 2), "no frame -1"), ((2, 1), "before")]
)
def test_ranges_outside_the_plate_are_explained(frames: tuple[int, int], why: str) -> None:
    session = clicked(Scene(lambda _: (100, 100), count=3), 0)
    with pytest.raises(VoidError, match=why):
        session.track("disc", frames)


def test_a_mask_of_another_size_is_explained() -> None:
    session = get_segmenter().open(Scene(lambda _: (100, 100), count=3))
    with pytest.raises(VoidError, match="320x201 pixels, the plate 320x200"):
        session.set_mask("disc", 0, np.zeros((201, 320), bool))
