"""The memory mode of a run: chosen at its start, left for a smaller one when memory runs out."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import psutil
import torch
from pydantic import JsonValue

from void_studio.errors import VoidError
from void_studio.remove.protocol import RemovalReporter
from void_studio.remove.void.forecast import APPROXIMATE_MODES, Forecast
from void_studio.remove.void.memory.modes import MODES_ON, Machine, Mode, next_mode
from void_studio.remove.void.memory.out_of_memory import free_all, is_out_of_memory
from void_studio.remove.void.run.checkpoint import Checkpoints
from void_studio.remove.void.run.engine import Engine
from void_studio.remove.void.settings import VoidSettings

_NAME = "mode"

Result = TypeVar("Result")


def machine_of(engine: Engine) -> Machine:
    """The machine as ``engine`` uses it, as if the engine held nothing yet."""
    gpu_held, ram_held = engine.held_bytes()
    memory = psutil.virtual_memory()
    ram = memory.available + ram_held
    device = engine.place.device
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        name = torch.cuda.get_device_name(device)
        return Machine("cuda", name, free + gpu_held, total, ram)
    kind: Literal["mps", "cpu"] = "mps" if device.type == "mps" else "cpu"
    return Machine(kind, platform.processor() or platform.machine(), ram, memory.total, ram)


def first_that_fits(attempts: Sequence[Callable[[], Result]]) -> Result:
    """What the first of ``attempts`` makes that has memory enough.

    Raises:
        RuntimeError, MemoryError: what the last one raised.
    """
    for attempt in attempts[:-1]:
        try:
            return attempt()
        except (RuntimeError, MemoryError, VoidError) as error:
            if not is_out_of_memory(error):
                raise
        free_all()
    return attempts[-1]()


class MemoryModes:
    """The mode that a run is in.

    Attributes:
        mode: Where the weights are. That of the run which is continued, if one is.
        falls: What was tried before, and why it was left.
    """

    def __init__(
        self,
        settings: VoidSettings,
        forecast: Forecast,
        engine: Engine,
        store: Checkpoints,
        reporter: RemovalReporter,
    ) -> None:
        """
        Raises:
            VoidError: the machine does not have the mode that is set.
        """
        wanted = settings.memory
        self._engine = engine
        self._store = store
        self._reporter = reporter
        self._draft = settings.quality == "draft"
        self.falls: list[dict[str, JsonValue]] = []
        saved = store.load(_NAME)
        if saved is not None:
            self.mode: Mode = saved.facts["mode"]
            self.falls = saved.facts["falls"]
            self._record()
            return
        device = engine.place.device.type
        if wanted != "auto" and wanted not in MODES_ON[device]:
            known = ", ".join(MODES_ON[device])
            raise VoidError(
                f"There is no memory mode {wanted} on {device}",
                "",
                f"Choose auto or {known}",
            )
        if wanted == "auto" and not forecast.fitting:
            reporter.warning("There may be too little memory: it is tried with the least there is")
        self.mode = forecast.chosen(wanted).mode
        self._save()

    def run(self, work: Callable[[Mode], Result]) -> Result:
        """What ``work`` makes in the mode, or in the next that memory is enough for.

        Raises:
            VoidError: it is not enough in any.
        """
        while True:
            why = ""
            try:
                return work(self.mode)
            except (RuntimeError, MemoryError, VoidError) as error:
                if not is_out_of_memory(error):
                    raise
                why = str(error).strip().partition("\n")[0][:300] or type(error).__name__
            # Here the error is gone, and with it the tensors that its traceback held.
            self._fall(why)

    def _fall(self, why: str) -> None:
        self._engine.let_go()
        free_all()
        after = next_mode(self.mode, self._engine.place.device.type)
        if after is None:
            raise VoidError(
                "There is not enough memory for this removal",
                why,
                "Close other programs, or choose a smaller model size or a shorter window, then "
                "run it again: it continues",
            )
        self._reporter.warning(
            f"Memory ran out with the weights {self.mode}; it goes on with them {after}, slower"
        )
        self.falls.append({"from": self.mode, "to": after, "why": why})
        self.mode = after
        self._save()

    def _save(self) -> None:
        self._store.save(_NAME, {}, {"mode": self.mode, "falls": list(self.falls)})
        self._record()

    def _record(self) -> None:
        self._reporter.record(
            {
                "memory": self.mode,
                "memory_falls": list(self.falls),
                "approximate": self._draft or self.mode in APPROXIMATE_MODES,
            }
        )
