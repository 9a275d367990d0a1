"""Orders from their compact description: people, products and carriers looked up, amounts added.

`buyer` is a member id or the key of a guest, `by` the payment methods, `option` a variant as "아이보리/M",
`parcel` the number of the delivery (null: no shipping code yet). Dates of a line go by their API names;
`wire` overrides any other field of the API.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from app.sandbox.cafe24 import statuses
from app.sandbox.cafe24.item_wire import ITEM_DATES
from app.sandbox.cafe24.order import ZERO, Buyer, Carrier, Claim, Item, Order, Receiver, Refund
from app.sandbox.cafe24.product_fixture import Product
from app.sandbox.cafe24.shop_fixture import ShopFolder
from app.sandbox.cafe24.wire import KST, Row

PAYMENT_TAKES = timedelta(seconds=40)


def orders_of(shop: ShopFolder, products: dict[int, Product]) -> list[Order]:
    """All orders of a shop folder."""
    reader = _Reader(shop, products)
    return [reader.order(row) for row in shop.orders]


class _Reader:
    def __init__(self, shop: ShopFolder, products: dict[int, Product]) -> None:
        self._settings = shop.settings
        self._currencies = {row["shop_no"]: row["currency_code"] for row in shop.shops}
        self._products = products
        self._people = {row["member_id"]: row for row in shop.customers} | shop.guests
        self._carriers = {
            row["shipping_carrier_code"]: Carrier(
                row["carrier_id"], row["shipping_carrier_code"], row["shipping_carrier"]
            )
            for row in shop.carriers
        }

    def order(self, row: Row) -> Order:
        """One order with its lines, deliveries and claims."""
        ordered_at: datetime = row["ordered"]
        order_id = f"{ordered_at.astimezone(KST):%Y%m%d}-{row['no']:07d}"
        settings = self._settings[str(row["shop_no"])]
        buyer = self._buyer(row["buyer"])
        order = Order(
            order_id=order_id,
            shop_no=row["shop_no"],
            ordered_at=ordered_at,
            paid_at=_paid_at(row, ordered_at),
            buyer=buyer,
            receivers=_receivers(row, order_id, buyer),
            items=[self._item(item, order_id, no) for no, item in enumerate(row["items"], 1)],
            payment_methods=row["by"],
            regional_surcharge=Decimal(row.get("surcharge", 0)),
            points_spent=Decimal(row.get("points", 0)),
            credits_spent=Decimal(row.get("credits", 0)),
            wire={"currency": self._currencies[row["shop_no"]]} | row.get("wire", {}),
            line_amounts=settings["order"]["refund_benefit_setting"] == "U",
        )
        order.shipping_fee = _shipping_fee(row, order.goods_amount, settings["shipping"])
        if coupon := row.get("coupon"):
            order.coupons.append(coupon)
            order.coupon_discount = Decimal(coupon["value"])
        order.claims = [_claim(claim, order) for claim in row.get("claims", [])]
        return order

    def _buyer(self, key: str) -> Buyer:
        person = self._people[key]
        return Buyer(
            member_id=person["member_id"],
            name=person["name"],
            cellphone=person["cellphone"],
            email=person["email"],
            zipcode=person["zipcode"],
            address1=person["address1"],
            address2=person["address2"],
            phone=person.get("phone", ""),
            group_no=person.get("group_no"),
        )

    def _item(self, row: Row, order_id: str, item_no: int) -> Item:
        product = self._products[row["product"]]
        variant = product.variant(row["option"])
        return Item(
            code=f"{order_id}-{item_no:02d}",
            item_no=item_no,
            product_no=product.product_no,
            product_code=product.product_code,
            variant_code=variant.variant_code,
            product_name=product.product_name,
            option_value=variant.text,
            quantity=row["quantity"],
            price=Decimal(row.get("price", product.price)),
            option_price=variant.additional_amount,
            status=row["status"],
            shipping_code=f"D-{order_id}-{row['parcel']:02d}" if row["parcel"] is not None else None,
            tracking_no=row.get("tracking"),
            carrier=self._carriers[row["carrier"]] if "tracking" in row else None,
            replacement=row.get("replacement", False),
            dates={date: row[date] for date in ITEM_DATES if date in row},
            wire=row.get("wire", {}),
        )


def _paid_at(row: Row, ordered_at: datetime) -> datetime | None:
    """Explicit in the fixture, else forty seconds after ordering unless the lines say unpaid."""
    if "paid" in row:
        explicit: datetime | None = row["paid"]
        return explicit
    unpaid = all(item["status"] in statuses.UNPAID for item in row["items"])
    return None if unpaid else ordered_at + PAYMENT_TAKES


def _receivers(row: Row, order_id: str, buyer: Buyer) -> list[Receiver]:
    """One delivery to the buyer's address unless the fixture lists others."""
    home = {
        "name": buyer.name,
        "cellphone": buyer.cellphone,
        "zipcode": buyer.zipcode,
        "address1": buyer.address1,
        "address2": buyer.address2,
    }
    parcels = sorted({item["parcel"] or 0 for item in row["items"]})
    others: list[Row] = row.get("receivers", [])
    if not others:
        others = [{} for _ in parcels]
    return [
        Receiver(shipping_code=f"D-{order_id}-{index:02d}", **(home | other))
        for index, other in enumerate(others)
    ]


def _shipping_fee(row: Row, goods: Decimal, shipping: Row) -> Decimal:
    if "shipping_fee" in row:
        return Decimal(row["shipping_fee"])
    return ZERO if goods >= Decimal(shipping["free_shipping_price"]) else Decimal(shipping["shipping_fee"])


def _claim(row: Row, order: Order) -> Claim:
    """An accepted claim; its lines learn its code, its reason and, for an exchange, their replacements."""
    accepted_at: datetime = row["accepted"]
    letter = "B" if row["kind"] == "exchange" else "C"
    code = f"{letter}{accepted_at.astimezone(KST):%Y%m%d}-{row['no']:07d}"
    lines = [order.items[no - 1] for no in row["items"]]
    for line in lines:
        line.claim_code = code
        line.wire = {"claim_reason_type": row["reason_type"], "claim_reason": row["reason"]} | line.wire
    for no in row.get("replacements", []):
        order.items[no - 1].claim_code = code
    return Claim(
        code=code,
        kind=row["kind"],
        accepted_at=accepted_at,
        item_codes=[line.code for line in lines],
        reason_type=row["reason_type"],
        reason=row["reason"],
        refund=_refund(row["refund"], order, lines) if "refund" in row else None,
    )


def _refund(row: Row, order: Order, lines: list[Item]) -> Refund:
    """ASSUMPTION: a partial refund is the plain sum of its lines; the real mall recalculates."""
    whole = len(lines) == len(order.items)
    amount = order.payable if whole else sum((line.amount for line in lines), ZERO)
    return Refund(
        status=row["status"],
        amount=Decimal(row.get("amount", amount)),
        methods=row.get("methods", order.payment_methods[:1]),
        refunded_at=row.get("refunded"),
        points=order.points_spent if whole else ZERO,
        credits=order.credits_spent if whole else ZERO,
    )
