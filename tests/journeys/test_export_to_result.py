"""From iTEP's export to a result, through HTTP only, on both ways to run the portal."""

import pytest

from portal.playing.visitor import Visitor
from tests.process_fixtures import StartPortal
from tests.processes import EMAIL, PASSWORD
from tests.world import begin

pytestmark = pytest.mark.processes


@pytest.mark.parametrize(("database", "broker"), [("sqlite", "filesystem"), ("postgresql", "redis")])
def test_from_export_to_result(portal_processes: StartPortal, database: str, broker: str) -> None:
    world = begin(portal_processes(database=database, broker=broker))
    world.post_results_here()
    before = world.get("products")["results"]
    assert [one["available"] for one in before if one["code"] == "ACAD-PLUS"] == [40]

    oid = world.give("Ana Silva", reference="req-1")
    world.wait_for_state(oid, "sent")
    given = world.get(f"fulfillments/{oid}")
    test = world.itep.get(f"tests/{given['test_id']}")
    assert oid in test["assigned_to"]
    assert "ana@example.org" in test["assigned_to"]

    for what in ("start", "finish"):
        world.itep.act(given["test_id"], what)
    world.itep.act(given["test_id"], "grade", levels={"Overall": "4.1", "Reading": "4.5"})
    world.portal.wait_for(lambda: [one["state"] for one in world.get("results")["results"]] == ["final"], "the result")
    [result] = world.get("results")["results"]
    assert (result["oid"], result["state"], result["itep_status"]) == (oid, "final", "completed")
    assert (result["overall_level"], result["sections"]["Reading"]["level"]) == (4.1, 4.5)

    staff = Visitor(world.portal.url)
    staff.log_in(EMAIL, PASSWORD)
    page = staff.get(f"/candidates/{oid}/").html
    assert given["test_id"] in page
    assert "4.1" in page
    for path in ("/", "/candidates/", "/inventory/", "/results/", "/setup/"):
        staff.get(path)
