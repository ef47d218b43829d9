"""The dashboards as the files that the role grafana provisions."""

from __future__ import annotations

from pathlib import Path

from dashboards import app, autoscaling, lab, pods, slo

DIRECTORY = Path(__file__).resolve().parents[3] / "roles/grafana/files/dashboards"
PAGES = {"lab": lab, "crud-api": app, "pods": pods, "autoscaling": autoscaling, "slo": slo}


def build_all() -> dict[str, str]:
    """Give the content of each file by its name."""
    return {f"{uid}.json": page.build() for uid, page in PAGES.items()}
