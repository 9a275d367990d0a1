"""`PUT /general/v1/native/functions`: tokens, rights, planned faults, then the call itself."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from app.sandbox.channel import native
from app.sandbox.channel.errors import NativeRefused, forbidden, invalid, unknown_method
from app.sandbox.channel.native_names import APP_CALLS, CHANNEL_CALLS
from app.sandbox.channel.registration import register, unregister
from app.sandbox.channel.state import ChannelTalk
from app.sandbox.channel.tokens import ACCESS_LIFE, Pair

CHANNEL_FAULTS = (
    "slow",
    "timeout_after_effect",
    "500",
    "503",
    "429",
    "html_error",
    "401_expired",
    "403_scope",
)


def channel_app(talk: ChannelTalk, *, announce_installation: bool = True) -> Starlette:
    """The AppStore. With `announce_installation` the first registered hook hears `app.installed`."""
    door = _Door(talk, announce=announce_installation)
    return Starlette(
        routes=[
            Route("/general/v1/native/functions", door.native, methods=["PUT"]),
            Route("/general/v1/apps/{app_id}/functions", door.another_app, methods=["PUT"]),
        ]
    )


class _Door:
    def __init__(self, talk: ChannelTalk, *, announce: bool) -> None:
        self._talk = talk
        self._announce = announce

    async def native(self, request: Request) -> Response:
        try:
            method, params = _call_of(await request.body())
            fault = self._talk.faults.take(method)
            if planned := await self._before(fault):
                return planned
            result = await self._answer(method, params, request.headers.get("x-access-token"))
        except NativeRefused as refused:
            return _json(refused.envelope())
        if fault == "timeout_after_effect":
            return HTMLResponse("<h1>504 Gateway Time-out</h1>", 504)
        return _json({"result": result}, background=self._greeting(method, params))

    async def another_app(self, request: Request) -> Response:
        """A Function of an app that is installed beside; only with the token of this channel."""
        try:
            method, params = _call_of(await request.body())
            fault = self._talk.faults.take(method)
            if planned := await self._before(fault):
                return planned
            token = request.headers.get("x-access-token")
            result = self._of_another_app(request.path_params["app_id"], method, params, token)
        except NativeRefused as refused:
            return _json(refused.envelope())
        if fault == "timeout_after_effect":
            return HTMLResponse("<h1>504 Gateway Time-out</h1>", 504)
        return _json({"result": result})

    def _of_another_app(self, app_id: str, method: str, params: dict[str, Any], token: str | None) -> Any:
        if self._talk.tokens.valid(token).channel_id is None:
            raise forbidden("another app needs the token of a channel")
        app = self._talk.other_apps.get(app_id)
        if app is None:
            raise NativeRefused(3, "notFound", "no such app in this channel")
        return app(method, params)

    async def _before(self, fault: str | None) -> Response | None:
        """What a planted fault does before the call takes effect."""
        if fault == "slow":
            await asyncio.sleep(self._talk.faults.slow_seconds)
        elif fault in {"500", "503"}:
            return _json({"error": {"code": 1, "type": "internal", "message": "try later"}}, int(fault))
        elif fault == "html_error":
            return HTMLResponse("<h1>502 Bad Gateway</h1>", 502)
        elif fault == "429":
            error = {"code": 1, "type": "tooManyRequests", "message": "slow down"}
            return _json({"error": error}, 429, {"retry-after": "2"})
        elif fault == "401_expired":
            raise NativeRefused(4, "unauthorized", "the access token is expired")
        elif fault == "403_scope":
            raise forbidden("the app lacks this permission")
        return None

    async def _answer(self, method: str, params: dict[str, Any], token: str | None) -> Any:
        tokens = self._talk.tokens
        if method == "issueToken":
            return _pair(tokens.issue(params.get("secret"), self._wanted_channel(params)))
        if method == "refreshToken":
            return _pair(tokens.refresh(params.get("refreshToken")))
        if method not in APP_CALLS | CHANNEL_CALLS:
            raise unknown_method(method)
        holder = tokens.valid(token)
        if method in APP_CALLS:
            if holder.channel_id is not None:
                raise forbidden(f"{method} needs the token of the app")
            act = register(self._talk, params) if method == "registerExtension" else None
            return await act if act else unregister(self._talk, params)
        self._check_channel_call(method, params, holder)
        return native.answer(self._talk, method, params)

    def _wanted_channel(self, params: dict[str, Any]) -> str | None:
        wanted = params.get("channelId")
        if wanted is None:
            return None
        if wanted != self._talk.channel_id or not self._talk.installed:
            raise forbidden("the app is not installed in this channel")
        return self._talk.channel_id

    def _check_channel_call(self, method: str, params: dict[str, Any], holder: Pair) -> None:
        if holder.channel_id is None:
            raise forbidden(f"{method} needs the token of a channel")
        if params.get("channelId") != holder.channel_id:
            raise forbidden("channelId is not the channel of this token")
        if method not in self._talk.portal.permissions:
            raise forbidden(f"the permission {method} is not ticked")

    def _greeting(self, method: str, params: dict[str, Any]) -> BackgroundTask | None:
        """The first time that the app can hear it, it hears that it was installed."""
        registered_hook = method == "registerExtension" and params.get("extensionName") == "hook"
        if not (self._announce and registered_hook and self._talk.registered.hooks):
            return None
        self._announce = False
        return BackgroundTask(self._talk.install)


def _call_of(raw: bytes) -> tuple[str, dict[str, Any]]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise NativeRefused(2, "parseError", "the body is not JSON") from error
    if not isinstance(body, dict) or not isinstance(body.get("method"), str):
        raise invalid("method is required")
    params = body.get("params")
    if params is not None and not isinstance(params, dict):
        raise invalid("params must be an object")
    return body["method"], params or {}


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "accessToken": pair.access,
        "refreshToken": pair.refresh,
        "expiresIn": int(ACCESS_LIFE.total_seconds()),
    }


def _json(
    body: dict[str, Any],
    status: int = 200,
    headers: dict[str, str] | None = None,
    background: BackgroundTask | None = None,
) -> Response:
    return Response(orjson.dumps(body), status, headers, "application/json", background)
