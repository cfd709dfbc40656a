"""``python -m void_studio`` is the ``void-studio`` command."""

import sys

from void_studio.cli import main

if __name__ == "__main__":
    sys.exit(main())
