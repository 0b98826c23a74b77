"""The front-end files of others, as `npm ci` puts them into node_modules: exactly these are served, below `vendor/`."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from portal.environment import BASE_DIR

FILES = {
    "vendor/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "vendor/chart.umd.min.js": "chart.js/dist/chart.umd.min.js",
} | {
    # The scripts of Inter that static/css/fonts.css names, one file each: a browser fetches those it needs.
    f"vendor/inter-{script}-wght-normal.woff2": f"@fontsource-variable/inter/files/inter-{script}-wght-normal.woff2"
    for script in ("latin", "latin-ext", "greek", "greek-ext", "cyrillic", "cyrillic-ext", "vietnamese")
}


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """whitenoise's storage, which leaves source maps alone.

    A style sheet names its map, which is megabytes and nobody's here; Django's own storage stops where a map is absent.
    """

    patterns = tuple(
        (files, tuple(one for one in found if "sourceMappingURL" not in str(one)))
        for files, found in CompressedManifestStaticFilesStorage.patterns
    )


class _Vendored(FileSystemStorage):
    def path(self, name: str) -> str:
        return super().path(FILES.get(name, name))


class VendorFinder(BaseFinder):
    """Finds `vendor/bootstrap.min.css`, `vendor/bootstrap.bundle.min.js`, `vendor/chart.umd.min.js` and the font."""

    storage = _Vendored(location=BASE_DIR / "node_modules")

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = self.storage.path(path) if path in FILES and self.storage.exists(path) else None
        # Django takes an empty list, never None, for a file that no finder has.
        return ([found] if find_all else found) if found else []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        return ((path, self.storage) for path in FILES if self.storage.exists(path))
