"""Makes the README's picture: the demo shot with a take behind the wipe, grabbed from the screen.

xvfb-run -s "-screen 0 1600x900x24" .venv/bin/python packaging/screenshot.py docs/screenshot.png
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 300.0


def main(target: Path) -> int:
    """Drives the window as an artist would and saves what is on the screen to ``target``."""
    with tempfile.TemporaryDirectory(prefix="void-screenshot-") as home:
        os.environ["VOID_STUDIO_HOME"] = home
        from void_studio.app.main import make_application
        from void_studio.app.settings import use_home
        from void_studio.app.viewer.compare import Wipe
        from void_studio.app.window import MainWindow

        app = make_application()
        use_home(home)
        window = MainWindow()
        window.setGeometry(0, 0, 1600, 900)
        window.show()
        session = window.session

        def wait(ready: Callable[[], bool]) -> None:
            deadline = time.monotonic() + PATIENCE_S
            while not ready():
                if time.monotonic() > deadline:
                    raise TimeoutError
                app.processEvents()
                time.sleep(0.005)

        window.open_demo()
        wait(lambda: session.shot is not None and session.pictures.plate(0) is not None)
        session.set_index(20)
        window.actions_by_name["run"].trigger()
        wait(lambda: session.take is not None)
        wait(lambda: session.pictures.picture(session.showing.b, 20) is not None)
        wait(lambda: len(session.pictures.cached()) == session.count)
        window.actions_by_name["tool_brush"].trigger()
        window.actions_by_name["level_affected"].trigger()
        window.actions_by_name["wipe"].trigger()
        window.viewer.set_wipe(Wipe(0.625, 0.5, 12.0))
        assert session.shot is not None
        session.shot.number_from(1001)
        window.desk.messages.clear()
        settled = time.monotonic() + 1.5
        wait(lambda: time.monotonic() > settled)
        target.parent.mkdir(parents=True, exist_ok=True)
        saved = app.primaryScreen().grabWindow(0).save(str(target))
        window.studio.jobs.host.stop()
        window.close()
        return 0 if saved else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
