"""What `make run` decides and makes before anything starts."""

import socket
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from portal.environment import read, stored_secrets
from portal.start import Start, decide, hold
from portal.variables import BadVariable
from tests.servers import free_port


@pytest.fixture
def ports(tmp_path: Path) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path), "PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}


def sandbox_of(start: Start) -> str:
    return f"http://127.0.0.1:{start.sandbox_port}"


def test_alone_it_makes_secrets_and_plays_against_its_own_sandbox(ports: dict[str, str], tmp_path: Path) -> None:
    start = decide(ports)
    found = read(start.environment)

    assert sorted(stored_secrets(tmp_path)) == ["ENCRYPTION_KEYS", "SECRET_KEY"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o600
    assert (found.practice, found.demo, found.itep_base_url) == (True, True, sandbox_of(start))


def test_secrets_are_made_once(ports: dict[str, str], tmp_path: Path) -> None:
    decide(ports)
    made = stored_secrets(tmp_path)

    decide(ports)

    assert stored_secrets(tmp_path) == made


def test_given_secrets_are_used_and_not_kept(ports: dict[str, str], tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()

    start = decide(ports | {"SECRET_KEY": "mine", "ENCRYPTION_KEYS": key})

    assert not (tmp_path / "secrets").exists()
    assert (read(start.environment).secret_key, read(start.environment).encryption_keys) == ("mine", [key])


def test_no_new_keys_for_a_database_that_was_made_with_others(ports: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "portal.sqlite3").touch()

    with pytest.raises(BadVariable, match=r"^ENCRYPTION_KEYS: is not set, and .* holds a database"):
        decide(ports)
    assert not (tmp_path / "secrets").exists()


def test_another_database_gets_no_secrets_of_its_own(ports: dict[str, str], tmp_path: Path) -> None:
    start = decide(ports | {"DATABASE_URL": "postgresql://portal@127.0.0.1/portal"})

    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BadVariable, match=r"^PORTAL_URL: is not set"):
        read(start.environment)


def test_demo_said_to_be_off_stays_off(ports: dict[str, str]) -> None:
    found = read(decide(ports | {"DEMO": "0"}).environment)

    assert (found.practice, found.demo) == (True, False)


def test_without_a_sandbox_products_work_by_hand(ports: dict[str, str]) -> None:
    start = decide(ports | {"SANDBOX_PORT": "0"})
    found = read(start.environment)

    assert start.sandbox_port == 0
    assert (found.practice, found.demo, found.itep_base_url) == (False, False, None)


def test_beside_another_itep_no_sandbox_runs(ports: dict[str, str]) -> None:
    values = {name: value for name, value in ports.items() if name != "SANDBOX_PORT"}

    start = decide(values | {"ITEP_BASE_URL": "https://itep.example.org"})
    found = read(start.environment)

    assert start.sandbox_port == 0
    assert (found.practice, found.demo, found.itep_base_url) == (False, False, "https://itep.example.org")


def test_unless_its_port_was_asked_for(ports: dict[str, str]) -> None:
    start = decide(ports | {"ITEP_BASE_URL": "https://itep.example.org"})
    found = read(start.environment)

    assert start.sandbox_port == int(ports["SANDBOX_PORT"])
    assert (found.practice, found.demo) == (False, False)


def test_after_start_clean_nothing_plays(ports: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "started-clean").touch()

    start = decide(ports)
    found = read(start.environment)

    assert start.sandbox_port == 0
    assert (found.practice, found.demo, found.itep_base_url) == (False, False, None)
    with pytest.raises(BadVariable, match=r"^DEMO: "):
        read(decide(ports | {"DEMO": "1"}).environment)


def test_a_marker_in_the_environment_makes_no_practice(ports: dict[str, str]) -> None:
    forged = ports | {"PORTAL_SANDBOX": "https://itep.example.org", "SANDBOX_PORT": "0"}

    assert read(decide(forged).environment).itep_base_url is None


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_busy_port_is_said_by_name(ports: dict[str, str], name: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(ports[name])))
        other.listen()

        with pytest.raises(BadVariable) as refused:
            decide(ports)

    assert str(refused.value) == f"{name}: {ports[name]} is in use by another program: set {name} to a free port"


def test_a_data_folder_serves_one_start_at_a_time(tmp_path: Path) -> None:
    held = hold(tmp_path)

    with pytest.raises(BadVariable, match=r"^DATA_DIR: .* is in use by another start"):
        hold(tmp_path)
    assert held > 0
