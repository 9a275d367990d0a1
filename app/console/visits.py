"""One request of somebody who is signed in: who it is, what the channel is connected to now, what they may do."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.ports import Connection, Connections

from .forms import SMALL, Csrf, Limits, NotOurForm, form_of, is_from_our_page
from .names import ManagerNames, Names
from .pages import Pages, go
from .rights import Shown, is_admin
from .sessions import Session, Sessions
from .signing_in import DEFAULT_LANGUAGE
from .words import person

NamesOf = Callable[[Iterable[str | None]], Awaitable[Names]]


@dataclass(frozen=True, slots=True)
class Visit:
    """`csrf` goes into every form of the answer. `form` and `query` are what the browser sent. `names_of`: of managers
    of this channel; `visitor`: of who is in.
    """

    session: Session
    connection: Connection | None
    is_admin: bool
    csrf: str
    client: str
    names_of: NamesOf
    visitor: str
    form: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def frame(self, here: str) -> dict[str, Any]:
        """What stands around each page: who is in, and where they may go."""
        return {
            "visitor": self.visitor,
            "csrf": self.csrf,
            "is_admin": self.is_admin,
            "is_connected": self.connection is not None,
            "here": here,
        }


Handler = Callable[[Visit], Awaitable[Response]]
ShopHandler = Callable[[Visit, Connection], Awaitable[Response]]


def with_shop(handler: ShopHandler) -> Handler:
    """Pages about a shop: without one there is only 연동."""

    async def with_or_without(visit: Visit) -> Response:
        connection = visit.connection
        return go("/console/connection") if connection is None else await handler(visit, connection)

    return with_or_without


class Visits:
    """`origin`: scheme and host of our public address."""

    def __init__(
        self,
        sessions: Sessions,
        csrf: Csrf,
        connections: Connections,
        pages: Pages,
        *,
        origin: str,
        shown: Shown,
        names: ManagerNames,
    ) -> None:
        self._sessions = sessions
        self._csrf = csrf
        self._connections = connections
        self._pages = pages
        self._origin = origin
        self._shown = shown
        self._names = names

    def reading(
        self, handler: Handler, *, admins_only: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            visit = await self._visit(request)
            if visit is None:
                return self.ended()
            if admins_only and not visit.is_admin:
                return self._pages.notice("adminsOnly", visit.session.language, status=403)
            return await self._answer(visit, handler)

        return endpoint

    def writing(
        self, handler: Handler, *, admins_only: bool = True, limits: Limits = SMALL
    ) -> Callable[[Request], Awaitable[Response]]:
        """Refuses what was not sent from a form of this session. Who may do it is read from the connection."""

        async def endpoint(request: Request) -> Response:
            try:
                form = await form_of(request, limits)
            except NotOurForm:
                return self._pages.notice("badForm", DEFAULT_LANGUAGE, status=400)
            if not is_from_our_page(request.headers, self._origin):
                return self._pages.notice("badForm", DEFAULT_LANGUAGE, status=403)
            visit = await self._visit(request)
            if visit is None:
                return self.ended()
            language = visit.session.language
            if not self._csrf.fits(form.get("csrf", ""), visit.session.id):
                return self._pages.notice("badForm", language, status=403)
            if admins_only and not visit.is_admin:
                return self._pages.notice("adminsOnly", language, status=403)
            return await self._answer(replace(visit, form=form), handler)

        return endpoint

    def ended(self) -> Response:
        response = go("/console?why=ended")
        self._sessions.drop(response)
        return response

    async def _answer(self, visit: Visit, handler: Handler) -> Response:
        response = await handler(visit)
        # A handler that ended the session has written the empty cookie itself.
        if "set-cookie" not in response.headers:
            self._sessions.keep(response, visit.session)
        return response

    async def _visit(self, request: Request) -> Visit | None:
        session = await self._sessions.read(request.cookies)
        if session is None:
            return None
        connection = await self._connections.of_channel(session.channel_id)
        mall_id = connection.shop.mall_id if connection else None
        if session.mall_id not in {None, mall_id}:
            return None
        session = replace(session, mall_id=mall_id)
        names_of = partial(self._names.of, session.channel_id)
        names = await names_of([session.who])
        return Visit(
            session=session,
            connection=connection,
            is_admin=is_admin(session, connection, self._shown),
            csrf=self._csrf.token(session.id),
            client=client_of(request),
            names_of=names_of,
            visitor=person(session.who, session.language, names),
            query=dict(request.query_params),
        )


def client_of(request: Request) -> str:
    return request.client.host if request.client else ""
