from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from itep.sandbox.serving import CannotServe, serve
from tests.itep.sandboxes import Sandbox

pytestmark = pytest.mark.django_db


def check(*arguments: str) -> str:
    out = io.StringIO()
    call_command("itep_dialect", "check", *arguments, stdout=out)
    return out.getvalue()


def test_shows_what_each_call_would_send_with_the_key_masked() -> None:
    shown = check()
    assert shown.startswith("Dialect: the default\n")
    assert shown.count("POST http://itep.example/api/assign\n") == 2
    assert shown.count("POST http://itep.example/api/assign-and-send\n") == 2
    assert shown.count("X-Api-Key: ********\n") == 4
    assert shown.count('"test_id": "123982B8AP"') == 2
    assert '"oid": "5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11"' in shown
    assert "Warning" not in shown


def test_warns(tmp_path: Path) -> None:
    path = tmp_path / "itep.toml"
    path.write_text('[assigned_to]\nname = ""\nemail = ""\n')
    shown = check("--file", str(path))
    assert shown.count("Warning: ") == 2
    assert f"Dialect: {path}\n" in shown


def test_a_broken_dialect_is_one_line(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "itep.toml"
    path.write_text('[auth]\nin = "cookie"\n')
    line = f"{path}: [auth] in: expected one of header, query, body; found 'cookie'"
    with pytest.raises(CommandError) as caught:
        check("--file", str(path))
    assert str(caught.value) == line
    with pytest.raises(CannotServe) as refused:
        serve(port=0, bind="127.0.0.1", hosts=[], data_dir=tmp_path, dialect=path)
    assert str(refused.value) == line
    with pytest.raises(CommandError, match=f"cannot listen at 127.0.0.1:{sandbox.port}: Address already in use"):
        call_command("itep_sandbox", "--port", str(sandbox.port))
