"""One HTTP request, through the proxies of the environment; what may help to try again is told from what will not."""

import email.utils
import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from .errors import BundleError

UNAUTHORIZED = 401
RANGE_NOT_SATISFIABLE = 416
# Too early, too many, or broken on the other side: the same request may succeed in a while.
TEMPORARY = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Patience:
    """How long a bad network is borne.

    `attempts` in a row may gain nothing; before each the wait doubles, from `first_wait` up to `longest_wait`, all in
    seconds. `stall` is how long a connection may be silent.
    """

    attempts: int = 5
    first_wait: float = 2
    longest_wait: float = 120
    stall: float = 30


class TemporaryError(Exception):
    """A failure that another attempt may not meet.

    `wait` is what the server asks for, in seconds; with `anew` what arrived so far is of no use.
    """

    def __init__(self, reason: str, wait: float | None = None, *, anew: bool = False) -> None:
        """Keep all three."""
        super().__init__(reason)
        self.wait = wait
        self.anew = anew


class ChallengeError(Exception):
    """The server wants an Authorization; `challenge` is its WWW-Authenticate."""

    def __init__(self, challenge: str) -> None:
        """Keep the challenge."""
        super().__init__(challenge)
        self.challenge = challenge


def printable(url: str) -> str:
    """Return a URL without user name and password, and without the query that a signed one has."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def open_url(
    url: str, stall: float, headers: Mapping[str, str] | None = None, authorization: str = ""
) -> http.client.HTTPResponse:
    """Send a GET request and return the reply, whose status is 200 or 206; redirects are followed.

    `authorization` goes to this host alone, not to where it redirects.

    Raises:
        TemporaryError: another attempt may help.
        ChallengeError: the server asks who is there.
        BundleError: it will not.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise BundleError(f"{printable(url)} is no address of a server: it must begin with https:// or http://.")
    request = urllib.request.Request(url, headers={"User-Agent": "crud-lab", **(headers or {})})  # noqa: S310 - checked
    if authorization:
        request.add_unredirected_header("Authorization", authorization)
    try:
        # A new opener reads the environment's proxies now; it handles files too, hence the check above.
        reply: http.client.HTTPResponse = urllib.request.build_opener().open(request, timeout=stall)
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(url, error) from error
    except (OSError, http.client.HTTPException) as error:
        raise _no_answer(url, error) from error
    return reply


def _refusal(url: str, error: urllib.error.HTTPError) -> Exception:
    said = f"{printable(url)} answers {error.code} {error.reason}"
    if error.code == UNAUTHORIZED and error.headers.get("WWW-Authenticate"):
        return ChallengeError(error.headers["WWW-Authenticate"])
    if error.code == RANGE_NOT_SATISFIABLE:
        return TemporaryError(said, anew=True)
    if error.code in TEMPORARY:
        return TemporaryError(said, _retry_after(error.headers.get("Retry-After", "")))
    return BundleError(
        f"{said}: a mirror (bundle_mirror_url, bundle_registries, docker_registry_mirrors) must have the same paths; "
        "another version may be gone."
    )


def _retry_after(value: str) -> float | None:
    """Read Retry-After, which is a number of seconds or a date."""
    if value.strip().isdigit():
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, date.timestamp() - time.time())


def _no_answer(url: str, error: Exception) -> Exception:
    reason = getattr(error, "reason", None) or error
    host = urlsplit(url).hostname
    if isinstance(reason, ssl.SSLCertVerificationError):
        return BundleError(
            f"The certificate of {host} can't be verified ({reason.verify_message}): where a company's proxy signs it, "
            "name that company's certificates in the environment variable SSL_CERT_FILE."
        )
    return TemporaryError(f"{host} does not answer ({reason or type(error).__name__})")
