"""What Fassto FMS (파스토) calls things: paths, fields, words and days in the one table below. Seen in public code."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from commands.kernel.calendar import KST
from commands.kernel.order import OrderId
from commands.kernel.warehouse import Capability, Stage, WarehouseItem, WarehouseOrder

from .reading import day, first, rows, text, whole

# ---- the table ------------------------------------------------------------------------------------------------------
SYSTEM = "fassto"
DEFAULT_URL = "https://fmsapi.fassto.ai"
SERVED = frozenset(
    {
        Capability.ORDERS,
        Capability.STOCK,
        Capability.RESTOCK_DATE,
        Capability.CANCEL,
        Capability.PACKAGES,
    }
)
PATHS = {
    "connect": "api/v1/auth/connect",
    "stock": "api/v1/stock/list/{customer}",
    "releases": "api/v1/delivery/{customer}/{start}/{end}/ALL/1",
    "release": "api/v1/delivery/detail/{customer}/{slip}",
    "cancel": "api/v1/delivery/cancel/{customer}",
    "inbounds": "api/v1/warehousing/{customer}/{start}/{end}",
    "inbound": "api/v1/warehousing/detail/{customer}/{slip}",
}
TOKEN_HEADER = "accessToken"  # noqa: S105  a header's name
GOOD = "200"
INVALID_ACCESS = "INVALID_ACCESS"
RELEASE_DAYS, INBOUND_DAYS = 30, 60
RELEASE_DAY, INBOUND_DAY = "%Y-%m-%d", "%Y%m%d"
EXPIRY = "%Y%m%d%H%M%S"  # Korean time
RENEW_BEFORE = timedelta(minutes=1)
TOKEN_LIFE = timedelta(minutes=20)  # where the expiry cannot be read
# The form of an order number of the mall inside `ordNo` is unknown: it is looked for (ASSUMPTION).
ORDER_NUMBER = re.compile(r"(?<!\d)\d{8}-\d{7}(?!\d)")
REQUESTED = "1"
OPEN_INBOUND = frozenset({"1", "2", "3"})
# After 피킹중 nothing can be changed any more: those words count as a printed label.
STAGES = {
    "출고요청": Stage.RECEIVED,
    "출고지시": Stage.ALLOCATED,
    "피킹중": Stage.ALLOCATED,
    "피킹완료": Stage.LABEL_PRINTED,
    "패킹중": Stage.LABEL_PRINTED,
    "패킹완료": Stage.LABEL_PRINTED,
    "운송장등록": Stage.LABEL_PRINTED,
    "출고완료": Stage.SHIPPED,
    "미집하": Stage.SHIPPED,
    "집하완료": Stage.SHIPPED,
    "상품출발": Stage.SHIPPED,
    "화물도착": Stage.SHIPPED,
    "배송출발": Stage.SHIPPED,
    "배송중": Stage.SHIPPED,
    "배송불가": Stage.SHIPPED,
    "배송완료": Stage.DELIVERED,
    "출고취소": Stage.CANCELLED,  # ASSUMPTION: the word of a cancelled release
    "취소": Stage.CANCELLED,
}
# ---- end of the table -----------------------------------------------------------------------------------------------


def order_id_of(release: Mapping[str, Any]) -> OrderId | None:
    found = ORDER_NUMBER.search(text(release.get("ordNo")) or "")
    return OrderId(found[0]) if found else None


def slip_of(release: Mapping[str, Any]) -> str:
    return text(release.get("slipNo")) or ""


def package_of(release: Mapping[str, Any]) -> str:
    """A mapping slip may stand for a combined package; what it really means nobody has said."""
    return text(release.get("mapSlipNo")) or slip_of(release)


def stage_of(release: Mapping[str, Any]) -> Stage:
    """By the parcel's word, else the work's word, else the one code that is known."""
    for name in ("crgStNm", "wrkStatNm"):
        word = (text(release.get(name)) or "").replace(" ", "")
        if word in STAGES:
            return STAGES[word]
    return Stage.RECEIVED if text(release.get("wrkStat")) == REQUESTED else Stage.UNKNOWN


def order_of(order_id: OrderId, releases: Iterable[Mapping[str, Any]]) -> WarehouseOrder:
    """Each release is a parcel of its own."""
    slips = {slip_of(release): _items(release) for release in releases}
    return WarehouseOrder(
        id=next(iter(slips)),
        order_id=order_id,
        items=tuple(item for items in slips.values() for item in items),
        deliveries=tuple(tuple(item.id for item in items) for items in slips.values()),
    )


def _items(release: Mapping[str, Any]) -> list[WarehouseItem]:
    slip, stage = slip_of(release), stage_of(release)
    return [
        WarehouseItem(
            id=f"{slip}:{text(goods.get('cstGodCd')) or ''}",
            order_item_code=None,
            sku=text(goods.get("cstGodCd")),
            quantity=whole(goods.get("ordQty")),
            stage=stage,
            raw_stage=first([text(release.get("crgStNm")), text(release.get("wrkStatNm"))]),
            package_id=package_of(release),
            tracking_number=text(release.get("invoiceNo")),
            courier=text(release.get("parcelNm")),
        )
        # A release whose goods cannot be read still has its stage and its label.
        for goods in rows(release.get("goods")) or [{}]
    ]


def stock_of(goods: Iterable[Mapping[str, Any]], skus: Iterable[str]) -> dict[str, tuple[str, int | None]]:
    """(goods code, sellable pieces over all centres) by the code or the barcode that was asked for; a barcode of two
    goods belongs to none.
    """
    pieces: dict[str, int | None] = {}
    barcodes: dict[str, set[str]] = {}
    for row in goods:
        code = text(row.get("cstGodCd"))
        if code is None:
            continue
        here, before = whole(row.get("canStockQty")), pieces.get(code, 0)
        pieces[code] = None if here is None or before is None else before + here
        if barcode := text(row.get("godBarcd")):
            barcodes.setdefault(barcode, set()).add(code)
    found: dict[str, tuple[str, int | None]] = {}
    for sku in skus:
        behind = barcodes.get(sku, set())
        code = sku if sku in pieces else next(iter(behind)) if len(behind) == 1 else None
        if code is not None:
            found[sku] = (code, pieces[code])
    return found


def open_inbounds(listed: Iterable[Mapping[str, Any]], today: date) -> list[tuple[date, str]]:
    """(planned day, slip) of what is still to come, soonest first."""
    slips = {
        (planned, slip_of(row))
        for row in listed
        if text(row.get("wrkStat")) in OPEN_INBOUND
        and (planned := day(row.get("ordDt")))
        and planned >= today
    }
    return sorted((planned, slip) for planned, slip in slips if slip)


def still_to_come(detail: Mapping[str, Any]) -> frozenset[str]:
    """Goods codes of an inbound slip of which more was ordered than has come in."""
    codes = set()
    for goods in rows(detail.get("goods")):
        ordered, arrived = whole(goods.get("ordQty")), whole(goods.get("inQty")) or 0
        if (ordered is None or ordered > arrived) and (code := text(goods.get("cstGodCd"))):
            codes.add(code)
    return frozenset(codes)


def expiry(value: Any, now: datetime) -> datetime:
    try:
        until = datetime.strptime(text(value) or "", EXPIRY).replace(tzinfo=KST)
    except ValueError:
        return now + TOKEN_LIFE
    return until - RENEW_BEFORE
