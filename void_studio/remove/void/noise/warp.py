"""Noise that moves with a picture: the warp of "Go-with-the-Flow" (Burgert et al., 2025).

Noise lies on a grid that is finer than the latents. With every step each cell moves along the
optical flow: where several cells meet they are added, where none arrives noise is fetched from
where it came from, and copies of one cell are made independent of each other. So the noise of
every frame is white and of unit variance, and follows the picture.

Cells are one plane per channel. What goes where is the same for all channels, and is worked out
once per step (``Plan``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

WEIGHT_FLOOR = 1e-5
WEIGHT_POWER = 0.9999
"""Constants of the method: weights keep a floor and are drawn to 1 slowly."""

Foreign = Tensor | torch.Generator
"""Fresh noise: float32 (C, H, 2W), or what draws it."""


@dataclass(frozen=True)
class WarpState:
    """Noise on the fine grid.

    Attributes:
        noise: float32 (C, H, W), white, of unit variance.
        weight: float32 (H, W), more than 0, 1 on average: what a cell counts where several meet.
    """

    noise: Tensor
    weight: Tensor

    @classmethod
    def drawn(
        cls,
        channels: int,
        height: int,
        width: int,
        generator: torch.Generator,
        device: torch.device | str = "cpu",
    ) -> WarpState:
        """White noise of (C, H, W); one draw of the generator, whose device may be another."""
        shape = (channels, height, width)
        noise = torch.randn(shape, generator=generator, device=generator.device).to(device)
        return cls(noise, torch.ones(height, width, device=device))

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the grid."""
        return self.weight.shape[0], self.weight.shape[1]


@dataclass(frozen=True)
class Plan:
    """Where every cell of a grid of H x W goes in one step; places are int64, y * W + x.

    Attributes:
        target: (H*W): where a cell goes; cells that leave the grid stay, and become fresh.
        leaving: Cells that leave the grid.
        fetched: Places where nothing arrives, and that noise is fetched to.
        origin: Where it is fetched from.
        fresh: Places where nothing arrives, and whose noise would come from outside.
        shared: Cells that stay on the grid and that there are copies of.
        shared_kind: For each of these the number of its kind; copies of the same share it.
        origin_kind: For each of ``origin`` likewise.
        copies: float32: how many copies there are of a kind.
        strangers: How many cells have no origin, of those that move and those that are fetched.
    """

    size: tuple[int, int]
    target: Tensor
    leaving: Tensor
    fetched: Tensor
    origin: Tensor
    fresh: Tensor
    shared: Tensor
    shared_kind: Tensor
    origin_kind: Tensor
    copies: Tensor
    strangers: int

    @classmethod
    def of(cls, flow: Tensor, kinds: Tensor | None = None) -> Plan:
        """The plan for a flow float32 (2, H, W): x and y, in cells, from the last frame to this.

        ``kinds`` int64 (H*W) has the same number, below H*W, for cells that are copies of one
        before the step; by default none are.
        """
        height, width = flow.shape[1:]
        target, inside = _scattered(flow)
        covered = torch.zeros_like(inside)
        covered[target] = True
        bare = (~covered).nonzero().flatten()
        origin, known = _gathered(flow, bare)
        origin, fetched = origin[known], bare[known]
        if kinds is None:
            kinds = torch.arange(height * width, device=flow.device)
        of_origin = kinds[origin]
        copies = torch.bincount(torch.cat([kinds[inside], of_origin]), minlength=height * width)
        counted = copies > 1
        counted[of_origin] = True
        shared = (inside & counted[kinds]).nonzero().flatten()
        number = counted.cumsum(0) - 1
        return cls(
            size=(height, width),
            target=target,
            leaving=(~inside).nonzero().flatten(),
            fetched=fetched,
            origin=origin,
            fresh=bare[~known],
            shared=shared,
            shared_kind=number[kinds[shared]],
            origin_kind=number[of_origin],
            copies=copies[counted].float(),
            strangers=int((~inside).sum()) + height * width - len(fetched),
        )

    def applied(self, state: WarpState, foreign: Foreign) -> WarpState:
        """``state`` after the step; a generator draws (C, H, 2W) plane by plane."""
        moving = state.weight.flatten().clone()
        fetched = moving[self.origin] / self.copies[self.origin_kind]
        moving[self.shared] /= self.copies[self.shared_kind]
        moving[self.leaving] = 1 / self.strangers
        arrived = self._sum(moving)
        spread = self._sum(moving * moving).sqrt_()
        noise = torch.empty_like(state.noise)
        for channel, plane in enumerate(state.noise):
            fresh = _fresh(foreign, channel, self.size).to(plane.device)
            noise[channel] = self._moved(plane.flatten(), moving, spread, fresh)
        arrived[self.fetched] = fetched
        arrived[self.fresh] = 1 / self.strangers
        weight = (arrived / arrived.mean() + WEIGHT_FLOOR) ** WEIGHT_POWER
        return WarpState(noise, weight.view(self.size))

    def carried(self, values: Tensor) -> Tensor:
        """Averages of what arrives of ``values`` float32 (C, H, W); 0 where nothing does."""
        staying = torch.ones_like(values[0]).flatten()
        staying[self.leaving] = 0
        arriving = self._sum(staying).clamp_(min=1)
        planes = [self._sum(plane.flatten() * staying) for plane in values]
        return (torch.stack(planes) / arriving).view(values.shape)

    def _sum(self, values: Tensor) -> Tensor:
        """What arrives of ``values`` (H*W), added up."""
        # Unlike index_add_, this is reproducible on a GPU too.
        return torch.zeros_like(values).index_put_((self.target,), values, accumulate=True)

    def _moved(self, noise: Tensor, weight: Tensor, spread: Tensor, foreign: Tensor) -> Tensor:
        """One channel (H*W) after the step, (H, W); ``foreign`` is (H, 2W).

        The left half of ``foreign`` belongs to cells that move, the right half to those fetched. Of
        k copies each becomes N / sqrt(k) + z - mean(z): of variance 1, and independent of the rest.
        """
        width = self.size[1]
        left, right = foreign[:, :width], foreign[:, width:]
        sharing, leaving = _at(left, self.shared), _at(left, self.leaving)
        fetching, resting = _at(right, self.fetched), _at(right, self.fresh)
        strange = (leaving.sum() + right.sum() - fetching.sum()) / self.strangers
        mean = torch.zeros_like(self.copies)
        mean.index_put_((self.shared_kind,), sharing, accumulate=True)
        mean.index_put_((self.origin_kind,), fetching, accumulate=True)
        mean /= self.copies
        part = self.copies.rsqrt()
        scattered = noise.clone()
        scattered[self.shared] *= part[self.shared_kind]
        scattered[self.shared] += sharing - mean[self.shared_kind]
        scattered[self.leaving] = leaving - strange
        moved = self._sum(scattered.mul_(weight)).div_(spread)
        shares = noise[self.origin] * part[self.origin_kind]
        moved[self.fetched] = shares + fetching - mean[self.origin_kind]
        moved[self.fresh] = resting - strange
        return moved.view(self.size)


