"""How a picture is looked at: channels, exposure and gamma. For the eye only, never for a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

MOST_STOPS = 6.0
LEAST_GAMMA, MOST_GAMMA = 0.2, 4.0

# Rec. ITU-R BT.709-6, item 3.2: the weights of luma, on coded values.
_LUMA = np.array([[0.2126, 0.7152, 0.0722]], np.float32)


class Channels(Enum):
    """What of a picture is shown."""

    RGB = "RGB"
    RED = "Red"
    GREEN = "Green"
    BLUE = "Blue"
    LUMA = "Luma"
    ALPHA = "Alpha"


@dataclass(frozen=True)
class Look:
    """What is done to a picture before it is shown.

    Attributes:
        channels: Colour, one channel as grey, luma, or the mask as alpha.
        exposure: Stops, -6 to 6.
        gamma: 0.2 to 4; above 1 is lighter in the middle.
    """

    channels: Channels = Channels.RGB
    exposure: float = 0.0
    gamma: float = 1.0

    @property
    def neutral(self) -> bool:
        return self == NEUTRAL

    @property
    def toned(self) -> bool:
        """Whether exposure or gamma change the picture."""
        return bool(self.exposure) or self.gamma != 1

    def exposed(self, stops: float) -> Look:
        """With this exposure, to a hundredth of a stop, as far as it goes."""
        return replace(self, exposure=round(min(MOST_STOPS, max(-MOST_STOPS, stops)), 2))

    def with_gamma(self, gamma: float) -> Look:
        """With this gamma, to a hundredth, as far as it goes."""
        return replace(self, gamma=round(min(MOST_GAMMA, max(LEAST_GAMMA, gamma)), 2))

    def showing(self, channels: Channels) -> Look:
        return replace(self, channels=channels)

    def apply(self, picture: Pixels) -> Pixels:
        """RGB uint8 (h, w, 3) as it is shown, BGRA uint8 (h, w, 4) of its own.

        ``Channels.ALPHA`` shows no picture but the mask, so here it is as ``RGB``.
        """
        if self.toned:
            picture = np.asarray(cv2.LUT(picture, tone_table(self.exposure, self.gamma)), np.uint8)
        if self.channels in (Channels.RGB, Channels.ALPHA):
            return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGRA), np.uint8)
        if self.channels is Channels.LUMA:
            grey = cv2.transform(picture, _LUMA)
        else:
            place = (Channels.RED, Channels.GREEN, Channels.BLUE).index(self.channels)
            grey = cv2.extractChannel(picture, place)
        return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGRA), np.uint8)


NEUTRAL = Look()


@lru_cache(maxsize=64)
def tone_table(exposure: float, gamma: float) -> Pixels:
    """The table uint8 (256,) from coded values to those shown.

    ``out = encode(min(1, decode(in) * 2 ** exposure)) ** (1 / gamma)``, where ``decode`` and
    ``encode`` are sRGB's (IEC 61966-2-1): exposure works on light, as a stop on a lens does. Video
    that is coded for BT.709 is near enough to sRGB to be looked at.
    """
    coded = np.arange(256) / 255
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    light = np.minimum(1.0, light * 2.0**exposure)
    shown = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    table: Pixels = np.rint(shown ** (1 / gamma) * 255).astype(np.uint8)
    table.setflags(write=False)
    return table
