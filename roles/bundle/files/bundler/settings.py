"""Where the source `releases` fetches from, as the role's variables say."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True)
class Settings:
    """`sites` and `registries` map the lock's names to addresses; `mirror` replaces scheme and host of the sites."""

    sites: dict[str, str] = field(default_factory=dict)
    registries: dict[str, str] = field(default_factory=dict)
    mirror: str = ""

    def address(self, site: str, path: str) -> str:
        """Return the address of a file of one site."""
        url = f"{self.sites[site].rstrip('/')}/{path}"
        if not self.mirror:
            return url
        return self.mirror.rstrip("/") + urlunsplit(("", "", *urlsplit(url)[2:]))
