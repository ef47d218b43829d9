"""Records in a Redis server: shared by all pods, and as durable as the server is told to be (appendfsync always).

No call is sent twice. When an answer does not come, nobody knows whether the change was made: sending it again could
undo what another client did in between, so the client hears 503 and decides.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.credentials import CredentialProvider
from redis.exceptions import OutOfMemoryError, RedisError
from redis.retry import Retry

from .interface import RecordExistsError, RecordMissingError, Records, StoreAwayError, StoreFullError

# Neither a password, which the environment would show to many, nor options, which would undo those below.
URL = re.compile(r"rediss?://(\[[\da-fA-F:.]+\]|[\w.-]+)(:\d+)?(/\d+)?|unix:///[^\s?#]+")
# Records are in a hash, their keys in a sorted set, all of score 0, so that they are in order of their bytes.
# Arguments: key, the record to be replaced, the new one; an empty record is none.
CHANGE = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then
  return 0
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  redis.call('ZADD', KEYS[2], 0, ARGV[1])
end
return 1
"""
# Arguments: the key behind which to begin, how many records, how many bytes of them. Only what fits is read and sent.
PAGE = """
local limit, room = tonumber(ARGV[2]), tonumber(ARGV[3])
local keys = redis.call('ZRANGEBYLEX', KEYS[2], '(' .. ARGV[1], '+', 'LIMIT', 0, limit + 1)
local fitting = {}
for place, key in ipairs(keys) do
  room = room - redis.call('HSTRLEN', KEYS[1], key)
  if place > 1 and (place > limit or room < 0) then
    break
  end
  fitting[place] = key
end
if #fitting == 0 then
  return {{}, {}, 0}
end
return {fitting, redis.call('HMGET', KEYS[1], unpack(fitting)), #keys - #fitting}
"""


class PasswordFile(CredentialProvider):
    """The password, read for each new connection: it can change without a restart."""

    def __init__(self, file: Path) -> None:
        """Keep the name."""
        self._file = file

    def get_credentials(self) -> tuple[str]:
        """Read the file."""
        return (self._file.read_text(encoding="utf-8", errors="replace").strip(),)


class RedisStore:
    """The records of one resource, under keys that begin with its name."""

    def __init__(self, url: str, password: PasswordFile | None, resource: str, timeout: float) -> None:
        """Prepare the client, which connects at its first call; a wrong URL is a ValueError."""
        if not URL.fullmatch(url):
            raise ValueError("no such URL")
        self._timeout = timeout
        # Any: redis-py's types say that each call may have to be awaited.
        self._redis: Any = Redis.from_url(
            url,
            credential_provider=password,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            # With the third one, redis-py no longer looks whether a kept connection is closed before it sends a call.
            protocol=2,
        )
        self._records = f"{resource}:records"
        self._keys = [self._records, f"{resource}:keys"]
        self._change = self._redis.register_script(CHANGE)
        self._page = self._redis.register_script(PAGE)

    def add(self, key: str, record: bytes) -> None:
        """Keep a new record, or raise RecordExistsError."""
        if not self._replace(key, None, record):
            raise RecordExistsError(key)

    def get(self, key: str) -> bytes:
        """Return a record, or raise RecordMissingError."""
        record = self._find(key)
        if record is None:
            raise RecordMissingError(key)
        return record

    def page(self, after: str, limit: int, max_bytes: int) -> Records:
        """Return the keys and records behind the key `after`, in order, of `max_bytes` bytes at most."""
        with self._answers():
            keys, records, behind = self._page(self._keys, [after, limit, max_bytes])
        return Records([(key.decode(), record) for key, record in zip(keys, records, strict=True)], more=behind > 0)

    def change(self, key: str, change: Callable[[bytes | None], bytes | None]) -> None:
        """Replace a record by what `change` makes of it, with no other change in between; None is no record."""
        deadline = time.monotonic() + self._timeout
        old = self._find(key)
        while not self._replace(key, old, change(old)):
            if time.monotonic() > deadline:
                raise StoreAwayError(f"others kept changing the record {key} for {self._timeout} s")
            old = self._find(key)

    def count(self) -> int:
        """Return how many records there are."""
        with self._answers():
            found: int = self._redis.hlen(self._records)
        return found

    def check(self) -> None:
        """Raise StoreAwayError unless the server answers."""
        with self._answers():
            self._redis.ping()

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _find(self, key: str) -> bytes | None:
        with self._answers():
            record: bytes | None = self._redis.hget(self._records, key)
        return record

    def _replace(self, key: str, old: bytes | None, new: bytes | None) -> bool:
        """Replace a record unless it is no longer the old one; return whether it was."""
        with self._answers():
            return bool(self._change(self._keys, [key, old or b"", new or b""]))

    @contextmanager
    def _answers(self) -> Iterator[None]:
        """Say in the store's words what goes wrong with a call."""
        try:
            yield
        except OutOfMemoryError as error:
            raise StoreFullError("The memory of the Redis server is full; delete some records.") from error
        except (RedisError, OSError) as error:
            # The kept connections lead to the same server, which may be gone or no primary now: connect anew.
            self._redis.connection_pool.disconnect(inuse_connections=False)
            raise StoreAwayError(f"Redis: {error}") from error
