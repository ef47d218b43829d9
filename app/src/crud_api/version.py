"""The version that `/`, the metrics and the logs name."""

VERSION = "0.1.0"