def warp_step(
    state: WarpState, flow: Tensor, foreign: Foreign, by_value: bool = False
) -> WarpState:
    """``state`` moved along a flow.

    Args:
        state: Is not changed.
        flow: float32 (2, h, w), from the last frame to this, in its own pixels; of any resolution.
        foreign: Fresh noise float32 (C, H, 2W), or the generator that it is drawn from.
        by_value: As released: cells whose first channels happen to be equal are taken for copies of
            one, which renews a seventh of a grid of 1920 x 2880 with every step.
    """
    kinds = _kinds_by_value(state.noise[0]) if by_value else None
    return Plan.of(resized_flow(flow, state.size), kinds).applied(state, foreign)


def resized_flow(flow: Tensor, size: tuple[int, int]) -> Tensor:
    """A flow (2, h, w) at ``size`` (height, width), bilinear, measured in the new pixels."""
    height, width = flow.shape[1:]
    if (height, width) == size:
        return flow
    scale = flow.new_tensor([size[1] / width, size[0] / height]).view(2, 1, 1)
    return functional.interpolate(flow[None], size, mode="bilinear", align_corners=False)[0] * scale


def latent_noise(noise: Tensor, cells: int) -> Tensor:
    """Noise float32 (C, H, W) at (C, H / cells, W / cells): means, raised to unit variance."""
    return functional.avg_pool2d(noise, cells) * cells


def _scattered(flow: Tensor) -> tuple[Tensor, Tensor]:
    """Where cells go, int64 (H*W), and whether that is on the grid, bool (H*W)."""
    height, width = flow.shape[1:]
    x = torch.arange(width, device=flow.device)
    y = torch.arange(height, device=flow.device)[:, None]
    to_x, to_y = flow[0].round().long() + x, flow[1].round().long() + y
    # The method asks where p + F is rounded to, which at ties is not p + round(F): both must be on.
    inside = (
        _is_on((flow[0] + x).round(), width)
        & _is_on((flow[1] + y).round(), height)
        & _is_on(to_x, width)
        & _is_on(to_y, height)
    )
    target = torch.where(inside, to_y * width + to_x, y * width + x)
    return target.flatten(), inside.flatten()


def _gathered(flow: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """Where what is at ``places`` (n) came from, int64 (n), and whether that is on the grid."""
    height, width = flow.shape[1:]
    x = _nearest(places % width - flow[0].flatten()[places], width)
    y = _nearest(places // width - flow[1].flatten()[places], height)
    known = _is_on(x, width) & _is_on(y, height)
    return y * width + x, known


def _nearest(position: Tensor, size: int) -> Tensor:
    """Positions float32 rounded as ``grid_sample`` does, which goes by way of -1 to 1."""
    span = max(size - 1, 1)
    return ((position * (2 / span) - 1 + 1) / 2 * span).round().long()


def _kinds_by_value(plane: Tensor) -> Tensor:
    """A number, int64 (H*W), for the value of each cell of (H, W): equal where values are equal."""
    _, kinds = torch.unique(plane, return_inverse=True)
    return cast(Tensor, kinds).flatten()


def _at(plane: Tensor, places: Tensor) -> Tensor:
    """The values of a plane (H, W) at ``places``."""
    width = plane.shape[1]
    return plane[places // width, places % width]


def _is_on(position: Tensor, size: int) -> Tensor:
    return (position >= 0) & (position < size)


def _fresh(foreign: Foreign, channel: int, size: tuple[int, int]) -> Tensor:
    """Fresh noise (H, 2W) of one channel.

    Planes of a multiple of 16 cells, one by one, are what one draw of all channels would be.
    """
    if isinstance(foreign, Tensor):
        return foreign[channel]
    height, width = size
    return torch.randn(height, 2 * width, generator=foreign, device=foreign.device)
