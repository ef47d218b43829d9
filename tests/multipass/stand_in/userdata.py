"""User-data as it arrives in a guest: read and written again by the daemon, comments and quotes lost."""

from __future__ import annotations

import yaml

from stand_in.output import Failure

OWN_KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC multipass"
SPECIAL = {"", "~"}


def emit(text: str) -> str:
    """Give the guest's user-data.txt, with the daemon's own key and list of users merged in."""
    try:
        node = yaml.compose(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1, column 1"
        raise Failure(1, f"Could not load cloud-init configuration: yaml-cpp: error at {where}: {error}") from error
    if isinstance(node, yaml.ScalarNode):
        raise Failure(
            2, 'launch failed: yaml-cpp: error at line 1, column 1: operator[] call on a scalar (key: "users")'
        )
    if node is None:
        return "#cloud-config\n{}\n"
    return "#cloud-config\n" + "\n".join(_block(node, 0)) + "\n"


def keys(text: str) -> list[str]:
    """Give the keys that may log in."""
    found = yaml.safe_load(text) or {}
    return [*(found.get("ssh_authorized_keys") or []), OWN_KEY] if isinstance(found, dict) else [OWN_KEY]


def complaint(emitted: str) -> str:
    """Tell what cloud-init makes of it: a mode that lost its quotes breaks the schema (#4176)."""
    document = yaml.safe_load(emitted) or {}
    files = document.get("write_files") or [] if isinstance(document, dict) else []
    if any(not isinstance(each.get("content", ""), str) for each in files):
        return "error"
    return "degraded" if any(not isinstance(each.get("permissions", ""), str) for each in files) else "done"


def _block(node: yaml.Node, depth: int) -> list[str]:
    indent = "  " * depth
    if isinstance(node, yaml.MappingNode):
        lines = []
        for key, value in node.value:
            # What the daemon adds to is written as a block.
            merged = depth == 0 and key.value == "ssh_authorized_keys"
            body = ["", *_block(value, 1)] if merged else _value(value, depth)
            first, *rest = body
            lines += [f"{indent}{_scalar(key)}:{first}", *rest]
            if merged:
                lines.append(f"  - {OWN_KEY}")
        return lines
    items = []
    for item in node.value:
        first, *rest = _block(item, depth + 1) if not isinstance(item, yaml.ScalarNode) else [_scalar(item)]
        items += [f"{indent}- {first.strip()}", *rest]
    return items


def _value(node: yaml.Node, depth: int) -> list[str]:
    if isinstance(node, yaml.ScalarNode):
        return [f" {_scalar(node)}"]
    if isinstance(node, yaml.SequenceNode) and node.flow_style:
        return [f" [{', '.join(_scalar(each) for each in node.value)}]"]
    return ["", *_block(node, depth + 1)]


def _scalar(node: yaml.Node) -> str:
    """Write a scalar; whatever has a colon is quoted, and little else is."""
    text = str(node.value)
    quoted = getattr(node, "style", None) in ("'", '"')
    if not quoted and text in ("", "~", "null"):
        return "~"
    if "\n" in text or ":" in text or " #" in text or text in SPECIAL or text.startswith(("{", "[", "'", '"')):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return text
