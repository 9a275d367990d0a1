"""What kind of field a setting is, read off the JSON schema of the settings, so that no list can fall behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["choice", "flag", "number", "text", "time", "checks", "lines", "dates", "secret"]
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """`path`: as `cancel.mode`. `nullable`: empty means none. `options`: those of a choice or of checks, as stored."""

    path: str
    kind: Kind
    nullable: bool = False
    options: tuple[str | int, ...] = ()
    low: int | None = None
    high: int | None = None
    longest: int | None = None
    default: Any = None


def settings_in(schema: Schema) -> dict[str, Setting]:
    """By path, in the order of the schema. Raises `ValueError` for a shape that no field can show."""
    return dict(_leaves(schema, schema, ""))


def _leaves(node: Schema, root: Schema, prefix: str) -> list[tuple[str, Setting]]:
    found: list[tuple[str, Setting]] = []
    for name, given in node.get("properties", {}).items():
        part, path = _resolved(given, root), prefix + name
        if "properties" in part:
            found += _leaves(part, root, f"{path}.")
        else:
            found.append((path, _setting(path, part, root)))
    return found


def _resolved(node: Schema, root: Schema) -> Schema:
    if "$ref" not in node:
        return node
    target: Schema = root["$defs"][node["$ref"].rpartition("/")[2]]
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _setting(path: str, part: Schema, root: Schema) -> Setting:
    nullable = False
    if "anyOf" in part:
        some = [_resolved(one, root) for one in part["anyOf"]]
        nullable = any(one.get("type") == "null" for one in some)
        part = {**part, **next(one for one in some if one.get("type") != "null")}
    default = part.get("default")
    if "enum" in part:
        return Setting(path, "choice", nullable, tuple(part["enum"]), default=default)
    match part.get("type"):
        case "boolean":
            return Setting(path, "flag", default=default)
        case "integer":
            low, high = part.get("minimum"), part.get("maximum")
            return Setting(path, "number", nullable, low=low, high=high, default=default)
        case "array":
            return _list(path, _resolved(part.get("items", {}), root), default)
        case "string":
            kind: Kind = "time" if path.endswith("cutoff") else "text"
            return Setting(path, kind, nullable, longest=part.get("maxLength"), default=default)
    message = f"{path}: no field for {dict(part)}"
    raise ValueError(message)


def _list(path: str, each: Schema, default: Any) -> Setting:
    if "enum" in each:
        return Setting(path, "checks", options=tuple(each["enum"]), default=default)
    if each.get("type") == "integer":
        options = tuple(range(each["minimum"], each["maximum"] + 1))
        return Setting(path, "checks", options=options, default=default)
    return Setting(path, "dates" if each.get("format") == "date" else "lines", default=default)
