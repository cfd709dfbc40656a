"""``run``: a removal whose result becomes the shot's next take; ``--plan``: what it would be."""

from __future__ import annotations

import argparse
import sys

from void_studio.commands.following import follow
from void_studio.commands.outcome import Outcome, WrongUsage
from void_studio.commands.progress import Progress
from void_studio.commands.shots import opened
from void_studio.errors import VoidError
from void_studio.remove.protocol import RemoverSettings, load_settings, parse_settings
from void_studio.remove.registry import removers
from void_studio.remove.void.outlook import Outlook, outlook
from void_studio.remove.void.settings import VoidSettings
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import adopt_results, create_remove_job, mark_adopted, settled


def run(options: argparse.Namespace) -> Outcome:
    settings = _settings(options)
    return _planned(options, settings) if options.plan else _made(options, settings)


def _settings(options: argparse.Namespace) -> RemoverSettings:
    known = removers()
    if options.remover not in known:
        raise WrongUsage(
            f"there is no remover {options.remover!r}; choose from: {', '.join(known)}"
        )
    try:
        return parse_settings(known[options.remover].settings, options.settings)
    except VoidError as error:
        raise WrongUsage(str(error)) from error


def _planned(options: argparse.Namespace, settings: RemoverSettings) -> Outcome:
    if not isinstance(settings, VoidSettings):
        raise WrongUsage(f"{options.remover} has no plan: it works on the plate as it is")
    with opened(options.shot, Progress(), read_only=True) as shot:
        found = _outlook(shot, options.remover, settings)
        return Outcome(found.as_facts(), "\n".join(_told(found, shot)))


def _made(options: argparse.Namespace, settings: RemoverSettings) -> Outcome:
    say = Progress()
    with opened(options.shot, say) as shot:
        if isinstance(settings, VoidSettings):
            for line in _told(_outlook(shot, options.remover, settings), shot):
                print(line, file=sys.stderr)
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


def _outlook(shot: Shot, remover: str, settings: VoidSettings) -> Outlook:
    decided = settled(shot, remover, settings.model_dump(mode="json"))
    return outlook(shot, load_settings(type(settings), decided))


def _told(found: Outlook, shot: Shot) -> list[str]:
    return [f"{label}: {value}" for label, value in found.lines(shot.document.first_number)]
