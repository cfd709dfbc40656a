"""The read-out: what is at a pixel of the current frame."""

from __future__ import annotations

from void_studio.app.session import Session
from void_studio.quadmask.bits import EFFECTIVE, HAND_PAINTED

_LEVELS = ("keep", "remove", "affected", "both")  # by what EFFECTIVE says


def probe_text(session: Session, at: tuple[int, int] | None) -> str:
    """Position, colour (0 to 1) and level at plate pixel ``at`` (x, y); empty for None."""
    shot = session.shot
    if at is None:
        return ""
    x, y = at
    text = f"x {x}  y {y}"
    picture = session.pictures.plate(session.index)
    if picture is not None and shot is not None:
        height, width = picture.shape[:2]
        colour = picture[y * height // shot.size[1], x * width // shot.size[0]]
        text += "   " + " ".join(f"{value / 255:.3f}" for value in colour)
    field = session.field()
    value = int(field[y, x]) if field is not None else 0
    text += f"   {_LEVELS[int(EFFECTIVE[value])]}"
    return text + " · painted" if HAND_PAINTED[value] else text
