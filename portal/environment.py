"""The environment of DESIGN.md section 7, read, checked and typed. `portal.settings` makes Django's settings of it.

Two more variables pass from `portal.run` to the processes that it starts, and are nobody else's to set:
`PORTAL_SANDBOX`, the address of the sandbox that this start runs (it alone makes a practice portal), and `PORTAL_LOG`,
`console` in a terminal.
"""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from portal import connections
from portal.variables import BadVariable, Variables, flag, folder, listed, web_address, whole

BASE_DIR = Path(__file__).resolve().parent.parent
SECRETS_FILE = "secrets"
CLEAN_MARK = "started-clean"
LEAST_SECRET = 32
NAMES = (
    "DATABASE_URL CELERY_BROKER_URL ITEP_BASE_URL ITEP_DIALECT SECRET_KEY ENCRYPTION_KEYS ALLOWED_HOSTS PORTAL_URL "
    "PORT SANDBOX_PORT DATA_DIR DEMO EMAIL_URL DEFAULT_FROM_EMAIL TIME_ZONE TRUSTED_PROXIES EXPORT_TOLERANCE "
    "SETTLE_MINUTES REPEAT_DAYS WEBHOOK_MAX_BYTES DEBUG"
).split()
TCP_PORTS = (1, 65535)


@dataclass(frozen=True, slots=True)
class Environment:
    """`itep_base_url` is None where products work by hand; `practice`: iTEP is the sandbox of this start."""

    data_dir: Path
    database: dict[str, Any]
    broker_url: str
    broker_options: dict[str, Any]
    caches: dict[str, Any]
    itep_base_url: str | None
    dialect_file: Path | None
    practice: bool
    demo: bool
    secret_key: str
    encryption_keys: list[str]
    allowed_hosts: list[str]
    portal_url: str
    port: int
    sandbox_port: int
    email: dict[str, Any]
    default_from_email: str
    time_zone: str
    trusted_proxies: list[str]
    export_tolerance: int
    settle_minutes: int
    repeat_days: int
    webhook_max_bytes: int
    debug: bool
    console_log: bool


def read(values: Mapping[str, str]) -> Environment:
    """Raises BadVariable, with the one line to show, at the first variable that cannot be used."""
    variables = Variables(values)
    data_dir = data_dir_of(variables)
    own_database = connections.database(f"sqlite:///{data_dir / 'portal.sqlite3'}")
    database = variables.read("DATABASE_URL", own_database, connections.database)
    embedded = connections.is_sqlite(database)
    port, sandbox_port = ports_of(variables)
    portal_url = _required("PORTAL_URL", variables, embedded) or f"http://127.0.0.1:{port}"
    portal_url = variables.read("PORTAL_URL", portal_url, portal_address)
    itep_base_url, practice, demo = _itep(variables)
    secret_key, encryption_keys = _secrets(variables, data_dir, embedded)
    _required("CELERY_BROKER_URL", variables, embedded)
    _required("EMAIL_URL", variables, embedded)
    broker_url = variables.read("CELERY_BROKER_URL", "filesystem://", connections.broker)
    hosts: list[str] = variables.read("ALLOWED_HOSTS", [], _hosts)
    return Environment(
        data_dir=data_dir,
        database=database,
        broker_url=broker_url,
        broker_options=connections.broker_options(broker_url, data_dir),
        caches=connections.caches(broker_url, data_dir),
        itep_base_url=itep_base_url,
        dialect_file=variables.read("ITEP_DIALECT", None, _file),
        practice=practice,
        demo=demo,
        secret_key=secret_key,
        encryption_keys=encryption_keys,
        allowed_hosts=sorted({*hosts, *_hosts_of(portal_url)}),
        portal_url=portal_url,
        port=port,
        sandbox_port=sandbox_port,
        email=_email(variables, data_dir, practice=practice),
        default_from_email=variables.read("DEFAULT_FROM_EMAIL", _sender(portal_url), _mail_address),
        time_zone=variables.read("TIME_ZONE", "UTC", _time_zone),
        trusted_proxies=variables.read("TRUSTED_PROXIES", [], _networks),
        export_tolerance=variables.read("EXPORT_TOLERANCE", 120, whole(0, 86_400)),
        settle_minutes=variables.read("SETTLE_MINUTES", 15, whole(0, 10_080)),
        repeat_days=variables.read("REPEAT_DAYS", 3, whole(0, 365)),
        webhook_max_bytes=variables.read("WEBHOOK_MAX_BYTES", 1024 * 1024, whole(100, 64 * 1024 * 1024)),
        debug=variables.read("DEBUG", False, flag),
        console_log=variables.text("PORTAL_LOG") == "console",
    )


def data_dir_of(variables: Variables) -> Path:
    return variables.read("DATA_DIR", None, folder) or folder("var")


