"""Shows, or applies, what an export of iTEP's AVAILABLE TESTS panel would change (DESIGN.md section 7)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from access.actors import Actor
from inventory import reconciliation, uploads
from inventory.models import Cause, PlanRow, Scope, Upload
from inventory.reconciliation import CannotApply, YesMissing
from inventory.sheets import MAX_BYTES, UnreadableFile


class Command(BaseCommand):
    help = "Shows what an export of iTEP's AVAILABLE TESTS panel would change; with --apply, applies it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--product", default="", metavar="CODE", help="for rows that name none")
        parser.add_argument("--exported-at", metavar="ISO-8601", help="default: the file's modification time")
        parser.add_argument("--scope", choices=Scope.values, default=Scope.FILE)
        parser.add_argument("--apply", action="store_true", help="applies the valid rows")
        parser.add_argument("--strict", action="store_true", help="applies nothing if any row is invalid")
        parser.add_argument("--ready-only", action="store_true", help="states that the file lists Ready IDs alone")
        parser.add_argument("--accept-withdrawals", action="store_true", help="yes, though an ID is unreadable")
        parser.add_argument("--accept-mass-change", action="store_true", help="yes to more than a fifth of a product")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_: object, **options: Any) -> None:
        actor = Actor.command("reconcile")
        try:
            upload = _planned(options, actor)
            problem = _applied(upload, options, actor) if options["apply"] else ""
        except (UnreadableFile, CannotApply, ValueError, OSError) as impossible:
            raise CommandError(str(impossible)) from impossible
        upload.refresh_from_db(fields=["state", "counts", "applied_at"])
        self._show(upload, as_json=options["json"])
        if problem:
            raise CommandError(problem)

    def _show(self, upload: Upload, *, as_json: bool) -> None:
        about = _report(upload)
        if as_json:
            self.stdout.write(json.dumps(about))
            return
        self.stdout.write(
            f"Upload {upload.pk}: {upload.file_name}, downloaded from iTEP {upload.exported_at:%Y-%m-%d %H:%M %Z}"
        )
        for cause, number in about["counts"].items():
            self.stdout.write(f"{cause:>18} {number}")
        for one in about["invalid"]:
            place = f"{one['sheet']} row {one['row']}".strip()
            self.stdout.write(f"{place}, {one['column']}: {one['value']!r}, expected {one['expected']}")
        for one in upload.warnings:
            if "text" in one:
                self.stdout.write(one["text"])
        self.stdout.write("Applied." if about["applied"] else "Nothing was changed. Add --apply to apply it.")


def _planned(options: dict[str, Any], actor: Actor) -> Upload:
    file: Path = options["file"]
    if file.stat().st_size > MAX_BYTES:
        raise UnreadableFile(f"This file is too large to be an export: more than {MAX_BYTES // 1024**2} MiB.")
    upload = uploads.keep(
        content=file.read_bytes(),
        file_name=file.name,
        actor=actor,
        exported_at=_exported_at(file, options["exported_at"]),
        scope=options["scope"],
        default_product=options["product"],
        ready_only=options["ready_only"],
    )
    return reconciliation.plan(upload_id=upload.pk)


def _exported_at(file: Path, given: str | None) -> datetime:
    """When the file was downloaded: as stated, else its modification time. Without an offset it is in TIME_ZONE."""
    if given is None:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    at = parse_datetime(given) or parse_datetime(f"{given}T00:00")
    if at is None:
        raise ValueError(
            f"--exported-at: expected a time as 2026-11-23T14:00 or 2026-11-23T14:00+01:00, found {given!r}"
        )
    return at if timezone.is_aware(at) else timezone.make_aware(at)


def _applied(upload: Upload, options: dict[str, Any], actor: Actor) -> str:
    """Applies the plan; why not, "" if it was."""
    try:
        reconciliation.apply(
            upload_id=upload.pk,
            actor=actor,
            accept_withdrawals=options["accept_withdrawals"],
            accept_mass_change=options["accept_mass_change"],
            strict=options["strict"],
        )
    except YesMissing as missing:
        return " ".join([str(missing), *(f"Add --accept-{kind.replace('_', '-')}." for kind in missing.kinds)])
    except CannotApply as refused:
        return str(refused)
    return ""


def _report(upload: Upload) -> dict[str, Any]:
    invalid = PlanRow.objects.filter(upload=upload, cause=Cause.INVALID).order_by("id")
    return {
        "applied": upload.applied_at is not None,
        "upload": upload.pk,
        "counts": {str(cause): upload.counts.get(cause, 0) for cause in Cause},
        "invalid": [
            {"sheet": one.sheet, "row": one.row, "column": one.column, "value": one.value, "expected": one.expected}
            for one in invalid
        ],
    }
