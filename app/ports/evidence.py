"""Photos as they are kept: a row each in the database, and sealed bytes in a folder or a bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commands.kernel.order import OrderId
from commands.kernel.who import ChannelId, MallId


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """`owner` names the customer. `fingerprint`: 64 bits that alike pictures share, None for a picture of nothing.
    `used_at`: when it last stood in a preview or a confirmed plan.
    """

    mall_id: MallId
    ref: str
    channel_id: ChannelId
    order_id: OrderId
    owner: str
    created_at: datetime
    taken_at: datetime | None = None
    fingerprint: int | None = None
    used_at: datetime | None = None


class PhotoRows(Protocol):
    """A row comes before its bytes and goes after them, so that no bytes are ever without a row."""

    async def begin(self, photo: KeptPhoto) -> None:
        """The bytes are about to be stored; nobody can see the photo yet."""
        ...

    async def finish(self, mall_id: MallId, ref: str) -> bool:
        """The bytes are there. False: it took so long that the photo was swept."""
        ...

    async def some(self, mall_id: MallId, refs: Sequence[str]) -> list[KeptPhoto]:
        """Those that there are of these refs."""
        ...

    async def use(self, mall_id: MallId, refs: Sequence[str], now: datetime) -> int:
        """Marks them as used now. How many there still were."""
        ...

    async def of_link(self, channel_id: ChannelId, ref: str) -> KeptPhoto | None: ...

    async def is_known_elsewhere(self, photo: KeptPhoto, *, within: int) -> bool:
        """A used photo of another order of the mall differs in `within` bits or fewer (3 at most)."""
        ...

    async def channels(self) -> list[ChannelId]:
        """Those that photos were sent through."""
        ...

    async def doom_lapsed(self, channel_id: ChannelId, limits: "Limits", now: datetime) -> None:
        """Dooms what was never finished, never used, or whose claims were settled long enough ago. A photo of a
        claim that is still open is never among them.
        """
        ...

    async def doom_owned(self, mall_id: MallId, owner: str) -> int:
        """Dooms every photo of a customer. How many."""
        ...

    async def doomed(self, at_most: int) -> list[tuple[MallId, str]]: ...

    async def drop(self, mall_id: MallId, ref: str) -> None:
        """The bytes are gone, and now the row."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How long photos live, in seconds: `unfinished` and `unused` from the upload, `settled` from the claim's end."""

    unfinished: int
    unused: int
    settled: int


class PhotoFiles(Protocol):
    """Bytes by name, in a folder or a bucket. Raises `Unavailable`."""

    async def put(self, name: str, body: bytes) -> None: ...

    async def get(self, name: str) -> bytes | None: ...

    async def delete(self, names: Sequence[str]) -> None:
        """Also what is not there."""
        ...
