"""`/mcp`: an API key at the door, then the protocol; and what OAuth clients read of who guards it (RFC 9728)."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.ports.agents import Scope

from .face import KEY, AgentFace, Session

PATH = "/mcp"
METADATA = "/.well-known/oauth-protected-resource"
ASGI = Any
BEARER = "bearer "
LONGEST = 200


class Door:
    """The endpoint of `/mcp`. Knows nobody by anything but the key."""

    def __init__(self, face: AgentFace, session: Session, public_url: str) -> None:
        self._keeper = face.doorkeeper
        self._session = session
        parts = urlsplit(public_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._metadata = f'resource_metadata="{public_url}{METADATA}{PATH}"'

    async def __call__(self, scope: ASGI, receive: ASGI, send: ASGI) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if (origin := headers.get(b"origin")) is not None and origin != self._origin:
            return await _say(send, 403, "forbidden", "this page may not call")
        given = headers.get(b"authorization", "")
        token = given[len(BEARER) :].strip() if given[: len(BEARER)].lower() == BEARER else ""
        key = await self._keeper.who(token) if len(token) <= LONGEST else None
        if key is None:
            why = ', error="invalid_token"' if given else ""
            scopes = " ".join(Scope)
            challenge = f'Bearer {self._metadata}, scope="{scopes}"{why}'
            return await _say(
                send, 401, "unauthorized", "an API key is needed", ("www-authenticate", challenge)
            )
        if wait := self._keeper.wait(key):
            return await _say(
                send, 429, "tooMany", "too many calls with this key", ("retry-after", str(wait))
            )
        if scope["method"] != "POST":
            # Nothing is pushed and no session is kept, so there is nothing to open or to end.
            return await _say(send, 405, "methodNotAllowed", "only POST", ("allow", "POST"))
        manager = await self._session.manager()
        with suppress(ClientDisconnect):  # whoever hung up while still sending wants no answer
            await manager.handle_request({**scope, KEY: key}, receive, send)
        return None


def agent_routes(public_url: str) -> Sequence[BaseRoute]:
    """What says who guards the door."""
    document = {
        "resource": f"{public_url}{PATH}",
        # Keys are made in our own console; there is no other server that gives any.
        "authorization_servers": [public_url],
        "scopes_supported": [scope.value for scope in Scope],
        "bearer_methods_supported": ["header"],
        "resource_name": "jumun",
        "resource_documentation": f"{public_url}/console/agents",
    }

    async def metadata(_request: Request) -> Response:
        return JSONResponse(document, headers={"cache-control": "public, max-age=3600"})

    return [
        Route(METADATA, metadata),
        Route(f"{METADATA}{PATH}", metadata),
    ]


async def _say(send: ASGI, status: int, kind: str, message: str, *more: tuple[str, str]) -> None:
    body = orjson.dumps({"error": kind, "error_description": message})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(name.encode(), value.encode()) for name, value in (*more, ("cache-control", "no-store"))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
