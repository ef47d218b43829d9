"""Whether Ansible can start under this locale. A program of its own: where it can't, no playbook could say so."""

from __future__ import annotations

import locale
import os
import platform
import sys

NAMES = ("LC_ALL", "LC_CTYPE", "LANG")


def finding() -> str:
    """Give the sentence for a locale that Ansible refuses, as it asks for it at its own start; empty if all is well."""
    try:
        locale.setlocale(locale.LC_ALL, "")
        encoding = locale.getlocale()[1] or "none"
    except (locale.Error, ValueError):
        return _sentence("is not installed here")
    return "" if encoding.lower() in ("utf-8", "utf8") else _sentence(f"has the encoding {encoding} instead of UTF-8")


def _sentence(fault: str) -> str:
    given = ", ".join(f"{name}={os.environ[name]}" for name in NAMES if os.environ.get(name)) or "that of the system"
    # C.UTF-8 needs no installation on Linux; not every macOS has it.
    usable = "en_US.UTF-8" if platform.system() == "Darwin" else "C.UTF-8"
    return f"The locale ({given}) {fault}, so that Ansible does not start: export LC_ALL={usable}"


if __name__ == "__main__":
    sys.exit(finding() or 0)
