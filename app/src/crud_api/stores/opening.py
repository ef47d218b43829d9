"""Opens the store that the settings choose, or ends the start with what to correct."""

from ..settings import Settings, StartError, variable
from .interface import Store, StoreAwayError, StoreFullError
from .memory import MemoryStore


def open_store(settings: Settings, resource: str) -> Store:
    """Open the store of a resource. Nothing is connected yet: gunicorn forks after this."""
    match settings.store:
        case "sqlite":
            return _open_sqlite(settings, resource)
        case "redis":
            return _open_redis(settings, resource)
    return MemoryStore(settings.max_records, settings.max_store_bytes)


def _open_sqlite(settings: Settings, resource: str) -> Store:
    from .sqlite import SqliteStore  # noqa: PLC0415 - only the store that is chosen costs time and memory

    file = settings.sqlite_file
    if file is None:
        raise StartError(f"set {variable('sqlite_file')} to a file on a volume that outlives the container.")
    try:
        return SqliteStore(file, resource, settings.store_timeout_seconds)
    except (StoreAwayError, StoreFullError) as error:
        raise StartError(
            f"{variable('sqlite_file')}={file}: {error}; name a file, of this app alone, in a directory that exists, "
            f"is on a local disk and can be written."
        ) from None


def _open_redis(settings: Settings, resource: str) -> Store:
    from .redis import PasswordFile, RedisStore  # noqa: PLC0415 - as above; redis-py doubles the time of a start

    url, password = settings.redis_url, None
    if url is None:
        raise StartError(f"set {variable('redis_url')} to the server, such as redis://redis:6379/0.")
    if settings.redis_password_file is not None:
        password = PasswordFile(settings.redis_password_file)
        try:
            password.get_credentials()
        except OSError as error:
            raise StartError(
                f"{variable('redis_password_file')}={settings.redis_password_file}: {error.strerror}; "
                f"mount the file, or unset the variable if the server wants no password."
            ) from None
    try:
        return RedisStore(url, password, resource, settings.store_timeout_seconds)
    except ValueError:
        # The value is not repeated: what is wrong with it may be that it holds a password.
        raise StartError(
            f"{variable('redis_url')} must be redis://<host>:<port>/<number>, the same with rediss:// for TLS, or "
            f"unix:///<socket>; a password goes into {variable('redis_password_file')}."
        ) from None
