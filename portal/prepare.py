"""What must be in place before the portal serves: tables, static files, somebody who can log in."""

import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connection, transaction

from access.models import User
from inventory.models import Product
from portal.start import write_private

FIRST_USER = "admin@example.org"
WORDS_OF_PASSWORD = 4


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def collect_static() -> None:
    """Only where a file changed since: it takes seconds."""
    stamp, now = Path(settings.STATIC_ROOT) / ".collected", _digest_of_static()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def _digest_of_static() -> str:
    return hashlib.sha256("\n".join(sorted(_static_files())).encode()).hexdigest()


def _static_files() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list(None):
            prefix = getattr(storage, "prefix", "") or ""
            yield f"{prefix}/{path} {storage.size(path)} {storage.get_modified_time(path).timestamp()}"


def first_user(data_dir: Path) -> tuple[str, str] | None:
    """Email and password of the user that the portal made for itself, while nobody changed them."""
    kept = data_dir / "first-user"
    with transaction.atomic():
        if not User.objects.exists():
            password = "-".join(secrets.token_hex(2) for _ in range(WORDS_OF_PASSWORD))
            user = User.objects.create_superuser(FIRST_USER, password, name="First administrator")
            user.groups.add(Group.objects.get_or_create(name="Administrator")[0])
            write_private(kept, f"{FIRST_USER}\n{password}\n")
    if not kept.exists():
        return None
    email, _, password = kept.read_text(encoding="utf-8").strip().partition("\n")
    user_now = User.objects.filter(email=email, is_active=True).first()
    return (email, password) if user_now and user_now.check_password(password) else None


def journey_is_due() -> bool:
    """Whether practice should begin with the played journey: only ever in an empty portal."""
    return settings.DEMO and "play_journey" in get_commands() and not Product.objects.exists()


def let_go() -> None:
    """The processes that are started now shall not find this one's connection."""
    connection.close()
