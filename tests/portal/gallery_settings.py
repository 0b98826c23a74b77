"""The tests' settings, with the gallery of components instead of the portal's pages, to look at while changing them."""

from tests.portal.gallery_templates import with_gallery
from tests.settings import *  # noqa: F403
from tests.settings import TEMPLATES as PORTAL_TEMPLATES

DEBUG = True
ROOT_URLCONF = "tests.portal.gallery"
TEMPLATES = with_gallery(PORTAL_TEMPLATES)
