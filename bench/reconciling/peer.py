"""The peer: django-import-export, as a Django project would import the same file, by its defaults and at its best."""

from __future__ import annotations

from typing import Any

import tablib
from django.db import connection, models
from import_export import instance_loaders, resources

from bench.reconciling.exports import HEADER


class PeerID(models.Model):
    """The five columns, as a project without a mirror of its own would keep them."""

    test_id = models.CharField(max_length=64, unique=True)
    product = models.CharField(max_length=64)
    status = models.CharField(max_length=64)
    assigned_to = models.TextField(blank=True)
    valid_until = models.DateField(null=True)

    class Meta:
        app_label = "inventory"  # the peer wants an installed app; nothing but the bench imports this

    def __str__(self) -> str:
        return self.test_id


class _Defaults(resources.ModelResource):  # type: ignore[misc]
    class Meta:
        model = PeerID
        import_id_fields = ("test_id",)
        fields = ("test_id", "product", "status", "assigned_to", "valid_until")


class _Best(_Defaults):
    class Meta(_Defaults.Meta):
        use_bulk = True
        batch_size = 1_000
        skip_unchanged = True
        report_skipped = False
        skip_diff = True
        instance_loader_class = instance_loaders.CachedInstanceLoader


def make_table() -> None:
    if PeerID._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(PeerID)


def run(content: bytes, *, best: bool) -> Any:
    """Imports a csv; raises where a row fails."""
    data = tablib.Dataset().load(content.decode(), format="csv")
    data.headers = [dict(zip(HEADER, _Defaults.Meta.fields, strict=True))[name] for name in data.headers]
    return (_Best if best else _Defaults)().import_data(data, raise_errors=True)
