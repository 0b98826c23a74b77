"""`manage.py create_product CODE ...`: a product, or changes to it (DESIGN.md section 7)."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.actors import Actor
from inventory.models import Calls, Delivery, Product, Source
from inventory.products import Settings, check_code, create_or_change


class Command(BaseCommand):
    help = "Makes a product, or changes one; what is not named stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--name")
        parser.add_argument("--api-key", help="from iTEP admin > PRODUCT CODE > generate")
        parser.add_argument("--source", choices=Source.values)
        parser.add_argument("--delivery", choices=Delivery.values)
        parser.add_argument("--calls", choices=Calls.values)

    def handle(self, *, code: str, **options: Any) -> None:
        named = ("name", "api_key", "source", "delivery", "calls")
        change = cast("Settings", {name: options[name] for name in named if options[name] is not None})
        try:
            check_code(code)
            known = Product.objects.filter(code=code).exists()
            create_or_change(code=code, actor=Actor.command("create_product"), change=change)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        self.stdout.write(f"{code} {'changed' if known else 'created'}")
