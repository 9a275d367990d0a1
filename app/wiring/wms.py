"""The warehouse's side of the composition: the adapters, the gateway that chooses among them, and a manager's look."""

import time
from dataclasses import dataclass
from functools import partial

from app.cafe24.catalogue import Cafe24Catalogues
from app.errors import Misconfigured
from app.ports.wms import AppCalls
from app.shops.functions import require_admin
from app.wiring.base import Base
from app.wiring.mall import MallSide
from app.wms.account import Partner
from app.wms.calls import Caller
from app.wms.channel_app import ChannelApp
from app.wms.connection import WmsConnection
from app.wms.fassto import Fassto
from app.wms.functions import WmsFunctions
from app.wms.gateway import WmsGateway
from app.wms.marks import Marks
from app.wms.sellmate import Sellmate
from app.wms.standing import Standing
from commands.explain import WORDS
from commands.kernel.warehouse import Capability
from commands.kernel.who import Language


@dataclass(frozen=True, slots=True)
class WarehouseSide:
    """`gateway` is the kernel's port; `connection` is for the doctor and the console."""

    gateway: WmsGateway
    connection: WmsConnection
    functions: WmsFunctions


def warehouse_side(base: Base, mall: MallSide, apps: AppCalls) -> WarehouseSide:
    settings, store, clock = base.settings, base.store, base.clock
    caller = Caller(base.client, time=time.monotonic, on_call=base.metrics.outside)
    secret = settings.sellmate_client_secret
    channel_app = ChannelApp(apps, clock)
    gateway = WmsGateway(
        {
            "sellmate": Sellmate(
                caller,
                clock,
                url=settings.sellmate_api_url,
                assumed=assumed_operations(settings.sellmate_assumed),
            ),
            "fassto": Fassto(caller, clock, url=settings.fassto_api_url),
            "channelApp": channel_app,
        },
        base.book.of_channel,
        Standing(store.wms_troubles, clock, lambda text: base.keys.mac("wms", text.encode())),
        Marks(store.wms_marks, clock),
        clock,
        partner=Partner(settings.sellmate_client_id, secret.get_secret_value() if secret else ""),
        learns={"channelApp": channel_app.learn},
    )
    connection = WmsConnection(gateway, Cafe24Catalogues(mall.client))
    not_connected = partial(_say, "manager.connect.text")
    functions = WmsFunctions(connection, store.connections, require_admin, not_connected)
    return WarehouseSide(gateway, connection, functions)


def assumed_operations(words: tuple[str, ...]) -> frozenset[Capability]:
    """Raises `Misconfigured` for a word that is no operation."""
    try:
        return frozenset(map(Capability, words))
    except ValueError:
        known = ", ".join(sorted(Capability))
        raise Misconfigured(f"JUMUN_SELLMATE_ASSUMED: known operations are {known}") from None


def _say(key: str, language: Language) -> str:
    return WORDS.say(language, key)
