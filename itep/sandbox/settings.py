"""The sandbox's own minimal Django project: no database, no session, no user."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from itep.dialect import load

SANDBOX_DIR = Path(os.environ.get("SANDBOX_DIR") or "var/sandbox").resolve()
SANDBOX_DIALECT = load(Path(os.environ["ITEP_DIALECT"]) if os.environ.get("ITEP_DIALECT") else None)

SECRET_KEY = secrets.token_hex(32)  # signs nothing that must outlive a start
DEBUG = False
# Loopback only: a page in the same browser must not reach the sandbox by a name of its own (DNS rebinding).
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *filter(None, os.environ.get("SANDBOX_HOSTS", "").split(","))]
ROOT_URLCONF = "itep.sandbox.urls"
WSGI_APPLICATION = "itep.sandbox.wsgi.application"
INSTALLED_APPS: list[str] = []
MIDDLEWARE = [
    "itep.sandbox.security.guard",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES: dict[str, dict[str, object]] = {}
CSRF_COOKIE_NAME = "sandbox_csrf"  # cookies know no port: the portal at the same host has its own
CSRF_COOKIE_SAMESITE = "Strict"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["console"], "level": "ERROR"}},
}
