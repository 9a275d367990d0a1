"""What is kept about a connected warehouse: the marks that were asked of it, and what stands in its way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from commands.kernel.who import ChannelId, Shop

MarkOutcome = Literal["begun", "done", "refused", "unknown"]


class WmsState(StrEnum):
    """What a look at the connection found."""

    OK = "ok"
    BAD_CREDENTIALS = "badCredentials"
    BAD_DOMAIN = "badDomain"
    NOT_ENABLED = "notEnabled"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class KeptMark:
    """`begun`: the call was made, or is being made, and nobody knows how it ended. `same`: asked for the same."""

    outcome: MarkOutcome
    message: str | None
    begun_at: datetime
    same: bool = True


class MarkBook(Protocol):
    """One row a key: a repeated mark answers what the first one did."""

    async def begin(self, shop: Shop, key: str, asked: str, now: datetime) -> KeptMark | None:
        """None: the key is new, and its call is ours to make."""
        ...

    async def begin_again(self, shop: Shop, key: str, seen: KeptMark, now: datetime) -> bool:
        """Compare-and-set of an open mark: exactly one of several repeats goes on."""
        ...

    async def settle(self, shop: Shop, key: str, outcome: MarkOutcome, message: str | None) -> None: ...

    async def drop(self, shop: Shop, key: str) -> None:
        """The call surely had no effect: the key is new again."""
        ...


class WmsTroubles(Protocol):
    """Connections whose credentials were refused. `made_of` names the credentials: new ones are not in trouble."""

    async def note(self, channel_id: ChannelId, state: WmsState, made_of: str, now: datetime) -> None: ...

    async def of(self, channel_id: ChannelId, made_of: str) -> WmsState | None: ...

    async def clear(self, channel_id: ChannelId) -> None: ...


@dataclass(frozen=True, slots=True)
class MallVariant:
    """A variant (품목) of the mall, as far as a warehouse may hold its partner. `linked`: an option set of the kind
    상품 연동형, which Fassto cannot map (F4).
    """

    variant_code: str
    custom_variant_code: str | None
    product_no: int
    product_name: str
    option_text: str
    linked: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """In the order in which a partner is looked for (WMS.md §4.6)."""
        return tuple(code for code in (self.variant_code, self.custom_variant_code) if code)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`complete` False: the mall has more products than were read."""

    variants: tuple[MallVariant, ...]
    complete: bool = True


class AppCalls(Protocol):
    """Functions of another app that is installed in a channel. Raises the tree of `app.errors`; nothing is repeated."""

    async def call_app(self, channel_id: str, app_id: str, method: str, **params: Any) -> dict[str, Any]: ...


class Catalogues(Protocol):
    async def of(self, shop: Shop, *, most_products: int) -> Catalogue:
        """Raises `Unavailable`."""
        ...
