"""Into the console: by a one-time link of the desk, or from a Cafe24 launch that was verified before; and out."""

import secrets
from datetime import timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.clock import Clock
from app.ports import Connection, Connections, Once
from commands.kernel.who import ChannelId, Language, MallId

from .forms import Csrf, NotOurForm, form_of, is_from_our_page
from .names import ManagerNames
from .pages import Pages, go
from .rights import Shown, home
from .sessions import MANAGER, OPERATOR, Role, Session, Sessions
from .turnstile import Turnstile

LINK_PURPOSE = "console_link"
DEFAULT_LANGUAGE = Language.KO
LONGEST_TOKEN = 200
WHY_SIGNED_OUT = frozenset({"ended", "left", "removed"})
DOOR_LIFE = 600


class SigningIn:
    """`door` is the cookie that ties the button of the link's page to its browser."""

    def __init__(
        self,
        sessions: Sessions,
        csrf: Csrf,
        once: Once,
        connections: Connections,
        pages: Pages,
        names: ManagerNames,
        *,
        shown: Shown,
        clock: Clock,
        origin: str,
        secure: bool,
    ) -> None:
        self.sessions = sessions
        self.csrf = csrf
        self._once = once
        self._connections = connections
        self.pages = pages
        self.names = names
        self._shown = shown
        self._clock = clock
        self.origin = origin
        self._secure = secure
        self._turnstile = Turnstile(20, timedelta(minutes=1))
        self.door = "__Host-jumun_door" if secure else "jumun_door"

    async def sign_in(
        self,
        *,
        operator: str,
        mall_id: MallId,
        shop_no: int,
        role: str,
        name: str,  # noqa: ARG002  a cookie that can be read holds nobody's name
    ) -> Response:
        """After a verified launch; `role` is `admin` for the representative operator. Opens that shop's page only."""
        connection = await self._shop(mall_id, shop_no)
        if connection is None:
            return self.pages.notice("notConnected", DEFAULT_LANGUAGE, status=404, mall=mall_id, shop=shop_no)
        session = self.sessions.begin(
            channel_id=connection.shop.channel_id,
            who=OPERATOR + operator,
            role=Role.ADMIN if role == Role.ADMIN else Role.MANAGER,
            language=Language(connection.settings.get("language", DEFAULT_LANGUAGE)),
            mall_id=mall_id,
        )
        return self._into(session, connection)

    async def front(self, request: Request) -> Response:
        """`GET /console`: on to the page, or how to get in."""
        if session := await self.sessions.read(request.cookies):
            connection = await self._connections.of_channel(session.channel_id)
            return go(home(session, connection, self._shown))
        language = language_of(request.query_params.get("lang"))
        why = request.query_params.get("why", "")
        return self.pages.page("signed_out", language, why=why if why in WHY_SIGNED_OUT else None)

    async def ask(self, request: Request) -> Response:
        """`GET /console/enter`: a button only, so that a link preview does not use the link up."""
        if refused := self._too_many(request):
            return refused
        token = request.query_params.get("token", "")
        opener = _opener(await self._once.peek(LINK_PURPOSE, token, self._clock())) if _fits(token) else None
        if opener is None:
            return self._expired()
        door = request.cookies.get(self.door) or secrets.token_urlsafe(16)
        response = self.pages.page(
            "enter", language_of(opener["language"]), token=token, csrf=self.csrf.token(door)
        )
        self._set_door(response, door, DOOR_LIFE)
        return response

    async def enter(self, request: Request) -> Response:
        """`POST /console/enter`: uses the link up."""
        if refused := self._too_many(request):
            return refused
        try:
            form = await form_of(request)
        except NotOurForm:
            return self.pages.notice("badForm", DEFAULT_LANGUAGE, status=400)
        same_browser = self.csrf.fits(form.get("csrf", ""), request.cookies.get(self.door, ""))
        if not same_browser or not is_from_our_page(request.headers, self.origin):
            return self.pages.notice("badForm", DEFAULT_LANGUAGE, status=403)
        token = form.get("token", "")
        opener = _opener(await self._once.take(LINK_PURPOSE, token, self._clock())) if _fits(token) else None
        if opener is None:
            return self._expired()
        channel_id = ChannelId(opener["channel"])
        connection = await self._connections.of_channel(channel_id)
        session = self.sessions.begin(
            channel_id=channel_id,
            who=MANAGER + opener["manager"],
            role=Role.MANAGER,
            language=language_of(opener["language"]),
            mall_id=connection.shop.mall_id if connection else None,
        )
        response = self._into(session, connection)
        self._set_door(response, "", 0)
        return response

    def _into(self, session: Session, connection: Connection | None) -> Response:
        response = go(home(session, connection, self._shown))
        self.sessions.keep(response, session)
        return response

    async def _shop(self, mall_id: MallId, shop_no: int) -> Connection | None:
        for connection in await self._connections.of_mall(mall_id):
            if connection.shop.shop_no == shop_no:
                return connection
        return None

    def _too_many(self, request: Request) -> Response | None:
        client = request.client.host if request.client else ""
        wait = self._turnstile.wait(client, self._clock())
        if not wait:
            return None
        headers = {"retry-after": str(wait)}
        return self.pages.notice("tooMany", DEFAULT_LANGUAGE, status=429, headers=headers, seconds=wait)

    def _expired(self) -> Response:
        """Absent, used, too old: one answer."""
        return self.pages.notice("linkExpired", DEFAULT_LANGUAGE, status=410)

    def _set_door(self, response: Response, value: str, max_age: int) -> None:
        response.set_cookie(
            self.door,
            value,
            max_age=max_age,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )


def language_of(text: str | None) -> Language:
    return Language(text) if text in set(Language) else DEFAULT_LANGUAGE


def _fits(token: str) -> bool:
    return 0 < len(token) <= LONGEST_TOKEN


def _opener(kept: str | None) -> dict[str, Any] | None:
    opener: dict[str, Any] | None = orjson.loads(kept) if kept else None
    return opener
