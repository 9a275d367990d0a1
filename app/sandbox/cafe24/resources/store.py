"""The mall itself: profile, shops, operators, and the app's own entry in it."""

from __future__ import annotations

from app.sandbox.cafe24.endpoint import Ask, Endpoint, trim
from app.sandbox.cafe24.errors import ApiError
from app.sandbox.cafe24.wire import Row, flag

OPERATOR_LIST_FIELDS = [
    "user_id",
    "user_name",
    "phone",
    "email",
    "ip_restriction_type",
    "admin_type",
    "last_login_date",
]


def store(ask: Ask) -> Row:
    """The profile, with the name of the shop that was asked for."""
    shop = ask.mall.shop(ask.shop_no) or {}
    own = {"shop_no": ask.shop_no, "shop_name": shop.get("shop_name"), "mall_id": ask.mall.mall_id}
    return {"store": trim(ask.mall.store | own, ask.query.texts("fields"))}


def shops(ask: Ask) -> Row:
    """All shops, active or not."""
    fields = ask.query.texts("fields")
    return {"shops": [trim(shop, fields) for shop in ask.mall.shops]}


def one_shop(ask: Ask) -> Row:
    """One shop by its number in the path."""
    shop = ask.mall.shop(ask.number("number"))
    if shop is None:
        raise ApiError(404, "No data found.")
    return {"shop": trim(shop, ask.query.texts("fields"))}


def operators(ask: Ask) -> Row:
    """Operators with their kind: P representative, A sub-operator."""
    kind = ask.query.text("admin_type")
    rows = [row for row in ask.mall.operators if kind in {"", row["admin_type"]}]
    return {"users": [trim(row, ask.query.texts("fields") or OPERATOR_LIST_FIELDS) for row in rows]}


def one_operator(ask: Ask) -> Row:
    """One operator, with availability and multi-shop access."""
    row = next((row for row in ask.mall.operators if row["user_id"] == ask.params["user_id"]), None)
    if row is None:
        raise ApiError(404, "No data found.")
    return {"user": {"shop_no": ask.shop_no, **trim(row, ask.query.texts("fields"))}}


def app_version(_ask: Ask) -> Row:
    """The API version that applies when a call names none."""
    return {
        "app": {
            "version": "2026-03-01",
            "version_expiration_date": None,
            "initial_version": "2026-03-01",
            "previous_version": "2025-12-01",
            "extension_type": "section",
        }
    }


def webhook_setting(ask: Ask) -> Row:
    """Whether events are delivered to this app."""
    return {"webhook": {"scopes": list(ask.scopes), "reception_status": flag(ask.mall.webhooks_on)}}


ENDPOINTS = (
    Endpoint("/store", "mall.read_store", store),
    Endpoint("/shops", "mall.read_store", shops),
    Endpoint("/shops/{number}", "mall.read_store", one_shop),
    Endpoint("/users", "mall.read_store", operators),
    Endpoint("/users/{user_id}", "mall.read_store", one_operator),
    Endpoint("/apps", "mall.read_application", app_version),
    Endpoint("/webhooks/setting", "mall.read_application", webhook_setting),
)
