"""`evidence.start` gives an address for one file; `POST /wam/uploads/{token}` takes it in, once (`policy.md` E1–E9)."""

import asyncio
import logging
import math
import secrets
from dataclasses import asdict
from typing import Any, Literal

import orjson
from pydantic import AwareDatetime, Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.clock import Clock
from app.keys import KeyRing
from app.log import say
from app.ports import Asking, Call, Function, Once, RateStore, Surface
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import OrderId
from commands.kernel.ports import Unavailable
from commands.kernel.spec import CommandSpec
from commands.kernel.who import Language
from commands.shapes import CommandParams, Shape

from .album import Album, Bound
from .decoder import Decoder, Refused
from .intake import one_file
from .limits import MAX_BYTES, START_EVERY, STARTS_AT_ONCE, TOKEN_LIFE, TYPES, Refusal, owner_of
from .words import TEXTS, language_of

log = logging.getLogger(__name__)
UPLOAD = "upload"
ROUTE = "/wam/uploads/{token}"
AT_A_TIME = 8
"""Uploads of one process: each may hold its ten megabytes in memory."""
READ_SECONDS = 120.0
BUSY_SECONDS = 5
_STATUS = {
    Refusal.TOO_LARGE: 413,
    Refusal.NOT_ONE_FILE: 400,
    Refusal.NOT_A_PHOTO: 415,
    Refusal.UNREADABLE: 422,
    Refusal.TOO_MANY_PIXELS: 422,
}


class StartParams(CommandParams):
    order_id: str = Field(max_length=40, pattern=r"^[0-9A-Za-z-]+$")
    kind: Literal["exchange", "return"]


class StartResult(Shape):
    upload_url: str
    expires_at: AwareDatetime
    max_bytes: int
    types: list[str]


class Uploads:
    """`read_seconds`: how long a file may take to arrive."""

    def __init__(
        self,
        album: Album,
        decoder: Decoder,
        once: Once,
        rates: RateStore,
        keys: KeyRing,
        clock: Clock,
        *,
        public_url: str,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._album = album
        self._decoder = decoder
        self._once = once
        self._rates = rates
        self._keys = keys
        self._clock = clock
        self._public_url = public_url
        self._read_seconds = read_seconds
        self._under_way = 0

    def functions(self, asking: Asking, command: CommandSpec | None) -> list[Function]:
        """`command`: the one whose switch decides."""

        async def start(call: Call, params: StartParams) -> StartResult:
            return await self._start(asking, command, call, params)

        return [Function("evidence.start", StartParams, StartResult, start, frozenset({Surface.USER}))]

    def routes(self) -> list[BaseRoute]:
        return [Route(ROUTE, self.upload, methods=["POST"])]

    async def _start(
        self, asking: Asking, command: CommandSpec | None, call: Call, params: StartParams
    ) -> StartResult:
        ask = await asking.ask(call, command, None)
        owner, now = owner_of(ask.customer), self._clock()
        every = START_EVERY.total_seconds()
        wait = await self._rates.take(
            f"{ask.shop.mall_id}|photo:{self._keys.mac('photorate', owner.encode())}",
            now=now.timestamp(),
            interval=every,
            tolerance=every * STARTS_AT_ONCE,
        )
        if wait > 0:
            sentence = TEXTS.say(ask.language, "start.tooMany")
            raise Failure(FailureType.TOO_MANY, sentence, retryAfter=math.ceil(wait))
        order_id = OrderId(params.order_id)
        if await ask.ports.orders.one(ask.shop, ask.customer, order_id) is None:
            raise Failure(FailureType.NOT_FOUND, TEXTS.say(ask.language, "order.notFound"))
        token, until = secrets.token_urlsafe(32), now + TOKEN_LIFE
        bound = Bound(ask.shop.mall_id, ask.shop.channel_id, order_id, owner)
        ticket = orjson.dumps({"bound": asdict(bound), "language": ask.language.value}).decode()
        await self._once.first(UPLOAD, token, now, until, ticket)
        return StartResult(
            upload_url=f"{self._public_url}{ROUTE.format(token=token)}",
            expires_at=until,
            max_bytes=MAX_BYTES,
            types=list(TYPES),
        )

    async def upload(self, request: Request) -> Response:
        """The token is used up before the first byte is read: whatever happens then, the next try is a new start."""
        language = language_of(request.headers.get("accept-language"))
        if self._under_way >= AT_A_TIME:
            return _refused(503, FailureType.TOO_MANY, "busy", language, {"retry-after": str(BUSY_SECONDS)})
        self._under_way += 1
        try:
            ticket = await self._once.take(UPLOAD, request.path_params["token"], self._clock())
            if not ticket:
                return _refused(404, FailureType.NOT_FOUND, "start.again", language)
            return await self._take_in(request, orjson.loads(ticket))
        finally:
            self._under_way -= 1

    async def _take_in(self, request: Request, ticket: dict[str, Any]) -> Response:
        language = Language(ticket["language"])
        try:
            async with asyncio.timeout(self._read_seconds):
                body = await one_file(request.headers.get("content-type", ""), request.stream())
            ref = await self._album.keep(Bound(**ticket["bound"]), await self._decoder.decode(body))
        except Refused as refused:
            key = f"refused.{refused.refusal}"
            return _refused(_STATUS[refused.refusal], FailureType.INVALID_PARAMS, key, language)
        except (TimeoutError, ClientDisconnect):
            return _refused(408, FailureType.INVALID_PARAMS, "start.again", language)
        except Unavailable:
            return _refused(503, FailureType.UPSTREAM_UNAVAILABLE, "unavailable", language)
        say(log, "info", "photo", route=ROUTE, outcome="kept", status=201)
        return JSONResponse({"uploadRef": ref}, 201, {"cache-control": "no-store"})


def _refused(
    status: int, type_: FailureType, key: str, language: Language, headers: dict[str, str] | None = None
) -> Response:
    say(log, "info", "photo", route=ROUTE, outcome=key, status=status)
    error = {"type": type_.value, "message": TEXTS.say(language, key)}
    return JSONResponse({"error": error}, status, {"cache-control": "no-store", **(headers or {})})
