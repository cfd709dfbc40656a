"""The minimum cut and the joining of two tracks."""

from __future__ import annotations

import numpy as np

from tests.segment.scenes import disc, overlap, texture
from void_studio.segment.classical.cut import minimum_cut
from void_studio.segment.classical.fuse import PackedFound, fused
from void_studio.segment.classical.palette import Palette, features
from void_studio.segment.classical.view import View
from void_studio.segment.classical.walk import Found


class TestCut:
    def test_the_cut_follows_strong_evidence(self) -> None:
        truth = disc((80, 60), 40, 30, 15)
        evidence = np.where(truth, 6, -6).astype(np.float32)
        flat = np.zeros((60, 80, 2), np.uint8)
        assert np.array_equal(minimum_cut(evidence, flat, 1.0), truth)

    def test_the_cut_smooths_weak_evidence(self) -> None:
        truth = disc((160, 120), 80, 60, 35)
        noise = np.random.default_rng(0).normal(0, 2, truth.shape)
        evidence = (np.where(truth, 1, -1) + noise).astype(np.float32)
        found = minimum_cut(evidence, np.zeros((120, 160, 2), np.uint8), 5.0)
        assert ((evidence > 0) ^ truth).mean() > 0.25
        assert (found ^ truth).mean() < 0.02

    def test_the_cut_prefers_the_pictures_edges(self) -> None:
        truth = disc((80, 60), 40, 30, 15)
        evidence = np.where(disc((80, 60), 40, 30, 12), 5, 0).astype(np.float32)
        evidence[~disc((80, 60), 40, 30, 19)] = -5
        guide = np.where(truth, 200, 50).astype(np.uint8)
        found = minimum_cut(evidence, np.dstack([guide, guide]), 3.0)
        assert (found ^ truth).sum() < 0.03 * truth.sum()

    def test_what_is_decided_stays(self) -> None:
        evidence = np.full((20, 30), -3, np.float32)
        decided = np.zeros((20, 30), np.uint8)
        decided[5:8, 5:8] = 2
        found = minimum_cut(evidence, np.zeros((20, 30, 2), np.uint8), 1.0, decided)
        assert found.sum() == 9

    def test_one_sided_evidence_needs_no_cut(self) -> None:
        flat = np.zeros((4, 5, 2), np.uint8)
        assert minimum_cut(np.ones((4, 5), np.float32), flat, 1.0).all()
        assert not minimum_cut(-np.ones((4, 5), np.float32), flat, 1.0).any()


def test_the_surer_and_nearer_side_wins() -> None:
    palette_source = features(texture(0, (80, 60), (120, 120, 120)))
    view = View(texture(0, (80, 60), (120, 120, 120)), Palette(palette_source.reshape(-1, 4)))
    left, right = disc((80, 60), 25, 30, 12), disc((80, 60), 55, 30, 12)
    forward, backward = Found(left, 0.9), Found(right, 0.9)
    assert overlap(fused(view, forward, backward, 0.1).mask, left) > 0.9
    assert overlap(fused(view, forward, backward, 0.9).mask, right) > 0.9
    assert overlap(fused(view, Found(left, 0.0), backward, 0.5).mask, right) > 0.9
    agreed = fused(view, forward, Found(left, 0.7), 0.5)
    assert 0.7 < agreed.confidence < 0.9
    assert fused(view, forward, backward, 0.5).confidence < 0.6
    packed = PackedFound.pack(forward)
    assert np.array_equal(packed.unpack().mask, left)
