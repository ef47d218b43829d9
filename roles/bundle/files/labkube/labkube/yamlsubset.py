"""Reads the YAML that k3s' config.yaml consists of: keys with a scalar or a list of scalars.

Python's standard library has no YAML, and the node has nothing else. Whatever goes beyond is refused, never guessed.
"""

import re

_KEY = re.compile(r"^(?P<key>[A-Za-z][\w-]*):(?:\s+(?P<value>.*))?$")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_QUOTED = re.compile(r"""^(?:"(?P<double>[^"\\]*)"|'(?P<single>(?:[^']|'')*)')\s*(?:#.*)?$""")
_UNSUPPORTED = ("{", "&", "*", "!", "|", ">", "%", "@", "`", '"', "'", "[", "?")


class YamlError(ValueError):
    """The text is not of this simple form."""


def _scalar(text: str, line: int) -> str:
    quoted = _QUOTED.match(text)
    if quoted:
        if quoted["double"] is not None:
            return quoted["double"]
        return quoted["single"].replace("''", "'")
    text = _COMMENT.sub("", text).strip()
    if text.startswith(_UNSUPPORTED) or re.search(r":(\s|$)", text):
        raise YamlError(f"line {line}: only plain or quoted values and lists of them are understood, not {text!r}")
    return text


def _flow_list(text: str, line: int) -> list[str]:
    inner = _COMMENT.sub("", text).strip()
    if not inner.endswith("]"):
        raise YamlError(f"line {line}: the list {inner!r} does not end on this line")
    items = inner[1:-1].strip()
    return [_scalar(item.strip(), line) for item in items.split(",")] if items else []


def parse(text: str) -> dict[str, str | list[str]]:
    """The keys of `text` with their values; booleans and numbers stay text."""
    values: dict[str, str | list[str]] = {}
    open_list: list[str] | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#") or stripped in ("---", "..."):
            continue
        if stripped == "-" or stripped.startswith("- "):
            if open_list is None:
                raise YamlError(f"line {number}: a list item without a key before it")
            open_list.append(_scalar(stripped[1:].strip(), number))
            continue
        match = _KEY.match(stripped)
        if not match or raw[0].isspace():
            raise YamlError(f"line {number}: expected 'key: value' or '- item', found {stripped!r}")
        key, value = match["key"], (match["value"] or "").strip()
        if key in values:
            raise YamlError(f"line {number}: the key {key!r} stands here for the second time")
        open_list = None
        if not _COMMENT.sub("", value):
            open_list = values[key] = []
        elif value.startswith("["):
            values[key] = _flow_list(value, number)
        else:
            values[key] = _scalar(value, number)
    return values
