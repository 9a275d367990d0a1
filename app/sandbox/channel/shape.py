"""A small part of JSON Schema, as much as the metadata of an app needs to be judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "number": (int, float),
}


def text(least: int = 0, most: int | None = None, pattern: str | None = None) -> Schema:
    """Lengths are counted in characters."""
    return {"type": ["string"], "least": least, "most": most, "pattern": pattern}


def one_of(*words: str) -> Schema:
    return {"type": ["string"], "words": words}


def record(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """A closed object: no members beyond those named."""
    return {"type": ["object"], "members": required | (optional or {}), "required": tuple(required)}


def mapping(of: Schema) -> Schema:
    return {"type": ["object"], "values": of}


def listing(of: Schema, most: int | None = None) -> Schema:
    return {"type": ["array"], "items": of, "most": most}


YES_NO: Schema = {"type": ["boolean"]}
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
OBJECT: Schema = {"type": ["object"]}


def problems(value: Any, schema: Schema, path: str) -> Iterator[str]:
    """What is wrong with a value, one sentence each."""
    if not _has_type(value, schema["type"]):
        yield f"{path}: must be {' or '.join(schema['type'])}"
    elif isinstance(value, str):
        yield from _text_problems(value, schema, path)
    elif isinstance(value, list):
        most = schema.get("most")
        if most is not None and len(value) > most:
            yield f"{path}: at most {most} entries, has {len(value)}"
        for number, entry in enumerate(value):
            yield from problems(entry, schema["items"], f"{path}[{number}]")
    elif isinstance(value, dict):
        yield from _member_problems(value, schema, path)


def _has_type(value: Any, names: list[str]) -> bool:
    if isinstance(value, bool):  # in Python a bool is an int, in JSON it is no number
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _text_problems(value: str, schema: Schema, path: str) -> Iterator[str]:
    least, most = schema.get("least", 0), schema.get("most")
    if len(value) < least or (most is not None and len(value) > most):
        yield f"{path}: length {len(value)}, allowed {least} to {most if most is not None else 'any'}"
    if schema.get("words") and value not in schema["words"]:
        yield f"{path}: {value!r} is none of {', '.join(schema['words'])}"
    if schema.get("pattern") and not re.fullmatch(schema["pattern"], value):
        yield f"{path}: {value!r} does not match {schema['pattern']}"


def _member_problems(value: dict[str, Any], schema: Schema, path: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}.{name}: is required"
    members = schema.get("members")
    for name, entry in value.items():
        if "values" in schema:
            yield from problems(entry, schema["values"], f"{path}.{name}")
        elif members is not None and name not in members:
            yield f"{path}.{name}: is not a known member"
        elif members is not None:
            yield from problems(entry, members[name], f"{path}.{name}")
