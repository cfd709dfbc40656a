"""The same work without a window: the ``void-studio`` command.

``--json`` prints one JSON object on standard output, progress goes to standard error, and exit
codes are 0 done, 1 failed (with what, why and what to do), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from void_studio import __version__
from void_studio.errors import Cancelled, VoidError

if TYPE_CHECKING:
    from void_studio.shot.document import Prompt
    from void_studio.worker.status import JobStatus

_POINT = re.compile(r"^(?P<x>-?\d+(\.\d+)?),(?P<y>-?\d+(\.\d+)?)@(?P<frame>\d+)(?P<out>:exclude)?$")
_SPAN = re.compile(r"^(\d+)(?:-(\d+))?$")

Handler = Callable[[argparse.Namespace], dict[str, Any] | int]


class Progress:
    """Progress on standard error: one line that is rewritten on a terminal, else every tenth."""

    def __init__(self, quiet: bool = False) -> None:
        self._live = sys.stderr.isatty()
        self._quiet = quiet
        self._said = -1

    def progress(self, step: int, total: int, message: str = "") -> None:
        if self._quiet or not total:
            return
        tenth = step * 10 // total
        if self._live:
            end = "\n" if step >= total else ""
            print(f"\r{message} {step}/{total}   ", end=end, file=sys.stderr, flush=True)
        elif tenth != self._said:
            self._said = tenth
            print(f"{message} {step}/{total}", file=sys.stderr, flush=True)

    def warning(self, text: str) -> None:
        print(f"warning: {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = build_parser()
    if not _names_command(given):
        given = ["open", *given]
    options = parser.parse_args(given)
    try:
        result = options.handler(options)
    except VoidError as error:
        return _fail(error, options.json)
    except (KeyboardInterrupt, Cancelled):
        return _fail(VoidError("Stopped", "It was cancelled"), options.json)
    except BrokenPipeError:
        return 1
    if isinstance(result, int):
        return result
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    return 0


def _fail(error: VoidError, as_json: bool) -> int:
    if as_json:
        said = {"what": error.what, "why": error.why, "remedy": error.remedy}
        print(json.dumps({"error": said}, ensure_ascii=False))
    print(f"void-studio: {error}", file=sys.stderr)
    return 1


def _names_command(given: Sequence[str]) -> bool:
    """Whether the first word is a command or an option of the whole program."""
    return bool(given) and (given[0] in COMMANDS or given[0] in ("-h", "--help", "--version"))


# -- parsing ------------------------------------------------------------------------------


def point(text: str) -> Prompt:
    """``X,Y@FRAME``, or ``X,Y@FRAME:exclude``, as a prompt; raises ArgumentTypeError."""
    from void_studio.shot.document import Prompt

    found = _POINT.match(text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not X,Y@FRAME, e.g. 640,360@0")
    try:
        return Prompt(
            frame=int(found["frame"]),
            x=float(found["x"]),
            y=float(found["y"]),
            include=not found["out"],
        )
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is out of range") from error


def span(text: str) -> tuple[int, int]:
    """``FIRST-LAST`` or one number, as (first, last); raises ArgumentTypeError."""
    found = _SPAN.match(text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not FIRST-LAST, e.g. 0-45")
    first = int(found[1])
    last = int(found[2]) if found[2] else first
    if last < first:
        raise argparse.ArgumentTypeError(f"{text!r} ends before it begins")
    return first, last


def build_parser() -> argparse.ArgumentParser:
    """The command line; frames are plate indices that count from 0."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print one JSON object")
    parser = argparse.ArgumentParser(
        prog="void-studio",
        description="Remove objects from shots together with what they did to the scene.",
        epilog="With no command: void-studio [SHOT|CLIP|FOLDER] opens the application.",
    )
    parser.add_argument("--version", action="version", version=f"void-studio {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, handler: Handler, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, parents=[shared], help=text, description=text)
        command.set_defaults(handler=handler)
        return command

    command = add("open", _open, "open the application (also without the word open)")
    command.add_argument("path", type=Path, nargs="?", metavar="SHOT|CLIP|FOLDER")
    command = add("info", _info, "what the plate is, frame-accurately")
    command.add_argument("clip", type=Path, metavar="CLIP")
    command = add("new", _new, "a shot from a clip or an image sequence")
    command.add_argument("clip", type=Path, metavar="CLIP")
    command.add_argument("-o", dest="shot", type=Path, required=True, metavar="SHOT.void")
    command.add_argument("--frames", type=span, metavar="FIRST-LAST")
    command = add("import", _import, "a shot from a VOID sequence folder")
    command.add_argument("folder", type=Path, metavar="FOLDER")
    command.add_argument("-o", dest="shot", type=Path, required=True, metavar="SHOT.void")
    _add_track(add("track", _track, "follow an object through the shot from its clicks"))
    command = add("run", _run, "run a removal; the result becomes the shot's next take")
    command.add_argument("shot", type=Path, metavar="SHOT")
    command.add_argument("--remover", default="clean-plate", help="clean-plate")
    command.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE")
    _add_job(commands, shared)
    command = add("export", _export, "write a quadmask, a VOID sequence folder, or a take")
    command.add_argument("shot", type=Path, metavar="SHOT")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--quadmask", type=Path, metavar="FILE")
    what.add_argument("--sequence", type=Path, metavar="FOLDER")
    what.add_argument("--take", type=int, metavar="N")
    command.add_argument("-o", dest="out", type=Path, metavar="FILE")
    command.set_defaults(usage_error=command.error)
    add("doctor", _doctor, "everything a run needs, checked, each line with its remedy")
    command = add("demo", _demo, "the built-in shot, made, tracked, removed and compared")
    command.add_argument("--headless", type=Path, metavar="DIR", help="without a window, into DIR")
    command = add("bench", _bench, "measure this machine against the budgets")
    command.add_argument("clip", type=Path, nargs="?", metavar="CLIP")
    return parser


def _add_track(command: argparse.ArgumentParser) -> None:
    command.add_argument("shot", type=Path, metavar="SHOT")
    command.add_argument("--object", required=True, metavar="NAME")
    command.add_argument(
        "--role", default="remove", choices=("remove", "integral", "affected", "artifact")
    )
    command.add_argument(
        "--point",
        dest="points",
        type=point,
        action="append",
        default=[],
        metavar="X,Y@FRAME[:exclude]",
        help="a click in plate pixels on a frame that counts from 0",
    )
    command.add_argument("--points", dest="file", type=Path, metavar="FILE.json")
    command.add_argument("--segmenter", default="classical", choices=("classical",))


def _add_job(commands: Any, shared: argparse.ArgumentParser) -> None:
    text = "run, list and cancel jobs"
    job = commands.add_parser("job", help=text, description=text)
    kinds = job.add_subparsers(required=True, metavar="run|list|cancel")
    for name, handler, line in (
        ("run", _job_run, "run or continue the job in a folder, in this process"),
        ("list", _job_list, "the jobs of this machine, the newest first"),
        ("cancel", _job_cancel, "ask a job to stop"),
    ):
        command = kinds.add_parser(name, parents=[shared], help=line, description=line)
        command.set_defaults(handler=handler)
        if name == "run":
            command.add_argument("folder", type=Path, metavar="DIR")
        elif name == "cancel":
            command.add_argument("id", metavar="ID")


# -- commands -----------------------------------------------------------------------------


def _open(options: argparse.Namespace) -> int:
    from void_studio.app.main import run

    return run(options.path)


def _info(options: argparse.Namespace) -> dict[str, Any]:
    from void_studio.media.plate import open_plate

    with open_plate(options.clip) as plate:
        info = plate.info
    facts: dict[str, Any] = {
        "path": str(info.path),
        "kind": info.kind,
        "width": info.size[0],
        "height": info.size[1],
        "frames": info.count,
        "rate": str(info.rate),
        "first_frame": info.first_frame,
        "codec": info.codec,
        "pixel_format": info.pixel_format,
        "depth": info.depth,
        "colour": info.color.label,
        "rotation": info.rotation,
        "pixel_aspect": str(info.sample_aspect),
        "variable_rate": info.vfr,
        "keyframes": info.keyframes,
        "longest_gop": info.longest_gop,
        "content_id": info.content_id,
    }
    if not options.json:
        for name, value in facts.items():
            print(f"{name.replace('_', ' '):>14}  {value}")
    return facts


def _new(options: argparse.Namespace) -> dict[str, Any]:
    from void_studio.shot.shot import Shot

    shot = Shot.create(options.clip, options.shot, options.frames)
    try:
        first, last = shot.document.range
        if not options.json:
            print(f"{shot.folder}: {last - first + 1} frames of {options.clip.name}")
        return {"shot": str(shot.folder), "frames": [first, last]}
    finally:
        shot.close()


def _import(options: argparse.Namespace) -> dict[str, Any]:
    from void_studio.shot.sequence import import_sequence

    shot, report = import_sequence(options.folder, options.shot, Progress(options.json))
    try:
        if report.snapped:
            print(
                f"warning: {report.snapped} pixels of the quadmask were snapped to a level",
                file=sys.stderr,
            )
        if not options.json:
            print(f"{shot.folder}: {shot.count} frames, {len(shot.document.objects)} objects")
        return {
            "shot": str(shot.folder),
            "frames": shot.count,
            "objects": [item.name for item in shot.document.objects],
            "snapped": report.snapped,
        }
    finally:
        shot.close()


def _track(options: argparse.Namespace) -> dict[str, Any]:
    from void_studio.shot.clicks import read_click_file
    from void_studio.shot.document import Role
    from void_studio.shot.shot import Shot
    from void_studio.worker.jobs import create_track_job
    from void_studio.worker.results import adopt_results

    shot = Shot.open(options.shot)
    try:
        prompts = list(options.points)
        if options.file is not None:
            warnings: list[str] = []
            prompts += read_click_file(options.file, shot.document.plate, warnings)
            for warning in warnings:
                print(f"warning: {warning}", file=sys.stderr)
        found = [item for item in shot.document.objects if item.name == options.object]
        item = found[0] if found else shot.add_object(options.object, Role(options.role))
        if item.role != Role(options.role):
            shot.set_role(item.id, Role(options.role))
        if prompts:
            shot.set_prompts(item.id, prompts)
        folder = create_track_job(shot, [item.id], options.segmenter)
        status = _follow(folder, options.json)
        adopt_results(shot, folder)
        shot.save()
        current = shot.document.object(item.id)
        sure = list(current.confidence.values()) if current else []
        mean = sum(sure) / len(sure) if sure else 0.0
        if not options.json:
            print(f"{options.object}: {status.frames} frames, mean confidence {mean:.2f}")
        return {
            "object": item.id,
            "name": options.object,
            "frames": status.frames,
            "mean_confidence": round(mean, 4),
            "job": status.id,
        }
    finally:
        shot.close()


def _run(options: argparse.Namespace) -> dict[str, Any]:
    from void_studio.remove.protocol import parse_settings
    from void_studio.remove.registry import get_remover
    from void_studio.shot.shot import Shot
    from void_studio.worker.jobs import create_remove_job
    from void_studio.worker.results import adopt_results

    remover = get_remover(options.remover)
    settings = parse_settings(remover.settings, options.settings)
    shot = Shot.open(options.shot)
    try:
        folder = create_remove_job(shot, options.remover, settings.model_dump(mode="json"))
        status = _follow(folder, options.json)
        adopt_results(shot, folder)
        shot.save()
        take = shot.document.takes[-1]
        if not options.json:
            print(f"take {take.number:03d}: {shot.folder / 'takes' / take.folder}")
        return {"take": take.number, "folder": take.folder, "job": status.id}
    finally:
        shot.close()


def _follow(folder: Path, quiet: bool) -> JobStatus:
    """Submits a job to the worker and follows it to its end; Ctrl+C cancels it.

    Raises:
        VoidError: it did not end as done.
    """
    from void_studio.hosts.local import LocalHost
    from void_studio.worker.status import JobState

    say = Progress(quiet)
    with LocalHost() as host:
        host.submit(folder)
        try:
            for event in host.follow(folder.name):
                if event["type"] == "progress":
                    say.progress(event["step"], event["total"], event.get("message", ""))
                elif event["type"] == "warning":
                    say.warning(event["text"])
        except KeyboardInterrupt:
            host.cancel(folder.name)
            raise
        status = host.status(folder.name)
    if status.state is JobState.DONE:
        return status
    if status.error is not None:
        raise VoidError(status.error.what, status.error.why, status.error.remedy)
    raise VoidError(f"The job {status.id} was {status.state}", "", "Run it again: it continues")


def _job_run(options: argparse.Namespace) -> dict[str, Any]:
    from void_studio.worker.run import run_job
    from void_studio.worker.status import JobState

    status = run_job(options.folder)
    if status.error is not None:
        raise VoidError(status.error.what, status.error.why, status.error.remedy)
    if status.state is not JobState.DONE:
        raise VoidError(f"The job {status.id} was {status.state}", "", "Run it again: it continues")
    if not options.json:
        print(f"{status.id}: {status.state}, {status.frames} frames")
    return status.model_dump(mode="json")


def _job_list(options: argparse.Namespace) -> dict[str, Any]:
    from void_studio.worker.jobs import list_jobs

    jobs = list_jobs()
    if not options.json:
        for job in jobs:
            print(f"{job.id}  {job.state:<11}  {job.step}/{job.total}  {job.label}")
        if not jobs:
            print("no jobs")
    return {"jobs": [job.model_dump(mode="json") for job in jobs]}


def _job_cancel(options: argparse.Namespace) -> dict[str, Any]:
    from void_studio.worker.jobs import find_job, job_status, request_cancel

    folder = find_job(options.id)
    request_cancel(folder)
    state = job_status(folder).state
    if not options.json:
        print(f"{options.id}: asked to stop ({state})")
    return {"id": options.id, "state": state}


def _export(options: argparse.Namespace) -> dict[str, Any]:
    from void_studio.progress import CancelToken
    from void_studio.shot.deliver import deliver_take
    from void_studio.shot.sequence import export_quadmask, export_sequence
    from void_studio.shot.shot import Shot

    if options.take is not None and options.out is None:
        options.usage_error("--take needs -o FILE")
    say, token = Progress(options.json), CancelToken()
    shot = Shot.open(options.shot, read_only=True)
    try:
        if options.quadmask is not None:
            path = options.quadmask
            export_quadmask(shot, path, say, token)
        elif options.sequence is not None:
            path = options.sequence
            export_sequence(shot, path, say, token)
        else:
            path = options.out
            deliver_take(shot, options.take, path, say, token)
    finally:
        shot.close()
    if not options.json:
        print(path)
    return {"path": str(path)}


def _doctor(options: argparse.Namespace) -> dict[str, Any] | int:
    from void_studio.hosts.doctor import examine

    checks = examine()
    for check in checks:
        if not options.json:
            print(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.detail}")
            if not check.ok and check.remedy:
                print(f"      {check.remedy}")
    if options.json:
        rows = [
            {"name": c.name, "ok": c.ok, "detail": c.detail, "remedy": c.remedy} for c in checks
        ]
        print(json.dumps({"checks": rows}, ensure_ascii=False))
    return 0 if all(check.ok for check in checks) else 1


def _demo(options: argparse.Namespace) -> dict[str, Any] | int:
    if options.headless is None:
        from void_studio.app.main import run

        return run(demo=True)
    from void_studio.demo.headless import run_headless

    say = (lambda text: print(text, file=sys.stderr)) if options.json else print
    facts: dict[str, Any] = run_headless(options.headless, say).as_dict()
    return facts


def _bench(options: argparse.Namespace) -> dict[str, Any]:
    from void_studio.app.bench import run_bench

    return run_bench(options.clip, as_json=options.json)


COMMANDS = (
    "open",
    "info",
    "new",
    "import",
    "track",
    "run",
    "job",
    "export",
    "doctor",
    "demo",
    "bench",
)
