"""What a claim looks like on the wire and on its receipt: refund, fee, targets, and what a manager is shown."""

from collections.abc import Sequence
from typing import Any

from commands.explain import payment_text
from commands.kernel.claim_lines import parts_of
from commands.kernel.masking import masked_cellphone, masked_name
from commands.kernel.order import Order, OrderItem
from commands.kernel.plan import Json
from commands.kernel.ports import Photo, Variant
from commands.kernel.spec import Ask
from commands.shapes import LineShape, RefundMethod, RefundShape

from .facts import Facts, fee_of
from .finding_out import TEXTS, VariantsOf
from .wire import TargetsShape, VariantShape
from .wish import Wish


def refund_shape(ask: Ask, facts: Facts) -> RefundShape | None:
    """Only a return gives money back; how much is the mall's to work out."""
    if facts.kind != "return":
        return None
    return RefundShape(
        automatic=False,
        certain=False,
        currency=facts.order.total.currency,
        methods=[RefundMethod(method=payment_text(m, ask.language)) for m in facts.order.payment.methods],
        note=TEXTS.say(ask.language, "refund.afterReturn"),
    )


def plain_fee(facts: Facts) -> str | None:
    """What the mall tells its buyers that the way costs; nobody is charged here."""
    fee = fee_of(facts)
    return fee.plain() if fee else None


def option_words(variant: Variant) -> str:
    """`아이보리 / M`."""
    return " / ".join(value for _, value in variant.options)


def targets_shape(order: Order, wish: Wish, variants: VariantsOf) -> list[TargetsShape]:
    return [
        TargetsShape(
            order_item_code=item.code,
            variants=[
                variant_shape(item, variant, variants[item.product_no], wish.lines[item.code])
                for variant in variants[item.product_no]
            ],
        )
        for item in order.items
        if item.code in wish.lines and item.product_no in variants
    ]


def variant_shape(
    item: OrderItem, variant: Variant, all_of_it: tuple[Variant, ...], quantity: int
) -> VariantShape:
    own = next((v for v in all_of_it if v.variant_code == item.variant_code), None)
    return VariantShape(
        variant_code=variant.variant_code,
        option_text=option_words(variant),
        available=variant.on_sale and (variant.stock is None or variant.stock >= quantity),
        stock=variant.stock,
        extra_price=variant.extra_price.plain(),
        currency=variant.extra_price.currency,
        image_url=variant.picture,
        same_price=own is not None and own.extra_price == variant.extra_price,
        is_own=own is variant,
    )


def shown_json(ask: Ask, facts: Facts, wish: Wish, lines: list[LineShape], photos: Sequence[Photo]) -> Json:
    """What the receipt and the queue of managers show. Whole addresses and accounts stay in the payload."""
    refund, fee, reason = refund_shape(ask, facts), plain_fee(facts), facts.reason
    shown: dict[str, Any] = {
        "kind": wish.kind,
        "outcome": "pending" if facts.waits_for_manager else "request",
        "items": [line.model_dump(by_alias=True) for line in lines],
        "reason": {"type": wish.reason_type, "text": wish.reason_text},
        "photos": list(wish.photos),
        "evidence": [
            {
                "ref": photo.ref,
                "takenAt": photo.taken_at and photo.taken_at.isoformat(),
                "usedBefore": photo.used_before,
            }
            for photo in photos
        ],
        "shippingPayer": reason.payer if reason else "buyer",
        "currency": facts.order.total.currency,
    }
    if refund:
        shown["refund"] = refund.model_dump(by_alias=True, exclude_none=True)
    if fee:
        shown["shippingFee"] = fee
    if wish.pickup:
        place = wish.pickup
        shown["pickup"] = {
            "receiverName": masked_name(place.receiver_name),
            "cellphone": masked_cellphone(place.cellphone),
            "zipcode": place.zipcode,
            "address1": place.address1,
        }
    if wish.self_send:
        shown["selfSend"] = {
            "courier": wish.self_send.courier,
            "trackingNumber": wish.self_send.tracking_number,
        }
    if facts.asked and facts.asked.targets:
        shown["exchangeFor"] = [
            {
                "orderItemCode": code,
                "variantCode": target.variant_code,
                "optionText": option_words(target.variant) if target.variant else "",
                "quantity": target.quantity,
            }
            for code, target in facts.asked.targets.items()
        ]
    if parts := parts_of(wish.lines, wish.before):
        # For `follow`: a part may end up on a line that the order does not have yet.
        shown |= {"parts": parts, "codes": [item.code for item in facts.order.items]}
    return shown
