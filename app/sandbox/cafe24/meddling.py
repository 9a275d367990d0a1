"""Around every call: it is counted, it may meet a planted fault, and its answer gets a trace id."""

from __future__ import annotations

import asyncio

import httpx
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.sandbox.cafe24.errors import SCOPE_MISSING, TOKEN_EXPIRED, ApiError, gateway_page, json_response
from app.sandbox.cafe24.gate import Handler, quota_spent, throttled, trace_id
from app.sandbox.cafe24.state import Call, Malls

# Faults that answer in place of the mall: nothing has happened there.
REFUSALS: dict[str, ApiError] = {
    "500": ApiError(500, "Internal Server Error"),
    "503": ApiError(503, "Service Unavailable"),
    "429": throttled(40),
    "quota": quota_spent(),
    "401_expired": ApiError(401, TOKEN_EXPIRED),
    "403_scope": ApiError(403, SCOPE_MISSING),
}


def meddled(malls: Malls, handler: Handler) -> Handler:
    """The handler, with counting, faults and trace id around it."""

    async def answer(request: Request) -> Response:
        path = api_path(request)
        mall = malls.get(request.path_params["mall_id"])
        if mall is not None:
            mall.record(Call(request.method, path, dict(request.query_params)))
        # A fault may be planted for one method: its path then reads "POST /admin/orders".
        fault = malls.faults.take(f"{request.method} {path}") or malls.faults.take(path)
        response = await _meet(fault, malls.faults.slow_seconds, handler, request)
        response.headers["X-Trace-ID"] = trace_id()
        return response

    return answer


def api_path(request: Request) -> str:
    """What follows /api/v2, wherever the simulator is mounted."""
    return request.url.path.partition("/api/v2")[2]


async def _meet(fault: str | None, slow_seconds: float, handler: Handler, request: Request) -> Response:
    if fault is None:
        return await handler(request)
    if fault in REFUSALS:
        return REFUSALS[fault].response()
    if fault == "html_error":
        return gateway_page(502, "502 Bad Gateway")
    if fault == "slow":
        await asyncio.sleep(slow_seconds)
    return _garbled(fault, await handler(request))


def _garbled(fault: str, response: Response) -> Response:
    """What reaches the client of an answer whose effect has taken place."""
    if fault == "timeout_after_effect:closed":
        return _Closed()
    if fault == "timeout_after_effect":
        return gateway_page(504, "504 Gateway Time-out")
    if fault.startswith("drop_field"):
        return _without(fault.partition(":")[2] or "order_status", response)
    return response


class _Closed(Response):
    """An answer that breaks off: the client hears of a lost connection, over loopback and in-process alike."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        lost = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": lost})
        raise httpx.RemoteProtocolError("the mall closed the connection without an answer")


def _without(field: str, response: Response) -> Response:
    """The same JSON with one field gone wherever it stood."""

    def drop(value: object) -> object:
        if isinstance(value, list):
            return [drop(entry) for entry in value]
        if isinstance(value, dict):
            return {key: drop(entry) for key, entry in value.items() if key != field}
        return value

    headers = {k: v for k, v in response.headers.items() if k.startswith(("x-", "cache-"))}
    return json_response(drop(orjson.loads(response.body)), response.status_code, headers)
