"""`manage.py create_user EMAIL`: somebody who works here; prints a password to start with, alone on its line."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access import users
from access.actors import Actor
from access.errors import Refused
from access.roles import ADMINISTRATOR, STAFF


class Command(BaseCommand):
    help = "Makes an account and prints its password, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--administrator", action="store_true")

    def handle(self, *args: Any, email: str, name: str, administrator: bool, **options: Any) -> None:
        password = secrets.token_urlsafe(12)
        role = ADMINISTRATOR if administrator else STAFF
        try:
            users.create_user(email=email, name=name, role=role, password=password, actor=Actor.command("create_user"))
        except Refused as error:
            raise CommandError(error.why) from None
        self.stderr.write(f"{email}, {role}. The password, shown this once:")
        self.stdout.write(password)
