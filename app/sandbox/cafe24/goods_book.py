"""How accepted returns and exchanges go on: on the way back, collected, replaced, over, withdrawn.

Nothing here refuses anything: callers have checked. States: contracts/cafe24/ORDERS.md §2; its A is an ASSUMPTION.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.sandbox.cafe24.claim_book import ClaimBook, lines_of
from app.sandbox.cafe24.order import Claim, Item, Order
from app.sandbox.cafe24.product_fixture import Product
from app.sandbox.cafe24.wire import Row

# A replacement line: at first, and once the goods are on their way back or here.
WAITING, PREPARING, READY = "N01", "N10", "N20"


class GoodsBook:
    """Beside the claim book, for claims whose goods come back."""

    def __init__(self, book: ClaimBook, now: Callable[[], datetime], products: dict[int, Product]) -> None:
        self._book, self._now, self._products = book, now, products

    def replace(self, order: Order, claim: Claim, wanted: Mapping[str, str]) -> list[tuple[Item, Item]]:
        """A new line for each of an accepted exchange, by variant code (`wanted`) or of the same variant; its stock is
        taken at once. (replacement, original) pairs.
        """
        made = []
        for line in lines_of(order, claim):
            number = max(item.item_no for item in order.items) + 1
            new = replace(
                line,
                code=f"{order.order_id}-{number:02d}",
                item_no=number,
                status=WAITING,
                tracking_no=None,
                carrier=None,
                shipping_code=None,
                claim_code=claim.code,
                replacement=True,
                dates={},
                wire={"original_item_no": [line.item_no]},
            )
            self._as_variant(new, wanted.get(line.code, line.variant_code))
            self._book.move_stock(new, -new.quantity)
            order.items.append(new)
            made.append((new, line))
        return made

    def go_on(self, order: Order, claim: Claim) -> None:
        """R30, E30: in progress, and the goods are still with the buyer."""
        for line in lines_of(order, claim):
            line.status = "R30" if claim.kind == "return" else "E30"
            line.wire = line.wire | {"order_status_additional_info": "수거전"}
        self._prepare(order, claim, PREPARING)

    def collect(
        self,
        order: Order,
        claim: Claim,
        *,
        stock: bool,
        letters: Sequence[str] = (),
        account: Row | None = None,
    ) -> None:
        """The goods are here. R34: the refund is computed and waits. E31: the replacement may leave."""
        for line in lines_of(order, claim):
            line.dates["return_collected_date"] = self._now()
            line.wire = line.wire | {"order_status_additional_info": "수거완료"}
            line.status = "E31"
        if claim.kind == "return":
            self._book.receive_refund(order, claim, letters, account or {})
        self._prepare(order, claim, READY)
        self._book.restore(order, claim, stock=stock, coupon=False)

    def finish(self, order: Order, claim: Claim) -> None:
        """E40; R41 while the money still waits, R40 when it has gone back."""
        done = "E40"
        if claim.kind == "return":
            done = "R40" if claim.refund and claim.refund.status == "T" else "R41"
        for line in lines_of(order, claim):
            line.status = done
            ended = "return_confirmed_date" if claim.kind == "return" else "exchange_date"
            line.dates[ended] = self._now()
        self._prepare(order, claim, READY)

    def withdraw(self, order: Order, claim: Claim, wire: Row) -> None:
        """Back to before the claim; replacement lines go, and their stock comes back (ASSUMPTION)."""
        for line in replacements(order, claim):
            self._book.move_stock(line, line.quantity)
            order.items.remove(line)
        self._book.withdraw(order, claim, wire)

    def _prepare(self, order: Order, claim: Claim, status: str) -> None:
        for line in replacements(order, claim):
            if line.status in {WAITING, PREPARING}:
                line.status = status

    def _as_variant(self, line: Item, variant_code: str) -> None:
        """The product that has the variant; an unknown code stays a code."""
        line.variant_code = variant_code
        for product in self._products.values():
            for variant in product.variants:
                if variant.variant_code == variant_code:
                    line.product_no, line.product_code = product.product_no, product.product_code
                    line.product_name, line.option_value = product.product_name, variant.text
                    line.price, line.option_price = product.price, variant.additional_amount


def wanted_variants(book: ClaimBook, order: Order) -> dict[str, str]:
    """What the buyer asked for, by line; requests name it in the order of their lines."""
    return {
        code: target.variant_code
        for entry in book.requests
        if entry.order_id == order.order_id
        for (code, _), target in zip(entry.items, entry.targets, strict=False)
    }


def replacements(order: Order, claim: Claim) -> list[Item]:
    """The lines that an exchange has made."""
    return [item for item in order.items if item.replacement and item.claim_code == claim.code]
