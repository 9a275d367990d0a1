"""`/console/…`: main hands over the neighbours and mounts what comes back."""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.clock import Clock
from app.keys import KeyRing
from app.ports import Audit, Connecting, Connections, MallTokens, Once, Pairings
from commands.kernel.who import ChannelId

from .connection import ConnectionPage, Findings
from .forms import Csrf
from .member_hash import MemberHash, Patched
from .names import ManagerNames
from .pages import Pages, go
from .removal import Removal
from .rights import Shown
from .sessions import Sessions
from .signing_in import SigningIn
from .visits import Visit, Visits


def console_sign_in(
    *,
    keys: KeyRing,
    clock: Clock,
    once: Once,
    connections: Connections,
    public_url: str,
    shown: Shown,
    names: ManagerNames,
) -> SigningIn:
    """The door of the console; a Cafe24 launch comes in by its `sign_in`."""
    address = urlsplit(public_url)
    secure = address.scheme == "https"
    return SigningIn(
        Sessions(keys, clock, once, secure=secure),
        Csrf(keys),
        once,
        connections,
        Pages(),
        names,
        shown=shown,
        clock=clock,
        origin=f"{address.scheme}://{address.netloc}",
        secure=secure,
    )


def console_routes(
    *,
    door: SigningIn,
    clock: Clock,
    connections: Connections,
    pairings: Pairings,
    tokens: MallTokens,
    audit: Audit,
    connecting: Connecting,
    findings: Findings,
    shown: Shown,
    patched: Patched,
    forget: Callable[[ChannelId], None],
    required_scopes: tuple[str, ...],
    consent_hosts: str = "https:",
) -> list[BaseRoute]:
    """`connections` is the store's own, never a memory of it. `consent_hosts`: where a connect form may lead (CSP
    sources); a mall on loopback has to be named.
    """
    sessions, pages = door.sessions, door.pages
    visits = Visits(
        sessions, door.csrf, connections, pages, origin=door.origin, shown=shown, names=door.names
    )
    page = ConnectionPage(
        pages=pages,
        pairings=pairings,
        tokens=tokens,
        connecting=connecting,
        audit=audit,
        clock=clock,
        findings=findings,
        shown=shown,
        required_scopes=required_scopes,
        consent_hosts=consent_hosts,
    )
    member_hash = MemberHash(
        connections=connections, audit=audit, clock=clock, patched=patched, shown=shown, forget=forget
    )
    removal = Removal(pages=pages, sessions=sessions, connecting=connecting, forget=forget)

    async def leave(visit: Visit) -> Response:
        await sessions.end(visit.session)
        response = go(f"/console?why=left&lang={visit.session.language}")
        sessions.drop(response)
        return response

    async def static(request: Request) -> Response:
        return pages.file(request.path_params["file"])

    here = "/console/connection"
    return [
        Route("/console", door.front),
        Route("/console/", door.front),
        Route("/console/static/{file}", static),
        Route("/console/enter", door.ask, methods=["GET"]),
        Route("/console/enter", door.enter, methods=["POST"]),
        Route("/console/leave", visits.writing(leave, admins_only=False), methods=["POST"]),
        Route(here, visits.reading(page.show)),
        Route(f"{here}/start", visits.writing(page.start), methods=["POST"]),
        Route(f"{here}/reconnect", visits.writing(page.reconnect), methods=["POST"]),
        Route(f"{here}/member-hash", visits.writing(member_hash.change), methods=["POST"]),
        Route(f"{here}/remove", visits.reading(removal.warn), methods=["GET"]),
        Route(f"{here}/remove", visits.writing(removal.remove), methods=["POST"]),
    ]
