"""Judges posts in quarantine again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from access.actors import Actor
from webhooks import quarantine
from webhooks.judging import judge_kept


class Command(BaseCommand):
    help = "Puts posts in quarantine back into the inbox, and judges them: all, or those whose numbers are given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", nargs="*", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        count = quarantine.replay(actor=Actor.command("replay_webhooks"), post_ids=options["number"] or None)
        judged = judge_kept()
        self.stdout.write(f"{count} put back, {judged} judged")
