"""The last stages of a run: the whole clip is surveyed, then every marked frame gets its patch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from void_studio.progress import CancelToken
from void_studio.remove.conform import Plan
from void_studio.remove.protocol import Patch, RemovalReporter, RemoveRequest
from void_studio.remove.void.checkpoint import Checkpoints, Numbers
from void_studio.remove.void.decoding import shown
from void_studio.remove.void.restore import Look, Restorer, Survey
from void_studio.remove.void.settings import VoidSettings
from void_studio.remove.void.stages import Stages, Tell

_LOOK = "look"


def restored(
    request: RemoveRequest,
    settings: VoidSettings,
    plan: Plan,
    marked: Sequence[int],
    pictures: Numbers,
    store: Checkpoints,
    stages: Stages,
    reporter: RemovalReporter,
    cancel: CancelToken,
) -> Iterator[Patch]:
    """One patch for each of the ``marked`` plate indices that is not done, in their order.

    Args:
        pictures: The model's, uint16 (count, h, w, 3).
    """
    look = _look(request, plan, pictures, store, stages, cancel)
    reporter.record(look.as_facts())
    restorer = Restorer(plan, settings, look)
    left = [index for index in marked if index not in request.done]
    with stages.stage("Compositing") as tell:
        for number, index in enumerate(left, 1):
            cancel.check()
            levels = request.quadmask(index)
            assert levels is not None, "what is marked has a mask"
            made = shown(pictures, plan.position(index))
            yield restorer.patch(index, request.plate.read(index), levels, made)
            tell(number, len(left))


def _look(
    request: RemoveRequest,
    plan: Plan,
    pictures: Numbers,
    store: Checkpoints,
    stages: Stages,
    cancel: CancelToken,
) -> Look:
    path = store.path("look.npz")
    kept = Look.read(path) if store.load(_LOOK) is not None else None
    if kept is not None:
        return kept
    with stages.stage("Matching") as tell:
        look = _surveyed(request, plan, pictures, tell, cancel)
    look.write(path)
    store.save(_LOOK, {})
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
