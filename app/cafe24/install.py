"""What the mall's operator opens: launch, the way back from the consent page, and the second yes (DESIGN §7)."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.clock import Clock
from app.errors import Upstream
from app.keys import KeyRing
from app.ports import BindOutcome, Connections, Once, Pairing, Pairings, TokenPair
from commands.kernel.who import ChannelId

from .binding import Binding, active_shops
from .client import Cafe24Client, rows
from .connect import MallConnecting
from .forms import LONGEST_FORM, Oversized, read_body, read_form
from .launching import Launching, SignIn
from .oauth import InvalidGrant, OAuth, missing_scopes
from .pages import COOKIE_PATH, keep_cookie, language_of, notice, page, same_text, stylesheet

HOLD = timedelta(minutes=10)
TICKET_COOKIE = "jumun_bind"
NAMED_ERRORS = frozenset({"invalid_request", "unsupported_response_type", "invalid_scope"})


Names = Callable[[ChannelId, str], Awaitable[tuple[str, str]]]
"""(channel id, manager id) → the names that people know them by."""


async def ids_as_names(channel_id: ChannelId, manager_id: str) -> tuple[str, str]:
    return channel_id, manager_id


__all__ = ["Install", "Names", "SignIn"]


class Install:
    """Launch, callback and second yes. `client_secret` signs launches; `public_url` says whether cookies need https."""

    def __init__(
        self,
        *,
        client_secret: str,
        public_url: str,
        keys: KeyRing,
        oauth: OAuth,
        client: Cafe24Client,
        connecting: MallConnecting,
        binding: Binding,
        connections: Connections,
        pairings: Pairings,
        once: Once,
        sign_in: SignIn,
        clock: Clock,
        names: Names = ids_as_names,
    ) -> None:
        self._launching = Launching(
            client_secret=client_secret,
            public_url=public_url,
            keys=keys,
            connections=connections,
            once=once,
            sign_in=sign_in,
            clock=clock,
        )
        self._public_url = public_url
        self._keys = keys
        self._oauth = oauth
        self._client = client
        self._connecting = connecting
        self._binding = binding
        self._connections = connections
        self._pairings = pairings
        self._clock = clock
        self._names = names

    def routes(self) -> list[Route]:
        return [
            *self._launching.routes(),
            Route("/cafe24/callback", self.callback, methods=["GET"]),
            Route("/cafe24/bind", self.bind, methods=["POST"]),
            Route("/cafe24/static/install.css", stylesheet, methods=["GET"]),
        ]

    # ── callback ────────────────────────────────────────────────────────────────────────────────────────────
    async def callback(self, request: Request) -> Response:
        query = request.query_params
        state = query.get("state", "")
        pairing = await self._pairings.consume_state(state, self._clock()) if state else None
        if pairing is None:
            return notice(language_of(request), "callback.unknown", status=400)
        if error := query.get("error"):
            return await self._refused(pairing, error)
        try:
            tokens = await self._oauth.exchange(pairing.mall_id, query.get("code", ""))
        except InvalidGrant:
            return await self._again(pairing, "callback.codeExpired", 400)
        except Upstream:
            return await self._again(pairing, "callback.mallSilent", 502)
        try:
            body = await self._client.get(pairing.mall_id, "shops", access=tokens.access)
            shops = active_shops(rows(body, "shops", "GET shops"))
        except Upstream:
            return await self._let_go(pairing, tokens, "callback.mallSilent", 502)
        return await self._ask(pairing, tokens, shops)

    async def _ask(self, pairing: Pairing, tokens: TokenPair, shops: list[dict[str, object]]) -> Response:
        """The page of the second yes, unless there is no shop to say yes to."""
        choices = [shop for shop in shops if pairing.shop_no in {None, shop["shop_no"]}]
        if not choices:
            return await self._let_go(pairing, tokens, "callback.noShop", 409)
        free = [c for c in choices if not await self._binding.is_taken(pairing, int(str(c["shop_no"])))]
        if not free:
            return await self._let_go(pairing, tokens, "bind.shopTaken", 409)
        own = await self._connections.of_channel(pairing.channel_id)
        if own and own.shop.mall_id != pairing.mall_id:
            return await self._let_go(pairing, tokens, "bind.channelTaken", 409)
        ticket = secrets.token_urlsafe(32)
        await self._pairings.hold(pairing.id, tokens, shops, ticket, self._clock() + HOLD)
        channel, person = await self._names(pairing.channel_id, pairing.manager_id)
        response = page(
            "confirm",
            pairing.language,
            mall=pairing.mall_id,
            shops=free,
            channel=channel,
            manager=person,
            missing=missing_scopes(tokens.scopes),
            csrf=self._csrf(ticket),
        )
        keep_cookie(response, TICKET_COOKIE, ticket, HOLD, self._public_url)
        return response

    async def _refused(self, pairing: Pairing, error: str) -> Response:
        if error == "access_denied":
            return await self._again(pairing, "callback.denied", 403)
        code = error if error in NAMED_ERRORS else "unknown_error"
        return await self._again(pairing, "callback.refused", 400, code=code)

    async def _let_go(self, pairing: Pairing, tokens: TokenPair, key: str, status: int) -> Response:
        await self._connecting.revoke(pairing.mall_id, tokens)
        return notice(pairing.language, key, status=status, mall=pairing.mall_id)

    async def _again(self, pairing: Pairing, key: str, status: int, **facts: Any) -> Response:
        """The same question with a new state: the old one is used up."""
        url = await self._connecting.begin(
            pairing.channel_id, pairing.manager_id, pairing.mall_id, pairing.shop_no, pairing.language
        )
        link = (url, "callback.again")
        return notice(pairing.language, key, status=status, link=link, mall=pairing.mall_id, **facts)

    # ── bind ────────────────────────────────────────────────────────────────────────────────────────────────
    async def bind(self, request: Request) -> Response:
        language, now = language_of(request), self._clock()
        try:
            form = read_form(await read_body(request, LONGEST_FORM))
        except Oversized:
            return notice(language, "bind.forged", status=413)
        ticket = request.cookies.get(TICKET_COOKIE, "")
        if not self._is_ours(request, ticket, form.get("csrf", "")):
            return notice(language, "bind.forged", status=403)
        pairing = await self._pairings.see(ticket, now)
        if pairing is None:
            return notice(language, "bind.expired", status=400)
        chosen = next((s for s in pairing.shops if str(s["shop_no"]) == form.get("shop_no")), None)
        if pairing.shop_no is not None and chosen and chosen["shop_no"] != pairing.shop_no:
            chosen = None
        says_yes = form.get("answer") == "yes"
        if says_yes and chosen is None:
            return notice(pairing.language, "bind.noShop", status=400)
        pairing = await self._pairings.finish(ticket, now)
        if pairing is None or pairing.tokens is None:
            return notice(language, "bind.expired", status=400)
        response = await self._answer(pairing, dict(chosen) if says_yes and chosen else None, pairing.tokens)
        response.delete_cookie(TICKET_COOKIE, path=COOKIE_PATH)
        return response

    async def _answer(
        self, pairing: Pairing, chosen: dict[str, object] | None, tokens: TokenPair
    ) -> Response:
        if chosen is None:
            return await self._let_go(pairing, tokens, "bind.declined", 200)
        match await self._binding.bind(pairing, chosen):
            case BindOutcome.SHOP_TAKEN:
                return await self._let_go(pairing, tokens, "bind.shopTaken", 409)
            case BindOutcome.CHANNEL_TAKEN:
                return await self._let_go(pairing, tokens, "bind.channelTaken", 409)
            case BindOutcome.BOUND:
                link = ("/console/connection", "bind.done.next")
                return notice(pairing.language, "bind.done", good=True, link=link, mall=pairing.mall_id)

    def _is_ours(self, request: Request, ticket: str, csrf: str) -> bool:
        origin = request.headers.get("origin")
        same_origin = origin in {None, _origin(self._public_url)}
        return bool(ticket) and same_origin and same_text(self._csrf(ticket), csrf)

    def _csrf(self, ticket: str) -> str:
        return self._keys.mac("install_csrf", ticket.encode())


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])
