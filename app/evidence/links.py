"""Addresses that show one photo for ten minutes. Whoever holds one sees it: they are given to managers only."""

from datetime import timedelta

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from app.clock import Clock, to_millis
from app.keys import BadToken, KeyRing
from commands.kernel.ports import Unavailable
from commands.kernel.who import ChannelId

from .album import SIZES, Album
from .limits import LINK_LIFE

PURPOSE = "photolink"
ROUTE = "/evidence/{token}"
NO_STORE = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
HEADERS = NO_STORE | {
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "content-disposition": 'inline; filename="photo.jpg"',
    "cross-origin-resource-policy": "same-origin",
}


class Links:
    """The `PhotoLinks` port, and the route behind it."""

    def __init__(
        self, album: Album, keys: KeyRing, clock: Clock, *, public_url: str, life: timedelta = LINK_LIFE
    ) -> None:
        self._album = album
        self._keys = keys
        self._clock = clock
        self._public_url = public_url
        self._life = life

    def links(self, channel_id: ChannelId, ref: str) -> tuple[str, str]:
        until = to_millis(self._clock() + self._life)
        thumb, whole = (
            self._keys.sign(PURPOSE, orjson.dumps([channel_id, ref, size, until])) for size in SIZES
        )
        return self._address(thumb), self._address(whole)

    def _address(self, token: str) -> str:
        return f"{self._public_url}{ROUTE.format(token=token)}"

    def routes(self) -> list[BaseRoute]:
        return [Route(ROUTE, self.show, methods=["GET"])]

    async def show(self, request: Request) -> Response:
        try:
            body = self._keys.verify(PURPOSE, request.path_params["token"])
        except BadToken:
            return PlainTextResponse("not found", 404, NO_STORE)
        channel_id, ref, size, until = orjson.loads(body)
        if until <= to_millis(self._clock()):
            return PlainTextResponse("not found", 404, NO_STORE)
        try:
            picture = await self._album.show(ChannelId(channel_id), ref, size)
        except Unavailable:
            return PlainTextResponse("not available", 503, NO_STORE | {"retry-after": "5"})
        if picture is None:
            return PlainTextResponse("not found", 404, NO_STORE)
        return Response(picture, media_type="image/jpeg", headers=HEADERS)
