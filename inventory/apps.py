from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "inventory"

    def ready(self) -> None:
        from inventory import stock_mails, upload_work

        upload_work.register()
        stock_mails.register()
