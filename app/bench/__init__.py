"""Measurements of crud-api beside a bare Flask app: `make bench-app`."""
