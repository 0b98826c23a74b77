"""`manage.py pause_calls [CODE] [--because WHY] [--resume]`: for whoever cannot reach the pages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.actors import Actor
from inventory import pauses, products
from inventory.errors import ReasonNeeded
from inventory.models import Product


class Command(BaseCommand):
    help = "Pauses all calls to iTEP, or those of one product, until they are resumed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", nargs="?", help="of the product; none: all calls")
        parser.add_argument("--because", default="", help="why; every page shows it")
        parser.add_argument("--resume", action="store_true", help="calls go on")

    def handle(self, *, code: str | None, because: str, resume: bool, **options: Any) -> None:
        product = Product.objects.filter(code=code).first() if code else None
        if code and product is None:
            raise CommandError(f"There is no product {code}.")
        try:
            done = self._resume(product) if resume else self._pause(product, because)
        except ReasonNeeded:
            raise CommandError("Say why, with --because.") from None
        said = "go on" if resume else "are paused"
        self.stdout.write(f"Calls {said}{f' for {code}' if code else ''}{'' if done else ' already'}.")

    def _pause(self, product: Product | None, because: str) -> bool:
        actor = Actor.command("pause_calls")
        if product is None:
            return pauses.pause_all(because=because, actor=actor)
        return products.pause(product=product, because=because, actor=actor)

    def _resume(self, product: Product | None) -> bool:
        actor = Actor.command("pause_calls")
        if product is None:
            return pauses.resume_all(actor=actor)
        return products.resume(product=product, actor=actor)
