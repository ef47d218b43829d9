"""Where records live; CRUD_STORE chooses."""

from .interface import RecordExistsError, RecordMissingError, Records, Store, StoreAwayError, StoreFullError
from .opening import open_store

__all__ = [
    "RecordExistsError",
    "RecordMissingError",
    "Records",
    "Store",
    "StoreAwayError",
    "StoreFullError",
    "open_store",
]
