"""What gunicorn finds wrong with a request before the app sees it, as problems.

In sentences of ours: its own repeat what the client sent, which may be a key.
"""

from gunicorn.http import errors

from .problems import Problem

REFUSALS: dict[type[Exception], tuple[int, str]] = {
    errors.LimitRequestLine: (414, "The request line is too long."),
    errors.LimitRequestHeaders: (431, "The headers are too large or too many."),
    errors.ExpectationFailed: (417, "The only expectation that can be met is 100-continue."),
    errors.UnsupportedTransferCoding: (501, "The only transfer coding is chunked."),
    errors.InvalidRequestLine: (400, "The request line is malformed."),
    errors.InvalidRequestMethod: (400, "The method is malformed."),
    errors.InvalidHTTPVersion: (505, "The version of HTTP must be 1.0 or 1.1."),
    errors.ObsoleteFolding: (400, "A header must not be folded."),
    errors.InvalidHeader: (400, "A header is malformed, repeated or contradicts another one."),
    errors.InvalidSchemeHeaders: (400, "The headers that say whether the client uses TLS contradict each other."),
    errors.InvalidHeaderName: (400, "A header's name is malformed."),
    errors.InvalidChunkSize: (400, "The size of a chunk is malformed."),
    errors.InvalidChunkExtension: (400, "The extension of a chunk is malformed."),
    errors.ChunkMissingTerminator: (400, "A chunk does not end where it should."),
}


def refusal(error: Exception) -> Problem | None:
    """Return the problem that a client is told about; None where it is the server's own."""
    if isinstance(error, Problem):
        return error
    found = REFUSALS.get(type(error))
    return Problem(*found) if found else None
