"""A shot as VOID sees it: every frame read once and brought to the model's size, on the disk.

A long 4K shot does not fit into memory, and at the model's size it is still a gigabyte; it lies in
a file that is mapped, and goes to the VAE in small chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from void_studio.errors import VoidError
from void_studio.progress import CancelToken
from void_studio.quadmask.bits import Bytes
from void_studio.remove.conform import Box, Plan, frame_box, levels, picture, plan, union_box
from void_studio.remove.protocol import RemoveRequest
from void_studio.remove.void.run.checkpoint import Checkpoints
from void_studio.remove.void.run.preview import latent_starts, small
from void_studio.remove.void.sampling.passes import CHUNK, Conditions, Encoder, encode_conditions
from void_studio.remove.void.sees import Floats, condition
from void_studio.remove.void.settings import VoidSettings

KEEP = 255

_IMAGE_NOISE_STREAM = 1 << 32
"""Added to the seed of the image noise: no seed that can be set gives the same numbers."""

Tell = Callable[[int, int], None]
"""Told how many frames of how many are done."""


def planned(
    request: RemoveRequest, settings: VoidSettings, cancel: CancelToken
) -> tuple[Plan, tuple[int, ...]]:
    """The conform plan of a request, and the plate indices on which anything is marked.

    Raises:
        VoidError: nothing is marked, or a mask cannot be read.
        Cancelled: the token was set.
    """
    shape = request.plate.read(request.frames[0]).shape
    boxes: dict[int, Box] = {}
    for index in range(request.frames[0], request.frames[1] + 1):
        cancel.check()
        found = request.quadmask(index)
        box = None if found is None else frame_box(found)
        if box is not None:
            boxes[index] = box
    made = plan((shape[1], shape[0]), request.frames, union_box(boxes.values()), settings)
    return made, tuple(boxes)


class Clip:
    """Pictures and levels of all frames of a plan at the model's size.

    Attributes:
        plan: What was planned.
        pictures: float32 (count, height, width, 3), 0 to 1, mapped.
        levels: uint8 (count, height, width), grey levels as files have them, mapped.
    """

    def __init__(self, plan: Plan, pictures: NDArray[np.float32], levels: Bytes) -> None:
        self.plan = plan
        self.pictures = pictures
        self.levels = levels

    @classmethod
    def read(
        cls,
        plan: Plan,
        request: RemoveRequest,
        edges: str,
        store: Checkpoints,
        tell: Tell,
        cancel: CancelToken,
    ) -> Clip:
        """Reads the plate, or what an earlier run has read.

        Args:
            edges: The setting ``mask_edges``.
            store: Where it lies until ``drop``.
        """
        pictures, greys = store.array("pictures"), store.array("levels")
        if pictures is not None and greys is not None:
            return cls(plan, pictures, greys)
        width, height = plan.size
        pictures = store.new_array("pictures", (plan.count, height, width, 3), np.float32)
        greys = store.new_array("levels", (plan.count, height, width), np.uint8)
        for at in range(plan.count):
            cancel.check()
            index = plan.frames[0] + at
            pictures[at] = picture(plan, request.plate.read(index))
            marked = request.quadmask(index)
            greys[at] = KEEP if marked is None else levels(plan, marked, edges)
            tell(at + 1, plan.count)
        store.finish_array("pictures", pictures)
        store.finish_array("levels", greys)
        return cls(plan, pictures, greys)

    @staticmethod
    def drop(store: Checkpoints) -> None:
        """Frees the disk of what ``read`` put there."""
        store.drop_array("pictures")
        store.drop_array("levels")

    def encoded(
        self,
        vae: Encoder,
        three_levels: bool,
        image_noise_seed: int | None,
        tell: Tell,
        cancel: CancelToken,
    ) -> Conditions:
        """The latents of the mask and of the picture, padded as planned.

        Args:
            three_levels: Whether *affected* keeps a level of its own, or is removed.
            image_noise_seed: Seed of the noise on the picture, for networks that were trained with
                it (``add_noise_in_inpaint_model``); None for others.

        Raises:
            VoidError: latents are infinite or no numbers.
            Cancelled: the token was set.
        """
        noise = None
        if image_noise_seed is not None:
            noise = torch.Generator().manual_seed(_IMAGE_NOISE_STREAM + image_noise_seed)
        padded = self.plan.padded
        done = 0

        def counted(parts: Iterator[Tensor]) -> Iterator[Tensor]:
            nonlocal done
            for part in parts:
                cancel.check()
                yield part
                done += part.shape[2]
                tell(done, 2 * padded)

        video, mask = counted(self._video_parts()), counted(self._mask_parts())
        made = encode_conditions(vae, video, mask, padded, three_levels, noise)
        if not bool(made.joined().isfinite().all()):
            raise VoidError(
                "The VAE gave numbers that are none",
                "Its weights are damaged, or this machine computes wrongly",
                "Check them with: void-studio weights verify base --checksums",
            )
        return made

    def small_pictures(self) -> Floats:
        """What each latent of the clip stands for, float32 (n, height / 8, width / 8, 3)."""
        starts = [at - self.plan.frames[0] for at in latent_starts(self.plan)]
        ends = [*starts[1:], self.plan.count]
        means = [
            small(np.asarray(self.pictures[begin:end].mean(axis=0)))
            for begin, end in zip(starts, ends, strict=True)
        ]
        return np.stack(means)

    def _parts(self) -> Iterator[list[int]]:
        places = [index - self.plan.frames[0] for index in self.plan.sources]
        for begin in range(0, len(places), CHUNK):
            yield places[begin : begin + CHUNK]

    def _mask_parts(self) -> Iterator[Tensor]:
        """As loaded, float32 (1,1,t,H,W): 1 remove to 0 keep."""
        for places in self._parts():
            yield torch.from_numpy(condition(self.levels[places]))[None, None]

    def _video_parts(self) -> Iterator[Tensor]:
        """float32 (1,3,t,H,W), 0 to 1."""
        for places in self._parts():
            yield torch.from_numpy(self.pictures[places]).permute(3, 0, 1, 2)[None]
