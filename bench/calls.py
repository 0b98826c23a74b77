"""The outbox making calls, against a bare loop of `requests` with as many threads, to a practice iTEP that is quick.

    python bench/calls.py           4 threads, PostgreSQL and SQLite

Calls a second, the median of three, in turn in one run. The bare loop only posts the same request and reads the answer;
the outbox leases, begins, calls, records, confirms, tells the story and writes the candidate's mail. The goal: half.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
THREADS, TIMES, CALLS = 4, 3, 400
KEY = "sandbox-key-academic"
numbers = count(1)


@contextmanager
def practice_itep() -> Iterator[str]:
    """A sandbox of its own, with IDs enough; its address."""
    import requests

    from tests.servers import free_port

    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "itep.sandbox", "--port", str(port), "--data-dir", folder]
        environment = {**os.environ, "DATA_DIR": folder}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                try:
                    requests.get(f"{address}/sandbox/api/tests", timeout=2)
                    break
                except requests.RequestException:
                    time.sleep(0.2)
            need = 2 * TIMES * CALLS + 200
            made = requests.post(
                f"{address}/sandbox/api/tests", json={"product": "ACAD-PLUS", "count": need}, timeout=60
            )
            made.raise_for_status()
            yield address
        finally:
            process.terminate()
            process.wait(20)


def together(work: Callable[[int], object]) -> float:
    """Seconds that the threads take, each with its number."""
    with ThreadPoolExecutor(THREADS) as pool:
        began = time.perf_counter()
        list(pool.map(work, range(THREADS)))
        return time.perf_counter() - began


def bare(address: str, free: Iterator[str]) -> float:
    """Calls a second of nothing but `requests`."""
    import requests

    bodies = [
        {"product_code": "ACAD-PLUS", "test_id": next(free), "source": "inventory", "assigned_to": {"name": f"A {n}"}}
        for n in range(CALLS)
    ]

    def loop(thread: int) -> None:
        for body in bodies[thread::THREADS]:
            answer = requests.post(f"{address}/api/assign", json=body, headers={"X-Api-Key": KEY}, timeout=10)
            answer.raise_for_status()
            answer.json()

    return CALLS / together(loop)


def outbox(product: Any, actor: Any) -> float:
    """Calls a second of the outbox, whose entries were written before."""
    from django.db import connection

    from fulfillment import provisioning
    from fulfillment.candidates import Candidate
    from fulfillment.models import Fulfillment, Origin, State
    from outbox import locks, running

    for _ in range(CALLS):
        person = Candidate(f"Ana {next(numbers)}", f"ana{next(numbers)}@example.org", "", "")
        provisioning.give(product=product, candidate=person, actor=actor, origin=Origin.STAFF)

    def loop(_: int) -> None:
        while entry := locks.lease_next(["fulfillment.call"]):
            running.run_one(entry)
        connection.close()

    took = together(loop)
    done = Fulfillment.objects.filter(state__in=[State.ASSIGNED, State.SENT]).count()
    assert done % CALLS == 0, f"{done} are assigned"
    return CALLS / took


def ids_of(address: str) -> Iterator[str]:
    import requests

    tests = requests.get(f"{address}/sandbox/api/tests", timeout=60).json()["tests"]
    yield from (one["test_id"] for one in tests if one["product"] == "ACAD-PLUS" and not one["assigned_to"])


def measure() -> None:
    """In a process of its own, on the database that the environment names."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from dataclasses import replace

    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.utils import timezone

    from access.actors import Actor
    from inventory.models import Product, TestID, WordSource
    from itep.dialect import Dialect

    call_command("migrate", verbosity=0)
    dialect = Dialect()
    settings.ITEP_DIALECT = replace(dialect, behavior=replace(dialect.behavior, per_second=0))
    with practice_itep() as address:
        settings.ITEP_BASE_URL = address
        free = list(ids_of(address))
        half = len(free) // 2
        product = Product.objects.create(code="ACAD-PLUS", api_key=KEY, calls="api")
        now = timezone.now()
        TestID.objects.bulk_create(
            TestID(
                test_id=one,
                product=product,
                status="ready",
                status_raw="Ready",
                standing="open",
                said_at=now,
                said_by=WordSource.EXPORT,
            )
            for one in free[:half]
        )
        actor = Actor.person(get_user_model().objects.create_user("bench", "b@example.org"))
        others = iter(free[half:])
        loops, ours = [], []
        for _ in range(TIMES):
            loops.append(bare(address, others))
            ours.append(outbox(product, actor))
        ratio = median(mine / loop for mine, loop in zip(ours, loops, strict=True))
        print(
            f"  {THREADS} threads: the outbox {median(ours):.0f} calls a second, a bare loop {median(loops):.0f},"
            f" ratio {ratio:.2f}",
            flush=True,
        )


def main() -> None:
    for database in ("postgresql", "sqlite"):
        print(database, flush=True)
        environment = {**os.environ, "TESTS_ON": database, "BENCH": "calls"}
        subprocess.run([sys.executable, __file__], env=environment, check=True, cwd=ROOT)


if __name__ == "__main__":
    measure() if os.environ.get("BENCH") == "calls" else main()
