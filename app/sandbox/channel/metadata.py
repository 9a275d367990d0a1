"""What an app may say about itself: discovery, commands, hooks. From the official schemas of 2026-08."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from app.sandbox.channel.shape import (
    OBJECT,
    SCALAR,
    YES_NO,
    Schema,
    listing,
    mapping,
    one_of,
    problems,
    record,
    text,
)

DISCOVERY = "extension.core.function.getFunctions"
RESERVED = frozenset({DISCOVERY, "extension.core.function.getTestFunctions"})
EXTENSIONS = (
    "core", "command", "commerce", "wms", "config", "oauth", "hook", "polling", "customtab", "widget",
    "alfTask", "userAuthorization",
)  # fmt: skip
METADATA = {
    "command": "extension.command.metadata.getCommands",
    "hook": "extension.hook.metadata.getHooks",
}

FUNCTIONS = record(
    {
        "functions": listing(
            record({"name": text(1), "inputSchema": OBJECT}, {"description": text(), "outputSchema": OBJECT})
        )
    },
    {"success": YES_NO, "errorMessage": text()},
)


def _words(name: int, description: int) -> Schema:
    return mapping(record({"name": text(1, name), "description": text(0, description)}))


_PARAM = record(
    {"name": text(1, 20), "type": one_of("string", "float", "int", "bool"), "required": YES_NO},
    {
        "description": text(0, 50),
        "choices": listing(
            record({"name": text(), "value": SCALAR}, {"nameDescI18nMap": _words(30, 100)}), 10
        ),
        "nameDescI18nMap": _words(20, 50),
        "autoComplete": YES_NO,
        "alfDescription": text(0, 1500),
    },
)
_COMMAND = record(
    {
        "name": text(1, 30),
        "scope": one_of("front", "desk"),
        "actionFunctionName": text(1),
        "alfMode": one_of("disable", "recommend"),
    },
    {
        "buttonName": text(1, 30),
        "buttonNameI18nMap": mapping(record({"name": text(1, 30)})),
        "description": text(0, 100),
        "nameDescI18nMap": _words(30, 100),
        "autoCompleteFunctionName": text(1),
        "systemVersion": text(),
        "alfDescription": text(0, 1500),
        "paramDefinitions": listing(_PARAM, 10),
        "enabledByDefault": YES_NO,
    },
)
COMMANDS = record({"commands": listing(_COMMAND, 30)})

HOOK_TYPES = (
    "app.installed", "app.uninstalled", "command.toggle", "config.saved", "config.deleted", "oauth.connected",
    "oauth.disconnected", "userChat.opened", "teamChat.messageCreated", "widget.installed",
    "widget.uninstalled", "webhook.received",
)  # fmt: skip
_TARGETED = frozenset({"widget.installed", "widget.uninstalled", "webhook.received"})
_HOOK = record(
    {"type": one_of(*HOOK_TYPES), "actionFunctionName": text(1, 255, r"[a-zA-Z_][a-zA-Z0-9._]*")},
    {"systemVersion": text(1, 50, r"[A-Za-z0-9._-]+"), "targetId": text(1, 255), "webhook": OBJECT},
)
HOOKS = record({"hooks": listing(_HOOK)})


def discovery_problems(answer: Any) -> list[str]:
    """Wrong members, names listed twice, reserved names."""
    found = list(problems(answer, FUNCTIONS, "getFunctions"))
    if found:
        return found
    names = [entry["name"] for entry in answer["functions"]]
    found += [f"getFunctions: {name} is listed twice" for name in _twice(names)]
    return found + [f"getFunctions: {name} is reserved" for name in names if name in RESERVED]


def command_problems(answer: Any, functions: Iterable[str]) -> list[str]:
    """Wrong members and lengths, one name twice in a scope, Functions that discovery does not know."""
    found = list(problems(answer, COMMANDS, "getCommands"))
    if found:
        return found
    commands = answer["commands"]
    keys = [f"{command['name']} ({command['scope']})" for command in commands]
    found += [f"getCommands: {key} is listed twice" for key in _twice(keys)]
    for member in ("actionFunctionName", "autoCompleteFunctionName"):
        named = (command[member] for command in commands if member in command)
        found += _unknown(named, functions, "getCommands")
    return found


def hook_problems(answer: Any, functions: Iterable[str]) -> list[str]:
    """Wrong members, targets where none belong, Functions that discovery does not know."""
    found = list(problems(answer, HOOKS, "getHooks"))
    if found:
        return found
    hooks = answer["hooks"]
    keys = [f"{hook['type']} {hook.get('targetId', '')}".strip() for hook in hooks]
    found += [f"getHooks: {key} is listed twice" for key in _twice(keys)]
    for hook in hooks:
        if ("targetId" in hook) != (hook["type"] in _TARGETED):
            found.append(f"getHooks: {hook['type']} and targetId do not go together")
    return found + _unknown((hook["actionFunctionName"] for hook in hooks), functions, "getHooks")


def _twice(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _unknown(named: Iterable[str], functions: Iterable[str], where: str) -> list[str]:
    known = frozenset(functions)
    return [f"{where}: {name} is not in discovery" for name in named if name not in known]
