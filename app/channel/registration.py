"""Tells AppStore which extensions we serve. Runs beside the server: it never blocks it and never kills it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from app.errors import AppError
from app.log import say

from .client import ChannelClient

log = logging.getLogger(__name__)
EXTENSIONS = ("command", "hook", "commerce", "userAuthorization", "config", "customtab")
Sleep = Callable[[float], Awaitable[None]]
ATTEMPTS = 3
OK = "ok"
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 5.0
LONGEST_REASON = 500


async def register(
    client: ChannelClient, extensions: tuple[str, ...] = EXTENSIONS, *, sleep: Sleep = asyncio.sleep
) -> dict[str, str]:
    """What became of each extension: `ok`, or why not. AppStore calls our discovery while it decides."""
    return {extension: await _register_one(client, extension, sleep) for extension in extensions}


async def _register_one(client: ChannelClient, extension: str, sleep: Sleep) -> str:
    outcome = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            await sleep(min(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS))
        outcome = await _attempt(client, extension)
        if outcome == OK:
            say(log, "info", "extension registered", extension=extension, attempt=attempt + 1)
            break
        say(log, "warning", "extension refused", extension=extension, reason=outcome, attempt=attempt + 1)
    return outcome


async def _attempt(client: ChannelClient, extension: str) -> str:
    try:
        answer = await client.call_as_app(
            "registerExtension", appId=client.app_id, systemVersion="v1", extensionName=extension
        )
    except AppError as error:
        return f"{type(error).__name__}: {error}"[:LONGEST_REASON]
    except Exception as error:
        log.exception("extension not registered")
        return type(error).__name__
    if answer.get("success"):
        return OK
    problems = answer.get("validationErrors")
    said = problems if isinstance(problems, list) and problems else [answer.get("errorMessage") or "refused"]
    return "; ".join(str(p) for p in said)[:LONGEST_REASON]
