"""The web app of the simulated Cafe24; mount it anywhere, each mall stands below its own id."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.cafe24 import oauth
from app.sandbox.cafe24.errors import NO_API, ApiError
from app.sandbox.cafe24.gate import Gate
from app.sandbox.cafe24.meddling import meddled
from app.sandbox.cafe24.pictures import pictures
from app.sandbox.cafe24.resources import ENDPOINTS
from app.sandbox.cafe24.state import Malls


def cafe24_app(malls: Malls) -> Starlette:
    """All malls over HTTP: `{prefix}/{mall_id}/api/v2/…` and `{prefix}/{mall_id}/pictures/…`."""
    gate, api = Gate(malls), "/{mall_id}/api/v2"
    calls = [
        Route(f"{api}/oauth/authorize", meddled(malls, oauth.authorize(malls)), methods=["GET", "POST"]),
        Route(f"{api}/oauth/token", meddled(malls, oauth.token(malls)), methods=["POST"]),
        Route(f"{api}/oauth/revoke", meddled(malls, oauth.revoke(malls)), methods=["POST"]),
        *(
            Route(f"{api}/admin{e.path}", meddled(malls, gate.handler(e)), methods=[e.method])
            for e in ENDPOINTS
        ),
        Route(f"{api}/{{rest:path}}", meddled(malls, _no_api), methods=["GET", "POST", "PUT", "DELETE"]),
    ]
    picture = Route("/{mall_id}/pictures/{product_no:int}.svg", pictures(malls), methods=["GET"])
    return Starlette(routes=[*calls, picture])


async def _no_api(_request: Request) -> Response:
    """Whatever is not in the table of routes, this simulator does not know."""
    return ApiError(404, NO_API).response()
