"""Following an object frame by frame away from one marked frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.segment.classical.colour import ColourMaps, log_odds
from void_studio.segment.classical.cut import minimum_cut
from void_studio.segment.classical.fields import (
    Plane,
    Window,
    extrapolate,
    is_inside,
    length,
    look_up,
    positions,
    window_around,
)
from void_studio.segment.classical.find import find, jump_between
from void_studio.segment.classical.memory import GroundMemory
from void_studio.segment.classical.motion import (
    UNKNOWN,
    Flows,
    Layers,
    differences_to,
    layers_from,
    likeness,
)
from void_studio.segment.classical.reference import Match, Reference
from void_studio.segment.classical.regions import (
    shifted,
    softened,
    supported_parts,
    touches_border,
    with_small_holes_filled,
)
from void_studio.segment.classical.view import View

# Log odds of the kinds of evidence. Shape leads; colour and motion decide at the edge.
_SHAPE = 2.5
_REFERENCE = 2.5
_OUTSIDE = 0.4  # of that, for "not on the object as it was marked" where the ground has changed
_COLOUR_LIMIT = 4.0
_MOTION_LIMIT = 2.5
_UNCOVERED = 3.0
_FAR = 4.0
_NOISE = 6.0  # Lab steps by which a wrong motion must be worse to be worth one log odd
_SMOOTHNESS = 3.0
_SPECK = 0.02
_HOLE = 0.1  # of the mask's area; what shows inside a marked object belongs to it up to this size

_MARGIN = 64.0  # working pixels looked at around the object, at most, and 32 more
_LOST = 0.35  # confidence below which nothing is claimed
_REMAINS = 0.05  # of the marked area; less than this is not worth following
_PARTING = 0.25  # of the marked area; an object at the edge with less of it seen is leaving
_LEFT = 0.8  # the most confidence in "it left the picture"
_RECOGNISED = 0.6  # likeness and confidence from which a lost object counts as found again
_NEVER_SEEN = 0.4  # how far an object that looks like nothing marked can be believed


@dataclass(frozen=True)
class Found:
    """The object on one frame at the working size.

    Attributes:
        mask: (H, W) bool.
        confidence: 0..1.
        shift: x, y by which it moved from the frame before, pixels.
    """

    mask: NDArray[np.bool_]
    confidence: float
    shift: tuple[float, float] = (0.0, 0.0)


class Walk:
    """Carries a mask from frame to frame in one direction."""

    def __init__(self, view: View, mask: NDArray[np.bool_]) -> None:
        """Starts at a marked frame: its view and its mask at the working size."""
        self._flows = Flows()
        self._first_view, self._first_mask = view, mask
        self._area = int(mask.sum())
        self._reach = max(24.0, 0.35 * float(np.sqrt(self._area)))
        self._restart()

    def _restart(self) -> None:
        """As if the marked frame were the one before the next."""
        self._view, self._mask = self._first_view, self._first_mask
        self._reference = Reference(self._view, self._mask, self._reach)
        self._memory = GroundMemory(self._view, self._mask)
        self._support = softened(self._mask)
        self._velocity = np.zeros(2, np.float32)
        # "Not here" on one frame says nothing about the next.
        self._last = Found(self._mask, 1.0 if self._area else 0.0)

    def step(self, new: View, following: View | None) -> Found:
        """Goes to the next frame. ``following`` is the one after it, if there is one."""
        if self._last.mask.any():
            jump = jump_between(self._flows, self._view, self._mask, new, self._velocity)
            found = self._judged(self._follow(new, following, jump))
        else:
            found = self._recovered(new, following)
        if found.mask.any():
            self._velocity = np.array(found.shift, np.float32)
        self._view, self._last = new, found
        return found

    def _judged(self, found: Found) -> Found:
        """The same, or nothing where too little is left to be sure of."""
        if found.confidence >= _LOST and found.mask.sum() >= _REMAINS * self._area:
            return found
        confidence = min(self._last.confidence, _LEFT) if self._was_leaving() else 0.0
        return Found(np.zeros_like(found.mask), confidence)

    def _was_leaving(self) -> bool:
        """Whether the object's motion took it over the picture's edge."""
        mask = self._last.mask
        if not touches_border(mask):
            return False
        seen = int(mask.sum())
        staying = int(shifted(mask, self._velocity).sum())
        return seen < _PARTING * self._area or staying < seen / 2

    def _recovered(self, new: View, following: View | None) -> Found:
        """Looks for the object as it was marked anywhere in the picture."""
        reach = float(max(new.shape))
        still = np.zeros(2, np.float32)
        sighting = find(self._first_view, self._first_mask, new, still, reach)
        if sighting is not None and sighting.likeness > _RECOGNISED:
            kept = self._view, self._mask, self._last
            self._restart()
            found = self._follow(new, following, sighting.shift)
            if found.confidence > _RECOGNISED and found.mask.sum() > self._area / 2:
                return Found(found.mask, found.confidence)
            self._view, self._mask, self._last = kept
        return Found(np.zeros(new.shape, bool), self._last.confidence)

    def _follow(self, new: View, following: View | None, jump: NDArray[np.float32] | None) -> Found:
        margin = round(32 + min(self._reach, _MARGIN))
        window = window_around(_also_shifted(self._mask, jump), margin)
        if window is None:
            return Found(np.zeros(new.shape, bool), 0.0)
        part = window.slices
        layers = layers_from(self._flows, new, self._view, self._mask, window, jump)
        where = positions(window) + layers.subject
        came_in = ~is_inside(where, new.shape)
        inside = look_up(softened(self._mask), where)
        match = self._reference.follow(self._flows, new, layers, inside, window)
        colour = self._colour(new, layers, match, window)
        motion = self._motion(new, following, layers, inside, came_in, window)
        # An object cut off by the picture's edge goes on beyond it; other things may be there too.
        unseen = np.where(inside > 0.5, 0.8, 0.3)
        shape = _SHAPE * (2 * inside - 1) * np.where(came_in, unseen, 1 - 0.4 * match.likeness)
        known = np.maximum(match.likeness, _OUTSIDE * (match.inside < 0.5) * match.visible)
        shape += _REFERENCE * (2 * match.inside - 1) * known
        evidence = shape + np.where(came_in, 0.3, 1.0) * colour + motion
        evidence -= _UNCOVERED * match.squashed
        evidence -= _too_far(inside, layers) * ~came_in
        cut = minimum_cut(evidence.astype(np.float32), new.guide[part], _SMOOTHNESS)
        mask = np.zeros(new.shape, bool)
        cut = supported_parts(cut, match.likeness * match.inside, _SPECK)
        mask[part] = with_small_holes_filled(cut, match.inside > 0.5, _HOLE)
        confidence = self._confidence(new, layers, match, colour, inside, mask[part], window)
        self._support = np.zeros(new.shape, np.float32)
        self._support[part] = match.likeness * match.inside
        self._memory.learn(new, mask, window)
        self._mask = mask
        moved = -np.median(layers.subject[mask[part]], axis=0) if mask.any() else (0.0, 0.0)
        return Found(mask, confidence, (float(moved[0]), float(moved[1])))

    def _colour(self, new: View, layers: Layers, match: Match, window: Window) -> Plane:
        part = window.slices
        entries = new.entries[part]
        # What the reference does not confirm teaches little, or one mistake would feed itself.
        trust = 0.3 + 0.7 * self._support[part]
        recent = ColourMaps(
            self._view.entries[part], softened(self._mask)[part], trust, self._reach
        )
        corner = np.array([window.left, window.top], np.float32)
        where = positions(window) + layers.subject - corner
        odds = 0.5 * log_odds(recent.probability(entries, where), _COLOUR_LIMIT)
        odds += 0.5 * log_odds(self._reference.colour(entries, match), _COLOUR_LIMIT)
        return np.asarray(cv2.blur(odds, (3, 3)), np.float32)

    def _motion(
        self,
        new: View,
        following: View | None,
        layers: Layers,
        inside: Plane,
        came_in: NDArray[np.bool_],
        window: Window,
    ) -> Plane:
        """Which of the two motions explains each pixel better, before or after this frame."""
        as_subject = differences_to(new, self._view, layers.subject, window)
        as_ground = differences_to(new, self._view, layers.ground, window)
        # Where the object was in the way, the frame before says nothing about the background.
        hidden = look_up(softened(self._mask), positions(window) + layers.ground) > 0.3
        as_ground[hidden] = UNKNOWN
        self._memory.move(layers.ground, window)
        remembered = np.minimum(as_ground, self._memory.differences(new, window))
        if following is not None:
            onward = self._flows.between(new, following)[window.slices]
            subject = extrapolate(onward, layers.trusted_subject + 1e-6 * inside)
            ground = extrapolate(onward, layers.trusted_ground + 1e-6)
            as_subject = np.minimum(as_subject, differences_to(new, following, subject, window))
            as_ground = np.minimum(as_ground, differences_to(new, following, ground, window))
        as_ground = np.minimum(as_ground, remembered)
        comparable = (as_subject < UNKNOWN) & (as_ground < UNKNOWN)
        odds = np.clip((as_ground - as_subject) / _NOISE, -_MOTION_LIMIT, _MOTION_LIMIT)
        # What just came in over the edge is the object if it hides the background known there.
        hides = np.clip((remembered - _NOISE) / _NOISE, -1.5, _MOTION_LIMIT)
        hides *= remembered < UNKNOWN
        return np.where(came_in, hides, odds * comparable).astype(np.float32)

    def _confidence(
        self,
        new: View,
        layers: Layers,
        match: Match,
        colour: Plane,
        inside: Plane,
        mask: NDArray[np.bool_],
        window: Window,
    ) -> float:
        expected = inside > 0.5
        if not mask.any() or not expected.any():
            return 0.0
        where = positions(window) + layers.subject
        same = likeness(new.lab[window.slices], look_up(self._view.lab, where))
        explained = float(np.maximum(same, match.likeness)[mask].mean())
        coloured = float((colour > 0)[mask].mean())
        kept = float((mask & expected).sum() / (mask | expected).sum())
        known = float((match.likeness * match.inside)[mask].mean())
        familiar = _NEVER_SEEN + (1 - _NEVER_SEEN) * min(1.0, 2 * known)
        return float(np.clip(explained * coloured * kept * familiar, 0, 1) ** 0.5)


def _also_shifted(mask: NDArray[np.bool_], jump: NDArray[np.float32] | None) -> NDArray[np.bool_]:
    if jump is None:
        return mask
    return mask | shifted(mask, jump)


def _too_far(inside: Plane, layers: Layers) -> Plane:
    """Evidence against pixels farther from the moved mask than an object changes in a frame."""
    away = cv2.distanceTransform((inside < 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    reach = 8 + 0.5 * length(layers.subject - layers.ground)
    return np.asarray(np.clip(away / reach - 1, 0, _FAR), np.float32)
