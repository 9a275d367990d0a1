"""Carriers, surcharges and the shipping settings of one shop."""

from __future__ import annotations

from app.sandbox.cafe24.endpoint import Ask, Endpoint, trim
from app.sandbox.cafe24.wire import Row


def carriers(ask: Ask) -> Row:
    """Who carries parcels for this mall."""
    fields = ask.query.texts("fields")
    return {"carriers": [trim({"shop_no": ask.shop_no, **row}, fields) for row in ask.mall.carriers]}


def regional_surcharges(ask: Ask) -> Row:
    """Remote-area surcharges (지역별 배송비)."""
    return {"regionalsurcharge": {"shop_no": ask.shop_no, **ask.settings.regionalsurcharge}}


def shipping(ask: Ask) -> Row:
    """Fees, periods and the return address."""
    return {"shipping": {"shop_no": ask.shop_no, **ask.settings.shipping}}


ENDPOINTS = (
    Endpoint("/carriers", "mall.read_shipping", carriers),
    Endpoint("/regionalsurcharges", "mall.read_shipping", regional_surcharges),
    Endpoint("/shipping", "mall.read_shipping", shipping),
)
