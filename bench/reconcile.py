"""`reconcile --apply` of 100,000 rows as a whole, against the least that any way must do, in turn in one run.

    python bench/reconcile.py           csv and xlsx, first and again with 1 % changed, SQLite and PostgreSQL; the peer
    FULL=1 python bench/reconcile.py    also a million rows, passwords, and the peer by its defaults

Each figure is the median of three, each time with other IDs, so that the mirror grows as it does in life. Reading, plan
with causes, stories, audit and apply are all in it; the start of Python is not. The goal: at most 3 times the floor,
and a million rows at most 1.3 times as much per row.
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
FULL = os.environ.get("FULL") == "1"
ROWS, PEER_ROWS, MILLION, TIMES = 100_000, 10_000, 1_000_000, 3


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Bench:
    """One database. `series` numbers the runs: each has IDs of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.series = folder, 0

    def next_series(self) -> str:
        self.series += 1
        return f"S{self.series:03}X"

    def reconcile(self, content: bytes, kind: str) -> None:
        from django.core.management import call_command

        file = self.folder / f"export.{kind}"
        file.write_bytes(content)
        call_command("reconcile", str(file), "--apply", "--accept-mass-change", "--json", stdout=io.StringIO())

    def against_floor(self, kind: str, *, passwords: bool = False, count: int = ROWS, times: int = TIMES) -> float:
        """Prints both halves, first and again; the seconds of the portal's first."""
        from bench.reconciling import exports, floor
        from inventory.models import Product

        ours: dict[str, list[float]] = {"first": [], "again": []}
        least: dict[str, list[float]] = {"first": [], "again": []}
        bare: dict[str, list[float]] = {"first": [], "again": []}
        for _ in range(times):
            series = self.next_series()
            product = Product.objects.create(code=f"BENCH-{series}")
            for name in ours:
                lines = exports.rows(count, series=series, changed=name == "again", passwords=passwords)
                content = exports.as_csv(lines, passwords=passwords) if kind == "csv" else exports.as_xlsx(lines)
                if not passwords:
                    bare[name].append(seconds(lambda: floor.run(content, kind, product.pk, write=False)))  # noqa: B023
                    least[name].append(seconds(lambda: floor.run(content, kind, product.pk)))  # noqa: B023
                ours[name].append(seconds(lambda: self.reconcile(content, kind)))  # noqa: B023
        for name, whole in ours.items():
            what = f"  {count:,} rows, {kind}, {'1 % changed' if name == 'again' else name}"
            if passwords:
                print(f"{what}, with passwords: {median(whole):.2f} s", flush=True)
                continue
            ratio = median(one / floor for one, floor in zip(whole, least[name], strict=True))
            print(
                f"{what}: {median(whole):.2f} s, floor {median(least[name]):.2f} s, ratio {ratio:.2f}"
                f" (a diff that writes nothing {median(bare[name]):.2f} s)",
                flush=True,
            )
        return median(ours["first"])

    def peer(self, *, best: bool) -> None:
        from bench.reconciling import exports, peer

        peer.make_table()
        series = self.next_series()
        for name in ("first", "again"):
            content = exports.as_csv(exports.rows(PEER_ROWS, series=series, changed=name == "again"))
            took = seconds(lambda: peer.run(content, best=best))  # noqa: B023
            how = "at its best" if best else "by its defaults"
            what = f"  django-import-export {how}, {PEER_ROWS:,} rows, {'1 % changed' if name == 'again' else name}"
            print(f"{what}: {took:.2f} s, scaled to {ROWS:,}: {took * ROWS / PEER_ROWS:.0f} s", flush=True)


def measure() -> None:
    """In a process of its own, on the database that the environment names."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    from bench.reconciling import floor

    call_command("migrate", verbosity=0)
    floor.make_mirror()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        whole = bench.against_floor("csv")
        bench.against_floor("xlsx")
        bench.peer(best=True)
        if FULL:
            bench.against_floor("csv", passwords=True, times=1)
            bench.peer(best=False)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            many = bench.against_floor("csv", count=MILLION, times=1)
            per_row = (many / MILLION) / (whole / ROWS)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(f"  a million rows: {per_row:.2f} times as much per row; peak {before // 1024} > {peak // 1024} MiB")


def main() -> None:
    for database in ("sqlite", "postgresql"):
        print(database, flush=True)
        environment = {**os.environ, "TESTS_ON": database, "BENCH": "reconcile"}
        subprocess.run([sys.executable, __file__], env=environment, check=True, cwd=ROOT)


if __name__ == "__main__":
    measure() if os.environ.get("BENCH") == "reconcile" else main()
