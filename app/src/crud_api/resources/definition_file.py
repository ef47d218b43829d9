"""Reads a definition file; what is wrong with it ends the start with its line and the fix."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..problems import Problem
from ..settings import StartError, variable
from .definition import Definition
from .fields import FIELD_TYPES
from .formats import line_of
from .resource import Resource

FIXES = {
    "model_type": "a mapping is missing here; write one as docs/app.md shows it",
    "model_attributes_type": "a mapping is missing here; write one as docs/app.md shows it",
    "union_tag_not_found": f"type is missing; add one of {', '.join(FIELD_TYPES)}",
}
PRESETS = Path(__file__).with_name("presets")


def preset_names() -> list[str]:
    """Return the names of the definitions that come with the app."""
    return sorted(file.stem for file in PRESETS.glob("*.yml"))


def load_resource(name: str) -> Resource:
    """Return the resource of a preset, or of the definition file at a path."""
    if "/" in name:
        return read_resource(Path(name))
    if name in preset_names():
        return read_resource(PRESETS / f"{name}.yml")
    raise StartError(
        f"{variable('resource')}={name} is no preset: set one of {', '.join(preset_names())}, "
        f"or the path of a definition file with a slash in it, like ./{name}.yml."
    )


def read_resource(file: Path) -> Resource:
    """Read and check a definition file."""
    try:
        loader = _Loader(file.read_bytes())
        root = loader.get_single_node()
        content = loader.construct_document(root) if root else None
    except OSError as error:
        raise _wrong(file, f"cannot be read: {error.strerror}; mount it or correct the path") from None
    except yaml.MarkedYAMLError as error:
        raise _wrong(file, f"line {line_of(error)}: {error.problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise _wrong(file, f"is no YAML: {error}") from None
    try:
        resource = Resource(Definition.model_validate(content))
        if resource.definition.example:
            resource.created(resource.definition.example)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = {"union_tag_invalid": "type"}.get(first["type"], first.get("ctx", {}).get("key", ""))
        line, path = _place(root, (*first["loc"], key))
        raise _wrong(file, f"line {line}: {path}{_fix(first)}") from None
    except Problem as problem:
        first_error = problem.errors[0]
        line, path = _place(root, ("example", *first_error.pointer.split("/")[1:]))
        raise _wrong(file, f"line {line}: {path}{first_error.detail.rstrip('.')}") from None
    return resource


class _Loader(yaml.CSafeLoader):
    """Refuses a key that is there twice, of which the safe loader silently takes the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for index, (key, _) in enumerate(node.value):
            if key.value in keys[:index]:
                sentence = f"{key.value} is there twice; remove one of the two"
                raise yaml.constructor.ConstructorError(None, None, sentence, key.start_mark)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


def _wrong(file: Path, what: str) -> StartError:
    return StartError(f"{variable('resource')}: {file}, {what}.")


def _place(node: yaml.Node | None, location: tuple[int | str, ...]) -> tuple[int, str]:
    """Return the line of what pydantic found, and its path in words of the file; pydantic adds the types of fields."""
    line, path = 1, ""
    for part in location:
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.value == part:
                line, path, node = key.start_mark.line + 1, f"{path}{part}: ", value
    return line, path


def _fix(error: ErrorDetails) -> str:
    """Say what to do about an error."""
    match error["type"]:
        case "definition":
            return error["msg"]
        case "extra_forbidden":
            kinds = [FIELD_TYPES[part] for part in error["loc"] if part in FIELD_TYPES]
            known: type[BaseModel] = kinds[-1] if kinds else Definition
            return f"there is no such key; correct or remove it. There are {', '.join(known.model_fields)}"
        case "missing":
            return f"{error['loc'][-1]} is missing; add it"
        case "union_tag_invalid":
            return f"it must be one of {error['ctx']['expected_tags']}"
    return FIXES.get(error["type"]) or f"{error['msg']}, not {error['input']!r}"
