"""Flask as this app uses it."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response

from .bodies import MERGE_PATCH


class Application(Flask):
    """Flask with three habits changed: no redirects, no coroutines, and an answer to OPTIONS is headers only."""

    def __init__(self) -> None:
        """Make an app without routes."""
        super().__init__(__package__, static_folder=None)
        # A path is right or 404: a redirect would turn some clients' POST into a GET.
        self.url_map.merge_slashes = False

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take each view and hook as it is: none is a coroutine, and to find that out each time is not free."""
        return func

    def make_default_options_response(self) -> Response:
        """Answer OPTIONS, for which no body means no media type either."""
        response = super().make_default_options_response()
        response.status_code = 204
        del response.headers["Content-Type"]
        if "PATCH" in response.allow:
            response.headers["Accept-Patch"] = MERGE_PATCH
        return response
