"""`python -m itep.sandbox`: the sandbox without the portal's settings."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from itep.sandbox.serving import CannotServe, serve

parser = argparse.ArgumentParser(prog="python -m itep.sandbox", description="Plays iTEP.")
parser.add_argument("--port", type=int, default=int(os.environ.get("SANDBOX_PORT") or 8001))
parser.add_argument("--bind", default="127.0.0.1")
parser.add_argument("--host", action="append", default=[])
parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("DATA_DIR") or "var"))
parser.add_argument("--dialect", type=Path, default=os.environ.get("ITEP_DIALECT") or None)
given = parser.parse_args()
try:
    folder = given.data_dir / "sandbox"
    serve(port=given.port, bind=given.bind, hosts=given.host, data_dir=folder, dialect=given.dialect)
except CannotServe as error:
    sys.exit(f"{error}")
