"""The API's description in OpenAPI 3.1, made from the resource that is served."""

from .document import describe, openapi_blueprint

__all__ = ["describe", "openapi_blueprint"]
