"""A real browser (Debian's Chromium) for tests that look at pages as a person would.

`browse(base_url, size=DESKTOP, scheme="light", session=None)` opens a page; at the test's end every console error,
failed script and violation of the content security policy on any page that was opened fails the test.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
Scheme = Literal["light", "dark"]
WAIT = 15_000  # milliseconds


@dataclass(slots=True)
class Complaints:
    """What the browser found wrong. A test that expects some of it takes it out of `found`."""

    found: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        # Violations of the policy are console errors, too.
        if message.type == "error":
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def listen(self, page: Page) -> None:
        page.on("console", lambda message: self.console(message))
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))


Browse = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium, for pytest-playwright. The suite fails without it, it does not skip."""
    found = shutil.which("chromium")
    assert found, "Chromium is missing: apt-get install chromium"
    # Playwright runs an event loop in the thread of the test; Django would refuse its database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {"executable_path": found, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    kept = Complaints()
    yield kept
    if kept.found:
        pytest.fail("the browser complained: " + "; ".join(kept.found))


@pytest.fixture
def browse(browser: Browser, complaints: Complaints, tmp_path: Path) -> Iterator[Browse]:
    """See the module. `session`: cookies of a `requests.Session`, for instance `PortalProcesses.session()`.

    Where a test fails, its last pages lie as pictures in the test's `tmp_path`.
    """
    contexts: list[BrowserContext] = []

    def open_page(
        base_url: str,
        *,
        size: ViewportSize = DESKTOP,
        scheme: Scheme = "light",
        session: requests.Session | None = None,
    ) -> Page:
        context = browser.new_context(base_url=base_url, viewport=size, color_scheme=scheme, reduced_motion="reduce")
        context.set_default_timeout(WAIT)
        contexts.append(context)
        if session is not None:
            context.add_cookies(
                [{"name": one.name, "value": one.value or "", "url": base_url} for one in session.cookies],
            )
        page = context.new_page()
        complaints.listen(page)
        return page

    yield open_page
    for number, context in enumerate(contexts):
        for page in context.pages:
            page.screenshot(path=tmp_path / f"last-page-{number}.png")
        context.close()
