"""``export``: a quadmask, a VOID sequence folder or a take, as files for others."""

from __future__ import annotations

import argparse
from pathlib import Path

from void_studio.commands.outcome import Outcome, WrongUsage
from void_studio.commands.progress import Progress
from void_studio.commands.shots import opened
from void_studio.progress import CancelToken
from void_studio.shot.deliver import deliver_take
from void_studio.shot.sequence import export_quadmask, export_sequence


def export(options: argparse.Namespace) -> Outcome:
    if (options.take is None) != (options.out is None):
        raise WrongUsage("--take N and -o FILE go together, and with nothing else")
    say = Progress()
    with opened(options.shot, say, read_only=True) as shot:
        if options.quadmask is not None:
            path: Path = options.quadmask
            export_quadmask(shot, path, say)
        elif options.sequence is not None:
            path = options.sequence
            export_sequence(shot, path, say)
        else:
            path = options.out
            deliver_take(shot, options.take, path, say, CancelToken())
    return Outcome({"path": str(path)}, str(path))
