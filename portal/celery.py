"""The Celery application: a wake-up call for the outbox and the inbox, never their memory."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

from portal import embedded_broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

if os.environ.get("PORTAL_LOG") == "console":
    # `make run` as root, in a container for instance, is nobody's news; an operator's own worker still warns.
    warnings.filterwarnings("ignore", category=SecurityWarning)
embedded_broker.install()
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
