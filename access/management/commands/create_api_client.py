"""`manage.py create_api_client NAME [--scope ...]... [--payer P]...`: prints the key once, alone on its line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from access import api_clients, api_keys
from access.actors import Actor
from access.errors import Refused
from access.models import ApiClient, Scope


class Command(BaseCommand):
    help = (
        "Makes an API client and prints its key, once. For a name that exists: a further key, the old ones stay valid; "
        "scopes and payers that are given replace those that stand."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--scope", action="append", choices=Scope.values, help="without any, a new client may provision and read"
        )
        parser.add_argument("--payer", action="append", help="code of a payer; without any it sees everything")

    def handle(self, *args: Any, name: str, scope: list[str] | None, payer: list[str] | None, **options: Any) -> None:
        try:
            client, key = _make(name, scope, payer)
        except Refused as error:
            raise CommandError(error.why) from None
        self.stderr.write(f"API client {client.name}, scopes {', '.join(client.scopes)}. Its key, shown this once:")
        self.stdout.write(key)


@transaction.atomic
def _make(name: str, scopes: list[str] | None, payers: list[str] | None) -> tuple[ApiClient, str]:
    actor = Actor.command("create_api_client")
    client = api_clients.create_or_change(name=name, scopes=scopes, payers=payers, actor=actor)
    return client, api_keys.make_key(client, actor=actor)
