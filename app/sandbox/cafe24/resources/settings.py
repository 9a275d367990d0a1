"""Settings of one shop: orders and claims, coupons, status labels."""

from __future__ import annotations

from app.sandbox.cafe24 import statuses
from app.sandbox.cafe24.endpoint import Ask, Endpoint
from app.sandbox.cafe24.wire import Row


def order_setting(ask: Ask) -> Row:
    """The claim buttons and everything around them; the key is `order`."""
    return {"order": {"shop_no": ask.shop_no, **ask.settings.order}}


def coupon_setting(ask: Ask) -> Row:
    """Among others the coupon restore setting (쿠폰 복원 설정)."""
    return {"coupon": {"shop_no": ask.shop_no, **ask.settings.coupon}}


def status_names(_ask: Ask) -> Row:
    """Labels without codes: how they map is not documented, so clients show their own."""
    labels = list(dict.fromkeys(statuses.LABELS.values()))
    names = [
        {
            "status_name_id": number,
            "status_type": "P",
            "basic_name": label,
            "custom_name": label,
            "reservation_custom_name": None,
        }
        for number, label in enumerate(labels, 1)
    ]
    return {"status": names}


ENDPOINTS = (
    Endpoint("/orders/setting", "mall.read_store", order_setting),
    Endpoint("/orders/status", "mall.read_store", status_names),
    Endpoint("/coupons/setting", "mall.read_store", coupon_setting),
)
