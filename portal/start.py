"""What `make run` decides before it starts anything: data folder, ports, secrets, the sandbox, and whether to play."""

import errno
import fcntl
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from portal.environment import CLEAN_MARK, SECRETS_FILE, data_dir_of, ports_of, stored_secrets
from portal.variables import BadVariable, Variables

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Start:
    """`environment` is what every program of this start gets; `sandbox_port` is 0 where none is started."""

    data_dir: Path
    port: int
    sandbox_port: int
    environment: dict[str, str]

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"


def decide(values: Mapping[str, str]) -> Start:
    """Raises BadVariable. Makes the data folder and, on SQLite, the secrets that are not given."""
    variables = Variables(values)
    data_dir = data_dir_of(variables)
    port, sandbox_port = ports_of(variables)
    if not _sandbox_wanted(variables, data_dir):
        sandbox_port = 0
    check_free("PORT", port)
    if sandbox_port:
        check_free("SANDBOX_PORT", sandbox_port)
    if _on_sqlite(variables):
        _make_secrets(variables, data_dir)
    ours = {"DATA_DIR": str(data_dir), "PORTAL_LOG": "console", **_practice(variables, sandbox_port)}
    return Start(data_dir, port, sandbox_port, {**values, **ours})


def check_free(name: str, port: int) -> None:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, port))
        except OSError as why:
            reason = "is in use by another program" if why.errno == errno.EADDRINUSE else "cannot be used"
            raise BadVariable(name, f"{port} {reason}: set {name} to a free port") from None


def hold(data_dir: Path) -> int:
    """Keeps a second start out of this data folder for as long as this process lives."""
    lock = os.open(data_dir / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise BadVariable("DATA_DIR", f"{data_dir} is in use by another start of the portal") from None
    return lock


def _sandbox_wanted(variables: Variables, data_dir: Path) -> bool:
    """Beside a real iTEP the sandbox runs only where its port was asked for; after `start_clean` never."""
    if (data_dir / CLEAN_MARK).exists():
        return False
    return variables.text("ITEP_BASE_URL") is None or variables.text("SANDBOX_PORT") is not None


def _practice(variables: Variables, sandbox_port: int) -> dict[str, str]:
    if not sandbox_port:
        return {"PORTAL_SANDBOX": ""}
    play = variables.text("DEMO") is None and variables.text("ITEP_BASE_URL") is None
    return {"PORTAL_SANDBOX": f"http://{HOST}:{sandbox_port}", **({"DEMO": "1"} if play else {})}


def _on_sqlite(variables: Variables) -> bool:
    address = variables.text("DATABASE_URL")
    return address is None or address.startswith("sqlite:")


def _make_secrets(variables: Variables, data_dir: Path) -> None:
    made = {"SECRET_KEY": secrets.token_urlsafe(48), "ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    stored = stored_secrets(data_dir)
    lacking = {name: value for name, value in made.items() if variables.text(name) is None and name not in stored}
    if not lacking:
        return
    if "ENCRYPTION_KEYS" in lacking and (data_dir / "portal.sqlite3").exists():
        # A new key could not read what the database holds, and would hide that the old one is gone.
        raise BadVariable("ENCRYPTION_KEYS", f"is not set, and {data_dir} holds a database that was made with others")
    write_private(
        data_dir / SECRETS_FILE, "".join(f"{name}={value}\n" for name, value in {**stored, **lacking}.items())
    )


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and readable by nobody else at any moment."""
    draft = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
