"""Tells AppStore which extensions we serve. Runs beside the server: it never blocks it and never kills it."""

import asyncio
import logging

from app.errors import AppError
from app.log import say

from .client import ChannelClient

log = logging.getLogger(__name__)
EXTENSIONS = ("command", "hook")
ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 5.0


async def register(client: ChannelClient, extensions: tuple[str, ...] = EXTENSIONS) -> dict[str, str]:
    """What became of each extension: `ok`, or why not. AppStore calls our discovery while it decides."""
    return {extension: await _register_one(client, extension) for extension in extensions}


async def _register_one(client: ChannelClient, extension: str) -> str:
    outcome = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            await asyncio.sleep(min(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS))
        outcome = await _attempt(client, extension)
        say(log, "info", "extension registered", extension=extension, outcome=outcome, attempt=attempt + 1)
        if outcome == "ok":
            break
    return outcome


async def _attempt(client: ChannelClient, extension: str) -> str:
    try:
        answer = await client.call_as_app(
            "registerExtension", appId=client.app_id, systemVersion="v1", extensionName=extension
        )
    except AppError as error:
        return type(error).__name__
    if answer.get("success"):
        return "ok"
    problems = answer.get("validationErrors") or [answer.get("errorMessage") or "refused"]
    return "; ".join(str(p) for p in problems)[:500]
