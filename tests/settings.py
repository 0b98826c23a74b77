"""The portal's own settings, in an environment made for tests: nothing of the machine's own comes in.

`TESTS_ON=postgresql` takes a throw-away PostgreSQL (tests/servers.py) instead of SQLite.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from portal.environment import NAMES

for name in NAMES:
    os.environ.pop(name, None)
    os.environ.pop(f"{name}_FILE", None)
data_dir = tempfile.mkdtemp(prefix="portal-tests-")
atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
os.environ |= {
    "DATA_DIR": data_dir,
    "SECRET_KEY": "of-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
}
if os.environ.get("TESTS_ON") == "postgresql":
    from tests.servers import postgresql

    os.environ |= {
        "DATABASE_URL": postgresql().url,
        "CELERY_BROKER_URL": "filesystem://",
        "PORTAL_URL": "http://127.0.0.1:8000",
        "EMAIL_URL": "consolemail://",
    }

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Pages are tested without collectstatic having run.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = DATA_DIR / "static"
Path(STATIC_ROOT).mkdir(exist_ok=True)
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # A file, not memory: threads of a test then meet the same locks as the portal's processes do.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    # SQLite's waiters are served in no order: on a busy machine one of sixteen threads may wait long.
    DATABASES["default"]["OPTIONS"]["timeout"] = 180
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    # Threads of the races want a connection each.
    DATABASES["default"]["OPTIONS"]["pool"]["max_size"] = 40
