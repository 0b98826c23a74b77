"""Somebody with a browser and no hurry: reads pages, fills in forms, follows redirects. No JavaScript, no database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

import requests

from portal.playing.forms import Form, forms_of

TIMEOUT = (5, 30)


class PageProblem(Exception):
    """A page did not answer as a visitor may expect; says which, and what stood on it."""


@dataclass(slots=True)
class Page:
    """What a visitor sees after a click."""

    url: str
    html: str

    def form_with(self, *names: str) -> Form:
        """The first form that has all these fields. Raises PageProblem where none has."""
        for form in forms_of(self.html):
            if form.names | {name for name, _value in form.buttons} >= set(names):
                return form
        raise PageProblem(f"{self.url} has no form with {', '.join(names)}")


@dataclass(slots=True)
class Visitor:
    """A visitor of the site at `base` (scheme, host and port), with a session of their own."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str) -> Page:
        """The page at `path`. Raises PageProblem on any answer but 200."""
        return self._page(self.session.get(urljoin(self.base, path), timeout=TIMEOUT))

    def submit(
        self, page: Page, *names: str, files: dict[str, tuple[str, bytes]] | None = None, **values: str | list[str]
    ) -> Page:
        """Fills in the form that has the fields `names` and all of `values`, and sends it."""
        return self._send(page, page.form_with(*names, *values, *(files or {})), values, files)

    def press(self, page: Page, action: str) -> Page:
        """Sends the form whose address ends with `action`, as the page filled it in; not one that only leads there."""
        posts = (one for one in forms_of(page.html) if one.method.lower() == "post")
        form = next((one for one in posts if one.action.endswith(action)), None)
        if form is None:
            raise PageProblem(f"{page.url} has no form for {action}")
        return self._send(page, form, {}, None)

    def _send(
        self, page: Page, form: Form, values: dict[str, str | list[str]], files: dict[str, tuple[str, bytes]] | None
    ) -> Page:
        data: dict[str, str | list[str]] = {**form.fields, **values}
        url = urljoin(page.url, form.action or page.url)
        headers = {"Referer": page.url}
        answer = self.session.post(url, data=data, files=files, headers=headers, timeout=TIMEOUT)
        return self._page(answer)

    def log_in(self, email: str, password: str) -> Page:
        """Logs in by the login page."""
        page = self.submit(self.get("/accounts/login/"), login=email, password=password)
        if "/accounts/login/" in page.url:
            raise PageProblem(f"{email} could not log in")
        return page

    def wait_for(self, path: str, is_there: Callable[[str], bool], *, seconds: float = 60) -> Page:
        """Reads the page again until `is_there(html)`. Raises PageProblem when the time is up."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            page = self.get(path)
            if is_there(page.html):
                return page
            time.sleep(0.5)
        raise PageProblem(f"{path} did not come to what was expected within {seconds:.0f} s")

    def _page(self, answer: requests.Response) -> Page:
        if answer.status_code != requests.codes.ok:
            raise PageProblem(f"{answer.request.method} {answer.url} answered {answer.status_code}")
        return Page(answer.url, answer.text)
