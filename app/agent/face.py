"""What the door and the protocol share: who may come in, what they may ask, and where the SDK begins."""

import asyncio
import importlib
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from app.ports import Connection, ConnectionOf
from app.ports.agents import AgentKey
from commands.kernel.who import Language

from .desk import AgentDesk
from .keys import Doorkeeper
from .resources import BY_URI, PolicyPage

KEY = "jumun.agent_key"
PROTOCOL = "app.agent.protocol"
log = logging.getLogger(__name__)
ASGI = Any


@dataclass(frozen=True, slots=True)
class AgentFace:
    desk: AgentDesk
    doorkeeper: Doorkeeper
    policy: PolicyPage
    connection_of: ConnectionOf
    language_of: Callable[[Connection], Language]

    async def policy_text(self, key: AgentKey, uri: str) -> str | None:
        """None for an address that is none of ours, or a shop that is not connected."""
        resource, connection = BY_URI.get(uri), await self.connection_of(key.channel_id)
        if resource is None or connection is None:
            return None
        return await self.policy.text(connection, self.language_of(connection), resource.command)


class Manager(Protocol):
    """The SDK's session manager, as far as we use it."""

    def run(self) -> AbstractAsyncContextManager[None]: ...

    async def handle_request(self, scope: ASGI, receive: ASGI, send: ASGI) -> None: ...


class Session:
    """Starts the SDK with the first request and ends it with the process."""

    def __init__(self, face: AgentFace, *, max_body: int) -> None:
        self._face = face
        self._max_body = max_body
        self._manager: Manager | None = None
        self._lock = asyncio.Lock()
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def manager(self) -> Manager:
        if self._manager is None:
            async with self._lock:
                if self._manager is None:
                    self._manager = await self._begun()
        return self._manager

    async def _begun(self) -> Manager:
        protocol = await asyncio.to_thread(importlib.import_module, PROTOCOL)
        manager: Manager = protocol.manager_of(self._face, max_body=self._max_body)
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._running = asyncio.create_task(self._run(manager, started))
        await started
        return manager

    async def _run(self, manager: Manager, started: "asyncio.Future[None]") -> None:
        """In one task from beginning to end, as the SDK's task group wants it."""
        async with manager.run():
            started.set_result(None)
            await self._stop.wait()

    async def close(self) -> None:
        self._stop.set()
        if self._running is not None:
            await self._running
