"""The truth of the simulated malls: what the wire shows and what tests and the panel may change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from app.sandbox.cafe24 import back_office
from app.sandbox.cafe24.claim_book import ClaimBook, RejectResult
from app.sandbox.cafe24.goods_book import GoodsBook
from app.sandbox.cafe24.ledger import Act, RefundEntry, RequestEntry
from app.sandbox.cafe24.order import Carrier, ClaimKind, Order
from app.sandbox.cafe24.order_fixture import orders_of
from app.sandbox.cafe24.product_fixture import Product, products_of
from app.sandbox.cafe24.shop_fixture import ShopFolder, read_folder
from app.sandbox.cafe24.throttle import AnswerCache, Buckets
from app.sandbox.cafe24.tokens import Tokens
from app.sandbox.cafe24.webhooks import Webhook, app_event, bulk_event, order_event, shop_event
from app.sandbox.cafe24.wire import Row
from app.sandbox.faults import Faults

KEPT_CALLS = 5000

PhoneForm = Literal["any", "digits", "hyphens"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request that reached the mall; `path` is what follows /api/v2."""

    method: str
    path: str
    query: dict[str, str]


@dataclass(slots=True)
class ShopSettings:
    """The settings of one shop, as the API words them; change a field and the next answer has it."""

    order: Row
    coupon: Row
    shipping: Row
    regionalsurcharge: Row


@dataclass(slots=True)
class Mall:
    """One mall with all its shops."""

    mall_id: str
    now: Callable[[], datetime]
    store: Row
    shops: list[Row]
    operators: list[Row]
    settings: dict[int, ShopSettings]
    customers: dict[str, Row]
    products: dict[int, Product]
    carriers: list[Row]
    orders: dict[str, Order]
    tokens: Tokens
    installed: bool = True
    webhooks_on: bool = True
    # Whether calls for a disabled shop are refused is unknown: by default they answer (ASSUMPTION).
    refuse_disabled_shops: bool = False
    # Whether `customers?cellphone=` wants hyphens is unknown: by default both forms work (ASSUMPTION).
    customer_phone_form: PhoneForm = "any"
    # Whether requests made through the API are accepted at once like the storefront's: by default yes (ASSUMPTION).
    api_requests_obey_auto_accept: bool = True
    # What a rejected request becomes, C11 or the state before it, is unknown: by default C11 (ASSUMPTION).
    reject_result: RejectResult = "rejected"
    # Whether the gateway cancels a KakaoPay payment of the own mall is doubtful: by default not (ASSUMPTION).
    kakaopay_gateway_cancel: bool = True
    # 택배사 수거신청 자동접수: while it is on, return and exchange requests are refused (H23; how, ASSUMPTION).
    auto_pickup: bool = False
    calls: list[Call] = field(default_factory=list)
    buckets: Buckets = field(init=False)
    answers: AnswerCache = field(init=False)
    claims: ClaimBook = field(init=False)
    goods: GoodsBook = field(init=False)

    def __post_init__(self) -> None:
        numbers = [int(claim.code[-7:]) for order in self.orders.values() for claim in order.claims]
        self.claims = ClaimBook(self.now, self.products, max(numbers, default=0))
        self.goods = GoodsBook(self.claims, self.now, self.products)
        self.buckets = Buckets(self.now)
        self.answers = AnswerCache(self.now)

    def record(self, call: Call) -> None:
        """Count a call; of a long life only the latest are kept."""
        self.calls.append(call)
        del self.calls[:-KEPT_CALLS]

    def reset_calls(self) -> None:
        """Start counting anew."""
        self.calls.clear()

    @property
    def requests(self) -> list[RequestEntry]:
        """Every request that was filed for a cancellation, return or exchange, oldest first."""
        return self.claims.requests

    @property
    def refunds(self) -> list[RefundEntry]:
        """All money that went back while this mall lives, oldest first."""
        return self.claims.refunds

    def accept_request(self, order_id: str, item_codes: Sequence[str] | None = None) -> Act:
        """A manager accepts requests (C00, R00, E00) of an order: all of one kind unless lines are named."""
        return back_office.accept_request(self.claims, self.goods, *self._place(order_id), item_codes)

    def reject_request(self, order_id: str, item_codes: Sequence[str] | None = None, reason: str = "") -> Act:
        """A manager rejects requests (C00, R00, E00) of an order."""
        return back_office.reject_request(
            self.claims, self.orders[order_id], item_codes, reason, self.reject_result
        )

    def complete_refund(self, order_id: str, claim_code: str) -> Act:
        """A manager sends the money of a waiting refund back."""
        return back_office.complete_refund(self.claims, self.orders[order_id], claim_code)

    def file_request(
        self,
        order_id: str,
        quantities: Mapping[str, int] | None = None,
        reason: str = "",
        kind: ClaimKind = "cancellation",
    ) -> Act:
        """The buyer files a request in the storefront, where auto acceptance always holds."""
        return back_office.file_request(self.claims, *self._place(order_id), quantities, reason, kind)

    def collect(self, order_id: str, *, stock: bool = True) -> Act:
        """The goods of an accepted return or exchange arrive; `stock` puts them back on sale."""
        return back_office.collect(self.goods, self.orders[order_id], stock=stock)

    def complete(self, order_id: str) -> Act:
        """A manager ends the next claim that waits for it: the refund goes out, or the exchange is over."""
        return back_office.complete(self.claims, self.goods, self.orders[order_id])

    def deliver(self, order_id: str, item_codes: Sequence[str] | None = None) -> Act:
        """The parcel of the lines in transit arrives."""
        return back_office.deliver(self.orders[order_id], item_codes, self.now())

    def ship(self, order_id: str, item_codes: Sequence[str] | None = None, tracking_no: str = "") -> Act:
        """A manager hands the lines that still wait to the mall's first carrier."""
        row = self.carriers[0]
        carrier = Carrier(row["carrier_id"], row["shipping_carrier_code"], row["shipping_carrier"])
        return back_office.ship(self.orders[order_id], item_codes, tracking_no, carrier, self.now())

    def act_webhook(self, act: Act, api_key: str) -> Webhook:
        """The event of an act, ready to be posted to the app."""
        return self.order_webhook(act.event_no, act.order_id, api_key, act.event_code)

    def _place(self, order_id: str) -> tuple[Order, Row]:
        order = self.orders[order_id]
        return order, self.settings[order.shop_no].order

    def remove_app(self) -> None:
        """The mall throws the app out: every call is 403, every refresh 400, until the next consent."""
        self.installed = False
        self.tokens.clear()

    def shop(self, shop_no: int) -> Row | None:
        """One shop of the mall."""
        return next((shop for shop in self.shops if shop["shop_no"] == shop_no), None)

    def order_webhook(self, event_no: int, order_id: str, api_key: str, event_code: str = "") -> Webhook:
        """An order event, ready to be posted to the app."""
        return order_event(self.mall_id, event_no, self.orders[order_id], api_key, event_code)

    def bulk_webhook(self, event_no: int, order_ids: list[str], api_key: str) -> Webhook:
        """90071 to 90074: several orders in one event."""
        return bulk_event(self.mall_id, event_no, [self.orders[order_id] for order_id in order_ids], api_key)

    def app_webhook(self, event_no: int, client_id: str, api_key: str) -> Webhook:
        """90077 removed, 90078 expired, 90079 extended; the mall itself stays as it is."""
        return app_event(self.mall_id, event_no, client_id, api_key, self.now())

    def shop_webhook(self, event_no: int, shop_no: int, api_key: str) -> Webhook:
        """90110 added, 90111 changed, 90112 removed."""
        return shop_event(self.mall_id, event_no, self.shop(shop_no) or {"shop_no": shop_no}, api_key)


