"""``track``: from clicks to an object's mask on every frame."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from void_studio.commands.following import follow
from void_studio.commands.outcome import Outcome, WrongUsage, frames
from void_studio.commands.progress import Progress
from void_studio.commands.shots import opened
from void_studio.commands.values import Point
from void_studio.errors import VoidError
from void_studio.segment.registry import segmenters
from void_studio.shot.clicks import read_click_file
from void_studio.shot.document import Prompt, Role, ShotObject
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import adopt_results, create_track_job, mark_adopted


def track(options: argparse.Namespace) -> Outcome:
    if options.segmenter not in segmenters():
        known = ", ".join(segmenters())
        raise WrongUsage(f"there is no segmenter {options.segmenter!r}; choose from: {known}")
    say = Progress()
    with opened(options.shot, say) as shot:
        prompts = _on_plate(shot, options.points)
        if options.file is not None:
            warnings: list[str] = []
            prompts += read_click_file(options.file, shot.document.plate, warnings)
            for warning in warnings:
                say.warning(warning)
        item = _object(shot, options, prompts)
        # Before the job is made: whatever happens then, its results have an object to go to.
        shot.save()
        folder = create_track_job(shot, [item.id], options.segmenter)
        status = follow(folder, say)
        adopt_results(shot, folder)
        shot.save()
        mark_adopted(folder)
        sure = shot.object(item.id).confidence.values()
        mean = sum(sure) / len(sure) if sure else 0.0
    return Outcome(
        {
            "object": item.id,
            "name": item.name,
            "role": item.role,
            "frames": status.frames,
            "mean_confidence": round(mean, 4),
            "job": status.id,
        },
        f"{item.name}: {frames(status.frames)}, mean confidence {mean:.2f}",
    )


def _on_plate(shot: Shot, points: Iterable[Point]) -> list[Prompt]:
    """Points as clicks. Raises VoidError if one is not on the plate."""
    width, height = shot.size
    prompts = []
    for point in points:
        if not (point.x < width and point.y < height and point.frame < shot.count):
            raise VoidError(
                f"The point {point.x:g},{point.y:g}@{point.frame} is not on the plate",
                f"It has {width}x{height} pixels, and its frames count from 0 to {shot.count - 1}",
                "Give points in plate pixels",
            )
        prompts.append(Prompt(**point._asdict()))
    return prompts


def _object(shot: Shot, options: argparse.Namespace, prompts: list[Prompt]) -> ShotObject:
    """The object named in ``options``, made if need be, with its new clicks and role.

    Without new clicks it keeps those it has. Nothing is changed when it cannot be tracked.
    """
    named = [item for item in shot.document.objects if options.object in (item.name, item.id)]
    if len(named) > 1:
        ids = ", ".join(item.id for item in named)
        raise VoidError(
            f"There is more than one object {options.object}", "", f"Give its id, one of: {ids}"
        )
    clicks = prompts or [prompt for item in named for prompt in item.prompts]
    if not any(prompt.include for prompt in clicks):
        raise VoidError(
            f"{options.object} cannot be tracked",
            "It has no clicks",
            "Give at least one: --point X,Y@FRAME",
        )
    item = named[0] if named else shot.add_object(options.object, options.role or Role.REMOVE)
    if options.role:
        shot.set_role(item.id, Role(options.role))
    shot.set_prompts(item.id, clicks)
    return shot.object(item.id)
