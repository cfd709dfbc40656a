"""Frames as artists write them: numbers, steps and timecode."""

from __future__ import annotations

import re
from fractions import Fraction


def timecode(index: int, rate: Fraction) -> str:
    """Frame ``index`` as HH:MM:SS:FF from zero, non-drop, at the nominal (rounded) rate."""
    nominal = max(1, round(rate))
    seconds, frames = divmod(index, nominal)
    minutes, seconds = divmod(seconds, 60)
    digits = len(str(nominal - 1))
    hours = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return f"{hours}:{frames:0{max(2, digits)}}"


def parse_frame(text: str, current: int, first_number: int, rate: Fraction) -> int | None:
    """The plate index that an artist asks for.

    ``1021`` is a frame number, ``+5`` and ``-10`` are steps from here, ``00:00:01:08`` and shorter
    forms such as ``1:08`` are timecode from the first frame of the plate.

    Args:
        current: The plate index now.

    Returns:
        An index that may be outside of the plate; None if the text is none of these.
    """
    text = text.strip()
    if re.fullmatch(r"[+-]\d{1,9}", text):
        return current + int(text)
    if re.fullmatch(r"\d{1,9}", text):
        return int(text) - first_number
    if re.fullmatch(r"\d{1,4}([:;.]\d{1,4}){1,3}", text):
        *clock, frames = (int(part) for part in re.split("[:;.]", text))
        seconds = 0
        for part in clock:
            seconds = seconds * 60 + part
        return seconds * max(1, round(rate)) + frames
    return None
