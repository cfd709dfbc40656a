"""What is written over the sides: which is which, and where there is room to say so."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from void_studio.app.viewer.compare import Compare, WipeLine
from void_studio.app.viewer.marks import Corner

_ROOM = 480
"""A plate that is narrower in the view, logical pixels, leaves its labels the whole width."""


def texts(
    shown: Compare, a: str, b: str, line: WipeLine, gain: float, share: float
) -> list[tuple[str, Corner]]:
    """The labels, each with its corner.

    Args:
        a, b: What the sides are, in words.
        line: The wipe.
        gain: How much a difference is exaggerated.
        share: How much of B a blend holds, 0 to 1.
    """
    if shown is Compare.A:
        return [(a, Corner.TOP_LEFT)]
    if shown is Compare.B:
        return [(b, Corner.TOP_RIGHT)]
    if shown is Compare.SIDE_BY_SIDE:
        return [(a, Corner.TOP_LEFT), (b, Corner.TOP_RIGHT)]
    if shown is Compare.DIFFERENCE:
        text = f"Difference of {a} and {b}, {gain:.3g}\N{MULTIPLICATION SIGN}"
        return [(text, Corner.TOP_LEFT)]
    if shown is Compare.BLEND:
        percent = round(share * 100)
        return [
            (f"{a}  {100 - percent} %", Corner.TOP_LEFT),
            (f"{b}  {percent} %", Corner.TOP_RIGHT),
        ]
    return list(zip((a, b), Corner.across(line.normal), strict=True))


def room(
    shown: Compare, corner: Corner, plate: QRectF, pane: tuple[float, float], offset: float
) -> QRectF:
    """Where a label has room: over the plate, in its half where there are two. Logical pixels.

    Args:
        plate: Where the plate is in a pane.
        pane: (width, height); all of it is taken where the plate is too narrow.
        offset: Where the label's half begins side by side.
    """
    area = QRectF(0, 0, *pane) if plate.width() < _ROOM else QRectF(plate)
    area.translate(offset, 0)
    if shown in (Compare.WIPE, Compare.BLEND):
        middle = area.center().x()
        if corner.left:
            area.setRight(middle)
        else:
            area.setLeft(middle)
    return area
