"""Asks the API server directly: a kubectl process for every question would cost more than the start itself."""

import http.client
import json
import ssl
from datetime import datetime
from typing import Any

from labkube import credentials, paths
from labkube.pki import SERVER_CA

_OK = 200


class Api:
    """A client with the administrator's certificate."""

    def __init__(self, port: int) -> None:
        """The API server listens on `port` of this node."""
        self._port = port
        self._context = ssl.create_default_context(cafile=str(paths.TLS / f"{SERVER_CA}.crt"))
        certificate = paths.TLS / credentials.ADMIN
        self._context.load_cert_chain(f"{certificate}.crt", f"{certificate}.key")

    def _get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPSConnection("127.0.0.1", self._port, timeout=5, context=self._context)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def ready(self) -> bool:
        """Whether the API server can serve."""
        return self._get("/readyz")[0] == _OK

    def node_ready(self, name: str, since: float) -> bool:
        """Whether the kubelet has said, `since` it was started, that the node is ready."""
        code, body = self._get(f"/api/v1/nodes/{name}")
        return code == _OK and is_ready(json.loads(body), since)


def is_ready(node: dict[str, Any], since: float) -> bool:
    """Whether the object `node` says so, and not from before `since`."""
    for condition in node["status"].get("conditions", ()):
        if condition["type"] == "Ready":
            heartbeat = datetime.fromisoformat(condition["lastHeartbeatTime"]).timestamp()
            return condition["status"] == "True" and heartbeat >= int(since)
    return False
