"""``python -m void_studio.remove.void.golden DIR``: 0 if all agrees, 1 on a miss, 2 if unusable."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from void_studio.errors import VoidError
from void_studio.remove.void.golden.folder import Folder
from void_studio.remove.void.golden.runner import verdicts

USAGE = "usage: python -m void_studio.remove.void.golden DIR"


def main(arguments: Sequence[str]) -> int:
    """Prints a line for every case, and returns the exit status."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        folder = Folder.opened(Path(arguments[0]))
    except VoidError as error:
        print(error, file=sys.stderr)
        return 2
    missed = 0
    for found in verdicts(folder):
        print(found.line(), flush=True)
        missed += found.missed
    return 1 if missed else 0


if __name__ == "__main__":
    # Records are of one thread, and sums of several come in another order.
    torch.set_num_threads(1)
    sys.exit(main(sys.argv[1:]))
