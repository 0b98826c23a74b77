"""`manage.py create_payer CODE [--name N]`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from access import payers
from access.actors import Actor


class Command(BaseCommand):
    help = "Makes a payer, or changes its name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="letters, digits, - and _")
        parser.add_argument("--name")

    def handle(self, *args: Any, code: str, name: str | None, **options: Any) -> None:
        try:
            payer = payers.create_or_change(code=code, name=name, actor=Actor.command("create_payer"))
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stderr.write(f"Payer {payer.code}: {payer.name}")
