"""The app launch from the mall's back office: into the console, or a code that leads to a desk (PLATFORM.md §a.6)."""

from typing import Literal, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.clock import Clock
from app.keys import KeyRing
from app.ports import Connection, Connections, Once
from commands.kernel.who import MallId

from .launch import FRESH, BadLaunch, Launch, read_launch
from .pages import keep_cookie, language_of, notice, page, same_text
from .pairing_code import new_code

LAUNCH_COOKIE = "jumun_launch"


class SignIn(Protocol):
    """Opens the console for an operator of the mall. `role` is `admin` or `manager`."""

    async def __call__(
        self, *, operator: str, mall_id: MallId, shop_no: int, role: Literal["admin", "manager"], name: str
    ) -> Response: ...


class Launching:
    """`client_secret` signs the launches; `public_url` says whether cookies need https."""

    def __init__(
        self,
        *,
        client_secret: str,
        public_url: str,
        keys: KeyRing,
        connections: Connections,
        once: Once,
        sign_in: SignIn,
        clock: Clock,
    ) -> None:
        self._client_secret = client_secret
        self._public_url = public_url
        self._keys = keys
        self._connections = connections
        self._once = once
        self._sign_in = sign_in
        self._clock = clock

    def routes(self) -> list[Route]:
        return [Route("/cafe24/launch", self.launch, methods=["GET"])]

    async def launch(self, request: Request) -> Response:
        language = language_of(request)
        now = self._clock()
        try:
            launch = read_launch(request.scope["query_string"], self._client_secret, now)
        except BadLaunch as error:
            return notice(language, "launch.expired" if error.expired else "launch.forged", status=403)
        mark = self._keys.mac("launch", launch.signature.encode())
        first = await self._once.first("launch", launch.signature, now, now + 2 * FRESH)
        # The same address again is a reload in the browser that opened it, or somebody who found the address.
        if not first and not same_text(request.cookies.get(LAUNCH_COOKIE, ""), mark):
            return notice(language, "launch.used", status=403)
        connection = _connection_of(launch, await self._connections.of_mall(launch.mall_id))
        if connection:
            response = await self._sign_in(
                operator=launch.operator,
                mall_id=launch.mall_id,
                shop_no=connection.shop.shop_no,
                role="admin" if launch.is_representative else "manager",
                name=launch.name,
            )
        else:
            code = await new_code(self._once, launch.mall_id, launch.shop_no, now)
            response = page("code", language, code=code, launch=launch)
        keep_cookie(response, LAUNCH_COOKIE, mark, 2 * FRESH, self._public_url)
        return response


def _connection_of(launch: Launch, of_mall: list[Connection]) -> Connection | None:
    """The launched shop's; the representative, who owns them all, may come in by any shop of the mall."""
    for connection in of_mall:
        if connection.shop.shop_no == launch.shop_no:
            return connection
    return of_mall[0] if len(of_mall) == 1 and launch.is_representative else None
