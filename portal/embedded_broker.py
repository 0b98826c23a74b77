"""The embedded broker: kombu's file transport, whose messages appear in the folder whole or not at all.

kombu opens a message's file where the worker looks for it, and writes afterwards. A worker that is quick reads an empty
file in between, and ends. Here a message gets its name once it is written.
"""

import os
from time import monotonic_ns
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes beside, then renames."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{monotonic_ns() // 1_000_000}_{uuid4()}.{queue}.msg"
        beside = os.path.join(self.data_folder_out, f".{name}")
        try:
            with open(beside, "w", encoding="utf-8") as file:
                file.write(dumps(payload))
            os.replace(beside, os.path.join(self.data_folder_out, name))
        except OSError as error:
            raise ChannelError(f"cannot add a message to {self.data_folder_out}") from error


class Transport(filesystem.Transport):
    """What `filesystem://` means in this portal."""

    Channel = Channel


def install() -> None:
    """From now on `filesystem://` is this transport."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
