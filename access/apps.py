from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "access"

    def ready(self) -> None:
        """Registers how the API's description speaks of keys."""
        from access import api_schema  # noqa: F401
