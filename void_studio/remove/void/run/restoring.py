"""The last stages of a run: the whole clip is surveyed, then every marked frame gets its patch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from void_studio.progress import CancelToken
from void_studio.remove.conform import Plan
from void_studio.remove.protocol import Patch, RemoveRequest
from void_studio.remove.void.finish.restore import Look, Restorer, Survey
from void_studio.remove.void.run.checkpoint import Numbers
from void_studio.remove.void.run.decoding import shown
from void_studio.remove.void.run.stages import Tell
from void_studio.remove.void.run.work import Work

_LOOK, _LOOK_FILE = "look", "look.npz"


def restored(work: Work, marked: Sequence[int], pictures: Numbers) -> Iterator[Patch]:
    """One patch for each of the ``marked`` plate indices that is not done, in their order.

    Args:
        pictures: The model's, uint16 (count, h, w, 3).
    """
    request, plan = work.request, work.plan
    look = _look(work, pictures)
    restorer = Restorer(plan, work.settings, look)
    left = [index for index in marked if index not in request.done]
    with work.stages.stage("Compositing") as tell:
        for number, index in enumerate(left, 1):
            work.cancel.check()
            levels = request.quadmask(index)
            assert levels is not None, "what is marked has a mask"
            made = shown(pictures, plan.position(index))
            yield restorer.patch(index, request.plate.read(index), levels, made)
            tell(number, len(left))


def record_look(work: Work) -> None:
    """Records what the clip lacked, in this run or in one that it continues."""
    look = _kept(work)
    if look is not None:
        work.reporter.record(look.as_facts())


def _kept(work: Work) -> Look | None:
    there = work.store.load(_LOOK) is not None
    return Look.read(work.store.path(_LOOK_FILE)) if there else None


def _look(work: Work, pictures: Numbers) -> Look:
    kept = _kept(work)
    if kept is not None:
        return kept
    with work.stages.stage("Matching") as tell:
        look = _surveyed(work.request, work.plan, pictures, tell, work.cancel)
    look.write(work.store.path(_LOOK_FILE))
    work.store.save(_LOOK, {})
    return look


def _surveyed(
    request: RemoveRequest, plan: Plan, pictures: Numbers, tell: Tell, cancel: CancelToken
) -> Look:
    survey = Survey(plan)
    for place in range(plan.count):
        cancel.check()
        index = plan.frames[0] + place
        plate = request.plate.read(index)
        survey.add(index, plate, request.quadmask(index), shown(pictures, place))
        tell(place + 1, plan.count)
    return survey.look()
