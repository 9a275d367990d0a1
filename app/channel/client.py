"""Native calls to Channel's AppStore, with tokens that are issued lazily, shared, and refreshed by one worker.

Ten token calls per half hour and app are all we have, so a pair is kept in the store for every worker, used until
five minutes before its end, and a refusal is followed by a pause.
"""

import asyncio
from datetime import timedelta
from typing import Any

import orjson

from app import http
from app.clock import Clock
from app.errors import OffContract, OutcomeUnknown, Rejected, Throttled, Unauthorized, Unavailable
from app.ports import ChannelTokens, KeptToken

SYSTEM = "channel"
NATIVE_PATH = "/general/v1/native/functions"
APP = ""
RENEW_BEFORE = timedelta(minutes=5)
LEASE = timedelta(seconds=15)
PAUSE_AFTER_REFUSAL = timedelta(minutes=3)
PEER_POLLS = 20
PEER_POLL_SECONDS = 0.25
SAFE_TO_REPEAT = ("get", "batchGet", "search", "registerExtension")


class ChannelClient:
    """`call` runs a native Function with a channel's token; `call_as_app` with the app's own."""

    def __init__(
        self,
        client: http.Client,
        tokens: ChannelTokens,
        clock: Clock,
        *,
        base_url: str,
        app_id: str,
        secret: str,
    ) -> None:
        self._http = client
        self._tokens = tokens
        self._clock = clock
        self._url = base_url.rstrip("/") + NATIVE_PATH
        self.app_id = app_id
        self._secret = secret
        self._paused_until: dict[str, Any] = {}

    async def call(self, channel_id: str, method: str, **params: Any) -> dict[str, Any]:
        """Raises the tree of `app.errors`; a write that timed out is `OutcomeUnknown`."""
        try:
            return await self._once(channel_id, method, params)
        except Unauthorized:
            await self._tokens.drop(channel_id)
            return await self._once(channel_id, method, params)

    async def call_as_app(self, method: str, **params: Any) -> dict[str, Any]:
        return await self.call(APP, method, **params)

    async def _once(self, channel_id: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        token = await self._token(channel_id)
        repeatable = method.startswith(SAFE_TO_REPEAT) or bool(params.get("dto", {}).get("requestId"))
        try:
            return await self._put(method, params, token)
        except (Unavailable, OutcomeUnknown):
            if not repeatable:
                raise
            return await self._put(method, params, token)

    async def _token(self, channel_id: str) -> str:
        for _ in range(PEER_POLLS):
            kept = await self._tokens.get(channel_id)
            now = self._clock()
            if kept and now < kept.expires_at - RENEW_BEFORE:
                return kept.access
            if (pause := self._paused_until.get(channel_id)) and now < pause:
                raise Throttled(SYSTEM, "issueToken", retry_after=(pause - now).total_seconds())
            if await self._tokens.take(channel_id, now, now + LEASE):
                return (await self._renew(channel_id, kept)).access
            if kept and now < kept.expires_at:
                return kept.access
            await asyncio.sleep(PEER_POLL_SECONDS)
        raise Unavailable(SYSTEM, "issueToken", note="another worker keeps renewing the token")

    async def _renew(self, channel_id: str, kept: KeptToken | None) -> KeptToken:
        try:
            token = await self._refreshed(kept) or await self._issued(channel_id)
        except BaseException:
            self._paused_until[channel_id] = self._clock() + PAUSE_AFTER_REFUSAL
            await asyncio.shield(self._tokens.release(channel_id))
            raise
        await asyncio.shield(self._tokens.put(channel_id, token))
        self._paused_until.pop(channel_id, None)
        return token

    async def _refreshed(self, kept: KeptToken | None) -> KeptToken | None:
        """A refresh that is refused is followed by one issue."""
        if kept is None:
            return None
        try:
            return self._kept(await self._put("refreshToken", {"refreshToken": kept.refresh}, None))
        except (Rejected, Unauthorized):
            return None

    async def _issued(self, channel_id: str) -> KeptToken:
        params = {"secret": self._secret} | ({"channelId": channel_id} if channel_id else {})
        return self._kept(await self._put("issueToken", params, None))

    def _kept(self, answer: dict[str, Any]) -> KeptToken:
        access, refresh, life = (answer.get(k) for k in ("accessToken", "refreshToken", "expiresIn"))
        if not (
            isinstance(access, str)
            and access
            and isinstance(refresh, str)
            and isinstance(life, int)
            and life > 0
        ):
            raise OffContract(SYSTEM, "issueToken", note="a token answer without its members")
        return KeptToken(access, refresh, self._clock() + timedelta(seconds=life))

    async def _put(self, method: str, params: dict[str, Any], token: str | None) -> dict[str, Any]:
        headers = {"content-type": "application/json"} | ({"x-access-token": token} if token else {})
        body = orjson.dumps({"method": method, "params": params})
        try:
            response = await self._http.put(self._url, content=body, headers=headers)
        except http.ConnectFailed:
            raise Unavailable(SYSTEM, method, note="no connection") from None
        except http.TransportFailed:
            raise OutcomeUnknown(SYSTEM, method, note="no answer") from None
        return _result(method, response)


def _result(method: str, response: http.Response) -> dict[str, Any]:
    status = response.status_code
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        body = None
    if status == 429:
        raise Throttled(SYSTEM, method, retry_after=60)
    if status in {401, 403}:
        raise Unauthorized(SYSTEM, method, status=status)
    if status >= 500:
        raise OutcomeUnknown(SYSTEM, method, status=status)
    if not isinstance(body, dict):
        raise OffContract(SYSTEM, method, status=status)
    if error := body.get("error"):
        raise _refused(method, status, error if isinstance(error, dict) else {})
    result = body.get("result")
    if status >= 400:
        raise Rejected(SYSTEM, method, status=status)
    return result if isinstance(result, dict) else {}


def _refused(method: str, status: int, error: dict[str, Any]) -> Rejected | Unauthorized:
    code = str(error.get("type") or error.get("code") or "")
    if "unauth" in code.lower():
        return Unauthorized(SYSTEM, method, status=status, wire_code=code)
    return Rejected(SYSTEM, method, status=status, wire_code=code)
