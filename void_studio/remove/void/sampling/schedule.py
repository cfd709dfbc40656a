"""The noise schedule of a pass: its timesteps, and one step from noise towards the picture.

The arithmetic is diffusers' own (``DDIMScheduler``, ``CogVideoXDDIMScheduler``, eta 0). Timesteps
are handed over as plain integers, so that diffusers picks its coefficients from a table on the CPU
as 0-dim tensors: they travel as arguments of the kernels, keep their precision beside bfloat16
samples, and nothing waits for the device. A timestep on the device would stop the queue at every
step (``prev_timestep >= 0``).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Protocol, Self, cast

from diffusers.schedulers import CogVideoXDDIMScheduler, DDIMScheduler
from torch import Tensor


class _Scheduler(Protocol):
    timesteps: Tensor
    alphas_cumprod: Tensor

    def set_timesteps(self, num_inference_steps: int) -> None: ...

    def step(
        self, model_output: Tensor, timestep: int, sample: Tensor, *, return_dict: bool
    ) -> tuple[Tensor, Tensor]: ...


class Schedule:
    """Which timesteps are taken, and how one follows from the other.

    The step from t goes to t - T // steps, which need not be the next timestep of the list: with 30
    of 1000 it goes from 966 to 933 while the list has 932. That is what the networks were released
    with.

    Attributes:
        timesteps: From the noisiest to the cleanest.
        alphas: float (T,), the cumulative products, on the CPU.
    """

    def __init__(self, scheduler: _Scheduler, steps: int) -> None:
        scheduler.set_timesteps(steps)
        self._scheduler = scheduler
        self.timesteps: tuple[int, ...] = tuple(scheduler.timesteps.tolist())
        self.alphas = scheduler.alphas_cumprod

    @classmethod
    def ddim(cls, config: Mapping[str, Any], steps: int) -> Self:
        """Pass 1's: plain DDIM, which knows no ``snr_shift_scale``.

        Args:
            config: The contents of ``scheduler_config.json``.
            steps: How many; at most ``num_train_timesteps``.

        Raises:
            ValueError: more steps than the network was trained with, or a spacing nobody knows.
        """
        return cls(cast(_Scheduler, _made(DDIMScheduler, config)), steps)

    @classmethod
    def cogvideox(cls, config: Mapping[str, Any], steps: int) -> Self:
        """Pass 2's; arguments and errors as :meth:`ddim`."""
        return cls(cast(_Scheduler, _made(CogVideoXDDIMScheduler, config)), steps)

    def step(self, model_output: Tensor, index: int, sample: Tensor) -> tuple[Tensor, Tensor]:
        """The sample after the step at ``timesteps[index]``, and the clean one it aims at.

        Args:
            model_output: float32, any shape, what the network predicts (the velocity), guided.
            index: Which of ``timesteps``.
            sample: What the network got to see, of the same shape, float32 or bfloat16.

        Returns:
            Both float32 and on the sample's device, whatever the sample is. A bfloat16 sample is
            scaled in bfloat16 before it is added, as in the release; whoever keeps latents in
            bfloat16 rounds the result.
        """
        return self._scheduler.step(model_output, self.timesteps[index], sample, return_dict=False)


def _made(kind: type, config: Mapping[str, Any]) -> object:
    """A scheduler with those of ``config`` that it knows: one file serves both kinds."""
    known = inspect.signature(kind).parameters
    return kind(**{name: value for name, value in config.items() if name in known})
