"""`manage.py play_journey`: fills a practice portal with a journey, by HTTP, as the first start does."""

from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import prepare
from portal.playing import journey
from portal.playing.visitor import PageProblem


class Command(BaseCommand):
    """Needs a running portal in practice mode, and its first user's password."""

    help = "Plays a journey through the front doors of a running practice portal."

    def handle(self, *args: Any, **options: Any) -> None:
        user = prepare.first_user(settings.DATA_DIR)
        if not (settings.PRACTICE and settings.ITEP_BASE_URL):
            raise CommandError("a journey is played with the practice iTEP of this start only")
        if user is None:
            raise CommandError("the first user's password is not kept any more")
        try:
            journey.play(settings.PORTAL_URL, settings.ITEP_BASE_URL, *user)
        except (PageProblem, requests.RequestException, TimeoutError) as problem:
            raise CommandError(str(problem)) from problem
