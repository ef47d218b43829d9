"""The one exception that the module turns into a failed task."""

from __future__ import annotations


class MultipassError(Exception):
    """What went wrong and how to put it right, in a sentence for the person who runs the lab."""
