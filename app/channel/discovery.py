"""`extension.core.function.getFunctions`: what we serve, from our own models. Answers without config or mall."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from app.ports import Function

DISCOVERY = "extension.core.function.getFunctions"
TEST_DISCOVERY = "extension.core.function.getTestFunctions"
DRAFT = "http://json-schema.org/draft-07/schema#"
Schema = dict[str, Any]


class NoParams(BaseModel):
    model_config = ConfigDict(extra="ignore")


def discovery_answers(functions: Iterable[Function]) -> dict[str, bytes]:
    """The two reserved methods with their whole answers: these never change while we run."""
    entries = [_entry(function) for function in sorted(functions, key=lambda f: f.name)]
    return {DISCOVERY: _answer(entries), TEST_DISCOVERY: _answer([])}


def _answer(entries: list[Schema]) -> bytes:
    return orjson.dumps({"result": {"functions": entries, "success": True, "errorMessage": ""}})


def _entry(function: Function) -> Schema:
    entry: Schema = {
        "name": function.name,
        "inputSchema": schema_of(function.params, mode="validation"),  # type: ignore[arg-type]  # mypy: a class is hashable
        "outputSchema": schema_of(function.result, mode="serialization"),  # type: ignore[arg-type]
    }
    if function.description:
        entry["description"] = function.description
    return entry


@cache
def schema_of(model: type[BaseModel], *, mode: Any) -> Schema:
    """JSON Schema draft-07 with every reference written out, and without pydantic's titles."""
    schema = model.model_json_schema(mode=mode)
    definitions = schema.pop("$defs", {})
    plain: Schema = _plain(schema, definitions)
    plain.pop("description", None)
    return plain | {"additionalProperties": False, "$schema": DRAFT}


def _plain(node: Any, definitions: Schema) -> Any:
    if isinstance(node, list):
        return [_plain(part, definitions) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        return _plain(definitions[name], definitions)
    if nullable := _null_dropped(node):
        return _plain(nullable, definitions)
    kept = {k: v for k, v in node.items() if k != "default" and not (k == "title" and isinstance(v, str))}
    return {
        k: {name: _plain(s, definitions) for name, s in v.items()}
        if k == "properties"
        else _plain(v, definitions)
        for k, v in kept.items()
    }


def _null_dropped(node: Schema) -> Schema | None:
    """An optional member is one that may be absent: Channel's own schemas never name null."""
    branches = [b for b in node.get("anyOf", ()) if b != {"type": "null"}]
    if len(branches) == len(node.get("anyOf", ())):
        return None
    rest = {k: v for k, v in node.items() if k not in {"anyOf", "default", "title"}}
    return rest | (branches[0] if len(branches) == 1 else {"anyOf": branches})
