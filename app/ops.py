"""What operators look at: `/healthz`, `/readyz`, `/metrics`. Metrics carry no ids, only names of Functions."""

import hmac
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """One registry for each application, so that tests may build several."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._calls = Counter(
            "jumun_calls_total", "Function calls", ["function", "outcome"], registry=self.registry
        )
        self._seconds = Histogram(
            "jumun_call_seconds",
            "Time per Function call",
            ["function"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._outside = Counter(
            "jumun_outside_calls_total",
            "Calls to outside systems",
            ["system", "status"],
            registry=self.registry,
        )
        self._jobs = Counter(
            "jumun_jobs_total", "Attempts at jobs", ["kind", "outcome"], registry=self.registry
        )
        self._kept: dict[tuple[str, str], tuple[Counter, Histogram]] = {}

    def call(self, function: str, outcome: str, seconds: float) -> None:
        kept = self._kept.get((function, outcome))
        if kept is None:
            kept = self._calls.labels(function, outcome), self._seconds.labels(function)
            self._kept[function, outcome] = kept
        kept[0].inc()
        kept[1].observe(seconds)

    def outside(self, system: str, status: str) -> None:
        self._outside.labels(system, status).inc()

    def job(self, kind: str, outcome: str) -> None:
        self._jobs.labels(kind, outcome).inc()


def ops_routes(
    metrics: Metrics, *, ready: Callable[[], Awaitable[str | None]], ops_token: str | None
) -> list[BaseRoute]:
    """`ready` answers why we are not, or None."""

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        reason = await ready()
        return PlainTextResponse(f"{reason}\n", 503) if reason else PlainTextResponse("ready\n")

    async def metrics_page(request: Request) -> Response:
        if not _may_read(request, ops_token):
            return PlainTextResponse("needs OPS_TOKEN\n", 401, headers={"www-authenticate": "Bearer"})
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics_page),
    ]


def _may_read(request: Request, ops_token: str | None) -> bool:
    """The token if one is set; else loopback only."""
    if ops_token:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {ops_token}".encode())
    host = request.client.host if request.client else ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
