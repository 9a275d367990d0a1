"""A simulated mall behind real HTTP, on a clock that only the test moves."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from app.sandbox.cafe24.routes import cafe24_app
from app.sandbox.cafe24.state import Mall, Malls, load_shop
from tests.sandbox.claims import Writer

SHOPS = Path(__file__).parents[2] / "fixtures" / "shops"
SCOPES = frozenset(
    {
        "mall.read_application",
        "mall.read_customer",
        "mall.read_order",
        "mall.read_privacy",
        "mall.read_product",
        "mall.read_shipping",
        "mall.read_store",
    }
)


class Clock:
    """2026-11-21 14:00 Korean time, until somebody waits."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def waits(self, **much: float) -> None:
        self.at += timedelta(**much)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mall(clock: Clock) -> Mall:
    return load_shop(SHOPS / "hanok", clock)


@pytest.fixture
def empty_mall(clock: Clock) -> Mall:
    return load_shop(SHOPS / "empty", clock)


@pytest.fixture
def malls(mall: Mall, empty_mall: Mall, clock: Clock) -> Malls:
    return Malls(
        [mall, empty_mall],
        now=clock,
        client_id="demo-client",
        client_secret="demo-secret",
        scopes=SCOPES,
        redirect_uris=("https://app.example/cafe24/callback",),
    )


@pytest.fixture
async def http(malls: Malls) -> AsyncIterator[httpx.AsyncClient]:
    """The simulator under a prefix, as the sandbox mounts it; no token."""
    app = Starlette(routes=[Mount("/cafe24", cafe24_app(malls))])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://mall.test/cafe24") as client:
        yield client


Get = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def get(http: httpx.AsyncClient, mall: Mall) -> Get:
    """GET below /api/v2/admin of a mall, with a token that has every scope."""

    async def call(
        path: str,
        *,
        at: Mall = mall,
        scopes: frozenset[str] = SCOPES,
        headers: dict[str, str] | None = None,
        **query: object,
    ) -> httpx.Response:
        grant = at.tokens.issue(at.mall_id, tuple(sorted(scopes)))
        own = {"Authorization": f"Bearer {grant.access_token}"} | (headers or {})
        return await http.get(f"/{at.mall_id}/api/v2/admin{path}", params=query, headers=own)

    return call


@pytest.fixture
def write(http: httpx.AsyncClient, mall: Mall) -> Writer:
    """Writes of the demo mall."""
    return Writer(http, mall)
