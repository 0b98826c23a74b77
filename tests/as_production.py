"""python -m tests.as_production COMMAND...: runs it in an environment like production's, for `check --deploy`.

The database alone is the default one: the checks need none, and would wait for a server that is not there.
"""

import os
import sys
import tempfile

ENVIRONMENT = {
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "PORTAL_URL": "https://portal.example.org",
    "EMAIL_URL": "smtp+tls://portal:portal@mail.example.org:587",
    "SECRET_KEY": "of-checks-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "ITEP_BASE_URL": "https://itep.example.org",
}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="portal-check-") as folder:
        code = os.spawnvpe(os.P_WAIT, sys.argv[1], sys.argv[1:], {**os.environ, **ENVIRONMENT, "DATA_DIR": folder})
    sys.exit(code)
