"""Calls from the AppStore to the app: the exact bytes, their signature, and what the answer means."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import orjson

from app.sandbox.channel.errors import FunctionFailed

SYSTEM_VERSION = "v1"
CallerType = Literal["user", "manager", "system", "app"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who stands behind a call; the system may come without an id."""

    type: CallerType
    id: str | None = None


SYSTEM = Caller("system", "system")


@dataclass(frozen=True, slots=True)
class Sent:
    """One call that went to the app, for the panel. `trouble` is the error type of a failure."""

    method: str
    caller: CallerType
    millis: float
    trouble: str | None


def sign(raw: bytes, key_hex: str) -> str:
    """`x-signature`: padded Base64 of HMAC-SHA256 over the raw body, keyed with the decoded key."""
    return base64.b64encode(hmac.new(bytes.fromhex(key_hex), raw, hashlib.sha256).digest()).decode()


class AppEndpoint:
    """The Function endpoint that the app's developer typed into the portal: the root, without a version."""

    def __init__(
        self, http: httpx.AsyncClient, root: str, signing_key: str, *, timeout_seconds: float = 10
    ) -> None:
        self._http = http
        self._root = root.rstrip("/")
        self._key = signing_key
        self._timeout = timeout_seconds
        self.deliver_twice = False
        self.versionless = False
        self.sent: deque[Sent] = deque(maxlen=40)

    async def call(self, method: str, params: Any, context: dict[str, Any]) -> Any:
        """The result of a Function, or `FunctionFailed`."""
        body = {"method": method, "params": params, "context": context, "systemVersion": SYSTEM_VERSION}
        raw = orjson.dumps(body)
        began = time.perf_counter()
        trouble: str | None = None
        try:
            answer = await self._put(raw)
            if self.deliver_twice:  # the protocol has no nonce: the same bytes may come again
                answer = await self._put(raw)
            return _result(answer)
        except FunctionFailed as failed:
            trouble = failed.kind or str(failed.code)
            raise
        finally:
            millis = round((time.perf_counter() - began) * 1000, 1)
            self.sent.appendleft(Sent(method, context["caller"]["type"], millis, trouble))

    async def _put(self, raw: bytes) -> httpx.Response:
        url = self._root if self.versionless else f"{self._root}/{SYSTEM_VERSION}"
        headers = {"content-type": "application/json", "x-signature": sign(raw, self._key)}
        try:
            return await self._http.put(url, content=raw, headers=headers, timeout=self._timeout)
        except httpx.TimeoutException as error:
            raise FunctionFailed(1, "timeout", "the app did not answer in time", status=504) from error
        except httpx.HTTPError as error:
            raise FunctionFailed(1, "unreachable", "the app cannot be reached", status=502) from error


def _result(answer: httpx.Response) -> Any:
    """Exactly one of `result` and `error`; both official servers also use other statuses than 200."""
    status = answer.status_code
    try:
        body = orjson.loads(answer.content)
    except orjson.JSONDecodeError as error:
        raise FunctionFailed(1, "offProtocol", f"HTTP {status} without JSON", status=status) from error
    if not isinstance(body, dict) or ("result" in body) == ("error" in body):
        raise FunctionFailed(1, "offProtocol", f"HTTP {status}: neither result nor error", status=status)
    if "error" in body:
        raise _failure(body["error"], status)
    if status != httpx.codes.OK:
        raise FunctionFailed(1, "offProtocol", f"HTTP {status} with a result", status=status)
    return body["result"]


def _failure(error: Any, status: int) -> FunctionFailed:
    if not isinstance(error, dict) or not isinstance(error.get("code"), int):
        return FunctionFailed(1, "offProtocol", f"HTTP {status}: {error}", status=status)
    kind = error.get("type")
    return FunctionFailed(error["code"], kind, str(error.get("message", "")), error.get("data"), status)
