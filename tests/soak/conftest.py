"""What these tests share with the end-to-end test."""

from e2e.fixtures import lab, tell, untouched

__all__ = ["lab", "tell", "untouched"]
