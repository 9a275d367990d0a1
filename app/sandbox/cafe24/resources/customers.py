"""Members: found by login id or whole mobile number; personal data only with its own scope."""

from __future__ import annotations

from app.sandbox.cafe24.endpoint import Ask, Endpoint, page, trim
from app.sandbox.cafe24.errors import ApiError, missing
from app.sandbox.cafe24.wire import Row, digits

# `customers` carries no name, phone, e-mail or address.
WITHOUT_PERSONAL_DATA = (
    "shop_no",
    "member_id",
    "group_no",
    "member_authentication",
    "use_blacklist",
    "blacklist_type",
    "authentication_method",
    "sms",
    "news_mail",
    "solar_calendar",
    "total_points",
    "available_points",
    "used_points",
    "last_login_date",
    "created_date",
    "gender",
    "use_mobile_app",
    "available_credits",
    "fixed_group",
)
SEARCH_FIELDS = {"id": "member_id", "name": "name", "hp": "cellphone", "tel": "phone", "mail": "email"}


def customers(ask: Ask) -> Row:
    """Either `cellphone` or `member_id` has to be sent; both match as a whole."""
    if not (ask.query.text("cellphone") or ask.query.text("member_id")):
        raise missing("member_id")
    phones, ids = ask.query.texts("cellphone"), ask.query.texts("member_id")
    rows = [
        row
        for row in ask.mall.customers.values()
        if (not phones or any(_same_phone(ask, phone, row["cellphone"]) for phone in phones))
        and (not ids or row["member_id"] in ids)
    ]
    fields = ask.query.texts("fields")
    shown = [{key: row[key] for key in WITHOUT_PERSONAL_DATA} for row in _of_shop(ask, rows)]
    return {"customers": [trim(row, fields) for row in shown]}


def customers_privacy(ask: Ask) -> Row:
    """Profiles, searched by a field and a keyword or by login ids."""
    limit, offset = ask.query.number("limit", 30, 1, 1000), ask.query.offset(8001)
    rows = list(ask.mall.customers.values())
    if ids := ask.query.texts("member_id"):
        rows = [row for row in rows if row["member_id"] in ids]
    if keywords := ask.query.texts("keyword"):
        field = SEARCH_FIELDS[ask.query.choice("search_field", frozenset(SEARCH_FIELDS), "id")]
        rows = [row for row in rows if any(_matches(ask, field, word, row[field]) for word in keywords)]
    fields = ask.query.texts("fields")
    shown = [trim(row, fields) for row in _of_shop(ask, rows[offset : offset + limit])]
    return page(ask, "customersprivacy", shown, limit, offset, len(rows))


def one_customer_privacy(ask: Ask) -> Row:
    """One profile."""
    row = ask.mall.customers.get(ask.params["member_id"])
    if row is None:
        raise ApiError(404, "No data found.")
    return {"customersprivacy": trim(_of_shop(ask, [row])[0], ask.query.texts("fields"))}


def _of_shop(ask: Ask, rows: list[Row]) -> list[Row]:
    """Members belong to the mall; the answer repeats the shop that was asked for."""
    return [row | {"shop_no": ask.shop_no} for row in rows]


def _matches(ask: Ask, field: str, keyword: str, value: str) -> bool:
    return _same_phone(ask, keyword, value) if field == "cellphone" else keyword == value


def _same_phone(ask: Ask, asked: str, stored: str) -> bool:
    """The whole number, in the form (or either form) that this mall understands."""
    if digits(asked) != digits(stored):
        return False
    form = ask.mall.customer_phone_form
    return form == "any" or asked == (digits(stored) if form == "digits" else stored)


ENDPOINTS = (
    Endpoint("/customers", "mall.read_customer", customers),
    Endpoint("/customersprivacy", "mall.read_privacy", customers_privacy),
    Endpoint("/customersprivacy/{member_id}", "mall.read_privacy", one_customer_privacy),
)
