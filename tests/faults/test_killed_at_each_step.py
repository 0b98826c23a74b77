"""kill -9 at each step of a call, every fault of iTEP, no broker, no database: nobody has two IDs, nobody is forgotten.

`FULL=1` takes 500 tests for each, instead of some 40 in all.
"""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from itep.sandbox.faults import CALL_FAULTS
from tests import servers
from tests.faults import deadly
from tests.process_fixtures import StartPortal
from tests.world import World, begin

pytestmark = pytest.mark.processes
FULL = os.environ.get("FULL") == "1"
MANY = 500 if FULL else 40
OF_A_STEP = 500 if FULL else 8
PATIENCE = 900 if FULL else 120  # seconds
# Fast enough for hundreds; the pace has tests of its own. What was unknown may be settled at once.
DIALECT = "[behavior]\nper_second = 0\ntimeout_seconds = 10\n"
AT_ONCE = {
    "DJANGO_SETTINGS_MODULE": "tests.faults.deadly_settings",
    "SETTLE_MINUTES": "0",
    "EXPORT_TOLERANCE": "0",
}
# The time of a lease, of a back-off and of a held way passes at once: that it does pass is for the outbox's own tests.
_TIME_PASSES = """
from django.db.models.functions import Now
from outbox.models import Entry, EntryState, Way
Entry.objects.filter(lease_token__isnull=False).update(lease_until=Now())
Entry.objects.filter(state=EntryState.PENDING).update(due_at=Now())
Way.objects.all().delete()
"""
_LEFT = """
import json
from inventory.models import Claim
from outbox.models import Entry
calls = Entry.objects.filter(kind="fulfillment.call")
print(json.dumps({
    "pending": calls.filter(state="pending").count(), "leased": Entry.objects.filter(lease_token__isnull=False).count(),
    "calling": Claim.objects.filter(state="calling").count(),
    "mails": Entry.objects.filter(kind="fulfillment.mail", state="pending").count(),
}))
"""


def start(portal_processes: StartPortal, tmp_path: Path, **wanted: object) -> World:
    dialect = tmp_path / "dialect.toml"
    dialect.write_text(DIALECT)
    environment = {**AT_ONCE, "ITEP_DIALECT": str(dialect), **wanted.pop("environment", {})}  # type: ignore[dict-item]
    world = begin(portal_processes(environment=environment, **wanted))
    missing = 7 * MANY + 50 - len(world.itep.get("tests", product="ACAD-PLUS")["tests"])
    if missing > 0:
        world.itep.post("tests", product="ACAD-PLUS", count=missing)
        world.reconcile()
    return world


def give(world: World, number: int) -> list[str]:
    """Each by its own request, and again where the portal died over it: the key makes one of both. Their oids."""

    def one(place: int) -> str:
        key, name = str(uuid4()), f"Person {place}"
        body = {"product": "ACAD-PLUS", "candidate": {"name": name, "email": f"p{uuid4().hex[:12]}@example.org"}}
        for _ in range(20):
            try:
                answer = world.post("fulfillments", body, **{"Idempotency-Key": key})
            except requests.RequestException:
                continue
            if answer.status_code == 201:
                return str(answer.json()["oid"])
        raise AssertionError(f"{name} could not be given a test")

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, range(number)))


