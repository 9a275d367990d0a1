"""One row of the table of routes, and what its handler gets to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from app.sandbox.cafe24.errors import ApiError
from app.sandbox.cafe24.query import Query
from app.sandbox.cafe24.state import Mall, ShopSettings
from app.sandbox.cafe24.wire import Row


class Mixed(Row):
    """The answer of a bulk call of which some objects were refused: 207 instead of the usual status."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One permitted call: whose mall, which shop, which path parameters, which query, which body."""

    mall: Mall
    scopes: tuple[str, ...]
    shop_no: int
    params: dict[str, str]
    query: Query
    body: Row
    url: str
    pictures: str

    @property
    def now(self) -> datetime:
        return self.mall.now()

    @property
    def settings(self) -> ShopSettings:
        """The settings of the shop that was asked for."""
        return self.mall.settings[self.shop_no]

    def number(self, name: str) -> int:
        """A path parameter that has to be a number; any other text names nothing."""
        if not self.params[name].isdecimal():
            raise ApiError(404, "No data found.")
        return int(self.params[name])


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented call: its path below /api/v2/admin, the scope it wants and the size of its bucket.

    `known` lists the parameters that change the answer, where the API documents more than that; the
    answer cache looks at nothing else. None: every parameter counts.
    """

    path: str
    scope: str
    handler: Callable[[Ask], Row | list[Row]]
    method: str = "GET"
    status: int = 200
    bucket: int = 40
    known: frozenset[str] | None = None

    @property
    def template(self) -> str:
        """The key of the call's bucket."""
        return f"{self.method} {self.path}"


def trim(row: Row, fields: list[str], keep: frozenset[str] = frozenset()) -> Row:
    """Only the wanted fields. ASSUMPTION: embedded sub-resources (`keep`) stay whatever `fields` says."""
    return {key: value for key, value in row.items() if key in fields or key in keep} if fields else row


def page(ask: Ask, name: str, rows: list[Row], limit: int, offset: int, total: int) -> Row:
    """A list answer; `links` with absolute URLs appear only where there is another page."""
    links = []
    if offset + limit < total:
        links.append({"rel": "next", "href": _paged(ask, limit, offset + limit)})
    if offset:
        links.append({"rel": "prev", "href": _paged(ask, limit, max(offset - limit, 0))})
    return {name: rows, "links": links} if links else {name: rows}


def _paged(ask: Ask, limit: int, offset: int) -> str:
    address = urlsplit(ask.url)
    pairs = [pair for pair in parse_qsl(address.query) if pair[0] not in {"limit", "offset"}]
    return address._replace(query=urlencode([*pairs, ("limit", limit), ("offset", offset)])).geturl()
