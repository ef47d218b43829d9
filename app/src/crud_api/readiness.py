"""The switch that SIGTERM turns: from then on the pod is on its way out and wants no new traffic."""

import mmap


class Readiness:
    """One byte that gunicorn's master, which gets the signal, shares with its worker, which answers /readyz."""

    def __init__(self) -> None:
        """Start ready; to be made before gunicorn forks."""
        self._stopping = mmap.mmap(-1, 1)

    def stop(self) -> None:
        """Say that the process is about to stop."""
        self._stopping[0] = 1

    @property
    def stopping(self) -> bool:
        """Whether the process is about to stop."""
        return self._stopping[0] == 1
