"""The sandbox as a WSGI program: before the first request the state is read, and undelivered webhooks go out."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from itep.sandbox import sender  # noqa: E402 - needs the settings
from itep.sandbox.world import the_store  # noqa: E402

sender.start(the_store())
