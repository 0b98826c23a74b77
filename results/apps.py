from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "results"

    def ready(self) -> None:
        """Tells the outbox who judges a result that an export contradicts, and who brings results to an adopted ID.

        Fulfillment asks for earlier results before it spends a test ID.
        """
        from fulfillment import earlier_results
        from outbox import registry
        from results import answering, earlier

        registry.register_local("results.doubt", answering.doubt)
        registry.register_local("results.follow", answering.follow)
        earlier_results.register(earlier.found)
