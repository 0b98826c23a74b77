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


_CALLING = "from inventory.models import Claim; print(Claim.objects.filter(state='calling').count())"


def _wait_for_a_call(world: World) -> None:
    """Until the portal waits for iTEP's answer, which is slow. (iTEP logs a call only once it has acted.)"""

    def calls() -> bool:
        return world.portal.manage("shell", "--verbosity", "0", "-c", _CALLING).stdout.strip() not in ("", "0")

    world.portal.wait_for(calls, "a call to be under way")


def _give_into_a_slow_call(world: World) -> str:
    """A call that iTEP has received and not answered yet."""
    world.itep.fault("slow", seconds=9, remaining=1)
    oid = world.give("Ana Silva")
    _wait_for_a_call(world)
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
    world.itep.fault("slow", seconds=9, remaining=3)
    people = [("Ana Silva", "ana"), ("Bo Chen", "bo"), ("Cem Kaya", "cem")]
    items = [
        {"product": "ACAD-PLUS", "candidate": {"name": name, "email": f"{email}@example.org"}} for name, email in people
    ]
    given = world.post("fulfillments/bulk", {"items": items}).json()["results"]
    oids = [one["fulfillment"]["oid"] for one in given]
    _wait_for_a_call(world)
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
