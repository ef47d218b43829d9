"""What the API serves, by configuration: a definition file in, a resource out."""

from .definition import RESERVED, Definition
from .definition_file import load_resource, preset_names
from .resource import Resource

__all__ = ["RESERVED", "Definition", "Resource", "load_resource", "preset_names"]
