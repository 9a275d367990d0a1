"""Recorded exchanges: how our client is brought to send each, and what it has to make of the answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.cafe24.claims import Cafe24Claims
from app.cafe24.receivers import Cafe24Receivers
from app.cafe24.surcharges import Cafe24Surcharges
from app.cafe24.variants import Cafe24Variants
from commands.kernel.address import Address, SelfSend
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.ports import (
    AUTO_PICKUP_ON,
    ExchangeCall,
    ExchangeTarget,
    MallRefused,
    RefundAccount,
    ReturnCall,
)
from commands.kernel.surcharges import RegionsBy
from tests.cafe24.doubles import HANOK, Rig

DELIVERED, BY_CASH, PREPARING = OrderId("20261116-0000501"), OrderId("20261114-0000514"), "20261119-0000102"
HOME = Address("정가은", "01000001011", "04524", "서울특별시 중구 세종대로 000", "8층")
OFFICE = Address(
    "김민지",
    "010-0000-1001",
    "06236",
    "서울특별시 강남구 테헤란로 100",
    "12층",
    message="경비실에 맡겨 주세요",
)
AT_HOME = Address("김민지", "010-0000-1001", "04038", "서울특별시 마포구 양화로 000", "한빛빌라 302호")
SENT = SelfSend("우체국택배", "600012345678")


@dataclass(frozen=True)
class Exchange:
    """`ask` makes our client send the request; `holds` looks at what it made of the answer; `prepare` brings the
    simulated mall to give that answer; `code`: the word of ours that a refusal carries.
    """

    ask: Callable[[Rig], Awaitable[Any]]
    holds: Callable[[Any], bool] = lambda _: True
    raises: type[Exception] | None = None
    prepare: Callable[[Rig], None] = lambda _: None
    code: str | None = None


def line(order_id: str) -> OrderItemCode:
    return OrderItemCode(f"{order_id}-01")


def returning(order_id: str, **more: Any) -> Callable[[Rig], Awaitable[str | None]]:
    call = ReturnCall(OrderId(order_id), ((line(order_id), 1),), **more)
    return lambda rig: Cafe24Claims(rig.client, rig.orders).request_return(HANOK, call)


def exchanging(order_id: str, product: int, variant: str, **more: Any) -> Callable[[Rig], Awaitable[Any]]:
    targets = (ExchangeTarget(line(order_id), product, variant, 1),)
    call = ExchangeCall(OrderId(order_id), ((line(order_id), 1),), targets=targets, **more)
    return lambda rig: Cafe24Claims(rig.client, rig.orders).request_exchange(HANOK, call)


def sending_to(address: Address) -> Callable[[Rig], Awaitable[None]]:
    shipment = f"D-{PREPARING}-00"
    return lambda rig: Cafe24Receivers(rig.client, rig.orders).change(
        HANOK, OrderId(PREPARING), shipment, address
    )


def _note(rig: Rig) -> Awaitable[None]:
    text = "[챗봇] 고객이 배송지를 변경함"
    return Cafe24Receivers(rig.client, rig.orders).note(HANOK, OrderId(PREPARING), text)


def _variants(rig: Rig) -> Awaitable[Any]:
    return Cafe24Variants(rig.client, rig.limiter, clock=rig.time.now).of_product(HANOK, 11, fresh=True)


def _surcharges(rig: Rig) -> Awaitable[Any]:
    return Cafe24Surcharges(rig.client, clock=rig.time.now).surcharges(HANOK, fresh=True)


def couriers_are_asked(rig: Rig) -> None:
    rig.mall.auto_pickup = True


DEFECT = returning(DELIVERED, reason_type="K", reason="올이 풀려 있어요", pickup=HOME)
EXCHANGES: dict[str, Exchange] = {
    "returnrequests.pickup": Exchange(DEFECT, lambda code: code is None),
    "returnrequests.self_sent": Exchange(
        returning(
            BY_CASH,
            reason_type="A",
            reason="",
            self_send=SENT,
            account=RefundAccount("bank_04", "00000000000000", "백선우"),
        )
    ),
    "returnrequests.auto_pickup_on": Exchange(
        DEFECT, raises=MallRefused, prepare=couriers_are_asked, code=AUTO_PICKUP_ON
    ),
    "returnrequests.not_shipped": Exchange(
        returning(PREPARING, reason_type="E", reason=" ", self_send=SelfSend()), raises=MallRefused
    ),
    "exchangerequests.colour": Exchange(
        exchanging(DELIVERED, 11, "P00000AL000B", reason_type="A", reason="색상 변경", pickup=HOME),
        lambda number: number == "8",
    ),
    "exchangerequests.not_shipped": Exchange(
        exchanging(PREPARING, 14, "P00000AO000C", reason_type="I", reason="")
    ),
    "variants.list": Exchange(_variants, lambda found: found[0].stock == 6 and found[0].on_sale),
    "receiver.changed": Exchange(sending_to(OFFICE)),
    "receiver.unchanged": Exchange(sending_to(AT_HOME)),
    "memo.added": Exchange(_note),
    "regionalsurcharges.by_postcode": Exchange(
        _surcharges, lambda table: table.regions_by is RegionsBy.POSTCODE and len(table.postcodes) == 2
    ),
}
