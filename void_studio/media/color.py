"""Decoded video frames as RGB arrays, with the right matrix and range.

swscale is exact to half a level for 8-bit RGB when asked for full chroma interpolation; without
it the result is 1 to 2 levels too dark. Its 16-bit RGB output is wrong (white becomes 65280, and
it overflows), so deep YUV takes only the chroma upsampling from swscale and its matrix from here.
"""

from __future__ import annotations

from typing import Any, Literal

import cv2
import numpy as np
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.media.info import UNSPECIFIED, ColorTags

Rgb = NDArray[Any]  # (H, W, 3) uint8 or uint16

_STRIP = 128  # rows that stay in the processor's cache

_EXACT = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_SAME_SIZE = Interpolation.BILINEAR | _EXACT
_SMALLER = Interpolation.AREA | _EXACT

# ITU-T H.273 table 4: Kr and Kb by matrix code point.
_LUMA_WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}
_SWS_MATRIX = {
    0: Colorspace.ITU709,  # not used by RGB, but swscale wants one
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
}


def sws_matrix(matrix: int) -> Colorspace:
    """swscale's name for an H.273 matrix.

    Raises:
        VoidError: the matrix is not one of RGB, BT.601, BT.709, BT.2020, FCC or SMPTE 240M.
    """
    if matrix not in _SWS_MATRIX:
        raise VoidError(
            "The colour encoding of the plate is not supported",
            f"Its colour matrix has the code {matrix}",
            "Convert the plate to BT.709 or BT.2020 video, or to an image sequence",
        )
    return _SWS_MATRIX[matrix]


def depth_of(pixel_format: VideoFormat) -> int:
    """Bits per sample: the deepest component, 8 for palettes."""
    return 8 if pixel_format.has_palette else max(c.bits for c in pixel_format.components)


def tags_of(
    pixel_format: VideoFormat, color_range: int, matrix: int, primaries: int, transfer: int
) -> ColorTags:
    """The tags of a stream, with what the pixel format itself says taking precedence."""
    if pixel_format.is_rgb or pixel_format.has_palette:
        return ColorTags("full", 0, primaries, transfer)
    full = pixel_format.name.startswith("yuvj") or color_range == ColorRange.JPEG
    # Code 0 (RGB) on YUV samples is a mistake of the writer.
    known: Literal["limited", "full"] = "full" if full else "limited"
    return ColorTags(known, matrix if matrix else UNSPECIFIED, primaries, transfer)


def ycc_to_rgb(matrix: int, full: bool, depth: int, white: float) -> NDArray[np.float32]:
    """The 3x4 matrix from (Y, Cb, Cr) samples of ``depth`` bits to RGB with white at ``white``.

    Equations of ITU-T H.273 section 8.3.
    """
    kr, kb = _LUMA_WEIGHTS[matrix]
    kg = 1 - kr - kb
    unit = 2.0 ** (depth - 8)
    if full:
        luma_zero, luma_span, chroma_span = 0.0, 2.0**depth - 1, 2.0**depth - 1
    else:
        luma_zero, luma_span, chroma_span = 16 * unit, 219 * unit, 224 * unit
    linear = np.array(
        [
            [1, 0, 2 * (1 - kr)],
            [1, -2 * kb * (1 - kb) / kg, -2 * kr * (1 - kr) / kg],
            [1, 2 * (1 - kb), 0],
        ]
    )
    linear *= white / np.array([luma_span, chroma_span, chroma_span])
    offset = -linear @ np.array([luma_zero, 128 * unit, 128 * unit])
    return np.column_stack([linear, offset]).astype(np.float32)


