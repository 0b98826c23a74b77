"""How gunicorn serves the portal; it reads this file by itself when started here: `gunicorn portal.wsgi`."""

import os

# Before any worker is started: a bad variable ends gunicorn itself, with one line, rather than worker after worker.
from portal import settings
from portal.connections import WEB_THREADS

bind = f"127.0.0.1:{settings.PORT}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = WEB_THREADS
timeout = 60
graceful_timeout = 15
keepalive = 5
# A shared folder for workers' heartbeats may be slow; this one is memory.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
# Who is a trusted proxy is decided in portal.proxies alone.
forwarded_allow_ips = ""
control_socket = str(settings.DATA_DIR / "gunicorn.ctl")
# A socket's path has room for 107 bytes.
control_socket_disable = len(control_socket.encode()) > 107
logger_class = "portal.server_log.ServerLog"
