"""The statement by which a request takes a test ID, against the fastest that the database can do with it.

    python bench/claims.py           100,000 IDs, 16 connections, PostgreSQL and SQLite; a batch of 1,000; whole claims
    FULL=1 python bench/claims.py    also a million IDs of which 90 % are used

Rates are takes a second, the median of three, in turn in one run. pgbench runs the portal's own statement without
Python; the ORM's is `select_for_update(skip_locked=True)` and `save`. Each run starts on a fresh part of the stock, and
each must give every ID once; the control, which looks and then saves without a lock, must not. The goals: 0.4 of
pgbench, 3 times the ORM's, 0.7 of that rate at a million; a batch by one statement 6 times as fast as by row objects.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import count
from pathlib import Path
from statistics import median
from threading import Barrier
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FULL = os.environ.get("FULL") == "1"
CONNECTIONS, TIMES, BATCH, WHOLE = 16, 3, 1_000, 5_000
STOCK, MILLION = 100_000, 1_000_000
TAKES = 4_000  # of one run
keys = count(1)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def make_stock(number: int, *, used: int = 0) -> Any:
    """A product with so many IDs, of which `used` are held; and claims that hold none yet."""
    from django.db import connection, transaction

    from inventory.models import Product

    product = Product.objects.create(code=f"BENCH-{next(keys)}")
    numbers = (
        f"generate_series(1, {number})"
        if connection.vendor == "postgresql"
        else f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number}) SELECT i FROM n)"
    )
    make_claims(product, TAKES * 2 * TIMES * 6 + used)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(*_ids_of(product, numbers))
        if used:
            cursor.execute(_USE.format(used=used), [product.pk, product.pk])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return product


_USE = """
    UPDATE inventory_testid SET holder_id = c.id, holding = 'current'
    FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM inventory_claim WHERE product_id = %s) c,
        (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM inventory_testid WHERE product_id = %s) t
    WHERE inventory_testid.id = t.id AND c.place = t.place AND c.place <= {used}
