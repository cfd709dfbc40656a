"""Pictures that are kept lie in memory of their own, and no two servers keep a copy each."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.test_cache import FakeSource, Watch
from void_studio.media.cache import FrameServer
from void_studio.media.memory import apart


@pytest.mark.parametrize("height", [1, 600, 3000])
def test_a_picture_set_apart_is_the_same_picture(height: int) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (height, 960, 3), dtype=np.uint8)
    kept = apart(picture)
    assert np.array_equal(kept, picture)
    assert (kept.shape, kept.dtype) == (picture.shape, picture.dtype)
    copied = height == 600  # one row is too small to matter, 3000 rows have their own already
    assert np.shares_memory(kept, picture) != copied


class Lender(FakeSource):
    """Hands out the picture that another server keeps."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        super().__init__(count=1)
        self.picture = picture

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        return self.picture


def test_a_picture_that_is_kept_elsewhere_is_not_copied() -> None:
    picture = np.zeros((300, 300, 3), np.uint8)
    picture.flags.writeable = False
    watch = Watch()
    server = FrameServer(lambda: Lender(picture), on_ready=watch.on_ready)
    server.want(0)
    watch.until(lambda: watch.ready == [0])
    assert server.picture(0) is picture
    server.close()
