"""crud-api: a small CRUD service over HTTP; create_app is its entry, for gunicorn and for tests."""

from .factory import create_app
from .version import VERSION

__version__ = VERSION

__all__ = ["__version__", "create_app"]
