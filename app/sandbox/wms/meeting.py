"""Around every call of a simulated warehouse: it is counted, and may meet a planted fault."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.sandbox.faults import Faults

WMS_FAULTS = ("slow", "timeout_after_effect", "500", "503", "429", "html_error", "401_expired", "403_scope")
MOST_CALLS = 2_000
REFUSALS: dict[str, tuple[int, str, dict[str, str]]] = {
    "500": (500, "Server Error", {}),
    "503": (503, "Service Unavailable", {}),
    "429": (429, "Too Many Attempts.", {"retry-after": "1"}),
    "401_expired": (401, "Unauthenticated.", {}),
    "403_scope": (403, "Forbidden.", {}),
}
Handler = Callable[[Request], Awaitable[Response]]


def json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, "application/json")


class Meeting:
    """`calls`: method and path of each call, as the servers heard it; never a query, where keys may travel."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.calls: list[str] = []

    def around(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            path = request.url.path.removeprefix(request.scope.get("root_path", ""))
            self.calls.append(f"{request.method} {path}")
            del self.calls[:-MOST_CALLS]
            fault = self.faults.take(f"{request.method} {path}") or self.faults.take(path)
            if fault in REFUSALS:
                status, message, headers = REFUSALS[fault]
                return json({"message": message}, status, headers)
            if fault == "html_error":
                return HTMLResponse("<h1>502 Bad Gateway</h1>", 502)
            if fault == "slow":
                await asyncio.sleep(self.faults.slow_seconds)
            response = await handler(request)
            if fault == "timeout_after_effect":
                return HTMLResponse("<h1>504 Gateway Time-out</h1>", 504)
            return response

        return answer


async def body_of(request: Request) -> Any:
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        return None
