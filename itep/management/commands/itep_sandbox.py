"""`itep_sandbox`: plays iTEP, as a program of its own on its own port."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from itep.sandbox.serving import CannotServe, serve


class Command(BaseCommand):
    help = "Plays iTEP: test IDs, the two calls, results, and faults on request."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.ENVIRONMENT.sandbox_port or 8001)
        parser.add_argument("--bind", default="127.0.0.1", help="the address to listen at (default: this machine only)")
        parser.add_argument("--host", action="append", default=[], help="another name it may be called by")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            serve(
                port=options["port"],
                bind=options["bind"],
                hosts=options["host"],
                data_dir=settings.DATA_DIR / "sandbox",
                dialect=settings.ENVIRONMENT.dialect_file,
            )
        except CannotServe as error:
            raise CommandError(str(error)) from error
