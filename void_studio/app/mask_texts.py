"""What the Mask menu says: of which level, by how much, and on which frames."""

from __future__ import annotations

from collections.abc import Callable

from void_studio.app.tools.level import PaintLevel


def mask_texts(
    level: PaintLevel,
    where: str,
    amount: Callable[[str], int],
    locked: bool,
    before: str = "",
    after: str = "",
    beside: tuple[str, str] = ("", ""),
) -> dict[str, str]:
    """The texts of the menu's actions, by action.

    Args:
        level: What is chosen.
        where: The frames that are edited, e.g. "frames 1001–1046"; empty for this one only.
        amount: How far an edit goes, pixels: see ``MaskAmounts``.
        locked: Whether the current frame is locked.
        before, after: The part of the frames on either side; empty for the next one only.
        beside: The numbers of the previous frame and the next; empty where there is none.
    """
    what = "Mask" if level is PaintLevel.KEEP else level.value
    on = f" on {where}" if where else ""
    grow = amount("grow")
    return {
        "copy_mask": f"&Copy {what}",
        "paste_mask": f"&Paste {what}",
        "paste_through": f"Paste {what} &through {where or 'the Range'}",
        "copy_previous": f"Copy {what} from Pre&vious Frame{_one(beside[0], where)}",
        "copy_next": f"Copy {what} from &Next Frame{_one(beside[1], where)}",
        "propagate_backward": f"Propagate Painted {what} &Backward{_to(before)}",
        "propagate_forward": f"Propagate Painted {what} &Forward{_to(after)}",
        "grow": f"&Grow {what} by {grow} px{on}",
        "shrink": f"&Shrink {what} by {grow} px{on}",
        "smooth": f"S&mooth {what} over {amount('smooth')} px{on}",
        "fill_holes": f"Fill &Holes of {what}{on}",
        "remove_specks": f"Clear Spec&ks of {what} under {amount('specks')} px{on}",
        "invert": f"&Invert {what}{on}",
        "to_grid": f"Snap {what} to G&rid{on}",
        "affected_to_grid": f"Snap Affecte&d to Grid{on}",
        "clear_frame": f"C&lear {what} on {where or 'this Frame'}",
        "back_to_tracked": f"Take {what} Back t&o Tracked{on}",
        "lock_frame": f"{'Unlock' if locked else 'Lock'} {where or 'Fram&e'}",
    }


def _one(number: str, where: str) -> str:
    """Which frame is copied to many others."""
    return f"{f' ({number})' if number else ''}{_to(where)}" if where else ""


def _to(where: str) -> str:
    return f" to {where}" if where else ""
