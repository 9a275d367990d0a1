"""What calling a mall needs: its tokens, and how fast it may be called."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commands.kernel.who import MallId


@dataclass(frozen=True, slots=True)
class TokenPair:
    """Times are ours (`received_at` + lifetime), never the vendor's KST stamps. `generation` grows per refresh."""

    access: str
    refresh: str
    expires_at: datetime
    refresh_expires_at: datetime
    scopes: frozenset[str]
    operator: str
    generation: int = 0


class MallTokens(Protocol):
    """One pair per mall, encrypted. Refreshing is marked before the call, so that a crash is seen afterwards."""

    async def get(self, mall_id: MallId) -> TokenPair | None:
        """None when there is none or it is dead."""
        ...

    async def put(self, mall_id: MallId, pair: TokenPair) -> None:
        """A first pair, or a new one after a new consent: lifts `dead`."""
        ...

    async def take_refresh(self, mall_id: MallId, generation: int, until: datetime, now: datetime) -> int:
        """Compare-and-set of the one refresher's lease. 0: somebody else holds it or has rotated already;
        n: taken, and it is the n-th attempt on this generation (an earlier holder vanished without an answer).
        """
        ...

    async def rotate(self, mall_id: MallId, seen: int, pair: TokenPair) -> bool:
        """Stores the new pair if the generation is still the one `seen`."""
        ...

    async def release_refresh(self, mall_id: MallId, generation: int, attempt: int) -> None:
        """Gives the lease of this attempt back after an answer that surely changed nothing; never a later one's."""
        ...

    async def kill(self, mall_id: MallId, generation: int | None = None) -> None:
        """The pair is dead: wiped; only a new consent helps."""
        ...

    async def idle_since(self, moment: datetime) -> list[MallId]:
        """Malls whose refresh token was issued before `moment`: due for a refresh although idle."""
        ...


class RateStore(Protocol):
    """One GCRA row per key: the instant at which its bucket will be empty. Seconds are relative to `now`."""

    async def take(self, key: str, *, now: float, interval: float, tolerance: float) -> float:
        """Takes one place and returns 0, or takes nothing and returns the seconds until there is one."""
        ...

    async def fill(self, key: str, *, now: float, ahead: float) -> None:
        """The bucket will not be empty for `ahead` seconds; never shortens."""
        ...