def in_the_portal(world: World, code: str) -> str:
    done = world.portal.manage("shell", "--verbosity", "0", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def states(world: World, oids: list[str]) -> Counter[str]:
    found: dict[str, str] = {}
    url = "fulfillments?limit=500"
    while url:
        page = world.get(url)
        found |= {one["oid"]: one["state"] for one in page["results"]}
        url = page["next"].split("/api/v1/", 1)[1] if page["next"] else ""
    return Counter(found[oid] for oid in oids)


def settle(world: World, oids: list[str], wanted: set[str]) -> None:
    """Time passes, exports are applied, until every one of them stands where it may stay."""

    def is_settled() -> bool:
        if set(states(world, oids)) <= wanted and not json.loads(in_the_portal(world, _LEFT))["pending"]:
            return True
        in_the_portal(world, _TIME_PASSES)
        if "unknown" in states(world, oids):
            world.reconcile("--accept-mass-change")
        return False

    world.portal.wait_for(is_settled, f"{wanted}, not {states(world, oids)}", PATIENCE)


def assert_each_has_one(world: World, oids: list[str]) -> None:
    """One ID for each, no ID for two, one call acted upon for each; and nothing hangs."""
    given = {oid: world.get(f"fulfillments/{oid}")["test_id"] for oid in oids}
    at_itep: dict[str, list[str]] = {}
    for test in world.itep.get("tests")["tests"]:
        for oid in (oid for oid in oids if oid in (test["assigned_to"] or "")):
            at_itep.setdefault(oid, []).append(test["test_id"])
    acted = Counter(call["oid"] for call in world.itep.get("calls")["calls"] if call["acted_on"])
    assert at_itep == {oid: [test_id] for oid, test_id in given.items()}
    assert len(set(given.values())) == len(oids)
    assert {oid: acted[oid] for oid in oids} == dict.fromkeys(oids, 1)
    world.portal.wait_for(lambda: not any(json.loads(in_the_portal(world, _LEFT)).values()), "nothing to hang")


def test_the_process_dies_at_each_step(portal_processes: StartPortal, tmp_path: Path) -> None:
    world = start(portal_processes, tmp_path)
    for step in deadly.STEPS:
        if step == "called":
            world.itep.fault("slow", seconds=3, remaining=1)
        (world.portal.data_dir / "kill_at").write_text(f"{step} {0 if step == 'called' else OF_A_STEP // 4}")
        oids = give(world, OF_A_STEP)
        if step != "reserved":  # gunicorn starts its own worker again
            world.portal.wait_for(lambda: "worker" not in world.portal.pids, f"the worker to die, {step}", PATIENCE)
            world.portal.restart("worker")
        assert not (world.portal.data_dir / "kill_at").exists(), f"nothing died at {step}: this test has shown nothing"
        settle(world, oids, {"sent"})
        assert_each_has_one(world, oids)


FAULTS: dict[str, tuple[dict[str, object], set[str]]] = {
    "slow": ({"seconds": 2, "remaining": 2}, {"sent"}),
    "refuse": ({"remaining": 2}, {"sent", "failed"}),
    "busy": ({"seconds": 1, "remaining": 3}, {"sent"}),
    "fail_before": ({"remaining": 2}, {"sent"}),
    "fail_after": ({"remaining": 2}, {"sent"}),
    "other_id": ({"remaining": 2}, {"sent", "waiting", "unknown"}),
    "go_away": ({"remaining": 3}, {"sent"}),
}
LATER = {"bad_key"}  # it pauses the product: tests/fulfillment/test_calls_refused.py


def test_itep_fails_in_every_way_that_it_knows(portal_processes: StartPortal, tmp_path: Path) -> None:
    assert set(FAULTS) | LATER == set(CALL_FAULTS)
    world = start(portal_processes, tmp_path)
    everybody: list[str] = []
    for kind, (how, may_stay) in FAULTS.items():
        world.itep.fault(kind, **how)
        oids = give(world, max(5, MANY // len(FAULTS)))
        settle(world, oids, may_stay)
        world.itep.delete("faults")
        everybody += oids
    acted = Counter(call["oid"] for call in world.itep.get("calls")["calls"] if call["acted_on"])
    assert max(acted[oid] for oid in everybody) == 1
    held = [world.get(f"fulfillments/{oid}") for oid in everybody]
    ids = [one["test_id"] for one in held if one["test_id"]]
    assert len(set(ids)) == len(ids)
    assert all(one["test_id"] or one["reason"] for one in held)
    assert sum(one["state"] == "failed" for one in held) == 2  # those that iTEP refused; a person looks


def test_the_broker_is_wiped_and_the_database_restarts(portal_processes: StartPortal, tmp_path: Path) -> None:
    database, redis = servers.new_postgresql(forgets=False), servers.new_redis()
    try:
        world = start(
            portal_processes, tmp_path, database="postgresql", broker="redis", redis=redis,
            environment={"DATABASE_URL": servers.create_database(database, "proof")},
        )  # fmt: skip
        world.itep.fault("slow", seconds=1, remaining=4)
        oids = give(world, MANY // 2)
        servers.wipe(redis)
        oids += give(world, MANY // 2)
        servers.stop(database, signal.SIGQUIT)  # an immediate shutdown: it recovers when it starts again
        database = servers.start_again(database)
        settle(world, oids, {"sent"})
        assert_each_has_one(world, oids)
    finally:
        servers.stop(database)
        servers.stop(redis)
