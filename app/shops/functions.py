"""`settings.*`, `connection.*` and `console.link`: what managers may ask and change about their shop."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson
from pydantic import Field

from app.clock import Clock
from app.ports import (
    Call,
    Connecting,
    Connection,
    Connections,
    ConnectionState,
    Function,
    MallTokens,
    Once,
    Pairings,
    Surface,
)
from commands.explain import WORDS
from commands.kernel.failures import Failure, FailureType
from commands.shapes import FindingShape, Params, Shape

from .doctor import Checkup
from .keeping import SettingsKeeper
from .settings import shown

MANAGERS = frozenset({Surface.MANAGER})
LINK_LIFE = timedelta(seconds=60)
LINK_PURPOSE = "console_link"


class NoParams(Params):
    pass


class UpdateParams(Params):
    """RFC 7396: null means the default, so nulls in `patch` are kept."""

    patch: dict[str, Any]
    version: int | None = None


class SettingsResult(Shape):
    settings: dict[str, Any]
    version: int
    findings: list[FindingShape]


class StartParams(Params):
    mall_id: str | None = Field(None, max_length=80)
    pairing_code: str | None = Field(None, max_length=20)
    shop_no: int | None = Field(None, ge=1, le=999)


class StartResult(Shape):
    authorize_url: str
    notice: str | None = None


class StatusResult(Shape):
    state: ConnectionState
    mall_id: str | None = None
    shop_no: int | None = None
    shop_name: str | None = None
    operator: str | None = None
    scopes: list[str]
    findings: list[FindingShape]


class LinkResult(Shape):
    url: str
    expires_at: datetime


class ShopFunctions:
    """`served_from` is our public address; `connecting` holds the rules of connecting a mall."""

    def __init__(
        self,
        *,
        keeper: SettingsKeeper,
        connections: Connections,
        pairings: Pairings,
        tokens: MallTokens,
        connecting: Connecting,
        once: Once,
        checkup: Checkup,
        clock: Clock,
        public_url: str,
    ) -> None:
        self._keeper = keeper
        self._connections = connections
        self._pairings = pairings
        self._tokens = tokens
        self._connecting = connecting
        self._once = once
        self._checkup = checkup
        self._clock = clock
        self._public_url = public_url

    def functions(self) -> list[Function]:
        def serve(
            name: str, params: type[Any], result: type[Any], run: Callable[..., Awaitable[Any]]
        ) -> Function:
            return Function(name, params, result, run, MANAGERS)

        return [
            serve("settings.get", NoParams, SettingsResult, self.get),
            serve("settings.update", UpdateParams, SettingsResult, self.update),
            serve("connection.start", StartParams, StartResult, self.start),
            serve("connection.status", NoParams, StatusResult, self.status),
            serve("console.link", NoParams, LinkResult, self.link),
        ]

    async def get(self, call: Call, _params: NoParams) -> SettingsResult:
        connection = await self._connected(call)
        require_admin(call, connection)
        return await self._settings(call, connection)

    async def update(self, call: Call, params: UpdateParams) -> SettingsResult:
        connection = await self._keeper.change(
            call.channel_id,
            params.patch,
            version=params.version,
            by=f"manager:{call.caller_id}",
            language=call.language,
            may=partial(require_admin, call),
        )
        return await self._settings(call, connection)

    async def start(self, call: Call, params: StartParams) -> StartResult:
        connection = await self._connections.of_channel(call.channel_id)
        if connection:
            require_admin(call, connection)
        consent = await self._connecting.start(
            channel_id=call.channel_id,
            manager_id=call.caller_id,
            mall_id=params.mall_id,
            pairing_code=params.pairing_code,
            shop_no=params.shop_no,
            language=call.language,
        )
        return StartResult(authorize_url=consent.authorize_url, notice=consent.notice)

    async def status(self, call: Call, _params: NoParams) -> StatusResult:
        connection = await self._connections.of_channel(call.channel_id)
        if connection is None:
            pairing = await self._pairings.of_channel(call.channel_id, self._clock())
            state = ConnectionState.CONNECTING if pairing else ConnectionState.NONE
            return StatusResult(state=state, scopes=[], findings=[])
        tokens = await self._tokens.get(connection.shop.mall_id)
        return StatusResult(
            state=connection.state,
            mall_id=connection.shop.mall_id,
            shop_no=connection.shop.shop_no,
            shop_name=connection.shop.name,
            operator=connection.operator,
            scopes=sorted(tokens.scopes) if tokens else [],
            findings=await self._checkup.findings(connection, call.language),
        )

    async def link(self, call: Call, _params: NoParams) -> LinkResult:
        """For any manager of the channel; the page it opens consumes it by a POST."""
        now = self._clock()
        token = secrets.token_urlsafe(32)
        opener = orjson.dumps(
            {"channel": call.channel_id, "manager": call.caller_id, "language": call.language}
        )
        await self._once.first(LINK_PURPOSE, token, now, now + LINK_LIFE, opener.decode())
        return LinkResult(url=f"{self._public_url}/console/enter?token={token}", expires_at=now + LINK_LIFE)

    async def _connected(self, call: Call) -> Connection:
        connection = await self._connections.of_channel(call.channel_id)
        if connection is None:
            raise Failure(FailureType.NOT_CONNECTED, WORDS.say(call.language, "manager.connect.text"))
        return connection

    async def _settings(self, call: Call, connection: Connection) -> SettingsResult:
        findings = await self._checkup.findings(connection, call.language)
        return SettingsResult(settings=shown(connection), version=connection.version, findings=findings)


def require_admin(call: Call, connection: Connection) -> None:
    if call.caller_id not in (connection.settings.get("admins") or ()):
        raise Failure(FailureType.FORBIDDEN, WORDS.say(call.language, "manager.adminsOnly"))
