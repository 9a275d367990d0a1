"""`PUT /functions/v1` and `/functions`: verify → parse → dispatch → reply. Bare ASGI, since it is the hot path."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from pydantic import ValidationError

from app.log import request_id, say
from app.ports import Function
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import OutcomeUnknown, Unavailable

from .signature import is_signed
from .wire import call_of, error_body, result_body

log = logging.getLogger(__name__)
ASGI = Any
Observe = Callable[[str, str, float], None]
PATHS = frozenset({"/functions", "/functions/v1"})
_JSON = (b"content-type", b"application/json")


class BodyTooLarge(Exception):
    """Refused while reading, so that a flood costs no memory."""


class FunctionsEndpoint:
    """`observe(function, outcome, seconds)` is told of each call; `new_id` names each request. `ready`: answers by
    method that are the same for every caller.
    """

    def __init__(
        self,
        functions: Iterable[Function],
        *,
        signing_key: bytes,
        max_body: int,
        new_id: Callable[[], str],
        observe: Observe,
        ready: Mapping[str, bytes] | None = None,
    ) -> None:
        self._functions: Mapping[str, Function] = {function.name: function for function in functions}
        self._key = signing_key
        self._max_body = max_body
        self._new_id = new_id
        self._observe = observe
        self._ready = ready or {}

    async def __call__(self, scope: ASGI, receive: ASGI, send: ASGI) -> None:
        if scope["method"] != "PUT":
            return await _reply(send, 404, b'{"error":"not found"}')
        try:
            raw = await self._body(receive)
        except BodyTooLarge:
            return await _reply(send, 413, b'{"error":"body too large"}')
        if not is_signed(raw, _header(scope, b"x-signature"), self._key):
            say(log, "warning", "signature refused", status=401)
            return await _reply(send, 401, b'{"error":"invalid signature"}')
        status, body = await self._answer(raw)
        return await _reply(send, status, body)

    async def _body(self, receive: ASGI) -> bytes:
        message = await receive()
        body: bytes = message.get("body", b"")
        if len(body) > self._max_body:
            raise BodyTooLarge
        if not message.get("more_body"):
            return body
        parts, size = [body], len(body)
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._max_body:
                raise BodyTooLarge
        return b"".join(parts)

    async def _answer(self, raw: bytes) -> tuple[int, bytes]:
        """HTTP status and envelope. Only bytes that are no call at all get another status than 200."""
        try:
            call = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return 400, error_body(Failure(FailureType.PARSE_ERROR, "the body is not JSON"))
        if not isinstance(call, dict) or not isinstance(call.get("method"), str):
            return 200, error_body(Failure(FailureType.INVALID_PARAMS, "method is missing"))
        started = time.perf_counter()
        outcome = "ok"
        name = call["method"]
        if (ready := self._ready.get(name)) is not None:
            self._observe(name, outcome, time.perf_counter() - started)
            return 200, ready
        try:
            body = result_body(await self._run(name, call))
        except Failure as failure:
            outcome, body = failure.type.value, error_body(failure)
        except Exception as fault:
            refusal = _of_fault(fault)
            outcome, body = refusal.type.value, error_body(refusal)
            log.exception("call failed")
        name = name if name in self._functions else "unknown"
        seconds = time.perf_counter() - started
        self._observe(name, outcome, seconds)
        say(log, "info", "call", method=name, outcome=outcome, duration_ms=round(seconds * 1000, 2))
        request_id.set("")
        return 200, body

    async def _run(self, name: str, call: dict[str, Any]) -> Any:
        function = self._functions.get(name)
        if function is None:
            raise Failure(FailureType.METHOD_NOT_FOUND, "there is no such Function")
        current = self._new_id()
        request_id.set(current)
        who = call_of(call.get("context"), current)
        if who.surface not in function.surfaces:
            raise Failure(FailureType.FORBIDDEN, "this caller may not call this Function")
        try:
            params = function.params.model_validate(call.get("params") or {})
        except ValidationError as error:
            raise Failure(FailureType.INVALID_PARAMS, _where(error)) from None
        return await function.run(who, params)


def _where(error: ValidationError) -> str:
    """Which members are wrong and why, never what they held."""
    return "; ".join(f"{'.'.join(str(p) for p in e['loc']) or 'params'}: {e['msg']}" for e in error.errors())


def _of_fault(error: Exception) -> Failure:
    """What broke stays with us; the caller learns whether to try again."""
    if isinstance(error, (Unavailable, OutcomeUnknown)):
        return Failure(FailureType.UPSTREAM_UNAVAILABLE, "the shop does not answer; please try again soon")
    return Failure(FailureType.INTERNAL, "something went wrong on our side")


def _header(scope: ASGI, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)


async def _reply(send: ASGI, status: int, body: bytes) -> None:
    headers = [_JSON, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
