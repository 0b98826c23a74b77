"""The fixture `portal_processes`; see tests/processes.py for what it gives."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.processes import PortalProcesses, running

StartPortal = Callable[..., PortalProcesses]


@pytest.fixture
def portal_processes(tmp_path: Path) -> Iterator[StartPortal]:
    """`portal_processes(database="sqlite", broker="filesystem", sandbox=True, environment=None, redis=None)`.

    Each call starts one more portal with its own data; all of them end with the test.
    """
    with ExitStack() as stack:
        started = 0

        def start(**wanted: object) -> PortalProcesses:
            nonlocal started
            started += 1
            folder = tmp_path / f"portal-{started}"
            folder.mkdir()
            return stack.enter_context(running(folder, **wanted))  # type: ignore[arg-type]

        yield start
