"""A tracking code, or changes to it; prints its path (DESIGN.md section 7)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.actors import Actor
from webhooks import tracking_codes
from webhooks.errors import BadTrackingCode
from webhooks.models import Auth


class Command(BaseCommand):
    help = "Creates a tracking code, or changes it; prints the path that iTEP posts to, alone on its line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--auth", choices=Auth.values, help="how iTEP proves that it is iTEP (default: none)")
        parser.add_argument("--secret", help="basic: user:password; header: 'Name: value'; the old one stays valid")
        parser.add_argument("--signature-header", help="hmac: the header of the signature (default: X-Signature)")
        parser.add_argument("--remove-old-secret", action="store_true", help="the new secret alone is valid then")

    def handle(self, *args: Any, **options: Any) -> None:
        actor, code = Actor.command("create_tracking_code"), options["code"]
        try:
            found = tracking_codes.create(
                code=code,
                auth=options["auth"],
                secret=options["secret"],
                signature_header=options["signature_header"],
                actor=actor,
            )
            if options["remove_old_secret"]:
                tracking_codes.remove_old_secret(code=code, actor=actor)
        except BadTrackingCode as error:
            raise CommandError(str(error)) from error
        self.stdout.write(tracking_codes.path_of(found))
