"""Fields that are encrypted at rest, and keyed digests to compare what they hold (DESIGN.md section 4, rule 11).

Keys come from `ENCRYPTION_KEYS`: the first encrypts, all decrypt. Digests are keyed by the *last* (oldest) key, so that
putting a new key in front changes no digest; removing the oldest needs `manage.py rotate_keys`.
"""

import hashlib
import hmac
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

if TYPE_CHECKING:  # Django's fields take no parameters at run time
    _TextField = models.TextField[str, str]
    _AnyField = models.TextField[Any, Any]
    _BinaryField = models.BinaryField[Any, Any]
else:
    _TextField = _AnyField = models.TextField
    _BinaryField = models.BinaryField


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(value: bytes) -> bytes:
    """The token of `value`, by the first key."""
    return _fernet(tuple(settings.ENCRYPTION_KEYS)).encrypt(value)


def decrypt(token: bytes) -> bytes:
    """What `encrypt` was given. Raises `cryptography.fernet.InvalidToken` where no key fits."""
    return _fernet(tuple(settings.ENCRYPTION_KEYS)).decrypt(token)


def keyed_digest(text: str, *, purpose: str) -> str:
    """A 64-digit hex HMAC-SHA256 of `text` for `purpose`; "" for "".

    Equal texts are found by it without being readable.
    """
    if not text:
        return ""
    key = hashlib.sha256(f"{purpose}\0{settings.ENCRYPTION_KEYS[-1]}".encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(_TextField):
    """A text that the database holds encrypted. "" stays "", so that emptiness can be asked in SQL."""

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        return encrypt(str(value).encode()).decode("ascii")

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return decrypt(value.encode("ascii")).decode() if value else value


class EncryptedJSONField(_AnyField):
    """JSON that the database holds encrypted. NULL stays NULL."""

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return encrypt(json.dumps(value, ensure_ascii=False).encode()).decode("ascii")

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return json.loads(decrypt(value.encode("ascii"))) if value else None

    def to_python(self, value: Any) -> Any:
        return value


class EncryptedBinaryField(_BinaryField):
    """Bytes that the database holds encrypted (stored uploads, raw webhook bodies). NULL stays NULL."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else encrypt(bytes(value))

    def from_db_value(self, value: Any, expression: object, connection: object) -> bytes | None:
        return None if value is None else decrypt(bytes(value))
