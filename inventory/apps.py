from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class InventoryConfig(AppConfig):
    name = "inventory"

    def ready(self) -> None:
        from inventory import stock_mails, text_search, upload_work

        upload_work.register()
        stock_mails.register()
        text_search.register()
        post_migrate.connect(_watch_again, sender=self)


def _watch_again(*, using: str, **_more: Any) -> None:
    from inventory import ledger

    ledger.watch_again(connections[using])