def ports_of(variables: Variables) -> tuple[int, int]:
    """The portal's port and the sandbox's, 0 for none."""
    port = variables.read("PORT", 8000, whole(*TCP_PORTS))
    sandbox_port = variables.read("SANDBOX_PORT", 8001, whole(0, TCP_PORTS[1]))
    if port == sandbox_port:
        # Only one of the two may have been set: then the other's default is in the way.
        raise BadVariable("SANDBOX_PORT", f"is {port}, and so is PORT: the sandbox needs its own (0 for no sandbox)")
    return port, sandbox_port


def portal_address(text: str) -> str:
    address = web_address(text)
    if urlsplit(address).path:
        raise ValueError(f"is {text!r}, expected an address without a path, such as https://portal.example.org")
    return address


def stored_secrets(data_dir: Path) -> dict[str, str]:
    """The secrets that `make run` made here; commands beside it read them too."""
    try:
        lines = (data_dir / SECRETS_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise BadVariable("SECRET_KEY", f"cannot be read from {data_dir / SECRETS_FILE}") from None
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _required(name: str, variables: Variables, embedded: bool) -> str | None:
    value = variables.text(name)
    if value is None and not embedded:
        raise BadVariable(name, "is not set: with another database than SQLite it is required")
    return value


def _secrets(variables: Variables, data_dir: Path, embedded: bool) -> tuple[str, list[str]]:
    stored = stored_secrets(data_dir) if embedded else {}
    for name in ("SECRET_KEY", "ENCRYPTION_KEYS"):
        if variables.text(name) is None and name not in stored:
            raise BadVariable(name, "is not set (only `make run` makes its own, in DATA_DIR)")
    long_enough = _secret(1 if embedded else LEAST_SECRET)
    key = variables.read("SECRET_KEY", stored.get("SECRET_KEY", ""), long_enough)
    return key, variables.read("ENCRYPTION_KEYS", listed(stored.get("ENCRYPTION_KEYS", "")), _fernet_keys)


def _secret(least: int) -> Any:
    def secret(text: str) -> str:
        if len(text) < least:
            raise ValueError(f"is too short, expected at least {least} characters")
        return text

    return secret


def _fernet_keys(text: str) -> list[str]:
    keys = listed(text)
    for number, key in enumerate(keys, start=1):
        try:
            usable = len(urlsafe_b64decode(key)) == 32
        except (NotBase64, ValueError):
            usable = False
        if not usable:
            raise ValueError(f"key {number} is not 32 bytes in URL-safe base64")
    if not keys:
        raise ValueError("holds no key")
    return keys


def _itep(variables: Variables) -> tuple[str | None, bool, bool]:
    """Where iTEP is, whether that is this start's own sandbox, and whether the journey may be played there."""
    sandbox = variables.text("PORTAL_SANDBOX")
    base_url = variables.read("ITEP_BASE_URL", sandbox, web_address)
    practice = sandbox is not None and base_url == sandbox
    demo = variables.read("DEMO", False, flag)
    if demo and not practice:
        raise BadVariable("DEMO", "is 1, but iTEP is not the sandbox that this start runs (only `make run` runs one)")
    return base_url, practice, demo


def _email(variables: Variables, data_dir: Path, *, practice: bool) -> dict[str, Any]:
    """Practice mail never leaves the machine, whatever EMAIL_URL says."""
    folder_mail = {
        "EMAIL_BACKEND": "outbox.mail_folder.MailFolder",
        "EMAIL_FILE_PATH": data_dir / "mail",
    }
    chosen = variables.read("EMAIL_URL", folder_mail, connections.mail_server)
    return folder_mail if practice else chosen


def _mail_address(text: str) -> str:
    try:
        validate_email(parseaddr(text)[1])
    except ValidationError:
        raise ValueError(f"is {text!r}, expected an email address, or Name <address>") from None
    return text


def _sender(portal_url: str) -> str:
    host = urlsplit(portal_url).hostname or "localhost"
    return f"no-reply@{host if '.' in host and not _is_ip(host) else 'localhost.localdomain'}"


def _is_ip(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"is {text!r}, expected a name such as Europe/Lisbon") from None
    return text


def _networks(text: str) -> list[str]:
    for part in listed(text):
        try:
            ip_network(part)
        except ValueError:
            raise ValueError(f"holds {part!r}, expected IP addresses or networks such as 10.0.0.0/8") from None
    return listed(text)


def _hosts(text: str) -> list[str]:
    for host in listed(text):
        if "/" in host or " " in host:
            raise ValueError(f"holds {host!r}, expected host names such as portal.example.org")
    return listed(text)


def _hosts_of(portal_url: str) -> list[str]:
    host = urlsplit(portal_url).hostname or ""
    local = ["localhost", "127.0.0.1", "[::1]"]
    return local if host in {"localhost", "127.0.0.1", "::1"} else [host]


def _file(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    if not path.is_file():
        raise ValueError(f"{path} is no file")
    return path
