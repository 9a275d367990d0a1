"""Who asks, and whose orders are asked for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

MallId = NewType("MallId", str)
ChannelId = NewType("ChannelId", str)


class Language(StrEnum):
    KO = "ko"
    EN = "en"
    JA = "ja"


class CallerKind(StrEnum):
    USER = "user"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop of a mall that one channel is connected to. `currency` is the shop's (ISO 4217)."""

    mall_id: MallId
    shop_no: int
    channel_id: ChannelId
    name: str
    currency: str = "KRW"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the mall. `proven`: a phone code or a confirmed member hash stands behind the id. `by_phone`: it is
    the code alone; `one_of_several`: the account was chosen among several of that number.
    """

    member_id: str
    proven: bool = True
    by_phone: bool = False
    one_of_several: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who holds this cellphone (E.164): orders without a member id only, three months back."""

    cellphone: str


Customer = Member | Guest


def person_of(customer: Customer) -> tuple[str, str]:
    """What names the same person of the mall, however well proven each time."""
    if isinstance(customer, Member):
        return "member", customer.member_id
    return "guest", customer.cellphone


@dataclass(frozen=True, slots=True)
class Caller:
    """The one who acts: a user, or a manager on a user's behalf. Ids are Channel's."""

    kind: CallerKind
    id: str
