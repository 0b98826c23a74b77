from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "results"

    def ready(self) -> None:
        """Tells the outbox who judges a result that an export contradicts, and who brings results to an adopted ID."""
        from outbox import registry
        from results import answering

        registry.register_local("results.doubt", answering.doubt)
        registry.register_local("results.follow", answering.follow)
