"""The shell: settings, urls, celery, wsgi; Today, and every page that joins several rooms."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
