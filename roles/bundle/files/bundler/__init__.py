"""Fills the bundle from package registries: Go modules, PyPI, npm and Debian."""
