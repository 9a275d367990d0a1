"""What every Admin API call passes on its way in: app installed, token, scope, shop, bucket, cache."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.sandbox.cafe24.endpoint import Ask, Endpoint, Mixed
from app.sandbox.cafe24.errors import (
    ENVELOPE_MISSING,
    NO_API,
    SCOPE_MISSING,
    TOKEN_EXPIRED,
    TOKEN_MISSING,
    ApiError,
    json_response,
    wrong,
)
from app.sandbox.cafe24.query import Query
from app.sandbox.cafe24.state import Mall, Malls
from app.sandbox.cafe24.tokens import Grant
from app.sandbox.cafe24.wire import Row

Handler = Callable[[Request], Awaitable[Response]]

API_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Percent of the quota that one call or its time uses up; the real sizes are not published.
CALL_COST = 0.04


class Gate:
    """Serves the endpoints of all malls."""

    def __init__(self, malls: Malls) -> None:
        self._malls = malls

    def handler(self, endpoint: Endpoint) -> Handler:
        """The web handler of one endpoint."""

        async def answer(request: Request) -> Response:
            try:
                return self._serve(endpoint, request, await request.body())
            except ApiError as error:
                return error.response()

        return answer

    def _serve(self, endpoint: Endpoint, request: Request, body: bytes) -> Response:
        mall = self._mall(request)
        grant = _grant(mall, request)
        if endpoint.scope not in grant.scopes:
            raise ApiError(403, SCOPE_MISSING)
        _check_version(request)
        level = mall.buckets.pour(endpoint.template, endpoint.bucket)
        if level is None:
            raise throttled(endpoint.bucket)
        headers = _limit_headers(level, endpoint.bucket)
        try:
            if endpoint.method == "GET":
                return self._read(endpoint, request, mall, grant, headers)
            ask = self._ask(request, mall, grant, _envelope(body))
            done = endpoint.handler(ask)
            return json_response(done, 207 if isinstance(done, Mixed) else endpoint.status, headers)
        except ApiError as error:
            error.headers |= headers
            raise

    def _mall(self, request: Request) -> Mall:
        mall = self._malls.get(request.path_params["mall_id"])
        if mall is None:
            raise ApiError(404, NO_API)
        if not mall.installed:
            raise ApiError(403, "The app is not installed in this mall.")
        return mall

    def _read(
        self, endpoint: Endpoint, request: Request, mall: Mall, grant: Grant, headers: dict[str, str]
    ) -> Response:
        """A GET, answered from the mall or from the minute-old answer to the same URL."""
        url = _cache_key(endpoint, request)
        known = mall.answers.get(url)
        if known is not None:
            headers["Cache-Control"] = "max-age=60"
            return Response(known, 200, headers, media_type="application/json")
        fresh = orjson.dumps(endpoint.handler(self._ask(request, mall, grant, {})))
        mall.answers.put(url, fresh)
        return Response(fresh, 200, headers, media_type="application/json")

    def _ask(self, request: Request, mall: Mall, grant: Grant, envelope: Row) -> Ask:
        query = Query(request.query_params)
        shop_no = envelope["shop_no"] if "shop_no" in envelope else query.number("shop_no", 1, 1, 10**6)
        shop = mall.shop(shop_no)
        if shop is None:
            raise wrong("shop_no", "The shop does not exist.")
        if shop["active"] == "F" and mall.refuse_disabled_shops:
            raise ApiError(403, "The shop is disabled.")
        root = f"{request.scope.get('root_path', '')}/{mall.mall_id}"
        return Ask(
            mall=mall,
            scopes=grant.scopes,
            shop_no=shop_no,
            params={k: v for k, v in request.path_params.items() if k != "mall_id"},
            query=query,
            body=envelope,
            url=str(request.url),
            pictures=str(request.url.replace(path=f"{root}/pictures", query="")),
        )


def throttled(bucket: int) -> ApiError:
    """429 of a full bucket; no Retry-After is documented, so none is sent."""
    full = f"{bucket}/{bucket}"
    return ApiError(429, f"Too much requests occur. ({full})", {"X-Api-Call-Limit": full})


def quota_spent() -> ApiError:
    """429 of the usage quota; the Remain headers are sent from 100 % on only."""
    spent = {"X-Cafe24-Call-Usage": "120.04", "X-Cafe24-Call-Remain": "32"}
    return ApiError(
        429,
        "Too Many Requests",
        spent | {"X-Cafe24-Time-Usage": "100.50", "X-Cafe24-Time-Remain": "7"},
    )


def trace_id() -> str:
    """A new value for X-Trace-ID."""
    return secrets.token_hex(16)


def _grant(mall: Mall, request: Request) -> Grant:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise ApiError(401, TOKEN_MISSING)
    grant = mall.tokens.valid(token)
    if grant is None:
        raise ApiError(401, TOKEN_EXPIRED)
    return grant


def _check_version(request: Request) -> None:
    """Any date passes: an expired version silently acts as the oldest living one."""
    version = request.headers.get("x-cafe24-api-version")
    if version is not None and not API_VERSION.fullmatch(version):
        raise ApiError(400, "The API version is not valid. (X-Cafe24-Api-Version)")


def _limit_headers(level: int, bucket: int) -> dict[str, str]:
    usage = f"{level * CALL_COST:.2f}"
    return {
        "X-Api-Call-Limit": f"{level}/{bucket}",
        "X-Cafe24-Call-Usage": usage,
        "X-Cafe24-Time-Usage": usage,
    }


def _cache_key(endpoint: Endpoint, request: Request) -> str:
    """The URL; a parameter that the endpoint does not know makes no new one (observed)."""
    pairs = sorted(request.query_params.items())
    known = [pair for pair in pairs if endpoint.known is None or pair[0] in endpoint.known]
    return f"{request.url.path}?{known}"


def _envelope(body: bytes) -> Row:
    """The body of a write: `request` or `requests`, beside `shop_no`."""
    try:
        envelope = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ApiError(400, ENVELOPE_MISSING) from None
    if not isinstance(envelope, dict) or not ("request" in envelope or "requests" in envelope):
        raise ApiError(400, ENVELOPE_MISSING)
    return envelope
