"""What tests of VOID share: tiny models made once, and the released code's own results."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.remove.void.tiny import make_models

GOLDEN = Path(__file__).parents[4] / "shared" / "golden"


@pytest.fixture
def golden() -> Path:
    """The folder of results of the released code; the test is skipped where it is absent."""
    if not GOLDEN.is_dir():
        pytest.skip(f"the results of the released code are not here ({GOLDEN})")
    return GOLDEN


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of ``make_models`` that nobody may change."""
    return make_models(tmp_path_factory.mktemp("models"))
