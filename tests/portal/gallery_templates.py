"""Where the templates of the gallery lie."""

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "templates"


def with_gallery(templates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The setting TEMPLATES, with the gallery's folder before the portal's."""
    return [{**templates[0], "DIRS": [FOLDER, *templates[0]["DIRS"]]}]
