"""Write the dashboards anew."""

from __future__ import annotations

from dashboards.files import DIRECTORY, build_all

for name, text in build_all().items():
    (DIRECTORY / name).write_text(text, encoding="utf-8")
    print(f"{name}: written")
