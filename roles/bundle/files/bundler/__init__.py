"""Fills the bundle from package registries: Go modules, PyPI and Debian."""
