"""Lists that nobody gave go after a month; what was given stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import batch_files, batches
from fulfillment.models import Batch, BatchFile, BatchRow, BatchState
from fulfillment.sheet_requests import Same
from fulfillment.tasks import forget_lists
from inventory.models import Product

pytestmark = pytest.mark.django_db


def kept(product: Product, actor: Actor, days_ago: int, content: str = "name,email\nAna,ana@example.org\n") -> Batch:
    batch = batch_files.keep(content=content.encode(), file_name="a.csv", same=Same(product), actor=actor)
    Batch.objects.filter(pk=batch.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
    return batch


def test_what_nobody_gave_for_a_month_is_forgotten(academic: Product, by_sam: Actor) -> None:
    old, faulty = kept(academic, by_sam, 31), kept(academic, by_sam, 31, "name,email\nAna,\n")
    young, given = kept(academic, by_sam, 29), kept(academic, by_sam, 31)
    batches.confirm(batch_id=given.pk, actor=by_sam)
    assert (forget_lists(), forget_lists()) == (2, 0)
    states = {one.pk: (one.state, one.faults) for one in Batch.objects.all()}
    assert states == {
        old.pk: (BatchState.DISCARDED, None),
        faulty.pk: (BatchState.DISCARDED, None),
        young.pk: (BatchState.DRAFT, None),
        given.pk: (BatchState.CONFIRMED, None),
    }
    assert set(BatchRow.objects.values_list("batch", flat=True)) == {young.pk, given.pk}
    assert list(BatchFile.objects.values_list("pk", flat=True)) == [young.pk]
    assert AuditEntry.objects.filter(verb="batch.discarded", by="scheduler").count() == 2
