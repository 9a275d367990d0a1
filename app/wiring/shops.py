"""The shops' side of the composition: connecting a mall, its settings, and what the doctor finds."""

from dataclasses import dataclass

from app.cafe24.connect import MallConnecting
from app.cafe24.oauth import REQUIRED_SCOPES
from app.shops.doctor import Checkup
from app.shops.functions import ShopFunctions
from app.shops.keeping import SettingsKeeper
from app.sms.gateway import SmsGateway
from app.wiring.base import Base
from app.wiring.mall import MallSide
from app.wms.connection import WmsConnection
from commands.registry import COMMANDS


@dataclass(frozen=True, slots=True)
class ShopSide:
    connecting: MallConnecting
    keeper: SettingsKeeper
    checkup: Checkup
    functions: ShopFunctions


def shop_side(base: Base, mall: MallSide, sms: SmsGateway, wms: WmsConnection) -> ShopSide:
    store, clock = base.store, base.clock
    connecting = MallConnecting(
        oauth=mall.oauth,
        probe=mall.probe,
        connections=store.connections,
        pairings=store.pairings,
        tokens=store.mall_tokens,
        once=store.once,
        audit=store.audit,
        clock=clock,
        forget=mall.tokens.forget,
    )
    keeper = SettingsKeeper(store.connections, store.audit, clock, forget=base.book.forget)
    checkup = Checkup(
        COMMANDS,
        store.mall_tokens,
        rules=mall.rules,
        required_scopes=frozenset(REQUIRED_SCOPES),
        texts_can_be_sent=lambda connection: sms.of(connection) is not None,
        warehouse=wms,
        surcharges=mall.surcharges,
    )
    functions = ShopFunctions(
        keeper=keeper,
        connections=store.connections,
        pairings=store.pairings,
        tokens=store.mall_tokens,
        connecting=connecting,
        once=store.once,
        checkup=checkup,
        clock=clock,
        public_url=base.settings.public_url,
    )
    return ShopSide(connecting, keeper, checkup, functions)
