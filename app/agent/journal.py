"""Every call of an agent, for the audit: what it wanted, what was decided, what became of it. No personal data."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import orjson

from app.ports import AuditLine
from app.ports.agents import AgentKey, AgentKeys

from .tools import Turn

log = logging.getLogger(__name__)
HIDDEN = "•"
READABLE: Mapping[str, re.Pattern[str]] = {
    "orderId": re.compile(r"\d{8}-\d{7}"),
    "orderItemCode": re.compile(r"\d{8}-\d{7}-\d{2,3}"),
    "variantCode": re.compile(r"P[0-9A-Z]{7,15}"),
    "type": re.compile(r"[a-zA-Z]{1,24}"),
    "kind": re.compile(r"exchange|return"),
    "by": re.compile(r"sms|manager"),
    "receiptId": re.compile(r"[0-9a-f-]{36}"),
    "pendingId": re.compile(r"[0-9a-f-]{36}"),
    "verificationId": re.compile(r"[0-9a-f-]{36}"),
}
"""Members that tell nothing of a person, and what they must look like: a model may put anything anywhere."""
MOST_PARTS, DEEPEST = 20, 5
USED_EVERY_SECONDS = 60
MOST_KEPT = 10_000
GATHERED_SECONDS = 0.05
"""Lines are gathered for so long: what a crash may lose of calls that changed nothing."""
AddLines = Callable[[Sequence[AuditLine]], Awaitable[None]]


def masked(arguments: Any, name: str = "", depth: int = 0) -> Any:
    if depth > DEEPEST:
        return HIDDEN
    if isinstance(arguments, Mapping):
        parts = [(str(k), v) for k, v in arguments.items()][:MOST_PARTS]
        return {_member(own): masked(value, own, depth + 1) for own, value in parts}
    if isinstance(arguments, list):
        return [masked(value, name, depth + 1) for value in arguments[:MOST_PARTS]]
    if isinstance(arguments, bool) or arguments is None:
        return arguments
    if name == "quantity" and isinstance(arguments, int) and abs(arguments) < 10_000:
        return arguments
    readable = READABLE.get(name)
    return arguments if readable and isinstance(arguments, str) and readable.fullmatch(arguments) else HIDDEN


def _member(name: str) -> str:
    return name if re.fullmatch(r"[a-zA-Z]{1,24}\d?", name) else HIDDEN


class Journal:
    """Lines are written behind the answer, several at once; `written` waits for them."""

    def __init__(self, add: AddLines, keys: AgentKeys) -> None:
        self._add = add
        self._hurry = asyncio.Event()
        self._keys = keys
        self._lines: list[AuditLine] = []
        self._used: dict[str, datetime] = {}
        self._told: dict[str, datetime] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, turn: Turn, tool: str, arguments: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        key, now = turn.key, facts["at"]
        trace = dict(turn.trace)
        conversation = trace.pop("conversation", turn.conversation.id if turn.conversation else "")
        shop = turn.connection.shop if turn.connection else None
        kept = {
            "key": key.prefix,
            "args": orjson.dumps(masked(arguments)).decode(),
            **trace,
            **{name: value for name, value in facts.items() if name != "at" and value not in {None, ""}},
        }
        line = AuditLine(
            channel_id=key.channel_id,
            act=f"agent.{tool}",
            by=f"agent:{key.id}",
            subject=conversation or key.id,
            at=now,
            mall_id=shop.mall_id if shop else None,
            facts=kept,
        )
        self._lines.append(line)
        self._note_use(key, now)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    def _note_use(self, key: AgentKey, now: datetime) -> None:
        told = self._told.get(key.id)
        if told is None or (now - told).total_seconds() >= USED_EVERY_SECONDS:
            self._told[key.id] = self._used[key.id] = now

    async def _write(self) -> None:
        while self._lines or self._used:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), GATHERED_SECONDS)
            lines, self._lines = self._lines, []
            used, self._used = self._used, {}
            try:
                await self._add(lines)
                lines = []
                await self._keys.used(used)
            except Exception:
                log.exception("agent calls could not be written down yet")
                self._lines = [*lines, *self._lines][:MOST_KEPT]
                return

    async def written(self) -> None:
        self._hurry.set()
        while self._writing is not None and not self._writing.done():
            await asyncio.shield(self._writing)
        self._hurry.clear()
