"""The values of options, as text on the command line and as what they mean."""

from __future__ import annotations

import argparse
import re
from typing import NamedTuple

_POINT = re.compile(r"^(?P<x>\d+(\.\d+)?),(?P<y>\d+(\.\d+)?)@(?P<frame>\d+)(?P<out>:exclude)?$")
_SPAN = re.compile(r"^(\d+)(?:-(\d+))?$")
_MAX_DIGITS = 9
_MAX_NAME = 200


class Point(NamedTuple):
    """A click: plate pixels, and a frame that counts from 0."""

    frame: int
    x: float
    y: float
    include: bool


def point(text: str) -> Point:
    """``X,Y@FRAME``, or ``X,Y@FRAME:exclude``. Raises ArgumentTypeError."""
    found = _POINT.match(text)
    if not found or max(map(len, found.group("x", "y", "frame"))) > _MAX_DIGITS:
        raise argparse.ArgumentTypeError(f"{text!r} is not X,Y@FRAME, e.g. 640,360@0")
    return Point(int(found["frame"]), float(found["x"]), float(found["y"]), not found["out"])


def span(text: str) -> tuple[int, int]:
    """``FIRST-LAST``, or one number for both. Raises ArgumentTypeError."""
    found = _SPAN.match(text)
    if not found or len(text) > 2 * _MAX_DIGITS:
        raise argparse.ArgumentTypeError(f"{text!r} is not FIRST-LAST, e.g. 0-45")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise argparse.ArgumentTypeError(f"{text!r} ends before it begins")
    return first, last


def setting(text: str) -> str:
    """``KEY=VALUE``, as it is. Raises ArgumentTypeError."""
    key, separator, _ = text.partition("=")
    if not key.strip() or not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return text


def object_name(text: str) -> str:
    """A name that can be shown, without space around it. Raises ArgumentTypeError."""
    text = text.strip()
    if not text or not text.isprintable() or len(text) > _MAX_NAME:
        raise argparse.ArgumentTypeError(
            f"{text[:20]!r} is no name: it needs 1 to {_MAX_NAME} characters that can be shown"
        )
    return text
