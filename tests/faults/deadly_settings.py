"""The portal's own settings, in processes that kill themselves at a step that a test names (tests/faults/deadly.py)."""

from portal.settings import *  # noqa: F403
from portal.settings import INSTALLED_APPS as _OURS

INSTALLED_APPS = [*_OURS, "tests.faults.deadly.DeadlyConfig"]
