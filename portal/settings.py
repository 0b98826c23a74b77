"""Django's settings, made of the environment (DESIGN.md section 7). What may be set: `portal.environment`."""

import os
import sys
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from access import catalogues
from itep.dialect import DialectError
from itep.dialect import load as load_dialect
from portal import logs
from portal.environment import BASE_DIR as BASE_DIR
from portal.environment import CLEAN_MARK, read
from portal.variables import BadVariable

try:
    ENVIRONMENT = read(os.environ)
    ITEP_DIALECT = load_dialect(ENVIRONMENT.dialect_file)
except (BadVariable, DialectError) as why:
    # One line and no traceback, for manage.py, gunicorn and celery alike: all of them let SystemExit through.
    name = "ITEP_DIALECT: " if isinstance(why, DialectError) else ""
    sys.stderr.write(f"portal: {name}{' '.join(str(why).split())}\n")
    raise SystemExit(2) from None

# What the rooms ask for

DATA_DIR = ENVIRONMENT.data_dir
PORT = ENVIRONMENT.port
PRACTICE = ENVIRONMENT.practice
DEMO = ENVIRONMENT.demo
ITEP_BASE_URL = ENVIRONMENT.itep_base_url
PORTAL_URL = ENVIRONMENT.portal_url
ENCRYPTION_KEYS = ENVIRONMENT.encryption_keys
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
BATCH_UNDO_SECONDS = 3 if PRACTICE else 60  # practice plays a whole journey in its first minutes
EXPORT_TOLERANCE = ENVIRONMENT.export_tolerance  # seconds
SETTLE_MINUTES = ENVIRONMENT.settle_minutes
REPEAT_DAYS = ENVIRONMENT.repeat_days
WEBHOOK_MAX_BYTES = ENVIRONMENT.webhook_max_bytes
CLEAN_MARK_FILE = DATA_DIR / CLEAN_MARK

# Django

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
INSTALLED_APPS = [
    "portal",
    "webhooks",
    "results",
    "fulfillment",
    "inventory",
    "outbox",
    "access",
    "itep",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_structlog",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    # First, so that everything behind it sees the reader's own address and scheme, and no forged ones.
    "portal.proxies.TrustedProxies",
    "portal.health.Probes",
    "access.middleware.RequestNumber",
    "django_structlog.middlewares.RequestMiddleware",
    "access.middleware.ProblemsBelowApi",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "access.middleware.ReadersOwn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.practice",
                "portal.context.silence",
                "portal.context.pause",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": ENVIRONMENT.database}
CACHES = ENVIRONMENT.caches

# Language and time

TIME_ZONE = ENVIRONMENT.time_zone
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "en"
LOCALE_PATHS = [catalogues.compiled(BASE_DIR / "locale", DATA_DIR / "locale")]

# Who comes in: email and password, no sign-up; every further factor by allauth

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# An administrator makes the accounts, and vouches for their addresses.
ACCOUNT_ADAPTER = "portal.accounts.ClosedAccounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator wrote the address down
MFA_TOTP_ISSUER = "iTEP portal"

# Browsers: everything follows the scheme of PORTAL_URL

HTTPS = urlsplit(PORTAL_URL).scheme == "https"
SECURE_SSL_REDIRECT = HTTPS
# The probes of a load balancer speak plain HTTP from inside; they carry nothing, and must not be sent elsewhere.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
# Other hosts of the operator's domain are the operator's affair: neither includeSubDomains nor preload.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # only from TRUSTED_PROXIES: portal.proxies
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Several portals may run on one machine, and cookies know no ports.
SESSION_COOKIE_NAME = "__Host-portal" if HTTPS else f"portal-{ENVIRONMENT.port}"
CSRF_COOKIE_NAME = "__Host-portal-csrf" if HTTPS else f"portal-csrf-{ENVIRONMENT.port}"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's own icons stand in its style sheet
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Files

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.vendor.VendorFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.vendor.StaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = DATA_DIR / "files"

# Mail

EMAIL_BACKEND = ENVIRONMENT.email["EMAIL_BACKEND"]
EMAIL_FILE_PATH = ENVIRONMENT.email.get("EMAIL_FILE_PATH")
EMAIL_HOST = ENVIRONMENT.email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = ENVIRONMENT.email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = ENVIRONMENT.email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = ENVIRONMENT.email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = ENVIRONMENT.email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = ENVIRONMENT.email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20  # seconds; a silent mail server must not hold a worker
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.default_from_email

# Background: the broker is only a wake-up call, everything that must happen is in the outbox

CELERY_BROKER_URL = ENVIRONMENT.broker_url
CELERY_BROKER_TRANSPORT_OPTIONS = ENVIRONMENT.broker_options
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
# name of a task -> seconds between two turns
TIMES: dict[str, float] = {
    "outbox.sweep": 3,
    "webhooks.judge": 3,
    "access.seal": 2,
    "access.forget_answers": 3600,
    "inventory.forget_plans": 86400,
    "fulfillment.forget_lists": 86400,
    "inventory.watch_stock": 600,
    "fulfillment.remind": 600,
    "fulfillment.erase_mails": 3600,
}
# Every entry expires before its next turn, or they would pile up while no worker runs.
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds * 0.9}} for task, seconds in TIMES.items()
}

# API

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["access.bodies.JsonBody"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["access.api_keys.BearerKey"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "access.pages.Pages",
    "EXCEPTION_HANDLER": "access.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "iTEP fulfillment portal",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "access.api_schema.with_problems"],
    # All three from our own static files, or the page asks a stranger for them.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Logs

DJANGO_STRUCTLOG_CELERY_ENABLED = True
LOGGING_CONFIG = None
logs.set_up(console=ENVIRONMENT.console_log or DEBUG)
