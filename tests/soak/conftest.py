"""What these tests share with the end-to-end test."""

from e2e.fixtures import lab, tell, untouched
from e2e.test_virtual_machine import vm

__all__ = ["lab", "tell", "untouched", "vm"]
