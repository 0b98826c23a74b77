from django.apps import AppConfig


class FulfillmentConfig(AppConfig):
    name = "fulfillment"

    def ready(self) -> None:
        """Tells the outbox who does this room's work, and inventory what stands in Assigned-to."""
        from fulfillment import (
            answering,
            assigned_to,
            batches,
            bulk_acts,
            calling,
            calling_again,
            holding,
            mailing,
            sending,
            settling,
        )
        from fulfillment.models import Fulfillment
        from inventory import held_back, texts, visibility
        from outbox import registry

        registry.register_local("fulfillment.settle", answering.settle)
        registry.register_local("fulfillment.serve_waiting", answering.serve_waiting)
        registry.register_local(batches.KIND, batches.run)
        registry.register_local(calling_again.KIND, calling_again.run)
        registry.register_local(bulk_acts.KIND, bulk_acts.run)
        registry.register_outgoing(settling.CALL, calling.outgoing())
        registry.register_outgoing(mailing.KIND, sending.OUTGOING)
        texts.register(assigned_to.text_for)
        held_back.register(holding.held)
        visibility.register(lambda payers: Fulfillment.objects.filter(payer__in=payers).values("oid"))
