"""``weights list``, ``weights get`` and ``weights verify``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from void_studio.commands.outcome import Outcome, WrongUsage
from void_studio.commands.progress import Progress
from void_studio.errors import VoidError
from void_studio.progress import CancelToken
from void_studio.remove.weights.catalogue import NEEDED, PARTS, Part, parts_called
from void_studio.remove.weights.hub import is_offline
from void_studio.remove.weights.places import folder_to_mend, model_folders, own_folder
from void_studio.remove.weights.state import PartState, part_state, states

# -- list ---------------------------------------------------------------------------------


def list_(_: argparse.Namespace) -> Outcome:
    known = states(PARTS.values())
    needed = {remover: [part.name for part in parts] for remover, parts in NEEDED.items()}
    facts = {
        "parts": [_facts(state) for state in known],
        "needed": needed,
        "folders": [str(folder) for folder in model_folders()],
    }
    return Outcome(facts, _table(known))


def _facts(state: PartState) -> dict[str, Any]:
    part = state.part
    return {
        "name": part.name,
        "title": part.title,
        "repository": part.repository,
        "files": list(part.files),
        "bytes": part.bytes,
        "exact": part.exact,
        "licences": [asdict(licence) for licence in part.licences],
        "state": state.state,
        "folder": None if state.folder is None else str(state.folder),
        "bytes_here": state.bytes,
        "problems": list(state.problems),
    }


def _table(known: Sequence[PartState]) -> str:
    lines = []
    for state in known:
        part = state.part
        licences = ", ".join(licence.name for licence in part.licences)
        size, where = size_of(part), "" if state.folder is None else str(state.folder)
        lines.append(f"{part.name:<11} {size:>13}  {state.state:<8} {where}".rstrip())
        lines.append(f"{'':<11} {part.title}; {licences}")
        lines.extend(f"{'':<11} {problem}" for problem in state.problems)
    return "\n".join(lines)


def size_of(part: Part) -> str:
    """The size of a part, for people."""
    about = "" if part.exact else "about "
    if part.bytes < 10**9:
        return f"{about}{part.bytes / 10**6:.0f} MB"
    return f"{about}{part.bytes / 10**9:.1f} GB"


# -- get ----------------------------------------------------------------------------------


def get(options: argparse.Namespace) -> Outcome:
    parts = _chosen(options.names)
    found = {part.name: part_state(part) for part in parts}
    if options.to is None:
        missing = [part for part in parts if found[part.name].state != "here"]
    else:
        missing = parts
    if missing and (options.offline or is_offline()):
        raise _cannot_offline(missing, options.to or own_folder())
    if missing:
        _accept(missing, options.accept_licences)
    folders = {name: state.folder for name, state in found.items()}
    for part in missing:
        folders[part.name] = _fetch(part, options.to, options.mirror)
    facts = [{"name": name, "folder": str(folder)} for name, folder in folders.items()]
    return Outcome({"parts": facts}, "\n".join(f"{name}: {at}" for name, at in folders.items()))


def _chosen(names: Sequence[str]) -> list[Part]:
    """What is meant by ``names``, each part once; by none, everything."""
    try:
        parts = [part for name in names for part in parts_called(name)]
    except VoidError as error:
        raise WrongUsage(str(error)) from error
    return list(dict.fromkeys(parts)) if names else list(PARTS.values())


def _fetch(part: Part, to: Path | None, mirror: str | None) -> Path:
    from void_studio.remove.weights.download import fetch

    folder = (to or folder_to_mend(part)).expanduser().absolute()
    return fetch(part, folder, Progress(), CancelToken(), mirror)


def _cannot_offline(parts: Sequence[Part], folder: Path) -> VoidError:
    wanted = "; ".join(
        f"{', '.join(part.files)} of {part.repository} into {folder / part.repository}"
        for part in parts
    )
    return VoidError(
        f"{', '.join(part.name for part in parts)} cannot be fetched offline",
        "",
        f"Copy them by hand: {wanted}",
    )


def _accept(parts: Sequence[Part], accepted: bool) -> None:
    """Shows the licences, and asks; raises where they are not accepted."""
    for part in parts:
        print(f"{part.name}: {part.title}, {size_of(part)}", file=sys.stderr)
        for licence in part.licences:
            print(f"  {licence.covers}: {licence.name}, {licence.url}", file=sys.stderr)
    if accepted:
        return
    if not sys.stdin.isatty():
        raise WrongUsage("nobody can be asked here: accept the licences with --accept-licences")
    print("Accept these licences and fetch? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise VoidError("Nothing was fetched", "The licences were not accepted")


# -- verify -------------------------------------------------------------------------------


def verify(options: argparse.Namespace) -> Outcome:
    """Without names a part that is missing is no failure: nobody needs all of them."""
    known = states(_chosen(options.names))
    lines, facts, healthy = [], [], True
    for state in known:
        problems = list(state.problems)
        if options.checksums and state.folder is not None and state.state == "here":
            problems = _altered(state.part, state.folder, options.mirror)
        said = _verdict(state, problems, bool(options.names))
        healthy = healthy and said != "FAIL"
        lines.append(f"{said:<4}  {state.part.name}: {state.folder or 'not here'}")
        lines.extend(f"      {problem}" for problem in problems)
        facts.append({**_facts(state), "problems": problems, "ok": said == "ok"})
    return Outcome({"ok": healthy, "parts": facts}, "\n".join(lines), 0 if healthy else 1)


def _verdict(state: PartState, problems: Sequence[str], named: bool) -> str:
    if state.folder is None:
        return "FAIL" if named else "none"
    return "FAIL" if problems else "ok"


def _altered(part: Part, folder: Path, mirror: str | None) -> list[str]:
    from void_studio.remove.weights.checksums import altered

    found = altered(part, folder, CancelToken(), mirror)
    return [f"{name}: it is not the file that {part.repository} holds now" for name in found]
