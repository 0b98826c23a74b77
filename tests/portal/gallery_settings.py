"""The tests' settings, with the gallery of components instead of the portal's pages."""

from portal.settings import *  # noqa: F403
from portal.settings import BASE_DIR, TEMPLATES

DEBUG = True
ROOT_URLCONF = "tests.portal.gallery"
TEMPLATES[0]["DIRS"] = [BASE_DIR / "tests/portal/templates", BASE_DIR / "templates"]
