"""What these tests share."""

from e2e.fixtures import directory_with_space, lab, tell, untouched

__all__ = ["directory_with_space", "lab", "tell", "untouched"]
