"""``run``: a removal whose result becomes the shot's next take."""

from __future__ import annotations

import argparse

from void_studio.commands.following import follow
from void_studio.commands.outcome import Outcome, WrongUsage
from void_studio.commands.progress import Progress
from void_studio.commands.shots import opened
from void_studio.errors import VoidError
from void_studio.remove.protocol import parse_settings
from void_studio.remove.registry import removers
from void_studio.worker.jobs import adopt_results, create_remove_job, mark_adopted


def run(options: argparse.Namespace) -> Outcome:
    known = removers()
    if options.remover not in known:
        raise WrongUsage(
            f"there is no remover {options.remover!r}; choose from: {', '.join(known)}"
        )
    try:
        settings = parse_settings(known[options.remover].settings, options.settings)
    except VoidError as error:
        raise WrongUsage(str(error)) from error
    say = Progress()
    with opened(options.shot, say) as shot:
        folder = create_remove_job(shot, options.remover, settings.model_dump(mode="json"))
        status = follow(folder, say)
        take = adopt_results(shot, folder).take
        assert take is not None, "a removal that is done made one"
        shot.save()
        mark_adopted(folder)
        path = shot.takes.folder / take.folder
    return Outcome(
        {"take": take.number, "path": str(path), "frames": status.frames, "job": status.id},
        f"take {take.number:03d}: {path}",
    )