def plane_array(frame: VideoFrame, index: int) -> NDArray[Any]:
    """One plane's samples, (H, W), uint8 or uint16; a view, valid as long as ``frame`` is."""
    plane = frame.planes[index]
    deep = ">u2" if frame.format.name.endswith("be") else "<u2"
    dtype: np.dtype[Any] = np.dtype("u1" if depth_of(frame.format) == 8 else deep)
    rows = np.frombuffer(memoryview(plane), dtype).reshape(-1, plane.line_size // dtype.itemsize)
    samples: NDArray[Any] = rows[: plane.height, : plane.width]
    return samples if dtype.isnative else samples.astype(dtype.newbyteorder("="))


def _array(frame: VideoFrame) -> Rgb:
    """An RGB frame's samples, contiguous; not copied where libav pads no rows."""
    return np.ascontiguousarray(frame.to_ndarray())


def _is_grey(frame: VideoFrame) -> bool:
    """One component, or two with alpha. swscale has its own idea of the range of grey."""
    return len(frame.format.components) <= 2 and not frame.format.has_palette


class ToRgb:
    """Turns decoded frames of one stream into RGB arrays. Not for use from two threads."""

    def __init__(self, tags: ColorTags, size: tuple[int, int]) -> None:
        """Args: ``size`` of the stored picture decides the matrix where the stream is untagged."""
        self._full = tags.range == "full"
        self._matrix = tags.matrix_for(size)
        self._sws = sws_matrix(self._matrix)
        # One converter per use: swscale sets itself up again whenever sizes or formats change.
        self._same_size = VideoReformatter()
        self._smaller = VideoReformatter()

    def native(self, frame: VideoFrame) -> Rgb:
        """The whole picture: uint8, or uint16 full scale when it is deeper than 8 bits."""
        size = (frame.width, frame.height)
        if depth_of(frame.format) == 8:
            return self.rgb8(frame, size)
        if frame.format.is_rgb:
            return _array(self._convert(frame, size, "rgb48le"))
        return self._by_matrix(frame, size, 65535)

    def rgb8(self, frame: VideoFrame, size: tuple[int, int]) -> NDArray[np.uint8]:
        """The picture at ``size`` (at most its own), averaged over areas, as uint8."""
        if frame.format.is_rgb or (depth_of(frame.format) == 8 and not _is_grey(frame)):
            return _array(self._convert(frame, size, "rgb24"))
        return self._by_matrix(frame, size, 255).astype(np.uint8, copy=False)

    def _by_matrix(self, frame: VideoFrame, size: tuple[int, int], white: int) -> Rgb:
        """Grey, or YUV deeper than 8 bits, to RGB with white at ``white``."""
        depth = depth_of(frame.format)
        matrix = ycc_to_rgb(self._matrix, self._full, depth, white)
        same = size == (frame.width, frame.height)
        if _is_grey(frame):
            luma = plane_array(frame, 0)
            if not same:
                luma = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
            planes = [luma] + [np.full_like(luma, 2 ** (depth - 1))] * 2
        elif same and "444p" in frame.format.name:
            planes = [plane_array(frame, i) for i in range(3)]
        else:
            # swscale keeps the value and moves it up: 10-bit 940 becomes 940 << 6.
            wide = self._convert(frame, size, "yuv444p16le")
            planes = [plane_array(wide, i) for i in range(3)]
            matrix[:, :3] /= 2.0 ** (16 - depth)
        return cv2.transform(cv2.merge(planes), matrix)

    def _convert(self, frame: VideoFrame, size: tuple[int, int], target: str) -> VideoFrame:
        same = size == (frame.width, frame.height)
        to_rgb = target.startswith("rgb")
        source_range = ColorRange.JPEG if self._full else ColorRange.MPEG
        return (self._same_size if same else self._smaller).reformat(
            frame,
            *size,
            format=target,
            src_colorspace=self._sws,
            dst_colorspace=self._sws,
            interpolation=_SAME_SIZE if same else _SMALLER,
            src_color_range=source_range,
            dst_color_range=ColorRange.JPEG if to_rgb else source_range,
            threads=2 if same else 1,
        )


class FromRgb:
    """Turns RGB arrays into frames for an encoder. Not for use from two threads."""

    def __init__(self, tags: ColorTags, size: tuple[int, int], pixel_format: str) -> None:
        """``tags`` are those of the stream written: a YUV matrix, and its range."""
        self._size = size
        self._format = VideoFormat(pixel_format)
        self._depth = depth_of(self._format)
        self._range = ColorRange.JPEG if tags.range == "full" else ColorRange.MPEG
        white = 65535.0 if self._depth > 8 else 255.0
        forward = ycc_to_rgb(tags.matrix_for(size), tags.range == "full", self._depth, white)
        linear = np.linalg.inv(forward[:, :3].astype(np.float64))
        self._matrix = np.column_stack([linear, -linear @ forward[:, 3]])
        self._resample = VideoReformatter()

    def frame(self, picture: Rgb) -> VideoFrame:
        """``picture``: (H, W, 3) RGB, uint8 or uint16 full scale.

        The matrix is applied here and swscale only averages chroma: its own matrix is half a
        level off for full range, and up to four 10-bit levels for 16-bit RGB.
        """
        deep = self._depth > 8
        if deep and picture.dtype == np.uint8:
            picture = picture.astype(np.uint16) * np.uint16(257)
        elif not deep and picture.dtype == np.uint16:
            picture = cv2.convertScaleAbs(picture, alpha=255 / 65535)
        if "444" in self._format.name:
            return self._filled(VideoFrame(*self._size, self._format.name), picture, 1.0)
        if not deep:
            wide = self._filled(VideoFrame(*self._size, "yuv444p"), picture, 1.0)
        else:
            # Moved up to 16 bits, which keeps what the averaging of chroma gains in precision.
            up = 2.0 ** (16 - self._depth)
            wide = self._filled(VideoFrame(*self._size, "yuv444p16le"), picture, up)
        return self._resample.reformat(
            wide,
            format=self._format.name,
            interpolation=_SAME_SIZE,
            src_color_range=self._range,
            dst_color_range=self._range,
            threads=2,
        )

    def _filled(self, frame: VideoFrame, picture: Rgb, scale: float) -> VideoFrame:
        planes = [plane_array(frame, index) for index in range(3)]
        matrix = self._matrix * scale
        for top in range(0, len(picture), _STRIP):
            rows = picture[top : top + _STRIP]
            if rows.dtype == np.uint8:
                # OpenCV's own 8-bit transform rounds the matrix to 1/1024.
                ycc = cv2.convertScaleAbs(cv2.transform(rows.astype(np.float32), matrix))
            else:
                ycc = cv2.transform(rows, matrix)
            for plane, samples in zip(planes, cv2.split(ycc), strict=True):
                plane[top : top + _STRIP] = samples
        return frame
