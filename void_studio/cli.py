"""The ``void-studio`` command: reads the command line, and ends in one of three exit codes.

``--json`` prints one JSON object on standard output, also when something failed. Progress and
messages go to standard error. Exit codes are 0 done, 1 failed (with what, why and what to do),
2 wrong usage.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from void_studio import __version__
from void_studio.commands.outcome import JobEnded, Outcome, WrongUsage
from void_studio.commands.progress import ERASE_LINE
from void_studio.commands.values import object_name, point, setting, span
from void_studio.errors import Cancelled, VoidError

DONE, FAILED, WRONG_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        outcome = _perform(given)
        if as_json:
            _print(json.dumps(outcome.facts))
        elif outcome.text:
            _print(outcome.text)
        return outcome.code
    except SystemExit as end:  # --help and --version
        return int(end.code or DONE)
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing may be flushed into the pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except WrongUsage as error:
        return _fail(VoidError(str(error), "", "See: void-studio --help"), as_json, WRONG_USAGE)
    except (Exception, KeyboardInterrupt) as error:
        return _fail(_explained(error), as_json, FAILED)


def _perform(given: list[str]) -> Outcome:
    words = [word for word in given if not word.startswith("-")]
    asked_for_help = "-h" in given or "--help" in given or "--version" in given
    if (words and words[0] in COMMANDS) or (asked_for_help and not words):
        options = build_parser().parse_args(given)
    else:
        options = _bare_parser().parse_args(given)
    options.json = "--json" in given
    module, function = options.command.split(":")
    commands = importlib.import_module(f"void_studio.commands.{module}")
    outcome: Outcome = getattr(commands, function)(options)
    return outcome


# -- how it ends --------------------------------------------------------------------------


def _explained(error: BaseException) -> VoidError:
    """Any failure as what, why and what to do."""
    if isinstance(error, VoidError):
        return error
    if isinstance(error, (KeyboardInterrupt, Cancelled)):
        return VoidError("Stopped", "It was interrupted")
    if isinstance(error, MemoryError):
        return VoidError("There is not enough memory", "", "Close other programs and try again")
    if isinstance(error, OSError) and error.errno:
        from void_studio.files import explain

        name = error.filename
        return explain(error, f"Could not use {name}" if name else "Could not read or write")
    return VoidError(
        "The command stopped at an error nobody foresaw",
        f"{type(error).__name__}: {error}"[:500],
        f"Please report it{_kept(error)}",
    )


def _kept(error: BaseException) -> str:
    """Keeps where an unforeseen error happened for who will look into it."""
    from void_studio.worker import error_log

    path = error_log.keep(error)
    return f" with {path}" if path is not None else ""


def _fail(error: VoidError, as_json: bool, code: int) -> int:
    if as_json:
        said = {"what": error.what, "why": error.why, "remedy": error.remedy}
        job = {"job": error.job} if isinstance(error, JobEnded) else {}
        with contextlib.suppress(OSError):
            _print(json.dumps({"error": said, **job}))
    start = ERASE_LINE if sys.stderr.isatty() else ""
    print(f"{start}void-studio: {error}", file=sys.stderr, flush=True)
    return code


def _print(text: str) -> None:
    """Prints also what standard output cannot show, such as names that are no valid text."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)


# -- the command line ---------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """Raises WrongUsage instead of ending the process; options are not abbreviated."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise WrongUsage(message)


def _shared() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print one JSON object")
    return shared


def _bare_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="void-studio", parents=[_shared()])
    parser.set_defaults(command="programs:application")
    parser.add_argument("path", type=Path, nargs="?", metavar="SHOT|CLIP|FOLDER")
    return parser


