"""A fixed cast of people with fixed rights, and a small stock, for every test that wants them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from access.actors import Actor
from access.append_only import unlocked
from access.models import ApiClient, AuditEntry, Payer, User
from inventory import ledger
from inventory.models import Calls, Product, Standing, StockMove, TestID, WordSource
from tests.browser_fixtures import browse, browser_type_launch_args, complaints
from tests.process_fixtures import portal_processes

__all__ = [
    "browse",
    "browser_type_launch_args",
    "complaints",
    "portal_processes",
]  # fixtures that are defined elsewhere

SEEN_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def trail_is_taken_down(request: pytest.FixtureRequest, _django_db_helper: None) -> Iterator[None]:
    """Takes the trail away where a test committed: the database refuses the flush that pytest-django ends with."""
    yield
    mark = request.node.get_closest_marker("django_db")
    if (mark and mark.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(request.fixturenames):
        with unlocked(), ledger.unlocked():
            AuditEntry.objects.all().delete()
            TestID.objects.all().delete()  # or the flush of SQLite would write moves of what it deletes
            StockMove.objects.all().delete()


@pytest.fixture
def sam(db: None) -> User:
    """Staff: gives tests, sees candidates and results."""
    user = User.objects.create_user("sam@example.org", "sam-gives-tests", name="Sam Staff")
    user.groups.add(Group.objects.get_or_create(name="Staff")[0])
    return user


@pytest.fixture
def ada(db: None) -> User:
    """Administrator: sets products, keys, roles and payers as well."""
    user = User.objects.create_user("ada@example.org", "ada-sets-it-up", name="Ada Admin")
    user.groups.add(Group.objects.get_or_create(name="Administrator")[0])
    return user


@pytest.fixture
def nobody(db: None) -> User:
    """Can log in, and has no role."""
    return User.objects.create_user("nobody@example.org", "nobody-has-no-role", name="Norah Nobody")


@pytest.fixture
def sam_browser(sam: User) -> Client:
    client = Client()
    client.force_login(sam)
    return client


@pytest.fixture
def ada_browser(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def by_sam(sam: User) -> Actor:
    return Actor.person(sam)


@pytest.fixture
def hr(db: None) -> Payer:
    return Payer.objects.create(code="hr", name="Human Resources")


@pytest.fixture
def hr_client(hr: Payer) -> ApiClient:
    """A system that may do everything for the payer `hr` alone."""
    client = ApiClient.objects.create(name="hr-system", scopes=["provision", "read", "results", "secrets"])
    client.payers.add(hr)
    return client


@pytest.fixture
def academic(db: None) -> Product:
    """A product of the inventory whose calls go by hand."""
    return Product.objects.create(code="ACAD-PLUS", name="iTEP Academic-Plus")


@pytest.fixture
def called(db: None) -> Product:
    """A product of the inventory whose calls the worker makes."""
    product = Product(code="BUS-PLUS", name="iTEP Business-Plus", calls=Calls.API)
    product.set_api_key("key-of-business")
    product.save()
    return product


def stock(product: Product, count: int, *, first: int = 1) -> list[TestID]:
    """`count` available IDs of `product`, named after it: ACADPLUS0001 and on."""
    prefix = product.code.replace("-", "")
    return TestID.objects.bulk_create(
        TestID(
            test_id=f"{prefix}{number:04}",
            product=product,
            status="ready",
            status_raw="Ready",
            standing=Standing.OPEN,
            said_by=WordSource.EXPORT,
            said_at=SEEN_AT,
        )
        for number in range(first, first + count)
    )
