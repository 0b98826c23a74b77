"""How gunicorn serves the sandbox."""

import os

# One process, since the state lives in it; threads, so that a slow call does not hold up the pages.
workers = 1
worker_class = "gthread"
threads = 24
graceful_timeout = 5
keepalive = 5
loglevel = "warning"
control_socket = os.path.join(os.environ["SANDBOX_DIR"], "control.sock")
control_socket_disable = len(control_socket.encode()) > 107  # a socket's path has room for no more
