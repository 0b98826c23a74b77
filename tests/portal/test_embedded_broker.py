"""A worker never reads half a message of the embedded broker; kombu's own transport is the control with the race."""

import os
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.transport import filesystem

from portal.celery import app

Read = Callable[[], dict[str, Any]]


def _channel(folder: Path, transport: str) -> Any:
    for name in ("messages", "control"):
        (folder / name).mkdir()
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
    }
    return Connection(transport=transport, transport_options=options).channel()


def test_a_message_is_read_as_it_was_put(tmp_path: Path) -> None:
    channel = _channel(tmp_path, "portal.embedded_broker:Transport")
    channel._put("celery", {"body": "wake up, 起きて"})
    assert channel._get("celery") == {"body": "wake up, 起きて"}
    with pytest.raises(Empty):
        channel._get("celery")


def test_while_it_is_written_there_is_no_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = _channel(tmp_path, "portal.embedded_broker:Transport")
    seen: list[type[Exception]] = []
    name_it = os.replace

    def look_first(source: str, target: str) -> None:
        with pytest.raises(Empty) as none:
            channel._get("celery")
        seen.append(none.type)
        name_it(source, target)

    monkeypatch.setattr(os, "replace", look_first)
    channel._put("celery", {"body": "x"})
    assert seen == [Empty]
    assert channel._get("celery") == {"body": "x"}


def test_control_kombu_shows_a_message_before_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = _channel(tmp_path, "filesystem")
    channel.__class__ = filesystem.Channel
    seen: list[type[Exception]] = []

    def look(_file: object, _how: int) -> None:
        with pytest.raises(ValueError, match="Expecting value") as half:
            channel._get("celery")
        seen.append(half.type)

    monkeypatch.setattr(filesystem, "lock", look)
    monkeypatch.setattr(filesystem, "unlock", lambda _file: None)
    channel._put("celery", {"body": "x"})
    assert len(seen) == 1


def test_the_portal_uses_it() -> None:
    with app.connection_for_write("filesystem://") as connection:
        assert connection.transport_cls == "filesystem"
        assert type(connection.transport).__module__ == "portal.embedded_broker"