"""


def _ids_of(product: Any, numbers: str) -> tuple[str, list[Any]]:
    from django.db import connection
    from django.utils import timezone

    from inventory.models import TestID, WordSource

    now = timezone.now()
    blank = TestID(product=product, status="ready", status_raw="Ready", said_at=now, said_by=WordSource.EXPORT)
    blank.standing = "open"
    fields = [one for one in TestID._meta.concrete_fields if not one.primary_key and one.column != "test_id"]
    values = [one.get_db_prep_save(one.pre_save(blank, True), connection) for one in fields]
    names, marks = ", ".join(str(one.column) for one in fields), ", ".join(["%s"] * len(fields))
    number = "numbers.i" if connection.vendor == "postgresql" else "i"
    alias = "numbers(i)" if connection.vendor == "postgresql" else ""
    return (
        f"INSERT INTO inventory_testid (test_id, {names}) SELECT %s || {number}, {marks} FROM {numbers} {alias}",
        [f"{product.code}-", *values],
    )


def make_claims(product: Any, number: int) -> None:
    from uuid import uuid4

    from inventory.models import Claim, ClaimState

    for start in range(0, number, 10_000):
        Claim.objects.bulk_create(
            Claim(oid=uuid4(), product=product, source="inventory", state=ClaimState.WAITING)
            for _ in range(min(10_000, number - start))
        )


@lru_cache(maxsize=1)
def threads() -> ThreadPoolExecutor:
    """As many as there are connections, each with its own, opened before anything is measured."""
    from django.db import connection

    together = Barrier(CONNECTIONS)

    def connect(_: int) -> None:
        connection.ensure_connection()
        together.wait()

    pool = ThreadPoolExecutor(CONNECTIONS)
    list(pool.map(connect, range(CONNECTIONS)))
    return pool


class Takers:
    """Threads with a connection each, that take IDs for claims nobody took one for."""

    def __init__(self, product: Any) -> None:
        from inventory.models import Claim, TestID

        self.product = product
        holders = TestID.objects.filter(product=product, holder__isnull=False).values("holder")
        free = Claim.objects.filter(product=product).exclude(pk__in=holders).order_by("pk")
        self.claims: Iterator[int] = iter(list(free.values_list("pk", flat=True)))

    def rate(self, way: Callable[[Any, int], str], takes: int = TAKES) -> tuple[float, int]:
        """Takes a second, and how many IDs were given more than once."""
        mine = [next(self.claims) for _ in range(takes)]
        began = time.perf_counter()
        given = list(threads().map(lambda claim_id: way(self.product, claim_id), mine))
        took = time.perf_counter() - began
        return takes / took, takes - len(set(given))


def ours(product: Any, claim_id: int) -> str:
    from django.db import transaction

    from inventory import locks

    with transaction.atomic():
        taken = locks.take_test_id(claim_id=claim_id, product_id=product.pk, outlive=None)
    assert taken, "the stock must last for the whole run"
    return taken.test_id


def by_orm(product: Any, claim_id: int) -> str:
    from django.db import connection, transaction

    from inventory.models import TestID

    skips = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        rows = TestID.objects.available().filter(product=product).order_by("valid_until", "id")
        row = rows.select_for_update(skip_locked=skips).first()
        assert row
        row.holder_id, row.holding = claim_id, "current"
        row.revision += 1
        row.save()
    return row.test_id


def without_lock(product: Any, claim_id: int) -> str:
    """The control: what a claim would be without a lock."""
    from inventory.models import TestID

    row = TestID.objects.available().filter(product=product).order_by("valid_until", "id").first()
    assert row
    TestID.objects.filter(pk=row.pk).update(holder=claim_id, holding="current")
    return row.test_id


def pgbench(product: Any) -> float:
    """Transactions a second of the same statement, by PostgreSQL's own client."""
    from django.db import connection
    from django.utils import timezone

    from inventory import locks
    from tests.servers import _binary

    settings = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE IF EXISTS bench_claims")
        cursor.execute(
            "SELECT MIN(id) FROM inventory_claim c WHERE product_id = %s"
            " AND NOT EXISTS (SELECT 1 FROM inventory_testid t WHERE t.holder_id = c.id)",
            [product.pk],
        )
        cursor.execute(f"CREATE SEQUENCE bench_claims START {cursor.fetchone()[0]}")
    statement = locks._TAKE.format(available=locks._AVAILABLE, lock="FOR UPDATE SKIP LOCKED")
    values = iter(["nextval('bench_claims')", product.pk, f"'{timezone.localdate()}'", product.pk, product.pk])
    script = re.sub(r"%s", lambda _: str(next(values)), statement)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write("BEGIN;\n" + " ".join(script.split()) + ";\nCOMMIT;\n")
        file.flush()
        Path(file.name).chmod(0o644)
        command = [_binary("pgbench"), "-n", "-f", file.name, "-c", str(CONNECTIONS), "-j", "2", "-M", "prepared"]
        command += ["-t", str(TAKES // CONNECTIONS), "-h", settings["HOST"], "-p", str(settings["PORT"])]
        done = subprocess.run([*command, "-U", "portal", settings["NAME"]], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def one_by_one(number: int = STOCK, used: int = 0) -> float:
    """Prints the rates of all ways; gives that of the portal's statement."""
    from django.db import connection

    product = make_stock(number, used=used)
    rates: dict[str, list[float]] = {"the portal": [], "the ORM": []}
    if connection.vendor == "postgresql":
        rates["pgbench"] = []
    for _ in range(TIMES):
        if "pgbench" in rates:
            rates["pgbench"].append(pgbench(product))
        takers = Takers(product)
        for name, way in (("the portal", ours), ("the ORM", by_orm)):
            rate, twice = takers.rate(way, TAKES if way is ours else TAKES // 4)
            assert not twice, f"{name} gave {twice} IDs twice"
            rates[name].append(rate)
    middle = {name: median(values) for name, values in rates.items()}
    against = "".join(
        f", {middle['the portal'] / rate:.2f} of {name}'s {rate:,.0f}"
        for name, rate in middle.items()
        if name != "the portal"
    )
    used_words = f", {used:,} of them used" if used else ""
    print(f"  {number:,} IDs{used_words}: the portal {middle['the portal']:,.0f} a second{against}", flush=True)
    if not used:
        takers = Takers(product)
        _, twice = takers.rate(without_lock, TAKES // 4)
        print(f"  the control without a lock gave {twice} of {TAKES // 4:,} IDs to a second one as well")
        assert twice, "the control must fail, or this run has shown nothing"
    return middle["the portal"]


def batch_of_a_thousand() -> None:
    """The claiming UPDATE of a batch against row objects and bulk_update."""
    from django.db import transaction

    from inventory import locks
    from inventory.models import Claim, TestID

    product = make_stock(20_000)

    def fresh() -> list[int]:
        taken = TestID.objects.filter(holder__isnull=False).values("holder")
        rows = Claim.objects.filter(product=product).exclude(pk__in=taken).order_by("pk")
        return list(rows.values_list("pk", flat=True)[:BATCH])

    def at_once() -> None:
        with transaction.atomic():
            found = locks.take_test_ids(claim_ids=mine, product_id=product.pk, outlive=None)
        assert len(found) == BATCH

    def by_rows() -> None:
        with transaction.atomic():
            rows = TestID.objects.available().filter(product=product).order_by("valid_until", "id")
            chosen = list(rows.select_for_update()[:BATCH])
            for row, claim_id in zip(chosen, mine, strict=True):
                row.holder_id, row.holding, row.revision = claim_id, "current", row.revision + 1
            TestID.objects.bulk_update(chosen, ["holder", "holding", "revision"], batch_size=500)

    took: dict[str, list[float]] = {"at once": [], "by rows": []}
    for _ in range(TIMES):
        for name, way in (("at once", at_once), ("by rows", by_rows)):
            mine = fresh()
            took[name].append(seconds(way))
    first, second = median(took["at once"]), median(took["by rows"])
    print(
        f"  a batch of {BATCH:,}: one statement {first * 1000:.0f} ms,"
        f" row objects and bulk_update {second * 1000:.0f} ms, {second / first:.1f} times as long",
        flush=True,
    )


def whole() -> None:
    """Reported: a whole request (guard, claim, story, call queued), and a whole batch, as the pages give them."""
    from django.contrib.auth import get_user_model

    from access.actors import Actor
    from fulfillment import batch_files, batches, provisioning
    from fulfillment.candidates import Candidate
    from fulfillment.models import Origin, RowState
    from fulfillment.sheet_requests import Same
    from outbox import running

    product = make_stock(STOCK)
    actor = Actor.person(get_user_model().objects.create_user(f"bench{next(keys)}", "b@example.org"))

    def give(number: int) -> None:
        person = Candidate(f"Ana {number}", f"ana{number}.{product.pk}@example.org", "", "")
        provisioning.give(product=product, candidate=person, actor=actor, origin=Origin.STAFF)

    took = [seconds(lambda: give(number)) for number in range(300)]  # noqa: B023
    print(f"  a whole request: {median(took) * 1000:.1f} ms", flush=True)
    lines = [f"Bo {number},bo{number}.{product.pk}@example.org" for number in range(WHOLE)]
    content = "\n".join(["Name,Email", *lines]).encode()
    batch = batch_files.keep(content=content, file_name="bench.csv", same=Same(product), actor=actor)
    batches.confirm(batch_id=batch.pk, actor=actor, go_on=True)
    from outbox.models import Entry

    def run() -> None:
        while entry := _lease(batches.KIND):
            running.run_one(entry)

    took_all = seconds(run)
    given = batch.rows.filter(state=RowState.GIVEN).count()
    assert given == WHOLE, f"{given} given; {Entry.objects.filter(kind=batches.KIND).values_list('note')}"
    print(f"  a whole batch of {WHOLE:,}: {took_all:.1f} s, {took_all / WHOLE * 1000:.1f} ms a row", flush=True)


def _lease(kind: str) -> Any:
    from outbox import locks

    return locks.lease_next([kind])


def measure() -> None:
    """In a process of its own, on the database that the environment names."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    rate = one_by_one()
    batch_of_a_thousand()
    whole()
    if FULL:
        at_a_million = one_by_one(MILLION, used=MILLION * 9 // 10)
        print(f"  at a million, 90 % used: {at_a_million / rate:.2f} of the rate at {STOCK:,}")


def main() -> None:
    for database in ("postgresql", "sqlite"):
        print(database, flush=True)
        environment = {**os.environ, "TESTS_ON": database, "BENCH": "claims"}
        subprocess.run([sys.executable, __file__], env=environment, check=True, cwd=ROOT)


if __name__ == "__main__":
    measure() if os.environ.get("BENCH") == "claims" else main()
