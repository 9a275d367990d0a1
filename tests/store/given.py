"""What the tests of store and jobs start from."""

from datetime import UTC, datetime, timedelta

from app.keys import KeyRing
from app.ports import Connection, ConnectionState, Pairing, TokenPair
from commands.kernel.who import ChannelId, Language, MallId, Shop

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KEY, OLDER_KEY = bytes(range(32)), bytes(range(1, 33))


def keys() -> KeyRing:
    return KeyRing([KEY])


class MovingClock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


def connection(mall: str = "mall", shop_no: int = 1, channel: str = "c1", **changed: object) -> Connection:
    shop = Shop(MallId(mall), shop_no, ChannelId(channel), name="가게", currency="KRW")
    plain: dict[str, object] = {"state": ConnectionState.CONNECTED, "operator": "owner"}
    return Connection(shop=shop, **{**plain, **changed})  # type: ignore[arg-type]


def pair(name: str = "one", **changed: object) -> TokenPair:
    plain: dict[str, object] = {
        "access": f"access-{name}",
        "refresh": f"refresh-{name}",
        "expires_at": NOON + timedelta(hours=2),
        "refresh_expires_at": NOON + timedelta(days=14),
        "scopes": frozenset({"mall.read_order", "mall.read_store"}),
        "operator": "owner",
    }
    return TokenPair(**{**plain, **changed})  # type: ignore[arg-type]


def pairing(id_: str = "p1", channel: str = "c1", **changed: object) -> Pairing:
    plain: dict[str, object] = {
        "mall_id": MallId("mall"),
        "shop_no": None,
        "channel_id": ChannelId(channel),
        "manager_id": "m1",
        "language": Language.KO,
        "expires_at": NOON + timedelta(minutes=10),
    }
    return Pairing(id=id_, **{**plain, **changed})  # type: ignore[arg-type]
