"""iTEP or a process fails in the middle of a call: nothing is lost, and no ID or sale is spent twice."""

import pytest

from portal.playing.visitor import Visitor
from tests.process_fixtures import StartPortal
from tests.processes import EMAIL, PASSWORD
from tests.world import World, begin

pytestmark = pytest.mark.processes
AT_ONCE = {"SETTLE_MINUTES": "0", "EXPORT_TOLERANCE": "0"}
LEASE = 90  # seconds; the call's lease, and some


@pytest.fixture
def world(portal_processes: StartPortal) -> World:
    return begin(portal_processes(environment=AT_ONCE))


def _give_into_a_slow_call(world: World) -> str:
    """A call that iTEP has received and not answered yet."""
    world.itep.fault("slow", seconds=6, remaining=1)
    oid = world.give("Ana Silva")
    world.portal.wait_for(lambda: world.itep.get("calls", oid=oid)["count"] == 1, "iTEP to receive the call")
    return oid


def _served_once(world: World, oid: str) -> None:
    world.wait_for_state(oid, "sent", seconds=40)
    assert world.itep.times_acted(oid) == 1
    assert world.itep.ids_of(oid) == [world.get(f"fulfillments/{oid}")["test_id"]]
    assert len(list((world.portal.data_dir / "mail").iterdir())) == 1


def test_the_worker_is_killed_between_begun_and_answered(world: World) -> None:
    oid = _give_into_a_slow_call(world)
    world.portal.kill("worker")
    world.portal.restart("worker")
    world.wait_for_state(oid, "unknown", seconds=LEASE)
    world.reconcile()
    _served_once(world, oid)


def test_everything_is_killed_between_begun_and_answered(world: World) -> None:
    world.itep.fault("slow", seconds=8, remaining=3)
    people = [("Ana Silva", "ana"), ("Bo Chen", "bo"), ("Cem Kaya", "cem")]
    items = [
        {"product": "ACAD-PLUS", "candidate": {"name": name, "email": f"{email}@example.org"}} for name, email in people
    ]
    given = world.post("fulfillments/bulk", {"items": items}).json()["results"]
    oids = [one["fulfillment"]["oid"] for one in given]
    world.portal.wait_for(lambda: world.itep.get("calls")["count"] > 0, "iTEP to receive a call")
    world.portal.kill()
    world.portal.restart()
    for oid in oids:
        world.wait_for_state(oid, "unknown", "sent", seconds=LEASE)
    assert "unknown" in {world.state(oid) for oid in oids}
    world.reconcile()
    for oid in oids:
        world.wait_for_state(oid, "sent", seconds=40)
        assert world.itep.times_acted(oid) == 1
        assert world.itep.ids_of(oid) == [world.get(f"fulfillments/{oid}")["test_id"]]
    assert len(list((world.portal.data_dir / "mail").iterdir())) == len(oids)


def test_itep_acts_and_fails_an_export_settles_it(world: World) -> None:
    world.itep.fault("fail_after", remaining=1)
    oid = world.give("Ana Silva")
    world.wait_for_state(oid, "unknown")
    assert not (world.portal.data_dir / "mail").exists() or not list((world.portal.data_dir / "mail").iterdir())
    counts = world.reconcile()["counts"]
    assert counts["confirmed"] == 1
    _served_once(world, oid)


def test_itep_fails_before_acting_an_export_says_not_arrived_and_the_same_id_is_called_again(world: World) -> None:
    world.itep.fault("fail_before", remaining=1)
    oid = world.give("Ana Silva")
    world.wait_for_state(oid, "unknown")
    counts = world.reconcile()["counts"]
    assert counts["not_arrived"] == 1
    _served_once(world, oid)


def test_itep_acts_and_fails_a_webhook_settles_it(world: World) -> None:
    world.post_results_here()
    world.itep.fault("fail_after", remaining=1)
    oid = world.give("Ana Silva")
    world.wait_for_state(oid, "unknown")
    [test_id] = world.itep.ids_of(oid)
    world.itep.act(test_id, "finish")
    world.wait_for_state(oid, "sent", "assigned")
    assert world.get(f"fulfillments/{oid}")["test_id"] == test_id
    assert world.itep.times_acted(oid) == 1


def test_a_sale_whose_answer_is_lost_is_never_sold_again(world: World) -> None:
    world.itep.fault("fail_after", remaining=1)
    oid = world.give("Ana Silva", product="HOSP")
    world.wait_for_state(oid, "unknown")
    world.reconcile()
    world.wait_for_state(oid, "sent", "assigned")
    assert world.itep.times_acted(oid) == 1
    assert world.itep.ids_of(oid) == [world.get(f"fulfillments/{oid}")["test_id"]]


def test_itep_acts_and_fails_a_person_who_looked_settles_it(world: World) -> None:
    world.itep.fault("fail_after", remaining=1)
    oid = world.give("Ana Silva")
    world.wait_for_state(oid, "unknown")
    staff = Visitor(world.portal.url)
    staff.log_in(EMAIL, PASSWORD)
    staff.press(staff.get(f"/candidates/{oid}/"), "/done-at-itep/")
    _served_once(world, oid)
