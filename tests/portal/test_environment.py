"""The environment of DESIGN.md section 7: defaults, and one line for each value that cannot be used."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from portal.environment import Environment, read
from portal.variables import BadVariable

KEY = Fernet.generate_key().decode()
LONG = "long-enough-0123456789-0123456789"
POSTGRESQL = {
    "DATABASE_URL": "postgresql://portal:secret@db.example:5433/portal",
    "CELERY_BROKER_URL": "redis://redis.example:6379/1",
    "PORTAL_URL": "https://portal.example.org",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example:587",
    "SECRET_KEY": LONG,
    "ENCRYPTION_KEYS": KEY,
}


@pytest.fixture
def embedded(tmp_path: Path) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path), "SECRET_KEY": LONG, "ENCRYPTION_KEYS": KEY}


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path), **POSTGRESQL}


def refusal(values: dict[str, str]) -> str:
    with pytest.raises(BadVariable) as refused:
        read(values)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_what_is_not_set_has_the_defaults_of_the_design(embedded: dict[str, str], tmp_path: Path) -> None:
    found = read(embedded)

    assert found.database["NAME"] == str(tmp_path / "portal.sqlite3")
    assert (found.port, found.sandbox_port, found.portal_url) == (8000, 8001, "http://127.0.0.1:8000")
    assert (found.itep_base_url, found.practice, found.demo, found.dialect_file) == (None, False, False, None)
    assert (found.export_tolerance, found.settle_minutes, found.repeat_days) == (120, 15, 3)
    assert (found.webhook_max_bytes, found.debug, found.time_zone) == (1024 * 1024, False, "UTC")
    assert found.broker_url == "filesystem://"
    assert found.email["EMAIL_FILE_PATH"] == tmp_path / "mail"
    assert found.trusted_proxies == []


def test_sqlite_takes_its_write_lock_at_once_and_waits_for_it(embedded: dict[str, str]) -> None:
    options = read(embedded).database["OPTIONS"]

    assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 20)
    assert "journal_mode=WAL" in options["init_command"]


def test_postgresql_keeps_a_pool_and_redis_the_cache(production: dict[str, str]) -> None:
    found = read(production)

    assert found.database["ENGINE"] == "django.db.backends.postgresql"
    assert (found.database["HOST"], found.database["PORT"], found.database["NAME"]) == ("db.example", 5433, "portal")
    assert found.database["OPTIONS"]["pool"]["max_size"] == 12
    assert found.database.get("CONN_MAX_AGE", 0) == 0
    assert found.caches["default"]["BACKEND"] == "portal.cache.SharedCache"
    assert (found.email["EMAIL_HOST"], found.email["EMAIL_PORT"], found.email["EMAIL_USE_TLS"]) == (
        "mail.example",
        587,
        True,
    )
    assert found.allowed_hosts == ["portal.example.org"]
    assert found.broker_options["visibility_timeout"] == 900


@pytest.mark.parametrize("name", ["CELERY_BROKER_URL", "PORTAL_URL", "EMAIL_URL", "SECRET_KEY", "ENCRYPTION_KEYS"])
def test_another_database_than_sqlite_needs(production: dict[str, str], name: str) -> None:
    assert refusal(production | {name: ""}).startswith(f"{name}: is not set")


@pytest.mark.parametrize("name", ["SECRET_KEY", "ENCRYPTION_KEYS"])
def test_secrets_are_never_made_here(embedded: dict[str, str], name: str, tmp_path: Path) -> None:
    assert refusal(embedded | {name: ""}) == f"{name}: is not set (only `make run` makes its own, in DATA_DIR)"
    assert list(tmp_path.iterdir()) == []


def test_secrets_that_make_run_made_are_read_from_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text(f"SECRET_KEY=made=by run\nENCRYPTION_KEYS={KEY}\n")

    found = read({"DATA_DIR": str(tmp_path)})

    assert (found.secret_key, found.encryption_keys) == ("made=by run", [KEY])


def test_but_not_with_another_database_than_sqlite(production: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text(f"SECRET_KEY={LONG}\nENCRYPTION_KEYS={KEY}\n")

    assert refusal(production | {"SECRET_KEY": ""}).startswith("SECRET_KEY: is not set")


BAD = [
    ("DATABASE_URL", "mysql://a/b"),
    ("DATABASE_URL", "postgresql://host"),
    ("CELERY_BROKER_URL", "amqp://host"),
    ("CELERY_BROKER_URL", "redis://host:port/0"),
    ("ITEP_BASE_URL", "itep.example.org"),
    ("ITEP_DIALECT", "/no/such/file.toml"),
    ("ENCRYPTION_KEYS", "too-short"),
    ("ENCRYPTION_KEYS", ","),
    ("ALLOWED_HOSTS", "https://portal.example.org"),
    ("PORTAL_URL", "https://portal.example.org/below"),
    ("PORTAL_URL", "portal"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "http"),
    ("SANDBOX_PORT", "-1"),
    ("SANDBOX_PORT", "8000"),
    ("DEMO", "perhaps"),
    ("DEBUG", "perhaps"),
    ("EMAIL_URL", "mail.example.org"),
    ("EMAIL_URL", "smtp://"),
    ("DEFAULT_FROM_EMAIL", "portal"),
    ("TIME_ZONE", "Europe/Atlantis"),
    ("TIME_ZONE", "../../etc/passwd"),
    ("TRUSTED_PROXIES", "10.0.0.0/40"),
    ("TRUSTED_PROXIES", "proxy.example.org"),
    ("EXPORT_TOLERANCE", "two minutes"),
    ("SETTLE_MINUTES", "1.5"),
    ("REPEAT_DAYS", "366"),
    ("WEBHOOK_MAX_BYTES", "1 MiB"),
    ("WEBHOOK_MAX_BYTES", "10"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_in_one_line(embedded: dict[str, str], name: str, value: str) -> None:
    assert refusal(embedded | {name: value}).startswith(f"{name}: ")


def test_a_short_secret_is_refused_in_production_and_never_shown(production: dict[str, str]) -> None:
    line = refusal(production | {"SECRET_KEY": "hunter2"})

    assert line == "SECRET_KEY: is too short, expected at least 32 characters"


@pytest.mark.parametrize("name", ["DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "ENCRYPTION_KEYS", "PORTAL_URL"])
def test_what_may_hold_a_password_is_not_repeated(production: dict[str, str], name: str) -> None:
    assert "hunter2" not in refusal(production | {name: "nothing://user:hunter2@host/"})


def test_an_own_sandbox_is_the_default_itep_and_makes_it_practice(embedded: dict[str, str], tmp_path: Path) -> None:
    found = read(
        embedded | {"PORTAL_SANDBOX": "http://127.0.0.1:8001", "DEMO": "1", "EMAIL_URL": "smtp://mail.example"}
    )

    assert (found.itep_base_url, found.practice, found.demo) == ("http://127.0.0.1:8001", True, True)
    assert found.email["EMAIL_FILE_PATH"] == tmp_path / "mail"
    assert "EMAIL_HOST" not in found.email


def test_a_real_itep_beside_the_sandbox_is_no_practice(embedded: dict[str, str]) -> None:
    found = read(embedded | {"PORTAL_SANDBOX": "http://127.0.0.1:8001", "ITEP_BASE_URL": "https://itep.example.org"})

    assert (found.itep_base_url, found.practice) == ("https://itep.example.org", False)


@pytest.mark.parametrize(
    "more",
    [{}, {"ITEP_BASE_URL": "http://127.0.0.1:8001"},
     {"PORTAL_SANDBOX": "http://127.0.0.1:8001", "ITEP_BASE_URL": "https://itep.example.org"}],
)  # fmt: skip
def test_demo_is_refused_against_anything_but_the_own_sandbox(embedded: dict[str, str], more: dict[str, str]) -> None:
    assert refusal({**embedded, "DEMO": "1", **more}).startswith("DEMO: is 1, but iTEP is not the sandbox")


def test_several_keys_and_a_file(production: dict[str, str], tmp_path: Path) -> None:
    newer = Fernet.generate_key().decode()
    (tmp_path / "keys").write_text(f"{newer},{KEY}\n")

    found: Environment = read(production | {"ENCRYPTION_KEYS": "", "ENCRYPTION_KEYS_FILE": str(tmp_path / "keys")})

    assert found.encryption_keys == [newer, KEY]