class Malls(Mapping[str, Mall]):
    """All malls by id, and what they know of the one app that calls them."""

    def __init__(
        self,
        malls: list[Mall],
        *,
        now: Callable[[], datetime],
        client_id: str,
        client_secret: str,
        scopes: frozenset[str],
        redirect_uris: tuple[str, ...] = (),
        faults: Faults | None = None,
    ) -> None:
        self._malls = {mall.mall_id: mall for mall in malls}
        self.now = now
        self.client_id = client_id
        self.client_secret = client_secret
        self.scopes = scopes
        self.redirect_uris = redirect_uris
        self.faults = faults or Faults()

    def __getitem__(self, mall_id: str) -> Mall:
        return self._malls[mall_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._malls)

    def __len__(self) -> int:
        return len(self._malls)


def load_shop(folder: Path, now: Callable[[], datetime]) -> Mall:
    """The mall that the JSON files of a folder describe, with every date counted back from `now`."""
    shop = read_folder(folder, now())
    products = products_of(shop.products)
    return Mall(
        mall_id=shop.mall_id,
        now=now,
        store=shop.store,
        shops=shop.shops,
        operators=shop.operators,
        settings=_settings(shop),
        customers={row["member_id"]: row for row in shop.customers},
        products=products,
        carriers=shop.carriers,
        orders={order.order_id: order for order in orders_of(shop, products)},
        tokens=Tokens(now),
    )


def _settings(shop: ShopFolder) -> dict[int, ShopSettings]:
    return {int(no): ShopSettings(**rows) for no, rows in shop.settings.items()}
