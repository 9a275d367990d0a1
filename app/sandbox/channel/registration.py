"""Registering an extension: the app is asked about itself, and what it says is checked and kept."""

from __future__ import annotations

from typing import Any

from app.sandbox.channel.errors import FunctionFailed, NativeRefused, forbidden, invalid
from app.sandbox.channel.functions import SYSTEM, SYSTEM_VERSION
from app.sandbox.channel.metadata import (
    DISCOVERY,
    EXTENSIONS,
    METADATA,
    command_problems,
    discovery_problems,
    hook_problems,
)
from app.sandbox.channel.state import ChannelTalk


async def register(talk: ChannelTalk, params: dict[str, Any]) -> dict[str, Any]:
    """`success` and the sentences about everything wrong; nothing is kept unless all is right."""
    extension = _asked(talk, params)
    try:
        found = await _examine(talk, extension)
    except FunctionFailed as failed:
        found = [f"{failed.kind or failed.code}: {failed.message}"]
    if found:
        return {
            "success": False,
            "errorMessage": f"{extension} was not registered",
            "validationErrors": found,
            "extensions": talk.registered.extensions,
        }
    if extension not in talk.registered.extensions:
        talk.registered.extensions.append(extension)
    talk.version += 1
    return {"success": True, "extensions": talk.registered.extensions}


def unregister(talk: ChannelTalk, params: dict[str, Any]) -> dict[str, Any]:
    """The extension is gone, and what it brought."""
    extension = _asked(talk, params)
    if extension in talk.registered.extensions:
        talk.registered.extensions.remove(extension)
    if extension == "command":
        talk.registered.commands = []
    if extension == "hook":
        talk.registered.hooks = {}
    talk.version += 1
    return {"success": True, "extensions": talk.registered.extensions}


def _asked(talk: ChannelTalk, params: dict[str, Any]) -> str:
    if params.get("appId") != talk.portal.app_id:
        raise forbidden("appId is not the app of this token")
    if params.get("systemVersion") != SYSTEM_VERSION:
        raise invalid("systemVersion: only v1")
    extension = params.get("extensionName")
    if extension not in EXTENSIONS:
        raise NativeRefused(3, "notFound", f"no extension {extension!r}")
    return str(extension)


async def _examine(talk: ChannelTalk, extension: str) -> list[str]:
    discovery = await _ask(talk, DISCOVERY)
    if found := discovery_problems(discovery):
        return found
    functions = tuple(entry["name"] for entry in discovery["functions"])
    metadata = METADATA.get(extension)
    if metadata is None:
        talk.registered.functions = functions
        return []
    if metadata not in functions:
        return [f"getFunctions: {metadata} is missing"]
    told = await _ask(talk, metadata)
    found = (command_problems if extension == "command" else hook_problems)(told, functions)
    if not found:
        talk.registered.functions = functions
        _keep(talk, extension, told)
    return found


def _keep(talk: ChannelTalk, extension: str, told: dict[str, Any]) -> None:
    if extension == "hook":
        talk.registered.hooks = {hook["type"]: hook["actionFunctionName"] for hook in told["hooks"]}
        return
    seen = {(command["scope"], command["name"]) for command in talk.registered.commands}
    talk.registered.commands = told["commands"]
    for command in told["commands"]:  # what a manager has chosen survives a new registration
        key = (command["scope"], command["name"])
        if key not in seen and command.get("enabledByDefault") is False:
            talk.hidden.add(key)


async def _ask(talk: ChannelTalk, method: str) -> Any:
    """Discovery and metadata come from the system, with an empty channel."""
    return await talk.call_function(method, {}, caller=SYSTEM, channel_id="")
