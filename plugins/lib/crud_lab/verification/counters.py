"""http_requests_total, as the app says it and as Prometheus has it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection

METRIC = "http_requests_total"
SAMPLE = re.compile(METRIC + r"\{(?P<labels>.*)\} (?P<value>\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')

# Method, route and status of a request to the resource.
Key = tuple[str, str, str]
Counts = Counter[Key]
# Address and name of a pod.
Source = tuple[str, str]


def key_of(labels: dict[str, str], resource: str) -> Key | None:
    """Return the key of a series, None for routes beside the resource's two (probes, pages)."""
    route = labels.get("route", "")
    if route.startswith(f"/{resource}/"):
        route = f"/{resource}/<id>"
    elif route != f"/{resource}":
        return None
    return labels.get("method", ""), route, labels.get("status", "")


def from_exposition(text: str, resource: str) -> Counts:
    """Return the counts of one pod's /metrics page."""
    counts: Counts = Counter()
    for line in text.splitlines():
        if match := SAMPLE.match(line):
            key = key_of(dict(LABEL.findall(match["labels"])), resource)
            if key:
                counts[key] += int(float(match["value"]))
    return counts


def source_of(labels: dict[str, str]) -> Source:
    """Return which pod a series or a target belongs to; an address alone may have been another pod's before."""
    return labels.get("instance", ""), labels.get("pod", "")


def from_prometheus(text: str, resource: str, sources: Collection[Source]) -> Counts:
    """Return the counts of an instant query's answer, summed over these sources.

    Others are pods that are gone: Prometheus shows their last values for five minutes when it was stopped itself.
    """
    counts: Counts = Counter()
    for series in json.loads(text)["data"]["result"]:
        key = key_of(series["metric"], resource)
        if key and source_of(series["metric"]) in sources:
            counts[key] += int(float(series["value"][1]))
    return counts


def differences(expected: Counts, actual: Counts) -> list[str]:
    """Return one sentence per key whose counts differ."""
    return [
        f"{' '.join(key)}: {actual[key]} instead of {expected[key]}"
        for key in sorted(expected.keys() | actual.keys())
        if actual[key] != expected[key]
    ]
