"""Photos once they are taken in: sealed, asked about by commands, shown, swept and erased."""

import re
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.clock import Clock
from app.keys import BadToken, KeyRing
from app.ports.evidence import KeptPhoto, Limits, PhotoFiles, PhotoRows
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import OrderId
from commands.kernel.ports import Photo, Unavailable
from commands.kernel.who import ChannelId, Customer, MallId, Shop

from .decoder import Decoded
from .limits import ALIKE_BITS, AT_MOST, UNFINISHED_LIFE, UNUSED_LIFE, owner_of

PURPOSE = "photo"
SWEPT_AT_ONCE = 200
Size = Literal["thumb", "whole"]
SIZES: tuple[Size, ...] = ("thumb", "whole")
DaysOf = Callable[[ChannelId], Awaitable[int]]
_REF = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Bound:
    """What a photo belongs to, fixed before it is uploaded."""

    mall_id: MallId
    channel_id: ChannelId
    order_id: OrderId
    owner: str


class Album:
    """The commands' `Evidence`. `days_of(channel)`: how long its shop keeps photos of settled claims."""

    def __init__(
        self, rows: PhotoRows, files: PhotoFiles, keys: KeyRing, clock: Clock, *, days_of: DaysOf
    ) -> None:
        self._rows = rows
        self._files = files
        self._keys = keys
        self._clock = clock
        self._days_of = days_of

    async def keep(self, bound: Bound, decoded: Decoded) -> str:
        """The ref. The row comes first, so that bytes of a crash are found by it and swept."""
        photo = KeptPhoto(
            mall_id=bound.mall_id,
            ref=secrets.token_hex(16),
            channel_id=bound.channel_id,
            order_id=bound.order_id,
            owner=bound.owner,
            created_at=self._clock(),
            taken_at=decoded.taken_at,
            fingerprint=decoded.fingerprint,
        )
        await self._rows.begin(photo)
        for size, body in (("whole", decoded.picture), ("thumb", decoded.thumbnail)):
            await self._files.put(_name(photo.mall_id, photo.ref, size), self._seal(photo, size, body))
        if not await self._rows.finish(photo.mall_id, photo.ref):
            await self._files.delete(_names(photo.mall_id, photo.ref))
            raise Unavailable("the photo was swept while it was stored")
        return photo.ref

    async def photos(
        self, shop: Shop, customer: Customer, order_id: OrderId, refs: Iterable[str]
    ) -> tuple[Photo, ...]:
        """Asking about photos is using them: see `policy.md`."""
        wanted = tuple(dict.fromkeys(refs))
        if not wanted:
            return ()
        if len(wanted) > AT_MOST or not all(_REF.fullmatch(ref) for ref in wanted):
            raise _gone()
        found = {photo.ref: photo for photo in await self._rows.some(shop.mall_id, wanted)}
        bound = Bound(shop.mall_id, shop.channel_id, order_id, owner_of(customer))
        if any(ref not in found or _bound(found[ref]) != bound for ref in wanted):
            raise _gone()
        if await self._rows.use(shop.mall_id, wanted, self._clock()) != len(wanted):
            raise _gone()
        return tuple([await self._fact(found[ref]) for ref in wanted])

    async def _fact(self, photo: KeptPhoto) -> Photo:
        known = await self._rows.is_known_elsewhere(photo, within=ALIKE_BITS)
        return Photo(photo.ref, taken_at=photo.taken_at, used_before=known)

    async def show(self, channel_id: ChannelId, ref: str, size: Size) -> bytes | None:
        """JPEG. None for a photo that is gone, or that no key opens any more."""
        photo = await self._rows.of_link(channel_id, ref)
        sealed = await self._files.get(_name(photo.mall_id, ref, size)) if photo else None
        if photo is None or sealed is None:
            return None
        try:
            return self._keys.open(PURPOSE, sealed, _sealed_to(photo, size))
        except BadToken:
            return None

    async def erase(self, mall_id: MallId, customer: Customer) -> int:
        """Every photo of a customer, whatever claim it belongs to. How many."""
        doomed = await self._rows.doom_owned(mall_id, owner_of(customer))
        await self._remove_doomed()
        return doomed

    async def sweep(self) -> None:
        """May run at any time, and twice."""
        for channel_id in await self._rows.channels():
            days = await self._days_of(channel_id)
            limits = Limits(
                unfinished=_seconds(UNFINISHED_LIFE),
                unused=_seconds(UNUSED_LIFE),
                settled=_seconds(timedelta(days=days)),
            )
            await self._rows.doom_lapsed(channel_id, limits, self._clock())
        await self._remove_doomed()

    async def _remove_doomed(self) -> None:
        """Bytes before rows: a stop between the two leaves a row that is found again."""
        while doomed := await self._rows.doomed(SWEPT_AT_ONCE):
            for mall_id, ref in doomed:
                await self._files.delete(_names(mall_id, ref))
                await self._rows.drop(mall_id, ref)

    def _seal(self, photo: KeptPhoto, size: str, body: bytes) -> bytes:
        return self._keys.seal(PURPOSE, body, _sealed_to(photo, size))


def _bound(photo: KeptPhoto) -> Bound:
    return Bound(photo.mall_id, photo.channel_id, photo.order_id, photo.owner)


def _sealed_to(photo: KeptPhoto, size: str) -> str:
    return f"{photo.mall_id}|{photo.ref}|{size}"


def _name(mall_id: MallId, ref: str, size: str) -> str:
    return f"{mall_id}/{ref[:2]}/{ref}.{size}"


def _names(mall_id: MallId, ref: str) -> list[str]:
    return [_name(mall_id, ref, size) for size in SIZES]


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _gone() -> Failure:
    """One answer for a ref that is foreign, of another order, or gone."""
    return Failure(FailureType.INVALID_PARAMS, reason="photo_gone")
