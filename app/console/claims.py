"""The page 승인 대기: the queue of claims that wait for a manager, oldest first, and what was decided (H44, H68)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from app.clock import Clock
from app.ports import ClaimPage, Connection, PendingClaim, PendingClaims, PhotoLinks
from commands.kernel.screen import Tone
from commands.kernel.who import ChannelId

from .claim_view import claim_view, kind_text
from .pages import Pages
from .visits import Visit

LIMIT = 30
AGES = {"1": timedelta(days=1), "2": timedelta(days=2), "7": timedelta(days=7)}
LONGEST = 200
PHRASES = ("notVisible", "used", "period", "notOurs", "more")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address of the page says. `age`: only those that have waited at least so many days."""

    decided: bool = False
    kind: str = ""
    age: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Filters":
        age = given.get("age", "")
        return cls(
            decided=given.get("state") == "decided",
            kind=given.get("kind", "")[:LONGEST],
            age=age if age in AGES else "",
            cursor=given.get("cursor", "")[:LONGEST],
        )

    def fields(self, **changed: str) -> dict[str, str]:
        """Without the empty ones."""
        now = {"state": "decided" if self.decided else "", "kind": self.kind, "age": self.age}
        now |= {"cursor": self.cursor} | changed
        return {name: value for name, value in now.items() if value}

    def url(self, **changed: str) -> str:
        query = urlencode(self.fields(**changed))
        return f"/console/claims?{query}" if query else "/console/claims"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one decision, in words. `order_id` is empty when there is no such claim."""

    text: str
    tone: Tone
    order_id: str = ""


class ClaimsPage:
    def __init__(
        self, pages: Pages, claims: PendingClaims, photos: PhotoLinks, clock: Clock, photo_hosts: str = ""
    ) -> None:
        self._pages = pages
        self._claims = claims
        self._photos = photos
        self._clock = clock
        self._photo_hosts = photo_hosts

    async def show(self, visit: Visit, connection: Connection) -> Response:
        return await self.page(visit, connection, Filters.of(visit.query))

    async def page(
        self,
        visit: Visit,
        connection: Connection,
        filters: Filters,
        *,
        outcomes: Sequence[Outcome] = (),
        typed: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        """`typed`: a rejection whose words were missing: claim, words."""
        channel_id, language = connection.shop.channel_id, visit.session.language
        now = self._clock()
        found = await self._found(channel_id, filters, now)
        kinds = await self._claims.kinds(channel_id)
        names = await visit.names_of(claim.decided_by for claim in found.claims)
        return self._pages.page(
            "claims",
            language,
            status=status,
            script=True,
            pictures=self._photo_hosts,
            **visit.frame("claims"),
            claims=[
                claim_view(claim, self._photos, channel_id, now, language, names) for claim in found.claims
            ],
            filters=filters,
            next_url=found.next and filters.url(cursor=found.next),
            kinds=[(kind, kind_text(kind, language), count) for kind, count in sorted(kinds.items())],
            waiting=sum(kinds.values()),
            ages=list(AGES),
            phrases=PHRASES,
            outcomes=outcomes,
            typed=typed or {},
        )

    async def _found(self, channel_id: ChannelId, filters: Filters, now: datetime) -> ClaimPage:
        """Oldest first, so that those of an age are the beginning of the queue."""
        page = await self._claims.page(
            channel_id,
            cursor=filters.cursor or None,
            limit=LIMIT,
            kind=filters.kind or None,
            decided=filters.decided,
        )
        if filters.decided or not filters.age:
            return page
        old_enough = _older_than(now - AGES[filters.age])
        claims = [claim for claim in page.claims if old_enough(claim)]
        return ClaimPage(claims, page.next if len(claims) == len(page.claims) else None)


def _older_than(moment: datetime) -> Callable[[PendingClaim], Any]:
    return lambda claim: claim.at <= moment
