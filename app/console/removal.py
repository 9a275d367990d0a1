"""Removing a connection: the merchant's choice, unlike C3; after a page that says what stops and what is deleted."""

from collections.abc import Callable

from starlette.responses import Response

from app.ports import Connecting
from commands.kernel.who import ChannelId

from .pages import TEXTS, Pages, go
from .sessions import Sessions
from .visits import Visit

LONGEST_NAME = 80


class Removal:
    """`forget`: drop what this process remembers of the channel."""

    def __init__(
        self, *, pages: Pages, sessions: Sessions, connecting: Connecting, forget: Callable[[ChannelId], None]
    ) -> None:
        self._pages = pages
        self._sessions = sessions
        self._connecting = connecting
        self._forget = forget

    async def warn(self, visit: Visit) -> Response:
        return self._page(visit)

    async def remove(self, visit: Visit) -> Response:
        """The typed mall id is compared with the connection of this moment. Every session of it ends."""
        if visit.connection is None:
            return go("/console/connection?done=nothingToRemove")
        typed = visit.form.get("mall_id", "").strip()[:LONGEST_NAME]
        if typed.lower() != visit.connection.shop.mall_id:
            return self._page(visit, typed=typed, wrong=True)
        await self._connecting.remove(visit.session.channel_id, visit.session.who)
        self._forget(visit.session.channel_id)
        await self._sessions.end(visit.session)
        response = go(f"/console?why=removed&lang={visit.session.language}")
        self._sessions.drop(response)
        return response

    def _page(self, visit: Visit, *, typed: str = "", wrong: bool = False) -> Response:
        language = visit.session.language
        if visit.connection is None:
            return go("/console/connection?done=nothingToRemove")
        if not visit.is_admin:
            return self._pages.notice("adminsOnly", language, status=403)
        mall_id = visit.connection.shop.mall_id
        return self._pages.page(
            "remove",
            language,
            status=422 if wrong else 200,
            **visit.frame("connection"),
            shop=visit.connection.shop,
            typed=typed,
            error=TEXTS.say(language, "remove.wrongName", mall=mall_id) if wrong else "",
        )