def build_parser() -> argparse.ArgumentParser:
    """The command line, all but its bare form; frames are plate indices that count from 0."""
    parser = _Parser(
        prog="void-studio",
        parents=[_shared()],
        description="Remove objects from shots together with what they did to the scene.",
        epilog="Without a command, void-studio [SHOT|CLIP|FOLDER] opens the application.",
    )
    parser.add_argument("--version", action="version", version=f"void-studio {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = _add(commands, "info", "plates:info", "what the plate is, frame-accurately")
    command.add_argument("clip", type=Path, metavar="CLIP")

    text = "a shot from a clip or an image sequence"
    command = _add(commands, "new", "shots:new", text)
    command.add_argument("clip", type=Path, metavar="CLIP")
    command.add_argument("-o", dest="shot", type=Path, required=True, metavar="SHOT.void")
    command.add_argument("--frames", type=span, metavar="FIRST-LAST")

    text = "a shot from a VOID sequence folder (its mask becomes tracked bits)"
    command = _add(commands, "import", "shots:import_", text)
    command.add_argument("folder", type=Path, metavar="FOLDER")
    command.add_argument("-o", dest="shot", type=Path, required=True, metavar="SHOT.void")

    _add_track(commands)
    _add_run(commands)
    _add_job(commands)
    _add_export(commands)
    _add_weights(commands)

    text = "everything a run needs, checked, each line with its remedy"
    _add(commands, "doctor", "programs:doctor", text)

    text = "the built-in shot, made, tracked, removed and compared"
    command = _add(commands, "demo", "programs:demo", text)
    command.add_argument("--headless", type=Path, metavar="DIR", help="without a window, into DIR")

    command = _add(commands, "bench", "programs:bench", "the promised figures on this machine")
    command.add_argument("clip", type=Path, nargs="?", metavar="CLIP")
    return parser


COMMANDS = (
    "info",
    "new",
    "import",
    "track",
    "run",
    "job",
    "export",
    "weights",
    "doctor",
    "demo",
    "bench",
)


def _add(commands: Any, name: str, function: str, text: str) -> argparse.ArgumentParser:
    """A command that calls ``MODULE:FUNCTION`` of ``void_studio.commands``."""
    command: argparse.ArgumentParser = commands.add_parser(
        name, parents=[_shared()], help=text, description=text
    )
    command.set_defaults(command=function)
    return command


def _add_track(commands: Any) -> None:
    text = "follow an object through the shot from its clicks"
    command = _add(commands, "track", "tracking:track", text)
    command.add_argument("shot", type=Path, metavar="SHOT")
    command.add_argument("--object", type=object_name, required=True, metavar="NAME")
    command.add_argument(
        "--role",
        choices=("remove", "integral", "affected", "artifact"),
        help="what it is to the removal: remove for a new object, else as it was",
    )
    command.add_argument(
        "--point",
        dest="points",
        type=point,
        action="extend",
        nargs="+",
        default=[],
        metavar="X,Y@FRAME[:exclude]",
        help="a click in plate pixels on a frame that counts from 0",
    )
    command.add_argument(
        "--points",
        dest="file",
        type=Path,
        metavar="FILE.json",
        help="clicks as in the segmentation_info.json of VOID",
    )
    command.add_argument("--segmenter", default="classical", metavar="classical")


def _add_run(commands: Any) -> None:
    text = "run a removal; the result becomes the shot's next take"
    command = _add(commands, "run", "removing:run", text)
    command.add_argument("shot", type=Path, metavar="SHOT")
    command.add_argument(
        "--remover",
        default="clean-plate",
        metavar="NAME",
        help="clean-plate (unless said otherwise), void-pass1 or void-pass2",
    )
    command.add_argument(
        "--plan", action="store_true", help="only say what a VOID pass would see and take"
    )
    command.add_argument(
        "--set",
        dest="settings",
        type=setting,
        action="extend",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
    )


def _add_job(commands: Any) -> None:
    text = "run, list and cancel jobs"
    job = commands.add_parser("job", help=text, description=text)
    kinds = job.add_subparsers(required=True, metavar="run|list|cancel")
    text = "run or continue the job in a folder, in this process"
    command = _add(kinds, "run", "jobs:run", text)
    command.add_argument("folder", type=Path, metavar="DIR")
    _add(kinds, "list", "jobs:list_", "the jobs of this machine, the newest first")
    command = _add(kinds, "cancel", "jobs:cancel", "ask a job to stop")
    command.add_argument("id", metavar="ID")


def _add_export(commands: Any) -> None:
    text = "write a quadmask, a VOID sequence folder, or a take"
    command = _add(commands, "export", "exporting:export", text)
    command.add_argument("shot", type=Path, metavar="SHOT")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--quadmask", type=Path, metavar="FILE")
    what.add_argument("--sequence", type=Path, metavar="FOLDER")
    what.add_argument("--take", type=int, metavar="N")
    command.add_argument("-o", dest="out", type=Path, metavar="FILE")


def _add_weights(commands: Any) -> None:
    text = "model weights, their sizes, licences and where they are"
    weights = commands.add_parser("weights", help=text, description=text)
    kinds = weights.add_subparsers(required=True, metavar="list|get|verify")
    _add(kinds, "list", "weights:list_", "what there is, how large, and what is here")

    text = "fetch what is missing; what was begun goes on where it stopped"
    command = _add_names(kinds, "get", "weights:get", text)
    command.add_argument("--to", type=Path, metavar="FOLDER", help="instead of the home's models")
    command.add_argument("--offline", action="store_true", help="only say what is missing")
    command.add_argument(
        "--accept-licences", action="store_true", help="needed where nobody can be asked"
    )

    text = "check names, shapes, dtypes and sizes"
    command = _add_names(kinds, "verify", "weights:verify", text)
    command.add_argument(
        "--checksums", action="store_true", help="read all of it, and ask the repository"
    )


def _add_names(kinds: Any, name: str, function: str, text: str) -> argparse.ArgumentParser:
    command = _add(kinds, name, function, text)
    command.add_argument("names", nargs="*", metavar="NAME", help="a remover, base or raft")
    command.add_argument("--mirror", metavar="URL", help="of the Hugging Face Hub")
    return command
