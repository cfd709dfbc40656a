"""One frame refilled: near samples first, the clean plate for the rest, no seam at the matte."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from void_studio.remove.clean_plate.background import Background
from void_studio.remove.clean_plate.behind import with_what_moved
from void_studio.remove.clean_plate.frames import Box, Mask
from void_studio.remove.clean_plate.grain import Grain
from void_studio.remove.clean_plate.membrane import membrane, seam_correction
from void_studio.remove.clean_plate.near import Near, Values
from void_studio.remove.clean_plate.tracks import Tracks
from void_studio.remove.composite import largest
from void_studio.remove.protocol import Picture


def ring_width(size: tuple[int, int]) -> int:
    """Pixels of plate around a matte that a filling is fitted to: 6 at 720 lines."""
    return max(3, round(min(size) / 120))


@dataclass(frozen=True)
class Refiller:
    """What refilling the frames of one scene needs.

    Attributes:
        near: The frames around the one that is refilled.
        tracks: Of what moves past the background.
        backgrounds: The scene's clean plates.
        grain: The noise to put back.
        samples: How many samples of a pixel are combined.
        ring: Pixels of plate around a matte that a filling is fitted to.
    """

    near: Near
    tracks: Tracks
    backgrounds: list[Background]
    grain: Grain
    samples: int
    ring: int

    def refill(self, index: int, plate: Picture, hole: Mask, box: Box) -> tuple[Picture, float]:
        """``plate`` of rectangle ``box`` with ``hole`` refilled.

        Also returns how far filling and plate are typically apart around the hole, in 8-bit
        levels; 0 if no other frame shows what is around it.

        Args:
            plate: (h, w, 3), the rectangle of frame ``index``.
            hole: bool (h, w), what to refill.
        """
        full = self.near.full
        unit = full / 255.0
        around = _widened(hole, self.ring) & ~hole
        source = plate.astype(np.float32)
        filling = self.near.filling(index, hole | around, box, self.samples)
        afar = self._clean_plate(index, box)
        filling = with_what_moved(self.near, self.tracks, index, source, hole, box, filling, afar)
        seam = around & filling.known
        correction = seam_correction(source - filling.colours, seam, self.ring / 2, unit)
        filled = filling.colours + correction
        result = np.where(hole[..., None], filled, source)
        unknown = hole & ~filling.known
        if unknown.any():
            result = self._with_rest(result, unknown, hole | around, afar)
        apart = largest(np.abs(source - filled)[seam]) / unit
        noise = float(np.median(apart)) if len(apart) else 0.0
        lost = np.where(filling.known, filling.lost, np.float32(1.0))
        result += self.grain.of(index, lost)
        result = np.rint(np.clip(result, 0.0, full)).astype(plate.dtype)
        return np.where(hole[..., None], result, plate), noise

    def _clean_plate(self, index: int, box: Box) -> Values | None:
        """The clean plate as frame ``index`` sees it at ``box``; None if it needs none."""
        for background in self.backgrounds:
            if background.part.first <= index <= background.part.last:
                reference = background.part.reference
                motion = self.near.scene.to_target(reference, index)
                seen = background.seen_from(motion, box).astype(np.float32)
                return self.near.exposure(reference, index).applied(seen, self.near.full)
        return None

    def _with_rest(self, picture: Values, hole: Mask, trusted: Mask, afar: Values | None) -> Values:
        """``picture`` with ``hole`` filled from the clean plate, fitted to what is ``trusted``."""
        seam = _widened(hole, self.ring) & ~hole & trusted
        if afar is None:
            # Slivers that small masks did not show: their surroundings, spread over them.
            smooth = membrane(picture, seam.astype(np.float32))
            return np.where(hole[..., None], smooth, picture)
        correction = seam_correction(picture - afar, seam, self.ring / 2, self.near.full / 255.0)
        return np.where(hole[..., None], afar + correction, picture)


def _widened(mask: Mask, pixels: int) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)
