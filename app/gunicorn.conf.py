"""How gunicorn serves crud-api: `python3 -m gunicorn -c gunicorn.conf.py`. What can be set is in crud_api.settings."""

from pathlib import Path

from crud_api.logs import CONFIGURATION
from crud_api.server import serve_metrics, stop_in_two_steps
from crud_api.settings import Settings
from gunicorn.errors import HaltServer

settings = Settings.from_environment()

wsgi_app = "crud_api:create_app()"
bind = f"{settings.host}:{settings.port}"

# One process, so that metrics and the memory store are one; scale by pods.
workers = 1
worker_class = "crud_api.worker.Worker"
threads = settings.threads
# Made before the fork: a wrong setting ends the start, and master and worker share the memory and the readiness switch.
preload_app = True

# Longer than an ingress controller keeps an idle connection, or it would send a request into one that just closes.
keepalive = 120
graceful_timeout = settings.stop_seconds

# Nothing to write to but this: the root file system is read-only.
shared_memory = Path("/dev/shm")  # noqa: S108 - gunicorn makes its own file there, by mkstemp
worker_tmp_dir = str(shared_memory) if shared_memory.is_dir() else None
control_socket_disable = True

logconfig_dict = CONFIGURATION


def when_ready(server):
    """Take over SIGTERM from gunicorn's master."""
    readiness = server.app.wsgi().extensions["crud_api"].readiness
    stop_in_two_steps(readiness, settings.drain_seconds)


def post_worker_init(worker):
    """Serve the metrics from the process that counts."""
    serve_metrics(worker.wsgi.extensions["crud_api"].metrics.registry, settings.host, settings.metrics_port)


def worker_exit(server, worker):
    """Close the store, so that SQLite leaves one file that holds everything."""
    worker.wsgi.extensions["crud_api"].store.close()


def child_exit(server, worker):
    """Let the container end with its worker, and the records in it: Kubernetes counts that, and starts another one."""
    if server.LISTENERS and not server.WORKERS:
        raise HaltServer(f"The worker {worker.pid} is gone.", 1)
