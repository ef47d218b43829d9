"""What gunicorn runs around the app: the metrics beside it, and the way out. The hooks are in gunicorn.conf.py."""

import logging
import signal
import threading
from collections.abc import Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from types import FrameType
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import CollectorRegistry, make_wsgi_app

from .readiness import Readiness

log = logging.getLogger(__name__)


class MetricsServer(ThreadingMixIn, WSGIServer):
    """A thread for each connection, so that no client keeps another one waiting."""

    daemon_threads = True
    # Old and new worker overlap when one replaces the other.
    allow_reuse_port = True


class QuietHandler(WSGIRequestHandler):
    """Scrapes are not logged; a client that stalls is dropped."""

    timeout = 10

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def serve_metrics(registry: CollectorRegistry, host: str, port: int) -> MetricsServer:
    """Serve /metrics and /healthz on a port of their own, from a thread of this process."""
    server = make_server(host, port, _application(registry), MetricsServer, QuietHandler)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def stop_in_two_steps(readiness: Readiness, drain_seconds: float) -> None:
    """Let SIGTERM turn /readyz to 503 first, and stop gunicorn, in whose master this runs, only after a while.

    Meanwhile everything is served, and Services and Ingresses learn that the pod is leaving. A second SIGTERM stops
    at once.
    """
    stop = signal.getsignal(signal.SIGTERM)

    def drain(_signal: int, _frame: FrameType | None) -> None:
        readiness.stop()
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGTERM))
        signal.setitimer(signal.ITIMER_REAL, max(drain_seconds, 0.001))

    signal.signal(signal.SIGTERM, drain)


def _application(registry: CollectorRegistry) -> WSGIApplication:
    metrics: WSGIApplication = make_wsgi_app(registry, disable_compression=True)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/metrics":
                return metrics(environ, start_response)
            case "/healthz":
                status, body = HTTPStatus.OK, b'{"status":"ok"}\n'
            case _:
                status, body = HTTPStatus.NOT_FOUND, b'{"status":"no such path"}\n'
        start_response(f"{status} {status.phrase}", [("Content-Type", "application/json")])
        return [body]

    return application
