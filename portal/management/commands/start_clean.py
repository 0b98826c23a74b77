"""`manage.py start_clean [--yes]`: leave practice mode for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.actors import Actor
from portal import starting_clean


class Command(BaseCommand):
    """Says what it will remove, asks, removes it, and leaves the mark."""

    help = "Removes all that was made in practice mode, except users; no later start plays again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            starting_clean.refuse_if_real()
            self._say_what_goes()
            if not options["yes"] and input('Remove all of this? Type "yes": ').strip() != "yes":
                raise CommandError("nothing was removed")
            starting_clean.start_clean(actor=Actor.command("start_clean"))
        except starting_clean.NotOnlyPractice as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("Removed. Users stay. Stop the portal and start it again: it will not play any more.")

    def _say_what_goes(self) -> None:
        self.stdout.write("This will remove:")
        for one in starting_clean.made():
            self.stdout.write(f"  {one.count:6} {one.what}")
        self.stdout.write("and the mails and the practice iTEP's book in the data folder. Users stay.")
