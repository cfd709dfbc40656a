"""What a plate is: its size, length, rate, numbering, colour and identity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from void_studio.errors import VoidError
from void_studio.files import explain

MIN_SIDE = 8  # the quadmask grid has at least 8 rows and 8 columns
MAX_SIDE = 16384
MAX_PIXELS = 16384 * 8640
MAX_COUNT = 1_000_000

_SAMPLE = 2**20
_MATRIX_NAMES = {
    0: "RGB",
    1: "BT.709",
    4: "FCC",
    5: "BT.601",
    6: "BT.601",
    7: "SMPTE 240M",
    9: "BT.2020",
}

UNSPECIFIED = 2


@dataclass(frozen=True)
class ColorTags:
    """How the stored samples encode colour; code points of ITU-T H.273, 2 meaning unspecified.

    Attributes:
        range: "limited" (16..235 at 8 bits) or "full" (0..255) YUV samples; "full" for RGB.
        matrix: Matrix coefficients: 0 RGB, 1 BT.709, 5 and 6 BT.601, 9 BT.2020, ...
        primaries: Colour primaries.
        transfer: Transfer characteristics.
    """

    range: Literal["limited", "full"] = "limited"
    matrix: int = UNSPECIFIED
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED

    def matrix_for(self, size: tuple[int, int]) -> int:
        """The matrix to decode or encode a picture of ``size`` with.

        Untagged video is BT.709 from 720 lines up and BT.601 below, as players take it.
        """
        if self.matrix != UNSPECIFIED:
            return self.matrix
        return 1 if size[1] >= 720 else 6

    def encoded(self, size: tuple[int, int]) -> ColorTags:
        """The tags to write a YUV stream of pictures of ``size`` with: nothing left to guess.

        RGB sources become limited range BT.709 or BT.601, as every player expects.
        """
        if self.matrix == 0:
            return replace(self, range="limited", matrix=ColorTags().matrix_for(size))
        return replace(self, matrix=self.matrix_for(size))

    @property
    def label(self) -> str:
        """For people, e.g. "BT.709 limited"."""
        return f"{_MATRIX_NAMES.get(self.matrix, 'untagged')} {self.range}"


RGB_TAGS = ColorTags("full", matrix=0, primaries=1, transfer=13)


@dataclass(frozen=True)
class PlateInfo:
    """The facts about a plate; all of them known once it is open.

    Attributes:
        path: The video file, or the folder of an image sequence.
        kind: "video" or "sequence".
        size: (width, height) in pixels as shown, after rotation.
        count: Number of frames.
        rate: Frames per second; the average where ``vfr``.
        first_frame: The number shown for frame 0.
        codec: The codec's or the image format's name, e.g. "h264", "png".
        pixel_format: FFmpeg's name, e.g. "yuv420p10le".
        depth: Bits per sample as stored: 8, 10, 12, 16. Deeper than 8 reads as uint16.
        color: How the samples encode colour.
        rotation: Degrees counter-clockwise that the display matrix turns the stored picture.
        sample_aspect: Width of a pixel over its height.
        vfr: Whether frames are shown for different times.
        keyframes: Number of frames that decode on their own.
        longest_gop: Most frames that depend on one keyframe; 1 where all frames are keyframes.
        content_id: Identity of the content, the same wherever the file is moved.
    """

    path: Path
    kind: Literal["video", "sequence"]
    size: tuple[int, int]
    count: int
    rate: Fraction
    first_frame: int
    codec: str
    pixel_format: str
    depth: int
    color: ColorTags
    rotation: int
    sample_aspect: Fraction
    vfr: bool
    keyframes: int
    longest_gop: int
    content_id: str

    def number(self, index: int) -> int:
        """The frame number shown to artists for frame ``index``."""
        return self.first_frame + index


def check_size(size: tuple[int, int], path: Path) -> None:
    """Refuses a picture that is too small to work on or too large to hold.

    Raises:
        VoidError: a side is under 8 or over 16384 pixels, or there are over 141 million pixels.
    """
    width, height = size
    shown = f"{width}×{height} pixels"
    if min(size) < MIN_SIDE:
        raise VoidError(
            f"{path} is too small to work on",
            f"It is {shown}",
            f"A plate needs at least {MIN_SIDE} pixels on each side",
        )
    if max(size) > MAX_SIDE or width * height > MAX_PIXELS:
        raise VoidError(
            f"{path} is too large to open",
            f"It claims to be {shown}",
            f"A plate may have up to {MAX_SIDE} pixels on a side, and 16384×8640 in all",
        )


def file_content_id(path: Path) -> str:
    """Identity of a file: BLAKE2b of its length, first MiB and last MiB.

    Raises:
        VoidError: the file cannot be read.
    """
    try:
        with open(path, "rb") as stream:
            length = stream.seek(0, 2)
            digest = hashlib.blake2b(length.to_bytes(8, "little"), digest_size=16)
            stream.seek(0)
            digest.update(stream.read(_SAMPLE))
            stream.seek(max(0, length - _SAMPLE))
            digest.update(stream.read(_SAMPLE))
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    return digest.hexdigest()
