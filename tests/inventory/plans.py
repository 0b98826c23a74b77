"""Plans for tests that need many rows, or one of each kind."""

from inventory.models import Cause, PlanRow, Upload


def planned_rows(upload: Upload, count: int, *, product: str = "ACAD-PLUS") -> None:
    """`count` new IDs in the upload's plan."""
    PlanRow.objects.bulk_create(
        (
            PlanRow(
                upload=upload,
                test_id=f"NEW{n:06}",
                product=product,
                cause=Cause.ADDED,
                rule="f.new",
                row=n,
                after="open",
            )
            for n in range(count)
        ),
        batch_size=2_000,
    )
