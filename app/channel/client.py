"""Native calls to Channel's AppStore, with tokens that are issued lazily, shared, and refreshed by one worker.

Ten token calls per half hour and app are all we have, so a pair is kept in the store for every worker, used until
five minutes before its end, and a refusal is followed by a pause.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from app import http
from app.clock import Clock
from app.errors import OffContract, OutcomeUnknown, Rejected, Throttled, Unauthorized, Unavailable
from app.ports import ChannelTokens, KeptToken

from .pauses import AFTER_REFUSAL, Pauses

SYSTEM = "channel"
NO_ANSWER = "none"
NATIVE_PATH = "/general/v1/native/functions"
APP_PATH = "/general/v1/apps/{app_id}/functions"
APP = ""
RENEW_BEFORE = timedelta(minutes=5)
LEASE = timedelta(seconds=30)
"""Longer than a refresh and an issue that both time out."""
PEER_POLLS = 20
PEER_POLL_SECONDS = 0.25
READS = ("get", "batchGet", "search")
SAFE_TO_REPEAT = (*READS, "registerExtension")
SLOW_DOWN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class AnotherApp:
    """ASSUMPTION: of the context another app needs no more than the channel, and who calls (CHANNEL.md §5)."""

    app_id: str
    channel_id: str

    def context(self, own_app_id: str) -> dict[str, Any]:
        return {"caller": {"type": "app", "id": own_app_id}, "channel": {"id": self.channel_id}}


class ChannelClient:
    """`call` runs a native Function with a channel's token, `call_as_app` with the app's own. `on_call` is told the
    HTTP status of each.
    """

    def __init__(
        self,
        client: http.Client,
        tokens: ChannelTokens,
        clock: Clock,
        *,
        base_url: str,
        app_id: str,
        secret: str,
        on_call: Callable[[str], None] = lambda _status: None,
    ) -> None:
        self._http = client
        self._on_call = on_call
        self._tokens = tokens
        self._clock = clock
        self._base = base_url.rstrip("/")
        self.app_id = app_id
        self._secret = secret
        self._pauses = Pauses()
        self._dropped_at: dict[str, datetime] = {}

    async def call(self, channel_id: str, method: str, **params: Any) -> dict[str, Any]:
        """Raises the tree of `app.errors`; a write that timed out is `OutcomeUnknown`."""
        token = await self._token(channel_id)
        try:
            return await self._tried(method, params, token)
        except Unauthorized:
            if not await self._given_up(channel_id, token):
                raise
        return await self._tried(method, params, await self._token(channel_id))

    async def call_as_app(self, method: str, **params: Any) -> dict[str, Any]:
        return await self.call(APP, method, **params)

    async def call_app(self, channel_id: str, app_id: str, method: str, **params: Any) -> dict[str, Any]:
        """A Function of another app of this channel. Once: only a refused token is followed by another try."""
        token = await self._token(channel_id)
        place = AnotherApp(app_id, channel_id)
        try:
            return await self._put(method, params, token, place)
        except Unauthorized:
            if not await self._given_up(channel_id, token):
                raise
        return await self._put(method, params, await self._token(channel_id), place)

    def forget(self, channel_id: str) -> None:
        """The app came to this channel or left it: what was refused before says nothing any more."""
        self._pauses.lift(channel_id)
        self._dropped_at.pop(channel_id, None)

    async def _tried(self, method: str, params: dict[str, Any], token: str) -> dict[str, Any]:
        """Once more where that is safe, except where we are asked to slow down."""
        repeatable = method.startswith(SAFE_TO_REPEAT) or bool(params.get("dto", {}).get("requestId"))
        try:
            return await self._put(method, params, token)
        except Throttled:
            raise
        except (Unavailable, OutcomeUnknown):
            if not repeatable:
                raise
        try:
            return await self._put(method, params, token)
        except OutcomeUnknown as error:
            if not method.startswith(READS):
                raise
            raise Unavailable(SYSTEM, method, status=error.status, note="no answer") from None

    async def _given_up(self, channel_id: str, token: str) -> bool:
        """Whether another token may help. One is dropped now and then only: a refusal may have another reason."""
        kept = await self._tokens.get(channel_id)
        if kept is None or kept.access != token:
            return True
        now = self._clock()
        dropped_at = self._dropped_at.get(channel_id)
        if dropped_at and now < dropped_at + AFTER_REFUSAL:
            return False
        self._dropped_at[channel_id] = now
        await self._tokens.drop(channel_id)
        return True

    async def _token(self, channel_id: str) -> str:
        for _ in range(PEER_POLLS):
            kept = await self._tokens.get(channel_id)
            now = self._clock()
            if kept and now < kept.expires_at - RENEW_BEFORE:
                return kept.access
            if (wait := self._pauses.seconds_left(channel_id, now)) > 0:
                if kept and now < kept.expires_at:
                    return kept.access
                raise Throttled(SYSTEM, "issueToken", retry_after=wait)
            if await self._tokens.take(channel_id, now, now + LEASE):
                return (await self._renew(channel_id)).access
            if kept and now < kept.expires_at:
                return kept.access
            await asyncio.sleep(PEER_POLL_SECONDS)
        raise Unavailable(SYSTEM, "issueToken", note="another worker keeps renewing the token")

    async def _renew(self, channel_id: str) -> KeptToken:
        """Under the lease. What is kept is read again: a peer may have renewed it just before."""
        try:
            kept = await self._tokens.get(channel_id)
            if kept and self._clock() < kept.expires_at - RENEW_BEFORE:
                await asyncio.shield(self._tokens.release(channel_id))
                return kept
            token = await self._refreshed(kept) or await self._issued(channel_id)
        except BaseException as error:
            self._pauses.after(channel_id, error, self._clock())
            await asyncio.shield(self._tokens.release(channel_id))
            raise
        await asyncio.shield(self._tokens.put(channel_id, token))
        self._pauses.lift(channel_id)
        return token

    async def _refreshed(self, kept: KeptToken | None) -> KeptToken | None:
        """A refresh that is refused is followed by one issue."""
        if kept is None:
            return None
        try:
            return await self._asked("refreshToken", {"refreshToken": kept.refresh})
        except (Rejected, Unauthorized):
            return None

    async def _issued(self, channel_id: str) -> KeptToken:
        channel = {"channelId": channel_id} if channel_id else {}
        return await self._asked("issueToken", {"secret": self._secret} | channel)

    async def _asked(self, method: str, params: dict[str, Any]) -> KeptToken:
        asked_at = self._clock()
        answer = await self._put(method, params, None)
        access, refresh, life = (answer.get(k) for k in ("accessToken", "refreshToken", "expiresIn"))
        texts = isinstance(access, str) and isinstance(refresh, str) and access and refresh
        if not texts or type(life) is not int or life <= 0:
            raise OffContract(SYSTEM, method, note="a token answer without its members")
        return KeptToken(str(access), str(refresh), asked_at + timedelta(seconds=life))

    async def _put(
        self, method: str, params: dict[str, Any], token: str | None, place: AnotherApp | None = None
    ) -> dict[str, Any]:
        headers = {"content-type": "application/json"} | ({"x-access-token": token} if token else {})
        context = {"context": place.context(self.app_id), "systemVersion": "v1"} if place else {}
        body = orjson.dumps({"method": method, "params": params} | context)
        path = APP_PATH.format(app_id=place.app_id) if place else NATIVE_PATH
        try:
            response = await self._http.put(self._base + path, content=body, headers=headers)
        except http.ConnectFailed:
            self._on_call(NO_ANSWER)
            raise Unavailable(SYSTEM, method, note="no connection") from None
        except http.TransportFailed:
            self._on_call(NO_ANSWER)
            raise OutcomeUnknown(SYSTEM, method, note="no answer") from None
        self._on_call(str(response.status_code))
        return _result(method, response)


def _result(method: str, response: http.Response) -> dict[str, Any]:
    status = response.status_code
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        body = None
    if status == 429:
        raise Throttled(SYSTEM, method, retry_after=_wait(response))
    if status in {401, 403}:
        raise Unauthorized(SYSTEM, method, status=status)
    if status >= 500:
        raise OutcomeUnknown(SYSTEM, method, status=status)
    if not isinstance(body, dict):
        raise OffContract(SYSTEM, method, status=status)
    if error := body.get("error"):
        raise _refused(method, response, error if isinstance(error, dict) else {})
    result = body.get("result")
    if status >= 400:
        raise Rejected(SYSTEM, method, status=status)
    return result if isinstance(result, dict) else {}


def _refused(
    method: str, response: http.Response, error: dict[str, Any]
) -> Rejected | Unauthorized | Throttled:
    """The limit on token calls comes as an envelope with HTTP 200 as well."""
    code = str(error.get("type") or error.get("code") or "")
    if "toomany" in code.lower():
        return Throttled(SYSTEM, method, retry_after=_wait(response), status=response.status_code)
    kind = Unauthorized if "unauth" in code.lower() else Rejected
    return kind(SYSTEM, method, status=response.status_code, wire_code=code)


def _wait(response: http.Response) -> float:
    told = response.headers.get("retry-after", "")
    return float(told) if told.isascii() and told.isdigit() else SLOW_DOWN_SECONDS
