"""What the list of uploads shows beside each."""

from __future__ import annotations

from collections.abc import Sequence

from inventory.models import Upload


def first_of_same(page: Sequence[Upload]) -> dict[int, int]:
    """Upload -> the earlier one with the very same file, where there is one."""
    alike = Upload.objects.filter(sha256__in={one.sha256 for one in page}).order_by("-id").values_list("sha256", "id")
    first = dict(alike)  # the last one of each is the oldest
    return {one.pk: first[one.sha256] for one in page if first.get(one.sha256, one.pk) != one.pk}
