"""The one exception of the bundler."""


class BundleError(Exception):
    """A sentence for the user: what failed, the value, the fix."""
